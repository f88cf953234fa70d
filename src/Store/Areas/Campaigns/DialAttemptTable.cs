using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>
/// The attempts of all campaigns. One is claimed with its target in one transaction, and with nobody else who calls the number; its leg's
/// first row says that it is dialled, in the same transaction, or there is no leg. So whatever stops where, nobody is dialled whose try
/// is not taken, and what was never dialled is known to be so.
/// </summary>
public sealed class DialAttemptTable
{
    private const string Columns = """
        id, tenant_id, campaign_id, list_id, target_id, round, number, from_party, destination, try, state, leg_id, leg_uuid,
            claimed_at, answered_at, agent_at, ended_at, cause, sip_status, talk_seconds, result, reason, asked_reason, evidence, refs,
            settled_at, deleted_at
        """;
    internal const string Insert = """
        insert into rw_attempt (id, tenant_id, campaign_id, list_id, target_id, round, number, from_party, destination, try, state, node,
            claimed_at, evidence, refs)
        values (@id, @tenant, @campaign, @list, @target, @round, @number, @from, @destination, @nth, 'claimed', @node, @at, @evidence,
            @refs)
        on conflict do nothing
        """;
    internal const string DeleteUntaken = "delete from rw_attempt where tenant_id = @tenant and id = @id";
    // The ledger's, with the leg's own rows.
    internal const string Dial = """
        update rw_attempt set state = 'dialled', leg_id = @leg, leg_uuid = @uuid, dialled_at = @at
        where tenant_id = @tenant and id = @attempt and state = 'claimed'
        """;
    internal const string Answer = """
        update rw_attempt set state = 'answered', answered_at = @at
        where tenant_id = @tenant and id = @attempt and leg_id = @leg and state = 'dialled'
        """;
    internal const string End = """
        update rw_attempt set state = 'ended', ended_at = @at, cause = @cause, sip_status = @sipStatus, talk_seconds = @talk
        where tenant_id = @tenant and id = @attempt and leg_id = @leg and state in ('dialled', 'answered')
        """;
    internal const string Ask = """
        update rw_attempt set asked_reason = @reason where tenant_id = @tenant and id = @id and state = 'answered'
        """;
    internal const string SelectEndedAllTenants =
        $"select {Columns} from rw_attempt where state = 'ended' order by ended_at, id limit @limit";
    internal const string SelectClaimedAllTenants =
        $"select {Columns} from rw_attempt where state = 'claimed' and node in @nodes order by claimed_at, id limit @limit";
    internal const string SelectOtherNodesAllTenants = """
        select node from rw_attempt where state = 'claimed' and node <> @node
        union select node from rw_attempt where state = 'answered' and leg_id is null and node <> @node
        """;
    /// <summary>The claim of one that calls nobody becomes its run. Nobody who waits for an agent has answered.</summary>
    internal const string BeginAlone = """
        update rw_attempt set state = 'answered', answered_at = @at, agent_at = @at
        where tenant_id = @tenant and id = @id and state = 'claimed'
        """;
    /// <summary>See the index of the same condition.</summary>
    internal const string SelectAloneAllTenants = $"""
        select {Columns} from rw_attempt where state = 'answered' and leg_id is null and node in @nodes
        order by claimed_at, id limit @limit
        """;
    internal const string SelectAnswered = """
        select leg_uuid from rw_attempt
        where tenant_id = @tenant and campaign_id = @campaign and state = 'answered' and leg_uuid is not null
        """;
    internal const string CountLive = """
        select count(*) from rw_attempt where tenant_id = @tenant and campaign_id = @campaign
            and state in ('claimed', 'dialled', 'answered', 'ended')
        """;
    internal const string NoteAgent =
        "update rw_attempt set agent_at = @at where tenant_id = @tenant and id = @id and agent_at is null";
    internal const string CountByAgent = """
        select coalesce(sum(case when state in ('claimed', 'dialled') then 1 else 0 end), 0) as dialling,
            coalesce(sum(case when state = 'answered' and agent_at is not null then 1 else 0 end), 0) as talking
        from rw_attempt where tenant_id = @tenant and campaign_id = @campaign and state in ('claimed', 'dialled', 'answered', 'ended')
        """;
    /// <summary>Of so many calls the averages are taken.</summary>
    private const int Recent = 500;
    internal const string Settle = """
        update rw_attempt set state = @state, ended_at = coalesce(ended_at, @at), result = @result, reason = @reason, settled_at = @at
        where tenant_id = @tenant and id = @id and state = @from
        """;
    internal const string SelectPage = $"""
        select {Columns} from rw_attempt where tenant_id = @tenant and campaign_id = @campaign
        order by claimed_at, id limit @limit offset @offset
        """;
    internal const string Count = "select count(*) from rw_attempt where tenant_id = @tenant and campaign_id = @campaign";
    internal const string SelectReasons = """
        select reason, result, count(*) as number from rw_attempt
        where tenant_id = @tenant and campaign_id = @campaign and state = 'settled'
        group by reason, result order by reason, result
        """;
    internal const string CountOfReasons = """
        select count(*) from rw_attempt
        where tenant_id = @tenant and target_id = @target and round = @round and state = 'settled' and reason in @reasons
        """;
    internal const string SelectOne = $"select {Columns} from rw_attempt where tenant_id = @tenant and id = @id";
    internal const string SelectOfNumber = $"""
        select {Columns} from rw_attempt where tenant_id = @tenant and number = @number and claimed_at >= @since and state <> 'returned'
        order by claimed_at desc limit 1000
        """;

