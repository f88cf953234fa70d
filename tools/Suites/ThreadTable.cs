using System.Globalization;

namespace Ringwright.Suites;

/// <summary>
/// What the kernel knows of a process that says nothing: the names of its threads, where they wait, and whether they go on waking up.
/// </summary>
internal static class ThreadTable
{
    private const string StateKey = "State:", VoluntaryKey = "voluntary_ctxt_switches:", ForcedKey = "nonvoluntary_ctxt_switches:";
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    private sealed record Row(string Name, string State, string Where, long Voluntary, long Forced);

    /// <summary>A line for all threads of one name that wait in one place, with what they did in a second.</summary>
    public static async Task<IReadOnlyList<string>> OfAsync(int process)
    {
        var before = Read(process);
        await Task.Delay(Between);
        return Lines(before, Read(process));
    }

    private static IReadOnlyList<string> Lines(Dictionary<string, Row> before, Dictionary<string, Row> after) =>
    [
        .. from thread in after
           let row = thread.Value
           let was = before.GetValueOrDefault(thread.Key) ?? row
           group (row, was) by (row.Name, row.State, row.Where) into alike
           orderby alike.Count() descending, alike.Key.Name
           select string.Create(CultureInfo.InvariantCulture, $"{alike.Count()} x {alike.Key.Name}: {alike.Key.State}, {alike.Key.Where}, ")
               + Told("voluntary", alike.Sum(one => one.row.Voluntary), alike.Sum(one => one.was.Voluntary)) + ", "
               + Told("forced", alike.Sum(one => one.row.Forced), alike.Sum(one => one.was.Forced)),
    ];

    private static string Told(string kind, long now, long then) =>
        string.Create(CultureInfo.InvariantCulture, $"{now} {kind} switches, {now - then} in the last second");

    private static Dictionary<string, Row> Read(int process)
    {
        var rows = new Dictionary<string, Row>();
        try
        {
            foreach (string folder in Directory.EnumerateDirectories($"/proc/{process}/task"))
                if (RowOf(folder) is { } row) rows[folder] = row;
        }
        catch (IOException)
        {
            // It has ended.
        }
        return rows;
    }

    private static Row? RowOf(string folder)
    {
        try
        {
            string[] status = File.ReadAllLines(Path.Combine(folder, "status"));
            string name = File.ReadAllText(Path.Combine(folder, "comm")).Trim();
            return new Row(name, Value(status, StateKey), WhereOf(folder), Count(status, VoluntaryKey), Count(status, ForcedKey));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string Value(string[] status, string key) =>
        status.FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?[key.Length..].Trim() ?? "";

    private static long Count(string[] status, string key) =>
        long.TryParse(Value(status, key), NumberStyles.None, CultureInfo.InvariantCulture, out long count) ? count : 0;

    // Who runs waits nowhere; and where it waits is the kernel's own affair on some machines.
    private static string WhereOf(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "wchan")).Trim() is { Length: > 0 } name and not "0" ? name : "nowhere";
        }
        catch (Exception hidden) when (hidden is IOException or UnauthorizedAccessException)
        {
            return "hidden";
        }
    }
}
