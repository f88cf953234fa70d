using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Ringwright.Server.Settings;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>
/// The files for a container engine, which runs in no test: what such an engine would refuse, and what would not be this node any more;
/// and what the service of the package is given.
/// </summary>
public sealed partial class ContainerTests
{
    private static readonly string Folder = Repository.PathOf("deploy", "container");

    private static readonly string[] Instructions =
        ["FROM", "ARG", "COPY", "RUN", "USER", "WORKDIR", "VOLUME", "ENV", "EXPOSE", "STOPSIGNAL", "ENTRYPOINT", "CMD"];

    private static IEnumerable<string> Compose => File.ReadLines(Path.Combine(Folder, "compose.yaml"));

    [Fact]
    public void The_image_is_made_by_instructions_of_a_form_that_engines_read()
    {
        var steps = Steps();
        Assert.All(steps, step => Assert.Contains(step.Name, Instructions));
        Assert.Equal(("FROM", "CMD"), (steps[0].Name, steps[^1].Name));
        Assert.Matches("^[a-z/]+:[a-z0-9.-]+$", steps[0].Text);
        Assert.DoesNotContain(":latest", steps[0].Text, StringComparison.Ordinal);
        // By the exec form, so that the node and no shell gets the signal to stop.
        foreach (var step in steps.Where(step => step.Name is "ENTRYPOINT" or "CMD"))
            Assert.NotEmpty(JsonSerializer.Deserialize<string[]>(step.Text)!);
        int user = steps.FindIndex(step => step.Name == "USER");
        Assert.NotEqual("root", steps[user].Text);
        Assert.True(steps.FindLastIndex(step => step.Name == "RUN") < user, "what is installed is installed before the user changes");
        foreach (var run in steps.Where(step => step.Text.Contains("apt-get install", StringComparison.Ordinal)))
            Assert.EndsWith("/var/lib/apt/lists/*", run.Text, StringComparison.Ordinal);
        // What ./ringwright publish writes into the context, of one version where there are several.
        Assert.Equal("ringwright_${VERSION}_*.deb /tmp/ringwright.deb", Assert.Single(steps, step => step.Name == "COPY").Text);
        string version = XDocument.Load(Repository.PathOf("Directory.Build.props")).Descendants("Version").Single().Value;
        Assert.Equal($"VERSION={version}", Assert.Single(steps, step => step.Name == "ARG").Text);
    }

    [Fact]
    public void What_both_files_set_are_settings_of_serve()
    {
        var known = ServeFlags.All.Select(flag => flag.Variable).ToHashSet(StringComparer.Ordinal);
        var image = Steps().Where(step => step.Name == "ENV").SelectMany(step => Setting().Matches(step.Text)).Select(found => found.Value);
        var run = Compose.Where(line => !line.TrimStart().StartsWith('#')).SelectMany(line => Setting().Matches(line))
            .Select(found => found.Value);
        string[] named = [.. image, .. run];
        Assert.Contains("RINGWRIGHT_DATABASE", named);
        Assert.All(named, name => Assert.Contains(name, known));
    }

