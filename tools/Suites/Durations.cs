using System.Globalization;

namespace Ringwright.Suites;

/// <summary>
/// <c>tests/durations.tsv</c>: what each class that takes long costs, in seconds divided by those of the Pure suite in the same run, so
/// that machines of all speeds say about the same. Written by <c>--all</c>. A class of the gate that takes over a third needs a reason.
/// A row whose class ends in a star has the reason of all that begin so and have none of their own.
/// </summary>
internal sealed class Durations(string file)
{
    /// <summary>The suite whose time the others are told in.</summary>
    public const string Yardstick = "Pure";

    /// <summary>It has nothing beside it where its time is measured: in a run of everything.</summary>
    public static bool IsAlone(string suite, Ask ask) => suite == Yardstick && ask.IsAll;

    private const char All = '*';
    private const string Header = "class\tof Pure's time\tdepth\twhy";

    /// <summary>Classes that take less are not listed: they change with the weather.</summary>
    private const double Listed = 0.1;

    public const double NeedsReason = 1.0 / 3;

    private sealed record Row(string Class, double Share, string Depth, string Why)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Class}\t{Share:0.00}\t{Depth}\t{Why}");
    }

    /// <summary>Writes the rows anew, with the reasons that the old ones gave; answers which classes lack one.</summary>
    public IReadOnlyList<string> Write(IReadOnlyList<SuiteReport> reports)
    {
        if (reports.FirstOrDefault(report => report.Suite == Yardstick) is not { Seconds: > 0 } pure) return [];
        var old = Rows();
        var reasons = old.ToDictionary(row => row.Class, row => row.Why);
        var rows = (from test in reports.SelectMany(report => report.Tests)
                    group test by test.Class into tests
                    let share = tests.Sum(test => test.Seconds) / pure.Seconds
                    where share >= Listed
                    orderby share descending
                    select RowOf(tests.Key, tests.ToList(), share, reasons, pure.Seconds)).ToList();
        File.WriteAllLines(file, [Header, .. old.Where(row => row.Class.EndsWith(All)).Concat(rows).Select(row => row.ToString())]);
        return
        [
            .. rows.Where(row => row.Depth != "all" && row.Why.Length == 0 && row.Share > NeedsReason)
                .Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.Class} takes {row.Share:0.00} of Pure's time in the gate: ")
                    + "split it, or give its reason in tests/durations.tsv"),
        ];
    }

    // The share is of the whole class; the depth tells where the time is spent.
    private static Row RowOf(string name, List<RanTest> tests, double share, Dictionary<string, string> reasons, double pure)
    {
        double gate = tests.Where(test => test.Depth is null).Sum(test => test.Seconds) / pure;
        string? deep = tests.Select(test => test.Depth).FirstOrDefault(depth => depth is not null);
        string depth = deep is null ? "gate" : tests.TrueForAll(test => test.Depth is not null) || gate <= NeedsReason ? "all" : "both";
        bool IsOf(string row) => row.EndsWith(All) && name.StartsWith(row[..^1], StringComparison.Ordinal);
        string? why = reasons.GetValueOrDefault(name) is { Length: > 0 } own ? own
            : deep ?? reasons.FirstOrDefault(row => IsOf(row.Key)).Value;
        return new Row(name, share, depth, why ?? "");
    }

    private List<Row> Rows() => File.Exists(file)
        ? [.. File.ReadLines(file).Skip(1).Select(line => line.Split('\t')).Where(cells => cells.Length == 4)
            .Select(cells => new Row(cells[0], double.Parse(cells[1], CultureInfo.InvariantCulture), cells[2], cells[3]))]
        : [];
}
