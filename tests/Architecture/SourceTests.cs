using System.Text.RegularExpressions;
using Ringwright.Testing;

namespace Ringwright.Architecture;

/// <summary>Rules of style that a reader would otherwise have to check by eye.</summary>
public sealed partial class SourceTests
{
    private const int LongFile = 500, TooLongFile = 800;

    // Dialect words and where they may be: their dialect, and Server, which joins the tables and speaks to the customers' API in the demo.
    private static readonly (string Word, string Home)[] DialectWords =
    [
        ("call_control_id", "Telnyx"), ("call_leg_id", "Telnyx"), ("call_session_id", "Telnyx"), ("client_state", "Telnyx"),
        ("CallSid", "Texml"), ("AccountSid", "Texml"), ("activeflow", "Voipbin"), ("confbridge", "Voipbin"), ("outdialtarget", "Voipbin"),
        ("campaigncall", "Voipbin"), ("connectionStart", "Chakra"), ("callStatus", "Chakra"),
    ];

    // A migration that has run stays as it is, and this one gave each record's document the name of the only dialect that there was.
    private static readonly string[] NamedByHistory = ["src/Store/Migrations/0035-faces-of-dialects.sql"];

    private static IEnumerable<string> Sources(params string[] folders) =>
        folders.Select(f => Repository.PathOf(f)).Where(Directory.Exists)
            .SelectMany(f => Directory.EnumerateFiles(f, "*.cs", SearchOption.AllDirectories))
            .Where(f => !f.Contains("/node_modules/", StringComparison.Ordinal));

    private static string Short(string file) => Path.GetRelativePath(Repository.Root, file);

    [Fact]
    public void A_long_file_gives_its_reason_in_the_first_line()
    {
        var bad = new List<string>();
        foreach (string file in Sources("src", "tests", "bench"))
        {
            string[] lines = File.ReadAllLines(file);
            if (lines.Length > TooLongFile) bad.Add($"{Short(file)} has {lines.Length} lines: split it");
            else if (lines.Length > LongFile && !lines[0].StartsWith("//", StringComparison.Ordinal))
                bad.Add($"{Short(file)} has {lines.Length} lines and no reason in its first line");
        }
        Rule.Holds(bad);
    }

    [Fact]
    public void Namespaces_are_file_scoped() =>
        Rule.Holds(Sources("src", "tests", "bench").Where(f => BlockNamespace().IsMatch(File.ReadAllText(f))).Select(Short));

    [Fact]
    public void Nothing_is_left_for_later() =>
        Rule.Holds(Sources("src", "tests", "bench")
            .Where(f => Path.GetFileName(f) != "SourceTests.cs" && Unfinished().IsMatch(File.ReadAllText(f))).Select(Short));

    [Fact]
    public void A_dialects_word_stays_in_its_dialect()
    {
        var bad = from file in Sources("src")
                  let project = Short(file).Split('/')[1]
                  where project != "Server"
                  let code = Comments().Replace(File.ReadAllText(file), "")
                  from word in DialectWords
                  where project != word.Home && !Walls.SameProvider.Contains((word.Home, project))
                  where code.Contains(word.Word, StringComparison.Ordinal)
                  select $"{Short(file)} says {word.Word}";
        Rule.Holds(bad);
    }

    // Words that customers and scripts see, whatever the server knows of who speaks them.
    private static readonly string[] SeenFromOutside =
        ["telnyx_key", "voipbin_accesskey", "telefonie_key", "chakra_token", "agency_owner", "agency owner", "TELNYX_API_KEY"];

    [Fact]
    public void The_server_names_a_customers_dialect_only_in_its_list_of_modules()
    {
        var bad = from file in Sources("src/Server")
                  from dialect in Walls.Dialects.Where(d => d != "Operator")
                  where Path.GetFileName(file) is not "NodeModules.cs" && Path.GetFileName(file) != $"{dialect}Module.cs"
                      && !IsFromOutside(Short(file))
                  let code = SeenFromOutside.Aggregate(Comments().Replace(File.ReadAllText(file), ""),
                      (text, word) => text.Replace(word, "", StringComparison.Ordinal))
                  where code.Contains(dialect, StringComparison.OrdinalIgnoreCase)
                  select $"{Short(file)} says {dialect}";
        Rule.Holds(bad);
    }

    /// <summary>Areas that are modules as a whole: a node is given what they bring.</summary>
    private static readonly string[] Joined = ["Uploads", "Streams", "Speech.Recordings", "Speech.Transcription"];

    [Fact]
    public void The_node_uses_no_area_that_is_a_module() => Rule.Holds(
        from file in Sources("src/Server/Nodes")
        from area in Joined
        where File.ReadAllText(file).Contains($"using Ringwright.{area}", StringComparison.Ordinal)
        select $"{Short(file)} uses {area}");

    /// <summary>A demo asks a node by its public APIs, as a customer does.</summary>
    private static bool IsFromOutside(string file) =>
        file.StartsWith("src/Server/Demo/", StringComparison.Ordinal)
            || file is "src/Server/Cli/DemoCommand.cs" or "src/Server/Cli/ProviderDoctorCommand.cs";

    [Fact]
    public void The_engine_and_the_store_name_no_dialect() => Rule.Holds(
        from file in Sources("src/Http", "src/Store")
            .Concat(Directory.EnumerateFiles(Repository.PathOf("src", "Store"), "*.sql", SearchOption.AllDirectories))
        where !NamedByHistory.Contains(Short(file))
        from Match word in DialectName().Matches(File.ReadAllText(file))
        select $"{Short(file)} says {word.Value}");

