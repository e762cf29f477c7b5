using System.Collections.Concurrent;
using CarrierOptimization.Adapters.Credentials;
using CarrierOptimization.Pipeline.Carrier;
using CarrierOptimization.Pipeline.Providers;
using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Adapters.Jasper;

/// <summary>One client per carrier account, made at its first use and kept: it holds the account's gate and circuit.</summary>
public sealed class JasperCarriers(
    ProviderStore providers, CredentialVault vault, TimeProvider time, ILogger<JasperClient> log) : IDisposable
{
    private readonly ConcurrentDictionary<(long ProviderId, string Settings), Lazy<Account>> _accounts = new();

    /// <summary>What was asked of the carriers so far, by the number of the provider.</summary>
    public IReadOnlyDictionary<long, CarrierCallCounts> CallCounts => _accounts
        .Where(account => account.Value.IsValueCreated)
        .GroupBy(account => account.Key.ProviderId, account => account.Value.Value.Client.CallCounts)
        .ToDictionary(group => group.Key, group => group.Last());

    /// <summary>The client of a provider, as <see cref="CarrierOf"/> asks for it.</summary>
    public async ValueTask<ICarrier> OfAsync(long providerId, ProviderSettings settings, CancellationToken cancellationToken)
    {
        StoredProvider provider = await providers.FindAsync(providerId, cancellationToken)
            ?? throw new CarrierException(CarrierFailure.NotAllowed, $"Provider {providerId} is not there any more.");

        // Other credentials or another address are another account.
        string key = $"{settings.BaseAddress}|{settings.CallsPerSecond}|{settings.CallsInFlight}|{provider.Credentials}";
        return _accounts.GetOrAdd((providerId, key), _ => new Lazy<Account>(() => Open(provider, settings))).Value.Client;
    }

    public void Dispose()
    {
        foreach (Lazy<Account> account in _accounts.Values.Where(account => account.IsValueCreated))
        {
            account.Value.Client.Dispose();
            account.Value.Gate.Dispose();
        }
    }

    private Account Open(StoredProvider provider, ProviderSettings settings)
    {
        try
        {
            CarrierCredentials credentials = vault.Open(provider.Name, provider.Credentials);
            var gate = new InProcessCallGate(settings.CallsInFlight, settings.CallsPerSecond, time);
            var options = new JasperOptions
            {
                BaseAddress = new Uri(settings.BaseAddress),
                UserName = credentials.UserName,
                ApiKey = credentials.ApiKey,
                AllowLoopback = settings.AllowLoopback,
                CallsPerSecond = settings.CallsPerSecond,
                CallsInFlight = settings.CallsInFlight,
                BytesPerMegabyte = settings.BytesPerMegabyte,
            };
            return new Account(new JasperClient(options, gate, time, log), gate);
        }
        catch (Exception mistake) when (mistake is CredentialException or ArgumentException)
        {
            throw new CarrierException(CarrierFailure.NotAllowed, mistake.Message, innerException: mistake);
        }
    }

    private sealed record Account(JasperClient Client, InProcessCallGate Gate);
}
