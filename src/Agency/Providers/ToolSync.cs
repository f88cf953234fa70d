using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Http;

namespace Ringwright.Agency.Providers;

/// <summary>
/// Brings in step the tools that an agency has at its provider, as far as the node's agents can ask them. What it has of its own is not
/// touched.
/// </summary>
internal sealed class ToolSync(AgencyParts parts)
{
    /// <summary>Those that everybody has there are the provider's own doing.</summary>
    private const string First = "/api/tools?ownership=private&pageSize=100";

    /// <summary>Pages of a list, and tools of which is told why they were left out.</summary>
    private const int MostPages = 50, MostTold = 100;

    /// <summary>Nothing is written before all of the list is read.</summary>
    public async ValueTask<Reply> Sync(OperationContext op)
    {
        var (api, refusal) = await ProviderApi.ForAsync(op, parts);
        if (api is null) return refusal!;       // one of both is there
        var all = await api.ListAllAsync(First, MostPages, op.Stop);
        if (all.Fault is { } fault) return op.Fail(new Problem("provider_error", $"Nothing was brought in step: {fault}."));

        var (told, named, faults) = (new Dictionary<string, ToolRow>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal),
            new List<(string? Id, string Why)>());
        foreach (var row in all.Rows)
        {
            string? id = ProviderTool.IdOf(row);
            if (id is not null) named.Add(id);
            var (tool, why) = Read(row);
            if (tool is null) faults.Add((id, why!));       // one of both is there
            else told[tool.ProviderToolId!] = tool;         // it has been read
        }
        var agency = op.Caller.Root;
        var done = await parts.ProviderTools.BringAsync(agency, told.Values, named, op.Now,
            counted => op.Note("synced", AgencyTools.RecordType, agency.ToString(), null, Show(counted, faults.Count)) with
            {
                Tenant = agency,
            }, op.Stop);
        var left = faults.Concat(done.NameTaken.Select(id => ((string?)id, "another tool has its name"))).ToList();
        return op.Ok(new JsonObject
        {
            ["message"] = $"{done.Imported} tools were imported, {done.Updated} updated.", ["stats"] = Show(done, faults.Count),
            ["errors"] = new JsonArray([.. left.Take(MostTold).Select(one => (JsonNode)new JsonObject
            {
                ["provider_tool_id"] = one.Item1, ["error"] = one.Item2,
            })]),
        });
    }

    /// <returns>The tool, or why nobody here can ask it.</returns>
    private (ToolRow? Tool, string? Why) Read(JsonObject row)
    {
        try
        {
            var tool = ProviderTool.Read(row);
            return AgencyTools.FaultOf(tool.Name, tool.Definition, parts.UrlFault) is { } fault ? (null, fault.Detail) : (tool, null);
        }
        catch (Exception wrong) when (wrong is FormatException or InvalidOperationException)
        {
            return (null, wrong is FormatException ? wrong.Message : "it cannot be read");
        }
    }

    private static JsonObject Show(ToolsInStep done, int broken) => new()
    {
        ["imported"] = done.Imported, ["updated"] = done.Updated, ["skipped"] = done.Skipped,
        ["errors"] = broken + done.NameTaken.Count, ["orphans"] = done.Orphans,
    };
}
