using System.Diagnostics;

namespace Ringwright.Suites;

/// <summary>
/// One program that is run to its end, which writes its output into a file by itself: who reads it by a pipe waits for all that holds
/// that open, whatever the program left behind. A hang is a failure, not an endless run.
/// </summary>
internal static class Command
{
    /// <summary>It was stopped, with all that it had begun: it got no processor, took too long, or said nothing for too long.</summary>
    public const int Starved = 123, TooLong = 124, Silent = 125;

    /// <summary>A shell's word for a program that a signal ended: so much, and the signal's number.</summary>
    private const int BySignal = 128, LastSignal = 64;

    /// <summary>How long one that is killed may take to be gone: a disk that stands still holds whoever writes to it.</summary>
    private static readonly TimeSpan Death = TimeSpan.FromSeconds(30);

    /// <summary>The signal that ended it; null where none did.</summary>
    public static int? SignalOf(int status) => status is > BySignal and <= BySignal + LastSignal ? status - BySignal : null;

    public static async Task<int> RunAsync(string folder, string log, Patience patience,
        IReadOnlyDictionary<string, string>? environment, params string[] line)
    {
        string file = Path.GetFullPath(log);
        await File.WriteAllTextAsync(file, "");
        var start = new ProcessStartInfo("sh", ["-c", "exec \"$@\" >\"$0\" 2>&1 </dev/null", file, .. line]) { WorkingDirectory = folder };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var offspring = Offspring.Of(start);
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{line[0]} did not start");
        int status = await EndAsync(process, offspring, file, patience);
        await offspring.EndAsync(patience.Grace);
        return status;
    }

    // Silence is counted in looks: a machine that stood still with all that runs on it has not listened.
    private static async Task<int> EndAsync(Process process, Offspring offspring, string log, Patience patience)
    {
        long begun = Stopwatch.GetTimestamp(), said = 0;
        var (quiet, pause) = (TimeSpan.Zero, patience.Pause);
        var end = process.WaitForExitAsync();
        while (await Task.WhenAny(end, Task.Delay(pause)) != end)
        {
            long length = new FileInfo(log).Length;
            quiet = length == said ? quiet + pause : TimeSpan.Zero;
            said = length;
            if (Stopwatch.GetElapsedTime(begun) >= patience.Limit) return await StopAsync(process, end, TooLong);
            if (patience.Starvation?.IsSeen(offspring.ProcessorTime, Stopwatch.GetElapsedTime(begun)) == true)
                return await StopAsync(process, end, Starved);
            if (patience.Silence == Timeout.InfiniteTimeSpan || quiet < patience.Silence) continue;
            await File.AppendAllLinesAsync(log, await ThreadTable.OfAsync(process.Id));
            return await StopAsync(process, end, Silent);
        }
        await end;
        return process.ExitCode;
    }

    // It alone at first: servers that its tests began watch for its end, and tidy up.
    private static async Task<int> StopAsync(Process process, Task end, int status)
    {
        process.Kill();
        await Task.WhenAny(end, Task.Delay(Death));
        return status;
    }
}
