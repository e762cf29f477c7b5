using CarrierOptimization.Pipeline.GetDevices;
using CarrierOptimization.Pipeline.GroupDevices;
using CarrierOptimization.Pipeline.OptimizerCleanup;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.QueueCarrierPlanOptimization;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Sessions;
using CarrierOptimization.Pipeline.SimCardCostOptimizer;
using CarrierOptimization.Pipeline.Storage;
using Microsoft.Extensions.DependencyInjection;
using CleanupStage = CarrierOptimization.Pipeline.OptimizerCleanup.OptimizerCleanup;
using GetDevicesStage = CarrierOptimization.Pipeline.GetDevices.GetDevices;
using GroupDevicesStage = CarrierOptimization.Pipeline.GroupDevices.GroupDevices;
using OptimizerStage = CarrierOptimization.Pipeline.SimCardCostOptimizer.SimCardCostOptimizer;
using QueueStage = CarrierOptimization.Pipeline.QueueCarrierPlanOptimization.QueueCarrierPlanOptimization;

namespace CarrierOptimization.Pipeline;

/// <summary>Puts the pipeline together. Hosts add what they talk to with <c>AddAdapters</c>.</summary>
public static class PipelineServices
{
    /// <summary>Adds stages, runner, workers, deliveries and watchdog on a database.</summary>
    /// <remarks>
    /// Also needed: logging, <see cref="TimeProvider"/>, and the outside: carriers, triggers, mail, files, formats of reports.
    /// </remarks>
    public static IServiceCollection AddPipeline(this IServiceCollection services, Database database, RunningOptions options) =>
        services
            .AddSingleton(database)
            .AddSingleton(options)
            .AddSingleton(new QueueOptions())
            .AddSingleton(new SyncOptions())
            .AddSingleton(new OptimizerCleanupOptions())
            .AddSingleton<QueueStage>()
            .AddSingleton<GetDevicesStage>()
            .AddSingleton<GroupDevicesStage>()
            .AddSingleton<OptimizerStage>()
            .AddSingleton<CleanupStage>()
            .AddSingleton(stages => new StageRegistry()
                .Add<StartOptimization>(stages.GetRequiredService<QueueStage>())
                .Add<SyncDevices>(stages.GetRequiredService<GetDevicesStage>())
                .Add<FormGroups>(stages.GetRequiredService<GroupDevicesStage>())
                .Add<OptimizeComponent>(stages.GetRequiredService<OptimizerStage>())
                .Add<CleanUp>(stages.GetRequiredService<CleanupStage>()))
            .AddSingleton<MessageQueue>()
            .AddSingleton<OutboxWriter>()
            .AddSingleton<StageRunner>()
            .AddSingleton<WorkSignal>()
            .AddSingleton<MessageWorker>()
            .AddSingleton<TriggerDelivery>()
            .AddSingleton<MailDelivery>()
            .AddSingleton<Watchdog>()
            .AddSingleton<PipelineHost>()
            .AddSingleton<Scheduler>()
            .AddSingleton<StartAnswers>()
            .AddSingleton<CancelSession>()
            .AddSingleton<DeadLetters>()
            .AddSingleton<SessionQueries>()
            .AddSingleton<ProviderStore>();
}
