using System.Data;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>How many targets of a list are in which state, and when the next idle one is due.</summary>
public sealed record TargetCounts(long Idle, long Progressing, long Done, DateTimeOffset? NextDue)
{
    public long Total => Idle + Progressing + Done;
}

/// <summary>A target is not called before <paramref name="Due"/>.</summary>
/// <param name="Why">As a word, where a person should see it; null leaves what the target says.</param>
public readonly record struct TargetDeferral(Target Target, DateTimeOffset Due, string? Why = null);

/// <summary>Target lists and whom they name.</summary>
public sealed class TargetTable
{
    /// <summary>Of one write.</summary>
    public const int MostAtOnce = 500;

    private const string Columns = """
        id, tenant_id, list_id, name, data, timezone, identity_key, destinations, state, outcome, due_at, round,
            tries_0, tries_1, tries_2, tries_3, tries_4, created_at, updated_at, deleted_at
        """;
    internal const string InsertList = "insert into rw_target_list (id, tenant_id, name, created_at) values (@id, @tenant, @name, @at)";
    internal const string SelectList = "select id, tenant_id, name, created_at from rw_target_list where tenant_id = @tenant and id = @id";
    internal const string Into =
        "insert into rw_target (id, tenant_id, list_id, name, data, timezone, identity_key, destinations, state, due_at, created_at, "
        + "updated_at) values ";
    /// <summary>Whoever is there already stays as he is.</summary>
    private const string IfNewHere =
        " on conflict (list_id, identity_key) where identity_key is not null and deleted_at is null do nothing";
    private const string IfNew = IfNewHere + " returning id";
    private const string OfList = "where tenant_id = @tenant and list_id = @list and deleted_at is null";
    private const string NotRefused = $"(outcome is null or outcome <> '{Target.RefusedByList}')";
    /// <summary>Of a list that its face has deleted nobody is called.</summary>
    private const string OfLivingList = OfList + " and not exists (select 1 from rw_target_list where rw_target_list.tenant_id = @tenant "
        + "and rw_target_list.id = @list and rw_target_list.deleted_at is not null)";
    internal const string SelectDue =
        $"select {Columns} from rw_target {OfLivingList} and state = 'idle' and due_at <= @now order by due_at, id limit @limit";
    internal const string SelectNextDue = $"select min(due_at) from rw_target {OfLivingList} and state = 'idle'";
    internal const string SelectAny = $"select {Columns} from rw_target where tenant_id = @tenant and id = @id";
    /// <summary>By the index of the same condition.</summary>
    internal const string SelectByKey =
        $"select {Columns} from rw_target {OfList} and identity_key = @key and identity_key is not null";
    internal const string SelectDocument = "select doc from rw_target where tenant_id = @tenant and id = @id and doc is not null";
    internal const string SelectRetries = $"""
        select {Columns} from rw_target {OfList} and state = 'idle' and due_at > @now and id > @after
            and tries_0 + tries_1 + tries_2 + tries_3 + tries_4 > 0
        order by id limit @limit
        """;
    /// <summary>Targets of a face: nobody but the dialler says when they are due.</summary>
    internal const string SelectWaiting = $"""
        select {Columns} from rw_target {OfList} and state = 'idle' and (due_at, id) > (@since, @after) and doc is not null
        order by due_at, id limit @limit
        """;
    /// <summary>Whoever is due since he was put on the list.</summary>
    internal const string SelectAhead = $"""
        select {Columns} from rw_target {OfList} and state = 'idle' and (created_at, id) > (@since, @after) and due_at = created_at
        order by created_at, id limit @limit
        """;
    internal const string SelectDone =
        $"select {Columns} from rw_target {OfList} and state = 'done' and {NotRefused} and id > @after order by id limit @limit";
    internal const string ResetOne = """
        update rw_target set state = 'idle', outcome = null, due_at = @at, round = round + 1, updated_at = @at,
            tries_0 = 0, tries_1 = 0, tries_2 = 0, tries_3 = 0, tries_4 = 0
        where tenant_id = @tenant and id = @id and deleted_at is null and state <> 'progressing'
        """;
    internal const string Recall = $"""
        update rw_target set state = 'idle', outcome = '{Target.Recalled}', due_at = @due, round = round + 1, tries_0 = @tries,
            updated_at = @at
        {OfList} and id = @id and state <> 'progressing' and {NotRefused}
        """;
    /// <summary>Of one whose call is just over, too: somebody may be about to ask that it is called again.</summary>
    internal const string RefuseSome = $"""
        update rw_target set state = case when state = 'progressing' then state else 'done' end, outcome = '{Target.RefusedByList}',
            updated_at = @at
        {OfList} and id in @ids and (outcome is null or outcome <> '{Target.RefusedByList}' or state = 'idle')
        """;
    internal const string SelectRefused = $"select id from rw_target {OfList} and identity_key in @keys and identity_key is not null "
        + "and state <> 'done' and doc is null";
    internal const string Describe =
        $"update rw_target set name = @name, data = @data, timezone = @zone {OfList} and id = @id";
    internal const string Retime = $"update rw_target set due_at = @due {OfList} and id = @id and state = 'idle' "
        + "and tries_0 + tries_1 + tries_2 + tries_3 + tries_4 = 0";
    internal const string SelectStates = $"select state, count(*) as number from rw_target {OfList} group by state";
    internal const string SelectProgressing =
        $"select {Columns} from rw_target {OfList} and state = 'progressing' order by id limit @limit";
    internal const string SelectPage = $"select {Columns} from rw_target {OfList} order by created_at, id limit @limit offset @offset";
    internal const string SelectOne = $"select {Columns} from rw_target {OfList} and id = @id";
    internal const string Defer =
        "update rw_target set due_at = @due, outcome = coalesce(cast(@why as text), outcome) where tenant_id = @tenant and id = @id "
        + "and state = 'idle'";
    internal const string Finish =
        "update rw_target set state = 'done', outcome = @outcome, updated_at = @at where tenant_id = @tenant and id = @id "
        + "and state = 'idle'";
    internal const string FinishIdle =
        $"update rw_target set state = 'done', outcome = @outcome, updated_at = @at {OfList} and state = 'idle'";
    internal const string ForgetOne =
        $"update rw_target set name = '', data = null, timezone = null, deleted_at = @at {OfList} and id = @id and state <> 'progressing'";
    internal const string CountCalled = $"select count(*) from rw_target {OfList} and id = @id and state = 'progressing'";
    internal const string Forget = """
        update rw_target set name = '', data = null, timezone = null, deleted_at = @at
        where tenant_id = @tenant and list_id = @list and id in (
            select id from rw_target where tenant_id = @tenant and list_id = @list and deleted_at is null limit @step)
        """;
    internal const string DropSome = """
        delete from rw_target where tenant_id = @tenant and list_id = @list and id in (
            select id from rw_target where tenant_id = @tenant and list_id = @list limit @step)
        """;
    internal const string DropCampaign =
        "delete from rw_campaign where tenant_id = @tenant and id = @campaign and list_id = @list and state = 'stop'";
    internal const string DropList = "delete from rw_target_list where tenant_id = @tenant and id = @list";
    internal const string Reset = $"""
        update rw_target set state = 'idle', outcome = null, due_at = @at, round = round + 1, updated_at = @at,
            tries_0 = 0, tries_1 = 0, tries_2 = 0, tries_3 = 0, tries_4 = 0
        {OfList} and state = 'done' and (outcome = @outcome or cast(@outcome as text) is null and {NotRefused})
        """;
    /// <summary>What a backup brings, or a bug leaves: nobody calls them, and whether somebody was called is not known.</summary>
    internal const string Reconcile = $"""
        update rw_target set state = case when outcome = '{Target.RefusedByList}' then 'done' else 'idle' end, due_at = @due,
            updated_at = @at
        {OfList} and state = 'progressing' and not exists (
            select 1 from rw_attempt where rw_attempt.tenant_id = @tenant and rw_attempt.target_id = rw_target.id
                and rw_attempt.state in ('claimed', 'dialled', 'answered', 'ended'))
        """;

