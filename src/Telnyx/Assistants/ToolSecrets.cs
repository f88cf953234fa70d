using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Telnyx.Account;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// Secrets of the account in the headers of tools, and in what they send beside what the model says:
/// <c>{{#integration_secret}}identifier{{/integration_secret}}</c>; and the one that is the key to its model. Definitions are kept with
/// the names, and only what is in memory has the values.
/// </summary>
internal static class ToolSecrets
{
    /// <summary>Of a definition: the bearer's secret with which its model is asked.</summary>
    public const string ModelKeyOf = "model_key_of";

    /// <summary>Of a definition: the model that is asked where its own has failed; and that one's name.</summary>
    public const string StandIn = "fallback", ModelName = "name";

    /// <summary>Of a tool, as agents have it.</summary>
    private static readonly string[] Places = ["headers", "preset_query", "preset_body"];

    private const string Masked = "***";
    private const string Begin = "{{#integration_secret}}", End = "{{/integration_secret}}";

    /// <summary>Where the value of a secret is to stand.</summary>
    public static string Placed(string identifier) => Begin + identifier + End;

    /// <summary>The identifiers that a header names.</summary>
    public static IEnumerable<string> Of(string header)
    {
        for (int from = 0; Next(header, from) is var (start, end);)
        {
            yield return header[(start + Begin.Length)..end].Trim();
            from = end + End.Length;
        }
    }

    /// <returns>The first secret that is not there; null when all are.</returns>
    public static async ValueTask<string?> FillAsync(JsonObject definition, TenantId tenant, Database store, CancellationToken stop)
    {
        foreach (var asked in AgentsOf(definition).Append(definition.Child(StandIn))
            .SelectMany(one => new[] { one, one?.Child(AssistantConversations.OwnModel) }).OfType<JsonObject>())
        {
            if (asked.Filled(ModelKeyOf) is not { } secret) continue;
            if (await FindTokenAsync(tenant, secret, store, stop) is not { } token) return secret;
            asked.Remove(ModelKeyOf);
            asked[AssistantConversations.ModelKey] = new string([.. token.Where(c => c is > ' ' and <= '~')]);
        }
        foreach (var (text, set) in TextsOf(definition))
        {
            var (filled, missing) = await FilledAsync(text, tenant, store, stop);
            if (missing is not null) return missing;
            set(filled);
        }
        return null;
    }

    /// <summary>The same without any value, for who reads it.</summary>
    public static void Mask(JsonObject definition)
    {
        foreach (var (text, set) in TextsOf(definition))
        {
            string masked = text;
            while (Next(masked, 0) is var (start, end)) masked = masked[..start] + Masked + masked[(end + End.Length)..];
            set(masked);
        }
    }

    /// <summary>All values that tools name, in what somebody says.</summary>
    public static async ValueTask<string> MaskAsync(string said, JsonObject definition, TenantId tenant, Database store,
        CancellationToken stop)
    {
        foreach (string secret in TextsOf(definition).SelectMany(one => Of(one.Text)))
            if (await FindAsync(tenant, secret, store, stop) is { Length: > 0 } value)
                said = said.Replace(value, Masked, StringComparison.Ordinal);
        return said;
    }

    /// <summary>A bearer's token, or user and password as HTTP has them; null when there is none of that identifier.</summary>
    public static async ValueTask<string?> FindAsync(TenantId tenant, string identifier, Database store, CancellationToken stop)
    {
        var page = await store.Documents.Rows(IntegrationSecrets.Kind).ListAsync(tenant,
            new() { Filters = [new("identifier", "eq", [identifier])], Limit = 1 }, stop);
        if (page.Rows is not [var row]) return null;
        return row.Body.Text("token")
            ?? Convert.ToBase64String(Encoding.UTF8.GetBytes($"{row.Body.Text("username")}:{row.Body.Text("password")}"));
    }

    /// <summary>The token of a bearer's secret; null when there is none of that identifier.</summary>
    public static async ValueTask<string?> FindTokenAsync(TenantId tenant, string identifier, Database store, CancellationToken stop)
    {
        var page = await store.Documents.Rows(IntegrationSecrets.Kind).ListAsync(tenant,
            new() { Filters = [new("identifier", "eq", [identifier])], Limit = 1 }, stop);
        return page.Rows is [var row] ? row.Body.Filled("token") : null;
    }

    /// <summary>Its own, and those of the assistants that it leaves callers to.</summary>
    private static IEnumerable<JsonObject> ToolsOf(JsonObject definition) =>
        AgentsOf(definition).SelectMany(agent => agent["tools"] as JsonArray ?? []).OfType<JsonObject>();

    /// <summary>All texts of tools that may name secrets, each with what sets another in its place.</summary>
    private static IEnumerable<(string Text, Action<string> Set)> TextsOf(JsonObject definition) =>
        ToolsOf(definition).SelectMany(tool => Places.SelectMany(place => Within(tool.Child(place)))).ToList();

    private static IEnumerable<(string Text, Action<string> Set)> Within(JsonNode? node)
    {
        IEnumerable<(JsonNode? Value, Action<string> Set)> inner = node switch
        {
            JsonObject members => members.Select(member => (member.Value, (Action<string>)(said => members[member.Key] = said))),
            JsonArray items => items.Select((item, at) => (item, (Action<string>)(said => items[at] = said))),
            _ => [],
        };
        foreach (var (value, set) in inner.ToList())
        {
            if (value is JsonValue plain && plain.TryGetValue(out string? text)) yield return (text, set);
            else foreach (var one in Within(value)) yield return one;
        }
    }

    /// <returns>Beside the text the first secret that is not there; null when all are.</returns>
    private static async ValueTask<(string Text, string? Missing)> FilledAsync(string text, TenantId tenant, Database store,
        CancellationToken stop)
    {
        var filled = new StringBuilder();
        int from = 0;
        foreach (string secret in Of(text))
        {
            if (await FindAsync(tenant, secret, store, stop) is not { } found) return (text, secret);
            var (start, end) = Next(text, from)!.Value;        // it has one more
            filled.Append(text, from, start - from).Append(found);
            from = end + End.Length;
        }
        return (filled.Append(text, from, text.Length - from).ToString(), null);
    }

    private static IEnumerable<JsonObject> AgentsOf(JsonObject definition) =>
        (definition.Child("others") ?? []).Select(other => other.Value).OfType<JsonObject>().Prepend(definition);

    private static (int Start, int End)? Next(string text, int from)
    {
        int start = text.IndexOf(Begin, from, StringComparison.Ordinal);
        int end = start < 0 ? -1 : text.IndexOf(End, start, StringComparison.Ordinal);
        return end < 0 ? null : (start, end);
    }
}
