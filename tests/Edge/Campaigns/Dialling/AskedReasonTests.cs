using Ringwright.Calls;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Dialling;

public sealed class AskedReasonOnSqliteTests() : AskedReasonTests(Product.Sqlite);

[Depth("the gate runs these on SQLite, and kills a campaign on PostgreSQL in Interop")]
public sealed class AskedReasonOnPostgresTests() : AskedReasonTests(Product.Postgres);

/// <summary>What the program of an answered call says that its end means.</summary>
public abstract class AskedReasonTests(Product product) : DiallerRig(product)
{
    /// <summary>Anna answers, her call's program gives the reason, and the call ends so; then again, and so on.</summary>
    private async Task<(IReadOnlyList<DialAttempt> Attempts, Target Anna)> RunAsync(string? reason, HangupCause cause)
    {
        Far.Script(Anna, TakenCall.Talks(3, cause));
        var campaign = await CampaignAsync(Terms(tries: 2), Anna);
        StartDialler();
        await RunningAsync(campaign);
        for (int call = 0; call < 2 && reason is not null; call++)
        {
            int nth = call;
            await UntilAsync(async () => (await FindAsync(campaign)).State is CampaignState.Stop
                || (await AttemptsAsync(campaign)).ElementAtOrDefault(nth)?.State is AttemptState.Answered);
            if ((await AttemptsAsync(campaign)).ElementAtOrDefault(nth) is { State: AttemptState.Answered } attempt)
                await Store.DialAttempts.AskAsync(Tenant, attempt.Id, reason, Stop);
        }
        await StoppedAsync(campaign);
        return (await AttemptsAsync(campaign), await TargetAsync(campaign, Anna));
    }

    [Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    [Theory] // cases 70 and 73
    [InlineData("busy"), InlineData("amd")]
    public async Task An_answered_call_whose_program_says_so_is_a_failure_and_is_tried_again(string reason)
    {
        var (attempts, anna) = await RunAsync(reason, HangupCause.ApiHangup);
        Assert.Equal([("fail", reason), ("fail", reason)], attempts.Select(attempt => (attempt.Result!, attempt.Reason!)));
        Assert.Equal((TargetState.Done, reason, 2), (anna.State, anna.Outcome, anna.Tries[0]));
        Assert.Equal(2, Far.InvitesTo(Anna).Count());
    }

    [Theory]
    [InlineData(null, HangupCause.ApiHangup, "success", "api_hangup")]
    [InlineData("normal", HangupCause.ApiHangup, "success", "api_hangup")]
    // The person was quicker, or the node died: whoever has answered is not called again.
    [InlineData("busy", HangupCause.RemoteHangup, "success", "remote_hangup")]
    [InlineData("busy", HangupCause.NodeRestart, "fail", "node_restart")]
    [InlineData("timeout", HangupCause.ApiHangup, "fail", "timeout")]
    public async Task Nobody_else_who_has_answered_is_called_again(string? asked, HangupCause cause, string result, string reason)
    {
        var (attempts, anna) = await RunAsync(asked, cause);
        Assert.Equal([(result, reason)], attempts.Select(attempt => (attempt.Result!, attempt.Reason!)));
        Assert.Equal((TargetState.Done, 1), (anna.State, anna.Tries[0]));
    }
}