    /// <summary>Rows of one statement: a few texts, because what is prepared is kept.</summary>
    private static readonly int[] Sizes = [MostAtOnce, 50, 5, 1];
    private static readonly string[] Statements = [.. Sizes.Select(InsertOf)];

    internal const string InsertOne = Into
        + "(@id, @tenant, @list, @name, @data, @zone, @key, @destinations, 'idle', @due, @at, @at)" + IfNewHere;
    private static readonly Statement One = new(InsertOne);

    private readonly Sql _sql;
    private readonly CampaignDesk _desk;

    internal TargetTable(Sql sql, CampaignDesk desk) => (_sql, _desk) = (sql, desk);

    /// <summary>
    /// Hears of each list that this process brings somebody more to call, when that is committed: on the writer's thread, so it must be
    /// short.
    /// </summary>
    public Action<Guid>? Grown { get; set; }

    public async ValueTask AddListAsync(TargetList list, CancellationToken stop) => await _sql.WriteAsync(
        db => db.Execute(InsertList, new { id = list.Id, tenant = list.Tenant, name = list.Name, at = list.CreatedAt }), stop)
        .ConfigureAwait(false);

    public ValueTask<TargetList?> FindListAsync(TenantId tenant, Guid id, CancellationToken stop) => _sql.ReadAsync(
        db => db.Query<ListRow>(SelectList, new { tenant, id }).FirstOrDefault() is { } row
            ? new TargetList(row.Id, row.TenantId, row.Name, row.CreatedAt) : null, stop);

