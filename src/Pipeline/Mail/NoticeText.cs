namespace CarrierOptimization.Pipeline.Mail;

/// <summary>Something people must hear of: an error scenario, or a warning while the run goes on.</summary>
/// <param name="Code">Of the error trigger, or the subject of the warning: decides title and advice, see <see cref="MailAdvice"/>.</param>
/// <param name="Message">Sentences; lines that begin with "- " become a list.</param>
/// <param name="Stage">Name of the stage; <c>null</c> in warnings.</param>
/// <param name="Details">Numbers that explain it; may be empty.</param>
public sealed record NoticeFacts(
    MailAbout About, string Code, string Message, string? Stage = null, IReadOnlyList<MailFact>? Details = null);

/// <summary>Mails that say what went wrong, or might, and what to do about it.</summary>
public static class NoticeText
{
    /// <summary>The mail that goes with an error trigger.</summary>
    public static MailText Alert(NoticeFacts facts) => Compose(facts, MailTone.Alert, "Alert");

    /// <summary>The run goes on; people should know nevertheless.</summary>
    public static MailText Warning(NoticeFacts facts) => Compose(facts, MailTone.Warning, "Warning");

    private static MailText Compose(NoticeFacts facts, MailTone tone, string kind)
    {
        MailAdvice advice = MailAdvice.Of(facts.Code);
        string title = $"{facts.About.ProviderName}: {advice.Title}";
        var page = new MailPage(tone, kind, title);
        AddMessage(page, facts.Message);
        if (facts.Details is { Count: > 0 } details)
        {
            page.Facts(details);
        }

        page.Heading("What to do").Paragraph(advice.WhatToDo).Link("Open the session", facts.About.Page);
        IReadOnlyList<MailFact> about = facts.Stage is { } stage
            ? [.. facts.About.Facts, new("Stage", stage), new("Code", facts.Code)]
            : facts.About.Facts;
        string first = facts.Message.Split('\n', 2)[0];
        return page.Finish($"Carrier Optimizer: {title}", first, about);
    }

    private static void AddMessage(MailPage page, string message)
    {
        var items = new List<string>();
        foreach (string line in message.Split('\n').Append(""))
        {
            if (line.StartsWith("- ", StringComparison.Ordinal))
            {
                items.Add(line[2..]);
                continue;
            }

            if (items.Count > 0)
            {
                page.List(items);
                items = [];
            }

            if (!string.IsNullOrWhiteSpace(line))
            {
                page.Paragraph(line);
            }
        }
    }
}
