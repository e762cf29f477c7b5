using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Cli.Installations;

/// <summary>Where the pipeline's log lines go: to standard error when asked for, else nowhere.</summary>
internal static class PipelineLogs
{
    public static readonly Option<string?> Level = new("--log")
    {
        Description = "Print log lines from this level on to standard error: Trace, Debug, Information, Warning, Error.",
        HelpName = "LEVEL",
    };

    /// <exception cref="SettingException">The level is not known.</exception>
    public static ILoggerFactory Create(ParseResult parsed)
    {
        string? text = parsed.GetValue(Level);
        if (text is null)
        {
            return LoggerFactory.Create(_ => { });
        }

        return Enum.TryParse(text, ignoreCase: true, out LogLevel level) && Enum.IsDefined(level)
            ? LoggerFactory.Create(builder => builder
                .SetMinimumLevel(level)
                .AddSimpleConsole(console =>
                {
                    console.SingleLine = true;
                    console.TimestampFormat = "HH:mm:ss.fff ";
                })
                .Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
                    console => console.LogToStandardErrorThreshold = LogLevel.Trace))
            : throw new SettingException($"--log {text}: expected one of {string.Join(", ", Enum.GetNames<LogLevel>())}.");
    }
}