    /// <summary>All or none are added, but for those whose key is on the list.</summary>
    /// <param name="targets">At most <see cref="MostAtOnce"/>, of one list.</param>
    /// <returns>The ids of those that were added.</returns>
    public ValueTask<IReadOnlySet<Guid>> AddAsync(IReadOnlyList<Target> targets, CancellationToken stop) =>
        AddAsync(targets.Count > 0 ? targets[0].List : default, _ => targets, stop);

    /// <summary>The same with what else is written for them, in one transaction.</summary>
    /// <param name="choose">Writes it first, and says who is added; it may be asked again.</param>
    public ValueTask<IReadOnlySet<Guid>> AddAsync(Guid list, Func<IDbConnection, IReadOnlyList<Target>> choose, CancellationToken stop) =>
        _sql.WriteAsync<IReadOnlySet<Guid>>(db =>
        {
            var targets = choose(db);
            var added = new HashSet<Guid>();
            // A database in this process is nearest row by row; to a server each statement is a way.
            if (!_sql.Engine.IsShared && targets.Count > 0)
            {
                string tenant = targets[0].Tenant.ToString(), of = targets[0].List.ToString();
                foreach (var target in targets)
                    if (IsAdded(db, target, tenant, of)) added.Add(target.Id);
                return added;
            }
            for (int at = 0; at < targets.Count;)
            {
                int which = Array.FindIndex(Sizes, size => size <= targets.Count - at);
                added.UnionWith(db.Query<string>(Statements[which], ParametersOf(targets, at, Sizes[which])).Select(Guid.Parse));
                at += Sizes[which];
            }
            return added;
        }, stop, committed: added => Tell(added.Count, list), isPiece: true);

    public ValueTask<IReadOnlyList<Target>> ListDueAsync(TenantId tenant, Guid list, DateTimeOffset now, int limit,
        CancellationToken stop) =>
        QueryAsync(SelectDue, new { tenant, list, now, limit }, stop);

    /// <summary>Whose attempt is under way.</summary>
    public ValueTask<IReadOnlyList<Target>> ListProgressingAsync(TenantId tenant, Guid list, int limit, CancellationToken stop) =>
        QueryAsync(SelectProgressing, new { tenant, list, limit }, stop);

    public ValueTask<IReadOnlyList<Target>> ListAsync(TenantId tenant, Guid list, int offset, int limit, CancellationToken stop) =>
        QueryAsync(SelectPage, new { tenant, list, offset, limit }, stop);

    public async ValueTask<Target?> FindAsync(TenantId tenant, Guid list, Guid id, CancellationToken stop) =>
        (await QueryAsync(SelectOne, new { tenant, list, id }, stop).ConfigureAwait(false)).FirstOrDefault();

