using System.Data;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>A queue, as long as calls wait in it.</summary>
public sealed record QueueRow
{
    public required Guid Uuid { get; init; }
    public required string Name { get; init; }
    public required int MaxSize { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    /// <summary>When a call came or went last.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
    /// <summary>First come first.</summary>
    public required IReadOnlyList<QueuedCall> Calls { get; init; }
}

/// <param name="Entry">Counts the calls of its queue, those included that have left.</param>
public sealed record QueuedCall(LegId Leg, long Entry, DateTimeOffset EnqueuedAt);

/// <summary>The live queues. Written with the events of queues and legs, and gone with the last call.</summary>
public sealed class QueueTable
{
    internal const string InsertQueue = """
        insert into rw_queue (id, uuid, tenant_id, name, max_size, created_at, updated_at) values (@id, @uuid, @tenant, @name, @maxSize, @at, @at)
        """;
    internal const string DeleteCalls = "delete from rw_queued_call where tenant_id = @tenant and queue_id = @id";
    internal const string DeleteQueue = "delete from rw_queue where tenant_id = @tenant and id = @id";
    internal const string InsertCall = """
        insert into rw_queued_call (leg_id, queue_id, tenant_id, entry, enqueued_at) values (@leg, @id, @tenant, @entry, @at)
        """;
    internal const string DeleteCall = "delete from rw_queued_call where tenant_id = @tenant and leg_id = @leg";
    internal const string Touch = "update rw_queue set updated_at = @at where tenant_id = @tenant and id = @id";
    /// <summary>Nodes that share a database have queues of their own, so a name may stand twice: the older counts.</summary>
    internal const string Select = """
        select id, uuid, name, max_size, created_at, updated_at from rw_queue where tenant_id = @tenant and name = @name order by created_at, id
        """;
    internal const string SelectOfCall = """
        select id, uuid, name, max_size, created_at, updated_at from rw_queue where tenant_id = @tenant
        and id = (select queue_id from rw_queued_call where tenant_id = @tenant and leg_id = @leg)
        """;
    internal const string SelectOfTenant = """
        select id, uuid, name, max_size, created_at, updated_at from rw_queue where tenant_id = @tenant order by name, created_at, id
        """;
    internal const string SelectCalls = """
        select leg_id, entry, enqueued_at from rw_queued_call where tenant_id = @tenant and queue_id = @id order by entry
        """;
    internal const string SelectAllTenants = "select id, tenant_id from rw_queue";
    internal const string SelectOfName = "select id from rw_queue where tenant_id = @tenant and name = @name";

    private readonly Sql _sql;

    internal QueueTable(Sql sql) => _sql = sql;

    /// <returns>Null when nobody waits in a queue of that name.</returns>
    public ValueTask<QueueRow?> FindAsync(TenantId tenant, string name, CancellationToken stop) => _sql.ReadAsync(
        db => db.QueryFirstOrDefault<Row>(Select, new { tenant, name }) is { } row ? row.ToQueue(db, tenant) : null, stop);

    /// <returns>Null when the call waits in none.</returns>
    public ValueTask<QueueRow?> FindOfCallAsync(TenantId tenant, LegId leg, CancellationToken stop) => _sql.ReadAsync(
        db => db.QueryFirstOrDefault<Row>(SelectOfCall, new { tenant, leg }) is { } row ? row.ToQueue(db, tenant) : null, stop);

    public ValueTask<IReadOnlyList<QueueRow>> ListAsync(TenantId tenant, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<QueueRow>>(
            db => [.. db.Query<Row>(SelectOfTenant, new { tenant }).AsList().Select(row => row.ToQueue(db, tenant))], stop);

    /// <summary>Each node has one of its own.</summary>
    internal ValueTask<IReadOnlyList<Subject>> ListOfNameAsync(TenantId tenant, string name, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<Subject>>(
            db => [.. db.Query<string>(SelectOfName, new { tenant, name }).Select(id => SubjectText.Read("queue", id))], stop);

    internal ValueTask<IReadOnlyList<(Subject Queue, TenantId Tenant)>> ListOfAllTenantsAsync(CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<(Subject, TenantId)>>(db =>
        [
            .. db.Query<(string Id, string Tenant)>(SelectAllTenants)
                .Select(row => (SubjectText.Read("queue", row.Id), new TenantId(Guid.Parse(row.Tenant))))
        ], stop);

    internal static void Write(IDbConnection db, QueueEvent happened, DateTimeOffset at)
    {
        string id = happened.Subject.Id;
        var (queue, tenant) = (happened.Queue, happened.Tenant);
        if (happened is QueueEvent.QueueBegan)
        {
            db.Execute(InsertQueue, new { id, uuid = queue.Uuid, tenant, name = queue.Name, maxSize = queue.MaxSize, at });
            return;
        }
        db.Execute(DeleteCalls, new { tenant, id });
        db.Execute(DeleteQueue, new { tenant, id });
    }

    internal static void Write(IDbConnection db, CallEvent.LegEnqueued happened, DateTimeOffset at)
    {
        var (leg, tenant, id) = (happened.Leg.Id, happened.Leg.Tenant, happened.Queue.ToString());
        db.Execute(InsertCall, new { leg, id, tenant, entry = happened.Entry, at });
        db.Execute(Touch, new { id, tenant, at });
    }

    internal static void Write(IDbConnection db, CallEvent.LegDequeued happened, DateTimeOffset at)
    {
        var (leg, tenant, id) = (happened.Leg.Id, happened.Leg.Tenant, happened.Queue.ToString());
        db.Execute(DeleteCall, new { leg, tenant });
        db.Execute(Touch, new { id, tenant, at });
    }

    private sealed record Row
    {
        public string Id { get; init; } = "";
        public Guid Uuid { get; init; }
        public string Name { get; init; } = "";
        public int MaxSize { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }

        public QueueRow ToQueue(IDbConnection db, TenantId tenant) => new()
        {
            Uuid = Uuid,
            Name = Name,
            MaxSize = MaxSize,
            CreatedAt = CreatedAt,
            UpdatedAt = UpdatedAt,
            Calls =
            [
                .. db.Query<CallRow>(SelectCalls, new { tenant, id = Id })
                    .Select(call => new QueuedCall(call.LegId, call.Entry, call.EnqueuedAt))
            ],
        };
    }

    private sealed record CallRow
    {
        public LegId LegId { get; init; }
        public long Entry { get; init; }
        public DateTimeOffset EnqueuedAt { get; init; }
    }
}
