using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>What an agent may have done: where, and with what.</summary>
internal sealed record ToolRow
{
    public Guid Id { get; init; }
    public TenantId TenantId { get; init; }
    public string Name { get; init; } = "";
    public string? Description { get; init; }
    public JsonObject Definition { get; init; } = [];
    /// <summary>By which its provider knows it; null for one that was made here.</summary>
    public string? ProviderToolId { get; init; }
    /// <summary>When the provider has last told of it.</summary>
    public DateTimeOffset? LastSyncedAt { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>What came of writing a tool.</summary>
internal enum ToolChange { Done, Unknown, NameTaken, InUse }

/// <summary>The rows of <c>agency_tools</c>.</summary>
internal sealed class ToolTable(Database store)
{
    internal const string Columns =
        "id, tenant_id, name, description, definition, provider_tool_id, last_synced_at, created_at, updated_at";
    internal const string SelectById = $"select {Columns} from agency_tools where tenant_id = @tenant and id = @id";
    private const string Of = """
        from agency_tools where tenant_id = @tenant and (@search = '' or lower(name) like @search escape '\')
        """;
    internal const string SelectPage = $"select {Columns} {Of} order by created_at, id limit @limit offset @offset";
    internal const string Count = $"select count(*) {Of}";
    internal const string CountKnown = "select count(*) from agency_tools where tenant_id = @tenant and id in @ids";
    internal const string CountName = """
        select count(*) from agency_tools where tenant_id = @tenant and lower(name) = lower(@name) and id <> @id
        """;
    internal const string Insert = """
        insert into agency_tools (id, tenant_id, name, description, definition, created_at, updated_at)
        values (@id, @tenant, @name, @description, @definition, @at, @at) on conflict do nothing
        """;
    internal const string Update = """
        update agency_tools set name = @name, description = @description, definition = @definition, updated_at = @at
        where tenant_id = @tenant and id = @id
        """;
    internal const string Remove = "delete from agency_tools where tenant_id = @tenant and id = @id";
    internal const string CountAgents = """
        select count(*) from agent_mappings where tenant_id = @tenant and deleted_at is null and cast(tools as text) like @named
        """;

    public ValueTask<ToolRow?> FindAsync(TenantId agency, Guid id, CancellationToken stop) =>
        store.Sql.ReadAsync(db => Find(db, agency, id), stop);

    /// <param name="search">A part of the name, in any case; the empty text for all.</param>
    public ValueTask<(IReadOnlyList<ToolRow> Rows, long Total)> ListAsync(TenantId agency, string search, int offset, int limit,
        CancellationToken stop)
    {
        var which = new { tenant = agency, search = Like(search), offset, limit };
        return store.Sql.ReadAsync<(IReadOnlyList<ToolRow>, long)>(
            db => (db.Query<ToolRow>(store.Sql.Folded(SelectPage), which).AsList(),
                db.ExecuteScalar<long>(store.Sql.Folded(Count), which)), stop);
    }

    /// <param name="ids">Each once.</param>
    public async ValueTask<bool> HasAllAsync(TenantId agency, IReadOnlyList<string> ids, CancellationToken stop) =>
        await store.Sql.ReadAsync(db => db.ExecuteScalar<long>(CountKnown, new { tenant = agency, ids = new InList<string>(ids) }), stop)
            == ids.Count;

    public ValueTask<ToolChange> AddAsync(ToolRow tool, AuditNote note, CancellationToken stop) => store.Sql.WriteAsync(db =>
    {
        // The index knows 26 letters, and keeps two nodes apart.
        if (IsTaken(db, tool) || db.Execute(Insert, Values(tool)) == 0) return ToolChange.NameTaken;
        AuditTable.Write(db, note);
        return ToolChange.Done;
    }, stop);

    /// <summary>Reads and writes at once, so that of two changes neither undoes the other's.</summary>
    public ValueTask<(ToolChange Change, ToolRow? Now)> ChangeAsync(TenantId agency, Guid id, Func<ToolRow, ToolRow> change,
        Func<ToolRow, ToolRow, AuditNote> note, CancellationToken stop) => store.Sql.WriteAsync<(ToolChange, ToolRow?)>(db =>
    {
        if (Find(db, agency, id) is not { } before) return (ToolChange.Unknown, null);
        var after = change(before);
        if (IsTaken(db, after)) return (ToolChange.NameTaken, null);
        db.Execute(Update, Values(after));
        AuditTable.Write(db, note(before, after));
        return (ToolChange.Done, after);
    }, stop);

    public ValueTask<ToolChange> RemoveAsync(TenantId agency, Guid id, AuditNote note, CancellationToken stop) =>
        store.Sql.WriteAsync(db =>
        {
            // An id is of letters that a pattern takes as they are.
            if (db.ExecuteScalar<long>(CountAgents, new { tenant = agency, named = $"%{id}%" }) > 0) return ToolChange.InUse;
            if (db.Execute(Remove, new { tenant = agency, id }) == 0) return ToolChange.Unknown;
            AuditTable.Write(db, note);
            return ToolChange.Done;
        }, stop);

    /// <summary>What is compared where a part of a text is searched, in any case; the empty text for all.</summary>
    internal static string Like(string search) => search.Length == 0 ? ""
        : $"%{string.Concat(search.ToLowerInvariant().Select(c => c is '\\' or '%' or '_' ? $@"\{c}" : $"{c}"))}%";

    private bool IsTaken(IDbConnection db, ToolRow tool) => db.ExecuteScalar<long>(store.Sql.Folded(CountName), Values(tool)) > 0;

    private static ToolRow? Find(IDbConnection db, TenantId agency, Guid id) =>
        db.QueryFirstOrDefault<ToolRow>(SelectById, new { tenant = agency, id });

    private static object Values(ToolRow tool) => new
    {
        id = tool.Id, tenant = tool.TenantId, name = tool.Name, description = tool.Description, definition = tool.Definition,
        at = tool.UpdatedAt,
    };
}