    /// <summary>Whoever has the key, which a list has once; null when nobody has.</summary>
    public async ValueTask<Target?> FindByKeyAsync(TenantId tenant, Guid list, string key, CancellationToken stop) =>
        (await QueryAsync(SelectByKey, new { tenant, list, key }, stop).ConfigureAwait(false)).FirstOrDefault();

    public ValueTask<DateTimeOffset?> FindNextDueAsync(TenantId tenant, Guid list, CancellationToken stop) => _sql.ReadAsync(
        db => db.ExecuteScalar<object?>(SelectNextDue, new { tenant, list }) is { } due and not DBNull ? Times.Read(due)
            : (DateTimeOffset?)null, stop);

    public ValueTask<TargetCounts> CountAsync(TenantId tenant, Guid list, CancellationToken stop) => _sql.ReadAsync(db =>
    {
        var counts = db.Query<(string State, long Number)>(SelectStates, new { tenant, list })
            .ToDictionary(row => row.State, row => row.Number, StringComparer.Ordinal);
        object? due = db.ExecuteScalar<object?>(SelectNextDue, new { tenant, list });
        long Of(TargetState state) => counts.GetValueOrDefault(Names<TargetState>.Of(state));
        return new TargetCounts(Of(TargetState.Idle), Of(TargetState.Progressing), Of(TargetState.Done),
            due is null or DBNull ? null : Times.Read(due));
    }, stop);

    /// <summary>Those of them that are idle are not called before.</summary>
    public async ValueTask DeferAsync(IReadOnlyList<TargetDeferral> targets, CancellationToken stop) =>
        await _sql.WriteAsync(db => targets.Sum(one => db.Execute(Defer,
            new { tenant = one.Target.Tenant, id = one.Target.Id, due = Times.Cut(one.Due), why = one.Why })), stop)
            .ConfigureAwait(false);

    /// <summary>The target is not called any more, without an attempt.</summary>
    public async ValueTask FinishAsync(Target target, string outcome, DateTimeOffset at, CancellationToken stop) => await _sql.WriteAsync(
        db =>
        {
            var added = new List<OutboxEntry>();
            if (db.Execute(Finish, new { tenant = target.Tenant, id = target.Id, outcome, at }) > 0)
                Tell(db, _desk, target.Tenant, target.Id, at, added);
            return added;
        }, stop, committed: _desk.Added).ConfigureAwait(false);

    /// <summary>Nobody of the list is called any more but those whose call is under way. For lists of which no face tells.</summary>
    /// <returns>How many.</returns>
    public ValueTask<int> FinishIdleAsync(TenantId tenant, Guid list, string outcome, DateTimeOffset at, CancellationToken stop) =>
        _sql.WriteAsync(db => db.Execute(FinishIdle, new { tenant, list, outcome, at }), stop);

    /// <summary>
    /// Of these a list has said that nobody is to call them: those who wait are called no more, and one who is on the line is not called
    /// again. Within a write; who has a face is told of by whoever writes.
    /// </summary>
    /// <param name="targets">At most <see cref="MostAtOnce"/>.</param>
    /// <returns>How many.</returns>
    public static int Refuse(IDbConnection db, TenantId tenant, Guid list, IReadOnlyList<Guid> targets, DateTimeOffset at) =>
        db.Execute(RefuseSome, new
        {
            tenant, list, at, ids = new InList<string>([.. targets.Select(target => target.ToString())]),
        });

    /// <summary>The same of those with these keys who are not done, but for targets of a face.</summary>
    /// <param name="keys">At most <see cref="MostAtOnce"/>.</param>
    /// <param name="note">Is told how many, where there are any.</param>
    /// <returns>How many, and all of them: of one whose call is up it may have been said before.</returns>
    public ValueTask<(int Refused, IReadOnlyList<Guid> Targets)> RefuseAsync(TenantId tenant, Guid list, IReadOnlyList<string> keys,
        DateTimeOffset at, Func<int, Audit.AuditNote> note, CancellationToken stop) => _sql.WriteAsync<(int, IReadOnlyList<Guid>)>(db =>
        {
            Guid[] ids = [.. db.Query<string>(SelectRefused, new { tenant, list, keys = new InList<string>(keys) }).Select(Guid.Parse)];
            int refused = ids.Length == 0 ? 0 : Refuse(db, tenant, list, ids, at);
            if (refused > 0) AuditTable.Write(db, note(refused));
            return (refused, ids);
        }, stop);

