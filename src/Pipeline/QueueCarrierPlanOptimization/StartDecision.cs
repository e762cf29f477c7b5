using CarrierOptimization.Engine.Model;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.Running;

namespace CarrierOptimization.Pipeline.QueueCarrierPlanOptimization;

/// <summary>A session of the provider that is open.</summary>
public sealed record OpenSession
{
    public long SessionId { get; init; }

    public SessionStatus Status { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>What a start is decided from.</summary>
/// <param name="Provider"><c>null</c> when the tenant has no such provider.</param>
public sealed record StartFacts(StoredProvider? Provider, OpenSession? Open, DateTimeOffset? LastEndedAt);

/// <summary>Whether a session starts.</summary>
public abstract record StartAnswer
{
    private StartAnswer()
    {
    }

    /// <param name="Supersedes">The open session that ends in favour of this one; <c>null</c> when there is none.</param>
    public sealed record Start(BillingPeriod Period, long? Supersedes) : StartAnswer;

    /// <param name="Why">A sentence for whoever asked.</param>
    /// <param name="Running">The session that stands in the way; people are warned once about it.</param>
    public sealed record Refuse(string Why, long? Running = null) : StartAnswer;
}

/// <summary>Decides whether a session that is asked for starts. Pure; the database has the last word about a second one.</summary>
public static class StartDecision
{
    public static StartAnswer Decide(StartOptimization message, StartFacts facts, DateTimeOffset now)
    {
        if (facts.Provider is not { } provider || provider.TenantId != message.TenantId)
        {
            return new StartAnswer.Refuse($"There is no provider {message.ProviderId}. Look at \"cco providers\".");
        }

        ProviderSettings settings = provider.Settings;
        if (settings.Mistakes() is { Count: > 0 } mistakes)
        {
            return new StartAnswer.Refuse($"The settings of {provider.Name} have mistakes: {string.Join(' ', mistakes)}");
        }

        BillingPeriod period = BillingCycle.Of(settings).PeriodOf(now);
        if (facts.Open is { } open)
        {
            return IfRunning(message, settings, period, open, now);
        }

        ScheduleAnswer schedule = ScheduleDecision.Decide(
            new ScheduleFacts(settings, period, facts.LastEndedAt, IsRunning: false), now);
        return message.IsOverride || schedule.IsDue
            ? new StartAnswer.Start(period, null)
            : new StartAnswer.Refuse($"No run is due. {schedule.Why} An override starts one at once.");
    }

    /// <summary>What is said to a second start while one session runs.</summary>
    public static string AlreadyRunning(long sessionId, string how) =>
        $"Session {sessionId} of this provider {how}; two at once are not started. Wait for its end or cancel it.";

    private static StartAnswer IfRunning(
        StartOptimization message, ProviderSettings settings, BillingPeriod period, OpenSession open, DateTimeOffset now)
    {
        string how = $"has been running since {open.CreatedAt:yyyy-MM-dd HH:mm} UTC and is {open.Status}";
        if (!message.Supersedes)
        {
            return new StartAnswer.Refuse(AlreadyRunning(open.SessionId, how), open.SessionId);
        }

        if (!ScheduleDecision.IsLastDay(period, settings, now))
        {
            return new StartAnswer.Refuse(
                $"{AlreadyRunning(open.SessionId, how)} It is superseded on the last day of the period only.", open.SessionId);
        }

        return open.Status <= SessionStatus.Optimizing
            ? new StartAnswer.Start(period, open.SessionId)
            : new StartAnswer.Refuse(
                $"{AlreadyRunning(open.SessionId, how)} It is too far to be superseded.", open.SessionId);
    }
}
