using System.Security;
using System.Text.RegularExpressions;
using Ringwright.Testing;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Run;

namespace Ringwright.Edge.Texml;

/// <summary>
/// Every row of <c>contracts/texml</c>, in documents that are made from it and run: a row that is added is tested without a word here.
/// </summary>
public sealed class SheetTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    private static readonly ElementRow Root = TexmlSheet.Elements["Response"];

    /// <summary>In this language.</summary>
    public static TheoryData<string, string> Attributes => [.. TexmlSheet.Attributes.Values
        .Where(row => row.Default is not null && PathTo(row.Element) is not null).Select(row => (row.Element, row.Name))];

    public static TheoryData<string> Elements =>
        [.. TexmlSheet.Elements.Keys.Where(name => name is not "Response").Select(NameOf).Distinct().Where(name => name is not "Response")];

    private static string NameOf(string key) => key[(key.IndexOf('/') + 1)..];

    /// <summary>The elements around one, from below Response to itself; null where none of this language leads there.</summary>
    internal static IReadOnlyList<ElementRow>? PathTo(string name)
    {
        var ways = new Queue<IReadOnlyList<ElementRow>>([[Root]]);
        for (int i = 0; i < 1_000 && ways.TryDequeue(out var way); i++)
        {
            if (way[^1].Name == name && way.Count > 1) return [.. way.Skip(1)];
            foreach (string child in way[^1].Children.Where(child => child != "*"))
                if (TexmlPlaces.RowOf(way[^1], child) is { } row && !way.Contains(row)) ways.Enqueue([.. way, row]);
        }
        return null;
    }

    /// <summary>A document in which the element stands where it may, its attribute on line 3.</summary>
    /// <param name="outer">Attributes of the element that it stands in, with a blank before them.</param>
    /// <param name="inside">What stands in the element; null is text as it takes it.</param>
    internal static string Document(string element, string? attribute, string outer = "", string? inside = null)
    {
        var path = PathTo(element)!;
        string inner = $"<{NameOf(element)}\n{attribute}>{inside ?? TextOf(path[^1])}</{NameOf(element)}>";
        foreach (var around in path.SkipLast(1).Reverse())
        {
            inner = $"<{NameOf(around.Name)}{outer}>{inner}</{NameOf(around.Name)}>";
            outer = "";
        }
        return $"<Response>\n{inner}</Response>";
    }

    private static string TextOf(ElementRow row) => row.Text switch
    {
        "none" => "",
        var text when text.Contains("SIP URI", StringComparison.Ordinal) => "sip:somebody@127.0.0.1:9",
        var text when text.Contains("URL", StringComparison.Ordinal) => DocumentRig.Nobody,
        var text when text.Contains("phone number", StringComparison.Ordinal) => "+15550100009",
        _ => "something",
    };

    internal static string Written(string name, string value) => $"{name}=\"{SecurityElement.Escape(value)}\"";

    /// <summary>As the reader finds it, for what does not depend on a call.</summary>
    private static VerbValues ValuesOf(string document, string element)
    {
        var at = TexmlReader.Read(document).Children[0];
        while (at.Name != NameOf(element)) at = at.Children[0];
        return new(at);
    }

    [Theory, MemberData(nameof(Attributes))]
    public async Task A_value_in_range_is_taken_and_another_warns_with_its_place(string element, string name)
    {
        var row = TexmlSheet.Attributes[(element, name)];
        foreach (var (value, isGood) in Samples(row.Values))
        {
            string document = Document(element, Written(name, value));
            var warnings = (await rig.RunAsync(document)).Warnings
                .Where(warning => warning.Contains("line 3, column 1)", StringComparison.Ordinal)).ToList();
            var values = ValuesOf(document, element);
            if (row.Lacks.Length > 0) Assert.Contains($"there are no {row.Lacks} yet", Assert.Single(warnings), StringComparison.Ordinal);
            else if (isGood) Assert.Empty(warnings);
            else Assert.StartsWith(name + " ", Assert.Single(warnings), StringComparison.Ordinal);
            bool acts = isGood && row.Lacks.Length == 0;
            Assert.Equal(acts ? value : row.Default, values.Text(name));
            Assert.Equal(acts, values.Has(name));
        }
    }

    [Theory, MemberData(nameof(Attributes))]
    public async Task Without_it_its_default_holds_and_nothing_is_said(string element, string name)
    {
        string document = Document(element, null);
        Assert.Equal(TexmlSheet.Attributes[(element, name)].Default, ValuesOf(document, element).Text(name));
        Assert.DoesNotContain((await rig.RunAsync(document)).Warnings, warning =>
            warning.StartsWith($"{name} does", StringComparison.Ordinal) || warning.StartsWith($"{name} is", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Attributes))]
    public async Task One_that_there_is_not_warns_with_its_place(string element, string name)
    {
        string wrong = name + "X";
        Assert.Contains($"{wrong} is no attribute of {NameOf(element)} (line 3, column 1)",
            (await rig.RunAsync(Document(element, Written(wrong, "1")))).Warnings);
    }

    [Theory, MemberData(nameof(Elements))]
    public async Task An_element_where_it_may_not_stand_warns_with_its_place(string name)
    {
        var warnings = (await rig.RunAsync($"<Response>\n<Pause><{name}/></Pause></Response>")).Warnings;
        Assert.Contains($"{name} cannot stand in Pause (line 2, column 9)", warnings);
        if (Root.Children.Contains(name)) return;
        warnings = (await rig.RunAsync($"<Response>\n<{name}/></Response>")).Warnings;
        Assert.Contains($"{name} is no verb that can stand here (line 2, column 2)", warnings);
    }

    [Fact]
    public void Every_pair_of_elements_is_allowed_or_told()
    {
        foreach (var within in TexmlSheet.Elements.Values.Where(row => row.Children is not ["*"]))
            foreach (string name in TexmlSheet.Elements.Keys.Select(NameOf).Distinct())
            {
                var element = new TexmlElement(NameOf(within.Name), new(1, 1)) { Children = [new(name, new(2, 3))] };
                bool isTold = TexmlPlaces.FaultsIn(element, within).Contains($"{name} cannot stand in {element.Name} (line 2, column 3)");
                Assert.Equal(!within.Children.Contains(name), isTold);
            }
    }

    [Fact]
    public async Task Text_where_there_is_none_is_told()
    {
        foreach (var row in Root.Children.Select(name => TexmlSheet.Elements[name]).Where(row => row.Text is "none"))
            Assert.Contains($"{row.Name} takes no text (line 1, column 12)",
                (await rig.RunAsync($"<Response><{row.Name}>text</{row.Name}></Response>")).Warnings);
    }

    /// <summary>A row without a lack that no verb reads would be taken and dropped.</summary>
    [Fact]
    public void Every_attribute_that_acts_is_read_by_the_name_that_it_has()
    {
        string verbs = string.Concat(Directory.GetFiles(Repository.PathOf("src", "Texml", "Verbs"), "*.cs").Select(File.ReadAllText));
        var read = Regex.Matches(verbs, "\"([A-Za-z]+)\"").Select(found => found.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        Assert.All(TexmlSheet.Attributes.Values.Where(row => row.Default is not null && row.Lacks.Length == 0),
            row => Assert.Contains(row.Name, read));
    }

    internal static IEnumerable<(string Value, bool IsGood)> Samples(string rule)
    {
        string[] parts = rule.Split(": ", 2);
        string[] words = parts.Length > 1 ? parts[1].Split(' ') : [];
        switch (parts[0])
        {
            case "bool":
                return [("true", true), ("False", true), ("yes", false), ("1", false)];
            case "method":
                return [("POST", true), ("get", true), ("PUT", false)];
            case "int":
                long[] ends = [.. words[^1].Split('-').Select(long.Parse)];
                return
                [
                    .. words[..^1].Select(one => (one, true)), ($"{ends[0]}", true), ($"{ends[1]}", true), ($"{ends[1] + 1}", false),
                    ($"{ends[0] - 1}", false), ("2.5", false), ("", false),
                ];
            case "one":
                return [.. words.Select(word => (word, true)), ("neither", false), (string.Join(' ', words.Append("x")), false)];
            case "some":
                return [(words[0], true), (string.Join(' ', words), true), (string.Join(',', words), true), ("neither", false)];
            case "keys":
                return [(parts[1][..1], true), (parts[1], true), ("%", false)];
            case "url":
                return [(DocumentRig.Nobody, true), ("relative?a=b:c", true), ("ftp://127.0.0.1/x", false), ("http://[1", false)];
            default:
                Assert.Equal("text", parts[0]);
                return [("something", true)];
        }
    }
}
