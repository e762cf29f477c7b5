using System.Text;
using CarrierOptimization.Adapters.Files.Csv;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Pipeline.GroupDevices;
using Xunit;

namespace CarrierOptimization.Cli.Tests;

/// <summary>What the readers accept, and the sentence for everything they do not.</summary>
public sealed class InputFileTests
{
    private const string Iccid = "89010000000000000017";
    private const string Header = "iccid,rate_plan,usage_bytes,communication_plan,status,active_days,sms,msisdn\n";

    [Fact]
    public void Columns_come_in_any_order_and_case_with_quotes_byte_order_mark_and_any_line_ends()
    {
        DeviceRecords records = Good(
            "\uFEFFUSAGE_MB,\"Rate_Plan\",colour,iccid\r\n1.5,\"10 MB, \"\"pooled\"\"\",red," + Iccid + "\r\n\r\n"
            + "0,\"two\r\nlines\",blue,890100000000000002\r\n");

        Assert.Equal([1_572_864, 0], records.UsageBytes);
        Assert.Equal(["10 MB, \"pooled\"", "two\r\nlines"], records.RatePlanNames);
        Assert.Equal(Iccid, records.Iccids[0].ToString());
        Assert.Null(records.Status);
    }

    [Fact]
    public void Optional_cells_may_be_empty()
    {
        DeviceRecords records = Good(Header + Iccid + ",,5,,,,,\n89010000000000000025,P,6,C,ACTIVATED,12,3,+4915112345\n");

        Assert.Equal([DeviceRecords.NoName, 0], records.RatePlan);
        Assert.Equal([DeviceRecords.NoName, 0], records.CommunicationPlan!);
        Assert.Equal([30, 12], records.ActiveDays!);
        Assert.Equal([0, 3], records.SmsCount!);
        Assert.Equal("+4915112345", PhoneNumber.Unpack(records.Msisdn![1]));
        Assert.Null(PhoneNumber.Unpack(records.Msisdn[0]));
    }

    [Theory]
    [InlineData("0.5", 524_288)]
    [InlineData("0.00000047683715820312", 0)]
    [InlineData("0.00000047683715820313", 1)]
    [InlineData("1.0000004768371582031250000", 1_048_577)]
    [InlineData("123456.789", 129_453_825_982)]
    public void Megabytes_become_bytes_half_a_byte_rounding_up(string megabytes, long bytes) =>
        Assert.Equal(bytes, Good($"iccid,rate_plan,usage_mb\n{Iccid},P,{megabytes}\n").UsageBytes[0]);

    [Theory]
    [InlineData("x,P,1,,,,,", "devices.csv:2: iccid: \"x\" is not an ICCID; expected 18 to 22 digits")]
    [InlineData(",P,1,,,,,", "devices.csv:2: iccid: \"\" is not an ICCID")]
    [InlineData("8.901E+18,P,1,,,,,", "format the column as text")]
    [InlineData(Iccid + ",P,,,,,,", "devices.csv:2: usage_bytes: the cell is empty; expected a whole number of bytes")]
    [InlineData(Iccid + ",P,-1,,,,,", "devices.csv:2: usage_bytes: \"-1\" is negative")]
    [InlineData(Iccid + ",P,NaN,,,,,", "devices.csv:2: usage_bytes: \"NaN\" is not a number")]
    [InlineData(Iccid + ",P,1e400,,,,,", "devices.csv:2: usage_bytes: \"1e400\" is not a plain number")]
    [InlineData(Iccid + ",P,1.5,,,,,", "devices.csv:2: usage_bytes: \"1.5\" has decimals; expected a whole number of bytes")]
    [InlineData(Iccid + ",P,\"1,5\",,,,,", "has a comma; expected a whole number of bytes")]
    [InlineData(Iccid + ",P,1152921504606846977,,,,,", "is too large; expected a whole number of bytes, at most 1,152,921,504,606,846,976")]
    [InlineData(Iccid + ",P,99999999999999999999,,,,,", "is too large")]
    [InlineData(Iccid + ",P,1,,,0,,", "devices.csv:2: active_days: \"0\" found; expected 1 to 30")]
    [InlineData(Iccid + ",P,1,,,31,,", "give the right --period-days")]
    [InlineData(Iccid + ",P,1,,,,2000000000,",
        "devices.csv:2: sms: \"2000000000\" is too large; expected a whole number of messages, at most 1,000,000,000")]
    [InlineData(Iccid + ",P,1", "devices.csv:2: row: 3 cells found; the header has 8")]
    [InlineData(Iccid + ",P,1,,,,,,", "devices.csv:2: row: 9 cells found")]
    [InlineData(Iccid + ",\"P\"x,1,,,,,", "devices.csv:2: row: the double quotes do not match")]
    [InlineData(Iccid + ",\"P,1,,,,,", "devices.csv:2: row: the double quotes do not match")]
    [InlineData(Iccid + ",P,1,,,,,\n" + Iccid + ",P,1,,,,,", "devices.csv:3: iccid: " + Iccid + " is there already, on line 2")]
    public void A_bad_row_is_named_with_line_column_and_remedy(string row, string expected) =>
        Assert.Contains(expected, Assert.Single(Mistakes(Header + row + "\n")), StringComparison.Ordinal);

