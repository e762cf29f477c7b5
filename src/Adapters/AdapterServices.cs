using CarrierOptimization.Adapters.Amop;
using CarrierOptimization.Adapters.Credentials;
using CarrierOptimization.Adapters.Files;
using CarrierOptimization.Adapters.Jasper;
using CarrierOptimization.Adapters.Smtp;
using CarrierOptimization.Pipeline.Carrier;
using CarrierOptimization.Pipeline.Mail;
using CarrierOptimization.Pipeline.Reports;
using CarrierOptimization.Pipeline.Triggers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Adapters;

/// <summary>What the adapters of an installation are told.</summary>
public sealed record AdapterSettings
{
    /// <summary>Folder of this installation: keys, reports, and what has no receiver outside.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Receiver of triggers; <c>null</c>: they are written to the folder <c>triggers</c>.</summary>
    public AmopOptions? Amop { get; init; }

    /// <summary>Mail server; <c>null</c>: mails are written to the folder <c>mails</c>.</summary>
    public SmtpOptions? Smtp { get; init; }

    /// <summary>Sender of mails that are written to the folder.</summary>
    public string MailFrom { get; init; } = new SmtpOptions().From;
}

/// <summary>Connects the pipeline with the outside world.</summary>
public static class AdapterServices
{
    /// <summary>Adds carriers, receivers of triggers and mails, and the store of report files.</summary>
    /// <exception cref="ArgumentException">A setting can't be used; the message says which.</exception>
    public static IServiceCollection AddAdapters(this IServiceCollection services, AdapterSettings settings) =>
        services
            .AddSingleton(new CredentialVault(settings.DataFolder))
            .AddSingleton<JasperCarriers>()
            .AddSingleton<CarrierOf>(provider => provider.GetRequiredService<JasperCarriers>().OfAsync)
            .AddSingleton<ITriggerSender>(provider => settings.Amop is { } amop
                ? new AmopSender(
                    amop, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<AmopSender>>())
                : new FolderTriggerSender(Path.Combine(settings.DataFolder, "triggers")))
            .AddSingleton<IMailer>(provider => settings.Smtp is { } smtp
                ? new SmtpMailer(smtp, provider.GetRequiredService<TimeProvider>())
                : new FolderMailer(
                    Path.Combine(settings.DataFolder, "mails"), settings.MailFrom, provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<IFileStore>(new FolderFileStore(Path.Combine(settings.DataFolder, "reports")))
            .AddSingleton(ReportFormats.All);
}