    /// <summary>Those of them that are not called at this moment are called once more, from the first try on.</summary>
    /// <returns>How many.</returns>
    public async ValueTask<int> ResetAsync(TenantId tenant, IReadOnlyList<Guid> targets, DateTimeOffset at, CancellationToken stop)
    {
        var (reset, _) = await _sql.WriteAsync(db =>
        {
            var added = new List<OutboxEntry>();
            int done = 0;
            foreach (var id in targets)
            {
                if (db.Execute(ResetOne, new { tenant, id, at }) == 0) continue;
                Tell(db, _desk, tenant, id, at, added);
                done++;
            }
            return (done, added);
        }, stop, committed: all => _desk.Added(all.added)).ConfigureAwait(false);
        return reset;
    }

    /// <summary>One that is not called at this moment is called again at <paramref name="due"/>, whatever had become of it.</summary>
    /// <param name="tries">So many of its tries count as used.</param>
    /// <param name="may">Asked first in the transaction, and maybe again.</param>
    /// <param name="beside">Writes what else is kept of it.</param>
    /// <returns>False when it is called, or may not be.</returns>
    public ValueTask<bool> RecallAsync(Target target, DateTimeOffset due, int tries, DateTimeOffset at, Func<IDbConnection, bool> may,
        Action<IDbConnection> beside, CancellationToken stop) => _sql.WriteAsync(db =>
        {
            var which = new { tenant = target.Tenant, list = target.List, id = target.Id, due = Times.Cut(due), tries, at };
            if (!may(db) || db.Execute(Recall, which) == 0) return false;
            beside(db);
            return true;
        }, stop, committed: isDone => Tell(isDone ? 1 : 0, target.List));

    /// <summary>Says anew who targets of a list are: name, data and zone. A call that is up knows what was said before.</summary>
    /// <param name="choose">
    /// Writes what else is kept of them, and says what each is then, and whether it is due at another time, which one that nobody has tried
    /// is. It may be asked again.
    /// </param>
    public async ValueTask DescribeAsync(Func<IDbConnection, IReadOnlyList<(Target Target, bool IsMoved)>> choose,
        CancellationToken stop) =>
        await _sql.WriteAsync(db =>
        {
            var (moved, list) = (0, Guid.Empty);
            foreach (var (target, isMoved) in choose(db))
            {
                list = target.List;
                var (tenant, id) = (target.Tenant, target.Id);
                db.Execute(Describe, new { tenant, list, id, name = target.Name, data = target.Data, zone = target.TimeZone });
                if (isMoved) moved += db.Execute(Retime, new { tenant, list, id, due = Times.Cut(target.DueAt) });
            }
            return (moved, list);
        }, stop, committed: done => Tell(done.moved, done.list)).ConfigureAwait(false);

    /// <summary>
    /// Those of a list that are done are called once more, from the first try on, but for whom a list has refused, and their face tells of
    /// each. In pieces: of those before some may be done again meanwhile, and are left at that.
    /// </summary>
    public async ValueTask ResetDoneAsync(TenantId tenant, Guid list, DateTimeOffset at, CancellationToken stop)
    {
        var after = Guid.Empty;
        while (await QueryAsync(SelectDone, new { tenant, list, after, limit = MostAtOnce }, stop).ConfigureAwait(false)
            is { Count: > 0 } done)
        {
            await ResetAsync(tenant, [.. done.Select(target => target.Id)], at, stop).ConfigureAwait(false);
            after = done[^1].Id;
        }
    }

    /// <summary>Who is to be called again later than now, by id.</summary>
    /// <param name="after">Behind which; the empty id for the first page.</param>
    public ValueTask<IReadOnlyList<Target>> ListRetriesAsync(TenantId tenant, Guid list, DateTimeOffset now, Guid after, int limit,
        CancellationToken stop) => QueryAsync(SelectRetries, new { tenant, list, now, after, limit }, stop);