    /// <summary>Of all accounts below the same root.</summary>
    internal const string SelectOfNumberAllTenants = $"""
        select {Columns} from rw_attempt where tenant_id in (select t.id from rw_tenant t where {CalledNumbers.FamilyAllTenants})
            and number = @number and claimed_at >= @since and state <> 'returned'
        order by claimed_at desc limit 1000
        """;
    internal const string SelectOfFaces = $"""
        select {Columns} from rw_attempt where tenant_id = @tenant and refs is not null
            and claimed_at < @before
            and (cast(@campaign as text) is null or campaign_id = @campaign)
            and (cast(@target as text) is null or target_id = @target)
            and (cast(@result as text) is null or coalesce(result, '') = @result)
            and (@deleted = 0 or (@deleted = 1 and deleted_at is not null) or (@deleted = 2 and deleted_at is null))
            and (cast(@stage as text) is null or case when state in ('settled', 'returned') then 'done'
                when answered_at is not null then 'progressing' else 'dialing' end = @stage)
        order by claimed_at desc, id desc limit @limit
        """;
    internal const string SelectLive = $"""
        select {Columns} from rw_attempt where tenant_id = @tenant and campaign_id = @campaign
            and state in ('claimed', 'dialled', 'answered')
        order by claimed_at, id limit 10000
        """;
    internal const string Remove = """
        update rw_attempt set deleted_at = @at where tenant_id = @tenant and id = @id and refs is not null and deleted_at is null
            and state in ('settled', 'returned')
        """;
    internal const string SelectOtherAllTenants = "select 1 from rw_attempt where id = @id and tenant_id <> @tenant";
    internal const string SelectStages = """
        select cause, reason, result, answered_at is not null as answered, state, count(*) as number from rw_attempt
        where tenant_id = @tenant and campaign_id = @campaign
        group by cause, reason, result, answered_at is not null, state
        """;

    private readonly Sql _sql;
    private readonly CampaignTable _campaigns;
    private readonly CampaignDesk _desk;
    private readonly string _shares, _averages;
    private readonly CalledNumbers _called;

    internal DialAttemptTable(Sql sql, CampaignTable campaigns, CampaignDesk desk)
    {
        (_sql, _campaigns, _desk) = (sql, campaigns, desk);
        (_shares, _averages, _called) = (SharesOn(sql.Engine), AveragesOn(sql.Engine), new(sql));
    }

    internal static string SharesOn(IEngine engine) => $"""
        select count(*) as answered, coalesce(sum(case when agent_at is null
            or {engine.MillisOf("agent_at")} - {engine.MillisOf("answered_at")} > {CampaignPast.AgentWithin.TotalMilliseconds}
            then 1 else 0 end), 0) as abandoned
        from rw_attempt where tenant_id = @tenant and campaign_id = @campaign and answered_at >= @since and answered_at < @until
            and (agent_at is not null or asked_reason is null or asked_reason not in ({MachineReasons.All}))
        """;

