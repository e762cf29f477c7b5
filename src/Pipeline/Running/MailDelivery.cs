using System.Text.Json;
using CarrierOptimization.Pipeline.Mail;
using CarrierOptimization.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Pipeline.Running;

/// <summary>Sends recorded mails: at least once, with growing pauses for a day. Receivers drop doubles by the Message-ID.</summary>
public sealed class MailDelivery(
    Database database, IMailer mailer, RunningOptions options, TimeProvider time, ILogger<MailDelivery> log)
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    private const int BatchSize = 16;

    private const string Due =
        """
        SELECT id, key, recipients, subject, text, html, attachments, attempts, created_at FROM mail
        WHERE state = 'Waiting' AND next_at <= @now AND (lease_until IS NULL OR lease_until < @now)
        ORDER BY next_at, id LIMIT @BatchSize
        """;

    /// <summary>Sends what is due.</summary>
    /// <returns>How many were delivered or put aside: when above zero, more may be due.</returns>
    public async Task<int> DeliverDueAsync(CancellationToken cancellationToken)
    {
        int moved = 0;
        foreach (DueMail mail in await database.QueryAsync<DueMail>(
            Due, new { now = time.GetUtcNow(), BatchSize }, cancellationToken))
        {
            moved += await DeliverAsync(mail, cancellationToken) ? 1 : 0;
        }

        return moved;
    }

    private async Task<bool> DeliverAsync(DueMail mail, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        int claimed = await database.WriteAsync(
            (transaction, token) => transaction.ExecuteAsync(
                """
                UPDATE mail SET lease_until = @until, attempts = attempts + 1
                WHERE id = @Id AND state = 'Waiting' AND (lease_until IS NULL OR lease_until < @now)
                """,
                new { mail.Id, now, until = now + Lease },
                token),
            cancellationToken);
        if (claimed == 0)
        {
            return false;
        }

        try
        {
            await mailer.SendAsync(mail.ToOutgoing(), cancellationToken);
        }
        catch (MailException failure)
        {
            bool isOver = failure.IsPermanent || now - mail.CreatedAt > options.DeliverFor;
            await EndAsync(
                mail, isOver ? "Dead" : "Waiting", failure.Message,
                isOver ? null : now + Jitter.Of(options.DelayAfter(mail.Attempts + 1), mail.Id, mail.Attempts),
                cancellationToken);
            if (isOver)
            {
                RunningLog.MailBuried(log, mail.Key, failure.Message);
            }
            else
            {
                RunningLog.MailFailed(log, mail.Key, mail.Attempts + 1, failure.Message);
            }

            return isOver;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await EndAsync(mail, "Waiting", null, time.GetUtcNow(), CancellationToken.None);
            throw;
        }

        await EndAsync(mail, "Delivered", null, null, cancellationToken);
        RunningLog.MailDelivered(log, mail.Key);
        return true;
    }

    /// <param name="nextAt"><c>null</c> when it is over.</param>
    private async Task EndAsync(
        DueMail mail, string state, string? error, DateTimeOffset? nextAt, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            (transaction, token) => transaction.ExecuteAsync(
                """
                UPDATE mail SET state = @state, last_error = @error, lease_until = NULL, next_at = COALESCE(@nextAt, next_at),
                    ended_at = @endedAt
                WHERE id = @Id
                """,
                new { mail.Id, state, error, nextAt, endedAt = nextAt is null ? time.GetUtcNow() : (DateTimeOffset?)null },
                token),
            cancellationToken);

    private sealed record DueMail
    {
        public long Id { get; init; }

        public string Key { get; init; } = "";

        public string Recipients { get; init; } = "[]";

        public string Subject { get; init; } = "";

        public string Text { get; init; } = "";

        public string Html { get; init; } = "";

        public string Attachments { get; init; } = "[]";

        public int Attempts { get; init; }

        public DateTimeOffset CreatedAt { get; init; }

        public OutgoingMail ToOutgoing() => new(
            $"{Key.Replace('/', '.')}.{CreatedAt.ToUnixTimeMilliseconds()}@carrier-optimizer",
            JsonSerializer.Deserialize<string[]>(Recipients) ?? [],
            Subject,
            Text,
            Html,
            JsonSerializer.Deserialize<MailAttachment[]>(Attachments) ?? []);
    }
}
