using System.Text.RegularExpressions;

namespace Ringwright.Suites.Changes;

/// <summary>
/// What the text of a test's file tells. A file that uses a type says its name, or that of another type whose file says it; where two types
/// of the tests share a name, both are meant.
/// </summary>
/// <param name="Path">From the root.</param>
/// <param name="Declares">Its outermost types, and methods that are called without naming one.</param>
/// <param name="Classes">Full names of those that may hold tests.</param>
/// <param name="IsFelt">It changes files that name nothing of it: by a global using, or by an attribute of the assembly.</param>
internal sealed partial record TestFile(
    string Path, string Text, IReadOnlySet<string> Declares, IReadOnlyList<string> Classes, IReadOnlySet<string> Words, bool IsFelt)
{
    public string Folder => Path[..Math.Max(0, Path.LastIndexOf('/'))];

    public static TestFile Read(string path, string text)
    {
        string space = Space().Match(text).Groups[1].Value;
        var declared = Declared().Matches(text).ToList();
        return new TestFile(path, text,
            declared.Select(found => found.Groups["name"].Value)
                .Concat(Extension().Matches(text).Select(found => found.Groups[1].Value)).ToHashSet(StringComparer.Ordinal),
            [.. declared.Where(MayHoldTests).Select(found => $"{space}.{found.Groups["name"].Value}")],
            Word().Matches(text).Select(found => found.Value).ToHashSet(StringComparer.Ordinal),
            Felt().IsMatch(text));
    }

    /// <summary>The files, and all that name what one of them declares, directly or not.</summary>
    public static IReadOnlyList<TestFile> Naming(IReadOnlyList<TestFile> all, IEnumerable<TestFile> first)
    {
        var found = first.ToList();
        for (int i = 0; i < found.Count; i++)
            found.AddRange(all.Where(file => !found.Contains(file) && file.Words.Overlaps(found[i].Declares)).ToList());
        return found;
    }

    /// <summary>It names the file as a text: <c>"sip.md"</c>, <c>"docs/reference/sip.md"</c>.</summary>
    public bool Quotes(string name) => Text.Contains($"\"{name}\"", StringComparison.Ordinal)
        || (name.Contains('.', StringComparison.Ordinal) && Text.Contains($"/{name}\"", StringComparison.Ordinal));

    public bool Equals(TestFile? other) => other?.Path == Path;

    public override int GetHashCode() => Path.GetHashCode(StringComparison.Ordinal);

    private static bool MayHoldTests(Match found) => found.Groups["kind"].Value == "class"
        && found.Groups["words"].Value is var words && words.Contains("public", StringComparison.Ordinal)
        && !words.Contains("abstract", StringComparison.Ordinal) && !words.Contains("static", StringComparison.Ordinal);

    [GeneratedRegex(@"^namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Space();

    // At the beginning of a line: what is nested is reached by what it is nested in.
    [GeneratedRegex(@"^(?<words>(?:(?:public|internal|file|sealed|static|abstract|partial|readonly|ref|unsafe)\s+)*)"
        + @"(?<kind>class|record(?:\s+struct|\s+class)?|struct|interface|enum|delegate\s+[^(;]*(?=\s\w+\s*[<(]))\s+(?<name>\w+)",
        RegexOptions.Multiline)]
    private static partial Regex Declared();

    [GeneratedRegex(@"\b(\w+)(?:<[^>()]*>)?\(this\s")]
    private static partial Regex Extension();

    [GeneratedRegex(@"^global using|^\[assembly:|\bextension\s*[(<]", RegexOptions.Multiline)]
    private static partial Regex Felt();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
