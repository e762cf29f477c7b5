using System.Globalization;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Pipeline.Mail;

/// <summary>The mail about a result: what it costs, what can be saved, how sure that is, and the changes that matter most.</summary>
public static class ResultText
{
    /// <summary>More groups and pools stand in the report.</summary>
    private const int RowsMax = 12;

    private const int ChangesMax = 10;

    private const string InTheReport = "all are in the report";

    public static MailText Compose(ResultFacts facts)
    {
        string title = TitleOf(facts);
        MailTone tone = facts.Missing.Count > 0 ? MailTone.Warning : facts.Saving > Money.Zero ? MailTone.Good : MailTone.Calm;
        var page = new MailPage(tone, facts.Missing.Count > 0 ? "Result, with parts missing" : "Result", title);
        if (facts.Missing.Count > 0)
        {
            page.List(facts.Missing);
        }

        page.Figures(
        [
            new("Today", Amount(facts, facts.Current)),
            new("Optimal", Amount(facts, facts.Optimal)),
            new($"Saving, {Percent(facts.Saving, facts.Current, "0.0")}", Amount(facts, facts.Saving)),
        ]);
        AddBars(page, facts);
        page.Facts(FactsOf(facts)).Link("Open the session", facts.About.Page);
        AddTables(page, facts);
        return page.Finish(
            $"Carrier Optimizer: {title}", Text($"{facts.Changed:N0} changes. {facts.WhatNext}"), facts.About.Facts);
    }

    private static string TitleOf(ResultFacts facts)
    {
        string what = (facts.Saving.MicroUnits, facts.Changed) switch
        {
            ( > 0, _) => $"{Amount(facts, facts.Saving)} can be saved",
            (0, 0) => "every SIM is on its cheapest plan",
            (0, _) => "the bill stays the same",
            _ => $"the bill rises by {Amount(facts, -facts.Saving)}, because SIMs without a valid plan get one",
        };
        return $"{facts.About.ProviderName}: {what}";
    }

    private static void AddBars(MailPage page, ResultFacts facts)
    {
        long longest = Math.Max(facts.Current.MicroUnits, facts.Optimal.MicroUnits);
        if (longest > 0)
        {
            page.Bars(
            [
                ("Today", PercentOf(facts.Current.MicroUnits, longest), "#9aa7b4"),
                ("Optimal", PercentOf(facts.Optimal.MicroUnits, longest), "#0b6e4f"),
            ]);
        }
    }

    private static IReadOnlyList<MailFact> FactsOf(ResultFacts facts) =>
    [
        new("SIMs", Text($"{facts.Devices:N0} read = {facts.Optimised:N0} optimised + {facts.Excluded:N0} left out")),
        new("Changes", Text($"{facts.Changed:N0} SIMs change their plan")),
        new("What happens next", facts.WhatNext),
        new("Is it the cheapest?", facts.ProvenOptimal
            ? "Yes, proven: no assignment of plans costs less."
            : $"Proven to within {Amount(facts, facts.Gap)} ({Percent(facts.Gap, facts.Optimal, "0.0##")}): "
                + $"no assignment costs less than {Amount(facts, facts.LowerBound)}."),
        .. ReportOf(facts),
    ];

    private static IEnumerable<MailFact> ReportOf(ResultFacts facts)
    {
        if (facts.AttachmentName is { } name)
        {
            yield return new("Report", $"attached: {name}");
        }
        else if (facts.ReportPlace is { } place)
        {
            yield return new("Report", $"too large to attach; it is at {place}");
        }
    }

    private static void AddTables(MailPage page, ResultFacts facts)
    {
        if (facts.TopChanges.Count > 0)
        {
            page.Heading("Largest savings").Table(
                [new("SIM"), new("From"), new("To"), new("Saving", true)],
                [.. facts.TopChanges.Take(ChangesMax).Select(change =>
                    new[] { change.Iccid, change.From ?? "no plan", change.To, Amount(facts, change.Saving) })],
                ChangesMax,
                InTheReport);
        }

        if (facts.CommGroups.Count > 0)
        {
            page.Heading("By comm group").Table(
                [new("Comm group"), new("SIMs", true), new("Changes", true), new("Today", true), new("Optimal", true), new("Saving", true)],
                [.. facts.CommGroups.Select(group => new[]
                {
                    group.Name, Text($"{group.Devices:N0}"), Text($"{group.Changed:N0}"), Number(group.Current), Number(group.Optimal),
                    Number(group.Current - group.Optimal),
                })],
                RowsMax,
                InTheReport);
        }

        if (facts.Pools.Count > 0)
        {
            page.Heading("By rate pool").Table(
                [new("Pool or plan"), new("SIMs", true), new("Used", true), new("Today", true), new("Optimal", true)],
                [.. facts.Pools.Select(pool => new[]
                {
                    pool.Name, Text($"{pool.Devices:N0} → {pool.DevicesAfter:N0}"),
                    Used(pool), Number(pool.Cost), Number(pool.CostAfter),
                })],
                RowsMax,
                InTheReport);
        }
    }

    private static string Amount(ResultFacts facts, Money money) => money.ToDisplay(facts.Currency);

    private static string Number(Money money) => money.ToDecimal().ToString("#,##0.00", CultureInfo.InvariantCulture);

    private static string Used(ResultPool pool) => pool.Utilisation is null && pool.UtilisationAfter is null
        ? "-"
        : $"{Share(pool.Utilisation)} → {Share(pool.UtilisationAfter)}";

    private static string Share(decimal? share) =>
        share is { } known ? (known * 100).ToString("0", CultureInfo.InvariantCulture) + "%" : "-";

    private static string Percent(Money part, Money whole, string format) => whole == Money.Zero
        ? "0 %"
        : ((decimal)part.MicroUnits / whole.MicroUnits * 100).ToString(format, CultureInfo.InvariantCulture) + " %";

    private static int PercentOf(long part, long whole) => (int)Math.Round((decimal)part / whole * 100);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
