using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Engine.Search;

/// <summary>The exact cost of an assignment in the terms of the model, kept up to date as SIMs move.</summary>
internal sealed class PoolState
{
    public PoolState(SearchModel model, ushort[] assignment)
    {
        Bill bill = BillCalculator.Bill(model.Fleet, model.Catalog, assignment);
        Surplus = new long[model.Rows.Count];
        for (int row = 0; row < Surplus.Length; row++)
        {
            PoolRow poolRow = model.Rows[row];
            PoolBill? pool = bill.Pools.FirstOrDefault(pool => pool.Pool == poolRow.Pool && pool.CommGroup == poolRow.CommGroup);
            Surplus[row] = pool is null ? 0 : pool.UsageBytes - pool.AllowanceBytes;
        }

        Changes = CountChanges(model, assignment);
        OwnCost = bill.Total.MicroUnits - bill.Pools.Sum(pool => pool.Overage.MicroUnits)
            + (Changes * model.Options.ChangeCost.MicroUnits);
    }

    /// <summary>Cost outside of pools, in micro-units.</summary>
    public long OwnCost { get; private set; }

    /// <summary>Per row usage minus allowance, in bytes.</summary>
    public long[] Surplus { get; }

    /// <summary>SIMs that leave their current plan; counted only where that matters to the model.</summary>
    public int Changes { get; private set; }

    /// <summary>
    /// Takes a SIM off <paramref name="alternative"/>, whose own cost for it is <paramref name="ownCost"/>.
    /// </summary>
    public void Leave(in Alternative alternative, long ownCost, long usageBytes) => Count(alternative, ownCost, usageBytes, -1);

    /// <summary>Puts a SIM on <paramref name="alternative"/>.</summary>
    public void Join(in Alternative alternative, long ownCost, long usageBytes) => Count(alternative, ownCost, usageBytes, 1);

    public long TotalCost(SearchModel model)
    {
        long cost = OwnCost;
        for (int row = 0; row < Surplus.Length; row++)
        {
            cost += model.Rows[row].Overage(Surplus[row]);
        }

        return cost;
    }

    private void Count(in Alternative alternative, long ownCost, long usageBytes, int sign)
    {
        OwnCost += sign * ownCost;
        Changes += sign * alternative.Change;
        if (alternative.Pool >= 0)
        {
            Surplus[alternative.Pool] += sign * (usageBytes - alternative.IncludedBytes);
        }
    }

    /// <summary>SIMs with a current plan that are assigned another one.</summary>
    public static int CountChanges(SearchModel model, ushort[] assignment)
    {
        ushort[]? current = model.Fleet.CurrentPlan;
        int changes = 0;
        for (int device = 0; current is not null && device < current.Length; device++)
        {
            bool changes1 = current[device] != assignment[device] && current[device] != Fleet.NoPlan && assignment[device] != Fleet.NoPlan;
            changes += changes1 ? 1 : 0;
        }

        return changes;
    }
}
