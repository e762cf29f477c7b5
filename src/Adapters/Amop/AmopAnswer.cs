using System.Net;
using System.Text;

namespace CarrierOptimization.Adapters.Amop;

/// <summary>What a server said, without what would be dangerous to show.</summary>
/// <param name="Body">Its first characters on one line.</param>
/// <param name="RetryAfter">From now; <c>null</c> when it did not say.</param>
internal readonly record struct AmopAnswer(HttpStatusCode Status, string Body, TimeSpan? RetryAfter)
{
    /// <summary>Enough for an OAuth token with many claims; a refusal is cut further for its message.</summary>
    private const int BodyCharactersMax = 32_768;

    private const int ShownCharactersMax = 200;

    public bool IsSuccess => (int)Status is >= 200 and <= 299;

    /// <summary>True for a refusal that no repetition will change.</summary>
    public bool IsPermanent => (int)Status is >= 400 and <= 499 && Status is not (
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests);

    /// <summary>True when the server, not the trigger, is the trouble.</summary>
    public bool IsOutage => (int)Status >= 500 || Status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests;

    public static async Task<AmopAnswer> ReadAsync(
        HttpResponseMessage response, TimeProvider time, CancellationToken cancellationToken)
    {
        await using Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var buffer = new char[BodyCharactersMax];
        int read = await reader.ReadBlockAsync(buffer, cancellationToken);
        return new AmopAnswer(response.StatusCode, new string(buffer, 0, read), RetryAfterOf(response, time));
    }

    /// <summary>Status and the beginning of the body, with every secret masked.</summary>
    public string Shown(params ReadOnlySpan<string> secrets)
    {
        string body = Body;
        foreach (string secret in secrets)
        {
            body = secret.Length > 0 ? body.Replace(secret, "***", StringComparison.Ordinal) : body;
        }

        string line = new([.. body.Take(ShownCharactersMax).Select(letter => char.IsControl(letter) ? ' ' : letter)]);
        return line.Trim() is { Length: > 0 } said ? $"{(int)Status}: {said}" : $"{(int)Status} ({Status})";
    }

    private static TimeSpan? RetryAfterOf(HttpResponseMessage response, TimeProvider time)
    {
        TimeSpan? asked = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => null,
        };
        return asked > TimeSpan.Zero ? asked : null;
    }
}
