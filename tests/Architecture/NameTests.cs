using System.Text.RegularExpressions;
using Ringwright.Testing;

namespace Ringwright.Architecture;

/// <summary>One word for one thing: what docs/glossary.md promises.</summary>
public sealed partial class NameTests
{
    /// <summary>What each project, or each family of a contract, has one of.</summary>
    private static readonly string[] OneForEach = ["Bindings", "Limits", "Log", "Metrics"];

    private static IEnumerable<string> Sources => Directory
        .EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories);

    [Fact]
    public void No_two_types_have_one_name()
    {
        var types = from file in Sources
                    from Match type in OuterType().Matches(File.ReadAllText(file))
                    let name = type.Groups["name"].Value
                    where !OneForEach.Contains(name)
                    let arity = type.Groups["parameters"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries).Length
                    group Path.GetRelativePath(Repository.Root, file) by (name, arity);
        Rule.Holds(types
            .Where(type => type.Distinct().Count() > 1)
            .Select(type => $"{type.Key.name} is in {string.Join(" and in ", type.Distinct())}"));
    }

    [Fact]
    public void No_type_or_member_is_called_by_a_word_that_the_glossary_replaced()
    {
        string glossary = File.ReadAllText(Repository.PathOf("docs", "glossary.md"));
        var replaced = ReplacedName().Matches(glossary).Select(match => match.Groups["name"].Value).ToList();
        Assert.True(replaced.Count > 10, $"{replaced.Count} names");
        var words = new Regex($@"\b(?:{string.Join('|', replaced)})\b", RegexOptions.ExplicitCapture);
        Rule.Holds(from file in Sources
                   from Match word in words.Matches(Code(file))
                   select $"{Path.GetRelativePath(Repository.Root, file)} says {word.Value}");
    }

    private static string Code(string file) => Words().Replace(File.ReadAllText(file), "");

    [GeneratedRegex("""
        ^(?:(?:public|internal|sealed|abstract|static|readonly|partial|unsafe|ref)\ )*
        (?:class|struct|interface|enum|record(?:\ struct|\ class)?)\ (?<name>\w+)(?:<(?<parameters>[^>]*)>)?
        """, RegexOptions.Multiline | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture)]
    private static partial Regex OuterType();

    /// <summary>A row's last cell: the names that went, in backticks.</summary>
    [GeneratedRegex(@"`(?<name>[A-Z]\w+)`(?=[^|\n]*\|$)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex ReplacedName();

    /// <summary>Comments, and what is said to people.</summary>
    [GeneratedRegex(@"//[^\n]*|""(?:[^""\\\n]|\\.)*""")]
    private static partial Regex Words();
}
