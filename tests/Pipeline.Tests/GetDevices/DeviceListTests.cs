using CarrierOptimization.Pipeline.Carrier;
using CarrierOptimization.Pipeline.GetDevices;
using CsCheck;
using Xunit;

namespace CarrierOptimization.Pipeline.Tests.GetDevices;

public sealed class DeviceListTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>SIMs, rows on a page, pages in a batch, guess of the last page, and after which call which SIM moves.</summary>
    private static readonly Gen<(int Sims, int PageSize, int Pages, int Guess, int[] Moves)> Cases =
        from sims in Gen.Int[0, 60]
        from pageSize in Gen.Int[1, 7]
        from pages in Gen.Int[1, 5]
        from guess in Gen.Int[1, 40]
        from moves in Gen.Int[-3, 59].Array[80]
        select (sims, pageSize, pages, guess, moves);

    [Fact]
    public Task What_moves_while_the_list_is_read_backwards_is_read_or_among_the_changes_since_the_start() =>
        Cases.SampleAsync(async found =>
        {
            var carrier = new ScriptedCarrier { PageSize = found.PageSize };
            carrier.Add(found.Sims);
            int calls = 0;
            carrier.OnDevices = (_, _) =>
            {
                int index = found.Moves[calls++ % found.Moves.Length];
                if (index >= 0 && index < carrier.Sims.Count)
                {
                    carrier.Change(index, sim => sim with { ModifiedAt = Begin.AddSeconds(calls) });
                }
            };
            List<string> read = await ReadAllAsync(new DeviceList(carrier, DateTimeOffset.MinValue), found.Guess, found.Pages);
            string[] changed = [.. carrier.Sims.Where(sim => sim.ModifiedAt >= Begin).Select(sim => sim.Iccid)];

            Assert.Equal(
                carrier.Sims.Select(sim => sim.Iccid).Order(StringComparer.Ordinal),
                read.Concat(changed).Distinct().Order(StringComparer.Ordinal));
        });

    [Fact]
    public Task A_list_that_rests_is_read_once_in_order_with_few_calls_more() => Cases.SampleAsync(async found =>
    {
        var carrier = new ScriptedCarrier { PageSize = found.PageSize };
        carrier.Add(found.Sims);

        List<string> read = await ReadAllAsync(new DeviceList(carrier, DateTimeOffset.MinValue), found.Guess, found.Pages);

        int pages = Math.Max(1, (found.Sims + found.PageSize - 1) / found.PageSize);
        Assert.Equal(carrier.Sims.Select(sim => sim.Iccid), read);
        Assert.InRange(carrier.Calls.Count, pages, pages + 12);
    });

    [Fact]
    public async Task A_right_guess_costs_no_call_more()
    {
        var carrier = new ScriptedCarrier();
        carrier.Add(30);

        await ReadAllAsync(new DeviceList(carrier, DateTimeOffset.MinValue), guess: 10, pages: 4);

        Assert.Equal(10, carrier.Calls.Count);
    }

    [Theory]
    [InlineData(CarrierFailure.NotFound)]
    [InlineData(CarrierFailure.Refused)]
    [InlineData(CarrierFailure.Unavailable)]
    public async Task A_carrier_that_refuses_pages_beyond_the_end_is_read_just_so(CarrierFailure failure)
    {
        var carrier = new ScriptedCarrier();
        carrier.Add(31);
        carrier.OnDevices = (_, page) =>
        {
            if (page > 11)
            {
                throw new CarrierException(failure, "no such page");
            }
        };

        Assert.Equal(31, (await ReadAllAsync(new DeviceList(carrier, DateTimeOffset.MinValue), guess: 1, pages: 100)).Count);
        Assert.Equal(31, (await ReadAllAsync(new DeviceList(carrier, DateTimeOffset.MinValue), guess: 30, pages: 100)).Count);
    }

    [Fact]
    public async Task A_page_that_fails_is_never_taken_for_the_last_one()
    {
        var carrier = new ScriptedCarrier();
        carrier.Add(31);
        carrier.OnDevices = (_, page) =>
        {
            if (page >= 6)
            {
                throw new CarrierException(CarrierFailure.Unavailable, "500");
            }
        };

        await Assert.ThrowsAsync<CarrierException>(
            () => ReadAllAsync(new DeviceList(carrier, DateTimeOffset.MinValue), guess: 1, pages: 100));
    }

    private static async Task<List<string>> ReadAllAsync(DeviceList list, int guess, int pages)
    {
        var read = new List<string>();
        int page = 0;
        do
        {
            DeviceBatch batch = await list.ReadAsync(page, guess, pages, CancellationToken.None);
            read.InsertRange(0, batch.Devices.Select(device => device.Iccid));
            page = batch.NextPage;
        }
        while (page > 0);
        return read;
    }
}
