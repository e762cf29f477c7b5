using CarrierOptimization.Pipeline.Mail;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.Running;

namespace CarrierOptimization.Pipeline.OptimizerCleanup;

/// <summary>What the mail about a result is made of.</summary>
/// <param name="ReportLink">Where the report is seen.</param>
/// <param name="Report">The file to attach; <c>null</c> when it is too large.</param>
/// <param name="Changes">How the changes were decided.</param>
public sealed record ResultMailFacts(
    SessionHeader Session, InstanceResult Instance, string ReportLink, MailAttachment? Report, GoNoGoResult Changes);

/// <summary>The mail about a result.</summary>
public static class ResultMail
{
    private const int TopChanges = 10;

    public static MailRequest Of(ResultMailFacts facts)
    {
        MailText mail = ResultText.Compose(FactsOf(facts));
        SessionHeader session = facts.Session;
        return new MailRequest(
            $"result/{session.SessionId}", "Result", session.Settings.Recipients, mail.Subject, mail.Text, mail.Html,
            facts.Report is { } report ? [report] : []);
    }

    private static ResultFacts FactsOf(ResultMailFacts facts)
    {
        OptimizationReport report = facts.Instance.Content.Report;
        Uri? page = Uri.TryCreate(facts.ReportLink, UriKind.Absolute, out Uri? link) && link.Scheme is "https" or "http" ? link : null;
        return new ResultFacts
        {
            About = Alerts.AboutOf(facts.Session, page),
            Currency = report.Costs.Currency,
            Current = report.Costs.Current,
            Optimal = report.Costs.Optimal,
            LowerBound = report.Costs.LowerBound,
            Gap = report.Costs.GapAmount,
            ProvenOptimal = report.Costs.ProvenOptimal,
            Devices = report.Counts.Read,
            Optimised = report.Counts.Optimised,
            Excluded = report.Counts.Excluded,
            Changed = report.Counts.Changed,
            WhatNext = WhatNext(facts),
            Missing = facts.Instance.Failures,
            CommGroups = [.. report.CommGroups.Select(group =>
                new ResultGroup(group.Name, group.Devices, group.Changed, group.Current, group.Optimal))],
            Pools = [.. report.Pools.Where(pool => pool.Kind != PoolRowKind.PlanOfPool).Select(PoolOf)],
            TopChanges = [.. report.RatePlanChanges.Take(TopChanges).Select(change =>
                new ResultChange(change.Iccid.ToString(), change.CurrentPlan, change.AssignedPlan ?? "", change.Saving))],
            AttachmentName = facts.Report?.Name,
            ReportPlace = facts.ReportLink,
        };
    }

    private static ResultPool PoolOf(PoolRow pool) => new(
        NameOf(pool), pool.Before.Devices, pool.After.Devices, pool.Before.Utilisation, pool.After.Utilisation,
        pool.Before.Total, pool.After.Total);

    private static string NameOf(PoolRow pool)
    {
        string name = pool.Kind == PoolRowKind.Pool ? pool.Pool : pool.Plan;
        return pool.CommGroup is { } group ? $"{name} ({group})" : name;
    }

    private static string WhatNext(ResultMailFacts facts)
    {
        GoNoGoResult decision = facts.Changes;
        if (facts.Instance.Counts.Changed == 0)
        {
            return "Nothing: no SIM needs another plan.";
        }

        string pushed = facts.Session.Settings.ChangeMode == ChangeMode.AfterApproval
            ? "They wait for approval on the dashboard."
            : "They are pushed to the carrier now and read back.";
        return decision.Decision switch
        {
            GoNoGo.Go or GoNoGo.Partial => $"{decision.Why} {pushed}",
            GoNoGo.NoGo => "Nothing is pushed: " + decision.Why,
            _ => "Recommended only: pushing changes is switched off for this provider.",
        };
    }
}
