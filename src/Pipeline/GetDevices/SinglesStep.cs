using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Carrier;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Pipeline.GetDevices;

/// <summary>Why a SIM is asked for alone.</summary>
internal enum SingleReason
{
    /// <summary>It is or was on a plan without usage in bulk.</summary>
    NotOffered,

    /// <summary>No bulk list had it.</summary>
    NotListed,

    /// <summary>It has usage but is in no list of SIMs.</summary>
    UnknownSim,

    /// <summary>It may have been activated in the period.</summary>
    Activation,

    /// <summary>The numbers in bulk were missing or absurd.</summary>
    Doubtful,
}

/// <summary>What became of asking for a SIM alone.</summary>
internal enum SingleState
{
    Waiting,
    Done,

    /// <summary>The carrier knows no such SIM.</summary>
    Gone,

    /// <summary>No answer after all attempts, or one without numbers that could be.</summary>
    NoAnswer,

    /// <summary>Not asked: more SIMs than the limit allows.</summary>
    OverLimit,
}

/// <summary>The SIMs that must be asked for one by one: chosen once, then a batch of answers at a time.</summary>
internal sealed class SinglesStep(Database database, ILogger log)
{
    public async Task<StageEffects> HandleAsync(Sync sync, CancellationToken cancellationToken)
    {
        int batch = sync.Message.Page;
        if (batch == 0)
        {
            return new StageEffects
            {
                Save = (transaction, token) => ChooseAsync(transaction, sync, token),
                Messages = [sync.Next(SyncStep.Singles) with { Page = 1 }],
            };
        }

        long first = ((batch - 1L) * sync.Options.SinglesPerMessage) + 1;
        IReadOnlyList<SingleRow> asked = await database.QueryAsync<SingleRow>(
            GetDevicesSql.Singles,
            new { sync.Key.instance, first, last = first + sync.Options.SinglesPerMessage - 1 },
            cancellationToken);
        if (asked.Count == 0)
        {
            return new StageEffects { Messages = [sync.Next(SyncStep.Merge)] };
        }

        IReadOnlyList<SingleAnswer> answers = await AskAsync(sync, asked, cancellationToken);
        int calls = answers.Sum(answer => answer.Calls);
        GetDevicesLog.Singles(
            log, sync.Session.SessionId, asked.Count, calls, answers.Count(answer => answer.State == SingleState.NoAnswer));
        return new StageEffects
        {
            Save = (transaction, token) => SaveAsync(transaction, sync, answers, calls, token),
            Messages = [sync.Next(SyncStep.Singles) with { Page = batch + 1 }],
        };
    }

    private static async Task ChooseAsync(StageTransaction transaction, Sync sync, CancellationToken cancellationToken)
    {
        var values = new
        {
            sync.Key.instance,
            sync.Key.provider,
            sync.Key.tenant,
            sync.Key.isComplete,
            now = sync.Now,
            periodStart = sync.Session.PeriodStart,
            singlesMax = sync.Options.SinglesMax,
            usesProration = sync.Session.Settings.UsesProration ? 1 : 0,
        };
        await transaction.ExecuteAsync(GetDevicesSql.AnalyzeUsage, null, cancellationToken);
        await transaction.ExecuteAsync(GetDevicesSql.AskMissingSingly, values, cancellationToken);
        await transaction.ExecuteAsync(GetDevicesSql.AskUnknownSingly, values, cancellationToken);
        await transaction.ExecuteAsync(GetDevicesSql.AskActivationSingly, values, cancellationToken);
        await transaction.ExecuteAsync(GetDevicesSql.AnalyzeSingles, null, cancellationToken);
        await transaction.ExecuteAsync(GetDevicesSql.NumberSingles, values, cancellationToken);
    }

    private static async Task<IReadOnlyList<SingleAnswer>> AskAsync(
        Sync sync, IReadOnlyList<SingleRow> asked, CancellationToken cancellationToken)
    {
        var answers = new SingleAnswer[asked.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, asked.Count),
            new ParallelOptions { MaxDegreeOfParallelism = sync.Options.SingleCallsAtOnce, CancellationToken = cancellationToken },
            async (index, token) => answers[index] = await AskAsync(sync.Carrier, asked[index], token));

