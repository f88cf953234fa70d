namespace Ringwright.Suites;

/// <summary>
/// <c>tests/unsteady.tsv</c>: tests that failed and then passed alone, and suites that were cut off and then came to their end, each a bug
/// that somebody looks for. Who stands there has had its second try: the next one fails the run. So do more than <see cref="MostNew"/> new
/// ones.
/// </summary>
internal sealed class UnsteadyList(string file)
{
    public const int MostNew = 3;
    private const string Header = "test\targuments\tfirst message";

    private List<string> Known() => File.Exists(file)
        ? [.. File.ReadLines(file).Skip(1).Where(line => line.Length > 0).Select(line => line.Split('\t')[0])] : [];

    /// <summary>Writes down who is new; answers why the run fails for it, or nothing.</summary>
    public IReadOnlyList<string> Take(IReadOnlyList<Unsteady> found)
    {
        var known = Known();
        var fresh = found.Where(test => !known.Contains(test.Title)).ToList();
        if (fresh.Count > 0)
        {
            if (!File.Exists(file)) File.WriteAllText(file, Header + "\n");
            File.AppendAllLines(file, fresh.Select(test => $"{test.Title}\t{Cell(test.Arguments)}\t{Cell(test.Message)}"));
        }
        var faults = found.Where(test => known.Contains(test.Title))
            .Select(test => $"{test.Title} is unsteady, as tests/unsteady.tsv says already: mend it").ToList();
        if (fresh.Count > MostNew)
            faults.Add($"{fresh.Count} tests are unsteady that were not known to be: at most {MostNew} pass by a second try");
        return faults;
    }

    private static string Cell(string text)
    {
        string line = text.Replace('\t', ' ').Replace("\r", "", StringComparison.Ordinal).Replace('\n', ' ').Trim();
        return line.Length > 200 ? line[..200] : line;
    }
}