    /// <summary>The package's file, with the lines that somebody may take the mark of a comment from.</summary>
    [Fact]
    public void What_the_service_may_set_are_settings_of_serve_and_it_is_not_killed_while_calls_end()
    {
        var known = ServeFlags.All.Select(flag => flag.Variable).ToHashSet(StringComparer.Ordinal);
        var set = File.ReadLines(Repository.PathOf("deploy", "ringwright.env")).Select(line => line.TrimStart('#'))
            .Where(line => line.StartsWith("RINGWRIGHT_", StringComparison.Ordinal)).Select(line => line.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        Assert.Contains("RINGWRIGHT_SIP", set.Keys);
        Assert.All(set.Keys, name => Assert.Contains(name, known));
        const string limit = "TimeoutStopSec=";
        string stop = File.ReadLines(Repository.PathOf("deploy", "systemd", "ringwright.service"))
            .Single(line => line.StartsWith(limit, StringComparison.Ordinal))[limit.Length..];
        string drain = set["RINGWRIGHT_DRAIN_SECONDS"];
        Assert.True(int.Parse(stop, CultureInfo.InvariantCulture) > int.Parse(drain, CultureInfo.InvariantCulture),
            $"calls have {drain} s to end in, and the service is killed after {stop}");
    }

    /// <summary>By itself systemd stops all of a service of which the kernel has ended one process for want of memory.</summary>
    [Fact]
    public void The_service_goes_on_without_a_media_process_that_was_ended() =>
        Assert.Contains("OOMPolicy=continue", File.ReadLines(Repository.PathOf("deploy", "systemd", "ringwright.service")));

    [Fact]
    public void Ports_are_the_nodes_and_audio_is_published_one_to_one()
    {
        string exposed = Assert.Single(Steps(), step => step.Name == "EXPOSE").Text;
        const string rtp = "RINGWRIGHT_RTP: ";
        string range = Compose.Select(line => line.Trim()).First(line => line.StartsWith(rtp, StringComparison.Ordinal))[rtp.Length..];
        string[] published = [.. Compose.SelectMany(line => Published().Matches(line)).Select(found => found.Groups[1].Value)];
        Assert.Contains($"{range}:{range}/udp", published);
        Assert.Contains($"{range}/udp", exposed.Split(' '));
        foreach (string port in published.Where(port => !port.Contains(":9090", StringComparison.Ordinal)
            && !port.Contains(":3000", StringComparison.Ordinal)))
        {
            string[] parts = port.Split('/')[0].Split(':');
            Assert.Equal(parts[^2], parts[^1]);
            Assert.Contains($"{parts[^1]}/{(port.EndsWith("/udp", StringComparison.Ordinal) ? "udp" : "tcp")}", exposed.Split(' '));
        }
    }

    /// <summary>Inside of a container the node's own address is nobody's.</summary>
    [Fact]
    public void Links_in_answers_begin_where_the_API_is_published()
    {
        string[] lines = [.. Compose.Select(line => line.Trim())];
        Assert.Contains("RINGWRIGHT_PUBLIC_URL: ${RINGWRIGHT_PUBLIC_URL:-http://127.0.0.1:8080}", lines);
        Assert.Contains("- \"127.0.0.1:8080:8080\"", lines);
    }

    /// <summary>Else what is pasted from the page ends at the first that is missing.</summary>
    [Fact]
    public void The_page_says_all_that_the_composition_asks_for()
    {
        string page = File.ReadAllText(Repository.PathOf("docs", "how-to", "install.md"));
        string[] asked = [.. Compose.SelectMany(line => Asked().Matches(line)).Select(found => found.Groups[1].Value).Distinct()];
        Assert.Contains("POSTGRES_PASSWORD", asked);
        Assert.All(asked, name => Assert.Contains($"\n{name}=", page, StringComparison.Ordinal));
    }

    [Fact]
    public void The_composition_names_only_what_is_there()
    {
        string[] lines = [.. Compose];
        Assert.DoesNotContain(lines, line => line.Contains('\t', StringComparison.Ordinal) || line.TrimEnd() != line);
        Assert.All(lines, line => Assert.Equal(0, (line.Length - line.TrimStart().Length) % 2));
        var sections = Sections(lines);
        Assert.Equal(["name", "secrets", "services", "volumes"], sections.Keys.Order(StringComparer.Ordinal));
        Assert.All(sections["services"].Where(line => line.Contains("image:", StringComparison.Ordinal)), line =>
        {
            Assert.Matches(@"image: [a-z/.-]+:v?\d[\w.]*$", line);
            Assert.DoesNotContain("latest", line, StringComparison.Ordinal);
        });
        // Files that are mounted, volumes and secrets that are used, services that are waited for.
        foreach (string mounted in lines.SelectMany(line => Mounted().Matches(line)).Select(found => found.Groups[1].Value))
            Assert.True(mounted.StartsWith('.') ? Path.Exists(Path.GetFullPath(mounted, Folder))
                : Names(sections["volumes"]).Contains(mounted),
                $"{mounted} is neither a file of the tree nor a volume of the composition");
        Assert.Equal(Names(sections["volumes"]).Order(StringComparer.Ordinal), lines.SelectMany(line => Mounted().Matches(line))
            .Select(found => found.Groups[1].Value).Where(name => !name.StartsWith('.')).Order(StringComparer.Ordinal));
        foreach (string secret in lines.SelectMany(line => UsedSecret().Matches(line)).Select(found => found.Groups[1].Value))
            Assert.Contains(secret, Names(sections["secrets"]));
        int waits = Array.FindIndex(lines, line => line.Trim() == "depends_on:");
        Assert.Contains(lines[waits + 1].Trim().Split(':')[0], Names(sections["services"]));
        // What must come from outside is told at the head of the file.
        string head = string.Concat(lines.TakeWhile(line => line.StartsWith('#')));
        foreach (string asked in lines.SelectMany(line => Asked().Matches(line)).Select(found => found.Groups[1].Value).Distinct())
            Assert.Contains(asked, head, StringComparison.Ordinal);
    }

    private static List<(string Name, string Text)> Steps()
    {
        var steps = new List<(string, string)>();
        string joined = "";
        foreach (string line in File.ReadLines(Path.Combine(Folder, "Containerfile")).Where(line => !line.StartsWith('#')))
        {
            joined += line.TrimEnd('\\').Trim() + " ";
            if (line.EndsWith('\\')) continue;
            if (joined.Trim().Split(' ', 2) is [var name, var text]) steps.Add((name, text.Trim()));
            joined = "";
        }
        Assert.Equal("", joined);       // the last line is not to be continued
        return steps;
    }

    /// <summary>The lines below each word of the first column.</summary>
    private static Dictionary<string, List<string>> Sections(IEnumerable<string> lines)
    {
        var sections = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        List<string>? now = null;
        foreach (string line in lines.Where(line => line.Length > 0 && !line.TrimStart().StartsWith('#')))
            if (line[0] == ' ') now!.Add(line);     // a composition begins with a word
            else sections[line.Split(':')[0]] = now = [];
        return sections;
    }

    /// <summary>What a section declares: its words of the second column.</summary>
    private static List<string> Names(IEnumerable<string> section) =>
        [.. section.Where(line => line.StartsWith("  ", StringComparison.Ordinal) && line[2] != ' ')
            .Select(line => line.Trim().Split(':')[0])];

    [GeneratedRegex("RINGWRIGHT_[A-Z_]+(?=[=:] ?)(?!:\\?)")]
    private static partial Regex Setting();

    [GeneratedRegex("\"((?:127\\.0\\.0\\.1:)?[0-9-]+:[0-9-]+(?:/udp|/tcp)?)\"")]
    private static partial Regex Published();

    [GeneratedRegex("(?:- |volumes: \\[\")([a-z./][\\w./-]*):/")]
    private static partial Regex Mounted();

    [GeneratedRegex("secrets: \\[([a-z_]+)\\]")]
    private static partial Regex UsedSecret();

    [GeneratedRegex("\\$\\{([A-Z_]+):\\?\\}")]
    private static partial Regex Asked();
}
