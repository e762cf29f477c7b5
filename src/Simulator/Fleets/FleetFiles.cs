using System.Buffers.Text;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Simulator.Fleets;

/// <summary>Writes generated fleets as the CSV files that <c>cco optimize</c> reads.</summary>
/// <remarks>Format: docs/csv.md. Memory does not grow with the number of SIMs.</remarks>
public static class FleetFiles
{
    public const string DevicesFile = "devices.csv";
    public const string PlansFile = "plans.csv";
    public const string CommunicationPlansFile = "communication-plans.csv";

    private const int RowsPerReport = 1 << 16;
    private const int BufferBytes = 1 << 20;

    /// <summary>More than any row needs: fixed columns of at most 120 bytes, and two names.</summary>
    private const int RowBytesMax = 4_096;

    /// <summary>Writes the three files into <paramref name="directory"/>, made if missing; files there are replaced.</summary>
    /// <param name="compress">True for <c>devices.csv.gz</c> in place of <c>devices.csv</c>.</param>
    /// <param name="progress">Told the number of SIMs written so far.</param>
    /// <returns>The paths of the files: devices, plans, communication plans.</returns>
    /// <exception cref="ArgumentException">The shape has mistakes; the message lists them.</exception>
    /// <exception cref="IOException">A file can't be written.</exception>
    public static IReadOnlyList<string> Write(
        FleetShape shape, string directory, bool compress, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        FleetPlans plans = FleetPlans.Make(shape);
        Directory.CreateDirectory(directory);
        string devices = Path.Combine(directory, compress ? DevicesFile + ".gz" : DevicesFile);
        string ratePlans = Path.Combine(directory, PlansFile);
        string communicationPlans = Path.Combine(directory, CommunicationPlansFile);
        File.WriteAllText(ratePlans, PlanRows(plans.Catalog));
        File.WriteAllText(communicationPlans, CommunicationPlanRows(plans));

        // Under another name until it is whole: a run that was cut short leaves no file that looks finished.
        string unfinished = devices + ".unfinished";
        try
        {
            using (Stream file = Open(unfinished, compress))
            {
                WriteDevices(plans, file, progress, cancellationToken);
            }

            File.Move(unfinished, devices, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }

        return [devices, ratePlans, communicationPlans];
    }

    private static Stream Open(string path, bool compress)
    {
        var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        return compress ? new GZipStream(file, CompressionLevel.Fastest) : file;
    }

    private static void WriteDevices(
        FleetPlans plans, Stream file, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var row = new RowWriter(plans);
        var source = new DeviceSource(plans);
        byte[] buffer = new byte[BufferBytes];
        int used = RowWriter.WriteHeader(buffer);
        for (int made = 0; made < plans.Shape.Devices; made++)
        {
            if (buffer.Length - used < RowBytesMax)
            {
                file.Write(buffer, 0, used);
                used = 0;
            }

            used += row.Write(source.Next(), buffer.AsSpan(used));
            if ((made + 1) % RowsPerReport == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Report(made + 1);
            }
        }

        file.Write(buffer, 0, used);
        progress?.Report(plans.Shape.Devices);
    }

    private static string PlanRows(PlanCatalog catalog)
    {
        var rows = new StringBuilder(
            "rate_plan,monthly_rate,included_mb,overage_rate,overage_block_mb,pooled,pool,included_sms,sms_rate,currency\n");
        foreach (RatePlan plan in catalog.Plans)
        {
            rows.Append(CultureInfo.InvariantCulture, $"{plan.Name},{Amount(plan.MonthlyRate.ToDecimal())},");
            rows.Append(plan.IsUnlimited
                ? ",,,"
                : $"{Amount(plan.IncludedData!.Value.ToMegabytes())},{Amount(plan.OverageRate.ToDecimal())},"
                    + $"{Amount(plan.OverageBlock.ToMegabytes())},");
            rows.Append(plan.IsPooled ? "true" : "false").Append(',').Append(plan.PoolName);
            rows.Append(
                CultureInfo.InvariantCulture, $",{plan.IncludedSms},{Amount(plan.SmsRate.ToDecimal())},{plan.Currency}\n");
        }

        return rows.ToString();
    }

    private static string CommunicationPlanRows(FleetPlans plans)
    {
        var rows = new StringBuilder("communication_plan,rate_plans\n");
        foreach (CommunicationPlan communicationPlan in plans.CommunicationPlans)
        {
            rows.Append(communicationPlan.Name).Append(',');
            ushort[] allowed = communicationPlan.AllowedPlans.Plans.ToArray();
            rows.AppendJoin(';', allowed.Select(plan => plans.Catalog.Plans[plan].Name));
            rows.Append('\n');
        }

        return rows.ToString();
    }

    private static string Amount(decimal amount) => amount.ToString("0.##########", CultureInfo.InvariantCulture);

    /// <summary>Formats device rows as bytes. Generated names need no quotes.</summary>
    private sealed class RowWriter(FleetPlans plans)
    {
        private readonly byte[][] _statuses =
            [.. Enum.GetValues<DeviceStatus>().Select(status => Encoding.UTF8.GetBytes($",{SimNumbers.NameOf(status)},"))];

        private readonly byte[][] _communicationPlans =
            [.. plans.CommunicationPlans.Select(communicationPlan => Encoding.UTF8.GetBytes(communicationPlan.Name + ","))];

        private readonly byte[][] _plans = [.. plans.Catalog.Plans.Select(plan => Encoding.UTF8.GetBytes(plan.Name))];

        public static int WriteHeader(Span<byte> destination)
        {
            ReadOnlySpan<byte> header = "iccid,msisdn,status,communication_plan,rate_plan,usage_bytes,active_days,sms\n"u8;
            header.CopyTo(destination);
            return header.Length;
        }

        /// <returns>The number of bytes written.</returns>
        public int Write(in GeneratedDevice device, Span<byte> destination)
        {
            SimNumbers.WriteIccid(device.SerialNumber, destination);
            int used = SimNumbers.IccidDigits;
            used = Number(destination, used, device.Msisdn);
            used = Text(destination, used, _statuses[(int)device.Status]);
            used = Text(destination, used, _communicationPlans[device.CommunicationPlan]);
            used = device.CurrentPlan == Fleet.NoPlan ? used : Text(destination, used, _plans[device.CurrentPlan]);
            used = Number(destination, used, device.UsageBytes);
            used = Number(destination, used, device.ActiveDays);
            used = Number(destination, used, device.SmsCount);
            destination[used] = (byte)'\n';
            return used + 1;
        }

        private static int Text(Span<byte> destination, int used, byte[] text)
        {
            text.CopyTo(destination[used..]);
            return used + text.Length;
        }

        /// <summary>A comma, then the number.</summary>
        private static int Number(Span<byte> destination, int used, long number)
        {
            destination[used] = (byte)',';
            Utf8Formatter.TryFormat(number, destination[(used + 1)..], out int written);
            return used + 1 + written;
        }
    }
}
