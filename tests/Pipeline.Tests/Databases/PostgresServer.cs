using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using CarrierOptimization.Pipeline.Storage;
using Npgsql;

namespace CarrierOptimization.Pipeline.Tests.Databases;

/// <summary>A real PostgreSQL server of the tests' own, in a temporary folder, started at the first use and stopped at the end.</summary>
internal static class PostgresServer
{
    private const string Template = "cco_template";

    private static readonly Lazy<Task<Running>> Started = new(StartAsync);

    /// <summary>A database of its own with the schema of the product.</summary>
    public static async Task<string> NewDatabaseAsync()
    {
        Running server = await Started.Value;
        string name = "t" + Guid.NewGuid().ToString("N");
        await ExecuteAsync(server.ConnectionString("postgres"), $"CREATE DATABASE {name} TEMPLATE {Template}");
        return server.ConnectionString(name);
    }

    /// <summary>Removes a database. All of them at the end would take longer than xunit lets a process that has run its tests live.</summary>
    public static async Task DropAsync(string connectionString)
    {
        Running server = await Started.Value;
        string name = new NpgsqlConnectionStringBuilder(connectionString).Database!;
        await ExecuteAsync(server.ConnectionString("postgres"), $"DROP DATABASE {name} WITH (FORCE)");
    }

    private static async Task<Running> StartAsync()
    {
        string bin = FindBinaries();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("cco-postgres-");
        int port = FreePort();
        var server = new Running(bin, folder.FullName, port);
        if (Environment.UserName == "root")
        {
            Run("chown", "-R", "postgres", folder.FullName);
        }

        server.AsServerUser("initdb", "-D", server.Data, "-A", "trust", "-U", "cco", "--no-sync", "-E", "UTF8", "--locale=C");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Stop();
        server.AsServerUser(
            "pg_ctl", "start", "-w", "-D", server.Data, "-l", Path.Combine(folder.FullName, "log"), "-o",
            $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder.FullName} -c fsync=off "
            + "-c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c shared_buffers=64MB");
        await ExecuteAsync(server.ConnectionString("postgres"), $"CREATE DATABASE {Template}");
        Database database = Database.Of(server.ConnectionString(Template));
        await Migrations.ApplyAsync(database, TimeProvider.System, CancellationToken.None);
        await database.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        return server;
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString + ";Pooling=false");
        await using NpgsqlCommand command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static string FindBinaries()
    {
        string[] versions = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        return versions.Select(version => Path.Combine(version, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl")))
            ?? throw new InvalidOperationException("PostgreSQL is not installed; ./test installs it (apt-get install postgresql).");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void Run(string program, params string[] arguments)
    {
        // Nothing is redirected: the server inherits the handles and would keep a reader waiting.
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = "/" })!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with code {process.ExitCode}.");
        }
    }

    private sealed record Running(string Bin, string Folder, int Port)
    {
        public string Data => Path.Combine(Folder, "data");

        public string ConnectionString(string database) =>
            $"Host=127.0.0.1;Port={Port};Username=cco;Database={database};Maximum Pool Size=20";

        /// <summary>PostgreSQL refuses to be run by root.</summary>
        public void AsServerUser(string program, params string[] arguments)
        {
            string path = Path.Combine(Bin, program);
            string command = string.Join(' ', arguments.Prepend(path).Select(argument => $"'{argument}'")) + " >/dev/null 2>&1";
            if (Environment.UserName == "root")
            {
                Run("runuser", "-u", "postgres", "--", "sh", "-c", command);
            }
            else
            {
                Run("sh", "-c", command);
            }
        }

        /// <summary>Not waited for: xunit ends a process that does not end within seconds, and a busy disk takes longer.</summary>
        public void Stop()
        {
            string asUser = Environment.UserName == "root" ? "runuser -u postgres -- " : "";
            string stop = $"{asUser}'{Path.Combine(Bin, "pg_ctl")}' stop -m immediate -D '{Data}' >/dev/null 2>&1; rm -rf '{Folder}'";
            Process.Start(new ProcessStartInfo("sh", ["-c", stop]) { WorkingDirectory = "/" })!.Dispose();
        }
    }
}
