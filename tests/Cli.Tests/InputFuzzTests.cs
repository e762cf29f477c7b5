using System.Text;
using CarrierOptimization.Adapters.Files.Csv;
using CarrierOptimization.Engine.Units;
using CsCheck;
using Xunit;

namespace CarrierOptimization.Cli.Tests;

/// <summary>Whatever the files hold, a run ends with one of its codes, and writes all files or none.</summary>
public sealed class InputFuzzTests
{
    private static readonly string[] Snippets =
        ["\"", ",", "\n", "\r", "\0", ";", "=1+1", "1e400", "NaN", "-", "9999999999999999999999999999", ".", "\uFEFF", "\u00e9", "true"];

    [Fact]
    public Task A_file_of_random_bytes_never_crashes_a_run() =>
        Gen.Select(Gen.Int[0, 2], Gen.Byte.Array[0, 300]).SampleAsync(
            (file, bytes) => EndsWell(folder => folder.Write(FileOf(file), bytes)), iter: 100, threads: 1);

    [Fact]
    public Task A_file_with_random_edits_never_crashes_a_run() =>
        Gen.Select(Gen.Int[0, 2], Gen.Select(Gen.Int[0, 1_000], Gen.Int[0, 12], Gen.Int[0, Snippets.Length - 1]).Array[1, 4], Gen.Bool)
            .SampleAsync(
            (file, edits, isCompressed) => EndsWell(folder =>
            {
                var text = new StringBuilder(File.ReadAllText(folder.PathOf(FileOf(file))));
                foreach ((int at, int removed, int snippet) in edits)
                {
                    int place = at % (text.Length + 1);
                    text.Remove(place, Math.Min(removed, text.Length - place)).Insert(place, Snippets[snippet]);
                }

                folder.Write(
                    FileOf(file),
                    isCompressed ? FleetFolder.Compressed(text.ToString()) : Encoding.UTF8.GetBytes(text.ToString()));
            }), iter: 200, threads: 1);

    [Fact]
    public Task A_damaged_gzip_file_never_crashes_a_run() =>
        Gen.Select(Gen.Int[0, 1_000], Gen.Byte).SampleAsync(
            (at, value) => EndsWell(folder =>
            {
                byte[] bytes = FleetFolder.Compressed(FleetFolder.Devices);
                bytes[at % bytes.Length] = value;
                folder.Write("devices.csv", bytes);
            }), iter: 100, threads: 1);

    [Fact]
    public void Duplicates_are_those_that_a_dictionary_finds() =>
        Gen.Int[0, 400].Array[0, 500].Sample(numbers =>
        {
            Iccid[] iccids = [.. numbers.Select(number => Iccid.Parse($"8901000000000000{number:D4}"))];
            var firstRow = new Dictionary<Iccid, int>();
            var expected = new List<(int First, int Second)>();
            for (int row = 0; row < iccids.Length; row++)
            {
                if (!firstRow.TryAdd(iccids[row], row))
                {
                    expected.Add((firstRow[iccids[row]], row));
                }
            }

            Assert.Equal(expected, DuplicateIccids.Find(iccids));
        });

    [Fact]
    public void Duplicates_are_found_across_the_parts_of_a_large_fleet()
    {
        Iccid[] iccids = [.. Enumerable.Range(0, 200_000).Select(row => Iccid.Parse($"89010000000{(row * 7_919L) % 1_000_003:D8}"))];
        iccids[199_999] = iccids[3];
        iccids[100_000] = iccids[99_999];

        Assert.Equal([(99_999, 100_000), (3, 199_999)], DuplicateIccids.Find(iccids));
    }

    private static string FileOf(int index) => index switch
    {
        0 => "devices.csv",
        1 => "plans.csv",
        _ => "communication-plans.csv",
    };

    private static async Task EndsWell(Action<FleetFolder> damage)
    {
        using var folder = new FleetFolder(
            devices: FleetFolder.Devices.Replace("status", "communication_plan", StringComparison.Ordinal)
                .Replace("DEACTIVATED", "ACTIVATED", StringComparison.Ordinal),
            communicationPlans: "communication_plan,rate_plans\nACTIVATED,Small;Large;Everything\n");
        damage(folder);
        (int code, _, string error) = await folder.Optimize("--no-report", "--time-limit", "0.5", "--quiet");
        Assert.True(code is ExitCode.Done or ExitCode.BadInput or ExitCode.NothingToOptimise, $"code {code}: {error}");
        Assert.Equal(code == ExitCode.Done, folder.HasOutput);
        if (code == ExitCode.Done)
        {
            Assert.Equal(
                ["assignments.csv", "pools.csv", "summary.json"],
                Directory.GetFiles(folder.Output).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        }
        else
        {
            Assert.NotEqual("", error);
        }
    }
}
