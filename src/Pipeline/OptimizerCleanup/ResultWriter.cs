using CarrierOptimization.Engine.Model;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Snapshots;
using CarrierOptimization.Pipeline.Storage;

namespace CarrierOptimization.Pipeline.OptimizerCleanup;

/// <summary>Writes what a session found: totals, files, proposed changes.</summary>
internal sealed class ResultWriter(
    SessionHeader session, Snapshot snapshot, InstanceResult result, IReadOnlyList<WrittenFile> files, ChangeSelection changes,
    TimeProvider time)
{
    private const string Proposed = "Proposed";

    public async Task SaveAsync(StageTransaction transaction, CancellationToken cancellationToken)
    {
        await transaction.ExecuteAsync(
            OptimizerCleanupSql.SaveTotals,
            new
            {
                session.InstanceId,
                result.Costs.Current,
                result.Costs.Base,
                result.Costs.Optimal,
                result.LowerBound,
                IsProven = result.IsProven ? 1 : 0,
                Changes = result.Counts.Changed,
            },
            cancellationToken);
        foreach (WrittenFile file in files)
        {
            await transaction.ExecuteAsync(
                OptimizerCleanupSql.AddReportFile,
                new { session.InstanceId, file.Name, session.TenantId, file.File.Path, file.File.Bytes, file.File.Sha256 },
                cancellationToken);
        }

        await transaction.BulkInsertAsync(OptimizerCleanupSql.RatePlanChange, ChangeRows(), cancellationToken);
    }

    /// <summary>Largest saving first, so that the numbers of the rows are the order in which they are pushed.</summary>
    private IEnumerable<object?[]> ChangeRows()
    {
        PricedAssignment current = result.Content.Current;
        PricedAssignment chosen = changes.Assignment;
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        string? why = changes.Decision.Decision is GoNoGo.Partial or GoNoGo.NoGo ? changes.Decision.Why : null;
        int[] devices = [.. Enumerable.Range(0, snapshot.Records.Count)
            .Where(device => chosen.Assignment[device] != Fleet.NoPlan && chosen.Assignment[device] != current.Assignment[device])
            .OrderByDescending(Saving).ThenBy(device => device)];
        foreach (int device in devices)
        {
            yield return
            [
                session.InstanceId, session.TenantId, session.ProviderId, snapshot.Records.Iccids[device].ToString(),
                snapshot.Records.RatePlanOf(device), snapshot.Catalog.Plans[chosen.Assignment[device]].Name, Saving(device), Proposed,
                why, now,
            ];
        }

        long Saving(int device) => (current.Charges.Total(device) - chosen.Charges.Total(device)).MicroUnits;
    }
}
