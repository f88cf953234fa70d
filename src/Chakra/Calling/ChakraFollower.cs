using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Calls;
using Ringwright.Chakra.Clicks;
using Ringwright.Chakra.Telling;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Chakra.Calling;

/// <summary>
/// Follows the calls of teams that want to hear of them. What has happened is noted as it is committed, and told a moment later, step by
/// step, each with the call as it was then. A step that is found twice, by two looks or after a crash, is told once.
/// </summary>
internal sealed class ChakraFollower(Database store, ChakraTelling telling) : IProjector
{
    internal const string SelectSteps = """
        select seq, subject_id, type, at from rw_ledger where tenant_id = @tenant and subject_id in @legs
            and type in ('leg_initiated', 'leg_ringing', 'leg_answered', 'leg_ended', 'recording_saved') order by seq
        """;
    // What an earlier process has not told yet. Once is remembered for a day.
    internal const string SelectRecent = """
        select id, uuid from rw_leg where tenant_id = @tenant and started_at >= @since order by started_at desc limit 5000
        """;

    // Whose end an earlier process may not have seen, or not written.
    internal const string SelectOpenClicks = $"""
        select id from rw_chakra_call where tenant_id = @tenant and is_logged and created_at >= @since and deleted_at is null
            and provider = '{ChakraCall.Provider}' and call_status in ('{ChakraStatus.Queued}', '{ChakraStatus.Ringing}',
                '{ChakraStatus.InProgress}', '{ChakraStatus.NotDisconnected}')
        """;

    private const int AtOnce = 200;

    /// <summary>What a CRM goes by; what else a leg goes through is no news.</summary>
    private static readonly string[] Seen = ["callStatus", "recordingUrl"];

    /// <summary>What was noted is in the ledger by then, or never.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(10), Past = TimeSpan.FromHours(20), Open = TimeSpan.FromDays(7);

    private readonly ConcurrentDictionary<CallKey, Touch> _touched = new();
    private readonly ChakraCalls _calls = new(store, telling);
    private bool _hasBegun, _hasCaughtUp;

    public IReadOnlyList<OutboxMessage> Project(SubjectEvent happened, DateTimeOffset at, DateTimeOffset startedAt)
    {
        if (happened is not CallEvent call) return [];
        telling.Desk.On(call);
        telling.Users.On(call);
        string? click = call.Leg.Labels[ClickDesk.Click];
        if (call is CallEvent.LegInitiated or CallEvent.LegRinging or CallEvent.LegAnswered or CallEvent.LegEnded
                or CallEvent.RecordingSaved && (click is not null || telling.Hooks.Of(call.Tenant).Count > 0))
        {
            var now = store.Time.GetUtcNow();
            var leg = call.Leg;
            _touched.AddOrUpdate(new(leg.Tenant, leg.Uuid), _ => new(leg.Id, now, 0, click),
                (_, before) => before with { At = now, Click = click });
        }
        return [];
    }

    public async Task LookAsync(CancellationToken stop)
    {
        if (!_hasBegun) await BeginAsync(stop);
        else if (!_hasCaughtUp) await CatchUpClicksAsync(stop);
        var now = store.Time.GetUtcNow();
        var looked = _touched.ToArray();
        foreach (var of in looked.Where(one => one.Value.Click is null).GroupBy(one => one.Key.Team))
            foreach (var some in of.Chunk(AtOnce)) await FollowAsync(of.Key, some, stop);
        foreach (var of in looked.Where(one => one.Value.Click is not null).GroupBy(one => (one.Key.Team, Click: one.Value.Click!)))
            await FollowClickAsync(of.Key.Team, of.Key.Click, [.. of], stop);
        foreach (var (key, touch) in looked)
            if (touch.At + Late < now && _touched.TryGetValue(key, out var last) && last.At == touch.At)
                _touched.TryRemove(new(key, last));
    }

    public Task CatchUpAsync(LegRow leg, CancellationToken stop)
    {
        if (telling.Hooks.Of(leg.Tenant).Count == 0 || leg.Labels[ClickDesk.Click] is not null) return Task.CompletedTask;
        var key = new CallKey(leg.Tenant, leg.Uuid);
        var touch = _touched.GetOrAdd(key, _ => new(leg.Id, store.Time.GetUtcNow(), 0, null));
        return FollowAsync(leg.Tenant, [new(key, touch)], stop);
    }

    /// <param name="click">A call that rings an agent first.</param>
    public Task CatchUpAsync(TenantId team, string click, CancellationToken stop) => FollowClickAsync(team, click, [], stop);

