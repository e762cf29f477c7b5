namespace CarrierOptimization.Adapters.Amop;

/// <summary>Where AMOP 2.0 is and how it is spoken to. See docs/amop.md.</summary>
public sealed record AmopOptions
{
    /// <summary>Where triggers are posted, <c>https://...</c>; plain HTTP to this machine only. <c>AMOP_API_ENDPOINT</c>.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>Bearer token; empty with OAuth. <c>AMOP_API_KEY</c>.</summary>
    public string ApiKey { get; init; } = "";

    /// <summary>Where OAuth tokens are fetched (client credentials, RFC 6749); empty with a key.</summary>
    public string TokenEndpoint { get; init; } = "";

    /// <summary>OAuth client; empty with a key.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>Secret of the OAuth client.</summary>
    public string ClientSecret { get; init; } = "";

    /// <summary>OAuth scope asked for; empty asks for none.</summary>
    public string Scope { get; init; } = "";

    /// <summary>True where the token endpoint wants id and secret in the form rather than in the Authorization header.</summary>
    public bool SecretInForm { get; init; }

    /// <summary>A token is fetched anew this long before it expires, 0 to 10 min.</summary>
    public TimeSpan TokenRenewal { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a token is used whose answer does not say when it expires, 1 s to 24 h.</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Limit of one attempt, fetching a token included, 1 to 60 s; a delivery's lease of 2 min must outlast it.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Attempts within <see cref="BreakerWindow"/> before failures can open the circuit, 2 to 1,000.</summary>
    public int BreakerAttempts { get; init; } = 5;

    /// <summary>Share of failed attempts that opens the circuit, in percent, 1 to 100.</summary>
    public int BreakerFailurePercent { get; init; } = 80;

    /// <summary>Attempts of this time are counted, 1 s to 10 min.</summary>
    public TimeSpan BreakerWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an open circuit refuses attempts before one is let through, 1 s to 10 min.</summary>
    public TimeSpan BreakerPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>True when tokens come from an OAuth server.</summary>
    public bool UsesOAuth => TokenEndpoint.Length > 0;

    /// <summary>Without secrets, so that the settings may be logged.</summary>
    public override string ToString() => $"AmopOptions {{ Endpoint = {Endpoint}, UsesOAuth = {UsesOAuth} }}";

    /// <summary>Every setting that can't be used, as sentences without secrets; empty when all is well.</summary>
    public IReadOnlyList<string> Mistakes()
    {
        var mistakes = new List<string>();
        CheckAddress(mistakes, nameof(Endpoint), Endpoint);
        CheckSignIn(mistakes);
        Check(mistakes, nameof(TokenRenewal), TokenRenewal, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        Check(mistakes, nameof(TokenLifetime), TokenLifetime, TimeSpan.FromSeconds(1), TimeSpan.FromHours(24));
        Check(mistakes, nameof(AttemptTimeout), AttemptTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        Check(mistakes, nameof(BreakerAttempts), BreakerAttempts, 2, 1_000);
        Check(mistakes, nameof(BreakerFailurePercent), BreakerFailurePercent, 1, 100);
        Check(mistakes, nameof(BreakerWindow), BreakerWindow, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Check(mistakes, nameof(BreakerPause), BreakerPause, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        return mistakes;
    }

    private void CheckSignIn(List<string> mistakes)
    {
        if (!UsesOAuth)
        {
            if (ApiKey.Length == 0)
            {
                mistakes.Add("ApiKey is empty; set AMOP_API_KEY, or TokenEndpoint, ClientId and ClientSecret for OAuth.");
            }
            else if (!ApiKey.All(char.IsAscii) || ApiKey.Any(letter => letter <= ' ' || letter == '\x7f'))
            {
                mistakes.Add("ApiKey has a space or a character that a header can't carry; copy the key again.");
            }

            if (ClientId.Length + ClientSecret.Length > 0)
            {
                mistakes.Add("ClientId or ClientSecret is set without TokenEndpoint; set all three for OAuth, or none.");
            }

            return;
        }

        CheckAddress(mistakes, nameof(TokenEndpoint), TokenEndpoint);
        if (ClientId.Length == 0 || ClientSecret.Length == 0)
        {
            mistakes.Add("TokenEndpoint is set without ClientId and ClientSecret; set all three for OAuth.");
        }

        if (ApiKey.Length > 0)
        {
            mistakes.Add("Both ApiKey and TokenEndpoint are set; expected one way to sign in.");
        }
    }

    private static void CheckAddress(List<string> mistakes, string name, string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? parsed) || parsed.Scheme is not ("https" or "http"))
        {
            mistakes.Add($"{name} is not an address; expected https://HOST/PATH.");
        }
        else if (parsed.UserInfo.Length > 0)
        {
            mistakes.Add($"{name} carries a user or a password; expected https://HOST/PATH without them.");
        }
        else if (parsed.Scheme == "http" && !parsed.IsLoopback)
        {
            mistakes.Add($"{name} is plain HTTP to {parsed.Host}; expected https://. Plain HTTP is for this machine only.");
        }
    }

    private static void Check<TValue>(List<string> mistakes, string name, TValue found, TValue min, TValue max)
        where TValue : IComparable<TValue>
    {
        if (found.CompareTo(min) < 0 || found.CompareTo(max) > 0)
        {
            mistakes.Add($"{name} is {found}; expected {min} to {max}.");
        }
    }
}
