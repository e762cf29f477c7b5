using System.CommandLine;
using CarrierOptimization.Cli;
using CarrierOptimization.Cli.Demo;
using CarrierOptimization.Cli.Installations;
using CarrierOptimization.Cli.Providers;
using CarrierOptimization.Cli.Sessions;

return await CommandTree.RunAsync(args, Console.Out, Console.Error, CancellationToken.None);

namespace CarrierOptimization.Cli
{
    /// <summary>All commands of <c>cco</c>, one file each, and what happens around them.</summary>
    public static class CommandTree
    {
        /// <summary>Runs one command line as the shell would.</summary>
        /// <returns>One of <see cref="ExitCode"/>.</returns>
        public static async Task<int> RunAsync(
            string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken)
        {
            ParseResult command = Create().Parse(args);
            if (command.Errors.Count > 0 && command.Action is System.CommandLine.Invocation.ParseErrorAction)
            {
                foreach (string message in command.Errors.Select(mistake => mistake.Message).Distinct())
                {
                    await error.WriteLineAsync("cco: " + message);
                }

                await error.WriteLineAsync($"\"cco {command.CommandResult.Command.Name} --help\" shows what can be said."
                    .Replace("cco cco", "cco", StringComparison.Ordinal));
                return ExitCode.BadInput;
            }

            var configuration = new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TimeSpan.FromSeconds(10),
            };
            try
            {
                return await command.InvokeAsync(configuration, cancellationToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                await error.WriteLineAsync("cco: internal error, which is a bug; please report it with these lines:");
                await error.WriteLineAsync(failure.ToString());
                return ExitCode.InternalError;
            }
        }

        private static RootCommand Create() => new("Carrier Optimizer: the cheapest rate plan for every SIM, with proof.")
        {
            OptimizeCommand.Create(),
            GenerateCommand.Create(),
            DemoCommand.Create(),
            RunCommand.Create(),
            WorkerCommand.Create(),
            SessionsCommand.Create(),
            SessionCommand.Create(),
            CancelCommand.Create(),
            DeliverCommand.Create(),
            ReportCommand.Create(),
            VerifyCommand.Create(),
            ProvidersCommand.Create(),
            PlansCommand.Create(),
            MigrateCommand.Create(),
            ConfigCommand.Create(),
            SimulateCommand.Create(),
            // One line per command; each is a file of its own with a Create().
        };
    }
}
