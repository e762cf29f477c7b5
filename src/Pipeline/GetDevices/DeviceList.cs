using CarrierOptimization.Pipeline.Carrier;

namespace CarrierOptimization.Pipeline.GetDevices;

/// <summary>Pages of a list of SIMs that were read in one go.</summary>
/// <param name="Devices">In the order of the list, the oldest change first.</param>
/// <param name="NextPage">The page to go on with, 0 when the first page was read.</param>
/// <param name="Calls">Made for it, the search for the last page included.</param>
public sealed record DeviceBatch(IReadOnlyList<CarrierDevice> Devices, int NextPage, int Calls);

/// <summary>
/// Reads a list of SIMs from its last page to its first. A SIM that changes goes to the end and all behind it move towards
/// the front: read forwards, the row that moves over the border of two pages is missed; read backwards, it comes twice.
/// What changes meanwhile at the front goes to the end and is caught by reading the changes since the start.
/// </summary>
/// <remarks>See docs/pipeline.md, "Reading a list that moves".</remarks>
public sealed class DeviceList(ICarrier carrier, DateTimeOffset modifiedSince, string? status = null)
{
    /// <summary>Steps from the guess become this much longer each time: few calls for lists of one page and of thousands.</summary>
    private const int StepGrowth = 4;

    private enum Place
    {
        /// <summary>Other pages follow.</summary>
        Within,

        Last,
        Beyond,
    }

    /// <summary>Reads a batch of pages.</summary>
    /// <param name="fromPage">The highest page; 0 finds the last one first.</param>
    /// <param name="guess">Where the last page may be, from 1; only saves calls.</param>
    public async Task<DeviceBatch> ReadAsync(int fromPage, int guess, int pages, CancellationToken cancellationToken)
    {
        int calls = 0;
        CarrierPage<CarrierDevice>? last = null;
        if (fromPage == 0)
        {
            (last, calls) = await FindLastAsync(Math.Clamp(guess, 1, SyncLimits.PagesMax), cancellationToken);
            fromPage = last.PageNumber;
        }

        var read = new List<IReadOnlyList<CarrierDevice>>();
        int page = fromPage;
        for (; page >= 1 && read.Count < pages; page--)
        {
            if (last?.PageNumber == page)
            {
                read.Add(last.Rows);
                continue;
            }

            read.Add((await carrier.ListDevicesAsync(modifiedSince, status, page, cancellationToken)).Rows);
            calls++;
        }

        read.Reverse();
        return new DeviceBatch([.. read.SelectMany(rows => rows)], page, calls);
    }

    /// <summary>
    /// Finds the last page in few calls. What the carrier says beyond the end is not documented, so nothing rests on it: the page
    /// found has rows and is called the last one by the carrier.
    /// </summary>
    private async Task<(CarrierPage<CarrierDevice> Last, int Calls)> FindLastAsync(int guess, CancellationToken cancellationToken)
    {
        CarrierPage<CarrierDevice>? within = null;
        int beyond = SyncLimits.PagesMax + 1;
        CarrierException? refusal = null;
        int page = guess;
        int step = 1;
        for (int calls = 1; ; calls++)
        {
            (Place place, CarrierPage<CarrierDevice>? found, CarrierException? failure) =
                await LookAsync(page, cancellationToken);
            if (place == Place.Last)
            {
                return (found!, calls);
            }

            within = place == Place.Within ? found : within;
            (beyond, refusal) = place == Place.Beyond ? (page, failure) : (beyond, refusal);
            int low = within?.PageNumber ?? 0;
            if (beyond == low + 1)
            {
                return refusal is null && within is not null
                    ? (within, calls)
                    : throw refusal ?? new CarrierException(
                        CarrierFailure.Unavailable, $"Carrier: the list of SIMs has no end after {SyncLimits.PagesMax} pages.");
            }

            page = beyond > SyncLimits.PagesMax ? Math.Min(low + step, SyncLimits.PagesMax)
                : low == 0 ? Math.Max(beyond - step, 1)
                : low + ((beyond - low) / 2);
            step = Math.Min(step * StepGrowth, SyncLimits.PagesMax);
        }
    }

    private async Task<(Place Place, CarrierPage<CarrierDevice>? Page, CarrierException? Failure)> LookAsync(
        int page, CancellationToken cancellationToken)
    {
        try
        {
            CarrierPage<CarrierDevice> found = await carrier.ListDevicesAsync(modifiedSince, status, page, cancellationToken);
            Place place = !found.IsLast ? Place.Within
                : found.Rows.Count > 0 || page == 1 ? Place.Last
                : Place.Beyond;
            return (place, found with { PageNumber = page }, null);
        }
        catch (CarrierException failure) when (page > 1 && MayLieBeyond(failure))
        {
            return (Place.Beyond, null, failure);
        }
    }

    private static bool MayLieBeyond(CarrierException failure) =>
        failure.Failure is CarrierFailure.NotFound or CarrierFailure.Refused or CarrierFailure.NotOffered or CarrierFailure.Unavailable
        && failure.ErrorCode is not (SyncDecision.OlderThanOneYearCode or SyncDecision.InTheFutureCode);
}
