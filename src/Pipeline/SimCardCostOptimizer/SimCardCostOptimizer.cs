using CarrierOptimization.Engine;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Pipeline.OptimizerCleanup;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Snapshots;
using CarrierOptimization.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Pipeline.SimCardCostOptimizer;

/// <summary>Finds the winner of one component; whoever finishes last has the session cleaned up.</summary>
public sealed class SimCardCostOptimizer(Database database, TimeProvider time, ILogger<SimCardCostOptimizer> log)
    : IStage<OptimizeComponent>
{
    private const string Stage = nameof(SimCardCostOptimizer);
    private const string FailedCode = "OptimizationFailed";
    private const int ProgressAtStart = 50;
    private const int ProgressOfComponents = 35;

    private static readonly TimeSpan CleaningUpAtMost = TimeSpan.FromHours(1);

    public async Task<StageOutcome> HandleAsync(OptimizeComponent message, CancellationToken cancellationToken)
    {
        SessionHeader session = await SessionHeader.LoadAsync(database, message.SessionId!.Value, cancellationToken);
        ComponentRow component = await ComponentAsync(session, message, cancellationToken);
        if (component.Status is CandidateStatus.Complete or CandidateStatus.Failed)
        {
            return new StageOutcome.AlreadyDone();
        }

        Snapshot snapshot = await Snapshot.LoadAsync(database, session, message.Component, cancellationToken);
        ComponentResult result = await Task.Run(
            () => ComponentDecision.Decide(snapshot, session.Settings, time, cancellationToken), cancellationToken);
        Winner winner = result.Winner;
        AssignmentVerifier.Check(
            snapshot, new AssignmentClaim(component.Devices, winner.Candidate.Assignment, winner.Candidate.Cost, winner.Changes));
        SimCardCostOptimizerLog.Optimized(
            log, session.SessionId, message.Component, component.Devices, winner.Candidate.Strategy,
            winner.Candidate.Cost.MicroUnits, result.LowerBound.MicroUnits, winner.Changes);
        return new StageOutcome.Done(Finished(session, message, StageEffects.None, async (transaction, token) =>
        {
            await SaveComponentAsync(transaction, session, message.Component, result, token);
            await SaveCandidatesAsync(transaction, session, message.Component, result, token);
            await transaction.BulkInsertAsync(SimCardCostOptimizerSql.Assignment, AssignmentRows(session, snapshot, winner), token);
        }));
    }

    /// <summary>The component keeps its plans; the others go on.</summary>
    public async Task<StageEffects> GiveUpAsync(OptimizeComponent message, string lastError, CancellationToken cancellationToken)
    {
        SessionHeader session = await SessionHeader.LoadAsync(database, message.SessionId!.Value, cancellationToken);
        SimCardCostOptimizerLog.ComponentFailed(log, session.SessionId, message.Component, lastError);
        string error = $"Component {message.Component} could not be optimised, its SIMs keep their plans: {lastError}";
        StageEffects effects = new()
        {
            Triggers = [TriggerRequest.Error(Stage, FailedCode, error)],
            Mails = [Alerts.Of(session, Stage, FailedCode, error)],
        };
        return Finished(session, message, effects, async (transaction, token) =>
        {
            var values = new
            {
                session.InstanceId,
                component = message.Component,
                session.SessionId,
                status = CandidateStatus.Failed.ToString(),
                error = lastError,
                now = time.GetUtcNow(),
            };
            await transaction.ExecuteAsync(SimCardCostOptimizerSql.FailComponent, values, token);
            await transaction.ExecuteAsync(SimCardCostOptimizerSql.MarkErrors, values, token);
        });
    }

    private async Task<ComponentRow> ComponentAsync(
        SessionHeader session, OptimizeComponent message, CancellationToken cancellationToken) =>
        await database.FirstOrDefaultAsync<ComponentRow>(
            SimCardCostOptimizerSql.Component, new { session.InstanceId, component = message.Component }, cancellationToken)
        ?? throw new InvalidOperationException($"Session {session.SessionId} has no component {message.Component}.");

    /// <summary>Saves the result and counts the finished components in the same transaction: the last one is known for sure.</summary>
    private static StageEffects Finished(
        SessionHeader session, OptimizeComponent message, StageEffects effects, Func<StageTransaction, CancellationToken, Task> saveAsync) =>
        new()
        {
            Open = async (transaction, token) =>
            {
                await transaction.ExecuteAsync(SimCardCostOptimizerSql.LockSession, new { session.SessionId }, token);
                await saveAsync(transaction, token);
                ComponentCounts counts = await transaction.FirstOrDefaultAsync<ComponentCounts>(
                    SimCardCostOptimizerSql.CountComponents, new { session.InstanceId }, token) ?? new ComponentCounts();
                int progress = ProgressAtStart + (int)(ProgressOfComponents * counts.Finished / counts.Components);
                return effects with
                {
                    Triggers = [.. effects.Triggers, TriggerRequest.Milestone(progress, session.DeviceCount)],
                    Messages = [new CleanUp { TenantId = message.TenantId, SessionId = message.SessionId }],
                    Session = counts.Finished == counts.Components
                        ? new SessionChange(SessionStatus.CleaningUp, CleaningUpAtMost)
                        : null,
                };
            },
        };

    private Task<int> SaveComponentAsync(
        StageTransaction transaction, SessionHeader session, int component, ComponentResult result, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(
            SimCardCostOptimizerSql.CompleteComponent,
            new
            {
                session.InstanceId,
                component,
                status = CandidateStatus.Complete.ToString(),
                currentCost = result.CostOf(Strategy.Current),
                baseCost = result.CostOf(Strategy.BaseAssignment),
                winnerCost = result.Winner.Candidate.Cost,
                lowerBound = result.LowerBound,
                isProven = result.Winner.ProvenOptimal ? 1 : 0,
                changes = result.Winner.Changes,
                winner = result.Winner.Candidate.Strategy.ToString(),
                now = time.GetUtcNow(),
            },
            cancellationToken);

    private static async Task SaveCandidatesAsync(
        StageTransaction transaction, SessionHeader session, int component, ComponentResult result, CancellationToken cancellationToken)
    {
        foreach (PricedCandidate row in result.Candidates)
        {
            await transaction.ExecuteAsync(
                SimCardCostOptimizerSql.AddCandidate,
                new
                {
                    session.InstanceId,
                    component,
                    strategy = row.Candidate.Strategy.ToString(),
                    session.TenantId,
                    status = CandidateStatus.Complete.ToString(),
                    cost = row.Candidate.Cost,
                    lowerBound = row.LowerBound,
                    changes = row.Changes,
                    elapsedMs = row.ElapsedMs,
                    isWinner = row.Candidate.Strategy == result.Winner.Candidate.Strategy ? 1 : 0,
                    detail = row.Detail,
                },
                cancellationToken);
        }
    }

    private static IEnumerable<object?[]> AssignmentRows(SessionHeader session, Snapshot snapshot, Winner winner)
    {
        object instance = session.InstanceId;
        object tenant = session.TenantId;
        for (int device = 0; device < snapshot.Positions.Length; device++)
        {
            ushort plan = winner.Candidate.Assignment[device];
            yield return
                [instance, snapshot.Positions[device], tenant, plan == Fleet.NoPlan ? null : snapshot.Catalog.Plans[plan].Name];
        }
    }

    private sealed record ComponentRow
    {
        public int Number { get; init; }

        public CandidateStatus Status { get; init; }

        public int Devices { get; init; }
    }

    private sealed record ComponentCounts
    {
        public long Components { get; init; }

        public long Finished { get; init; }
    }
}
