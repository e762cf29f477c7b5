namespace CarrierOptimization.Engine.Search;

/// <summary>
/// The amount that every possible cost is a whole multiple of: the greatest common divisor of all charges that can
/// occur.
/// </summary>
internal static class Granularity
{
    /// <returns>In micro-units, at least 1.</returns>
    public static long Of(SearchModel model)
    {
        long divisor = model.Options.ChangeCost.MicroUnits;
        foreach (DeviceClass deviceClass in model.Classes)
        {
            foreach (Alternative alternative in deviceClass.Alternatives)
            {
                divisor = Divisor(divisor, alternative.Cost);
                if (!deviceClass.IsLinear)
                {
                    Model.RatePlan plan = model.Catalog.Plans[alternative.Plan];
                    divisor = Divisor(Divisor(divisor, plan.SmsRate.MicroUnits), plan.IsUnlimited ? 0 : plan.OverageRate.MicroUnits);
                }
            }
        }

        foreach (PoolRow row in model.Rows)
        {
            divisor = Divisor(divisor, row.RateMicroUnits);
        }

        return Math.Max(1, divisor);
    }

    private static long Divisor(long a, long b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return a;
    }
}
