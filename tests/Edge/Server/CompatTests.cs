using Ringwright.Server;
using Ringwright.Server.Settings;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>The settings by which sources of APIs are followed to the letter, and the table that says where that is.</summary>
public sealed class CompatTests
{
    private const string Strict = "--compat-strict", FlowReference = "--compat-flow-reference";

    private static CompatSettings Read(params (string Name, string Text)[] given) => ServeFlags.Read(
        name => given.Where(g => g.Name == name).Select(g => g.Text).FirstOrDefault(),
        variable => given.Where(g => g.Name == variable).Select(g => g.Text).FirstOrDefault()).Compat;

    /// <summary>Of the table: the setting and its value; none where there is no setting.</summary>
    private static IReadOnlyList<string[]> Rows() =>
    [
        .. File.ReadLines(Repository.PathOf("contracts", "deviations.tsv")).Where(line => line.Length > 0 && line[0] != '#').Skip(1)
            .Select(line => line.Split('\t')),
    ];

    [Fact]
    public void One_setting_switches_all_and_each_may_be_set_by_itself()
    {
        Assert.Equal(new CompatSettings(), Read());
        Assert.Equal(CompatSettings.Seed, Read((Strict, "seed")));
        Assert.Equal(CompatSettings.Seed, Read(("RINGWRIGHT_COMPAT_STRICT", "seed")));
        Assert.Equal(CompatSettings.Seed with { SaysNoAnswer = false, NewWebhookVersion = "2" },
            Read((Strict, "seed"), ("--compat-no-answer", "off"), ("--compat-webhook-version", "2")));
        Assert.Equal(new CompatSettings { HasUpdateTimes = true }, Read(("RINGWRIGHT_COMPAT_UPDATE_TIME", "on")));
        Assert.Equal(new CompatSettings { HasFlowReferences = true }, Read((FlowReference, "on")));
        Assert.StartsWith("--compat-called-url", Assert.Throws<StartRefused>(() => Read(("--compat-called-url", "yes"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_settings_of_the_table_together_are_what_the_one_switches()
    {
        var rows = Rows();
        Assert.All(rows, row => Assert.True(row.Length == 5 && row.All(cell => cell.Length > 0), string.Join(" | ", row)));
        var named = rows.Select(row => row[4]).Where(setting => setting != "-").Select(setting => setting.Split(' ')).ToList();
        Assert.All(named, setting => Assert.Contains(ServeFlags.All, flag => flag.Name == setting[0]));
        var compat = named.Where(setting => setting[0].StartsWith("--compat-", StringComparison.Ordinal)).ToList();
        Assert.Equal(CompatSettings.Seed, Read([.. compat.Select(setting => (setting[0], setting[1]))]));
        // The source has no word for a flow without a call, so that nothing of the table leads there.
        Assert.Equal(CompatFlags.All.Select(flag => flag.Name).Except([Strict, FlowReference]).Order(),
            compat.Select(setting => setting[0]).Order());
    }
}
