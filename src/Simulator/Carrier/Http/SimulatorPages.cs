using System.Globalization;
using System.Text.Json;
using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using Microsoft.AspNetCore.Http;

namespace CarrierOptimization.Simulator.Carrier.Http;

/// <summary>What the simulator tells about itself, beside the carrier's calls: for tests and for people. No sign-in.</summary>
internal sealed class SimulatorPages(CarrierAccount account, CallCounters counters)
{
    /// <summary>Period, clock, and which plans each communication plan may use.</summary>
    public CarrierAnswer Overview() => CarrierAnswer.Json(200, json =>
    {
        PlanCatalog catalog = account.Fleet.Catalog;
        json.WriteNumber("devices", account.Fleet.Count);
        json.WriteString("now", CarrierDates.Elsewhere(account.Now));
        WritePeriod(json, account.Period);
        json.WriteBoolean("usesProration", account.UsesProration);
        json.WriteString("currency", catalog.Currency);
        json.WriteStartArray("communicationPlans");
        foreach (CommunicationPlan communicationPlan in account.Fleet.CommunicationPlans)
        {
            json.WriteStartObject();
            json.WriteString("name", communicationPlan.Name);
            json.WriteStartArray("ratePlans");
            foreach (ushort plan in communicationPlan.AllowedPlans.Plans)
            {
                json.WriteStringValue(account.PlanName(plan));
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("pools");
        foreach (RatePool pool in catalog.Pools)
        {
            json.WriteStartObject();
            json.WriteString("name", pool.Name);
            json.WriteStartArray("ratePlans");
            foreach (int plan in pool.PlanIndexes)
            {
                json.WriteStringValue(account.PlanName((ushort)plan));
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    public CarrierAnswer Calls() => CarrierAnswer.Json(200, json =>
    {
        long all = 0;
        foreach (CarrierCall call in Enum.GetValues<CarrierCall>())
        {
            CallCount count = counters[call];
            all += count.Answered + count.Refused;
            json.WriteStartObject(JsonNamingPolicy.CamelCase.ConvertName(call.ToString()));
            json.WriteNumber("answered", count.Answered);
            json.WriteNumber("refused", count.Refused);
            json.WriteEndObject();
        }

        json.WriteNumber("all", all);
    });

    /// <summary>Every change since the start, the oldest first.</summary>
    public CarrierAnswer Audit() => CarrierAnswer.Json(200, json =>
    {
        json.WriteStartArray("changes");
        foreach (AuditRecord record in account.Audit.Records)
        {
            json.WriteStartObject();
            json.WriteNumber("number", record.Number);
            json.WriteString("iccid", record.Iccid.ToString());
            json.WriteString("field", record.Field);
            json.WriteString("priorValue", record.PriorValue);
            json.WriteString("value", record.Value);
            json.WriteString("at", CarrierDates.Elsewhere(record.At));
            json.WriteString("userName", record.UserName);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>The bill of the current period: <c>plans=current|initial</c>, <c>usage=toDate|whole</c>.</summary>
    public CarrierAnswer Invoice(IQueryCollection parameters)
    {
        var query = new CarrierQuery(parameters, "plans", "usage");
        InvoicePlans plans = Choice(query, "plans", InvoicePlans.Current);
        InvoiceUsage usage = Choice(query, "usage", InvoiceUsage.ToDate);
        return CarrierAnswer.Json(200, json => WriteInvoice(json, account.InvoiceOf(plans, usage)));
    }

    /// <summary>
    /// The bill of the current period if some SIMs were on other plans: <c>usage=toDate|whole</c>, and a body of
    /// <c>{"iccid": "rate plan", ...}</c> or of lines <c>iccid,rate plan</c>.
    /// </summary>
    public CarrierAnswer PreviewInvoice(IQueryCollection parameters, ReadOnlyMemory<byte> body)
    {
        InvoiceUsage usage = Choice(new CarrierQuery(parameters, "usage"), "usage", InvoiceUsage.ToDate);
        var plans = new Dictionary<int, ushort>();
        foreach ((string iccid, string planName) in PlanChoices.Read(body))
        {
            int device = account.IndexOf(iccid);
            int plan = account.IndexOfPlan(planName);
            plans[device] = device < 0 || plan < 0
                ? throw new RefusedCallException(
                    400, $"{(device < 0 ? "SIM" : "Rate plan")} \"{(device < 0 ? iccid : planName)}\" is not there.", null)
                : (ushort)plan;
        }

        return CarrierAnswer.Json(200, json => WriteInvoice(json, account.PreviewInvoice(plans, usage)));
    }

    /// <summary>The invoices of the periods that ended since the start.</summary>
    public CarrierAnswer Invoices() => CarrierAnswer.Json(200, json =>
    {
        json.WriteStartArray("invoices");
        foreach (CarrierInvoice invoice in account.Invoices)
        {
            json.WriteStartObject();
            WriteInvoice(json, invoice);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static void WriteInvoice(Utf8JsonWriter json, CarrierInvoice invoice)
    {
        WritePeriod(json, invoice.Period);
        json.WriteString("currency", invoice.Catalog.Currency);
        json.WriteNumber("devices", invoice.Bill.Devices);
        WriteAmount(json, "rateCharge", invoice.Bill.RateCharge);
        WriteAmount(json, "dataOverage", invoice.Bill.DataOverage);
        WriteAmount(json, "smsCharge", invoice.Bill.SmsCharge);
        WriteAmount(json, "total", invoice.Bill.Total);
        json.WriteStartArray("pools");
        foreach (PoolBill pool in invoice.Bill.Pools)
        {
            json.WriteStartObject();
            json.WriteString("name", invoice.Catalog.Pools[pool.Pool].Name);
            json.WriteNumber("devices", pool.Devices);
            json.WriteNumber("allowanceBytes", pool.AllowanceBytes);
            json.WriteNumber("usageBytes", pool.UsageBytes);
            WriteAmount(json, "rateCharge", pool.RateCharge);
            json.WriteNumber("overageBlocks", pool.OverageBlocks);
            WriteAmount(json, "overage", pool.Overage);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Whole micro-units, so that nothing is lost on the way.</summary>
    private static void WriteAmount(Utf8JsonWriter json, string name, Money amount) =>
        json.WriteNumber(name + "MicroUnits", amount.MicroUnits);

    private static void WritePeriod(Utf8JsonWriter json, BillingPeriod period)
    {
        json.WriteString("periodStart", CarrierDates.Elsewhere(period.Start));
        json.WriteString("periodEnd", CarrierDates.Elsewhere(period.End));
        json.WriteNumber("periodDays", period.Days);
    }

    private static TChoice Choice<TChoice>(CarrierQuery query, string name, TChoice otherwise)
        where TChoice : struct, Enum
    {
        string text = query.Text(name) ?? otherwise.ToString();
        foreach (TChoice choice in Enum.GetValues<TChoice>())
        {
            if (string.Equals(choice.ToString(), text, StringComparison.OrdinalIgnoreCase))
            {
                return choice;
            }
        }

        string expected = string.Join(", ", Enum.GetNames<TChoice>().Select(JsonNamingPolicy.CamelCase.ConvertName));
        throw new RefusedCallException(
            400, string.Create(CultureInfo.InvariantCulture, $"{name} is \"{text}\"; expected one of {expected}."), null);
    }
}
