using System.Diagnostics;

namespace Ringwright.Suites.Changes;

/// <summary>What changed in the sources, asked of git: what is committed since a revision and what is not committed yet.</summary>
internal static class Change
{
    private static readonly string[] Mains = ["main", "origin/main"];

    /// <param name="since">A revision; empty for the main branch.</param>
    /// <exception cref="FormatException">Git does not know it; the message says so.</exception>
    public static async Task<ChangePlan> SinceAsync(Tree tree, string since, IReadOnlyList<ISuite> suites, Action<string> say)
    {
        var graph = ProjectGraph.Read(tree.Root);
        string start = await BeginningAsync(tree.Root, since);
        var changed = await FilesAsync(tree.Root, start);
        var tests = new Dictionary<string, IReadOnlyList<TestFile>>();
        var rules = new ChangeRules(suites, graph, ChangedFamilies.Read(tree.Root),
            suite => tests.TryGetValue(suite, out var files) ? files : tests[suite] = TestsOf(tree.Root, suite),
            path => File.Exists(Path.Combine(tree.Root, path)));
        var plan = rules.Plan(changed);
        foreach (string line in plan.Lines(start[..Math.Min(12, start.Length)], changed.Count)) say(line);
        Directory.CreateDirectory(tree.Artifacts);
        await File.WriteAllTextAsync(Path.Combine(tree.Artifacts, "changed.slnf"), plan.SolutionFilter(graph));
        await File.WriteAllLinesAsync(Path.Combine(tree.Artifacts, "changed.suites"), plan.Picks.Select(pick => pick.Suite));
        return plan;
    }

    /// <summary>Where this branch and the revision last were one: what others did since is not this change.</summary>
    public static async Task<string> BeginningAsync(string root, string since)
    {
        string[] asked = since.Length > 0 ? [since] : Mains;
        foreach (string name in asked)
            if (await GitAsync(root, "merge-base", "HEAD", name) is { } found) return found.Trim();
        if (since.Length > 0) throw new FormatException($"git knows no revision '{since}' that this branch comes from");
        return (await GitAsync(root, "rev-parse", "--verify", "-q", "HEAD"))?.Trim()
            ?? throw new FormatException("--changed asks git what changed, and this folder is no clone");
    }

    /// <summary>From the root, those that are new and those that are gone with the others; a file that moved is both.</summary>
    public static async Task<IReadOnlyList<string>> FilesAsync(string root, string start)
    {
        string kept = await GitAsync(root, "diff", "--name-only", "--no-renames", "--relative", "-z", start) ?? "";
        string fresh = await GitAsync(root, "ls-files", "--others", "--exclude-standard", "-z") ?? "";
        return [.. (kept + fresh).Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct().Order(StringComparer.Ordinal)];
    }

    private static IReadOnlyList<TestFile> TestsOf(string root, string suite)
    {
        string folder = Path.Combine(root, "tests", suite);
        if (!Directory.Exists(folder)) return [];
        return
        [
            .. Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Select(file => TestFile.Read(Path.GetRelativePath(root, file).Replace('\\', '/'), File.ReadAllText(file))),
        ];
    }

    private static async Task<string?> GitAsync(string root, params string[] words)
    {
        var start = new ProcessStartInfo("git", ["-C", root, .. words]) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start);
            if (process is null) return null;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            await errors;
            return process.ExitCode == 0 ? await output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // there is no git
        }
    }
}
