using System.Text.Json;
using Xunit;

namespace CarrierOptimization.Cli.Tests;

/// <summary>The commands about an installation, on the embedded database: what they say, refuse and hide.</summary>
public sealed class InstallationCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cco-installation-");

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task An_empty_installation_says_what_to_do_next()
    {
        Assert.Contains("cco run", (await RunAsync("sessions")).Output, StringComparison.Ordinal);
        Assert.Contains("cco providers set", (await RunAsync("providers")).Output, StringComparison.Ordinal);
        (int code, _, string error) = await RunAsync("plans");
        Assert.Equal(2, code);
        Assert.Contains("cco providers set", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_of_a_provider_are_kept_and_changed_one_by_one()
    {
        await AddProviderAsync(["CycleDay=19", "TimeZone=America/New_York", "Recipients=a@example.com,b@example.com"]);
        await RunAsync("providers", "set", "Acme", "MinimumDevicesPerGroup=5");

        JsonElement settings = JsonDocument.Parse((await RunAsync("providers", "show", "Acme", "--json")).Output).RootElement;

        Assert.Equal(19, settings.GetProperty("CycleDay").GetInt32());
        Assert.Equal("America/New_York", settings.GetProperty("TimeZone").GetString());
        Assert.Equal(5, settings.GetProperty("MinimumDevicesPerGroup").GetInt32());
        Assert.Equal(2, settings.GetProperty("Recipients").GetArrayLength());
    }

    [Theory]
    [InlineData("CycleDay=40", "CycleDay is 40; expected 1 to 28")]
    [InlineData("TimeZone=Nowhere", "expected an IANA name")]
    [InlineData("Foo=1", "expected SETTING=VALUE with one of BaseAddress")]
    [InlineData("CycleDay", "expected SETTING=VALUE")]
    [InlineData("CycleDay=soon", "does not fit")]
    public async Task A_setting_that_cannot_be_is_refused_with_a_sentence(string setting, string expected)
    {
        await AddProviderAsync();

        (int code, _, string error) = await RunAsync("providers", "set", "Acme", setting);

        Assert.Equal(2, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_api_key_is_nowhere_to_be_seen()
    {
        const string Key = "12345678-secret-key";
        await AddProviderAsync(key: Key);
        string[] outputs =
        [
            (await RunAsync("providers")).Output, (await RunAsync("providers", "show", "Acme")).Output,
            (await RunAsync("providers", "--json")).Output, (await RunAsync("config")).Output,
        ];

        Assert.DoesNotContain(outputs, output => output.Contains(Key, StringComparison.Ordinal));
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        foreach (string file in Directory.GetFiles(_folder.FullName, "cco.db*", SearchOption.AllDirectories))
        {
            Assert.DoesNotContain(Key, System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(
                file, TestContext.Current.CancellationToken)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Mappings_are_read_from_the_same_file_as_for_optimize()
    {
        await AddProviderAsync();
        string file = Path.Combine(_folder.FullName, "map.csv");
        await File.WriteAllTextAsync(
            file, "communication_plan,rate_plans\nStandard,A;B\nVoice,B\n", TestContext.Current.CancellationToken);

        (int code, string said, _) = await RunAsync("plans", "map", "--communication-plans", file, "--pool", "Shared=A;B");
        JsonElement plans = JsonDocument.Parse((await RunAsync("plans", "--json")).Output).RootElement.GetProperty("communication_plans");

        Assert.Equal(0, code);
        Assert.Contains("2 communication plans are mapped, 2 rate plans are in 1 shared pools", said, StringComparison.Ordinal);
        Assert.Equal(["Standard", "Voice"], plans.EnumerateArray().Select(plan => plan.GetProperty("communication_plan").GetString()));
    }

    [Fact]
    public async Task A_mapping_with_mistakes_changes_nothing_and_names_the_line()
    {
        await AddProviderAsync();
        string file = Path.Combine(_folder.FullName, "map.csv");
        await File.WriteAllTextAsync(file, "communication_plan,rate_plans\nStandard,\n", TestContext.Current.CancellationToken);

        (int code, _, string error) = await RunAsync("plans", "map", "--communication-plans", file);

        Assert.Equal(2, code);
        Assert.Contains("map.csv:2: rate_plans", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("session", "7")]
    [InlineData("report", "7")]
    public async Task A_session_that_is_not_there_is_said_so(params string[] arguments)
    {
        (int code, _, string error) = await RunAsync(arguments);

        Assert.Equal(2, code);
        Assert.Contains("There is no session 7", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached_is_said_without_its_password()
    {
        (int code, _, string error) = await RunAsync(
            "sessions", "--database", "Host=127.0.0.1;Port=1;Username=x;Password=top-secret;Timeout=2");

        Assert.Equal(2, code);
        Assert.Contains("The database can't be used", error, StringComparison.Ordinal);
        Assert.DoesNotContain("top-secret", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Config_masks_the_password_of_the_database()
    {
        string output = (await RunAsync("config", "--database", "Host=db;Username=x;Password=top-secret")).Output;

        Assert.Contains("***", output, StringComparison.Ordinal);
        Assert.Contains("command line", output, StringComparison.Ordinal);
        Assert.DoesNotContain("top-secret", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrating_twice_applies_nothing_the_second_time()
    {
        await RunAsync("migrate");

        Assert.Contains("0 applied now", (await RunAsync("migrate")).Output, StringComparison.Ordinal);
    }

    private async Task AddProviderAsync(string[]? settings = null, string key = "key")
    {
        string file = Path.Combine(_folder.FullName, "key.txt");
        await File.WriteAllTextAsync(file, key + "\n");
        (int code, _, string error) = await RunAsync(
            ["providers", "set", "Acme", .. settings ?? [], "--address", "https://pod.example.com/rws/api/v1/", "--user", "u",
                "--key-file", file]);
        File.Delete(file);
        Assert.True(code == 0, error);
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await CommandTree.RunAsync(
            [.. arguments, "--data", Path.Combine(_folder.FullName, "data")], output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
