using System.Globalization;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Simulator.Fleets;

/// <summary>Where a SIM stands in its life at the carrier.</summary>
public enum DeviceStatus : byte
{
    Activated,
    TestReady,
    Deactivated,
    Inventory,
    Retired,
}

/// <summary>One SIM of a generated fleet.</summary>
/// <param name="SerialNumber">What is unique in the ICCID: <see cref="SimNumbers.IccidOf"/> makes the whole number of it.</param>
/// <param name="CommunicationPlan">Position in <see cref="FleetPlans.CommunicationPlans"/>.</param>
/// <param name="CurrentPlan">Position in the catalog, or <see cref="Fleet.NoPlan"/>.</param>
/// <param name="ActiveDays">Days billed, 1 to the days of the period.</param>
public readonly record struct GeneratedDevice(
    long SerialNumber,
    long Msisdn,
    DeviceStatus Status,
    ushort CommunicationPlan,
    ushort CurrentPlan,
    long UsageBytes,
    ushort ActiveDays,
    int SmsCount)
{
    /// <summary>True for a SIM that carriers bill: in service, or with usage in the period.</summary>
    public bool IsBilled => Status == DeviceStatus.Activated || UsageBytes > 0;
}

/// <summary>The numbers SIMs have, of ranges that no operator uses.</summary>
public static class SimNumbers
{
    /// <summary>Digits of a generated ICCID, the check digit included.</summary>
    public const int IccidDigits = 20;

    private const int SerialDigits = 12;

    /// <summary>89 telecommunication, 01 North America, 999 no issuer.</summary>
    private static ReadOnlySpan<byte> IssuerPrefix => "8901999"u8;

    /// <summary>Writes the ICCID with its Luhn check digit as ASCII digits.</summary>
    /// <param name="serialNumber">0 to 999,999,999,999.</param>
    /// <param name="destination">At least <see cref="IccidDigits"/> long.</param>
    public static void WriteIccid(long serialNumber, Span<byte> destination)
    {
        IssuerPrefix.CopyTo(destination);
        long rest = serialNumber;
        for (int place = IssuerPrefix.Length + SerialDigits - 1; place >= IssuerPrefix.Length; place--)
        {
            (rest, long digit) = Math.DivRem(rest, 10);
            destination[place] = (byte)('0' + digit);
        }

        int sum = 0;
        for (int place = 0; place < IccidDigits - 1; place++)
        {
            int digit = destination[place] - '0';
            if ((place & 1) == 0)
            {
                digit = digit > 4 ? (2 * digit) - 9 : 2 * digit;
            }

            sum += digit;
        }

        // 19 digits stand before the check digit, so the first, third, ... and last of them are doubled.
        destination[IccidDigits - 1] = (byte)('0' + ((10 - (sum % 10)) % 10));
    }

    public static Iccid IccidOf(long serialNumber)
    {
        Span<byte> digits = stackalloc byte[IccidDigits];
        WriteIccid(serialNumber, digits);
        return Iccid.Parse(System.Text.Encoding.ASCII.GetString(digits));
    }

    /// <summary>The number of the SIM at <paramref name="position"/>, in the area codes for machines (521 to 525).</summary>
    public static long MsisdnOf(int position)
    {
        (int area, int line) = Math.DivRem(position, 10_000_000);
        return 15_210_000_000 + (area * 10_000_000L) + line;
    }

    /// <summary>As carriers write it, for example <c>TEST_READY</c>.</summary>
    public static string NameOf(DeviceStatus status) => status switch
    {
        DeviceStatus.Activated => "ACTIVATED",
        DeviceStatus.TestReady => "TEST_READY",
        DeviceStatus.Deactivated => "DEACTIVATED",
        DeviceStatus.Inventory => "INVENTORY",
        DeviceStatus.Retired => "RETIRED",
        _ => ((byte)status).ToString(CultureInfo.InvariantCulture),
    };
}
