using CarrierOptimization.Engine.Certificates;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Search;

namespace CarrierOptimization.Engine;

/// <summary>
/// Finds the cheapest assignment of SIMs to rate plans, with proof of how near to the cheapest possible it is.
/// </summary>
/// <remarks>Mathematics: docs/engine.md.</remarks>
public static class Optimizer
{
    /// <summary>
    /// Solves one fleet; the result is checked by <see cref="CertificateChecker"/> before it is returned.
    /// </summary>
    /// <exception cref="ModelException">The fleet cannot be priced exactly; every mistake is named.</exception>
    /// <exception cref="CertificateException">The result failed its check: an error of this program, never of the input.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Solution Solve(
        Fleet fleet, PlanCatalog catalog, SolveOptions options, CancellationToken cancellationToken) =>
        new SolveRun(fleet, catalog, options, cancellationToken).Run();
}
