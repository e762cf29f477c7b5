using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using CarrierOptimization.Simulator.Carrier;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace CarrierOptimization.Simulator.Amop;

/// <summary>The token endpoint (OAuth 2.0 client credentials) and the check of bearer tokens.</summary>
internal sealed class IssuedTokens(AmopSimulatorOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _expiryOf = [];
    private ulong _issued;

    /// <summary>Tokens given out since the start.</summary>
    public int Count => (int)Interlocked.Read(ref _issued);

    /// <summary>Whether a call carries a token that is good now.</summary>
    public bool Accepts(HttpRequest request)
    {
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization.ToString(), out AuthenticationHeaderValue? sent)
            || !sent.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
            || sent.Parameter is not { Length: > 0 } token)
        {
            return false;
        }

        lock (_gate)
        {
            return (options.Token.Length > 0 && token == options.Token)
                || (_expiryOf.TryGetValue(token, out DateTimeOffset expiry) && time.GetUtcNow() < expiry);
        }
    }

    /// <summary>Takes back every token given out, as when keys are changed on the other side.</summary>
    public void Revoke()
    {
        lock (_gate)
        {
            _expiryOf.Clear();
        }
    }

    /// <summary>Answers a call of <c>/oauth/token</c>.</summary>
    public IResult Issue(HttpRequest request, IFormCollection form)
    {
        if (form["grant_type"] != "client_credentials")
        {
            return Results.Json(new { error = "unsupported_grant_type" }, statusCode: 400);
        }

        (string id, string secret) = CredentialsOf(request, form);
        if (options.OAuthClient is not { } client || id != client.Id || secret != client.Secret)
        {
            return Results.Json(new { error = "invalid_client" }, statusCode: 401);
        }

        lock (_gate)
        {
            _issued++;
            string token = "token-" + Scatter.Bits(_issued, Scatter.OfText(client.Secret)).ToString("x16", CultureInfo.InvariantCulture);
            _expiryOf[token] = time.GetUtcNow() + client.TokenLifetime;
            return Results.Json(new
            {
                access_token = token,
                token_type = "Bearer",
                expires_in = (int)client.TokenLifetime.TotalSeconds,
            });
        }
    }

    private static (string Id, string Secret) CredentialsOf(HttpRequest request, IFormCollection form)
    {
        if (AuthenticationHeaderValue.TryParse(request.Headers.Authorization.ToString(), out AuthenticationHeaderValue? sent)
            && sent.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
        {
            byte[] bytes = new byte[sent.Parameter?.Length ?? 0];
            if (Convert.TryFromBase64String(sent.Parameter ?? "", bytes, out int length))
            {
                string[] parts = Encoding.ASCII.GetString(bytes, 0, length).Split(':', 2);
                return (System.Net.WebUtility.UrlDecode(parts[0]), parts.Length == 2 ? System.Net.WebUtility.UrlDecode(parts[1]) : "");
            }
        }

        return (One(form["client_id"]), One(form["client_secret"]));
    }

    private static string One(StringValues values) => values.Count == 1 ? values.ToString() : "";
}
