using CarrierOptimization.Adapters.Credentials;
using CarrierOptimization.Adapters.Jasper;
using CarrierOptimization.Pipeline.Carrier;
using Microsoft.Extensions.DependencyInjection;

namespace CarrierOptimization.Adapters;

/// <summary>Connects the pipeline with the outside world.</summary>
public static class AdapterServices
{
    /// <summary>Adds carriers and the vault of their credentials.</summary>
    /// <param name="dataFolder">Folder of this installation's keys.</param>
    public static IServiceCollection AddAdapters(this IServiceCollection services, string dataFolder) =>
        services
            .AddSingleton(new CredentialVault(dataFolder))
            .AddSingleton<JasperCarriers>()
            .AddSingleton<CarrierOf>(provider => provider.GetRequiredService<JasperCarriers>().OfAsync);
}
