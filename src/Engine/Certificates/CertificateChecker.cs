using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Engine.Certificates;

/// <summary>
/// Recomputes bill and bound of a solution from the model alone, with exact integers and plain loops.
/// </summary>
/// <remarks>
/// Independent on purpose: it shares no code with the search or the bill function, only the model's types and the
/// records that carry a bill. Mathematics: docs/engine.md, "The certificate".
/// </remarks>
public static class CertificateChecker
{
    /// <summary>Fleets below this are checked on one thread.</summary>
    private const int DevicesPerThread = 100_000;

    /// <summary>Violations of one kind that are listed.</summary>
    private const int ListedMax = 20;

    /// <summary>Checks every claim of <paramref name="solution"/>; returns when all hold.</summary>
    /// <param name="fleet">Valid for <paramref name="catalog"/> (<see cref="FleetValidation"/>).</param>
    /// <param name="options">Those of the solve: limit and cost of changes, threads.</param>
    /// <returns>The bound that the certificate's prices prove; a solution may claim less.</returns>
    /// <exception cref="CertificateException">With every claim that does not hold.</exception>
    public static Money Check(Fleet fleet, PlanCatalog catalog, SolveOptions options, Solution solution)
    {
        if (solution.Assignment.Length != fleet.Count)
        {
            throw new CertificateException(
                [$"Assignment: expected {fleet.Count} places, one per SIM, found {solution.Assignment.Length}."]);
        }

        var rule = new RestatedBillRule(fleet, catalog);
        List<string> violations = PriceViolations(
            catalog, options, rule, solution.Certificate.PoolPrices, solution.Certificate.ChangePriceMicroUnits);
        Int128 bound = 0;
        bool pricesHold = violations.Count == 0;
        var prices = new PriceBound(
            fleet, catalog, options, rule, pricesHold ? solution.Certificate : NoPrices(solution.Certificate));
        DeviceScan scan = ScanDevices(fleet, catalog, options, solution.Assignment, prices, rule);
        violations.AddRange(scan.Violations());
        if (!scan.HasUnpricedDevice)
        {
            CheckBill(catalog, options, solution, scan, violations);
        }

        if (pricesHold)
        {
            long granularity = prices.Granularity(scan.Occurring);
            bound = prices.Round(scan.SumScaled, granularity);
            CheckBound(solution, bound, violations);
            if (solution.LowerBound.MicroUnits > bound)
            {
                violations.AddRange(FurtherProofViolations(fleet, catalog, options, rule, solution, granularity));
            }
        }

        if (violations.Count > 0)
        {
            throw new CertificateException(violations);
        }

        return new Money((long)bound);
    }

    /// <summary>The bound that prices prove, in whole micro-units; null when a price is out of its range.</summary>
    /// <param name="byDefinition">True: SIM by SIM, straight from the definition. The result is the same.</param>
    internal static Int128? ProvenBound(
        Fleet fleet, PlanCatalog catalog, SolveOptions options, Certificate certificate, bool byDefinition)
    {
        var rule = new RestatedBillRule(fleet, catalog);
        if (PriceViolations(catalog, options, rule, certificate.PoolPrices, certificate.ChangePriceMicroUnits).Count > 0)
        {
            return null;
        }

        var prices = new PriceBound(fleet, catalog, options, rule, certificate);
        var nobody = new ushort[fleet.Count];
        Array.Fill(nobody, Fleet.NoPlan);
        DeviceScan scan = ScanDevices(fleet, catalog, options, nobody, prices, rule);
        Int128 sum = scan.SumScaled;
        if (byDefinition)
        {
            sum = 0;
            for (int device = 0; device < fleet.Count; device++)
            {
                sum += fleet.PlanSets[fleet.PlanSetOf[device]].IsEmpty ? 0 : prices.LeastScaled(device);
            }
        }

        return prices.Round(sum, prices.Granularity(scan.Occurring));
    }

    private static Certificate NoPrices(Certificate certificate) =>
        new([], 0) { PriceBound = certificate.PriceBound };

    /// <summary>A price outside its range proves nothing: the sum of least costs would not be a bound.</summary>
    private static List<string> PriceViolations(
        PlanCatalog catalog, SolveOptions options, RestatedBillRule rule, IReadOnlyList<PoolPrice> poolPrices, long changePrice)
    {
        var violations = new List<string>();
        var seen = new HashSet<(int Pool, int CommGroup)>();
        foreach (PoolPrice price in poolPrices)
        {
            bool groupExists = rule.PerGroup
                ? price.CommGroup >= 0 && price.CommGroup < rule.GroupCount
                : price.CommGroup == -1;
            if (price.Pool < 0 || price.Pool >= catalog.Pools.Count || !groupExists)
            {
                violations.Add($"Pool price: expected one of {catalog.Pools.Count} pools of "
                    + (rule.PerGroup ? $"{rule.GroupCount} comm groups" : "the account (comm group -1)")
                    + $", found pool {price.Pool}, comm group {price.CommGroup}.");
                continue;
            }

            if (!seen.Add((price.Pool, price.CommGroup)))
            {
                violations.Add($"Pool price: expected one price per pool, found two for pool {price.Pool}, "
                    + $"comm group {price.CommGroup}.");
            }

            // Price <= rate / block, as whole numbers: price x 2^-40 x block <= rate.
            long block = catalog.Pools[price.Pool].OverageBlock.Bytes;
            Int128 highest = (Int128)rule.PoolOverageRate(price.Pool) << Certificate.PriceShift;
            if (price.ScaledMicroUnitsPerByte < 0 || (Int128)price.ScaledMicroUnitsPerByte * block > highest)
            {
                violations.Add($"Pool price of pool {price.Pool}, comm group {price.CommGroup}: expected 0 to "
                    + $"overage rate / block = {highest / block} (scaled), found {price.ScaledMicroUnitsPerByte}.");
            }
        }

        // Without a limit of changes nothing pays the price of a change back, so it must be 0.
        long changePriceMax = options.MaxChanges is null ? 0 : PriceBound.ChangePriceMax;
        if (changePrice < 0 || changePrice > changePriceMax)
        {
            violations.Add($"Price of a change: expected 0 to {changePriceMax} micro-units, "
                + $"found {changePrice}.");
        }

        return violations;
    }

