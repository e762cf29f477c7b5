using CarrierOptimization.Pipeline.Carrier;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Pipeline.GetDevices;

/// <summary>
/// Stage 2: reads price list, SIMs and usage from the carrier, batch by batch, into staging rows of the session, and makes
/// devices of them. A batch is a message, a transaction and a place to resume at.
/// </summary>
/// <remarks>See docs/pipeline.md, "Stage 2: GetDevices".</remarks>
public sealed class GetDevices(
    Database database, CarrierOf carrierOf, SyncOptions options, TimeProvider time, ILogger<GetDevices> log) : IStage<SyncDevices>
{
    internal const string Stage = nameof(GetDevices);

    public async Task<StageOutcome> HandleAsync(SyncDevices message, CancellationToken cancellationToken)
    {
        SessionHeader session = await SessionHeader.LoadAsync(database, message.SessionId!.Value, cancellationToken);
        try
        {
            return await StepAsync(message, session, cancellationToken);
        }
        catch (CarrierException failure) when (failure.IsTransient)
        {
            throw SyncFailure.Marked(failure);
        }
        catch (CarrierException failure)
        {
            // A person must mend it: asking again won't help.
            SyncFailure why = SyncFailure.Read(SyncFailure.Marked(failure).Message);
            return new StageOutcome.Done(SessionEnd.Fail(session, Stage, why.Code, why.Message));
        }
    }

    public async Task<StageEffects> GiveUpAsync(SyncDevices message, string lastError, CancellationToken cancellationToken)
    {
        SessionHeader session = await SessionHeader.LoadAsync(database, message.SessionId!.Value, cancellationToken);
        SyncFailure why = SyncFailure.Read(lastError);
        return SessionEnd.Fail(session, Stage, why.Code, why.Message);
    }

    private async Task<StageOutcome> StepAsync(SyncDevices message, SessionHeader session, CancellationToken cancellationToken)
    {
        ICarrier carrier = await carrierOf(session.ProviderId, session.Settings, cancellationToken);
        if (message.Step == SyncStep.Begin)
        {
            var begin = new BeginStep(database, carrier, time.GetUtcNow(), log);
            return await begin.HandleAsync(message, session, cancellationToken);
        }

        SyncRun run = await database.FirstOrDefaultAsync<SyncRun>(
                GetDevicesSql.Run, new { instance = session.InstanceId }, cancellationToken)
            ?? throw new InvalidOperationException($"Session {session.SessionId} has no sync; its first step was lost.");
        var sync = new Sync(message, session, run, carrier, options, time.GetUtcNow());
        StageEffects effects = message.Step switch
        {
            SyncStep.Devices => await new DevicesStep(database, log).HandleAsync(sync, cancellationToken),
            SyncStep.Reconcile or SyncStep.Recent => await new ChangesStep(database, log).HandleAsync(sync, cancellationToken),
            SyncStep.Usage => await new UsageStep(database, log).HandleAsync(sync, cancellationToken),
            SyncStep.Singles => await new SinglesStep(database, log).HandleAsync(sync, cancellationToken),
            SyncStep.Merge => await new MergeStep(database, log).HandleAsync(sync, cancellationToken),
            _ => throw new InvalidOperationException($"Step {message.Step} of a sync is not known."),
        };
        return new StageOutcome.Done(effects);
    }
}

/// <summary>The sync of a session, as its first step decided it.</summary>
internal sealed record SyncRun
{
    public SyncKind Kind { get; init; }

    public string Why { get; init; } = "";

    public DateTimeOffset ModifiedSince { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Names of the plans whose usage is read, as a JSON list; <c>null</c> before they are chosen.</summary>
    public string? UsagePlans { get; init; }
}

/// <summary>What every step after the first works with.</summary>
/// <param name="Now">One instant for everything the step writes.</param>
internal sealed record Sync(
    SyncDevices Message, SessionHeader Session, SyncRun Run, ICarrier Carrier, SyncOptions Options, DateTimeOffset Now)
{
    /// <summary>What the statements ask for.</summary>
    public StagingKey Key => new(
        Session.InstanceId, Session.ProviderId, Session.TenantId, Run.Kind == SyncKind.Full ? 1 : 0);

    /// <summary>A message of the same sync.</summary>
    public SyncDevices Next(SyncStep step) => new()
    {
        TenantId = Message.TenantId,
        SessionId = Message.SessionId,
        Step = step,
    };
}

/// <summary>Parameters of the statements, named as they stand there.</summary>
/// <param name="isComplete">1 when a known SIM that is not listed is gone.</param>
#pragma warning disable IDE1006 // The names are those of SQL parameters.
internal sealed record StagingKey(long instance, long provider, long tenant, int isComplete);
#pragma warning restore IDE1006
