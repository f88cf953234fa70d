using System.Collections;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Ringwright.Calls;
using Ringwright.Testing;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Languages;

namespace Ringwright.Edge.Texml;

/// <summary>
/// By what each attribute that acts is seen: the first field that it changes of what is asked of the call, of a dial, of a program that
/// talks, or of the request for the next document. <see cref="AttributeNeeds"/> has what it needs beside it. <c>tests/golden/texml</c>
/// has a row for each, with "-" where nothing of the kind changes (what it does is heard, or told later): the page of coverage counts
/// those.
/// </summary>
public sealed partial class ObservableTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    private const int Deepest = 5;

    private static IEnumerable<(AttributeRow Row, bool IsTwiml)> Rows =>
        from row in TexmlSheet.Attributes.Values.OrderBy(row => $"{row.Element} {row.Name}", StringComparer.Ordinal)
        where row.Lacks.Length == 0 && SheetTests.PathTo(row.Element) is not null
        let twiml = TexmlSheet.TwimlAttributes[(row.Element, row.Name)]
        where row.Default is not null || twiml.Default is not null
        select row.Default is not null ? (row, false) : (twiml, true);

    [Fact]
    public async Task Each_attribute_that_acts_has_its_observable_or_is_counted()
    {
        var text = new StringBuilder("language\telement\tattribute\tobservable\n");
        var plain = new Dictionary<(string, string, bool), Facts>();
        int seen = 0;
        foreach (var (row, isTwiml) in Rows)
        {
            string beside = AttributeNeeds.Of(row.Element, row.Name);
            if (!plain.TryGetValue((row.Element, beside, isTwiml), out var without))
                plain.Add((row.Element, beside, isTwiml), without = await PlainAsync(row.Element, beside, isTwiml));
            string? observable = null;
            foreach (string value in ValuesOf(row))
            {
                string with = $"{SheetTests.Written(row.Name, value)} {beside}";
                observable ??= without.DifferenceTo(await FactsAsync(row.Element, with, isTwiml));
            }
            if (observable is not null) seen++;
            text.Append($"{(isTwiml ? "TwiML" : "TeXML")}\t{row.Element}\t{row.Name}\t{observable ?? "-"}\n");
        }
        Assert.True(seen > 100, $"{seen} are seen:\n{text}");
        Golden.Matches("texml/observables.tsv", text.ToString());
    }

    private static IEnumerable<string> ValuesOf(AttributeRow row) => AttributeNeeds.ValueOf(row.Element, row.Name) is { } own ? [own]
        : SheetTests.Samples(row.Values).Where(one => one.IsGood && one.Value != row.Default).Select(one => one.Value).Take(2);

    /// <summary>Without the attribute, twice: what changes by itself says nothing.</summary>
    private async Task<Facts> PlainAsync(string element, string beside, bool isTwiml)
    {
        var (once, again) = (await FactsAsync(element, beside, isTwiml), await FactsAsync(element, beside, isTwiml));
        return new(once, [.. once.Keys.Union(again.Keys).Where(key => once.GetValueOrDefault(key) != again.GetValueOrDefault(key))]);
    }

    private async Task<Dictionary<string, string>> FactsAsync(string element, string attributes, bool isTwiml)
    {
        var relays = new List<RelayTerms>();
        var call = new ScriptedCall
        {
            Application = new(ApplicationKind.Document, isTwiml ? TwimlLanguage.Target : ""),
            Seen = command =>
            {
                if (command is LegCommand.StartAgent start && rig.Relays.Find(start.Terms.Conversation) is { } order)
                    relays.Add(order.Terms);
            },
        };
        string document =
            SheetTests.Document(element, attributes, AttributeNeeds.OfAround(element), AttributeNeeds.InsideOf(element));
        var next = await rig.RunAsync(document, call);
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var command in call.Commands.Where(command => command is not LegCommand.Note)) Tell(command.GetType().Name, command);
        foreach (var dial in call.Dials) Tell("Dial", dial);
        foreach (var terms in relays) Tell("Relay", terms);
        Tell("Next", next);
        return facts;

        void Tell(string what, object? told)
        {
            int nth = counts[what] = counts.GetValueOrDefault(what) + 1;
            facts[$"{what}#{nth}"] = "";
            Flatten($"{what}#{nth}", told, 0, facts);
        }
    }

    private static void Flatten(string path, object? value, int depth, Dictionary<string, string> facts)
    {
        if (value is null) return;
        var type = value.GetType();
        if (value is Labels labels)
        {
            foreach (var (name, said) in labels.Values) facts[$"{path}.{name}"] = Clean(said);
        }
        else if (value is IEnumerable many and not string)
        {
            int nth = 0;
            foreach (object? one in many) Flatten($"{path}[{nth++}]", one, depth + 1, facts);
        }
        else if (depth < Deepest && !type.IsEnum && type.Namespace?.StartsWith("Ringwright", StringComparison.Ordinal) is true)
        {
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
                if (property.GetIndexParameters().Length == 0 && !property.PropertyType.IsByRefLike)
                    Flatten($"{path}.{property.Name}", property.GetValue(value), depth + 1, facts);
        }
        else facts[path] = Clean($"{value}");
    }

    /// <summary>Without ids, which are new each time, and without spans of a clock that runs fast.</summary>
    private static string Clean(string text) => Spans().Replace(Ids().Replace(text, "#"), "[$1, #]");

    /// <param name="Noise">Keys of facts that are other each time.</param>
    private sealed record Facts(Dictionary<string, string> Plain, HashSet<string> Noise)
    {
        /// <summary>The first that is other, by its name; null for none.</summary>
        public string? DifferenceTo(Dictionary<string, string> with) => Plain.Keys.Union(with.Keys).Where(key => !Noise.Contains(key))
            .Order(StringComparer.Ordinal).FirstOrDefault(key => Plain.GetValueOrDefault(key) != with.GetValueOrDefault(key)) is { } first
                ? Places().Replace(first, "") : null;
    }

    // The two letters of a SID may be digits of an id's kind, as those of CF and RE: they go with it.
    [GeneratedRegex("(?:[A-Z]{2})?[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}|v3:[A-Za-z0-9_-]+"
        + "|expires=[0-9]+|signature=[A-Za-z0-9_-]+")]
    private static partial Regex Ids();

    [GeneratedRegex(@"\[(\w*(?:Time|Duration)), [^\]]*\]")]
    private static partial Regex Spans();

    [GeneratedRegex(@"#\d+|\[\d+\]")]
    private static partial Regex Places();
}
