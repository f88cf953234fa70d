using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Campaigns.Dialling;

/// <summary>
/// Places of calls: however a call ends, its place is free again, and none is counted as up in the end. There is one place, so that one
/// that leaks is the end of the list.
/// </summary>
public sealed class SlotTests() : DiallerRig(Product.Sqlite)
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(0.5);

    private static TakenCall Unanswered(HangupCause cause, int? status) => new(null, Moment, cause, status);

    private static readonly TakenCall[][] Ends =
    [
        [TakenCall.Busy], [TakenCall.Silent], [Unanswered(HangupCause.ApiCancel, 487)],
        [Unanswered(HangupCause.RemoteTimeout, 480)], [Unanswered(HangupCause.RemoteTimeout, 408)],
        [Unanswered(HangupCause.CalleeDeclined, 603)], [Unanswered(HangupCause.NotFound, 404)],
        [Unanswered(HangupCause.RemoteFailure, 503)], [Unanswered(HangupCause.MediaMismatch, 488)],
        [Unanswered(HangupCause.NodeRestart, null)], [Unanswered(HangupCause.Internal, null)],
        // Given back, and called once more.
        [Unanswered(HangupCause.TransportFailure, null), Unanswered(HangupCause.RemoteFailure, 429), TakenCall.Busy],
        [TakenCall.Talks(1)], [TakenCall.Talks(1, HangupCause.TimeLimit)], [TakenCall.Talks(1, HangupCause.RtpTimeout)],
        [TakenCall.Talks(1, HangupCause.NodeRestart)], [TakenCall.Talks(1, HangupCause.InsufficientFunds)],
    ];

    [Theory, InlineData(1, null), InlineData(null, 1)]
    public async Task However_a_call_ends_its_place_is_free_again(int? ofCampaign, int? ofNode)
    {
        string[] numbers = [.. Ends.Select((_, i) => $"+121255502{i:00}")];
        foreach (var (i, end) in Ends.Index()) Far.Script(numbers[i], end);
        // And those of whom nothing is ever dialled: full for a moment, and not to be called at all.
        string full = "+12125550298", barred = "+12125550299";
        int asked = 0;
        Far.Script(full, TakenCall.Busy);
        Far.Refuses = request => request.To == barred ? Dialled.Refused(Refusal.CountryNotAllowed, "country", null)
            : request.To == full && Interlocked.Increment(ref asked) == 1 ? Dialled.Refused(Refusal.TrunkLimit, "trunk_limit", null) : null;
        var campaign = await CampaignAsync(Terms() with { ConcurrentCalls = ofCampaign, CallsPerSecond = 20 }, [.. numbers, full, barred]);
        var dialler = StartDialler(parts => parts with { Rest = TimeSpan.FromHours(1), MostCalls = ofNode });
        await RunningAsync(campaign);
        await JumpUntilAsync(async () => (await FindAsync(campaign)).State is CampaignState.Stop, TimeSpan.FromMinutes(30));
        Assert.Equal("exhausted", (await FindAsync(campaign)).StopReason);
        Assert.Equal((Ends.Length + 3, 1), (Far.Invites.Count, Far.MostUp));
        Assert.Equal((0, 0), (dialler.Up, await Store.DialAttempts.CountLiveAsync(campaign, Stop)));
    }

    /// <summary>The INVITE was sent, and nobody knows whether it rang on: it counts, and waits the whole interval.</summary>
    [Fact]
    public async Task What_became_of_a_call_a_crash_has_taken_along_and_it_is_called_again_only_by_the_rule()
    {
        var unknown = Unanswered(HangupCause.NodeRestart, null);
        foreach (string number in (string[])[Anna, Bert, Cleo]) Far.Script(number, unknown);
        var once = await CampaignAsync(Terms(tries: 1, retrySeconds: 60), Anna);
        var twice = await CampaignAsync(Terms(tries: 2, retrySeconds: 60), Bert);
        var ruled = await CampaignAsync(Terms(tries: 9, retrySeconds: 60) with
        {
            RetryRules = [new("node_restart", TimeSpan.FromSeconds(300), Most: 2)],
        }, Cleo);
        StartDialler(parts => parts with { Rest = TimeSpan.FromHours(1) });
        foreach (var campaign in (Campaign[])[once, twice, ruled]) await RunningAsync(campaign);
        await JumpUntilAsync(async () => (await Task.WhenAll(FindAsync(once), FindAsync(twice), FindAsync(ruled)))
            .All(one => one.State is CampaignState.Stop), TimeSpan.FromHours(3));
        Assert.Equal((1, 2, 2), (Far.InvitesTo(Anna).Count(), Far.InvitesTo(Bert).Count(), Far.InvitesTo(Cleo).Count()));
        Assert.True(Between(Bert) >= TimeSpan.FromSeconds(60), $"{Between(Bert)}");
        Assert.True(Between(Cleo) >= TimeSpan.FromSeconds(300), $"{Between(Cleo)}");
        Assert.All(await AttemptsAsync(twice), attempt => Assert.Equal(("fail", "node_restart"), (attempt.Result, attempt.Reason)));
        Assert.Equal((TargetState.Done, 2), ((await TargetAsync(twice, Bert)).State, (await TargetAsync(twice, Bert)).Tries[0]));

        TimeSpan Between(string number) => Far.InvitesTo(number).ElementAt(1) - Far.InvitesTo(number).First();
    }
}
