using System.Globalization;

namespace Ringwright.Server.Roles;

/// <summary>What is known of a process that has ended, beyond its exit code.</summary>
internal static class ExitWords
{
    /// <summary>128 and the number of the signal, as shells have it (signal(7)).</summary>
    private const int Aborted = 134, BusError = 135, Killed = 137, Faulted = 139, Ended = 143;

    private const string Group = "0::", Counter = "oom_kill ";

    /// <param name="hasRunOut">The kernel has killed something of this service meanwhile, because memory ran out.</param>
    /// <returns>A sentence behind a space; "" where the code says nothing.</returns>
    public static string Of(int code, bool hasRunOut) => code switch
    {
        Killed when hasRunOut => " The kernel killed it because memory ran out: give the service more, or let it have fewer calls.",
        Killed => " It was killed (SIGKILL): the kernel does so where memory runs out, which its own log tells (dmesg, journalctl -k).",
        Aborted => " It gave up by itself (SIGABRT), as where memory cannot be had; what it said last stands before this line.",
        BusError or Faulted => " It crashed in native code.",
        Ended => " Somebody ended it (SIGTERM).",
        _ => "",
    };

    /// <summary>
    /// How many processes of this service the kernel has killed because memory ran out (memory.events of cgroups v2); null where nobody
    /// counts them.
    /// </summary>
    public static long? CountKills()
    {
        try
        {
            string? group = File.ReadLines("/proc/self/cgroup")
                .FirstOrDefault(static line => line.StartsWith(Group, StringComparison.Ordinal));
            return group is null ? null : KillsIn(File.ReadAllText(Path.Join("/sys/fs/cgroup", group[Group.Length..], "memory.events")));
        }
        catch (Exception hidden) when (hidden is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <param name="events">The text of memory.events.</param>
    internal static long? KillsIn(string events)
    {
        foreach (var line in events.AsSpan().EnumerateLines())
            if (line.StartsWith(Counter)
                    && long.TryParse(line[Counter.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out long kills))
                return kills;
        return null;
    }
}
