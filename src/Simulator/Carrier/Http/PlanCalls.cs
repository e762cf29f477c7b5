using System.Globalization;
using System.Text.Json;
using CarrierOptimization.Engine.Model;
using Microsoft.AspNetCore.Http;

namespace CarrierOptimization.Simulator.Carrier.Http;

/// <summary>The calls about rate plans: the price list, and the change of one SIM.</summary>
internal sealed class PlanCalls(CarrierAccount account, CarrierSimulatorOptions options)
{
    private const int DaysAheadMax = 180;
    private const string Zone = "Home";

    /// <summary>Flags are texts here, as the carrier writes them in plans.</summary>
    private const string Yes = "true";
    private const string No = "false";

    public CarrierAnswer RatePlans(IQueryCollection parameters, CarrierUser user)
    {
        var query = new CarrierQuery(parameters, "pageSize", "pageNumber", "accountId");
        if (!user.IsAccountAdmin)
        {
            throw new RefusedCallException(400, "The user's role has no access to this function", "10000030");
        }

        IReadOnlyList<RatePlan> plans = account.Fleet.Catalog.Plans;
        (int from, int to, bool isLast) = query.Page(plans.Count);
        return CarrierAnswer.Json(200, json =>
        {
            json.WriteString("operatorName", "Simulated Carrier");
            json.WriteString("operatorId", "1");
            json.WriteString("timeStamp", CarrierDates.Elsewhere(account.Now));
            json.WriteNumber("pageNumber", query.PageNumber);
            json.WriteBoolean("lastPage", isLast);
            json.WriteStartArray("ratePlans");
            for (int plan = from; plan < to; plan++)
            {
                WritePlan(json, plans[plan], (ushort)plan);
            }

            json.WriteEndArray();
        });
    }

    /// <summary>Changes one SIM. Everything is checked before anything is changed.</summary>
    /// <returns>200 when it is done, 202 when it will be done later.</returns>
    public CarrierAnswer Edit(IQueryCollection parameters, ReadOnlyMemory<byte> body, int device, CarrierUser user)
    {
        _ = new CarrierQuery(parameters);
        Dictionary<string, string?> fields = ReadFields(body);
        string[] known = ["ratePlan", "effectiveDate", "status", "communicationPlan", .. DeviceCalls.OwnFields];
        List<string> unknown = [.. fields.Keys.Where(field => !known.Contains(field, StringComparer.Ordinal))];
        if (unknown.Count > 0)
        {
            throw new RefusedCallException(400, $"Unrecognized parameters: {string.Join(", ", unknown)}", "10000028");
        }

        int plan = Index(fields, "ratePlan", "rate plan", account.IndexOfPlan);
        int status = Index(fields, "status", "status", name => Position(CarrierFleet.StatusNames, name));
        int communicationPlan = Index(fields, "communicationPlan", "communication plan", name =>
            Position([.. account.Fleet.CommunicationPlans.Select(made => made.Name)], name));
        DateTimeOffset? effective = EffectiveDate(fields.GetValueOrDefault("effectiveDate"));

        bool isDone = plan < 0 || account.ChangePlan(device, (ushort)plan, effective, user.Name);
        if (status >= 0)
        {
            account.ChangeStatus(device, (byte)status, user.Name);
        }

        if (communicationPlan >= 0)
        {
            account.ChangeCommunicationPlan(device, (ushort)communicationPlan, user.Name);
        }

        foreach ((string name, string? value) in fields.Where(field => DeviceCalls.OwnFields.Contains(field.Key)))
        {
            account.SetField(device, name, value, user.Name);
        }

        return CarrierAnswer.Json(
            isDone ? 200 : 202, json => json.WriteString("iccid", account.Fleet.Iccids[device].ToString()));
    }

