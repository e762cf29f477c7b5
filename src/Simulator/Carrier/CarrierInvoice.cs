using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Simulator.Carrier;

/// <summary>What the carrier bills for one period.</summary>
/// <param name="Bill">Of <see cref="BillCalculator"/>; plans and pools are positions in <paramref name="Catalog"/>.</param>
public sealed record CarrierInvoice(BillingPeriod Period, PlanCatalog Catalog, Bill Bill);

/// <summary>Which plans an invoice is for.</summary>
public enum InvoicePlans
{
    /// <summary>The plans the SIMs are on.</summary>
    Current,

    /// <summary>The plans the SIMs were on when the simulator started.</summary>
    Initial,
}

/// <summary>Up to when an invoice counts usage.</summary>
public enum InvoiceUsage
{
    /// <summary>Up to now.</summary>
    ToDate,

    /// <summary>Up to the end of the period, as it will be.</summary>
    Whole,
}
