using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// The tools of an assistant's servers of the Model Context Protocol, in the words in which agents have them. Its servers are asked when a
/// talk begins: where one does not answer, the assistant talks without what that one has, and is told so.
/// </summary>
internal static class McpTools
{
    /// <summary>As agents take it.</summary>
    private const int LongestDescription = 3_000;

    private const int LongestSchema = 16_000, LongestName = 255;
    private const string Tools = "tools", Schema = "inputSchema", Properties = "properties", Instructions = "instructions";

    /// <summary>Puts them behind those that the agent has already.</summary>
    /// <param name="agent">As it was written of these fields.</param>
    public static async ValueTask AddAsync(JsonObject agent, JsonObject fields, TenantId tenant, AssistantParts parts,
        CancellationToken stop)
    {
        var named = McpServers.Of(fields);
        if (named.Count == 0) return;
        var all = await Task.WhenAll(named.Select(one => AskAsync(one, tenant, parts, stop)));
        var tools = agent[Tools] as JsonArray ?? [];
        var names = CallTools.NamesOf(tools);
        var away = new List<string>();
        foreach (var (server, found) in all)
        {
            if (found.Tools is null) away.Add(server.Name);
            // Other talks read them as well, and nodes of JSON are made as they are read.
            lock (found)
                foreach (var tool in found.Tools ?? [])
                    if (tools.Count < AgentLimits.Tools && Write(server, tool, found.HasSession, names) is { } written)
                        tools.Add((JsonNode)written);
        }
        if (tools.Count > 0 && tools.Parent is null) agent[Tools] = tools;
        if (away.Count == 0) return;
        string told = agent.Text(Instructions) + $"\n\nYou have no tools of {string.Join(", ", away)} now, for they cannot be reached. "
            + "Say so where they would be needed.";
        if (told.Length <= AgentLimits.Instructions) agent[Instructions] = told;
    }

    private static async Task<(Asked Server, McpFound Found)> AskAsync(McpServers.Named named, TenantId tenant, AssistantParts parts,
        CancellationToken stop)
    {
        // One that was deleted since is as one that does not answer.
        if (await McpServers.Rows(parts.Store).FindAsync(tenant, named.Id, stop) is not { } row || parts.Mcp is not { } known)
            return (new(named.Id, "", null, []), new(null, false, "it is not there"));
        string? secret = row.Body.Filled(McpServers.Key);
        var server = new Asked(row.Body.Text("name") ?? named.Id, row.Body.Text("url") ?? "", secret,
            named.Allowed ?? (row.Body[McpServers.Allowed] is JsonArray ? row.Body.Texts(McpServers.Allowed) : null));
        string? token = secret is null ? null : await ToolSecrets.FindTokenAsync(tenant, secret, parts.Store, stop);
        if (secret is not null && token is null) return (server, new(null, false, "its secret is not there"));
        return (server, await known.OfAsync(row, token, stop));
    }

    /// <returns>Null for one that is not to be had, or is more than a model is to read.</returns>
    private static JsonObject? Write(Asked server, JsonObject tool, bool hasSession, HashSet<string> names)
    {
        try
        {
            return tool.Filled("name") is { Length: <= LongestName } name && server.Allowed?.Contains(name) is not false
                ? Write(server, name, tool, hasSession, names) : null;
        }
        // JSON of others may have texts that are none.
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static JsonObject? Write(Asked server, string name, JsonObject tool, bool hasSession, HashSet<string> names)
    {
        var schema = tool.Child(Schema)?.DeepClone().AsObject() ?? [];
        schema["type"] = "object";
        if (schema[Properties] is not JsonObject) schema[Properties] = new JsonObject();
        if (schema.ToJsonString().Length > LongestSchema) return null;
        string what = tool.Filled("description") ?? name;
        var written = new JsonObject
        {
            // What a server writes is no template: it would be told our variables.
            ["description"] = Clipped.Of(TextMark.Unmarked(what), LongestDescription),
            ["kind"] = "mcp", ["name"] = CallTools.Unique(name, names), ["tool"] = name, ["url"] = server.Url, ["parameters"] = schema,
        };
        if (server.Secret is { } secret) written["headers"] = new JsonObject { ["Authorization"] = $"Bearer {ToolSecrets.Placed(secret)}" };
        if (hasSession) written["has_session"] = true;
        return written;
    }

    /// <param name="Secret">The name of one; null for none.</param>
    /// <param name="Allowed">Names of tools; null allows all.</param>
    private sealed record Asked(string Name, string Url, string? Secret, IReadOnlyList<string>? Allowed);
}