    /// <summary>
    /// Who is to be called later than then, without anybody else having asked for it than whoever dials: of a face's campaign by when that
    /// is, of any other by when they were put on the list, which is later than now by a clock that was set back since.
    /// </summary>
    /// <param name="after">Of those of one moment, behind which; the empty id for all.</param>
    public ValueTask<IReadOnlyList<Target>> ListWaitingAsync(Campaign campaign, DateTimeOffset since, Guid after, int limit,
        CancellationToken stop) => QueryAsync(campaign.Face is null ? SelectAhead : SelectWaiting,
            new { tenant = campaign.Tenant, list = campaign.List, since, after, limit }, stop);

    /// <summary>What its face tells of a target that has changed, where it is a face's.</summary>
    internal static void Tell(IDbConnection db, CampaignDesk desk, TenantId tenant, Guid id, DateTimeOffset at, List<OutboxEntry> added)
    {
        if (!desk.IsOpen || db.QueryFirstOrDefault<JsonObject>(SelectDocument, new { tenant, id }) is not { } document) return;
        var target = db.Query<Row>(SelectAny, new { tenant, id }).First().ToTarget();
        desk.Write(db, new CampaignNews.TargetMoved(target, document, at), added);
    }

    /// <summary>One who is not called at this moment is called no more, and who it was is forgotten, but for what attempts say.</summary>
    /// <param name="beside">Writes what else goes with it; it may be asked again.</param>
    /// <returns>False while somebody calls it.</returns>
    public ValueTask<bool> ForgetAsync(TenantId tenant, Guid list, Guid id, DateTimeOffset at, Action<IDbConnection> beside,
        CancellationToken stop) => _sql.WriteAsync(db =>
        {
            var which = new { tenant, list, id, at };
            if (db.Execute(ForgetOne, which) == 0 && db.ExecuteScalar<long>(CountCalled, which) > 0) return false;
            beside(db);
            return true;
        }, stop);

    /// <summary>Nobody of the list is called any more, and who they were is forgotten, but for what attempts say.</summary>
    public async ValueTask ForgetAsync(TenantId tenant, Guid list, DateTimeOffset at, CancellationToken stop)
    {
        var which = new { tenant, list, at, step = MostAtOnce };
        while (await _sql.WriteAsync(db => db.Execute(Forget, which), stop, CommitPriority.Later).ConfigureAwait(false) > 0) { }
    }

    /// <summary>
    /// Takes away a list whose campaign has never run, with the campaign and all targets: whoever has written them may not have them after
    /// all.
    /// </summary>
    public async ValueTask DropAsync(TenantId tenant, Guid list, Guid campaign, CancellationToken stop)
    {
        var which = new { tenant, list, campaign, step = MostAtOnce };
        while (await _sql.WriteAsync(db => db.Execute(DropSome, which), stop, CommitPriority.Later).ConfigureAwait(false) > 0) { }
        await _sql.WriteAsync(db => db.Execute(DropCampaign, which) + db.Execute(DropList, which), stop).ConfigureAwait(false);
    }

    /// <summary>Those that are done are called once more, from the first try on.</summary>
    /// <param name="outcome">Only those with it; null takes all.</param>
    /// <returns>How many; those whom a list has refused are among them where their outcome is asked for.</returns>
    public ValueTask<int> ResetAsync(TenantId tenant, Guid list, string? outcome, DateTimeOffset at, CancellationToken stop) =>
        _sql.WriteAsync(db => db.Execute(Reset, new { tenant, list, outcome, at }), stop, committed: reset =>
        {
            if (reset > 0) Grown?.Invoke(list);
        });

    /// <summary>Targets that nobody calls, and that are not idle, wait until <paramref name="due"/>.</summary>
    public ValueTask<int> ReconcileAsync(TenantId tenant, Guid list, DateTimeOffset due, DateTimeOffset at, CancellationToken stop) =>
        _sql.WriteAsync(db => db.Execute(Reconcile, new { tenant, list, due = Times.Cut(due), at }), stop);

