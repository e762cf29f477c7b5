using System.Globalization;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Sessions;

namespace CarrierOptimization.Cli.Sessions;

/// <summary>How things about sessions are said on the screen.</summary>
internal static class SessionTexts
{
    public static string Count(long number) => number.ToString("#,##0", CultureInfo.InvariantCulture);

    public static string Amount(Money? amount, string currency) => amount is { } money ? money.ToDisplay(currency) : "";

    public static string Period(SessionRow session) => string.Create(
        CultureInfo.InvariantCulture, $"{session.PeriodStart.UtcDateTime:yyyy-MM-dd} to {session.PeriodEnd.UtcDateTime:yyyy-MM-dd}");

    public static string Time(DateTimeOffset? time) =>
        time is { } at ? at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC" : "";

    public static string Size(long bytes) => bytes switch
    {
        < 1_000 => $"{bytes} B",
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1_000m:0.#} kB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1_000_000m:0.#} MB"),
    };

    public static string Status(SessionStatus status) => status switch
    {
        SessionStatus.Queued => "queued",
        SessionStatus.Syncing => "reading SIMs and usage from the carrier",
        SessionStatus.Grouping => "grouping",
        SessionStatus.Optimizing => "finding the cheapest plans",
        SessionStatus.CleaningUp => "writing the report",
        SessionStatus.CompleteWithSuccess => "complete",
        SessionStatus.CompleteWithErrors => "complete with errors",
        _ => "cancelled",
    };

    /// <summary>Full, or only what changed.</summary>
    public static string SyncKind(string kind) => kind == "Incremental" ? "incremental" : "full";

    public static string SavingPercent(SessionRow session) =>
        session.CurrentCost is { MicroUnits: > 0 } current && session.Saving is { } saving
            ? ((decimal)saving.MicroUnits * 100 / current.MicroUnits).ToString("0.00", CultureInfo.InvariantCulture) + " %"
            : "";
}
