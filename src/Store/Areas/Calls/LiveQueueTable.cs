using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>A queue in which calls wait, and since when.</summary>
/// <param name="LongestSince">Null, as <paramref name="AverageSince"/> is, at the moment in which nobody is in it yet, or any more.</param>
public sealed record LiveQueue(QueueId Id, Guid Uuid, TenantId Tenant, string Name, int MaxSize, DateTimeOffset CreatedAt, int Size,
    DateTimeOffset? LongestSince, DateTimeOffset? AverageSince)
{
    public int Node => Subject.Of(Id).Address.Node;
}

/// <param name="Position">From 1.</param>
public sealed record LiveQueuedCall(int Position, CallParties Call, DateTimeOffset EnqueuedAt);

/// <summary>The queues of all accounts: what the operator sees.</summary>
public sealed class LiveQueueTable
{
    private const string Asked =
        "where (tenant_id = @tenant or @tenant is null) and (name = @name or @name is null) and (uuid = @uuid or @uuid is null)";
    internal const string SelectAllTenants = $"""
        select id, uuid, tenant_id, name, max_size, created_at from rw_queue {Asked} order by created_at, id limit @limit offset @offset
        """;
    internal const string CountAllTenants = $"select count(*) from rw_queue {Asked}";
    private const string Waiting = "from rw_queued_call where tenant_id = @tenant and queue_id = @id";
    internal const string SelectCalls = $"""
        select c.enqueued_at, l.uuid, l.direction, l.from_party, l.to_party
        from (select * {Waiting} order by entry limit @limit offset @offset) c
        join rw_leg l on l.tenant_id = c.tenant_id and l.id = c.leg_id
        order by c.entry
        """;
    internal const string CountCalls = $"select count(*) {Waiting}";

    private readonly Sql _sql;
    private readonly string _selectWithWaits;

    internal LiveQueueTable(Sql sql)
    {
        _sql = sql;
        // Of the queues of one page only, and no call of theirs is read.
        _selectWithWaits = $"""
            select q.id, q.uuid, q.tenant_id, q.name, q.max_size, q.created_at, count(c.leg_id) as size, min(c.enqueued_at) as longest_since,
                cast(avg({sql.Engine.MillisOf("c.enqueued_at")}) as bigint) as average_since
            from ({SelectAllTenants}) q left join rw_queued_call c on c.queue_id = q.id
            group by q.id, q.uuid, q.tenant_id, q.name, q.max_size, q.created_at
            order by q.created_at, q.id
            """;
    }

    /// <summary>The oldest first.</summary>
    public ValueTask<(IReadOnlyList<LiveQueue> Rows, long Total)> ListAsync(LiveQuery query, int offset, int limit, CancellationToken stop)
    {
        var parameters = new
        {
            tenant = query.Tenant?.ToString(), name = query.Name, uuid = query.Uuid?.ToString(), limit, offset,
        };
        return _sql.ReadAsync<(IReadOnlyList<LiveQueue>, long)>(db => (
            [.. db.Query<Row>(_selectWithWaits, parameters).Select(row => row.ToQueue())],
            db.ExecuteScalar<long>(CountAllTenants, parameters)), stop);
    }

    /// <summary>Null when there is none of this id.</summary>
    public async ValueTask<LiveQueue?> FindAsync(Guid uuid, CancellationToken stop) =>
        (await ListAsync(new() { Uuid = uuid }, 0, 1, stop).ConfigureAwait(false)).Rows.FirstOrDefault();

    /// <summary>Who waits, the longest first.</summary>
    public ValueTask<(IReadOnlyList<LiveQueuedCall> Rows, long Total)> ListCallsAsync(LiveQueue queue, int offset, int limit,
        CancellationToken stop)
    {
        var parameters = new { tenant = queue.Tenant, id = queue.Id.ToString(), limit, offset };
        return _sql.ReadAsync<(IReadOnlyList<LiveQueuedCall>, long)>(db => (
            [.. db.Query<CallRow>(SelectCalls, parameters).Select((row, i) => row.ToCall(offset + i + 1))],
            db.ExecuteScalar<long>(CountCalls, parameters)), stop);
    }

    private sealed record Row
    {
        public string Id { get; init; } = "";
        public Guid Uuid { get; init; }
        public TenantId TenantId { get; init; }
        public string Name { get; init; } = "";
        public int MaxSize { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public long Size { get; init; }
        public DateTimeOffset? LongestSince { get; init; }
        public long? AverageSince { get; init; }

        public LiveQueue ToQueue() => new(new(SubjectText.Read("queue", Id).Value), Uuid, TenantId, Name, MaxSize, CreatedAt, (int)Size,
            LongestSince, AverageSince is { } millis ? DateTimeOffset.FromUnixTimeMilliseconds(millis) : null);
    }

    private sealed record CallRow
    {
        public DateTimeOffset EnqueuedAt { get; init; }
        public Guid Uuid { get; init; }
        public string Direction { get; init; } = "";
        public string FromParty { get; init; } = "";
        public string ToParty { get; init; } = "";

        public LiveQueuedCall ToCall(int position) =>
            new(position, new(Uuid, Names<Direction>.Parse(Direction), FromParty, ToParty), EnqueuedAt);
    }
}
