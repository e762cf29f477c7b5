using System.Globalization;
using CarrierOptimization.Pipeline.Running;

namespace CarrierOptimization.Pipeline.OptimizerCleanup;

/// <summary>The alert when the changes don't fit in the time that is left: with what it costs.</summary>
internal static class NoGoMail
{
    public static MailRequest Of(SessionHeader session, string stage, InstanceResult result, GoNoGoResult decision) => Alerts.Of(
        session,
        stage,
        nameof(GoNoGo.NoGo),
        decision.Why,
        [
            new("Changes", result.Counts.Changed.ToString("N0", CultureInfo.InvariantCulture)),
            new("Fit in the time left", decision.Fit.ToString("N0", CultureInfo.InvariantCulture)),
            new("Saving not made", result.Costs.Saving.ToDisplay(result.Costs.Currency)),
        ]);
}
