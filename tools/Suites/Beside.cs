namespace Ringwright.Suites;

/// <summary>
/// One program that takes only the time of processors that nobody else wants, until somebody waits for it. Where others want all of that
/// time it would never end, and who may lower a priority may not lift it again: then it is begun once more, as one among equals.
/// </summary>
internal static class Beside
{
    /// <summary>
    /// Before a line that is to take only the time of processors that nobody else wants. A nice program keeps a processor for some
    /// milliseconds from one that wakes up, and is in its way when it looks for a free one; an idle one does neither.
    /// </summary>
    private static readonly string[] Lowest = ["sh", "-c", "chrt --idle --pid 0 $$ >/dev/null 2>&1; exec nice -n 19 \"$@\"", "sh"];

    /// <param name="waitedFor">Ends when somebody waits for the program.</param>
    public static async Task<int> RunAsync(string folder, string log, Patience patience,
        IReadOnlyDictionary<string, string>? environment, Task waitedFor, params string[] line)
    {
        if (!waitedFor.IsCompleted)
        {
            var idle = patience with { Starvation = patience.Starvation ?? new Starvation(waitedFor) };
            int status = await Command.RunAsync(folder, log, idle, environment, [.. Lowest, .. line]);
            if (status != Command.Starved) return status;
        }
        return await Command.RunAsync(folder, log, patience with { Starvation = null }, environment, line);
    }
}
