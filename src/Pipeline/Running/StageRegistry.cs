using System.Text.Json;

namespace CarrierOptimization.Pipeline.Running;

/// <summary>Which stage answers which message, and how messages are written as text.</summary>
public sealed class StageRegistry
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Adds a stage; one per type of message.</summary>
    public StageRegistry Add<TMessage>(IStage<TMessage> stage)
        where TMessage : StageMessage
    {
        _entries.Add(typeof(TMessage).Name, new Entry(
            body => JsonSerializer.Deserialize<TMessage>(body) ?? throw new JsonException("The message is null."),
            (message, token) => stage.HandleAsync((TMessage)message, token),
            (message, error, token) => stage.GiveUpAsync((TMessage)message, error, token),
            stage.GetType().Name));
        return this;
    }

    public static string TypeOf(StageMessage message) => message.GetType().Name;

    public static string BodyOf(StageMessage message) => JsonSerializer.Serialize(message, message.GetType());

    /// <exception cref="InvalidOperationException">No stage answers this type.</exception>
    public StageMessage Read(string type, string body) => EntryOf(type).Read(body);

    public string StageOf(string type) => EntryOf(type).StageName;

    public Task<StageOutcome> HandleAsync(string type, StageMessage message, CancellationToken cancellationToken) =>
        EntryOf(type).Handle(message, cancellationToken);

    public Task<StageEffects> GiveUpAsync(
        string type, StageMessage message, string lastError, CancellationToken cancellationToken) =>
        EntryOf(type).GiveUp(message, lastError, cancellationToken);

    private Entry EntryOf(string type) => _entries.TryGetValue(type, out Entry? entry)
        ? entry
        : throw new InvalidOperationException($"No stage answers messages of type {type}; known are {string.Join(", ", _entries.Keys)}.");

    private sealed record Entry(
        Func<string, StageMessage> Read,
        Func<StageMessage, CancellationToken, Task<StageOutcome>> Handle,
        Func<StageMessage, string, CancellationToken, Task<StageEffects>> GiveUp,
        string StageName);
}
