using System.Collections.Immutable;
using System.Data;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>An event of a tenant that somebody listens to.</summary>
/// <param name="Node">Who wrote it; 0 where there is one node alone.</param>
/// <param name="Seq">Its place in the order of that node's commits.</param>
public sealed record StreamEvent(int Node, long Seq, OutboxMessage Message);

/// <summary>Where a listener begins.</summary>
/// <param name="After">The last event before it.</param>
/// <param name="IsGap">True when events after the one that was asked for may not have been kept.</param>
public readonly record struct StreamPlace(StreamPosition After, bool IsGap);

/// <summary>
/// The events of those tenants that somebody listens to, and for a while after the last listener went, so that one who comes
/// back misses none. For all others nothing is written: a look into a dictionary is what listening costs a call that nobody listens to.
/// Nodes that share a database are read each by itself: a row of one may be committed after a row of another with a higher number.
/// </summary>
public sealed class StreamTable
{
    /// <summary>How long events of a tenant are kept after its last listener was there.</summary>
    public static readonly TimeSpan KeptAfterwards = TimeSpan.FromHours(1);

    internal const string Insert = """
        insert into rw_stream_event (tenant_id, message_id, format, event_type, url, version, occurred_at, body, kept_at, node)
        values (@tenant, @id, @format, @eventType, @url, @version, @occurredAt, @body, @keptAt, @node)
        """;
    internal const string SelectAfter = """
        select node, seq, message_id, format, event_type, url, version, occurred_at, body from rw_stream_event
        where tenant_id = @tenant and node = @node and seq > @after order by seq limit @limit
        """;
    internal const string SelectLast = "select node, max(seq) as seq from rw_stream_event where tenant_id = @tenant group by node";
    internal const string SelectLastUpTo =
        "select node, max(seq) as seq from rw_stream_event where tenant_id = @tenant and seq <= @after group by node";
    internal const string SelectNode = "select node from rw_stream_event where tenant_id = @tenant and seq = @after";
    internal const string SelectNodes = "select number from rw_node order by number";
    internal const string Prune = "delete from rw_stream_event where tenant_id = @tenant and kept_at < @before";
    internal const string Lease =
        "insert into rw_listener (tenant_id, until) values (@tenant, @until) on conflict (tenant_id) do update set until = excluded.until";
    internal const string SelectListenersAllTenants = "select tenant_id, until from rw_listener";

    private static readonly Statement New = new(Insert);

    private readonly Sql _sql;
    private readonly TimeProvider _time;
    /// <summary>0 where there is one node alone, as in rows of an earlier version.</summary>
    private readonly int _node;
    private ImmutableDictionary<TenantId, DateTimeOffset> _heard = ImmutableDictionary<TenantId, DateTimeOffset>.Empty;
    private TaskCompletionSource _bell = NewBell();
    /// <summary>For the writer alone: something was kept since the bell rang.</summary>
    private bool _isFresh;

    internal StreamTable(Sql sql, int node, TimeProvider time) => (_sql, _node, _time) = (sql, sql.Engine.IsShared ? node : 0, time);

    /// <summary>True while the tenant's events are kept.</summary>
    public bool IsHeard(TenantId tenant) =>
        Volatile.Read(ref _heard) is { IsEmpty: false } heard && heard.TryGetValue(tenant, out var until) && until > _time.GetUtcNow();

    /// <summary>Completes when more events are committed. To be taken before the table is read.</summary>
    public Task NextCommit => Volatile.Read(ref _bell).Task;

    /// <summary>
    /// Somebody listens: what is committed from now on is kept. To be repeated before <see cref="KeptAfterwards"/> is over.
    /// </summary>
    /// <param name="after">The last event that the listener has seen; null begins with the next one.</param>
    public async ValueTask<StreamPlace> ListenAsync(TenantId tenant, StreamPosition? after, CancellationToken stop)
    {
        bool wasHeard = IsHeard(tenant);
        var until = _time.GetUtcNow() + KeptAfterwards;
        var place = await _sql.WriteAsync(db =>
        {
            db.Execute(Lease, new { tenant, until });
            return after is null ? new StreamPlace(new(0, db.Query<(int, long)>(SelectLast, new { tenant })), IsGap: false)
                : Find(db, tenant, after, wasHeard);
        }, stop, committed: _ => ImmutableInterlocked.AddOrUpdate(ref _heard, tenant, until, (_, _) => until)).ConfigureAwait(false);
        return place;
    }

