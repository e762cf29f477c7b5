using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CarrierOptimization.Adapters.Files;
using CarrierOptimization.Pipeline.Triggers;

namespace CarrierOptimization.Adapters.Amop;

/// <summary>Writes each trigger as a file of its own, once per idempotency key: the default without an endpoint.</summary>
/// <param name="folder">Made when missing. Files sort by session and sequence: <c>session-0000000017-0003-1f2e3d4c.json</c>.</param>
public sealed class FolderTriggerSender(string folder) : ITriggerSender
{
    /// <inheritdoc/>
    public async Task SendAsync(OutgoingTrigger trigger, CancellationToken cancellationToken)
    {
        string key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(trigger.IdempotencyKey)))[..8];
        string name = string.Create(
            CultureInfo.InvariantCulture, $"session-{trigger.SessionId:D10}-{trigger.Sequence:D4}-{key}.json");
        try
        {
            await OnceWrittenFile.WriteAsync(
                Path.Combine(folder, name),
                (stream, token) => stream.WriteAsync(Encoding.UTF8.GetBytes(trigger.Body + "\n"), token).AsTask(),
                cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new TriggerException($"The trigger can't be written to {folder}: {failure.Message}", isPermanent: false, failure);
        }
    }
}
