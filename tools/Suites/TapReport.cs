using System.Globalization;
using System.Text.RegularExpressions;

namespace Ringwright.Suites;

/// <summary>Reads what <c>node --test</c> writes as TAP: nested points, each with a block of YAML.</summary>
internal static partial class TapReport
{
    /// <summary>Null where there is no report, or one that does not come to its closing counts.</summary>
    public static SuiteReport? Read(string suite, string file, double seconds)
    {
        if (!File.Exists(file)) return null;
        string[] lines = File.ReadAllLines(file);
        int? Count(string name) => lines.LastOrDefault(line => line.StartsWith($"# {name} ", StringComparison.Ordinal)) is { } line
            ? int.Parse(line[(name.Length + 3)..], CultureInfo.InvariantCulture) : null;
        if (Count("pass") is not { } passed) return null;
        int failed = (Count("fail") ?? 0) + (Count("cancelled") ?? 0);
        return new SuiteReport(suite, passed, failed, Count("skipped") ?? 0, seconds, Points(lines), []);
    }

    private static List<RanTest> Points(string[] lines)
    {
        var points = new List<RanTest>();
        for (int i = 0; i < lines.Length; i++)
        {
            if (Point().Match(lines[i]) is not { Success: true } point) continue;
            string Value(string key)
            {
                for (int j = i + 1; j < lines.Length && lines[j].TrimStart() is var line && line != "..."; j++)
                {
                    if (!line.StartsWith(key + ":", StringComparison.Ordinal)) continue;
                    string value = line[(key.Length + 1)..].Trim();
                    return value is "|-" or ">-" or "|" ? SuiteReport.FirstLine(lines[j + 1]) : value.Trim('\'', '"');
                }
                return "";
            }
            // Who only contains what failed is counted, and not named.
            bool isBad = point.Groups["not"].Success;
            if (isBad && Value("failureType") == "subtestsFailed") continue;
            string file = Path.GetFileName(Location().Match(Value("location")).Groups[1].Value);
            double took = double.TryParse(Value("duration_ms"), NumberStyles.Float, CultureInfo.InvariantCulture, out double read) ? read : 0;
            bool isSkipped = point.Groups["directive"].Value.StartsWith("SKIP", StringComparison.Ordinal);
            points.Add(new RanTest(file, file, point.Groups["name"].Value, took / 1000,
                isBad ? Outcome.Failed : isSkipped ? Outcome.Skipped : Outcome.Passed, isBad ? Value("error") : "", null));
        }
        return points;
    }

    [GeneratedRegex(@"^\s*(?<not>not )?ok \d+ - (?<name>.*?)(?: # (?<directive>\w+).*)?$")]
    private static partial Regex Point();

    [GeneratedRegex(@"^(.*?)(?::\d+:\d+)?$")]
    private static partial Regex Location();
}
