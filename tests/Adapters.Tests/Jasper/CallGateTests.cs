using CarrierOptimization.Adapters.Jasper;
using CarrierOptimization.Simulator.Carrier;
using CarrierOptimization.Simulator.Carrier.Http;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CarrierOptimization.Adapters.Tests.Jasper;

public sealed class CallGateTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(5, 0)]
    [InlineData(6, 1)]
    public async Task Many_callers_at_once_never_break_the_limits_of_the_carrier(int callsPerSecond, int atLeastLimited)
    {
        await using SimulatedAccount account = await SimulatedAccount.StartAsync(new CarrierSimulatorOptions(), change: options =>
        {
            options.CallsInFlight = 1;
            options.CallsPerSecond = callsPerSecond;
        });

        await ClockPump.RunAsync(account.Clock, Step, Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            for (int call = 0; call < 8; call++)
            {
                await account.Client.EchoAsync(Cancelled);
            }
        })));

        // With one call a second more than the carrier takes, the counters of the carrier show it.
        Assert.InRange(account.Refused, atLeastLimited, atLeastLimited == 0 ? 0 : long.MaxValue);
        Assert.Equal(account.Refused, account.Client.CallCounts[JasperCall.Echo].Limited);
        Assert.Equal(80, account.Simulator.CallsOf(CarrierCall.Echo).Answered);
    }

    [Fact]
    public async Task Two_in_flight_are_found_by_a_carrier_that_takes_one()
    {
        var carrier = new CarrierSimulatorOptions
        {
            CallsPerSecondMax = null,
            Faults = new FaultProfile { SlowPerMille = 1_000, SlowAnswer = TimeSpan.FromMilliseconds(30) },
        };
        await using SimulatedAccount one = await SimulatedAccount.StartAsync(carrier, change: options => options.CallsInFlight = 1);
        await using SimulatedAccount two = await SimulatedAccount.StartAsync(carrier, change: options => options.CallsInFlight = 2);

        await one.RunAsync(Task.WhenAll(Enumerable.Range(0, 6).Select(_ => one.Client.EchoAsync(Cancelled))));
        await two.RunAsync(Task.WhenAll(Enumerable.Range(0, 6).Select(_ => two.Client.EchoAsync(Cancelled))));

        Assert.Equal(0, one.Refused);
        Assert.True(two.Refused > 0);
    }

    [Fact]
    public async Task Repetitions_pass_the_gate_too()
    {
        await using OddCarrier carrier = await OddCarrier.StartAsync(
            (context, call) => OddCarrier.WriteAsync(context, call < 3 ? 500 : 200, "{}"));
        var gate = new CountingGate();
        using var client = new JasperClient(carrier.Options(), gate, TimeProvider.System);

        await client.EchoAsync(Cancelled);

        Assert.Equal((3, 3), (gate.Entered, gate.Left));
    }

    [Fact]
    public async Task A_turn_comes_back_a_second_after_the_end_of_its_call()
    {
        FakeTimeProvider clock = ClockPump.NewClock();
        using var gate = new InProcessCallGate(callsInFlight: 1, callsPerSecond: 1, clock);
        IAsyncDisposable first = await gate.EnterAsync(Cancelled);
        clock.Advance(TimeSpan.FromSeconds(30));
        await first.DisposeAsync();
        await first.DisposeAsync();

        Task<IAsyncDisposable> second = gate.EnterAsync(Cancelled).AsTask();
        clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(second.IsCompleted);

        await ClockPump.RunAsync(clock, Step, second);
        Assert.InRange((clock.GetUtcNow() - ClockPump.Start).TotalSeconds, 31, 33);
    }

    [Fact]
    public async Task Callers_who_give_up_take_no_turn_with_them()
    {
        FakeTimeProvider clock = ClockPump.NewClock();
        using var gate = new InProcessCallGate(callsInFlight: 1, callsPerSecond: 1, clock);
        await (await gate.EnterAsync(Cancelled)).DisposeAsync();
        for (int caller = 0; caller < 20; caller++)
        {
            using var giveUp = new CancellationTokenSource();
            Task<IAsyncDisposable> waiting = gate.EnterAsync(giveUp.Token).AsTask();
            await giveUp.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        IAsyncDisposable turn = await ClockPump.RunAsync(clock, Step, gate.EnterAsync(Cancelled).AsTask());

        await turn.DisposeAsync();
    }

    [Fact]
    public async Task Those_who_wait_are_served_in_order()
    {
        FakeTimeProvider clock = ClockPump.NewClock();
        using var gate = new InProcessCallGate(callsInFlight: 1, callsPerSecond: 2, clock);
        var order = new List<int>();
        var callers = new List<Task>();
        for (int caller = 0; caller < 10; caller++)
        {
            callers.Add(CallAsync(caller));
        }

        await ClockPump.RunAsync(clock, Step, Task.WhenAll(callers));

        Assert.Equal(Enumerable.Range(0, 10), order);

        async Task CallAsync(int caller)
        {
            await using IAsyncDisposable turn = await gate.EnterAsync(Cancelled);
            order.Add(caller);
        }
    }

    private sealed class CountingGate : CallGate
    {
        public int Entered { get; private set; }

        public int Left { get; private set; }

        public override ValueTask<IAsyncDisposable> EnterAsync(CancellationToken cancellationToken)
        {
            Entered++;
            return ValueTask.FromResult<IAsyncDisposable>(new Turn(this));
        }

        private sealed class Turn(CountingGate gate) : IAsyncDisposable
        {
            public ValueTask DisposeAsync()
            {
                gate.Left++;
                return ValueTask.CompletedTask;
            }
        }
    }
}