    [Theory]
    [InlineData("", "devices.csv: the file is empty; expected a header row with iccid, rate_plan, usage_bytes or usage_mb")]
    [InlineData("iccid,plan,usage_mb\n", "devices.csv:1: rate_plan: the column is missing; found iccid, plan, usage_mb")]
    [InlineData("iccid,rate_plan\n", "usage_bytes or usage_mb: the column is missing")]
    [InlineData("iccid,rate_plan,usage_mb,iccid\n", "devices.csv:1: iccid: the column is there twice")]
    [InlineData("iccid\trate_plan\tusage_mb\n", "devices.csv:1: header: the columns are separated by tabs; expected commas. Save")]
    [InlineData("iccid;rate_plan;usage_mb\n", "devices.csv:1: header: the columns are separated by semicolons; expected commas. Save")]
    [InlineData("\n \n", "devices.csv: the file is empty; expected a header row with iccid")]
    [InlineData("\n\niccid,rate_plan\n", "devices.csv:3: usage_bytes or usage_mb: the column is missing; found iccid, rate_plan.")]
    public void A_bad_header_is_named(string text, string expected) =>
        Assert.Contains(expected, Assert.Single(Mistakes(text)), StringComparison.Ordinal);

    [Fact]
    public void Blank_lines_before_the_header_are_passed_over() =>
        Assert.Equal([7], Good($"\n\niccid,rate_plan,usage_bytes\n{Iccid},P,7\n").UsageBytes);

