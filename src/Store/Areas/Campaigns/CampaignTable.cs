using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>
/// Campaigns, and which node dials for one. A hold is by the database's clock and is renewed by whoever has it; nothing depends on it for
/// safety: two that dial for one campaign take attempts that the database keeps apart.
/// </summary>
public sealed class CampaignTable
{
    private const string Columns =
        "id, tenant_id, name, state, stop_reason, list_id, terms, face, revision, created_at, updated_at";
    internal const string Insert = """
        insert into rw_campaign (id, tenant_id, name, state, stop_reason, list_id, terms, created_at, updated_at)
        values (@id, @tenant, @name, 'stop', @reason, @list, @terms, @at, @at)
        """;
    internal const string Select = $"select {Columns} from rw_campaign where tenant_id = @tenant and id = @id";
    internal const string SelectRunning =
        "select state from rw_campaign where tenant_id = @tenant and id = @id and state = 'run' and deleted_at is null";
    internal const string SelectDocument = "select doc from rw_campaign where tenant_id = @tenant and id = @id and face is not null";
    private const string Living = "where tenant_id = @tenant and deleted_at is null";
    internal const string SelectPage =
        $"select {Columns} from rw_campaign {Living} order by created_at desc, id desc limit @limit offset @offset";
    internal const string Count = $"select count(*) from rw_campaign {Living}";
    internal const string SelectRunningAllTenants = $"select {Columns} from rw_campaign where state <> 'stop' order by created_at, id";
    internal const string Move = """
        update rw_campaign set state = @to, stop_reason = @reason, updated_at = @at
        where tenant_id = @tenant and id = @id and state in @from and deleted_at is null
        """;
    internal const string Resume = """
        update rw_campaign set state = 'run', stop_reason = null, updated_at = @at
        where tenant_id = @tenant and id = @id and state = 'stopping' and stop_reason = @reason
        """;
    internal const string Change = "update rw_campaign set terms = @terms, updated_at = @at where tenant_id = @tenant and id = @id";
    internal const string Release =
        "update rw_campaign set holder = null, held_until = null where tenant_id = @tenant and id = @id and holder = @node";

    private readonly Sql _sql;
    private readonly CampaignDesk _desk;
    private readonly string _hold;

    /// <summary>
    /// Hears of each campaign that this process starts, stops or changes, when that is committed: on the writer's thread, so it must be
    /// short.
    /// </summary>
    public Action<Guid>? Changed { get; set; }

    internal CampaignTable(Sql sql, CampaignDesk desk)
    {
        (_sql, _desk) = (sql, desk);
        _hold = HoldOn(sql.Engine);
    }

    internal static string HoldOn(IEngine engine) => $"""
        update rw_campaign set holder = @node, held_until = {engine.ClockMillis} + @millis
        where tenant_id = @tenant and id = @id and state <> 'stop'
            and (holder is null or holder = @node or held_until < {engine.ClockMillis})
        """;

    public ValueTask<bool> AddAsync(Campaign campaign, AuditNote? note, CancellationToken stop) => _sql.WriteAsync(db =>
    {
        db.Execute(Insert, new
        {
            id = campaign.Id, tenant = campaign.Tenant, name = campaign.Name, reason = campaign.StopReason, list = campaign.List,
            terms = campaign.Terms, at = campaign.CreatedAt,
        });
        AuditTable.Write(db, note);
        return true;
    }, stop);

    public ValueTask<Campaign?> FindAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        _sql.ReadAsync(db => db.Query<Row>(Select, new { tenant, id }).FirstOrDefault()?.ToCampaign(), stop);

    public ValueTask<(IReadOnlyList<Campaign> Rows, long Total)> ListAsync(TenantId tenant, int offset, int limit,
        CancellationToken stop) =>
        _sql.ReadAsync<(IReadOnlyList<Campaign>, long)>(db => (
            [.. db.Query<Row>(SelectPage, new { tenant, limit, offset }).Select(row => row.ToCampaign())],
            db.ExecuteScalar<long>(Count, new { tenant })), stop);

