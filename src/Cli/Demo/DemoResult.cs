using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Sessions;
using CarrierOptimization.Simulator.Amop;

namespace CarrierOptimization.Cli.Demo;

/// <summary>What came of the demo, and whether it was as it should be.</summary>
/// <param name="Triggers">As the receiver got them, earlier sessions of the same process included.</param>
/// <param name="Invoices">The carrier's own figures; <c>null</c> when the session had no result.</param>
internal sealed record DemoResult(
    SessionView View,
    IReadOnlyList<ArrivedTrigger> Triggers,
    IReadOnlyList<AmopViolation> Violations,
    DemoInvoices? Invoices,
    string DataFolder)
{
    /// <summary>Progress as it arrived, in order; errors left out.</summary>
    public IReadOnlyList<int> Progress => [.. Triggers.Where(trigger => trigger.Type != "ErrorMessage").Select(trigger => trigger.Progress)];

    public bool IsGood => View.Session.Status == SessionStatus.CompleteWithSuccess
        && Violations.Count == 0 && Invoices is { AreEqual: true } && Progress is [.., 100];

    public object ForMachines() => new
    {
        View.Session,
        View.Sync,
        Triggers = Progress,
        Violations = Violations.Select(violation => violation.Sentence),
        Invoices,
        InvoicesAreEqual = Invoices?.AreEqual ?? false,
        View.Files,
    };
}
