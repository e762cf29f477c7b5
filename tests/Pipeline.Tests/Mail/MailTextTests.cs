using System.Xml.Linq;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Mail;
using Xunit;

namespace CarrierOptimization.Pipeline.Tests.Mail;

/// <summary>The mails of the product, letter by letter: as text and as HTML.</summary>
public sealed class MailTextTests
{
    private const string Hostile = "<script>alert('x')</script>\"&\u202Egnp.exe\r\nBcc: thief@example.com\0";

    private static readonly MailAbout About = new(
        "Globex Wireless",
        17,
        new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.FromHours(-4)),
        new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.FromHours(-4)),
        new Uri("https://cco.example.com/sessions/17?a=1&b=2"));

    public static TheoryData<string> Mails => [.. All.Keys];

    private static Dictionary<string, MailText> All => new()
    {
        ["result"] = ResultText.Compose(Result),
        ["result-nothing-to-save"] = ResultText.Compose(Result with
        {
            Optimal = Result.Current, LowerBound = Result.Current, Gap = Money.Zero, ProvenOptimal = true, Changed = 0, TopChanges = [],
            WhatNext = "Nothing: no SIM needs another plan.", AttachmentName = null, ReportPlace = null,
        }),
        ["result-parts-missing"] = ResultText.Compose(Result with
        {
            Missing = ["Component 3 (812 SIMs) could not be optimised: no answer within 30 s. Its SIMs keep their plans."],
            AttachmentName = null,
            ReportPlace = "https://cco.example.com/sessions/17",
        }),
        ["warning-second-start"] = NoticeText.Warning(new NoticeFacts(
            About, "a second start was refused", "Session 17 is running since 02:00. It was asked for by maria@example.com.")),
        ["warning-number-of-sims"] = NoticeText.Warning(new NoticeFacts(
            About, "number of SIMs", "9,120 SIMs were read and 10,000 are expected.",
            Details: [new("Expected", "10,000"), new("Read", "9,120"), new("Difference", "-880")])),
        ["warning-communication-plans"] = NoticeText.Warning(new NoticeFacts(
            About, "new communication plans",
            "2 new communication plans are not mapped to rate plans; their SIMs keep their plans until they are:"
            + "\n- LTE-M Europe\n- 5G <Slices>")),
        ["alert-invalid-rate-plan"] = NoticeText.Alert(new NoticeFacts(
            About, "InvalidRatePlan",
            "One or more Rate Plans have invalid Data per Overage Charge or Overage Rate. "
            + "Rate plan \"5MB\": overage block is 0 MB; it must be above 0.",
            "GroupDevices")),
        ["alert-no-go"] = NoticeText.Alert(new NoticeFacts(
            About, "NoGo", "410 of 2,310 changes fit in the 31 minutes that are left of the period, and a part of them is not wanted.",
            "OptimizerCleanup", [new("Changes", "2,310"), new("Fit in the time left", "410"), new("Saving not made", "12,345.60 USD")])),
        ["changes"] = ChangesText.Compose(new ChangesFacts(
            About, "USD", Money.FromDecimal(12_100.5m), 2_290, 3, 12, 5,
            [
                new("8944500102198304826", "Pool 10 MB", "refused: 10002119 plan is not allowed"),
                new("8944500102198304834", "Pool 5 MB", "moved to Pool 50 MB by another user"),
            ])),
    };

    private static ResultFacts Result => new()
    {
        About = About,
        Currency = "USD",
        Current = Money.FromDecimal(71_904.37m),
        Optimal = Money.FromDecimal(59_558.77m),
        LowerBound = Money.FromDecimal(59_551.20m),
        Gap = Money.FromDecimal(7.57m),
        ProvenOptimal = false,
        Devices = 10_000,
        Optimised = 9_874,
        Excluded = 126,
        Changed = 2_310,
        WhatNext = "All 2,310 changes fit. They wait for approval on the dashboard.",
        CommGroups =
        [
            new("LTE Global, LTE-M", 6_120, 1_544, Money.FromDecimal(41_210m), Money.FromDecimal(33_120.25m)),
            new("5G Slices & Größen", 3_754, 766, Money.FromDecimal(28_511.12m), Money.FromDecimal(24_255.27m)),
        ],
        Pools =
        [
            new("Shared 2026", 5_310, 4_872, 1.21m, 0.98m, Money.FromDecimal(38_000m), Money.FromDecimal(30_122m)),
            new("Flat unlimited", 92, 0, null, null, Money.FromDecimal(4_600m), Money.Zero),
        ],
        TopChanges =
        [
            new("8944500102198304826", "Flat unlimited", "Pool 10 MB", Money.FromDecimal(45.5m)),
            new("8944500102198304834", null, "Pool 5 MB", Money.FromDecimal(-1.25m)),
        ],
        AttachmentName = "report.xlsx",
    };

    [Theory]
    [MemberData(nameof(Mails))]
    public void It_reads_as_agreed(string name)
    {
        MailText mail = All[name];

        GoldenFile.AssertEqual($"mail-{name}.txt", $"Subject: {mail.Subject}\n\n{mail.Text}");
        GoldenFile.AssertEqual($"mail-{name}.html", mail.Html);
    }

    [Theory]
    [MemberData(nameof(Mails))]
    public void The_HTML_is_well_formed_and_loads_nothing(string name)
    {
        XDocument page = XDocument.Parse(All[name].Html);

        string[] elements = [.. page.Descendants().Select(element => element.Name.LocalName).Distinct()];
        Assert.DoesNotContain("script", elements);
        Assert.DoesNotContain("img", elements);
        Assert.DoesNotContain("link", elements);
        Assert.All(
            page.Descendants().Where(element => element.Name.LocalName == "a"),
            link => Assert.StartsWith("https://cco.example.com/", link.Attribute("href")!.Value, StringComparison.Ordinal));
        Assert.DoesNotContain("url(", All[name].Html, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Mails))]
    public void No_line_is_longer_than_mail_servers_take(string name)
    {
        Assert.All(All[name].Text.Split('\n'), line => Assert.InRange(line.Length, 0, 120));
        Assert.All(All[name].Html.Split('\n'), line => Assert.InRange(line.Length, 0, 997));
    }

    [Fact]
    public void Values_from_outside_are_shown_and_never_obeyed()
    {
        MailAbout about = About with { ProviderName = Hostile, Page = new Uri("javascript:alert(1)") };
        MailText[] mails =
        [
            NoticeText.Alert(new NoticeFacts(about, Hostile, Hostile, Hostile, [new(Hostile, Hostile)])),
            NoticeText.Warning(new NoticeFacts(about, Hostile, $"- {Hostile}")),
            ResultText.Compose(Result with
            {
                About = about,
                Currency = Hostile,
                WhatNext = Hostile,
                Missing = [Hostile],
                CommGroups = [new(Hostile, 1, 1, Money.Zero, Money.Zero)],
                Pools = [new(Hostile, 1, 1, null, null, Money.Zero, Money.Zero)],
                TopChanges = [new(Hostile, Hostile, Hostile, Money.Zero)],
                AttachmentName = Hostile,
            }),
            ChangesText.Compose(new ChangesFacts(about, Hostile, Money.Zero, 1, 1, 1, 1, [new(Hostile, Hostile, Hostile)])),
        ];

        Assert.All(mails, mail =>
        {
            XDocument page = XDocument.Parse(mail.Html);
            Assert.DoesNotContain(page.Descendants(), element => element.Name.LocalName is "script" or "a");
            Assert.Contains("<script>alert('x')</script>\"&gnp.exe", page.Root!.Value, StringComparison.Ordinal);
            Assert.DoesNotContain(mail.Subject, char.IsControl);
            Assert.DoesNotContain(mail.Text, letter => letter is '\0' or '\u202E' or '\r');
            Assert.DoesNotContain("javascript:", mail.Html + mail.Text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Long_lists_are_cut_and_say_so()
    {
        ResultGroup[] groups =
            [.. Enumerable.Range(1, 1_500).Select(number => new ResultGroup($"Group {number}", 2, 0, Money.Zero, Money.Zero))];

        MailText mail = ResultText.Compose(Result with { CommGroups = groups });

        Assert.Contains("... and 1,488 more: all are in the report.", mail.Text, StringComparison.Ordinal);
        Assert.Contains("... and 1,488 more: all are in the report.", mail.Html, StringComparison.Ordinal);
        Assert.InRange(mail.Html.Length, 0, 40_000);
    }

    [Theory]
    [InlineData("InvalidRatePlan")]
    [InlineData("NoCommGroups")]
    [InlineData("RatePlanValidationFailed")]
    [InlineData("SyncFailed")]
    [InlineData("SyncIncomplete")]
    [InlineData("OptimizationFailed")]
    [InlineData("CleanupFailed")]
    [InlineData("StageTimeout")]
    [InlineData("NoGo")]
    public void Every_error_scenario_has_an_advice_of_its_own(string code)
    {
        Assert.NotEqual(MailAdvice.Of("anything else"), MailAdvice.Of(code));
        Assert.EndsWith(".", MailAdvice.Of(code).WhatToDo, StringComparison.Ordinal);
    }
}
