namespace CarrierOptimization.Pipeline.Running;

/// <summary>"Look at X": what a stage is told. Ids only; the database is the truth.</summary>
public abstract record StageMessage
{
    /// <summary>Whose work it is.</summary>
    public required long TenantId { get; init; }

    /// <summary>Of the session; <c>null</c> before there is one.</summary>
    public long? SessionId { get; init; }

    /// <summary>
    /// Says what the work is, for example <c>group/17</c>: work with the same key is done once, however often it is sent.
    /// </summary>
    public abstract string Key { get; }

    /// <summary>True for work that is dropped once the session has ended.</summary>
    public virtual bool NeedsOpenSession => SessionId is not null;
}
