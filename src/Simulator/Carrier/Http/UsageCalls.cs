using CarrierOptimization.Engine.Model;
using Microsoft.AspNetCore.Http;

namespace CarrierOptimization.Simulator.Carrier.Http;

/// <summary>The calls that read usage: of one SIM to date, of one SIM by plan and zone, of all SIMs of a plan.</summary>
internal sealed class UsageCalls(CarrierAccount account, DeviceCalls devices)
{
    private const string Zone = "Home";

    /// <summary>This period and the two before it.</summary>
    private const int PeriodsToRead = 3;

    private (long Version, DateTimeOffset Start, Dictionary<ushort, int[]> Devices) _byPlan = (-1, default, []);

    public CarrierAnswer CycleToDate(IQueryCollection parameters, int device)
    {
        _ = new CarrierQuery(parameters);
        long bytes = account.Meter.ReportedBytes(device, account.Period, account.Now);
        return CarrierAnswer.Json(200, json =>
        {
            devices.WriteIdentity(json, device);
            json.WriteNumber("ctdDataUsage", bytes);
            json.WriteNumber("ctdSMSUsage", account.Meter.ReportedSms(device, account.Period, account.Now));
            json.WriteNumber("ctdVoiceUsage", 0);
            json.WriteNumber("ctdSessionCount", bytes == 0 ? 0 : 1 + (bytes / 4_194_304));
            json.WriteBoolean("overageLimitReached", false);
            json.WriteString(
                DeviceCalls.OverageLimitOverride,
                account.CustomField(device, DeviceCalls.OverageLimitOverride) ?? "DEFAULT");
        });
    }

    public CarrierAnswer InZone(IQueryCollection parameters, int device)
    {
        var query = new CarrierQuery(parameters, "cycleStartDate", "ratePlan", "zone", "isActiveRatePlan");
        BillingPeriod period = PeriodOf(query);
        List<(ushort Plan, long Bytes, int Sms)> parts = [.. PartsOf(device, period)
            .Where(part => query.Text("ratePlan") is not { } plan || account.PlanName(part.Plan) == plan)
            .Where(part => query.Text("zone") is null or Zone)
            .Where(part => query.Text("isActiveRatePlan") is not ("true" or "TRUE")
                || part.Plan == account.PlanAtEndOf(period, device))];
        return CarrierAnswer.Json(200, json =>
        {
            json.WriteString("iccid", account.Fleet.Iccids[device].ToString());
            json.WriteString("timeStamp", CarrierDates.Elsewhere(account.Now));
            json.WriteString("cycleStartDate", CarrierDates.Elsewhere(period.Start));
            json.WriteString("cycleEndDate", CarrierDates.Elsewhere(period.End.AddSeconds(-1)));
            json.WriteStartObject("deviceCycleUsageInZones");
            foreach (IGrouping<ushort, (ushort Plan, long Bytes, int Sms)> ofPlan in parts.GroupBy(part => part.Plan))
            {
                string version = account.VersionOfPlan(ofPlan.Key).ToString(System.Globalization.CultureInfo.InvariantCulture);
                json.WriteStartArray($"{account.PlanName(ofPlan.Key)}, {version}");
                json.WriteStartObject();
                json.WriteString("ratePlan", account.PlanName(ofPlan.Key));
                json.WriteString("ratePlanVersion", version);
                json.WriteString("zone", Zone);
                json.WriteNumber("dataUsage", ofPlan.Sum(part => part.Bytes));
                json.WriteString("dataUsageUnit", "bytes");
                json.WriteNull("voiceMTUsage");
                json.WriteNull("voiceMTUsageUnit");
                json.WriteNull("voiceMOUsage");
                json.WriteNull("voiceMOUsageUnit");

                // The one call that writes these two in small letters.
                json.WriteNumber("smsmtusage", 0);
                json.WriteNumber("smsmousage", ofPlan.Sum(part => part.Sms));
                json.WriteEndObject();
                json.WriteEndArray();
            }

            json.WriteEndObject();
        });
    }