    /// <summary>It is served by the same engine: nothing that the engine has may be another contract's.</summary>
    [Fact]
    public void The_second_contract_has_nothing_of_the_first() => Rule.Holds(
        from file in Sources("tests/Contract/Parcels")
        from Match word in DialectName().Matches(File.ReadAllText(file))
        select $"{Short(file)} says {word.Value}");

    [Fact]
    public void No_file_names_a_place_on_somebodys_machine()
    {
        string[] kinds = [".cs", ".csproj", ".props", ".targets", ".md", ".js", ".json", ".tsv", ".sql", ".sh", ".xml", ".txt"];
        string[] folders = ["src", "tests", "bench", "contracts", "docs", "tools", "demo"];
        var files = folders.Select(f => Repository.PathOf(f)).Where(Directory.Exists)
            .SelectMany(f => Directory.EnumerateFiles(f, "*", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Repository.Root))
            .Where(f => kinds.Contains(Path.GetExtension(f)) && !f.Contains("/node_modules/", StringComparison.Ordinal)
                && Path.GetFileName(f) != "SourceTests.cs");
        Rule.Holds(files.Where(f => MachinePath().IsMatch(File.ReadAllText(f))).Select(Short));
    }

    [Fact]
    public void Log_ids_are_unique_and_each_project_has_one_block_of_a_hundred()
    {
        var ids = from file in Sources("src")
                  from Match match in LogId().Matches(File.ReadAllText(file))
                  select (Project: Short(file).Split('/')[1],
                      Id: int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
        var all = ids.ToList();
        Rule.Holds(all.GroupBy(i => i.Id).Where(g => g.Count() > 1)
            .Select(g => $"{g.Key} in {string.Join(", ", g.Select(i => i.Project))}"));
        Rule.Holds(all.GroupBy(i => i.Project).Where(g => g.Select(i => i.Id / 100).Distinct().Count() > 1)
            .Select(g => $"{g.Key}: {string.Join(", ", g.Select(i => i.Id))}"));
        Rule.Holds(all.GroupBy(i => i.Id / 100).Where(g => g.Select(i => i.Project).Distinct().Count() > 1)
            .Select(g => $"{g.Key}00: {string.Join(", ", g.Select(i => i.Project).Distinct())}"));
    }

    [Fact]
    public void Packages_are_pinned_in_one_place()
    {
        var projects = Directory.EnumerateFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Repository.PathOf("tests"), "*.csproj", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Repository.PathOf("bench"), "*.csproj", SearchOption.AllDirectories));
        Rule.Holds(projects.Where(f => Regex.IsMatch(File.ReadAllText(f), "<PackageReference[^>]*Version=")).Select(Short));
        Assert.DoesNotMatch("Version=\"[^\"]*[*\\[(]", File.ReadAllText(Repository.PathOf("Directory.Packages.props")));
    }

    [Fact]
    public void Each_test_that_is_said_to_keep_a_guard_is_there()
    {
        var named = TestName().Matches(File.ReadAllText(Repository.PathOf("docs", "security.md")))
            .Select(m => m.Groups[1].Value).Distinct().ToList();
        var there = Directory.EnumerateFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
            .Select(f => Path.GetFileNameWithoutExtension(f)).ToHashSet();
        Assert.True(named.Count > 30, $"{named.Count} named");
        Rule.Holds(named.Where(name => !there.Contains(name)).Select(name => $"docs/security.md names {name}, and there is no such test"));
    }

    /// <summary>The clock goes on between two looks: a row whose moments are looked up one by one has several.</summary>
    [Fact]
    public void What_a_request_writes_has_one_moment() => Rule.Holds(
        from file in Sources("src")
        from line in File.ReadLines(file)
        where MomentTwice().IsMatch(line)
        select $"{Short(file)} looks at the clock twice: {line.Trim()}");

    [Fact]
    public void Decisions_are_numbered_without_gaps_or_doubles()
    {
        var numbers = Directory.EnumerateFiles(Repository.PathOf("docs", "adr"), "????-*.md")
            .Select(f => int.Parse(Path.GetFileName(f)[..4], System.Globalization.CultureInfo.InvariantCulture)).Order().ToList();
        Assert.Equal(Enumerable.Range(1, numbers.Count), numbers);
    }

    [GeneratedRegex(@"At = op\.Now,.*At = op\.Now")]
    private static partial Regex MomentTwice();

    [GeneratedRegex(@"`(\w+(?:Tests|Scenarios))`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"^namespace [\w.]+\s*\r?\n?\{", RegexOptions.Multiline)]
    private static partial Regex BlockNamespace();

    [GeneratedRegex(@"\bTODO\b|\bFIXME\b|NotImplementedException|#region")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"(?<![\w.])/(?:work|root|tmp/rw|home/\w+)/")]
    private static partial Regex MachinePath();

    [GeneratedRegex("telnyx|texml|twilio|voipbin|telefonie|chakra|agency", RegexOptions.IgnoreCase)]
    private static partial Regex DialectName();

    [GeneratedRegex(@"LoggerMessage\((?:EventId\s*=\s*)?(\d+)")]
    private static partial Regex LogId();
}
