using CarrierOptimization.Pipeline.Providers;

namespace CarrierOptimization.Pipeline.Carrier;

/// <summary>The carrier of a provider: its client, with the provider's credentials. Composed at the top of the program.</summary>
/// <param name="settings">As frozen in the session.</param>
/// <returns>A client that lives as long as the program; callers don't dispose it.</returns>
/// <exception cref="CarrierException">
/// <see cref="CarrierFailure.NotAllowed"/> when the provider has no credentials, or they can't be read.
/// </exception>
public delegate ValueTask<ICarrier> CarrierOf(long providerId, ProviderSettings settings, CancellationToken cancellationToken);
