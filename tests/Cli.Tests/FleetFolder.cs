using System.IO.Compression;
using System.Text;
using Xunit;

namespace CarrierOptimization.Cli.Tests;

/// <summary>A folder with the input files of one run, small enough to price by hand.</summary>
internal sealed class FleetFolder : IDisposable
{
    /// <summary>Individual plans, so that each SIM's cheapest plan is the fleet's.</summary>
    public const string Plans = """
        rate_plan,monthly_rate,included_mb,overage_rate,overage_block_mb,pooled,currency
        Small,2.00,1,1.00,1,false,USD
        Large,5.00,10,0.50,1,false,USD
        Everything,30.00,,,,false,USD
        """;

    public const string Devices = """
        iccid,rate_plan,usage_mb,status
        89010000000000000017,Small,12,ACTIVATED
        89010000000000000025,Small,0.5,ACTIVATED
        89010000000000000033,Large,100,ACTIVATED
        89010000000000000041,Large,0,ACTIVATED
        89010000000000000058,Small,0,DEACTIVATED
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cco-optimize-");

    public FleetFolder(string? devices = null, string? plans = null, string? communicationPlans = null)
    {
        Write("devices.csv", devices ?? Devices);
        Write("plans.csv", plans ?? Plans);
        if (communicationPlans is not null)
        {
            Write("communication-plans.csv", communicationPlans);
        }
    }

    public string Output => PathOf("out");

    public bool HasOutput => Directory.Exists(Output);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public void Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public void Write(string name, byte[] bytes) => File.WriteAllBytes(PathOf(name), bytes);

    public static byte[] Compressed(string text)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return stream.ToArray();
    }

    public string ReadOutput(string name) => File.ReadAllText(Path.Combine(Output, name));

    /// <summary>Cells of a written file without its header; cells of these tests hold no commas.</summary>
    public string[][] Rows(string name) =>
        [.. ReadOutput(name).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(','))];

    public Task<(int Code, string Output, string Error)> Optimize(params string[] more) =>
        OptimizeFile("devices.csv", Token, more);

    public async Task<(int Code, string Output, string Error)> OptimizeFile(
        string devices, CancellationToken cancellationToken, params string[] more)
    {
        string[] communicationPlans = File.Exists(PathOf("communication-plans.csv"))
            ? ["--communication-plans", PathOf("communication-plans.csv")]
            : [];
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await CommandTree.RunAsync(
            ["optimize", "--plans", PathOf("plans.csv"), "--devices", PathOf(devices), "--output", Output, .. communicationPlans, .. more],
            output, error, cancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
