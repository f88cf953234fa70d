using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>What came of bringing tools in step, each counted once.</summary>
/// <param name="Skipped">They are as they were.</param>
/// <param name="Orphans">The provider has them no more, and they are still there: an agent may have them.</param>
/// <param name="NameTaken">Ids of those whose name another tool of the agency has.</param>
internal sealed record ToolsInStep(int Imported, int Updated, int Skipped, int Orphans, IReadOnlyList<string> NameTaken);

/// <summary>Tools that are a provider's, as it shows them.</summary>
internal sealed class ProviderToolTable(Database store)
{
    internal const string SelectAll =
        $"select {ToolTable.Columns} from agency_tools where tenant_id = @tenant order by created_at, id";
    internal const string Insert = """
        insert into agency_tools (id, tenant_id, name, description, definition, provider_tool_id, last_synced_at, created_at, updated_at)
        values (@id, @tenant, @name, @description, @definition, @known, @at, @at, @at) on conflict do nothing
        """;
    internal const string Update = """
        update agency_tools set name = @name, description = @description, definition = @definition, updated_at = @at
        where tenant_id = @tenant and id = @id
        """;
    internal const string See = "update agency_tools set last_synced_at = @at where tenant_id = @tenant and id = @id";

    /// <param name="told">Those that the provider has, each once.</param>
    /// <param name="named">All that it has named, also where nobody here can ask them.</param>
    /// <param name="note">Is asked where something has changed.</param>
    public ValueTask<ToolsInStep> BringAsync(TenantId agency, IReadOnlyCollection<ToolRow> told, IReadOnlySet<string> named,
        DateTimeOffset at, Func<ToolsInStep, AuditNote> note, CancellationToken stop) => store.Sql.WriteAsync(db =>
    {
        var rows = db.Query<ToolRow>(SelectAll, new { tenant = agency }).AsList();
        var known = rows.Where(row => row.ProviderToolId is not null)
            .ToDictionary(row => row.ProviderToolId!, StringComparer.Ordinal);      // just asked
        // As the index compares them, in 26 letters and more.
        var names = rows.ToDictionary(row => row.Name, row => row.Id, StringComparer.OrdinalIgnoreCase);
        var taken = new List<string>();
        int imported = 0, updated = 0, skipped = 0;
        foreach (var one in told)
        {
            string id = one.ProviderToolId!;        // a provider's has one
            var before = known.GetValueOrDefault(id);
            if (names.TryGetValue(one.Name, out var holder) && holder != before?.Id)
            {
                taken.Add(id);
                continue;
            }
            if (before is null)
            {
                // In the provider's order.
                var made = one with { Id = Guid.CreateVersion7(at), TenantId = agency };
                if (db.Execute(Insert, Values(made, at.AddMicroseconds(imported))) == 0)
                {
                    taken.Add(id);
                    continue;
                }
                names[one.Name] = made.Id;
                imported++;
                continue;
            }
            if (IsSame(before, one)) skipped++;
            else
            {
                names.Remove(before.Name);
                names[one.Name] = before.Id;
                updated += db.Execute(Update, Values(one with { Id = before.Id, TenantId = agency }, at));
            }
            db.Execute(See, new { tenant = agency, id = before.Id, at });
        }
        var all = new ToolsInStep(imported, updated, skipped, known.Keys.Count(id => !named.Contains(id)), taken);
        if (imported + updated > 0) AuditTable.Write(db, note(all));
        return all;
    }, stop);

    private static bool IsSame(ToolRow before, ToolRow told) => before.Name == told.Name && before.Description == told.Description
        // As it is once it is kept.
        && JsonNode.DeepEquals(before.Definition, JsonNode.Parse(told.Definition.ToJsonString()));

    private static object Values(ToolRow tool, DateTimeOffset at) => new
    {
        id = tool.Id, tenant = tool.TenantId, name = tool.Name, description = tool.Description, definition = tool.Definition,
        known = tool.ProviderToolId, at,
    };
}
