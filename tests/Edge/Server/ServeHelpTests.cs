using Ringwright.Server.Cli;
using Ringwright.Server.Settings;

namespace Ringwright.Edge.Server;

/// <summary>The help of <c>serve</c>: below heads, and nothing left out.</summary>
public sealed class ServeHelpTests
{
    [Fact]
    public async Task Every_flag_stands_once_below_its_head()
    {
        var (exit, output, _) = await CommandRun.RunAsync("serve", "--help");
        Assert.Equal(0, exit);
        string[] lines = output.Split('\n', StringSplitOptions.TrimEntries);
        // What a flag means may begin a line with another one, further in.
        Assert.All(ServeFlags.All, flag => Assert.Single(output.Split('\n'), line =>
            (line + " ").StartsWith($"  {flag.Name} ", StringComparison.Ordinal)));
        int heads = lines.Count(line => line.EndsWith(':') && ServeHelp.Groups.Any(group => group.Title + ":" == line));
        Assert.Equal(ServeHelp.Groups.Count, heads);
        Assert.True(Array.IndexOf(lines, "Mail:") < Array.FindIndex(lines, line => line.StartsWith("--smtp ", StringComparison.Ordinal)));
        Assert.DoesNotContain(output.Split('\n'), line => line.Length > 120);
    }

    [Fact]
    public void A_group_names_flags_that_there_are_and_each_is_in_one()
    {
        var named = ServeHelp.Groups.SelectMany(group => group.Flags).ToList();
        Assert.Equal(named.Distinct(StringComparer.Ordinal), named);
        Assert.Empty(named.Except(ServeFlags.All.Select(flag => flag.Name), StringComparer.Ordinal));
    }
}