    private void WritePlan(Utf8JsonWriter json, RatePlan plan, ushort index)
    {
        json.WriteStartObject();
        json.WriteString("name", account.PlanName(index));
        json.WriteNumber("id", 5_000_001 + index);
        json.WriteNumber("versionId", ((5_000_001L + index) * 100) + account.VersionOfPlan(index));
        json.WriteNumber("version", account.VersionOfPlan(index));
        json.WriteString("status", "Published");
        json.WriteString("type", plan.IsPooled ? "Monthly - Flexible Pool" : "Monthly - Individual");
        json.WriteString("accountId", options.AccountId);
        json.WriteNumber("subscriptionCharge", plan.MonthlyRate.ToDecimal());
        json.WriteString("subscriptionChargeUnit", plan.Currency);
        json.WriteNumber("numberOfTiers", 1);
        json.WriteStartArray("tiers");
        json.WriteStartObject();
        json.WriteNumber("tierLevel", 1);
        json.WriteNumber("subscriberThreshold", 0);
        json.WriteString("subscriberCapacity", "unlimited");
        json.WriteNumber("perSubscriberCharge", plan.MonthlyRate.ToDecimal());
        json.WriteEndObject();
        json.WriteEndArray();
        WriteDataUsage(json, plan);
        json.WriteStartObject("smsUsage");
        json.WriteString("type", "MO");
        json.WriteNumber("includedSMS", plan.IncludedSms);
        json.WriteNumber("smsOverage", plan.SmsRate.ToDecimal());
        json.WriteEndObject();
        json.WriteNull("voiceUsage");
        json.WriteEndObject();
    }

    /// <summary>
    /// Overage is priced per started block of <c>dataOverageUnit</c>, for example <c>MB</c> or <c>100 MB</c>; a megabyte
    /// is 1,048,576 bytes. Included data of <c>null</c> is unlimited.
    /// </summary>
    private static void WriteDataUsage(Utf8JsonWriter json, RatePlan plan)
    {
        json.WriteStartObject("dataUsage");
        json.WriteString("useDefaultRating", No);
        json.WriteNull("usageLimit");
        json.WriteStartObject("zones");
        json.WriteStartObject(Zone);
        if (plan.IncludedData is { } included)
        {
            json.WriteNumber("includedData", Normalized(included.ToMegabytes()));
        }
        else
        {
            json.WriteNull("includedData");
        }

        json.WriteString("includedDataUnit", "MB");
        json.WriteString("bulkOverageEnabled", plan.IsUnlimited ? No : Yes);
        json.WriteString("dataRoundingUnit", "bytes");
        json.WriteString("dataRoundingFrequency", "Cycle");
        json.WriteStartArray("tiers");
        if (!plan.IsUnlimited)
        {
            decimal block = Normalized(plan.OverageBlock.ToMegabytes());
            json.WriteStartObject();
            json.WriteNumber("tierLevel", 1);
            json.WriteNumber("dataOverage", plan.OverageRate.ToDecimal());
            json.WriteString(
                "dataOverageUnit", block == 1 ? "MB" : block.ToString(CultureInfo.InvariantCulture) + " MB");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Without zeros at the end.</summary>
    private static decimal Normalized(decimal number) => number / 1.0000000000000000000000000000m;

    private static Dictionary<string, string?> ReadFields(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new RefusedCallException(400, "Malformed JSON: expected an object", "10000023");
            }

            var fields = new Dictionary<string, string?>(StringComparer.Ordinal);
            foreach (JsonProperty member in document.RootElement.EnumerateObject())
            {
                fields[member.Name] = member.Value.ValueKind == JsonValueKind.Null ? null : member.Value.ToString();
            }

            return fields;
        }
        catch (JsonException)
        {
            throw new RefusedCallException(400, "Malformed JSON", "10000023");
        }
    }

    /// <returns>The position of the value of a field, or -1 when the field is not there.</returns>
    private static int Index(Dictionary<string, string?> fields, string field, string what, Func<string, int> find)
    {
        if (!fields.TryGetValue(field, out string? name))
        {
            return -1;
        }

        int position = find(name ?? "");
        return position >= 0 ? position : throw new RefusedCallException(400, $"Invalid {what}: {name}", null);
    }

    private static int Position(IReadOnlyList<string> names, string name)
    {
        for (int position = 0; position < names.Count; position++)
        {
            if (names[position] == name)
            {
                return position;
            }
        }

        return -1;
    }

    private DateTimeOffset? EffectiveDate(string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (!CarrierDates.TryReadInstant(text, out DateTimeOffset effective))
        {
            if (!CarrierDates.TryReadDay(text, out DateOnly day))
            {
                throw new RefusedCallException(400, $"Invalid date for effectiveDate: {text}", null);
            }

            effective = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
        }

        return effective <= account.Now.AddDays(DaysAheadMax)
            ? effective
            : throw new RefusedCallException(
                400, $"effectiveDate must not be more than {DaysAheadMax} days in the future", null);
    }
}
