using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Http;

namespace Ringwright.Agency.Providers;

/// <summary>Brings in step the agents that an agency has at its provider. What it has of its own is not touched.</summary>
internal sealed class AgentSync(AgencyParts parts)
{
    private const string Full = "full", ImportOnly = "import_only", UpdateOnly = "update_only";
    private const string First = "/api/agents?pageSize=100";

    /// <summary>Pages of a list, and agents of which is told why they were left out.</summary>
    private const int MostPages = 50, MostTold = 100;

    /// <summary>Nothing is written before all of the list is read.</summary>
    public async ValueTask<Reply> Sync(OperationContext op)
    {
        var body = op.ReadObject();
        string mode = AgencyText.Text(body, "mode") ?? Full;
        bool isToRemove = (bool?)body["remove_orphans"] is true;
        if (isToRemove && mode is not Full)
            return op.Fail(AgencyText.Bad("remove_orphans", $"Orphans are removed by the mode {Full} alone."));
        var agency = op.Caller.Root;
        var (api, refusal) = await ProviderApi.ForAsync(op, parts);
        if (api is null) return refusal!;       // one of both is there
        var all = await api.ListAllAsync(First, MostPages, op.Stop);
        if (all.Fault is { } fault) return op.Fail(new Problem("provider_error", $"Nothing was brought in step: {fault}."));

        var (told, named, faults) = (new Dictionary<string, AgentRow>(StringComparer.Ordinal),
            new HashSet<string>(StringComparer.Ordinal), new JsonArray());
        int broken = 0;
        foreach (var row in all.Rows)
        {
            var (id, why) = Read(row, told);
            if (id is not null) named.Add(id);
            if (why is null) continue;
            broken++;
            if (faults.Count < MostTold) faults.Add((JsonNode)new JsonObject { ["ultravox_agent_id"] = id, ["error"] = why });
        }

        // Where an agent cannot be read, nobody knows whether it is one of those that are here.
        var step = new AgentStep(mode is Full or ImportOnly, mode is Full or UpdateOnly, isToRemove && broken == 0);
        var done = await parts.ProviderAgents.BringAsync(agency, told.Values, named, step, op.Now,
            counted => op.Note("synced", AgencyAgents.RecordType, agency.ToString(), null, Show(counted, broken)) with { Tenant = agency },
            op.Stop);
        return op.Ok(new JsonObject
        {
            ["message"] = MessageOf(done, broken, isToRemove), ["stats"] = Show(done, broken), ["errors"] = faults,
        });
    }

    /// <returns>Its id, and why it cannot be read; null for an id that is none, and when it is among them.</returns>
    private static (string? Id, string? Why) Read(JsonObject row, Dictionary<string, AgentRow> told)
    {
        string? id = null;
        try
        {
            id = ProviderAgent.IdOf(row);
            var agent = ProviderAgent.Read(row);
            told[agent.ProviderId] = agent;
            return (id, null);
        }
        catch (Exception wrong) when (wrong is FormatException or InvalidOperationException)
        {
            return (id, wrong is FormatException ? wrong.Message : "it cannot be read");
        }
    }

    private static string MessageOf(AgentsInStep done, int broken, bool isToRemove) =>
        $"{done.Imported} agents were imported, {done.Updated} updated, {done.Removed} removed."
            + (broken > 0 && isToRemove ? " None was removed, because not all could be read." : "");

    private static JsonObject Show(AgentsInStep done, int broken) => new()
    {
        ["imported"] = done.Imported, ["updated"] = done.Updated, ["skipped"] = done.Skipped, ["errors"] = broken,
        ["orphans"] = done.Orphans, ["removed"] = done.Removed,
    };
}
