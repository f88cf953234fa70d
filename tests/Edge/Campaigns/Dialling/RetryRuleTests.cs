using Ringwright.Calls;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Dialling;

public sealed class RetryRuleOnSqliteTests() : RetryRuleTests(Product.Sqlite);

[Depth("the gate runs these on SQLite, and kills a campaign on PostgreSQL in Interop")]
public sealed class RetryRuleOnPostgresTests() : RetryRuleTests(Product.Postgres);

/// <summary>How often attempts may end for a reason, where a face has one word for several.</summary>
public abstract class RetryRuleTests(Product product) : DiallerRig(product)
{
    private static readonly TakenCall Declines = new(null, TimeSpan.FromSeconds(0.5), HangupCause.CalleeDeclined, 603),
        IsAway = new(null, TimeSpan.FromSeconds(0.5), HangupCause.RemoteTimeout, 480);

    /// <summary>She declines once, and is away whenever she is called again.</summary>
    [Theory, InlineData("noanswer", 2), InlineData(null, 3)]
    public async Task Reasons_of_one_group_are_counted_together(string? group, int calls)
    {
        Far.Script(Anna, Declines, IsAway);
        var campaign = await CampaignAsync(Terms(tries: 9, retrySeconds: 1) with
        {
            RetryRules =
            [
                new("callee_declined", TimeSpan.FromSeconds(1), Most: 2) { Group = group },
                new("remote_timeout", TimeSpan.FromSeconds(1), Most: 2) { Group = group },
            ],
        }, Anna);
        StartDialler();
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        Assert.Equal(calls, Far.InvitesTo(Anna).Count());
    }
}
