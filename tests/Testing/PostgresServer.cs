using System.Diagnostics;
using System.Globalization;

namespace Ringwright.Testing;

/// <summary>
/// A PostgreSQL server of our own in a temporary folder, on a free loopback port. A shell stands between: when the test process ends,
/// however it ends, the shell's input ends with it, and server and folder go.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "ringwright", NobodyId = "65534";

    // Durability of the test's own server is nobody's concern, so nothing waits for the disk, and what lives for moments is never tidied.
    // A killed process tears no page, so that none is logged whole, and no query is worth compiling for tables of a few rows.
    private const string Script = """
        bin=$1 folder=$2 port=$3
        start() {
          "$bin/pg_ctl" start -s -w -t 60 -D "$folder/data" -l "$folder/log" -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories= -c fsync=off -c full_page_writes=off -c jit=off -c autovacuum=off -c max_connections=300 -c shared_buffers=32MB -c max_wal_size=256MB" >>"$folder/log" 2>&1 </dev/null
        }
        "$bin/initdb" --no-sync -D "$folder/data" -U "$4" --auth=trust --encoding=UTF8 >>"$folder/log" 2>&1 && start && echo started
        while read -r what how; do
          case $what in
            start) start && echo started ;;
            stop) "$bin/pg_ctl" stop -s -w -m "$how" -D "$folder/data" >>"$folder/log" 2>&1 && echo stopped ;;
          esac
        done
        "$bin/pg_ctl" stop -s -w -m immediate -D "$folder/data" >/dev/null 2>&1
        rm -rf "$folder"
        """;

    private static readonly Lazy<Task<PostgresServer>> OfThisRun = new(StartAsync);

    private readonly string _binaries;
    private readonly TempFolder _folder;
    private readonly Process _shell;
    private readonly int _port;
    private int _databases;

    private PostgresServer(string binaries, TempFolder folder, Process shell, int port) =>
        (_binaries, _folder, _shell, _port) = (binaries, folder, shell, port);

    /// <summary>The one that the tests of this process share. Skips the test where PostgreSQL is not installed.</summary>
    public static Task<PostgresServer> SharedAsync()
    {
        Tool.Require("postgres");
        return OfThisRun.Value;
    }

    /// <summary>One that a test may stop and start.</summary>
    public static async Task<PostgresServer> StartAsync()
    {
        Tool.Require("postgres");
        string program = Tool.Find("postgres")!; // required above
        string binaries = Path.GetDirectoryName(File.ResolveLinkTarget(program, returnFinalTarget: true)?.FullName ?? program)!;
        var folder = TempFolder.Quick();
        int port = FreePort.Tcp();
        FreePort.Keep(port);
        List<string> command = ["sh", "-c", Script, "postgres", binaries, folder.Path, port.ToString(CultureInfo.InvariantCulture), User];
        if (Environment.IsPrivilegedProcess)
        {
            // The server refuses to run as root.
            await RunAsync("chown", [$"{NobodyId}:{NobodyId}", folder.Path]);
            command.InsertRange(0, ["setpriv", "--reuid", NobodyId, "--regid", NobodyId, "--clear-groups"]);
        }
        var shell = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = "/"
        })!;
        var server = new PostgresServer(binaries, folder, shell, port);
        await server.ExpectAsync("started");
        return server;
    }

    /// <summary>Makes a database.</summary>
    /// <param name="template">The address of one that it is a copy of and that nobody is connected to; without one it is empty.</param>
    /// <returns>As <c>serve --database</c> takes it.</returns>
    public async Task<string> CreateDatabaseAsync(string? template = null)
    {
        string name = $"test{Interlocked.Increment(ref _databases)}";
        await RunAsync(Path.Combine(_binaries, "createdb"),
            [.. Where, "--template", template is null ? "template0" : NameOf(template), name]);
        return $"postgres://{User}:not-a-secret@127.0.0.1:{_port}/{name}";
    }

    /// <summary>Throws out whoever is connected.</summary>
    public Task DropDatabaseAsync(string url) =>
        RunAsync(Path.Combine(_binaries, "dropdb"), [.. Where, "--force", "--if-exists", NameOf(url)]);

    /// <param name="mode">"fast" ends the sessions and leaves everything in order; "immediate" is a crash.</param>
    public async Task StopAsync(string mode = "fast")
    {
        await _shell.StandardInput.WriteLineAsync($"stop {mode}");
        await ExpectAsync("stopped");
    }

    /// <summary>kill -9 of all its processes; <see cref="StartAgainAsync"/> recovers what they left.</summary>
    public async Task KillAsync()
    {
        var processes = Processes();
        await SignalAsync("-KILL", processes);
        while (processes.Exists(IsAlive)) await Task.Delay(TimeSpan.FromMilliseconds(10));
    }

    /// <summary>
    /// All its processes stand still, and the kernel goes on taking connections for them, until what is given back is disposed of.
    /// </summary>
    public async Task<IAsyncDisposable> FreezeAsync()
    {
        List<int> frozen = [];
        // The first one makes no more of them when it stands still.
        for (var processes = Processes(); processes.Count > frozen.Count; processes = Processes())
            await SignalAsync("-STOP", frozen = processes);
        return new Thaw(frozen);
    }

    private sealed class Thaw(List<int> frozen) : IAsyncDisposable
    {
        private bool _isDone;

        public async ValueTask DisposeAsync()
        {
            if (!_isDone) await SignalAsync("-CONT", frozen);
            _isDone = true;
        }
    }

    /// <summary>The server's first process and its children.</summary>
    private List<int> Processes()
    {
        int first = int.Parse(File.ReadLines(Path.Combine(_folder.Path, "data", "postmaster.pid")).First(), CultureInfo.InvariantCulture);
        return [first, .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _))
            .Select(name => int.Parse(name!, CultureInfo.InvariantCulture)).Where(process => ParentOf(process) == first)];
    }

    /// <returns>0 when it is gone.</returns>
    private static int ParentOf(int process)
    {
        try
        {
            // The name stands in parentheses, and may hold anything; behind it come the state and the parent.
            string text = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
                CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Whoever has ended and was not asked for its exit code yet is not.</summary>
    private static bool IsAlive(int process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static Task SignalAsync(string signal, List<int> processes) =>
        RunAsync("kill", [signal, .. processes.Select(process => process.ToString(CultureInfo.InvariantCulture))]);

    /// <summary>It restarts as a standby, or as the first server again.</summary>
    public async Task RestartAsync(bool asStandby)
    {
        await StopAsync();
        string signal = Path.Combine(_folder.Path, "data", "standby.signal");
        if (asStandby) await File.WriteAllTextAsync(signal, "");
        else File.Delete(signal);
        await StartAgainAsync();
    }

    public async Task StartAgainAsync()
    {
        await _shell.StandardInput.WriteLineAsync("start");
        await ExpectAsync("started");
    }

    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
        _folder.Dispose();
    }

    private static string NameOf(string url) => new Uri(url).AbsolutePath[1..];

    private string[] Where => ["--host", "127.0.0.1", "--port", _port.ToString(CultureInfo.InvariantCulture), "--username", User];

    private async Task ExpectAsync(string word)
    {
        string? said = await _shell.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(2));
        if (said != word)
            throw new InvalidOperationException(
                $"PostgreSQL did not say '{word}' but '{said}': {await File.ReadAllTextAsync(_folder.File("log"))}");
    }

    private static async Task RunAsync(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program}: {errors}");
    }
}
