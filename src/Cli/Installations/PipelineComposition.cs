using CarrierOptimization.Adapters;
using CarrierOptimization.Adapters.Amop;
using CarrierOptimization.Adapters.Smtp;
using CarrierOptimization.Pipeline;
using CarrierOptimization.Pipeline.Mail;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Triggers;
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
        services.AddAdapters(new AdapterSettings
        {
            DataFolder = settings.Data,
            Amop = AmopOf(settings),
            Smtp = SmtpOf(settings),
            MailFrom = settings.Value(InstallationSettings.MailFrom),
        });
        ServiceProvider made = services.BuildServiceProvider();
        try
        {
            // Made now, so that a setting that can't be used is said before anything begins.
            made.GetRequiredService<ITriggerSender>();
            made.GetRequiredService<IMailer>();
            return made;
        }
        catch (ArgumentException mistake)
        {
            made.Dispose();
            // .NET appends the name of the parameter, which says nothing to a person.
            int parameter = mistake.Message.IndexOf(" (Parameter '", StringComparison.Ordinal);
            throw new SettingException(parameter < 0 ? mistake.Message : mistake.Message[..parameter]);
        }
    }

    private static AmopOptions? AmopOf(InstallationSettings settings) =>
        settings.Value(InstallationSettings.AmopEndpoint) is { Length: > 0 } endpoint
            ? new AmopOptions
            {
                Endpoint = endpoint,
                ApiKey = settings.Value(InstallationSettings.AmopKey),
                TokenEndpoint = settings.Value(InstallationSettings.AmopTokenEndpoint),
                ClientId = settings.Value(InstallationSettings.AmopClientId),
                ClientSecret = settings.Value(InstallationSettings.AmopClientSecret),
                Scope = settings.Value(InstallationSettings.AmopScope),
            }
            : null;

    private static SmtpOptions? SmtpOf(InstallationSettings settings)
    {
        if (settings.Value(InstallationSettings.SmtpHost) is not { Length: > 0 } host)
        {
            return null;
        }

        string security = settings.Value(InstallationSettings.SmtpSecurity);
        return new SmtpOptions
        {
            Host = host,
            Port = settings.Number(InstallationSettings.SmtpPort, 1, 65_535),
            Security = Enum.TryParse(security, ignoreCase: true, out SmtpSecurity known) && Enum.IsDefined(known)
                ? known
                : throw new SettingException(
                    $"{InstallationSettings.SmtpSecurity} is \"{security}\"; expected StartTls, Tls or None."),
            User = settings.Value(InstallationSettings.SmtpUser),
            Password = settings.Value(InstallationSettings.SmtpPassword),
            From = settings.Value(InstallationSettings.MailFrom),
            CaFile = settings.Value(InstallationSettings.SmtpCaFile),
        };
    }
}
