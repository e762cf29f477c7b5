using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using MimeKit;
using Xunit;

namespace CarrierOptimization.Adapters.Tests.Smtp;

/// <summary>A mail that the server took.</summary>
internal sealed record TakenMail(string From, string[] To, bool IsEncrypted, string? User, string Content)
{
    public MimeMessage Read() => MimeMessage.Load(new MemoryStream(Convert.FromBase64String(Content)));

    /// <summary>The headers as they travelled.</summary>
    public string Raw() => Encoding.UTF8.GetString(Convert.FromBase64String(Content));
}

/// <summary>A real mail server, aiosmtpd, in a process of its own on a free port. See smtp_server.py.</summary>
internal sealed class RunningMailServer : IAsyncDisposable
{
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Channel<TakenMail> _taken = Channel.CreateUnbounded<TakenMail>();
    private readonly Task _reading;

    private RunningMailServer(Process process, int port)
    {
        _process = process;
        Port = port;
        _reading = ReadAsync();
    }

    public int Port { get; }

    public static async Task<RunningMailServer> StartAsync(params string[] arguments)
    {
        Process process = Start(await PythonAsync(), [ScriptPath, .. arguments]);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(StartWithin);
        string? line = await process.StandardOutput.ReadLineAsync(limit.Token);
        if (line is null || !line.StartsWith("port ", StringComparison.Ordinal))
        {
            throw new InvalidOperationException(
                $"The mail server did not start: {line} {await process.StandardError.ReadToEndAsync(limit.Token)}");
        }

        return new RunningMailServer(process, int.Parse(line.AsSpan(5), System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>The next mail it took.</summary>
    public async Task<TakenMail> NextAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(StartWithin);
        return await _taken.Reader.ReadAsync(limit.Token);
    }

    /// <summary>Ends the server; what it took and nobody asked for.</summary>
    public async Task<IReadOnlyList<TakenMail>> StopAsync()
    {
        _process.StandardInput.Close();
        await _reading;
        return await _taken.Reader.ReadAllAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        await _reading;
        _process.Dispose();
    }

    /// <summary>Reads while the server writes: a big mail is more than a pipe holds.</summary>
    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
        {
            _taken.Writer.TryWrite(JsonSerializer.Deserialize<TakenMail>(line)!);
        }

        _taken.Writer.Complete();
    }

    private static string ScriptPath => Path.Combine(AppContext.BaseDirectory, "Smtp", "smtp_server.py");

    /// <summary>A python that has aiosmtpd: that of the system's package, or the one on the path.</summary>
    private static async Task<string> PythonAsync()
    {
        foreach (string python in new[] { "/usr/bin/python3", "python3" })
        {
            try
            {
                using Process asked = Start(python, ["-c", "import aiosmtpd"]);
                await asked.WaitForExitAsync(TestContext.Current.CancellationToken);
                if (asked.ExitCode == 0)
                {
                    return python;
                }
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // Not there.
            }
        }

        throw new InvalidOperationException(
            "No python3 with aiosmtpd; run ./test, which installs it, or \"apt-get install python3-aiosmtpd\".");
    }

    private static Process Start(string program, string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