    private async Task BeginAsync(CancellationToken stop)
    {
        var now = store.Time.GetUtcNow();
        foreach (var team in telling.Hooks.Teams)
        {
            var recent = await store.Sql.ReadAsync(
                db => db.Query<RecentLeg>(SelectRecent, new { tenant = team, since = now - Past }).AsList(), stop);
            foreach (var leg in recent) _touched.TryAdd(new(team, leg.Uuid), new(leg.Id, now, 0, null));
        }
        _hasBegun = true;
    }

    /// <summary>
    /// Calls that ring an agent first, and that go on as far as their notes say: what has become of their legs meanwhile. With the second
    /// look, for links are known by then.
    /// </summary>
    private async Task CatchUpClicksAsync(CancellationToken stop)
    {
        var since = store.Time.GetUtcNow() - Open;
        foreach (var team in store.Routing.Current.Tenants.Select(tenant => tenant.Id).ToList())
        {
            var open = await store.Sql.ReadAsync(
                db => db.Query<string>(SelectOpenClicks, new { tenant = team, since }).AsList(), stop);
            foreach (string click in open) await FollowClickAsync(team, click, [], stop);
        }
        _hasCaughtUp = true;
    }

    /// <summary>Lays the steps of both legs over the call, those that were laid before too: they change nothing.</summary>
    private async Task FollowClickAsync(TenantId team, string click, IReadOnlyList<KeyValuePair<CallKey, Touch>> touched,
        CancellationToken stop)
    {
        // It is written when the agent's leg is there.
        if (await _calls.Notes.FindAsync(team, click, stop) is not { } note || !ClickMerge.IsClick(note)) return;
        var (agent, customer) = await _calls.FindClickLegsAsync(team, note, stop);
        if (agent is null) return;
        var legs = new InList<string>(customer is null ? [agent.Id.ToString()] : [agent.Id.ToString(), customer.Id.ToString()]);
        var steps = await store.Sql.ReadAsync(db => db.Query<Step>(SelectSteps, new { tenant = team, legs }).AsList(), stop);
        if (steps.Count == 0 || (touched.Count > 0 && touched.All(one => one.Value.Told >= steps[^1].Seq))) return;
        var since = await ChakraConfig.SinceAsync(store, team, stop);
        var (ringing, called) = (Begun(agent), (LegRow?)null);
        foreach (var step in steps)
        {
            if (step.SubjectId == agent.Id.ToString()) ringing = After(ringing, agent, step.Type);
            else called = After(called ?? Begun(customer!), customer!, step.Type);       // it is his, then
            if (ReferenceEquals(ClickMerge.Next(note, ringing, called, since, note.UpdatedAt), note)) continue;
            var (first, second) = (ringing, called);
            var changed = await _calls.Notes.ChangeAsync(db => ChakraNotes.Find(db, team, click),
                before => ClickMerge.Next(before!, first, second, since, store.Time.GetUtcNow()),       // no row is ever deleted
                _ => null, _calls.TellLogged, stop);
            note = changed.Note ?? note;
        }
        if (steps.Find(step => step.Type is "recording_saved") is { } saved) await TellHeardAsync(team, click, since, saved, stop);
        Mark(touched, _ => steps[^1].Seq);
    }

    /// <summary>The first recording of either leg gives the call its link, of which no note says anything.</summary>
    private async Task TellHeardAsync(TenantId team, string click, DateTimeOffset? since, Step saved, CancellationToken stop)
    {
        var hooks = telling.Hooks.Of(team);
        if (hooks.Count == 0 || saved.At <= store.Time.GetUtcNow() - Past) return;
        var found = await _calls.ListAsync(team, [click], since, stop);
        if (found.FirstOrDefault() is not { HasRecording: true, IsDeleted: false } call) return;
        var (before, after) = ((call with { HasRecording = false }).Write(telling.Links), call.Write(telling.Links));
        // Somebody may have given it another link.
        if (JsonNode.DeepEquals(before["recordingUrl"], after["recordingUrl"])) return;
        List<OutboxMessage> messages =
            [.. ChakraEvents.Of(hooks, new(ChakraEvents.Updated, click, before, after, saved.At) { Number = saved.Seq })];
        if (messages.Count > 0) await store.Outbox.AddAsync(messages, stop);
    }

    private void Mark(IEnumerable<KeyValuePair<CallKey, Touch>> touched, Func<Touch, long> told)
    {
        foreach (var (key, touch) in touched)
            if (told(touch) is var seq && _touched.TryGetValue(key, out var last) && last.Told < seq)
                _touched.TryUpdate(key, last with { Told = seq }, last);
    }

