using System.Diagnostics;
using Ringwright.Testing;

namespace Ringwright.Interop.Documents;

/// <summary>
/// Every document as somebody follows it who has just cloned the repository and built:
/// in a clone of its own, with the built program, and where this user may have it in a network of its own. There two run beside each other;
/// where he may not, one after the other on the machine's loopback.
/// </summary>
public sealed class DocumentRuns : IAsyncDisposable
{
    /// <summary>
    /// Of one document, so that one that waits for ever is told with what it waited for, and within the time of its suite.
    /// </summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private const string Longest = "README.md";

    /// <summary>A network and processes of its own: for root, and for whom the system lets be root in a space of his own.</summary>
    private static readonly string[][] Spaces =
    [
        ["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"],
        ["unshare", "--user", "--map-root-user", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"],
    ];

    /// <summary>Nobody else ends what a document leaves running, and the next one wants its ports.</summary>
    private const string Session = "ip link set lo up 2>/dev/null; bash \"$1\"; kill -KILL 0";

    private readonly string[]? _space = Spaces.FirstOrDefault(IsAllowed);
    private readonly SemaphoreSlim _places;
    private readonly TempFolder _folder = new();
    private readonly Task<string> _clone;
    private readonly Dictionary<string, Task<DocumentRun>> _runs;
    private readonly CancellationTokenSource _stop = new();

    public DocumentRuns()
    {
        _places = new(_space is null ? 1 : 2);
        _clone = Task.Run(CloneAsync);
        // The longest one first, and alone: its demo speaks sixty calls in real time, which another document's load would spoil.
        var first = Task.Run(() => RunAsync(Longest));
        _runs = Document.OfThisRun.ToDictionary(path => path, path => path == Longest ? first : Task.Run(() => RunAfterAsync(first, path)));
    }

    /// <summary>For people.</summary>
    public string Where => _space is null ? "on the machine's loopback" : string.Join(' ', _space);

    public Task<DocumentRun> OfAsync(string path) => _runs[path];

    private async Task<DocumentRun> RunAfterAsync(Task first, string path)
    {
        await first.ContinueWith(_ => { }, TaskScheduler.Default);
        return await RunAsync(path);
    }

    private async Task<DocumentRun> RunAsync(string path)
    {
        var document = Document.Read(path);
        if (!document.Blocks.Any(block => block.IsTyped || block.IsCompared)) return new("", 0, TimeSpan.Zero);
        await _places.WaitAsync(_stop.Token);
        var begun = Stopwatch.StartNew();
        try
        {
            using var folder = new TempFolder();
            string clone = Path.Combine(folder.Path, "ringwright"), output = Path.Combine(folder.Path, "out"),
                patterns = Path.Combine(folder.Path, "patterns"), script = Path.Combine(folder.Path, "session");
            Directory.CreateDirectory(output);
            Directory.CreateDirectory(patterns);
            await TakeAsync("cp -al \"$first\" \"$clone\" 2>/dev/null || cp -a \"$first/.\" \"$clone\"",
                ("first", await _clone), ("clone", clone));
            if (document.Begins is { } first) document = document with { Blocks = [.. Document.Read(first).Blocks, .. document.Blocks] };
            await File.WriteAllTextAsync(script, DocumentScript.Write(document, patterns), _stop.Token);
            var (status, text) = await RunAsync(["setsid", "--wait", .. _space ?? [], "sh", "-c", Session, "sh", script],
                clone, ("out", output));
            if (status is null) text = $"stopped after {Limit.TotalMinutes:0} minutes\n{LastWords(output)}";
            int blocks = Directory.GetFiles(output, Path.GetFileName(path) + ":*").Length;
            return new(File.Exists(Path.Combine(output, DocumentScript.End)) ? "" : $"it did not come to its end\n{text}",
                blocks, begun.Elapsed);
        }
        finally
        {
            _places.Release();
        }
    }

    private static string LastWords(string output) =>
        string.Join('\n', Directory.GetFiles(output).Order(StringComparer.Ordinal)
            .SelectMany(file => File.ReadLines(file).TakeLast(20).Prepend($"==> {Path.GetFileName(file)}")));

    /// <summary>
    /// The repository as it stands, what is not committed included, and the program as it is built. Each document gets this one's files by
    /// hard links, in a tenth of another clone's time: documents add files and change none.
    /// </summary>
    private async Task<string> CloneAsync()
    {
        const string Overlay = """
            set -e
            git clone --quiet --shared "$root" "$clone"
            cd "$root"
            { git diff --name-only -z --diff-filter=d HEAD; git ls-files -z --others --exclude-standard; } | xargs -0 -r cp --parents -t "$clone"
            git diff --name-only -z --diff-filter=D HEAD | (cd "$clone" && xargs -0 -r rm -f)
            mkdir -p "$clone/artifacts/bin"
            for part in Server Bench; do
              if [ -d "artifacts/bin/$part" ]; then cp -a "artifacts/bin/$part" "$clone/artifacts/bin"; fi
            done
            for part in stamp ahead; do
              if [ -d "artifacts/$part" ]; then cp -a "artifacts/$part" "$clone/artifacts"; fi
            done
            """;
        string clone = _folder.File("ringwright");
        await TakeAsync(Overlay, ("root", Repository.Root), ("clone", clone));
        // Else it would be compiled once more by whichever document calls what compiles.
        var (_, text) = await RunAsync(["./ringwright", "contract", "--help"], clone);
        Assert.False(text.Contains("./ringwright build", StringComparison.Ordinal),
            $"the program under test is not the sources': ./ringwright build makes it, and ./ringwright test before it tests\n{text}");
        return clone;
    }

    private async Task TakeAsync(string script, params (string Name, string Value)[] variables)
    {
        var (status, text) = await RunAsync(["sh", "-c", script], Repository.Root, variables);
        Assert.True(status == 0, $"no clone was made (./ringwright build makes what it takes): {text}");
    }

    /// <returns>The exit code, null when it was stopped at the limit, and what it printed until it ended.</returns>
    private async Task<(int? Status, string Text)> RunAsync(string[] line, string folder, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true
        };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("RINGWRIGHT_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in variables) start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{line[0]} did not start");
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(Limit);
        // To their ends, which come when the last program that was started has ended.
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        try
        {
            await process.WaitForExitAsync(limit.Token);
            // A reading of a pipe hears of no token.
            return (process.ExitCode, await output.WaitAsync(limit.Token) + await errors.WaitAsync(limit.Token));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return (null, "");
        }
    }

    private static bool IsAllowed(string[] space)
    {
        if (!Tool.Has("unshare") || !Tool.Has("ip")) return false;
        using var tried = Process.Start(
            new ProcessStartInfo(space[0], [.. space[1..], "ip", "link", "set", "lo", "up"]) { RedirectStandardError = true });
        tried?.WaitForExit();
        return tried?.ExitCode == 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_runs.Values.Select(run => run.ContinueWith(_ => { }, TaskScheduler.Default)));
        await _clone.ContinueWith(_ => { }, TaskScheduler.Default);
        _folder.Dispose();
        _stop.Dispose();
        _places.Dispose();
    }
}

/// <summary>What became of a document.</summary>
/// <param name="Wrong">What went wrong; empty when all did as the document says.</param>
/// <param name="Blocks">Of its own blocks, how many were begun.</param>
public sealed record DocumentRun(string Wrong, int Blocks, TimeSpan Took);
