using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Work;

/// <summary>A resource has come into a state: when it leaves it by itself, and since when it waits for the operator; or never.</summary>
public sealed record StateEntry(string Kind, string Id, DateTimeOffset? DueAt, DateTimeOffset? WaitsSince);

/// <summary>A resource whose time in its state is over. The revision is the one that was due: each change raises it.</summary>
public sealed record DueResource(TenantId Tenant, string Kind, string Id, long Revision, DateTimeOffset DueAt);

/// <summary>A resource that waits for the operator, without its secrets.</summary>
/// <param name="Since">Null when it waits no more.</param>
public sealed record WaitingResource(TenantId Tenant, string Kind, string Id, JsonObject Body, long Revision, DateTimeOffset? Since);

public sealed record WaitingPage(IReadOnlyList<WaitingResource> Rows, long Total);

/// <summary>How long resources stay in their states: columns beside the document, written with the change that brought it there.</summary>
public sealed class StateTable
{
    internal const string Update = """
        update rw_resource set due_at = @dueAt, waits_since = @waitsSince where tenant_id = @tenant and kind = @kind and id = @id
        """;
    internal const string Forget = """
        update rw_resource set due_at = null where tenant_id = @tenant and kind = @kind and id = @id and revision = @revision
        """;
    internal const string SelectDueAllTenants = """
        select tenant_id, kind, id, revision, due_at from rw_resource where due_at <= @now and deleted_at is null and kind in @kinds
        order by due_at, id limit @limit
        """;
    internal const string SelectNextDueAllTenants = """
        select min(due_at) from rw_resource where due_at is not null and deleted_at is null and kind in @kinds
        """;
    private const string Waits = "waits_since is not null and deleted_at is null and kind in @kinds";
    internal const string SelectWaitingAllTenants = $"""
        select tenant_id, kind, id, doc, revision, waits_since from rw_resource where {Waits}
        order by waits_since, id limit @limit offset @offset
        """;
    internal const string CountWaitingAllTenants = $"select count(*) from rw_resource where {Waits}";

    private readonly Sql _sql;
    private TaskCompletionSource _changed = Bell();

    internal StateTable(Sql sql) => _sql = sql;

    /// <summary>Completes when a resource has come into a state that it leaves by itself.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    /// <summary>Those that are due by then, the longest due first.</summary>
    public ValueTask<IReadOnlyList<DueResource>> DueAsync(
        IReadOnlyList<string> kinds, DateTimeOffset now, int limit, CancellationToken stop)
    {
        var which = new { now, kinds = new InList<string>(kinds), limit };
        return _sql.ReadAsync<IReadOnlyList<DueResource>>(db =>
            [.. db.Query<Row>(SelectDueAllTenants, which).Select(r => r.ToDue())], stop);
    }

    /// <summary>Null when none is.</summary>
    public ValueTask<DateTimeOffset?> NextDueAsync(IReadOnlyList<string> kinds, CancellationToken stop) => _sql.ReadAsync(db =>
    {
        object? due = db.ExecuteScalar<object?>(SelectNextDueAllTenants, new { kinds = new InList<string>(kinds) });
        return due is null or DBNull ? (DateTimeOffset?)null : Times.Read(due);
    }, stop);

    /// <summary>Nothing leads out of its state by itself any more: a later version of the program has no such move.</summary>
    public ValueTask<int> ForgetAsync(DueResource due, CancellationToken stop) =>
        _sql.WriteAsync(db => db.Execute(Forget, new { tenant = due.Tenant, kind = due.Kind, id = due.Id, revision = due.Revision }), stop);

    /// <summary>Those that wait for the operator, the longest waiting first, whosever they are.</summary>
    public ValueTask<WaitingPage> ListWaitingAsync(
        IReadOnlyList<string> kinds, int offset, int limit, CancellationToken stop) => _sql.ReadAsync(db =>
    {
        var which = new { kinds = new InList<string>(kinds), offset, limit };
        return new WaitingPage(
            [.. db.Query<Row>(SelectWaitingAllTenants, which).Select(r => r.ToWaiting())],
            db.ExecuteScalar<long>(CountWaitingAllTenants, new { kinds = new InList<string>(kinds) }));
    }, stop);

    internal static void Write(IDbConnection db, TenantId tenant, StateEntry? entry)
    {
        if (entry is null) return;
        var (dueAt, waitsSince) = (Text(entry.DueAt), Text(entry.WaitsSince));
        db.Execute(Update, new { tenant, kind = entry.Kind, id = entry.Id, dueAt, waitsSince });
    }

    /// <summary>Something new is due one day.</summary>
    internal void Ring() => Interlocked.Exchange(ref _changed, Bell()).SetResult();

    private static string? Text(DateTimeOffset? at) => at is { } moment ? Times.Text(moment) : null;

    private static TaskCompletionSource Bell() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Row
    {
        public TenantId TenantId { get; init; }
        public string Kind { get; init; } = "";
        public string Id { get; init; } = "";
        public string Doc { get; init; } = "{}";
        public long Revision { get; init; }
        public DateTimeOffset DueAt { get; init; }
        public DateTimeOffset WaitsSince { get; init; }

        public DueResource ToDue() => new(TenantId, Kind, Id, Revision, DueAt);

        // Written from a JsonObject.
        public WaitingResource ToWaiting() => new(TenantId, Kind, Id, JsonNode.Parse(Doc)!.AsObject(), Revision, WaitsSince);
    }
}
