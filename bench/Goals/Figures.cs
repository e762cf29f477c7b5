using System.Globalization;

namespace CarrierOptimization.Benchmarks.Goals;

/// <summary>Numbers as the goals table shows them, the same in every culture.</summary>
internal static class Figures
{
    public static string Time(double seconds) => seconds switch
    {
        < 0.001 => Format($"{seconds * 1e6:0} us"),
        < 1 => Format($"{seconds * 1e3:0.##} ms"),
        _ => Format($"{seconds:0.00} s"),
    };

    public static string Gap(double gap) => gap <= 0 ? "0" : Format($"{gap:0.0e+0}");

    public static string Percent(double part) => Format($"{part * 100:0.00} %");

    public static string Money(long microUnits) => Format($"{microUnits / 1_000_000m:0.00}");

    public static string Format(FormattableString text) => FormattableString.Invariant(text);

    public static string Count(long count) => count.ToString("#,##0", CultureInfo.InvariantCulture);
}
