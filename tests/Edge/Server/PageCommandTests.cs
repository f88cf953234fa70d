using System.CommandLine;
using System.Text.RegularExpressions;
using Ringwright.Server.Cli;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>
/// Blocks of pages are typed by a suite of their own; what stands in their text is typed by readers alone. Each command and each flag there
/// is one that the program has. Names and files, which readers put in, are let by.
/// </summary>
public sealed partial class PageCommandTests
{
    /// <summary>They work on sources, and the program does not know them.</summary>
    private static readonly string[] OfTheLauncher = ["test", "build", "check", "golden", "bench", "soak", "publish"];

    [Fact]
    public void A_command_in_the_text_of_a_page_is_one_that_there_is()
    {
        var root = CommandLine.Create(null);
        string[] pages =
        [
            .. Directory.GetFiles(Repository.Root, "*.md"),
            // A decision names what there was, and so does what has changed.
            .. Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories)
                .Where(page => !page.Contains("/adr/", StringComparison.Ordinal)),
        ];
        var named = pages.Where(page => Path.GetFileName(page) is not "CHANGELOG.md").SelectMany(page => File.ReadLines(page)
            .SelectMany((line, i) => Named().Matches(line).Select(found =>
                (Where: $"{Path.GetRelativePath(Repository.Root, page)}:{i + 1}", Typed: found.Groups[1].Value)))).ToList();
        // Fewer would mean that this finds none any more.
        Assert.True(named.Count > 120, $"{named.Count} named");
        Assert.Empty(named.Select(one => Fault(root, one.Typed.Split(' ')) is { } fault ? $"{one.Where} {one.Typed}: {fault}" : null)
            .OfType<string>());
    }

    [Theory]
    [InlineData("trunk set NAME --next-trunk-on 408,5xx", null), InlineData("call show $CALL", null), InlineData("bench --curves", null)]
    [InlineData("trunk sett NAME", "sett"), InlineData("trunk set NAME --next-trunk-of 408", "--next-trunk-of"), InlineData("sing", "sing")]
    public void What_there_is_not_is_named(string typed, string? fault) =>
        Assert.Equal(fault, Fault(CommandLine.Create(null), typed.Split(' ')));

    /// <summary>As docs/how-to/see-and-end-calls.md promises.</summary>
    [Fact]
    public void Each_list_has_json_for_scripts()
    {
        var lists = Below(CommandLine.Create(null))
            .Where(command => command.Name is "list" or "rooms" or "queues" or "streams" or "warnings" or "verified").ToList();
        Assert.True(lists.Count > 20, $"{lists.Count} lists");
        Assert.All(lists, list => Assert.Contains(list.Options, option => option.Name == "--json"));
    }

    /// <summary>By the page of --help of each.</summary>
    [Fact]
    public void Each_command_says_what_it_is_and_what_all_that_it_takes_is()
    {
        var shown = Below(CommandLine.Create(null)).Where(command => !command.Hidden).ToList();
        Assert.True(shown.Count > 60, $"{shown.Count} commands");
        var taken = shown.SelectMany(command =>
            command.Options.Cast<Symbol>().Concat(command.Arguments).Where(symbol => !symbol.Hidden)
                .Select(symbol => (Where: $"{command.Name} {symbol.Name}", Says: symbol.Description)));
        Assert.Empty(taken.Concat(shown.Select(command => (Where: command.Name, Says: command.Description)))
            .Where(one => string.IsNullOrWhiteSpace(one.Says)).Select(one => one.Where));
    }

    private static IEnumerable<Command> Below(Command command) => command.Subcommands.SelectMany(sub => Below(sub).Prepend(sub));

    /// <returns>The first word that is neither a command, a flag, nor may be something else; null where there is none.</returns>
    private static string? Fault(Command command, string[] words)
    {
        if (OfTheLauncher.Contains(words[0])) return null;
        foreach (string word in words)
        {
            if (word is "--help" or "--version") continue;
            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                string flag = word.Split('=')[0];
                if (command.Options.All(option => option.Name != flag)) return flag;
            }
            else if (command.Subcommands.FirstOrDefault(sub => sub.Name == word || sub.Aliases.Contains(word)) is { } next) command = next;
            else if (command.Arguments.Count == 0 && command.Subcommands.Count > 0) return word;
        }
        return null;
    }

    [GeneratedRegex("`(?:\\./)?ringwright ([^`]+)`")]
    private static partial Regex Named();
}