    private async Task FollowAsync(TenantId team, IReadOnlyList<KeyValuePair<CallKey, Touch>> some, CancellationToken stop)
    {
        var hooks = telling.Hooks.Of(team);
        if (hooks.Count == 0) return;
        var legs = new InList<string>([.. some.Select(one => one.Value.Leg.ToString())]);
        var steps = (await store.Sql.ReadAsync(db => db.Query<Step>(SelectSteps, new { tenant = team, legs }).AsList(), stop))
            .ToLookup(step => step.SubjectId);
        var news = some.Where(one => StepsOf(one.Value).Any(step => step.Seq > one.Value.Told)).ToList();
        if (news.Count == 0) return;
        var since = await ChakraConfig.SinceAsync(store, team, stop);
        var calls = (await _calls.ListAsync(team, [.. news.Select(one => one.Key.Leg.ToString())], since, stop))
            .ToDictionary(call => call.Id);
        var messages = new List<OutboxMessage>();
        foreach (var one in news)
            if (calls.GetValueOrDefault(one.Key.Leg.ToString()) is { Leg: { } leg, IsDeleted: false } call
                    && leg.Labels[ClickDesk.Click] is null)
                foreach (var change in Changes(call, leg, StepsOf(one.Value), one.Value.Told))
                    messages.AddRange(ChakraEvents.Of(hooks, change));
        if (messages.Count > 0) await store.Outbox.AddAsync(messages, stop);
        Mark(news, touch => StepsOf(touch).Max(step => step.Seq));

        IEnumerable<Step> StepsOf(Touch touch) => steps[touch.Leg.ToString()];
    }

    /// <summary>The steps that are news, with the call before and after.</summary>
    /// <param name="leg">As it is now; what it became later than a step is taken back for that step.</param>
    private IEnumerable<ChakraChange> Changes(ChakraCall call, LegRow leg, IEnumerable<Step> steps, long told)
    {
        var then = Begun(leg);
        var oldest = store.Time.GetUtcNow() - Past;
        bool isHeard = false;
        JsonObject? before = null;
        foreach (var step in steps)
        {
            then = After(then, leg, step.Type);
            isHeard |= step.Type is "recording_saved" && call.HasRecording;
            var after = (call with { Leg = then, HasRecording = isHeard }).Write(telling.Links);
            bool isNew = step.Type is "leg_initiated";
            bool isNews = isNew || (before is not null && Seen.Any(name => !JsonNode.DeepEquals(before[name], after[name])));
            // What is older was told in its time, and whether it was is not remembered for ever.
            if (isNews && step.Seq > told && step.At > oldest)
                yield return new(isNew ? ChakraEvents.Created : ChakraEvents.Updated, call.Id, isNew ? null : before, after, step.At)
                {
                    Number = step.Seq,
                };
            before = after;
        }
    }

    /// <summary>As it began.</summary>
    private static LegRow Begun(LegRow leg) => leg with
    {
        State = StoredLegState.Initiated,
        AnsweredAt = null,
        Codec = null,
        EndedAt = null,
        FoundEndedAt = null,
        Cause = null,
        By = null,
        SipStatus = null,
    };

    private static LegRow After(LegRow then, LegRow leg, string step) => step switch
    {
        "leg_ringing" when then.State is StoredLegState.Initiated => then with { State = StoredLegState.Ringing },
        "leg_answered" => then with { State = StoredLegState.Answered, AnsweredAt = leg.AnsweredAt, Codec = leg.Codec },
        "leg_ended" => then with
        {
            State = StoredLegState.Ended,
            EndedAt = leg.EndedAt,
            FoundEndedAt = leg.FoundEndedAt,
            Cause = leg.Cause,
            By = leg.By,
            SipStatus = leg.SipStatus,
        },
        _ => then,
    };

    private readonly record struct CallKey(TenantId Team, Guid Leg);

    /// <param name="At">When something was noted last.</param>
    /// <param name="Told">Number of the last step that was told, by this process.</param>
    /// <param name="Click">The call that it is a leg of, where that rings an agent first.</param>
    private sealed record Touch(LegId Leg, DateTimeOffset At, long Told, string? Click);

    private sealed record Step
    {
        public long Seq { get; init; }
        public string SubjectId { get; init; } = "";
        public string Type { get; init; } = "";
        public DateTimeOffset At { get; init; }
    }

    private sealed record RecentLeg
    {
        public LegId Id { get; init; }
        public Guid Uuid { get; init; }
    }
}
