using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace CarrierOptimization.Simulator.Carrier.Http;

/// <summary>The calls that read SIMs: the list, details, and the audit trail.</summary>
internal sealed class DeviceCalls(CarrierAccount account, CarrierSimulatorOptions options)
{
    private const int HistoryDaysMax = 365;
    private const int HistoryDays = 30;

    /// <summary>Fields that customers fill in; they are the ones a change may set, besides plan and status.</summary>
    public static readonly string[] OwnFields =
    [
        "customer", "endConsumerId", "simNotes", "deviceID", "modemID", OverageLimitOverride,
        .. Enumerable.Range(1, 10).Select(number => $"accountCustom{number}"),
        .. Enumerable.Range(1, 5).Select(number => $"operatorCustom{number}"),
        .. Enumerable.Range(1, 5).Select(number => $"customerCustom{number}"),
    ];

    /// <summary>The one own field that is shown with usage in place of the details.</summary>
    public const string OverageLimitOverride = "overageLimitOverride";

    private static readonly string[] CustomFields =
        [.. OwnFields.Where(field => field.Contains("Custom", StringComparison.Ordinal))];

    private (long Version, string Filter, int[] Devices) _filtered = (-1, "", []);

    /// <summary>SIMs by the time of their last change, the oldest first. No usage here.</summary>
    public CarrierAnswer List(IQueryCollection parameters, bool lastRowMoves)
    {
        var query = new CarrierQuery(
            parameters,
            ["modifiedSince", "modifiedTill", "pageSize", "pageNumber", "accountId", "status", .. CustomFields]);
        DateTimeOffset since = query.Instant("modifiedSince")
            ?? throw new RefusedCallException(400, "ModifiedSince is required", "10000003");
        if (since > account.Now)
        {
            throw new RefusedCallException(400, "ModifiedSince must not be in the future", "10002119");
        }

        if (options.RefusesOldLists && since < account.Now.AddYears(-1))
        {
            throw new RefusedCallException(400, "ModifiedSince must not be older than one year", "10000045");
        }

        ReadOnlySpan<int> devices = query.Text("accountId") is { } asked && asked != options.AccountId
            ? []
            : Filter(account.Order.Since(since.UtcTicks), since, query);
        (int from, int to, bool isLast) = query.Page(devices.Length);
        int[] page = devices[from..to].ToArray();
        CarrierAnswer answer = CarrierAnswer.Json(200, json =>
        {
            json.WriteNumber("pageNumber", query.PageNumber);
            json.WriteBoolean("lastPage", isLast);
            json.WriteStartArray("devices");
            foreach (int device in page)
            {
                json.WriteStartObject();
                json.WriteString("iccid", account.Fleet.Iccids[device].ToString());
                json.WriteString("status", StatusOf(device));
                json.WriteString("ratePlan", account.PlanNameOf(device));
                json.WriteString("communicationPlan", CommunicationPlanOf(device));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
        if (lastRowMoves && !isLast)
        {
            account.Touch(page[^1]);
        }

        return answer;
    }

    /// <summary>All keys are there, null or empty when unset.</summary>
    public CarrierAnswer Details(IQueryCollection parameters, int device)
    {
        _ = new CarrierQuery(parameters);
        return CarrierAnswer.Json(200, json =>
        {
            WriteIdentity(json, device);
            string? activated = account.ActivationOf(device) is { } at ? CarrierDates.InDetails(at) : null;
            json.WriteString("dateActivated", activated);
            json.WriteString("dateAdded", CarrierDates.InDetails(AddedAt(device)));
            json.WriteString("dateUpdated", CarrierDates.InDetails(
                new DateTimeOffset(account.Fleet.ModifiedTicks[device], TimeSpan.Zero)));
            json.WriteString("dateShipped", CarrierDates.InDetails(AddedAt(device).AddDays(-7)));
            json.WriteString("accountId", options.AccountId);
            json.WriteNull("fixedIPAddress");
            json.WriteNull("fixedIpv6Address");
            foreach (string field in OwnFields.Where(field => field != OverageLimitOverride))
            {
                string? value = account.CustomField(device, field);
                json.WriteString(field, value ?? (field.Contains("Custom", StringComparison.Ordinal) ? "" : null));
            }

            json.WriteString("globalSimType", "");
            json.WriteNull("eid");
            json.WriteNull("euiccid");
            json.WriteNull("mec");
            json.WriteNull("ipAddress");
        });
    }

    /// <summary>What was changed, the latest first, with the activation as the first entry of every SIM.</summary>
    public CarrierAnswer AuditTrails(IQueryCollection parameters, int device)
    {
        var query = new CarrierQuery(parameters, "daysOfHistory", "pageSize", "pageNumber");
        int days = query.Number("daysOfHistory", HistoryDays);
        if (days > HistoryDaysMax)
        {
            throw new RefusedCallException(400, $"daysOfHistory must not be more than {HistoryDaysMax}", null);
        }

        DateTimeOffset earliest = account.Now.AddDays(-days);
        List<AuditRecord> records =
            [.. account.Audit.Of(account.Fleet.Iccids[device]).Where(record => record.At >= earliest).Reverse()];
        if (account.ActivationOf(device) is { } activated && activated >= earliest && activated <= account.Now)
        {
            records.Add(new AuditRecord(
                0, account.Fleet.Iccids[device], "SIM Status", "INVENTORY", "ACTIVATED", activated, "System"));
        }

        (int from, int to, bool isLast) = query.Page(records.Count);
        return CarrierAnswer.Json(200, json =>
        {
            json.WriteString("iccid", account.Fleet.Iccids[device].ToString());
            json.WriteString("timeStamp", CarrierDates.Elsewhere(account.Now));
            json.WriteNumber("pageNumber", query.PageNumber);
            json.WriteBoolean("lastPage", isLast);
            json.WriteStartArray("deviceAuditTrails");
            foreach (AuditRecord record in records[from..to])
            {
                json.WriteStartObject();
                json.WriteString("field", record.Field);
                json.WriteString("priorValue", record.PriorValue);
                json.WriteString("value", record.Value);
                json.WriteString("effectiveDate", CarrierDates.Elsewhere(record.At));
                json.WriteString("status", "Successful");
                json.WriteString("userName", record.UserName);
                json.WriteString("delegatedUser", "");
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    /// <summary>What details and usage have in common.</summary>
    public void WriteIdentity(Utf8JsonWriter json, int device)
    {
        long msisdn = account.Fleet.Msisdns[device];
        json.WriteString("iccid", account.Fleet.Iccids[device].ToString());
        json.WriteString("imsi", "001010" + (msisdn % 1_000_000_000).ToString("D9", CultureInfo.InvariantCulture));
        json.WriteString("msisdn", msisdn.ToString(CultureInfo.InvariantCulture));
        json.WriteString("imei", "35" + Scatter.Below(options.Seed, (ulong)device, 9, 10_000_000_000_000)
            .ToString("D13", CultureInfo.InvariantCulture));
        json.WriteString("status", StatusOf(device));
        json.WriteString("ratePlan", account.PlanNameOf(device));
        json.WriteString("communicationPlan", CommunicationPlanOf(device));
    }

    private string StatusOf(int device) => CarrierFleet.StatusNames[account.Fleet.Statuses[device]];

    private string CommunicationPlanOf(int device) =>
        account.Fleet.CommunicationPlans[account.Fleet.CommunicationPlanOf[device]].Name;

    /// <summary>A SIM comes into the account 30 days before it goes into service.</summary>
    private DateTimeOffset AddedAt(int device) =>
        (account.ActivationOf(device) ?? new DateTimeOffset(account.Fleet.ModifiedTicks[device], TimeSpan.Zero)).AddDays(-30);

    private ReadOnlySpan<int> Filter(ReadOnlySpan<int> devices, DateTimeOffset since, CarrierQuery query)
    {
        DateTimeOffset? till = query.Instant("modifiedTill");
        string? status = query.Text("status");
        (string Field, string Value)[] custom = [.. CustomFields
            .Select(field => (Field: field, Value: query.Text(field)!)).Where(wanted => wanted.Value is not null)];
        if (till is null && status is null && custom.Length == 0)
        {
            return devices;
        }

        string filter = $"{since:O}|{till:O}|{status}|{string.Join('|', custom)}";
        if (_filtered.Version != account.Order.Version || _filtered.Filter != filter)
        {
            var kept = new List<int>();
            foreach (int device in devices)
            {
                if ((till is null || account.Fleet.ModifiedTicks[device] <= till.Value.UtcTicks)
                    && (status is null || StatusOf(device) == status)
                    && custom.All(wanted => account.CustomField(device, wanted.Field) == wanted.Value))
                {
                    kept.Add(device);
                }
            }

            _filtered = (account.Order.Version, filter, [.. kept]);
        }

        return _filtered.Devices;
    }
}