    internal static string AveragesOn(IEngine engine) => $"""
        select count(*) as finished, count(answered_at) as answered,
            cast(avg({engine.MillisOf("answered_at")} - {engine.MillisOf("dialled_at")}) as double precision) as toanswer,
            cast(avg({engine.MillisOf("ended_at")} - {engine.MillisOf("agent_at")}) as double precision) as handling
        from (select dialled_at, answered_at, agent_at, ended_at from rw_attempt where tenant_id = @tenant and campaign_id = @campaign
            and state in ('ended', 'settled') and dialled_at is not null order by claimed_at desc, id desc limit {Recent}) recent
        """;

    internal static string TakeOf(int destination) => $"""
        update rw_target set state = 'progressing', tries_{destination} = tries_{destination} + 1, updated_at = @at
        where tenant_id = @tenant and id = @target and state = 'idle' and deleted_at is null and round = @round
            and tries_{destination} = @before
        """;

    internal static string TargetEndOf(int destination) => $"""
        update rw_target set state = case when @again = 0 or outcome = '{Target.RefusedByList}' then 'done' else 'idle' end,
            outcome = case when @again = 1 and outcome = '{Target.RefusedByList}' or @returned = 1 and outcome = '{Target.Recalled}'
                then outcome else @outcome end,
            due_at = coalesce(@due, due_at), updated_at = @at, tries_{destination} = tries_{destination} - @returned
        where tenant_id = @tenant and id = @target and state = 'progressing'
        """;

    /// <summary>Takes a try of each target, where nobody else has and nobody below the same root is on the line with the number.</summary>
    /// <returns>Those that were taken.</returns>
    public async ValueTask<IReadOnlyList<DialAttempt>> ClaimAsync(IReadOnlyList<DialAttempt> wanted, int node, CancellationToken stop) =>
        await ClaimAsync(null, wanted, node, stop).ConfigureAwait(false) ?? [];

    /// <summary>As ClaimAsync, for one campaign, and only while it runs: a stop by another node is seen, or waits for the claim.</summary>
    /// <returns>Those that were taken; null when the campaign does not run.</returns>
    public ValueTask<IReadOnlyList<DialAttempt>?> ClaimRunningAsync(Campaign campaign, IReadOnlyList<DialAttempt> wanted, int node,
        CancellationToken stop) => ClaimAsync(campaign, wanted, node, stop);

    private async ValueTask<IReadOnlyList<DialAttempt>?> ClaimAsync(Campaign? running, IReadOnlyList<DialAttempt> wanted, int node,
        CancellationToken stop)
    {
        var onLine = await _called.OnLineAsync(wanted, stop).ConfigureAwait(false);
        var (claimed, isRunning, _) = await _sql.WriteAsync(db =>
        {
            var added = new List<OutboxEntry>();
            var taken = new List<DialAttempt>();
            if (running is not null && db.ExecuteScalar<string?>(CampaignTable.SelectRunning + _sql.Engine.Hold,
                    new { tenant = running.Tenant, id = running.Id }) is null)
                return (taken, false, added);
            var called = _called.Among(db, wanted);
            foreach (var attempt in wanted)
            {
                var number = (attempt.Tenant, attempt.Number);
                if (called.Contains(number) || onLine.Contains(number)) continue;
                if (OneTelephone.OtherOf(attempt.Number) is { } other && taken.Exists(one => one.Number == other)) continue;
                var whole = attempt.Refs is null ? attempt : attempt with { Refs = WithAddress(db, attempt) };
                if (!TryClaim(db, whole, node)) continue;
                taken.Add(attempt);
                if (whole.Refs is null) continue;
                _desk.Write(db, new CampaignNews.AttemptMoved(whole, IsNew: true, attempt.ClaimedAt), added);
                TargetTable.Tell(db, _desk, attempt.Tenant, attempt.Target, attempt.ClaimedAt, added);
            }
            return (taken, true, added);
        }, stop, committed: all => _desk.Added(all.added)).ConfigureAwait(false);
        return isRunning ? claimed : null;
    }

