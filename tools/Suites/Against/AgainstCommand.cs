using System.Globalization;

namespace Ringwright.Suites.Against;

/// <summary>
/// <c>./ringwright bench --against REV</c>: the bench of this tree drives both builds in turn, a node of its own for each run. The launcher
/// has built them.
/// </summary>
internal static class AgainstCommand
{
    private const int UsualPairs = 5;
    private static readonly string[] UsualWorkloads = ["W1", "W3", "W5", "W4"];
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    /// <returns>0 where nothing is dearer, 1 where something is, 2 where it could not be measured.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> words)
    {
        try
        {
            string root = ".", theirs = "", revision = "";
            string[] workloads = UsualWorkloads;
            int pairs = UsualPairs;
            double bound = PairedRatio.Allowed;
            for (int i = 0; i < words.Count; i++)
            {
                string word = words[i];
                string value = ++i < words.Count ? words[i] : throw new FormatException($"{word} needs a value");
                if (word == "--root") root = Path.GetFullPath(value);
                else if (word == "--theirs") theirs = value;
                else if (word == "--revision") revision = value;
                else if (word == "--workload") workloads = value.Split(',', StringSplitOptions.RemoveEmptyEntries);
                else if (word == "--bound") bound = Bound(value);
                else if (word != "--pairs") throw new FormatException($"bench --against does not know '{word}'");
                else if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out pairs) || pairs is < 2 or > 50)
                    throw new FormatException("--pairs takes a number from 2 to 50");
            }
            return await MeasureAsync(root, theirs, revision, workloads, pairs, bound);
        }
        catch (FormatException wrong)
        {
            Console.Error.WriteLine($"ringwright: {wrong.Message}");
            return 2;
        }
    }

    /// <summary>A ratio of 1 is what costs the same.</summary>
    private static double Bound(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double bound) && bound is >= 1 and <= 10
            ? bound : throw new FormatException("--bound takes a ratio from 1 to 10, such as 1.10");

    private static async Task<int> MeasureAsync(string root, string theirs, string revision, string[] workloads, int pairs, double bound)
    {
        string folder = Path.Combine(root, "artifacts", "against"), mine = ProgramBelow(root);
        Directory.CreateDirectory(folder);
        var rows = new List<AgainstRow>();
        foreach (string workload in workloads)
        {
            var runs = new List<(BenchFigures, BenchFigures)>();
            for (int pair = 1; pair <= pairs; pair++)
            {
                Console.Error.WriteLine($"{workload}: pair {pair} of {pairs}");
                var here = await RunAsync(root, folder, workload, mine);
                runs.Add((here, await RunAsync(root, folder, workload, ProgramBelow(theirs))));
            }
            rows.AddRange(AgainstTable.Rows(workload, runs, hasIdle: workload == workloads[0]));
        }
        foreach (string line in AgainstTable.Lines(rows, revision, bound)) Console.WriteLine(line);
        return rows.Exists(row => row.Ratio?.IsDearer(bound) is true) ? 1 : 0;
    }

    private static string ProgramBelow(string tree) => Path.Combine(tree, "artifacts", "bin", "Server", "release", "ringwright.dll");

    // Calls that went wrong cost something else: their figures are not compared.
    private static async Task<BenchFigures> RunAsync(string root, string folder, string workload, string program)
    {
        string json = Path.Combine(folder, "figures.json"), log = Path.Combine(folder, "bench.log");
        File.Delete(json);
        int status = await Command.RunAsync(root, log, new Patience(Limit), environment: null,
            "dotnet", "exec", Path.Combine(root, "artifacts", "bin", "Bench", "release", "Ringwright.Bench.dll"),
            "--workload", workload, "--runs", "1", "--program", program, "--json", json);
        if (!File.Exists(json) || new FileInfo(json).Length == 0)
            throw new FormatException($"{workload} with {program} ended with exit code {status}: {File.ReadLines(log).LastOrDefault()}");
        var figures = BenchFigures.Read(workload, await File.ReadAllTextAsync(json));
        return status == 0 ? figures : throw new FormatException($"{workload} with {program}: {string.Join("; ", figures.Faults)}");
    }
}
