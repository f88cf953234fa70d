using System.Text.Json;

namespace Ringwright.Suites.Changes;

/// <summary>What is run of one suite.</summary>
/// <param name="Classes">Full names, or files of Node; null for all of the gate.</param>
internal sealed record SuitePick(string Suite, IReadOnlyList<string>? Classes);

/// <summary>What a change asks to be built and run.</summary>
/// <param name="Projects">Those in which something changed.</param>
/// <param name="Families">Whose rows of the contract are walked; null for all.</param>
/// <param name="Left">Suites that the gate runs and this does not, or not all of.</param>
internal sealed record ChangePlan(IReadOnlyList<string> Projects, IReadOnlyList<SuitePick> Picks, IReadOnlyList<string>? Families,
    IReadOnlyList<string> Left)
{
    /// <summary>What a person reads before it begins.</summary>
    public IEnumerable<string> Lines(string since, int files)
    {
        string projects = Projects.Count > 0 ? $", in {string.Join(", ", Projects)}" : "";
        yield return $"{files} {(files == 1 ? "file" : "files")} changed since {since}{projects}";
        foreach (var pick in Picks)
        {
            string rows = pick.Suite == ChangeRules.Contract && Families is { } families ? $", rows of {string.Join(", ", families)}" : "";
            string what = pick.Classes is not { } classes ? "all of its gate" : classes.Count == 1 ? classes[0]
                : $"{classes.Count} {(pick.Suite == ChangeRules.Node ? "files" : "classes")}";
            yield return $"  {pick.Suite}: {what}{rows}";
        }
        if (Left.Count > 0) yield return $"  left to ./ringwright test: {string.Join(", ", Left)}";
    }

    /// <summary>A solution of the projects that are run, with all that they refer to.</summary>
    public string SolutionFilter(ProjectGraph graph)
    {
        string[] projects = [.. Picks.Select(pick => graph.Find(pick.Suite)?.File).Append(graph.Find("Server")?.File).OfType<string>()];
        return JsonSerializer.Serialize(new { solution = new { path = "../Ringwright.slnx", projects } }) + "\n";
    }
}
