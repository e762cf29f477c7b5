using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CarrierOptimization.Pipeline.Triggers;

namespace CarrierOptimization.Adapters.Amop;

/// <summary>The token that goes with every trigger: the fixed key, or one fetched with client credentials and kept.</summary>
internal sealed class BearerTokens(AmopOptions options, HttpClient client, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private Kept? _kept;

    /// <summary>A token that is not known to be bad.</summary>
    /// <param name="refused">The token that AMOP 2.0 just refused; <c>null</c> at first.</param>
    /// <exception cref="TriggerException">The token endpoint gives none.</exception>
    public async Task<string> GetAsync(string? refused, CancellationToken cancellationToken)
    {
        if (!options.UsesOAuth)
        {
            return options.ApiKey;
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_kept is not { } kept || kept.Token == refused || kept.RenewAt <= time.GetUtcNow())
            {
                _kept = null;
                _kept = kept = await FetchAsync(cancellationToken);
            }

            return kept.Token;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task<Kept> FetchAsync(CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Request();
        using HttpResponseMessage response =
            await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        AmopAnswer answer = await AmopAnswer.ReadAsync(response, time, cancellationToken);
        if (!answer.IsSuccess)
        {
            throw new TriggerException(
                $"The token endpoint of AMOP 2.0 answered {answer.Shown(options.ClientSecret)}. "
                + "Check client id, secret and scope.",
                answer.IsPermanent) { RetryAfter = answer.RetryAfter };
        }

        return Read(answer.Body, time.GetUtcNow()) ?? throw new TriggerException(
            "The token endpoint of AMOP 2.0 answered without a usable access_token; expected JSON as in RFC 6749, section 5.1. "
            + "Check its address.",
            isPermanent: false);
    }

    private HttpRequestMessage Request()
    {
        var form = new List<KeyValuePair<string, string>> { new("grant_type", "client_credentials") };
        if (options.Scope.Length > 0)
        {
            form.Add(new("scope", options.Scope));
        }

        var request = new HttpRequestMessage(HttpMethod.Post, options.TokenEndpoint);
        if (options.SecretInForm)
        {
            form.Add(new("client_id", options.ClientId));
            form.Add(new("client_secret", options.ClientSecret));
        }
        else
        {
            string pair = $"{FormEncoded(options.ClientId)}:{FormEncoded(options.ClientSecret)}";
            request.Headers.Authorization =
                new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(pair)));
        }

        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Content = new FormUrlEncodedContent(form);
        return request;
    }

    /// <summary>RFC 6749, section 2.3.1: id and secret are form-encoded before they are joined.</summary>
    private static string FormEncoded(string value) => Uri.EscapeDataString(value).Replace("%20", "+", StringComparison.Ordinal);

    private Kept? Read(string json, DateTimeOffset now)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("access_token", out JsonElement token)
                || token.ValueKind != JsonValueKind.String
                || token.GetString() is not { Length: > 0 } value
                || value.Any(letter => letter is <= ' ' or >= '\x7f'))
            {
                return null;
            }

            TimeSpan lifetime = root.TryGetProperty("expires_in", out JsonElement expires) && SecondsOf(expires) is { } seconds
                ? TimeSpan.FromSeconds(seconds)
                : options.TokenLifetime;

            // A token that lives no longer than the renewal is still used for half its life.
            TimeSpan renewal = lifetime / 2 < options.TokenRenewal ? lifetime / 2 : options.TokenRenewal;
            return new Kept(value, now + lifetime - renewal);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Some servers write the number as text.</summary>
    private static int? SecondsOf(JsonElement expires) => expires.ValueKind switch
    {
        JsonValueKind.Number when expires.TryGetInt32(out int number) && number > 0 => number,
        JsonValueKind.String when int.TryParse(expires.GetString(), out int number) && number > 0 => number,
        _ => null,
    };

    private sealed record Kept(string Token, DateTimeOffset RenewAt);
}
