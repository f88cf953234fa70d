using System.Globalization;

namespace Ringwright.Store.Keeping;

/// <summary>
/// How much a node held, hour by hour of the last day: a file in its folder, with a line for each moment (UTC) and its bytes.
/// How long the disk lasts is told from it, beside a node that has its database open and without one.
/// </summary>
public static class Growth
{
    public const string FileName = "growth";
    /// <summary>Over less than that the answer would be chance.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromMinutes(50);
    private static readonly TimeSpan Span = TimeSpan.FromHours(24), Slack = TimeSpan.FromHours(2);

    /// <exception cref="IOException">The disk does not take it.</exception>
    public static void Note(string folder, DateTimeOffset at, long bytes)
    {
        string file = Path.Combine(folder, FileName), half = file + ".part";
        // A clock that was wrong leaves nothing behind.
        var kept = Read(file).Where(sample => sample.At > at - Span - Slack && sample.At < at);
        File.WriteAllLines(half, kept.Append((At: at, Bytes: bytes))
            .Select(sample => string.Create(CultureInfo.InvariantCulture, $"{sample.At.UtcDateTime:O} {sample.Bytes}")));
        File.Move(half, file, overwrite: true);
    }

    /// <returns>Bytes a day; negative where less and less is held, null where nobody knows yet, or the node has not run since.</returns>
    public static double? BytesADay(string folder, DateTimeOffset now)
    {
        var samples = Read(Path.Combine(folder, FileName)).Where(sample => sample.At > now - Span - Slack && sample.At <= now)
            .OrderBy(sample => sample.At).ToList();
        if (samples.Count < 2 || samples[^1].At - samples[0].At < Least) return null;
        return (samples[^1].Bytes - samples[0].Bytes) / (samples[^1].At - samples[0].At).TotalDays;
    }

    private static List<(DateTimeOffset At, long Bytes)> Read(string file)
    {
        var samples = new List<(DateTimeOffset, long)>();
        if (!File.Exists(file)) return samples;
        foreach (string line in File.ReadLines(file))
        {
            if (line.Split(' ') is [var at, var bytes]
                && DateTimeOffset.TryParseExact(at, "O", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
                && long.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out long held)) samples.Add((moment, held));
        }
        return samples;
    }
}
