using System.Text.RegularExpressions;
using Ringwright.Testing;

namespace Ringwright.Architecture;

/// <summary>
/// Families of the Telnyx API are folders beside each other. A new one is a folder with its table and a line that joins it, and uses none
/// of the others.
/// </summary>
public sealed partial class TelnyxFamilyTests
{
    private const string Home = "src/Telnyx", Joined = "src/Telnyx/TelnyxBindings.cs", Envelope = "src/Telnyx/TelnyxEvent.cs";

    /// <summary>What families use of others as they grew: "who whom". A pair that is no more goes; none comes.</summary>
    private static readonly string[] Known =
    [
        "Account Numbers", "Account Voice", "Addresses Voice", "Assistants Account", "Assistants Inference", "Assistants Messaging",
        "Assistants Speech", "Assistants Voice", "Connections Faces", "Connections Voice", "Faces Connections", "Faces Numbers",
        "Faces Voice", "Inference Assistants", "Inference Storage", "Inference Voice", "Messaging Numbers", "Messaging Verify",
        "Messaging Voice", "Numbers Account", "Numbers Faces", "Numbers Voice", "Speech Voice", "Storage Voice", "Texml Voice",
        "Verify Messaging", "Verify Numbers", "Verify Voice", "Voice Account", "Voice Assistants", "Voice Connections", "Voice Faces",
        "Voice Speech",
    ];

    private static IEnumerable<string> Files => Directory.EnumerateFiles(Repository.PathOf(Home), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    private static string Short(string file) => Path.GetRelativePath(Repository.Root, file);

    [Fact]
    public void No_family_uses_another_that_it_did_not_use_before()
    {
        var used = (from file in Files
                    let parts = Short(file).Split('/')
                    where parts.Length > 3
                    from Match other in Uses().Matches(File.ReadAllText(file))
                    where other.Groups["family"].Value != parts[2]
                    select $"{parts[2]} {other.Groups["family"].Value}").Distinct().Order(StringComparer.Ordinal).ToList();
        Rule.Holds(used.Except(Known).Select(pair => $"{pair}: a family uses no other"));
        Rule.Holds(Known.Except(used).Select(pair => $"{pair} is no more: take it out of the list"));
    }

    [Fact]
    public void A_familys_table_is_joined_by_one_line()
    {
        string joined = File.ReadAllText(Repository.PathOf(Joined));
        var tables = Files.Where(file => Path.GetFileName(file) == "Bindings.cs").Select(Short).ToList();
        Assert.True(tables.Count >= 20, $"{tables.Count} tables");
        Rule.Holds(from table in tables
                   let name = Path.GetDirectoryName(table)![(Home.Length + 1)..].Replace('/', '.')
                   let begin = $".. {name}.Bindings.Rows("
                   let lines = joined.Split('\n').Count(line => line.Trim().StartsWith(begin, StringComparison.Ordinal))
                   where lines != 1
                   select $"{table} is joined by {lines} lines of {Joined}");
    }

    [Fact]
    public void The_envelope_of_webhooks_is_made_in_one_place() =>
        Rule.Holds(Files.Where(file => EventEnvelope().IsMatch(File.ReadAllText(file))).Select(Short).Where(file => file != Envelope));

    [GeneratedRegex(@"^using (?:static )?Ringwright\.Telnyx\.(?<family>[A-Za-z]+)", RegexOptions.Multiline,
        matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Uses();

    [GeneratedRegex("\\[\"record_type\"\\]\\s*=\\s*\"event\"", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex EventEnvelope();
}