    [Fact]
    public void What_is_no_text_in_utf_8_is_refused_with_a_sentence()
    {
        string text = Header + Iccid + ",P,1,,,,,\n";
        Assert.Contains("UTF-16", Mistakes([0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)])[0], StringComparison.Ordinal);
        Assert.Contains("zero bytes", Mistakes(Encoding.Unicode.GetBytes(text))[0], StringComparison.Ordinal);
        Assert.Contains("not UTF-8", Mistakes([.. Encoding.UTF8.GetBytes(text), 0xE4, (byte)'\n'])[0], StringComparison.Ordinal);
        Assert.Contains("workbook", Mistakes([(byte)'P', (byte)'K', 3, 4, 0, 0])[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_gzip_file_that_was_cut_off_at_any_byte_is_refused()
    {
        byte[] whole = FleetFolder.Compressed(Header + Iccid + ",P,1,,,,,\n");
        Assert.Empty(Mistakes(whole));

        // From the third byte on it is known to be gzip.
        for (int length = 2; length < whole.Length; length++)
        {
            string mistake = Assert.Single(Mistakes(whole[..length]));
            Assert.True(mistake.Contains("gzip data", StringComparison.Ordinal), $"cut to {length} of {whole.Length}: {mistake}");
        }
    }

    [Fact]
    public void A_gzip_file_of_several_members_is_read_whole()
    {
        byte[] both = [.. FleetFolder.Compressed(Header), .. FleetFolder.Compressed(Iccid + ",P,7,,,,,\n")];

        using var folder = new FleetFolder();
        folder.Write("devices.csv", both);

        Assert.Equal([7], Read(folder, new InputMistakes()).Records.UsageBytes);
    }

    [Fact]
    public void A_gzip_bomb_is_refused()
    {
        string mistake = Assert.Single(Mistakes(FleetFolder.Compressed(Header + new string('\n', 100_000_000))));

        Assert.Contains("unfolds to more than 250 times its size", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void An_endless_row_is_refused() =>
        Assert.Contains("longer than 65,536 characters", Mistakes(Header + new string('x', 300_000))[0], StringComparison.Ordinal);

    [Fact]
    public void Twenty_mistakes_are_shown_and_the_rest_counted()
    {
        IReadOnlyList<string> lines = Mistakes(Header + string.Concat(Enumerable.Repeat("bad,P,1,,,,,\n", 1_023)));

        Assert.Equal(21, lines.Count);
        Assert.Equal("... and 1,003 more mistakes.", lines[^1]);
        Assert.StartsWith("devices.csv:21: iccid: ", lines[19], StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_are_counted_over_blank_lines_and_quoted_line_breaks()
    {
        string mistake = Assert.Single(Mistakes(Header + "\n\n" + Iccid + ",\"a\nb\",1,,,,,\nbad,P,1,,,,,\n"));

        Assert.StartsWith("devices.csv:6: iccid: ", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void Odd_things_are_notes()
    {
        using var folder = new FleetFolder(
            "iccid,rate_plan,usage_bytes,usage_mb,colour,msisdn\n89010000000000000018,P,1,2,red,call me\n");

        DeviceFile file = Read(folder, new InputMistakes());

        Assert.Equal(
            ["devices.csv: columns not used: colour.",
            "devices.csv has usage_bytes and usage_mb: usage_bytes was used.",
            "1 ICCIDs have a last digit that is not their check digit; many carriers print none.",
            "1 cells of msisdn are no telephone number and are left out."],
            file.Notes);
        Assert.Equal([1], file.Records.UsageBytes);
    }

    [Theory]
    [InlineData("Small,2.0000001,1,1,1,false,USD",
        "plans.csv:2: monthly_rate: \"2.0000001\" has 7 decimals; expected a price such as 2.50, with at most 6 decimals. Correct")]
    [InlineData("Small,2000000000,1,1,1,false,USD",
        "plans.csv:2: monthly_rate: \"2000000000\" is too large; expected a price such as 2.50, at most 1,000,000,000. Correct")]
    [InlineData("Small,2,1,1,9999999999999,false,USD",
        "plans.csv:2: overage_block_mb: \"9999999999999\" is too large; expected a number of MB such as 10 or 0.5, at most "
            + "1,099,511,627,776 MB. Correct")]
    [InlineData("Small,2,0.00000000000000000000000000001,1,1,false,USD",
        "plans.csv:2: included_mb: \"0.00000000000000000000000000001\" has too many digits; expected a number of MB such as 10 or "
            + "0.5, with at most 28 digits.")]
    [InlineData("Small,2.,1,1,1,false,USD", "plans.csv:2: monthly_rate: \"2.\" is not a number; expected a price such as 2.50.")]
    [InlineData("Small,$2,1,1,1,false,USD", "plans.csv:2: monthly_rate: \"$2\" is not a number; expected a price such as 2.50.")]
    [InlineData("Small,-2,1,1,1,false,USD", "plans.csv:2: monthly_rate: \"-2\" is negative")]
    [InlineData("Small,1e9,1,1,1,false,USD", "plans.csv:2: monthly_rate: \"1e9\" is not a plain number")]
    [InlineData("Small,2,1,1,0,false,USD",
        "plans.csv:2: overage_block_mb: Rate plan \"Small\": overage block is 0 MB; it must be above 0. Correct the plan at the "
            + "carrier or mark it unlimited.")]
    [InlineData("Small,2,1,0,1,false,USD", "plans.csv:2: overage_rate: Rate plan \"Small\": overage rate is 0")]
    [InlineData("Small,2,1,,1,false,USD", "plans.csv:2: overage_rate: the cell is empty")]
    [InlineData("Small,2,1,1,1,maybe,USD", "plans.csv:2: pooled: \"maybe\" found; expected true")]
    [InlineData("Small,2,1,1,1,false,usd", "plans.csv:2: currency: Rate plan \"Small\": currency is \"usd\"")]
    [InlineData(",2,1,1,1,false,USD", "plans.csv:2: rate_plan: the name is empty")]
    [InlineData("Small,2,1,1,1,false,USD\nSmall,3,1,1,1,false,USD", "plans.csv:3: rate_plan: \"Small\" is there already, on line 2")]
    [InlineData("Small,2,1,1,1,false,USD\nOther,3,1,1,1,false,EUR", "plans.csv:3: currency: Rate plan \"Other\": currency is EUR")]
    [InlineData("", "plans.csv: no rate plans")]
    public void A_bad_rate_plan_is_named(string rows, string expected)
    {
        using var folder = new FleetFolder(
            plans: "rate_plan,monthly_rate,included_mb,overage_rate,overage_block_mb,pooled,currency\n" + rows + "\n");
        var mistakes = new InputMistakes();

        RatePlanFile file = RatePlanCsv.Read(folder.PathOf("plans.csv"), 1_048_576, mistakes);
        if (mistakes.Count == 0)
        {
            Assert.Null(file.ToCatalog(new BillRules(), mistakes));
        }

        Assert.Contains(expected, Assert.Single(mistakes.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A,Small;Gone", "communication-plans.csv:2: rate_plans: \"Gone\" is not in the file of rate plans")]
    [InlineData("A,", "communication-plans.csv:2: rate_plans: no rate plan is named")]
    [InlineData(",Small", "communication-plans.csv:2: communication_plan: the name has 0 characters")]
    [InlineData("A,Small,Large", "communication-plans.csv:2: row: 3 cells found; the header has 2. Separate the rate plans by semicolons")]
    [InlineData("A,\"Small,Large\"", "\"Small,Large\" is not in the file of rate plans. Separate the rate plans by semicolons")]
    [InlineData("A,small", "\"small\" is not in the file of rate plans; \"Small\" is. Write it as there")]
    [InlineData("A,Small\nA,Large", "communication-plans.csv:3: communication_plan: \"A\" is there already, on line 2")]
    public async Task A_bad_communication_plan_is_named(string rows, string expected)
    {
        using var folder = new FleetFolder(communicationPlans: "communication_plan,rate_plans\n" + rows + "\n");

        (int code, _, string error) = await folder.Optimize();

        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pool_whose_plans_disagree_says_how()
    {
        using var folder = new FleetFolder(
            plans: "rate_plan,monthly_rate,included_mb,overage_rate,overage_block_mb,pooled,pool\n"
                + "A,2,1,1,1,true,X\nB,2,1,2,0.5,true,X\n");
        var mistakes = new InputMistakes();

        RatePlanCsv.Read(folder.PathOf("plans.csv"), 1_048_576, mistakes).ToCatalog(new BillRules(), mistakes);

        Assert.Equal(
            "plans.csv:3: pool: Rate plan \"B\": it shares the pool \"X\" with \"A\", but its overage is 2 per 0.5 MB and that of "
            + "\"A\" is 1 per 1 MB; plans of one pool must agree. Correct one of them or part the pool.",
            Assert.Single(mistakes.Lines));
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named()
    {
        using var folder = new FleetFolder();

        (int code, _, string error) = await folder.OptimizeFile("none.csv", TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.BadInput, code);
        Assert.StartsWith("none.csv: there is no such file.", error, StringComparison.Ordinal);
    }

    private static DeviceRecords Good(string text)
    {
        using var folder = new FleetFolder(text);
        var mistakes = new InputMistakes();
        DeviceRecords records = Read(folder, mistakes).Records;
        Assert.Empty(mistakes.Lines);
        return records;
    }

    private static IReadOnlyList<string> Mistakes(string text) => Mistakes(Encoding.UTF8.GetBytes(text));

    private static IReadOnlyList<string> Mistakes(byte[] bytes)
    {
        using var folder = new FleetFolder();
        folder.Write("devices.csv", bytes);
        var mistakes = new InputMistakes();
        Read(folder, mistakes);
        return mistakes.Lines;
    }

    private static DeviceFile Read(FleetFolder folder, InputMistakes mistakes) =>
        DeviceCsv.Read(
            folder.PathOf("devices.csv"), new DeviceCsvOptions(30, 1_048_576), mistakes, TestContext.Current.CancellationToken);
}
