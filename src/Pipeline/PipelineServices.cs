using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Sessions;
using CarrierOptimization.Pipeline.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace CarrierOptimization.Pipeline;

/// <summary>Puts the pipeline together. Hosts add what they talk to with <c>AddAdapters</c>.</summary>
public static class PipelineServices
{
    /// <summary>Adds stages, runner, workers, deliveries and watchdog on a database.</summary>
    /// <remarks>Also needed: logging, <see cref="TimeProvider"/>, and the outside: carriers, triggers, mail, files.</remarks>
    public static IServiceCollection AddPipeline(this IServiceCollection services, Database database, RunningOptions options) =>
        services
            .AddSingleton(database)
            .AddSingleton(options)
            .AddSingleton<MessageQueue>()
            .AddSingleton<OutboxWriter>()
            .AddSingleton<StageRunner>()
            .AddSingleton<WorkSignal>()
            .AddSingleton<MessageWorker>()
            .AddSingleton<TriggerDelivery>()
            .AddSingleton<MailDelivery>()
            .AddSingleton<Watchdog>()
            .AddSingleton<PipelineHost>()
            .AddSingleton<SessionQueries>()
            .AddSingleton<ProviderStore>();
}
