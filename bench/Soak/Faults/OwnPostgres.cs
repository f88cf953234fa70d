using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Ringwright.Bench.Machine;

namespace Ringwright.Bench.Soak.Faults;

/// <summary>
/// A PostgreSQL server of the run's own, which faults may stop and start. A shell stands between: when this process ends, however it ends,
/// the shell's input ends with it, and server and folder go.
/// </summary>
internal sealed class OwnPostgres : IAsyncDisposable
{
    /// <summary>What <c>--database</c> says for one.</summary>
    public const string Word = "postgres";

    private const string User = "ringwright", NobodyId = "65534", Debian = "/usr/lib/postgresql";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private const string Script = """
        bin=$1 folder=$2 port=$3
        start() {
          "$bin/pg_ctl" start -s -w -t 60 -D "$folder/data" -l "$folder/log" -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories= -c shared_buffers=32MB" >>"$folder/log" 2>&1 </dev/null
        }
        "$bin/initdb" --no-sync -D "$folder/data" -U "$4" --auth=trust --encoding=UTF8 >>"$folder/log" 2>&1 && start && "$bin/createdb" -h 127.0.0.1 -p "$port" -U "$4" soak >>"$folder/log" 2>&1 && echo started
        while read -r what how; do
          case $what in
            start) start && echo started ;;
            stop) "$bin/pg_ctl" stop -s -w -m "$how" -D "$folder/data" >>"$folder/log" 2>&1 && echo stopped ;;
          esac
        done
        "$bin/pg_ctl" stop -s -w -m immediate -D "$folder/data" >/dev/null 2>&1
        rm -rf "$folder"
        """;

    private readonly Process _shell;
    private readonly string _folder;
    private readonly int _port;

    private OwnPostgres(Process shell, string folder, int port) => (_shell, _folder, _port) = (shell, folder, port);

    /// <summary>As <c>serve --database</c> takes it.</summary>
    public string Url => $"postgres://{User}:not-a-secret@127.0.0.1:{_port}/soak";

    /// <summary>The server's processes as they are now.</summary>
    public ProcessTree Tree =>
        new(int.Parse(File.ReadLines(Path.Combine(_folder, "data", "postmaster.pid")).First(), CultureInfo.InvariantCulture));

    /// <summary>The database by its driver alone.</summary>
    public DbConnection Connect()
    {
        var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={_port};Username={User};Password=not-a-secret;Database=soak");
        connection.Open();
        return connection;
    }

    /// <exception cref="BenchFailure">PostgreSQL is not installed, or does not start.</exception>
    public static async Task<OwnPostgres> StartAsync()
    {
        string binaries = Directory.Exists(Debian) ? Directory.EnumerateDirectories(Debian).Select(d => Path.Combine(d, "bin"))
            .FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb"))) ?? "" : "";
        if (binaries.Length == 0) throw new BenchFailure("PostgreSQL is not installed: apt-get install postgresql");
        string folder = Directory.CreateTempSubdirectory("ringwright-soak-").FullName;
        int port = FreePorts.One();
        List<string> command = ["sh", "-c", Script, "postgres", binaries, folder, port.ToString(CultureInfo.InvariantCulture), User];
        if (Environment.IsPrivilegedProcess)
        {
            // The server refuses to run as root.
            using var chown = Process.Start("chown", [$"{NobodyId}:{NobodyId}", folder]);
            await chown.WaitForExitAsync();
            command.InsertRange(0, ["setpriv", "--reuid", NobodyId, "--regid", NobodyId, "--clear-groups"]);
        }
        var shell = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = "/"
        }) ?? throw new BenchFailure("sh did not start");
        var server = new OwnPostgres(shell, folder, port);
        await server.ExpectAsync("started");
        return server;
    }

    /// <summary>Stops it, with order or as a crash would, and starts it again after a while.</summary>
    public async Task RestartAsync(bool isCrash, TimeSpan gone, CancellationToken stop)
    {
        await _shell.StandardInput.WriteLineAsync($"stop {(isCrash ? "immediate" : "fast")}");
        await ExpectAsync("stopped");
        try
        {
            await Task.Delay(gone, stop);
        }
        finally
        {
            await _shell.StandardInput.WriteLineAsync("start");
            await ExpectAsync("started");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private async Task ExpectAsync(string word)
    {
        string? said = await _shell.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        if (said != word) throw new BenchFailure($"PostgreSQL did not say '{word}' but '{said}'");
    }
}
