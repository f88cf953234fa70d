using System.Text.RegularExpressions;
using Ringwright.Server.Cli;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>
/// The launcher's help lists the program's commands although nothing may be built yet: a text that follows them. The words of a line are
/// anybody's to better; a command without a line gets what it says of itself, and a line without a command goes.
/// </summary>
public sealed partial class LauncherHelpTests
{
    private static readonly string Launcher = Repository.PathOf("ringwright");

    [Fact]
    public void Its_help_lists_every_command_of_the_program()
    {
        string text = File.ReadAllText(Launcher), now = Following(text, Commands);
        if (Golden.IsWriting && now != text) Write(now);
        Assert.True(File.ReadAllText(Launcher) == now,
            $"./ringwright --help is old; ./ringwright golden writes what it lacks:\n{Lines(now, text)}\n"
            + $"and takes out:\n{Lines(text, now)}");
    }

    [Fact]
    public void A_command_that_was_added_is_listed_by_what_it_says_of_itself()
    {
        string text = File.ReadAllText(Launcher);
        string now = Following(text, [.. Commands, ("weigh", "Say how heavy a call is, in grams. It asks the node.")]);
        const string line = "  weigh      say how heavy a call is, in grams";
        Assert.Equal(line, Lines(now, text));
        Assert.Equal(text, now.Replace(line + "\n", "", StringComparison.Ordinal));
        // Before the launcher's own commands.
        Assert.Matches($@"(?m)^{line}\n\n  test  ", now);
        Assert.Equal(text, Following(now, Commands));
    }

    [Theory]
    [InlineData("trunk", "  route      add, list or explain routes")]
    [InlineData("route", "  trunk      add, set, list or test trunks")]
    [InlineData("serve", null)]
    public void A_command_that_is_gone_takes_its_words_along(string gone, string? left)
    {
        string text = File.ReadAllText(Launcher);
        string now = Following(text, [.. Commands.Where(command => command.Name != gone)]);
        Assert.Equal(left ?? "", Lines(now, text));
        Assert.DoesNotMatch($@"(?m)^  (.*  )?{gone}  ", now);
        Assert.DoesNotContain('\n', Lines(text, now));
    }

    /// <summary>Those of one text that another does not have.</summary>
    private static string Lines(string text, string other) => string.Join('\n', text.Split('\n').Except(other.Split('\n')));

    private static IReadOnlyList<(string Name, string Says)> Commands =>
        [.. CommandLine.Create(null).Subcommands.Where(command => !command.Hidden).Select(c => (c.Name, c.Description ?? ""))];

    private static string Following(string launcher, IReadOnlyList<(string Name, string Says)> commands)
    {
        var lines = launcher.Split('\n').ToList();
        int first = lines.FindIndex(line => line.StartsWith("usage: ./ringwright ", StringComparison.Ordinal)) + 1;
        int end = lines.FindIndex(first, line => line.StartsWith("  test  ", StringComparison.Ordinal)); // the launcher's own begin
        var listed = new HashSet<string>(StringComparer.Ordinal);
        for (int at = end - 1; at >= first; at--)
        {
            var entries = Entry().Matches(lines[at]).Select(found => (Name: found.Groups[1].Value, Says: found.Groups[2].Value)).ToList();
            var stay = entries.Where(entry => commands.Any(command => command.Name == entry.Name)).ToList();
            listed.UnionWith(stay.Select(entry => entry.Name));
            if (stay.Count == entries.Count) continue;
            if (stay.Count > 0) lines[at] = string.Concat(stay.Select(entry => LineOf(entry.Name, entry.Says)));
            else
            {
                lines.RemoveAt(at);
                end--;
            }
        }
        lines.InsertRange(end - 1, commands.Where(c => !listed.Contains(c.Name)).Select(c => LineOf(c.Name, Short(c.Says))));
        return string.Join('\n', lines);
    }

    private static string LineOf(string name, string says) => $"  {name,-9}  {says}";

    /// <summary>The first sentence, as a part of one.</summary>
    private static string Short(string says)
    {
        string first = says.Split(". ")[0].TrimEnd('.');
        return first.Length > 1 && char.IsLower(first[1]) ? char.ToLowerInvariant(first[0]) + first[1..] : first;
    }

    /// <summary>As a new file: a shell may be reading the old one.</summary>
    private static void Write(string text)
    {
        string fresh = Launcher + ".new";
        File.WriteAllText(fresh, text);
        File.SetUnixFileMode(fresh, File.GetUnixFileMode(Launcher));
        File.Move(fresh, Launcher, overwrite: true);
    }

    /// <summary>A line has one or two of them.</summary>
    [GeneratedRegex(@"  ([a-z-]+) {2,}(\S+(?: \S+)*)")]
    private static partial Regex Entry();
}