    /// <summary>Those that run or stop, of all accounts.</summary>
    public ValueTask<IReadOnlyList<Campaign>> ListRunningAsync(CancellationToken stop) => _sql.ReadAsync<IReadOnlyList<Campaign>>(
        db => [.. db.Query<Row>(SelectRunningAllTenants).Select(row => row.ToCampaign())], stop);

    /// <returns>False when it was in none of the states <paramref name="from"/>.</returns>
    public async ValueTask<bool> MoveAsync(TenantId tenant, Guid id, IReadOnlyList<CampaignState> from, CampaignState to, string? reason,
        DateTimeOffset at, AuditNote? note, CancellationToken stop)
    {
        var (isMoved, _) = await _sql.WriteAsync(db =>
        {
            var added = new List<OutboxEntry>();
            int moved = db.Execute(Move, new
            {
                tenant, id, to = Names<CampaignState>.Of(to), reason, at,
                from = new InList<string>([.. from.Select(Names<CampaignState>.Of)]),
            });
            if (moved == 0) return (false, added);
            AuditTable.Write(db, note);
            if (_desk.IsOpen) Tell(db, tenant, id, at, added);
            return (true, added);
        }, stop, committed: done =>
        {
            _desk.Added(done.added);
            Tell(done.Item1, id);
        }).ConfigureAwait(false);
        return isMoved;
    }

    /// <summary>What the campaign's face tells of where it is now.</summary>
    internal void Tell(IDbConnection db, TenantId tenant, Guid id, DateTimeOffset at, List<OutboxEntry> added)
    {
        if (db.QueryFirstOrDefault<JsonObject>(SelectDocument, new { tenant, id }) is not { } document) return;
        var campaign = db.Query<Row>(Select, new { tenant, id }).First().ToCampaign();
        bool hasCalls = db.ExecuteScalar<long>(DialAttemptTable.CountLive, new { tenant, campaign = id }) > 0;
        _desk.Write(db, new CampaignNews.CampaignMoved(campaign, document, hasCalls, at), added);
    }

    /// <summary>Changes how it calls. Reads and writes at once, so that of two changes neither undoes the other's.</summary>
    /// <param name="change">Of its terms, beside which it may read; it may be asked again.</param>
    /// <returns>False when there is none.</returns>
    public ValueTask<bool> ChangeAsync(TenantId tenant, Guid id, Func<IDbConnection, JsonObject, JsonObject> change, DateTimeOffset at,
        CancellationToken stop) => _sql.WriteAsync(db =>
        {
            if (db.Query<Row>(Select, new { tenant, id }).FirstOrDefault() is not { } row) return false;
            var terms = change(db, row.Terms);
            return db.Execute(Change, new { tenant, id, terms, at }) > 0;
        }, stop, committed: isChanged => Tell(isChanged, id));

    /// <summary>This node dials for it from now on, or goes on to.</summary>
    /// <returns>False when another one does.</returns>
    public ValueTask<bool> HoldAsync(Campaign campaign, int node, TimeSpan span, CancellationToken stop) => _sql.WriteAsync(
        db => db.Execute(_hold, new
        {
            tenant = campaign.Tenant, id = campaign.Id, node = (long)node, millis = (long)span.TotalMilliseconds,
        }) > 0, stop);

    public async ValueTask ReleaseAsync(Campaign campaign, int node, CancellationToken stop) => await _sql.WriteAsync(
        db => db.Execute(Release, new { tenant = campaign.Tenant, id = campaign.Id, node = (long)node }), stop).ConfigureAwait(false);

    internal void Tell(bool isChanged, Guid id)
    {
        if (isChanged) Changed?.Invoke(id);
    }

    private sealed record Row
    {
        public Guid Id { get; init; }
        public TenantId TenantId { get; init; }
        public string Name { get; init; } = "";
        public string State { get; init; } = "";
        public string? StopReason { get; init; }
        public Guid ListId { get; init; }
        public JsonObject Terms { get; init; } = [];
        public string? Face { get; init; }
        public long Revision { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }

        public Campaign ToCampaign() => new()
        {
            Id = Id, Tenant = TenantId, Name = Name, State = Names<CampaignState>.Parse(State), StopReason = StopReason, List = ListId,
            Terms = Terms, Face = Face, Revision = Revision, CreatedAt = CreatedAt, UpdatedAt = UpdatedAt,
        };
    }
}
