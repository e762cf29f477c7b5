using Microsoft.Extensions.Time.Testing;

namespace CarrierOptimization.Adapters.Tests.Jasper;

/// <summary>Lets a clock that moves only when told run on while something is under way.</summary>
internal static class ClockPump
{
    public static readonly DateTimeOffset Start = new(2026, 3, 20, 12, 0, 0, TimeSpan.Zero);

    public static FakeTimeProvider NewClock() => new(Start);

    /// <summary>Steps of <paramref name="step"/>, each about a real millisecond, until <paramref name="work"/> is done.</summary>
    public static async Task<TValue> RunAsync<TValue>(FakeTimeProvider clock, TimeSpan step, Task<TValue> work)
    {
        while (!work.IsCompleted)
        {
            await Task.WhenAny(work, Task.Delay(1));
            if (!work.IsCompleted)
            {
                clock.Advance(step);
            }
        }

        return await work;
    }

    public static Task RunAsync(FakeTimeProvider clock, TimeSpan step, Task work) => RunAsync(clock, step, DoneAsync(work));

    private static async Task<bool> DoneAsync(Task work)
    {
        await work;
        return true;
    }
}