    private static bool IsAdded(IDbConnection db, Target target, string tenant, string list)
    {
        string at = Times.Text(target.CreatedAt), due = target.DueAt == target.CreatedAt ? at : Times.Text(target.DueAt);
        return One.Run(db, target.Id.ToString(), tenant, list, target.Name, target.Data, target.TimeZone, target.IdentityKey,
            Write(target.Destinations), due, at) > 0;
    }

    private void Tell(int added, Guid list)
    {
        if (added > 0) Grown?.Invoke(list);
    }

    private ValueTask<IReadOnlyList<Target>> QueryAsync(string sql, object which, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<Target>>(db => [.. db.Query<Row>(sql, which).Select(row => row.ToTarget())], stop);

    private static string InsertOf(int rows)
    {
        var text = new StringBuilder(Into);
        for (int row = 0; row < rows; row++)
        {
            if (row > 0) text.Append(", ");
            text.Append(CultureInfo.InvariantCulture,
                $"(@id{row}, @tenant, @list, @name{row}, @data{row}, @zone{row}, @key{row}, @destinations{row}, 'idle', @due{row}, ");
            text.Append(CultureInfo.InvariantCulture, $"@at{row}, @at{row})");
        }
        return text.Append(IfNew).ToString();
    }

    private static DynamicParameters ParametersOf(IReadOnlyList<Target> targets, int at, int count)
    {
        var values = new DynamicParameters();
        values.Add("tenant", targets[at].Tenant);
        values.Add("list", targets[at].List);
        for (int row = 0; row < count; row++)
        {
            var target = targets[at + row];
            values.Add($"id{row}", target.Id);
            values.Add($"name{row}", target.Name);
            values.Add($"data{row}", target.Data);
            values.Add($"zone{row}", target.TimeZone);
            values.Add($"key{row}", target.IdentityKey);
            values.Add($"destinations{row}", Write(target.Destinations));
            values.Add($"due{row}", target.DueAt);
            values.Add($"at{row}", target.CreatedAt);
        }
        return values;
    }

    internal static string Write(IReadOnlyList<string?> destinations)
    {
        // Nearly all are one number, in which nothing is to be escaped; there may be a million of them.
        if (destinations is [['+', ..] number, null, null, null, null] && !number.AsSpan(1).ContainsAnyExceptInRange('0', '9'))
            return $"[\"{number}\",null,null,null,null]";
        return new JsonArray([.. destinations.Select(one => one is null ? null : JsonValue.Create(one))]).ToJsonString();
    }

    private sealed record ListRow
    {
        public Guid Id { get; init; }
        public TenantId TenantId { get; init; }
        public string Name { get; init; } = "";
        public DateTimeOffset CreatedAt { get; init; }
    }

    private sealed record Row
    {
        public Guid Id { get; init; }
        public TenantId TenantId { get; init; }
        public Guid ListId { get; init; }
        public string Name { get; init; } = "";
        public string? Data { get; init; }
        public string? Timezone { get; init; }
        public string? IdentityKey { get; init; }
        public string Destinations { get; init; } = "";
        public string State { get; init; } = "";
        public string? Outcome { get; init; }
        public DateTimeOffset DueAt { get; init; }
        public int Round { get; init; }
        public int Tries0 { get; init; }
        public int Tries1 { get; init; }
        public int Tries2 { get; init; }
        public int Tries3 { get; init; }
        public int Tries4 { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }
        public DateTimeOffset? DeletedAt { get; init; }

        public Target ToTarget() => new()
        {
            Id = Id, Tenant = TenantId, List = ListId, Name = Name, Data = Data, TimeZone = Timezone, IdentityKey = IdentityKey,
            // written by Write
            Destinations = [.. JsonNode.Parse(Destinations)!.AsArray().Select(one => (string?)one)],
            State = Names<TargetState>.Parse(State), Outcome = Outcome, DueAt = DueAt, Round = Round,
            Tries = [Tries0, Tries1, Tries2, Tries3, Tries4], CreatedAt = CreatedAt, UpdatedAt = UpdatedAt,
            DeletedAt = DeletedAt,
        };
    }
}
