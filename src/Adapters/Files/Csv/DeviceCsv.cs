using CarrierOptimization.Pipeline.GroupDevices;

namespace CarrierOptimization.Adapters.Files.Csv;

/// <summary>What a file of devices held.</summary>
/// <param name="Notes">What is odd but no mistake.</param>
public sealed record DeviceFile(string File, DeviceRecords Records, IReadOnlyList<string> Notes);

/// <summary>Settings that the cells of <c>devices.csv</c> depend on.</summary>
/// <param name="Progress">Told the fraction of the file that was read, 0 to 1.</param>
public sealed record DeviceCsvOptions(int PeriodDays, long BytesPerMegabyte, IProgress<double>? Progress = null);

/// <summary>Reads <c>devices.csv</c> into arrays, without an object per row. Contract: docs/csv.md.</summary>
public static class DeviceCsv
{
    private static readonly CsvColumns Columns = new(
        [["iccid"], ["rate_plan"], ["usage_bytes", "usage_mb"]],
        ["communication_plan", "status", "active_days", "sms", "msisdn"]);

    /// <returns>What was read; use it only when <paramref name="mistakes"/> stayed empty.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static DeviceFile Read(
        string path, DeviceCsvOptions options, InputMistakes mistakes, CancellationToken cancellationToken)
    {
        DeviceRecords? records = null;
        var notes = new List<string>();
        CsvTable.Read(path, Columns, mistakes, table =>
        {
            var rows = new DeviceRows(table, options);
            rows.ReadAll(cancellationToken);
            UnknownColumnNote.Add(table, notes);
            rows.AddNotes(notes);
            records = rows.ToRecords();
            if (mistakes.Count == 0)
            {
                foreach ((int first, int second) in DuplicateIccids.Find(records.Iccids))
                {
                    mistakes.Add(table.File, rows.LineOf(second), "iccid",
                        $"{records.Iccids[second]} is there already, on line {rows.LineOf(first)}; each SIM has one row. Remove one of them.");
                }
            }
        });
        return new DeviceFile(
            Path.GetFileName(path),
            records ?? new DeviceRecords { Iccids = [], UsageBytes = [], RatePlan = [], RatePlanNames = [] },
            notes);
    }

    /// <summary>How a Luhn check digit is summed: digits in odd places from the right count double.</summary>
    internal static bool HasValidCheckDigit(ReadOnlySpan<char> digits)
    {
        int sum = 0;
        bool isDoubled = false;
        for (int at = digits.Length - 1; at >= 0; at--)
        {
            int digit = digits[at] - '0';
            sum += isDoubled ? (digit * 2) - (digit > 4 ? 9 : 0) : digit;
            isDoubled = !isDoubled;
        }

        return sum % 10 == 0;
    }
}
