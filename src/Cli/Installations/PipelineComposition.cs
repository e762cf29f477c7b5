using CarrierOptimization.Adapters;
using CarrierOptimization.Pipeline;
using CarrierOptimization.Pipeline.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Cli.Installations;

/// <summary>The pipeline of an installation, as the commands run it.</summary>
internal static class PipelineComposition
{
    /// <exception cref="SettingException">A setting can't be used.</exception>
    public static ServiceProvider Create(Installation installation, ILoggerFactory logs)
    {
        InstallationSettings settings = installation.Settings;
        var services = new ServiceCollection();
        services.AddSingleton(logs).AddSingleton(typeof(ILogger<>), typeof(Logger<>)).AddSingleton(installation.Time);
        services.AddPipeline(
            installation.Database, new RunningOptions { Workers = settings.Number(InstallationSettings.Workers, 1, 64) });
        services.AddAdapters(settings.Data);
        return services.BuildServiceProvider();
    }
}
