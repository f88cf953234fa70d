using System.Globalization;
using Ringwright.Calls;

namespace Ringwright.MediaHost;

/// <summary>
/// The gaps of a recording beside its half file, for whoever finishes it should this process die: a line for each, with the milliseconds at
/// which it begins and that it lasts. Once the recording is told of, the store removes it.
/// </summary>
internal static class GapMarks
{
    public const string Extension = ".gaps";
    /// <summary>
    /// A recording has one for each time that its disk stood still; of more than these the last is said to reach to the newest.
    /// </summary>
    private const int Most = 1_000;

    public static void Add(List<RecordGap> gaps, RecordGap gap)
    {
        bool isOne = gaps.Count > 0 && (gaps.Count == Most || gaps[^1].At + gaps[^1].Length >= gap.At);
        if (isOne) gaps[^1] = gaps[^1] with { Length = gap.At + gap.Length - gaps[^1].At };
        else gaps.Add(gap);
    }

    /// <summary>Those of a recording that is so long.</summary>
    public static IEnumerable<RecordGap> Within(IEnumerable<RecordGap> gaps, TimeSpan length) =>
        gaps.Where(gap => gap.At < length).Select(gap => gap.At + gap.Length > length ? gap with { Length = length - gap.At } : gap);

    /// <exception cref="IOException">The disk does not take it.</exception>
    public static void Write(string part, IEnumerable<RecordGap> gaps) =>
        File.WriteAllLines(Path.ChangeExtension(part, Extension),
            gaps.Select(gap => string.Create(CultureInfo.InvariantCulture, $"{Millis(gap.At)} {Millis(gap.Length)}")));

    /// <returns>Whole lines only: the last one may be cut off.</returns>
    public static List<RecordGap> Read(string part)
    {
        var gaps = new List<RecordGap>();
        try
        {
            string marks = Path.ChangeExtension(part, Extension);
            if (!File.Exists(marks)) return gaps;
            foreach (string line in File.ReadLines(marks))
                if (line.Split(' ') is [var at, var length] && SpanOf(at) is { } begins && SpanOf(length) is { } lasts)
                    gaps.Add(new(begins, lasts));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The file beside it is worth more than the word of its gaps.
        }
        return gaps;
    }

    private static long Millis(TimeSpan span) => (long)Math.Round(span.TotalMilliseconds);

    private static TimeSpan? SpanOf(string millis) => long.TryParse(millis, NumberStyles.None, CultureInfo.InvariantCulture, out long read)
        && read < int.MaxValue ? TimeSpan.FromMilliseconds(read) : null;
}