        // One SIM without an answer is its own trouble; all of them are the carrier's.
        return answers.Length > 1 && answers.All(answer => answer.Failure is not null) ? throw answers[^1].Failure! : answers;
    }

    private static async Task<SingleAnswer> AskAsync(ICarrier carrier, SingleRow row, CancellationToken cancellationToken)
    {
        var answer = new SingleAnswer { Row = row };
        try
        {
            Iccid iccid = Iccid.Parse(row.Iccid);
            if (row.WantsDetails)
            {
                answer = answer with { Calls = answer.Calls + 1 };
                CarrierDeviceDetails? details = await carrier.FindDeviceAsync(iccid, cancellationToken);
                answer = details is null
                    ? answer with { State = SingleState.Gone }
                    : answer with { State = SingleState.Done, Details = StagedDevices.Of(iccid, details) };
            }

            if (row.WantsUsage && answer.State != SingleState.Gone)
            {
                answer = answer with { Calls = answer.Calls + 1 };
                answer = WithUsage(answer, await carrier.FindUsageAsync(iccid, cancellationToken));
            }

            return answer;
        }
        catch (CarrierException failure) when (failure.Failure != CarrierFailure.NotAllowed)
        {
            return answer with { State = SingleState.NoAnswer, Failure = failure };
        }
    }

    private static SingleAnswer WithUsage(SingleAnswer answer, CarrierUsage? usage) =>
        usage is null ? answer with { State = SingleState.Gone }
        : StagedUsage.WhyAbsurd(usage) is { } why ? answer with
        {
            State = SingleState.NoAnswer,
            Issue = new DeviceIssue(answer.Row.Iccid, IssueKind.AbsurdUsage, why, IsRejected: false),
        }
        : usage.DataBytes is null ? answer with { State = SingleState.NoAnswer }
        : answer with
        {
            State = SingleState.Done,
            Usage = StagedUsage.Row(answer.Row.Iccid, StagedUsage.AllPlans, usage),
        };

    private static async Task SaveAsync(
        StageTransaction transaction, Sync sync, IReadOnlyList<SingleAnswer> answers, int calls, CancellationToken cancellationToken)
    {
        await Staging.SaveDevicesAsync(
            transaction, sync, answers.Select(answer => answer.Details).OfType<StagedDevice>(), GetDevicesSql.TakeDetails,
            cancellationToken);
        await Staging.SaveUsageAsync(
            transaction, sync, answers.Select(answer => answer.Usage).OfType<UsageRow>(), cancellationToken);
        await Staging.SaveIssuesAsync(
            transaction, sync, [.. answers.Select(answer => answer.Issue).OfType<DeviceIssue>()], cancellationToken);
        await transaction.BulkUpsertAsync(
            GetDevicesSql.StagingSingle,
            GetDevicesSql.TakeState,
            answers.Select(answer => new object?[]
            {
                sync.Key.instance, answer.Row.Iccid, sync.Key.tenant, answer.Row.Why.ToString(), 0, 0, 0, answer.State.ToString(),
            }),
            cancellationToken);
        await Staging.CountAsync(transaction, sync, new CallCounts(SingleCalls: calls), cancellationToken);
    }

    private sealed record SingleRow
    {
        public string Iccid { get; init; } = "";

        public SingleReason Why { get; init; }

        public bool WantsUsage { get; init; }

        public bool WantsDetails { get; init; }
    }

    private sealed record SingleAnswer
    {
        public required SingleRow Row { get; init; }

        public SingleState State { get; init; } = SingleState.NoAnswer;

        public StagedDevice? Details { get; init; }

        public UsageRow? Usage { get; init; }

        public DeviceIssue? Issue { get; init; }

        public CarrierException? Failure { get; init; }

        public int Calls { get; init; }
    }
}