    private static DeviceScan ScanDevices(
        Fleet fleet, PlanCatalog catalog, SolveOptions options, ushort[] assignment, PriceBound prices,
        RestatedBillRule rule)
    {
        // Whole numbers add up to the same in any order: the result does not depend on the number of parts.
        int parts = Math.Clamp(fleet.Count / DevicesPerThread, 1, Math.Max(1, options.Threads));
        var scans = new DeviceScan[parts];
        Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = parts }, part =>
        {
            int from = (int)((long)fleet.Count * part / parts);
            int to = (int)((long)fleet.Count * (part + 1) / parts);
            scans[part] = new DeviceScan(fleet, catalog, rule, prices);
            scans[part].Scan(assignment, from, to);
        });
        foreach (DeviceScan scan in scans[1..])
        {
            scans[0].Merge(scan);
        }

        return scans[0];
    }

    private static void CheckBill(
        PlanCatalog catalog, SolveOptions options, Solution solution, DeviceScan scan, List<string> violations)
    {
        Bill expected = scan.Bill.ToBill();
        Compare("Bill: devices", expected.Devices, solution.Bill.Devices, violations);
        Compare("Bill: rate charge", expected.RateCharge, solution.Bill.RateCharge, violations);
        Compare("Bill: data overage", expected.DataOverage, solution.Bill.DataOverage, violations);
        Compare("Bill: SMS charge", expected.SmsCharge, solution.Bill.SmsCharge, violations);
        Compare("Bill: total", expected.Total, solution.Bill.Total, violations);
        CompareLines(
            expected.Plans,
            solution.Bill.Plans,
            line => $"Bill: plan \"{PlanName(line.Plan)}\", comm group {line.CommGroup}",
            violations);
        CompareLines(
            expected.Pools,
            solution.Bill.Pools,
            line => $"Bill: pool {line.Pool}, comm group {line.CommGroup}",
            violations);

        Compare("Changes", scan.Changes, solution.Changes, violations);
        if (scan.Changes > (options.MaxChanges ?? int.MaxValue))
        {
            violations.Add($"Changes: expected at most {options.MaxChanges}, found {scan.Changes}.");
        }

        Money cost = expected.Total + (scan.Changes * options.ChangeCost);
        Compare("Cost", cost, solution.Cost, violations);

        string PlanName(int plan) =>
            plan >= 0 && plan < catalog.Plans.Count ? catalog.Plans[plan].Name : $"number {plan}";
    }

    private static void CompareLines<T>(
        IReadOnlyList<T> expected, IReadOnlyList<T> found, Func<T, string> name, List<string> violations)
        where T : class
    {
        for (int line = 0; line < Math.Max(expected.Count, found.Count); line++)
        {
            T? expectedLine = line < expected.Count ? expected[line] : null;
            T? foundLine = line < found.Count ? found[line] : null;
            if (!Equals(expectedLine, foundLine))
            {
                string subject = name((expectedLine ?? foundLine)!);
                violations.Add($"{subject}: expected {expectedLine?.ToString() ?? "no line"}, "
                    + $"found {foundLine?.ToString() ?? "no line"}.");
            }
        }
    }

    private static void CheckBound(Solution solution, Int128 provenBound, List<string> violations)
    {
        if (solution.Certificate.PriceBound.MicroUnits > provenBound)
        {
            violations.Add($"Bound by prices: expected at most {provenBound} micro-units, which the prices prove, "
                + $"found {solution.Certificate.PriceBound.MicroUnits}.");
        }

        if (solution.LowerBound > solution.Cost)
        {
            violations.Add($"Lower bound: expected at most the cost {solution.Cost}, found {solution.LowerBound}.");
        }

        if (solution.ProvenOptimal && solution.LowerBound != solution.Cost)
        {
            violations.Add($"Proven optimal: expected the lower bound to be the cost {solution.Cost}, "
                + $"found {solution.LowerBound}.");
        }
    }

    /// <summary>A bound above what the prices prove needs another proof.</summary>
    private static IEnumerable<string> FurtherProofViolations(
        Fleet fleet, PlanCatalog catalog, SolveOptions options, RestatedBillRule rule, Solution solution, long granularity)
    {
        if (solution.Certificate.Proof is not { } proof || proof.BoundMicroUnits < solution.LowerBound.MicroUnits)
        {
            return [$"Lower bound: expected at most the bound by prices or that of a further proof, found {solution.LowerBound}."];
        }

        List<string> prices = [.. proof.Prices.SelectMany(
            each => PriceViolations(catalog, options, rule, each.PoolPrices, each.ChangePriceMicroUnits))];
        return prices.Count > 0
            ? prices.Take(ListedMax)
            : BranchProofCheck.Violations(new ProofModel(fleet, catalog, options, rule), proof, granularity);
    }

    private static void Compare<T>(string subject, T expected, T found, List<string> violations)
        where T : IEquatable<T>
    {
        if (!expected.Equals(found))
        {
            violations.Add($"{subject}: expected {expected}, found {found}.");
        }
    }
}