    /// <summary>Oldest first, as far as the order between nodes is known.</summary>
    public ValueTask<IReadOnlyList<StreamEvent>> ListAsync(TenantId tenant, StreamPosition after, int limit, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<StreamEvent>>(db =>
        {
            IEnumerable<int> nodes = _sql.Engine.IsShared ? [0, .. db.Query<int>(SelectNodes)] : [0];
            var rows = nodes.SelectMany(node => db.Query<Row>(SelectAfter, new { tenant, node, after = after.Of(node), limit }));
            return [.. rows.OrderBy(row => row.Seq).Take(limit).Select(row => row.ToEvent(tenant))];
        }, stop);

    /// <summary>Forgets events that were kept before the moment.</summary>
    public async ValueTask<int> PruneAsync(IReadOnlyList<TenantId> tenants, DateTimeOffset before, CancellationToken stop) =>
        await _sql.WriteAsync(db => tenants.Sum(tenant => db.Execute(Prune, new { tenant, before })), stop).ConfigureAwait(false);

    internal async ValueTask ReloadAsync(CancellationToken stop)
    {
        var rows = await _sql.ReadAsync(db => db.Query<Listener>(SelectListenersAllTenants).AsList(), stop).ConfigureAwait(false);
        foreach (var row in rows)
            ImmutableInterlocked.AddOrUpdate(ref _heard, row.TenantId, row.Until, (_, known) => known > row.Until ? known : row.Until);
    }

    /// <summary>In the transaction of the event.</summary>
    internal void Keep(IDbConnection db, OutboxMessage message)
    {
        New.Post(db, message.Tenant.ToString(), message.Id.ToString(), message.Format, message.EventType, message.Url, message.Version,
            Times.Text(message.OccurredAt), message.Body, Times.Text(_time.GetUtcNow()), _node);
        _isFresh = true;
    }

    /// <summary>Something was committed. For the writer.</summary>
    internal void Ring()
    {
        if (!_isFresh) return;
        _isFresh = false;
        Interlocked.Exchange(ref _bell, NewBell()).TrySetResult();
    }

    /// <summary>A plain number is the last that was heard of the node that wrote it, and nothing was there of others.</summary>
    private static StreamPlace Find(IDbConnection db, TenantId tenant, StreamPosition seen, bool wasHeard)
    {
        int? wrote = db.QuerySingleOrDefault<int?>(SelectNode, new { tenant, after = seen.Newest });
        bool isGap = !wasHeard || wrote is null;
        if (seen.Plain is not { } plain) return new(seen, isGap);
        if (wrote is { } node) return new(new(0, [(node, plain)]), isGap);
        // Nobody knows any more whose it was: what is older is left out.
        IReadOnlyList<(int, long)> older = [.. db.Query<(int, long)>(SelectLastUpTo, new { tenant, after = plain })];
        return new(new(older.Count == 0 ? plain : 0, older), isGap);
    }

    private static TaskCompletionSource NewBell() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Listener
    {
        public TenantId TenantId { get; init; }
        public DateTimeOffset Until { get; init; }
    }

    private sealed record Row
    {
        public int Node { get; init; }
        public long Seq { get; init; }
        public Guid MessageId { get; init; }
        public string Format { get; init; } = "";
        public string EventType { get; init; } = "";
        public string Url { get; init; } = "";
        public string Version { get; init; } = "";
        public DateTimeOffset OccurredAt { get; init; }
        public string Body { get; init; } = "";

        public StreamEvent ToEvent(TenantId tenant) => new(Node, Seq, new()
        {
            Id = MessageId,
            Tenant = tenant,
            OrderKey = "",
            Format = Format,
            EventType = EventType,
            Url = Url,
            Version = Version,
            OccurredAt = OccurredAt,
            Body = Body,
        });
    }
}
