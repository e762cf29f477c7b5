using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using CarrierOptimization.Pipeline.Tests.Databases;
using CarrierOptimization.Simulator.Amop;
using CarrierOptimization.Simulator.Carrier;
using CarrierOptimization.Simulator.Carrier.Http;
using CarrierOptimization.Simulator.Fleets;
using Xunit;

namespace CarrierOptimization.Cli.Tests.WholeRuns;

/// <summary>Where a test's installation keeps its data.</summary>
public enum Store
{
    Sqlite,
    Postgres,
}

/// <summary>A simulated carrier, a receiver of triggers, and an installation that is run by the commands, here or as processes.</summary>
internal sealed class SimulatedWorld : IAsyncDisposable
{
    private static readonly DateTimeOffset Midnight = new(TimeProvider.System.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cco-whole-");
    private readonly string _connection;

    private SimulatedWorld(CarrierSimulator carrier, AmopSimulator amop, string connection)
    {
        Carrier = carrier;
        Amop = amop;
        _connection = connection;
    }

    public CarrierSimulator Carrier { get; }

    public AmopSimulator Amop { get; }

    public string Data => Path.Combine(_folder.FullName, "data");

    public string Mails => Path.Combine(Data, "mails");

    /// <summary>Progress as it arrived, errors left out.</summary>
    public IReadOnlyList<int> Progress =>
        [.. Amop.Triggers.Where(trigger => trigger.Type != "ErrorMessage").Select(trigger => trigger.Progress)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A carrier with <paramref name="devices"/> SIMs in its last two days of a period, known to a new installation.</summary>
    public static async Task<SimulatedWorld> CreateAsync(
        Store store, int devices, FaultProfile? faults = null, string profile = "pooled")
    {
        int day = Midnight.AddDays(2).Day;
        var options = new CarrierSimulatorOptions
        {
            Cycle = new BillingCycle(day <= 28 ? day : 1, 0, TimeZoneInfo.Utc),
            Usage = UsageGrowth.Complete,
            UsesProration = false,
            CallsPerSecondMax = null,
            Faults = faults ?? FaultProfile.None,
        };
        CarrierFleet fleet = CarrierFleet.Generate(
            FleetShape.OfProfile(profile, devices, 1), options.Cycle.PeriodOf(Midnight), Midnight);
        CarrierSimulator carrier = await CarrierSimulator.StartAsync(fleet, options, TimeProvider.System, Token);
        AmopSimulator amop = await AmopSimulator.StartAsync(new AmopSimulatorOptions(), TimeProvider.System, Token);
        string connection = store == Store.Postgres ? await PostgresServer.NewDatabaseAsync() : "";
        var world = new SimulatedWorld(carrier, amop, connection);
        await world.PrepareAsync(fleet, options.Cycle.Day);
        return world;
    }

    /// <summary>Runs a command in this process.</summary>
    public async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await CommandTree.RunAsync([.. arguments, .. Installation], output, error, Token);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>Runs a session to its end.</summary>
    public async Task<JsonElement> SessionAsync(params string[] more)
    {
        (int code, string output, string error) = await RunAsync(["run", "--json", .. more]);
        Assert.True(code == ExitCode.Done, $"{code}: {error}\n{output}");
        return JsonDocument.Parse(output).RootElement;
    }

    /// <summary>Starts <c>cco run</c> as a process of its own.</summary>
    public Process Start()
    {
        string program = Path.Combine(AppContext.BaseDirectory, "cco.dll");
        var start = new ProcessStartInfo("dotnet", [program, "run", "--json", .. Installation])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => LastError = line.Data ?? LastError;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    public string LastError { get; private set; } = "";

    /// <summary>Digest of each report file of a session.</summary>
    public Dictionary<string, string> Files(int session) => Directory
        .GetFiles(Path.Combine(Data, "reports", "sessions", session.ToString(System.Globalization.CultureInfo.InvariantCulture)))
        .ToDictionary(path => Path.GetFileName(path), path => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))));

    public async ValueTask DisposeAsync()
    {
        await Carrier.DisposeAsync();
        await Amop.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    private string[] Installation => _connection.Length > 0 ? ["--data", Data, "--database", _connection] : ["--data", Data];

    private async Task PrepareAsync(CarrierFleet fleet, int cycleDay)
    {
        Directory.CreateDirectory(Data);
        await File.WriteAllTextAsync(
            Path.Combine(Data, "appsettings.json"),
            JsonSerializer.Serialize(new Dictionary<string, string>
            {
                ["AMOP_API_ENDPOINT"] = Amop.Endpoint.ToString(),
                ["AMOP_API_KEY"] = AmopSimulatorOptions.DefaultToken,
            }),
            Token);
        string key = Path.Combine(_folder.FullName, "key");
        string mapping = Path.Combine(_folder.FullName, "communication-plans.csv");
        CarrierUser user = CarrierSimulatorOptions.DefaultUser;
        await File.WriteAllTextAsync(key, user.ApiKey, Token);
        await File.WriteAllLinesAsync(mapping, fleet.CommunicationPlans.Select(plan =>
            $"{plan.Name},{string.Join(';', plan.AllowedPlans.Plans.ToArray().Select(allowed => fleet.Catalog.Plans[allowed].Name))}")
            .Prepend("communication_plan,rate_plans"), Token);
        string[] pools = [.. fleet.Catalog.Plans.Where(plan => plan.PoolName is not null).GroupBy(plan => plan.PoolName)
            .SelectMany(pool => new[] { "--pool", $"{pool.Key}={string.Join(';', pool.Select(plan => plan.Name))}" })];
        await GoodAsync(
            "providers", "set", "Simulated", $"CycleDay={cycleDay}", "CallsPerSecond=", "AllowLoopback=true", "Projection=None",
            "SolveSecondsMax=600", "Recipients=ops@example.com", "--address", Carrier.ApiAddress.ToString(), "--user", user.Name,
            "--key-file", key);
        await GoodAsync(["plans", "map", "--communication-plans", mapping, .. pools]);
    }

    private async Task GoodAsync(params string[] arguments)
    {
        (int code, _, string error) = await RunAsync(arguments);
        Assert.True(code == ExitCode.Done, error);
    }
}
