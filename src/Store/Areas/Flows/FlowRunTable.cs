using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Store.Tables;

/// <summary>Lists of actions that run or have run. Each change is committed with what is told of it.</summary>
public sealed class FlowRunTable
{
    private const string Columns =
        "id, tenant_id, flow_id, state, outcome, reference_type, reference_id, parent_id, facts, created_at, updated_at, deleted_at";
    internal const string Insert = """
        insert into rw_flow_run (id, tenant_id, flow_id, state, outcome, reference_type, reference_id, parent_id, node, facts,
            created_at, updated_at)
        values (@id, @tenant, @flow, 'running', null, @referenceType, @reference, @parent, @node, @facts, @at, @at)
        """;
    internal const string Update = """
        update rw_flow_run set state = @state, outcome = @outcome, facts = @facts, updated_at = @at
        where tenant_id = @tenant and id = @id and state = 'running'
        """;
    internal const string Delete = """
        update rw_flow_run set state = 'ended', outcome = coalesce(outcome, 'stopped'), deleted_at = @at, updated_at = @at
        where tenant_id = @tenant and id = @id and deleted_at is null
        """;
    internal const string Select = $"select {Columns} from rw_flow_run where tenant_id = @tenant and id = @id";
    internal const string SelectPage = $"""
        select {Columns} from rw_flow_run where tenant_id = @tenant and created_at < @before order by created_at desc, id desc limit @limit
        """;
    internal const string Count = "select count(*) from rw_flow_run where tenant_id = @tenant and created_at < @before";
    internal const string SelectOfReference = $"""
        select {Columns} from rw_flow_run where tenant_id = @tenant and reference_id = @reference order by created_at, id limit 1
        """;
    // An API that says of a resource that it is another account's.
    internal const string SelectOtherAllTenants = "select 1 from rw_flow_run where id = @id and tenant_id <> @tenant";
    internal const string SelectRunningAllTenants =
        $"select {Columns} from rw_flow_run where state = 'running' and (node = @node or @isOnly) order by created_at, id limit @limit";

    /// <summary>Later than all rows.</summary>
    private static readonly DateTimeOffset End = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly RowWriter _writer;
    private readonly int _node;

    internal FlowRunTable(RowWriter writer, int node) => (_writer, _node) = (writer.Unrouted, node);

    /// <returns>False when there is one of that id already.</returns>
    public async ValueTask<bool> BeginAsync(FlowRun run, UnitOfWork? work, CancellationToken stop) =>
        await _writer.RunAsync(run.Tenant, db =>
        {
            db.Execute(Insert, new
            {
                id = run.Id, tenant = run.Tenant, flow = run.Flow, referenceType = run.ReferenceType, reference = run.Reference,
                parent = run.Parent, node = (long)_node, facts = run.Facts, at = run.CreatedAt,
            });
            return (WriteOutcome.Done, work);
        }, isDelete: false, stop).ConfigureAwait(false) is WriteOutcome.Done;

    /// <returns>False when it does not run any more.</returns>
    public async ValueTask<bool> UpdateAsync(FlowRun run, UnitOfWork? work, CancellationToken stop) =>
        await _writer.RunAsync(run.Tenant, db =>
        {
            int changed = db.Execute(Update, new
            {
                id = run.Id, tenant = run.Tenant, state = Names<FlowRunState>.Of(run.State), facts = run.Facts, at = run.UpdatedAt,
                outcome = run.Outcome is { } outcome ? Names<FlowOutcome>.Of(outcome) : null,
            });
            return (changed == 1 ? WriteOutcome.Done : WriteOutcome.Missing, work);
        }, isDelete: false, stop).ConfigureAwait(false) is WriteOutcome.Done;

    /// <summary>It stays as a row that says when it was deleted; one that runs is over.</summary>
    /// <returns>False when there is none, or it was deleted before.</returns>
    public async ValueTask<bool> DeleteAsync(TenantId tenant, Guid id, DateTimeOffset at, UnitOfWork? work, CancellationToken stop) =>
        await _writer.RunAsync(tenant,
            db => (db.Execute(Delete, new { tenant, id, at }) == 1 ? WriteOutcome.Done : WriteOutcome.Missing, work),
            isDelete: false, stop).ConfigureAwait(false) is WriteOutcome.Done;

    public ValueTask<FlowRun?> FindAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        _writer.Sql.ReadAsync(db => db.QueryFirstOrDefault<Row>(Select, new { tenant, id })?.ToRun(), stop);

    /// <summary>The first run for something; null when there was none.</summary>
    public ValueTask<FlowRun?> FindOfAsync(TenantId tenant, Guid reference, CancellationToken stop) =>
        _writer.Sql.ReadAsync(db => db.QueryFirstOrDefault<Row>(SelectOfReference, new { tenant, reference })?.ToRun(), stop);

    /// <summary>Newest first; deleted ones are among them.</summary>
    /// <param name="before">When those of the page before were made; null for the first page.</param>
    public ValueTask<(IReadOnlyList<FlowRun> Rows, long Total)> ListAsync(TenantId tenant, DateTimeOffset? before, int limit,
        CancellationToken stop)
    {
        var which = new { tenant, before = before ?? End, limit };
        return _writer.Sql.ReadAsync<(IReadOnlyList<FlowRun>, long)>(db =>
            ([.. db.Query<Row>(SelectPage, which).Select(row => row.ToRun())], db.ExecuteScalar<long>(Count, which)), stop);
    }

    /// <summary>Whether an account other than this one has it.</summary>
    public async ValueTask<bool> IsOthersAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        await _writer.Sql.ReadAsync(db => db.QueryFirstOrDefault<long?>(SelectOtherAllTenants, new { tenant, id }), stop)
            .ConfigureAwait(false) is not null;

    /// <summary>What this node has not ended, of all accounts; in a database of its own also what it had under another number.</summary>
    public ValueTask<IReadOnlyList<FlowRun>> ListRunningAsync(bool isOnlyNode, int limit, CancellationToken stop) =>
        _writer.Sql.ReadAsync<IReadOnlyList<FlowRun>>(db =>
            [.. db.Query<Row>(SelectRunningAllTenants, new { node = (long)_node, isOnly = isOnlyNode, limit }).Select(row => row.ToRun())],
            stop);

    private sealed record Row
    {
        public Guid Id { get; init; }
        public TenantId TenantId { get; init; }
        public string? FlowId { get; init; }
        public string State { get; init; } = "";
        public string? Outcome { get; init; }
        public string ReferenceType { get; init; } = "";
        public string? ReferenceId { get; init; }
        public string? ParentId { get; init; }
        public JsonObject Facts { get; init; } = [];
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }
        public DateTimeOffset? DeletedAt { get; init; }

        public FlowRun ToRun() => new()
        {
            Id = Id, Tenant = TenantId, Flow = IdOf(FlowId), State = Names<FlowRunState>.Parse(State),
            Outcome = Outcome is { } outcome ? Names<FlowOutcome>.Parse(outcome) : null, ReferenceType = ReferenceType,
            Reference = IdOf(ReferenceId), Parent = IdOf(ParentId), Facts = Facts, CreatedAt = CreatedAt, UpdatedAt = UpdatedAt,
            DeletedAt = DeletedAt,
        };

        private static Guid? IdOf(string? text) => text is null ? null : Guid.Parse(text);
    }
}