    /// <summary>With the address as the face's document of the target has it: that may be changed later.</summary>
    private static JsonObject WithAddress(IDbConnection db, DialAttempt attempt)
    {
        var refs = attempt.Refs!.DeepClone().AsObject(); // just asked for
        var document = db.QueryFirstOrDefault<JsonObject>(TargetTable.SelectDocument, new { tenant = attempt.Tenant, id = attempt.Target });
        refs["destination"] = document?[$"destination_{attempt.Destination}"]?.DeepClone();
        return refs;
    }

    private static bool TryClaim(IDbConnection db, DialAttempt attempt, int node)
    {
        var (tenant, id, at) = (attempt.Tenant, attempt.Id, attempt.ClaimedAt);
        int added = db.Execute(Insert, new
        {
            id, tenant, campaign = attempt.Campaign, list = attempt.List, target = attempt.Target, number = attempt.Number,
            from = attempt.From, destination = attempt.Destination, nth = attempt.Try, round = attempt.Round, node = (long)node, at,
            evidence = attempt.Evidence, refs = attempt.Refs,
        });
        if (added == 0) return false;
        var target = new { tenant, target = attempt.Target, before = attempt.Try - 1, round = attempt.Round, at };
        if (db.Execute(TakeOf(attempt.Destination), target) > 0) return true;
        db.Execute(DeleteUntaken, new { tenant, id });
        return false;
    }

    /// <summary>
    /// Says what the end of an answered call will mean, before it is hung up. Of one that is over already nothing is changed.
    /// </summary>
    /// <param name="reason">In snake case.</param>
    public async ValueTask AskAsync(TenantId tenant, Guid id, string reason, CancellationToken stop) =>
        await _sql.WriteAsync(db => db.Execute(Ask, new { tenant, id, reason }), stop).ConfigureAwait(false);

    /// <summary>Attempts whose legs are over, the oldest first.</summary>
    public ValueTask<IReadOnlyList<DialAttempt>> ListEndedAsync(int limit, CancellationToken stop) =>
        QueryAsync(SelectEndedAllTenants, new { limit }, stop);

    /// <summary>What nodes have claimed and not dialled.</summary>
    public ValueTask<IReadOnlyList<DialAttempt>> ListClaimedAsync(IReadOnlyList<int> nodes, int limit, CancellationToken stop) =>
        QueryAsync(SelectClaimedAllTenants, new { nodes = new InList<long>([.. nodes.Select(node => (long)node)]), limit }, stop);

    /// <summary>What nodes carry out without a call.</summary>
    public ValueTask<IReadOnlyList<DialAttempt>> ListAloneAsync(IReadOnlyList<int> nodes, int limit, CancellationToken stop) =>
        QueryAsync(SelectAloneAllTenants, new { nodes = new InList<long>([.. nodes.Select(node => (long)node)]), limit }, stop);

    /// <summary>One that calls nobody is carried out from now on.</summary>
    /// <returns>False when its claim is gone.</returns>
    public async ValueTask<bool> BeginAloneAsync(DialAttempt claimed, DateTimeOffset at, CancellationToken stop)
    {
        var (isBegun, _) = await _sql.WriteAsync(db =>
        {
            var added = new List<OutboxEntry>();
            if (db.Execute(BeginAlone, new { tenant = claimed.Tenant, id = claimed.Id, at = Times.Cut(at) }) == 0) return (false, added);
            Tell(db, _desk, claimed.Tenant, claimed.Id, at, added);
            return (true, added);
        }, stop, committed: all => _desk.Added(all.added)).ConfigureAwait(false);
        return isBegun;
    }

    /// <summary>The nodes beside this one that have claimed something, or carry something out without a call.</summary>
    public ValueTask<IReadOnlyList<int>> ListClaimantsAsync(int but, CancellationToken stop) => _sql.ReadAsync<IReadOnlyList<int>>(
        db => [.. db.Query<long>(SelectOtherNodesAllTenants, new { node = (long)but }).Select(node => (int)node)], stop);

