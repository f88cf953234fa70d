using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Calls;

namespace Ringwright.Chakra.Telling;

/// <summary>A change of a call, as it is told.</summary>
/// <param name="Before">The call before; null for a new one.</param>
internal sealed record ChakraChange(string Name, string Call, JsonObject? Before, JsonObject After, DateTimeOffset At)
{
    /// <summary>Of its call; the same however often the change is found. Null where it is found once.</summary>
    public long? Number { get; init; }
    /// <summary>What the agent said, where that is the change.</summary>
    public JsonObject? Disposition { get; init; }
}

/// <summary>Changes of calls as webhooks: <c>{"event", "id", "occurredAt", "changed", "before", "after"}</c>.</summary>
internal static class ChakraEvents
{
    public const string Created = "call.created", Updated = "call.updated", Disposed = "call.disposed", Deleted = "call.deleted";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>One for each subscription that was there then and wants it.</summary>
    public static IEnumerable<OutboxMessage> Of(IReadOnlyList<ChakraHook> hooks, ChakraChange change) => hooks
        .Where(hook => hook.Events.Contains(change.Name) && hook.CreatedAt <= change.At).Select(hook => Message(hook, change));

    private static OutboxMessage Message(ChakraHook hook, ChakraChange change)
    {
        var id = Guid.CreateVersion7(change.At);
        var body = new JsonObject
        {
            ["event"] = change.Name, ["id"] = id.ToString(), ["occurredAt"] = ChakraTime.Millis(change.At),
            ["changed"] = new JsonArray([.. Changed(change.Before, change.After).Select(name => (JsonNode)name)]),
            ["before"] = change.Before?.DeepClone(), ["after"] = change.After.DeepClone(),
        };
        if (change.Disposition is { } said) body["disposition"] = said.DeepClone();
        return new()
        {
            Id = id,
            Tenant = hook.Team,
            // A subscription hears of a call in its order, whatever becomes of the others.
            OrderKey = $"chakra {hook.Id} {change.Call}",
            Format = ChakraWebhookFormat.FormatName,
            EventType = change.Name,
            Url = hook.Url,
            Timeout = Timeout,
            OccurredAt = change.At,
            Once = change.Number is { } number ? $"chakra {hook.Id} {change.Call} {number}" : null,
            Body = Sealed(body.ToJsonString(), hook.Secret),
        };
    }

    private static IEnumerable<string> Changed(JsonObject? before, JsonObject after) =>
        (before ?? []).Select(field => field.Key).Union(after.Select(field => field.Key))
            .Where(name => !JsonNode.DeepEquals(before?[name], after[name]));

    /// <summary>With what it was signed by: the secret itself is nowhere in the outbox.</summary>
    private static string Sealed(string body, string? secret) => secret is null ? body : new JsonObject
    {
        [ChakraWebhookFormat.Text] = body,
        [ChakraWebhookFormat.Signature] =
            "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(body))),
    }.ToJsonString();
}
