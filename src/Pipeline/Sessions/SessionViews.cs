using System.Text.Json.Serialization;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.Running;

namespace CarrierOptimization.Pipeline.Sessions;

/// <summary>A line of the list of sessions.</summary>
public sealed record SessionRow
{
    private string? _currency;

    public long SessionId { get; init; }

    public Guid SessionGuid { get; init; }

    public string ProviderName { get; init; } = "";

    public SessionStatus Status { get; init; }

    /// <summary>0 to 100; -1 before the first trigger.</summary>
    public int Progress { get; init; }

    public int DeviceCount { get; init; }

    public string StartedBy { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public DateTimeOffset PeriodStart { get; init; }

    public DateTimeOffset PeriodEnd { get; init; }

    /// <summary>Code of every amount.</summary>
    public string Currency => _currency ??= ProviderSettings.FromJson(SettingsJson).Currency;

    public Money? CurrentCost { get; init; }

    public Money? BaseCost { get; init; }

    public Money? OptimalCost { get; init; }

    public Money? LowerBound { get; init; }

    public bool? IsProven { get; init; }

    public int? Changes { get; init; }

    /// <summary>Why it ended with errors.</summary>
    public string? Error { get; init; }

    /// <summary>True when a part failed although the rest went on.</summary>
    public bool HasErrors { get; init; }

    /// <summary>The provider's settings as they were when the session began.</summary>
    [JsonIgnore]
    public string SettingsJson { get; init; } = "{}";

    public Money? Saving => CurrentCost is { } current && OptimalCost is { } optimal ? current - optimal : null;
}

/// <summary>Where the sync of a session stands.</summary>
public sealed record SyncView
{
    /// <summary>Full or Incremental.</summary>
    public string Kind { get; init; } = "";

    public string Why { get; init; } = "";

    /// <summary>Calls for the price list.</summary>
    public int PlanPages { get; init; }

    public int DevicePages { get; init; }

    public int UsagePages { get; init; }

    /// <summary>Calls about one SIM.</summary>
    public int SingleCalls { get; init; }

    public int DevicesReceived { get; init; }

    public int DevicesRejected { get; init; }

    public int UsageMissing { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public int Calls => PlanPages + DevicePages + UsagePages + SingleCalls;
}

/// <summary>A component and its winner.</summary>
public sealed record ComponentView
{
    public int Number { get; init; }

    public string Status { get; init; } = "";

    public int Devices { get; init; }

    public Money? CurrentCost { get; init; }

    public Money? WinnerCost { get; init; }

    public Money? LowerBound { get; init; }

    public bool? IsProven { get; init; }

    public int? Changes { get; init; }

    public string? Winner { get; init; }

    public string? Error { get; init; }
}

/// <summary>A candidate of a component.</summary>
public sealed record CandidateView
{
    public int Component { get; init; }

    public string Strategy { get; init; } = "";

    public string Status { get; init; } = "";

    public Money? Cost { get; init; }

    public Money? LowerBound { get; init; }

    public int? Changes { get; init; }

    public long? ElapsedMs { get; init; }

    public bool IsWinner { get; init; }
}

/// <summary>A trigger and where it is.</summary>
public sealed record TriggerView
{
    public int Sequence { get; init; }

    public string Type { get; init; } = "";

    public int Progress { get; init; }

    /// <summary>Waiting, Delivered or Dead.</summary>
    public string State { get; init; } = "";

    public int Attempts { get; init; }

    public string? LastError { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>A mail and where it is.</summary>
public sealed record MailView
{
    public string Kind { get; init; } = "";

    public string Subject { get; init; } = "";

    /// <summary>Waiting, Delivered or Dead.</summary>
    public string State { get; init; } = "";

    public int Attempts { get; init; }

    public string? LastError { get; init; }
}

/// <summary>A message that waits with an error, or failed for good.</summary>
public sealed record MessageView
{
    public long Id { get; init; }

    public string Type { get; init; } = "";

    public string Key { get; init; } = "";

    /// <summary>Waiting or Dead.</summary>
    public string State { get; init; } = "";

    public int Attempts { get; init; }

    public string? LastError { get; init; }
}

/// <summary>A file of the report.</summary>
public sealed record ReportFileView
{
    public string Name { get; init; } = "";

    public string Path { get; init; } = "";

    public long Bytes { get; init; }
}

/// <summary>Everything that is shown of one session.</summary>
/// <param name="Sync"><c>null</c> before the sync began.</param>
public sealed record SessionView(
    SessionRow Session,
    SyncView? Sync,
    IReadOnlyList<ComponentView> Components,
    IReadOnlyList<CandidateView> Candidates,
    IReadOnlyList<TriggerView> Triggers,
    IReadOnlyList<MailView> Mails,
    IReadOnlyList<MessageView> Troubles,
    IReadOnlyList<ReportFileView> Files);
