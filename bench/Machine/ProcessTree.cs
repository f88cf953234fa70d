using System.Globalization;

namespace Ringwright.Bench.Machine;

/// <summary>One line of /proc/PID/stat, as far as it is needed; times in clock ticks of 10 ms.</summary>
internal readonly record struct ProcessStat(int Id, string Name, int Parent, long OwnTicks, long ReapedTicks, int Threads)
{
    /// <returns>Null when it is no such line.</returns>
    public static ProcessStat? Parse(string line)
    {
        // The name is in parentheses and may hold anything, more parentheses included.
        int open = line.IndexOf('(', StringComparison.Ordinal), close = line.LastIndexOf(')');
        if (open < 1 || close < open) return null;
        string[] rest = line[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (rest.Length < 18 || !int.TryParse(line.AsSpan(0, open).Trim(), CultureInfo.InvariantCulture, out int id)) return null;
        return new(id, line[(open + 1)..close], (int)Number(rest[1]), Number(rest[11]) + Number(rest[12]),
            Number(rest[13]) + Number(rest[14]), (int)Number(rest[17]));
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>A process and all that it started: what they use, from /proc.</summary>
internal sealed class ProcessTree(int root)
{
    private const long NanosPerTick = 10_000_000;

    private readonly Dictionary<(string Name, string Thread), long> _seen = [];

    public int Root => root;

    /// <summary>The process and its descendants that live now, the root first.</summary>
    public IReadOnlyList<ProcessStat> Members()
    {
        var all = new List<ProcessStat>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
            if (char.IsAsciiDigit(Path.GetFileName(folder)[0]) && TryRead(Path.Combine(folder, "stat")) is { } line
                && ProcessStat.Parse(line) is { } stat) all.Add(stat);
        var members = all.Where(s => s.Id == root).ToList();
        for (int i = 0; i < members.Count; i++) members.AddRange(all.Where(s => s.Parent == members[i].Id));
        return members;
    }

    /// <summary>User and system time of all members and of the children that they have reaped.</summary>
    public CpuReading ReadCpu() => new([.. Members().Select(m => (m.Id, (CpuClock.NanosOf(m.Id) ?? 0) + m.ReapedTicks * NanosPerTick))]);

    /// <summary>Resident memory of all members, in bytes; pages that two of them share are counted in both.</summary>
    public long ResidentBytes() => Members().Sum(m => ResidentBytes(m.Id));

    public static long ResidentBytes(int process) => Field(process, "VmRSS:") * 1024;

    /// <summary>Memory of all members that is no file's, in use or swapped out, in bytes: no two of them share any.</summary>
    public long PrivateBytes() => Members().Sum(m => PrivateBytes(m.Id));

    public static long PrivateBytes(int process) => (Field(process, "RssAnon:") + Field(process, "VmSwap:")) * 1024;

    /// <summary>
    /// CPU time of all members' threads whose name begins so, in nanoseconds. A thread that has ended counts with what was seen of it last.
    /// </summary>
    public long ThreadNanos(string name)
    {
        foreach (var member in Members())
        {
            if (!Directory.Exists($"/proc/{member.Id}/task")) continue;
            foreach (string thread in Directory.EnumerateDirectories($"/proc/{member.Id}/task"))
            {
                if (TryRead(Path.Combine(thread, "comm"))?.StartsWith(name, StringComparison.Ordinal) != true) continue;
                if (TryRead(Path.Combine(thread, "schedstat"))?.Split(' ') is [var used, ..])
                    _seen[(name, thread)] = long.Parse(used, CultureInfo.InvariantCulture);
            }
        }
        return _seen.Where(s => s.Key.Name == name).Sum(s => s.Value);
    }

    /// <summary>Open descriptors of all members.</summary>
    public int OpenFiles() =>
        Members().Sum(m => Directory.Exists($"/proc/{m.Id}/fd") ? Directory.EnumerateFileSystemEntries($"/proc/{m.Id}/fd").Count() : 0);

    private static long Field(int process, string name)
    {
        string? line = TryRead($"/proc/{process}/status")?.Split('\n').FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(),
            CultureInfo.InvariantCulture);
    }

    private static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;        // it ended meanwhile
        }
    }
}

/// <summary>The CPU time of a tree at one moment, by process.</summary>
internal sealed record CpuReading(IReadOnlyList<(int Process, long Nanos)> Parts)
{
    /// <summary>Milliseconds used since <paramref name="before"/>. A process that began since counts in full.</summary>
    public double MillisecondsSince(CpuReading before) =>
        Parts.Sum(p => p.Nanos - before.Parts.FirstOrDefault(b => b.Process == p.Process).Nanos) / 1e6;

    /// <summary>The same for one process.</summary>
    public double MillisecondsSince(CpuReading before, int process) =>
        (Parts.FirstOrDefault(p => p.Process == process).Nanos - before.Parts.FirstOrDefault(p => p.Process == process).Nanos) / 1e6;
}
