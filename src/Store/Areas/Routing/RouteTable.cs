using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Resources;

namespace Ringwright.Store.Tables;

/// <summary>The operator's routes. They belong to no tenant.</summary>
public sealed class RouteTable
{
    internal const string Columns = "id, trunk_id, prefix, priority, weight, is_enabled, caller_id, created_at, updated_at";
    internal const string SelectAll = $"select {Columns} from rw_route order by created_at, id";
    internal const string Select = $"select {Columns} from rw_route where id = @id";
    internal const string Insert = $"""
        insert into rw_route ({Columns})
        values (@Id, @TrunkId, @Prefix, @Priority, @Weight, @IsEnabled, @CallerId, @CreatedAt, @UpdatedAt)
        """;
    internal const string Update = """
        update rw_route set trunk_id = @TrunkId, prefix = @Prefix, priority = @Priority, weight = @Weight, is_enabled = @IsEnabled,
            caller_id = @CallerId, updated_at = @UpdatedAt
        where id = @Id
        """;
    internal const string CountTrunk = "select count(*) from rw_trunk where id = @TrunkId";
    internal const string Delete = "delete from rw_route where id = @id";

    private readonly Sql _sql;
    private readonly Routing _routing;
    private readonly TimeProvider _time;

    internal RouteTable(Sql sql, Routing routing, TimeProvider time) => (_sql, _routing, _time) = (sql, routing, time);

    /// <summary>Oldest first.</summary>
    public async ValueTask<IReadOnlyList<Stored<Route>>> ListAsync(CancellationToken stop) =>
        [.. (await _sql.ReadAsync(db => db.Query<Row>(SelectAll), stop).ConfigureAwait(false)).Select(r => r.ToStored())];

    public async ValueTask<Stored<Route>?> FindAsync(Guid id, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(Select, new { id }), stop).ConfigureAwait(false))?.ToStored();

    /// <returns>Missing when there is no such trunk.</returns>
    public ValueTask<WriteOutcome> InsertAsync(Route route, CancellationToken stop) => WriteAsync(Insert, route, stop);

    /// <returns>Missing when there is no such route or trunk.</returns>
    public ValueTask<WriteOutcome> UpdateAsync(Route route, CancellationToken stop) => WriteAsync(Update, route, stop);

    public async ValueTask<WriteOutcome> DeleteAsync(Guid id, CancellationToken stop)
    {
        int changed = await _sql.WriteAsync(db => db.Execute(Delete, new { id }), stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return changed == 1 ? WriteOutcome.Done : WriteOutcome.Missing;
    }

    private async ValueTask<WriteOutcome> WriteAsync(string statement, Route route, CancellationToken stop)
    {
        var row = Row.Of(route, _time.GetUtcNow());
        var outcome = await _sql.WriteAsync(db =>
        {
            if (db.ExecuteScalar<long>(CountTrunk, row) == 0) return WriteOutcome.Missing;
            return db.Execute(statement, row) == 1 ? WriteOutcome.Done : WriteOutcome.Missing;
        }, stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return outcome;
    }

    internal sealed record Row
    {
        public Guid Id { get; init; }
        public TrunkId TrunkId { get; init; }
        public string Prefix { get; init; } = "";
        public int Priority { get; init; }
        public int Weight { get; init; }
        public bool IsEnabled { get; init; }
        public string? CallerId { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }

        public static Row Of(Route route, DateTimeOffset at) => new()
        {
            Id = route.Id,
            TrunkId = route.Trunk,
            Prefix = route.Prefix,
            Priority = route.Priority,
            Weight = route.Weight,
            IsEnabled = route.IsEnabled,
            CallerId = route.CallerId,
            CreatedAt = at,
            UpdatedAt = at,
        };

        public Route ToRoute() => new()
        {
            Id = Id, Trunk = TrunkId, Prefix = Prefix, Priority = Priority, Weight = Weight, IsEnabled = IsEnabled, CallerId = CallerId
        };

        public Stored<Route> ToStored() => new(ToRoute(), CreatedAt, UpdatedAt);
    }
}
