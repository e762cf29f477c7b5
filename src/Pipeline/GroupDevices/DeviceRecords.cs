using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Pipeline.GroupDevices;

/// <summary>The SIMs as they were read, one place per SIM in each array; names are positions in lists of different names.</summary>
public sealed record DeviceRecords
{
    /// <summary>"No name": the cell was empty.</summary>
    public const ushort NoName = ushort.MaxValue;

    public required Iccid[] Iccids { get; init; }

    public required long[] UsageBytes { get; init; }

    /// <summary>Current rate plan, a position in <see cref="RatePlanNames"/> or <see cref="NoName"/>.</summary>
    public required ushort[] RatePlan { get; init; }

    public required IReadOnlyList<string> RatePlanNames { get; init; }

    /// <summary>A position in <see cref="CommunicationPlanNames"/> or <see cref="NoName"/>; <c>null</c> when not known of any SIM.</summary>
    public ushort[]? CommunicationPlan { get; init; }

    public IReadOnlyList<string> CommunicationPlanNames { get; init; } = [];

    /// <summary>A position in <see cref="StatusNames"/> or <see cref="NoName"/>; <c>null</c> when not known of any SIM.</summary>
    public ushort[]? Status { get; init; }

    public IReadOnlyList<string> StatusNames { get; init; } = [];

    /// <summary>1 to the days of the period; <c>null</c> when all SIMs are billed the whole period.</summary>
    public ushort[]? ActiveDays { get; init; }

    /// <summary>True for a SIM activated within the period; <c>null</c> where <see cref="ActiveDays"/> alone says so.</summary>
    public bool[]? ActivatedInPeriod { get; init; }

    /// <summary>Usage as measured, where <see cref="UsageBytes"/> is projected; <c>null</c> when both are the same.</summary>
    public long[]? RawUsageBytes { get; init; }

    public int[]? SmsCount { get; init; }

    /// <summary>Telephone numbers as <see cref="PhoneNumber"/> packs them; <c>null</c> when none are known.</summary>
    public long[]? Msisdn { get; init; }

    public int Count => Iccids.Length;

    public string? RatePlanOf(int device) => RatePlan[device] == NoName ? null : RatePlanNames[RatePlan[device]];

    public string? StatusOf(int device) =>
        Status is null || Status[device] == NoName ? null : StatusNames[Status[device]];

    public string? CommunicationPlanOf(int device) =>
        CommunicationPlan is null || CommunicationPlan[device] == NoName ? null : CommunicationPlanNames[CommunicationPlan[device]];
}

/// <summary>A telephone number of up to 17 digits in one number: a leading 1 keeps the zeros, the sign is the plus sign.</summary>
public static class PhoneNumber
{
    public const int DigitsMax = 17;

    /// <returns>The packed number, or 0 when the text is no telephone number.</returns>
    public static long Pack(ReadOnlySpan<char> text)
    {
        bool hasPlus = text is ['+', ..];
        ReadOnlySpan<char> digits = hasPlus ? text[1..] : text;
        if (digits.Length is 0 or > DigitsMax)
        {
            return 0;
        }

        long packed = 1;
        foreach (char character in digits)
        {
            if (!char.IsAsciiDigit(character))
            {
                return 0;
            }

            packed = (packed * 10) + (character - '0');
        }

        return hasPlus ? -packed : packed;
    }

    public static string? Unpack(long packed) => packed switch
    {
        0 => null,
        < 0 => string.Concat("+", (-packed).ToString(System.Globalization.CultureInfo.InvariantCulture).AsSpan(1)),
        _ => packed.ToString(System.Globalization.CultureInfo.InvariantCulture)[1..],
    };
}