    /// <summary>UUIDs of a campaign's legs that somebody has answered and that are up.</summary>
    public ValueTask<IReadOnlyList<string>> ListAnsweredAsync(TenantId tenant, Guid campaign, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<string>>(db => db.Query<string>(SelectAnswered, new { tenant, campaign }).AsList(), stop);

    /// <summary>Claimed, up, or not settled yet.</summary>
    public ValueTask<int> CountLiveAsync(Campaign campaign, CancellationToken stop) => _sql.ReadAsync(
        db => (int)db.ExecuteScalar<long>(CountLive, new { tenant = campaign.Tenant, campaign = campaign.Id }), stop);

    /// <inheritdoc cref="CalledNumbers.IsLiveAsync"/>
    public ValueTask<bool> IsLiveAsync(TenantId tenant, string number, CancellationToken stop) =>
        _called.IsLiveAsync(tenant, number, stop);

    /// <summary>Somebody of the account talks with whoever was called: the first time counts.</summary>
    /// <returns>False when that was known, or there is no such attempt.</returns>
    public async ValueTask<bool> NoteAgentAsync(TenantId tenant, Guid attempt, DateTimeOffset at, CancellationToken stop) =>
        await _sql.WriteAsync(db => db.Execute(NoteAgent, new { tenant, id = attempt, at = Times.Cut(at) }), stop)
            .ConfigureAwait(false) > 0;

    /// <summary>Calls that nobody has answered yet, and calls with an agent.</summary>
    public ValueTask<(int Dialling, int Talking)> CountWithAgentsAsync(Campaign campaign, CancellationToken stop) => _sql.ReadAsync(db =>
    {
        var (dialling, talking) = db.QuerySingle<(long, long)>(CountByAgent, new { tenant = campaign.Tenant, campaign = campaign.Id });
        return ((int)dialling, (int)talking);
    }, stop);

    /// <param name="since">What was answered before does not count for the abandoned, nor what is so new that nobody knows yet.</param>
    public ValueTask<CampaignPast> MeasureAsync(Campaign campaign, DateTimeOffset since, DateTimeOffset now, CancellationToken stop) =>
        _sql.ReadAsync(db =>
        {
            var which = new { tenant = campaign.Tenant, campaign = campaign.Id, since, until = now - CampaignPast.AgentWithin };
            var (answered, abandoned) = db.QuerySingle<(long, long)>(_shares, which);
            var recent = db.QuerySingle<Averages>(_averages, which);
            return new CampaignPast
            {
                Answered = answered, Abandoned = abandoned, Finished = recent.Finished, RecentlyAnswered = recent.Answered,
                ToAnswer = TimeSpan.FromMilliseconds(recent.ToAnswer ?? 0), Handling = TimeSpan.FromMilliseconds(recent.Handling ?? 0),
            };
        }, stop);

    /// <summary>
    /// Tells the target what became of the attempt. Of an attempt that somebody has settled, or that has been dialled since it was looked
    /// at, nothing is changed.
    /// </summary>
    /// <param name="from">Where it was when it was looked at.</param>
    public async ValueTask<bool> SettleAsync(AttemptOutcome outcome, AttemptState from, DateTimeOffset at, CancellationToken stop)
    {
        var (isSettled, _, _) = await _sql.WriteAsync(db =>
        {
            var added = new List<OutboxEntry>();
            var attempt = outcome.Attempt;
            int settled = db.Execute(Settle, new
            {
                tenant = attempt.Tenant, id = attempt.Id, at, result = outcome.Result, reason = outcome.Reason,
                state = Names<AttemptState>.Of(outcome.IsReturned ? AttemptState.Returned : AttemptState.Settled),
                from = Names<AttemptState>.Of(from),
            });
            if (settled == 0) return (false, false, added);
            db.Execute(TargetEndOf(attempt.Destination), new
            {
                tenant = attempt.Tenant, target = attempt.Target, outcome = outcome.Reason, at, returned = outcome.IsReturned ? 1 : 0,
                again = outcome.Due is null ? 0 : 1,
                // One that is given back and may be taken again at once keeps its time, and so its place among the others.
                due = outcome.Due is { } due && !(outcome.IsReturned && due <= at) ? Times.Cut(due) : (DateTimeOffset?)null,
            });
            // Its list was thought to be called to its end.
            bool hasResumed = outcome.IsReturned && db.Execute(CampaignTable.Resume, new
            {
                tenant = attempt.Tenant, id = attempt.Campaign, reason = Campaign.Exhausted, at,
            }) > 0;
            if (hasResumed && _desk.IsOpen) _campaigns.Tell(db, attempt.Tenant, attempt.Campaign, at, added);
            if (attempt.Refs is null) return (true, hasResumed, added);
            Tell(db, _desk, attempt.Tenant, attempt.Id, at, added);
            TargetTable.Tell(db, _desk, attempt.Tenant, attempt.Target, at, added);
            return (true, hasResumed, added);
        }, stop, committed: all =>
        {
            _desk.Added(all.added);
            _campaigns.Tell(all.Item2, outcome.Attempt.Campaign);
        }).ConfigureAwait(false);
        return isSettled;
    }

    /// <summary>What its face tells of an attempt that was answered or settled, where it is a face's.</summary>
    internal static void Tell(IDbConnection db, CampaignDesk desk, TenantId tenant, Guid id, DateTimeOffset at, List<OutboxEntry> added)
    {
        if (!desk.IsOpen || db.Query<Row>(SelectOne, new { tenant, id }).FirstOrDefault()?.ToAttempt() is not { Refs: not null } attempt)
            return;
        desk.Write(db, new CampaignNews.AttemptMoved(attempt, IsNew: false, at), added);
    }

    /// <summary>Attempts of campaigns that have a face, the newest first.</summary>
    public ValueTask<IReadOnlyList<DialAttempt>> ListAsync(TenantId tenant, AttemptQuery query, CancellationToken stop) =>
        QueryAsync(SelectOfFaces, new
        {
            tenant, campaign = query.Campaign, target = query.Target, stage = query.Stage, result = query.Result,
            before = query.Before ?? DateTimeOffset.MaxValue,
            deleted = query.IsDeleted is null ? 0 : query.IsDeleted is true ? 1 : 2, limit = query.Limit,
        }, stop);

    /// <summary>Those that are claimed, or up.</summary>
    public ValueTask<IReadOnlyList<DialAttempt>> ListLiveAsync(TenantId tenant, Guid campaign, CancellationToken stop) =>
        QueryAsync(SelectLive, new { tenant, campaign }, stop);

    /// <summary>Only one that is over; it stays, and says when it was deleted.</summary>
    /// <param name="messages">Who is told.</param>
    /// <returns>False when it was not over, or was deleted before.</returns>
    public async ValueTask<bool> RemoveAsync(TenantId tenant, Guid id, DateTimeOffset at, IReadOnlyList<OutboxMessage> messages,
        Audit.AuditNote? note, CancellationToken stop)
    {
        var (isRemoved, _) = await _sql.WriteAsync(db =>
        {
            if (db.Execute(Remove, new { tenant, id, at }) == 0) return (false, new List<OutboxEntry>());
            AuditTable.Write(db, note);
            return (true, _desk.WriteAll(db, messages));
        }, stop, committed: all => _desk.Added(all.Item2)).ConfigureAwait(false);
        return isRemoved;
    }

    /// <summary>Whether an account other than this one has it.</summary>
    public async ValueTask<bool> IsOthersAsync(TenantId tenant, Guid id, CancellationToken stop) => await _sql.ReadAsync(
        db => db.QueryFirstOrDefault<long?>(SelectOtherAllTenants, new { tenant, id }), stop).ConfigureAwait(false) is not null;

    /// <summary>How many stand where, and what has ended them.</summary>
    public ValueTask<IReadOnlyList<AttemptCount>> CountAsync(TenantId tenant, Guid campaign, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<AttemptCount>>(
            db => [.. db.Query<CountRow>(SelectStages, new { tenant, campaign }).Select(row => row.ToCount())], stop);

    public ValueTask<(IReadOnlyList<DialAttempt> Rows, long Total)> ListAsync(Campaign campaign, int offset, int limit,
        CancellationToken stop)
    {
        var which = new { tenant = campaign.Tenant, campaign = campaign.Id, offset, limit };
        return _sql.ReadAsync<(IReadOnlyList<DialAttempt>, long)>(db => (
            [.. db.Query<Row>(SelectPage, which).Select(row => row.ToAttempt())], db.ExecuteScalar<long>(Count, which)), stop);
    }

    /// <summary>By what became of them.</summary>
    public ValueTask<IReadOnlyList<(string Reason, string Result, long Number)>> CountReasonsAsync(Campaign campaign,
        CancellationToken stop) => _sql.ReadAsync<IReadOnlyList<(string, string, long)>>(
            db => db.Query<(string, string, long)>(SelectReasons, new { tenant = campaign.Tenant, campaign = campaign.Id }).AsList(), stop);

    /// <summary>Attempts of the same target that were settled with one of these reasons.</summary>
    public ValueTask<int> CountReasonsAsync(DialAttempt attempt, IReadOnlyList<string> reasons, CancellationToken stop) => _sql.ReadAsync(
        db => (int)db.ExecuteScalar<long>(CountOfReasons,
            new { tenant = attempt.Tenant, target = attempt.Target, round = attempt.Round, reasons = new InList<string>(reasons) }), stop);

    public async ValueTask<DialAttempt?> FindAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        (await QueryAsync(SelectOne, new { tenant, id }, stop).ConfigureAwait(false)).FirstOrDefault();

    /// <summary>All that the account has tried to call the number, in any campaign; what was given back is not among it.</summary>
    /// <param name="ofAll">And all accounts below the same root.</param>
    public ValueTask<IReadOnlyList<DialAttempt>> ListOfNumberAsync(TenantId tenant, string number, DateTimeOffset since, bool ofAll,
        CancellationToken stop) => QueryAsync(ofAll ? SelectOfNumberAllTenants : SelectOfNumber, new { tenant, number, since }, stop);

    private ValueTask<IReadOnlyList<DialAttempt>> QueryAsync(string sql, object which, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<DialAttempt>>(db => [.. db.Query<Row>(sql, which).Select(row => row.ToAttempt())], stop);

    private sealed record Averages
    {
        public long Finished { get; init; }
        public long Answered { get; init; }
        public double? ToAnswer { get; init; }
        public double? Handling { get; init; }
    }

    private sealed record Row
    {
        public Guid Id { get; init; }
        public TenantId TenantId { get; init; }
        public Guid CampaignId { get; init; }
        public Guid ListId { get; init; }
        public Guid TargetId { get; init; }
        public int Round { get; init; }
        public string Number { get; init; } = "";
        public string FromParty { get; init; } = "";
        public int Destination { get; init; }
        public int Try { get; init; }
        public string State { get; init; } = "";
        public string? LegId { get; init; }
        public string? LegUuid { get; init; }
        public DateTimeOffset ClaimedAt { get; init; }
        public DateTimeOffset? AnsweredAt { get; init; }
        public DateTimeOffset? AgentAt { get; init; }
        public DateTimeOffset? EndedAt { get; init; }
        public string? Cause { get; init; }
        public int? SipStatus { get; init; }
        public int? TalkSeconds { get; init; }
        public string? Result { get; init; }
        public string? Reason { get; init; }
        public string? AskedReason { get; init; }
        public JsonObject Evidence { get; init; } = [];
        public JsonObject? Refs { get; init; }
        public DateTimeOffset? SettledAt { get; init; }
        public DateTimeOffset? DeletedAt { get; init; }

        public DialAttempt ToAttempt() => new()
        {
            Id = Id, Tenant = TenantId, Campaign = CampaignId, List = ListId, Target = TargetId, Round = Round, Number = Number,
            From = FromParty, Destination = Destination, Try = Try, State = Names<AttemptState>.Parse(State),
            Leg = LegId is { } id && Core.LegId.TryParse(id, out var read) ? read : null,
            LegUuid = LegUuid is { } leg ? Guid.Parse(leg) : null, ClaimedAt = ClaimedAt, AnsweredAt = AnsweredAt,
            AgentAt = AgentAt, EndedAt = EndedAt,
            Cause = Cause is { } cause ? Names<HangupCause>.Parse(cause) : null, SipStatus = SipStatus, TalkSeconds = TalkSeconds ?? 0,
            Result = Result, Reason = Reason, AskedReason = AskedReason, Evidence = Evidence, Refs = Refs, SettledAt = SettledAt,
            DeletedAt = DeletedAt,
        };
    }

    private sealed record CountRow
    {
        public string? Cause { get; init; }
        public string? Reason { get; init; }
        public string? Result { get; init; }
        public bool Answered { get; init; }
        public string State { get; init; } = "";
        public long Number { get; init; }

        public AttemptCount ToCount() => new(Names<AttemptState>.Parse(State),
            Cause is { } cause ? Names<HangupCause>.Parse(cause) : null, Reason, Result, Answered, Number);
    }
}