    /// <summary>Usage on one plan; a SIM that changed plans in the period is listed under each of them with its part.</summary>
    public CarrierAnswer ByRatePlan(IQueryCollection parameters)
    {
        var query = new CarrierQuery(
            parameters, "ratePlanName", "pageNumber", "pageSize", "cycleStartDate", "ratePlanVersion", "usageType");
        string name = query.Text("ratePlanName")
            ?? throw new RefusedCallException(400, "ratePlanName is required", null);
        int plan = account.IndexOfPlan(name);
        if (plan < 0)
        {
            throw new RefusedCallException(400, $"Invalid rate plan: {name}", null);
        }

        if (account.Fleet.Catalog.Plans[plan].PoolName is not null)
        {
            throw new RefusedCallException(400, $"Usage can't be requested for a shared rate plan: {name}", null);
        }

        string? type = query.Text("usageType");
        if (type is not (null or "DATA" or "SMS" or "VOICE"))
        {
            throw new RefusedCallException(400, $"Invalid usageType: {type}; expected DATA, SMS or VOICE", null);
        }

        BillingPeriod period = PeriodOf(query);
        int[] onPlan = DevicesOn((ushort)plan, period);
        int version = account.VersionOfPlan(plan);
        if (query.Number("ratePlanVersion", version) != version)
        {
            onPlan = [];
        }

        (int from, int to, bool isLast) = query.Page(onPlan.Length);
        return CarrierAnswer.Json(200, json =>
        {
            json.WriteString("ratePlanName", name);
            json.WriteString("ratePlanVersion", version.ToString(System.Globalization.CultureInfo.InvariantCulture));
            json.WriteString("timeStamp", CarrierDates.Elsewhere(account.Now));
            json.WriteString("cycleStartDate", CarrierDates.Elsewhere(period.Start));
            json.WriteNumber("pageNumber", query.PageNumber);
            json.WriteBoolean("lastPage", isLast);
            json.WriteStartArray("zones");
            json.WriteStartObject();
            json.WriteString("zoneName", Zone);
            json.WriteStartArray("devices");
            foreach (int device in onPlan.AsSpan(from, to - from))
            {
                WriteUsage(json, device, (ushort)plan, period, type);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
        });
    }

    private void WriteUsage(System.Text.Json.Utf8JsonWriter json, int device, ushort plan, BillingPeriod period, string? type)
    {
        long bytes = 0;
        int sms = 0;
        foreach ((ushort used, long usedBytes, int usedSms) in PartsOf(device, period))
        {
            bytes += used == plan ? usedBytes : 0;
            sms += used == plan ? usedSms : 0;
        }

        json.WriteStartObject();
        json.WriteString("deviceId", account.Fleet.Iccids[device].ToString());
        json.WriteStartObject("usage");
        if (type is null or "DATA")
        {
            json.WriteNumber("dataUsage", bytes);
            json.WriteString("dataUsageUnit", "bytes");
        }

        if (type is null or "SMS")
        {
            json.WriteNumber("smsMOUsage", sms);
            json.WriteNumber("smsMTUsage", 0);
        }

        if (type is null or "VOICE")
        {
            json.WriteNumber("voiceMOUsage", 0);
            json.WriteNumber("voiceMTUsage", 0);
            json.WriteString("voiceUsageUnit", "seconds");
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The current period, or the one that starts on the day given.</summary>
    private BillingPeriod PeriodOf(CarrierQuery query)
    {
        if (query.Text("cycleStartDate") is not { } text)
        {
            return account.Period;
        }

        if (!CarrierDates.TryReadDay(text, out DateOnly day))
        {
            throw new RefusedCallException(
                400, $"Invalid date for cycleStartDate: {text}; expected for example 2026-03-01Z", null);
        }

        for (int back = 0; back < PeriodsToRead; back++)
        {
            BillingPeriod period = account.PeriodBefore(back);
            if (DateOnly.FromDateTime(account.LocalTime(period.Start)) == day
                || DateOnly.FromDateTime(period.Start.UtcDateTime) == day)
            {
                return period;
            }
        }

        throw new RefusedCallException(
            400, $"cycleStartDate {text} does not start one of the last three billing cycles", null);
    }

    /// <summary>A SIM's usage in a period, one part per stretch on one plan. Plans before the last two periods' are not kept.</summary>
    private IEnumerable<(ushort Plan, long Bytes, int Sms)> PartsOf(int device, BillingPeriod period)
    {
        long countedBytes = 0;
        int countedSms = 0;
        if (period == account.Period)
        {
            foreach (CarrierAccount.PlanUse use in account.EarlierPlansOf(device))
            {
                yield return (use.Plan, use.UntilBytes - countedBytes, use.UntilSms - countedSms);
                countedBytes = use.UntilBytes;
                countedSms = use.UntilSms;
            }
        }

        ushort plan = account.PlanAtEndOf(period, device);
        if (plan != Fleet.NoPlan)
        {
            yield return (
                plan,
                account.Meter.ReportedBytes(device, period, account.Now) - countedBytes,
                account.Meter.ReportedSms(device, period, account.Now) - countedSms);
        }
    }

    /// <summary>In order of ICCID. Made once for all plans, and again when a plan of a SIM changed.</summary>
    private int[] DevicesOn(ushort plan, BillingPeriod period)
    {
        if (_byPlan.Version != account.PlanVersionOfFleet || _byPlan.Start != period.Start)
        {
            var lists = new Dictionary<ushort, List<int>>();
            for (int device = 0; device < account.Fleet.Count; device++)
            {
                Add(lists, account.PlanAtEndOf(period, device), device);
            }

            if (period == account.Period)
            {
                foreach (int device in account.MovedDevices)
                {
                    foreach (CarrierAccount.PlanUse use in account.EarlierPlansOf(device))
                    {
                        Add(lists, use.Plan, device);
                    }
                }
            }

            _byPlan = (account.PlanVersionOfFleet, period.Start, lists.ToDictionary(
                list => list.Key, list => list.Value.Distinct().Order().ToArray()));
        }

        return _byPlan.Devices.GetValueOrDefault(plan, []);
    }

    private static void Add(Dictionary<ushort, List<int>> lists, ushort plan, int device)
    {
        if (!lists.TryGetValue(plan, out List<int>? list))
        {
            lists.Add(plan, list = []);
        }

        list.Add(device);
    }
}
