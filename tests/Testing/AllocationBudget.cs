using System.Globalization;
using Xunit;

namespace Ringwright.Testing;

/// <summary>What a hot path may allocate: a row of <c>tests/allocations.tsv</c>.</summary>
/// <param name="Path">Its name; a test says it as a literal.</param>
/// <param name="Unit">What <paramref name="Bytes"/> are for one of: a tick, a packet, a call.</param>
/// <param name="Bytes">At most.</param>
public sealed record AllocationBudget(string Path, string Unit, long Bytes)
{
    private const string List = "tests/allocations.tsv";
    private const int Step = 64, MostTries = 25;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private static readonly Lock Writing = new();

    /// <summary>In the order of the file, by their path.</summary>
    public static IReadOnlyDictionary<string, AllocationBudget> All { get; } = Read(File.ReadAllText(Repository.PathOf(List)));

    /// <summary>
    /// Fails when the path allocates more than its row allows, or has no row. With <c>RINGWRIGHT_GOLDEN=allocations</c>
    /// (<c>./ringwright golden --allocations</c>) the row is written instead, and its diff is the review.
    /// </summary>
    /// <param name="units">How many <paramref name="run"/> does, on its own thread.</param>
    public static void Holds(string path, int units, Action run)
    {
        long allowed = All.TryGetValue(path, out var budget) ? budget.Bytes * units : long.MaxValue;
        long least = Allocations.Of(run);
        // Optimised code keeps on the stack what the first code allocates, and is made beside: where others have the processors, later.
        for (int tries = 0; least > allowed && tries < MostTries; tries++)
        {
            Thread.Sleep(Pause);
            least = Math.Min(least, Allocations.Of(run));
        }
        Check(path, units, least);
    }

    /// <summary>The same for what was counted elsewhere.</summary>
    public static void Check(string path, int units, long bytes)
    {
        var all = Golden.IsMeasuring ? Measured(path, (double)bytes / units) : All;
        Assert.True(all.TryGetValue(path, out var budget), $"{List} has no row '{path}'; ./ringwright golden --allocations writes it");
        string used = string.Create(CultureInfo.InvariantCulture, $"{(double)bytes / units:0.##} bytes a {budget.Unit}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{path}: {used}");
        Assert.True(bytes <= budget.Bytes * units, $"{path}: {used}, and {List} allows {budget.Bytes}");
    }

    private static Dictionary<string, AllocationBudget> Measured(string path, double used)
    {
        string file = Repository.PathOf(List);
        lock (Writing)
        {
            string text = File.ReadAllText(file), now = Remeasured(text, path, used);
            if (now != text) File.WriteAllText(file, now);
            return Read(now);
        }
    }

    /// <summary>
    /// The list with what one path was measured to allocate. A row that holds and is at most one step too wide stays, for two measurements
    /// are seldom alike; so does a 0, which is a promise and no figure. A new path comes behind those of its kind, in their unit.
    /// </summary>
    internal static string Remeasured(string text, string path, double used)
    {
        long figure = used == 0 ? 0 : (long)Math.Ceiling(used * 1.05 / Step) * Step;
        var lines = text.TrimEnd('\n').Split('\n').ToList();
        int at = lines.FindIndex(line => line.StartsWith(path + "\t", StringComparison.Ordinal));
        if (at >= 0)
        {
            string[] cells = lines[at].Split('\t');
            long row = long.Parse(cells[2], CultureInfo.InvariantCulture);
            if (row == 0 || (used <= row && row - figure <= Step)) return text;
            cells[2] = figure.ToString(CultureInfo.InvariantCulture);
            lines[at] = string.Join('\t', cells);
        }
        else
        {
            string kind = path.Split(':')[0] + ":";
            int last = lines.FindLastIndex(line => line.StartsWith(kind, StringComparison.Ordinal));
            string unit = last < 0 ? "run" : lines[last].Split('\t')[1];
            lines.Insert(last < 0 ? lines.Count : last + 1, string.Create(CultureInfo.InvariantCulture, $"{path}\t{unit}\t{figure}"));
        }
        return string.Join('\n', lines) + "\n";
    }

    private static Dictionary<string, AllocationBudget> Read(string text)
    {
        var rows = from line in text.Split('\n')
                   where line.Length > 0 && line[0] != '#'
                   let cells = line.Split('\t')
                   select new AllocationBudget(cells[0], cells[1], long.Parse(cells[2], CultureInfo.InvariantCulture));
        return rows.ToDictionary(row => row.Path, StringComparer.Ordinal);
    }
}
