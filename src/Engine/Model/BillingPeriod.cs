namespace CarrierOptimization.Engine.Model;

/// <summary>One cycle of a provider, from the start instant (included) to the end instant (excluded).</summary>
public readonly record struct BillingPeriod(DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>Whole days of the period, the denominator of proration; a started day counts.</summary>
    public int Days => (int)Math.Ceiling((End - Start).TotalDays);

    /// <summary>Days a SIM activated at <paramref name="activation"/> is billed: 1 to <see cref="Days"/>.</summary>
    public int ActiveDays(DateTimeOffset activation) =>
        activation <= Start ? Days : (int)Math.Clamp(Math.Ceiling((End - activation).TotalDays), 1, Days);
}
