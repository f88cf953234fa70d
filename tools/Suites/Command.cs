using System.Diagnostics;

namespace Ringwright.Suites;

/// <summary>One program that is run to its end, its output in a file. A hang is a failure, not an endless run.</summary>
internal static class Command
{
    /// <summary>It was stopped, with all that it had begun.</summary>
    public const int TooLong = 124;

    /// <summary>
    /// Before a line that is to take only the time of processors that nobody else wants. A nice program keeps a processor for some
    /// milliseconds from one that wakes up, and is in its way when it looks for a free one; an idle one does neither.
    /// </summary>
    public static readonly string[] Lowest = ["sh", "-c", "chrt --idle --pid 0 $$ >/dev/null 2>&1; exec nice -n 19 \"$@\"", "sh"];

    public static async Task<int> RunAsync(string folder, string log, TimeSpan limit,
        IReadOnlyDictionary<string, string>? environment, params string[] line)
    {
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        await using var file = new StreamWriter(log) { AutoFlush = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{line[0]} did not start");
        process.StandardInput.Close();
        DataReceivedEventHandler keep = (_, data) =>
        {
            if (data.Data is null) return;
            lock (file) file.WriteLine(data.Data);
        };
        process.OutputDataReceived += keep;
        process.ErrorDataReceived += keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var alarm = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(alarm.Token);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            return TooLong;
        }
    }
}
