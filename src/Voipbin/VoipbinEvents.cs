using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;
using Ringwright.Voipbin.Activeflows;

namespace Ringwright.Voipbin;

/// <summary>What is told of a resource.</summary>
/// <param name="Noun">With the id, by which events are in order.</param>
/// <param name="Data">As it is read.</param>
internal sealed record EventFacts(string Noun, string Id, string Type, JsonObject Data, DateTimeOffset At);

/// <summary>What a customer is told of its resources: committed with the change, in order for each resource.</summary>
internal sealed class VoipbinEvents(VoipbinParts parts)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <param name="name">What happened, where that is none of the usual three: "waiting".</param>
    /// <param name="also">Where it is told too; null for nowhere.</param>
    public async ValueTask<UnitOfWork> TellAsync(string noun, Schema shape, ResourceChange change, FlowHook? also = null,
        string? name = null)
    {
        var customer = await Customers.FindAsync(parts, change.Row.Tenant, CancellationToken.None);
        var told = new EventFacts(noun, change.Row.Id, $"{noun}_{name ?? NameOf(change)}", VoipbinShape.Of(shape, change.Row), change.At);
        var own = MessageOf(customer, told, parts.Notation);
        bool isTold = also is not null && own is not null && own.Url == also.Url && own.Method == MethodOf(also);
        // Where it is told nowhere else, it is no copy: somebody may have subscribed since the customer was read.
        var other = also is null || isTold ? null : MessageOf(change.Row.Tenant, also, (string?)customer?.Body[Customers.Secret], told,
            parts.Notation, isCopy: own is not null);
        return new() { Messages = [.. new[] { own, other }.OfType<OutboxMessage>()] };
    }

    /// <summary>None where the customer is told of nothing.</summary>
    public async ValueTask<IReadOnlyList<OutboxMessage>> MessagesAsync(TenantId tenant, params IReadOnlyList<EventFacts> events)
    {
        // Nobody waits for it: the change has been asked for, and is made.
        var customer = await Customers.FindAsync(parts, tenant, CancellationToken.None);
        return [.. events.Select(told => MessageOf(customer, told, parts.Notation)).OfType<OutboxMessage>()];
    }

    /// <param name="customer">Null for one that has said nothing yet.</param>
    public static OutboxMessage? MessageOf(ResourceRow? customer, EventFacts told, VoipbinNotation notation) =>
        // Without a URL it goes to those who have subscribed, and nowhere else.
        customer is not null && (string?)customer.Body["webhook_uri"] is var url
            && (!string.IsNullOrEmpty(url) || Customers.IsHeardAt(customer, told.At))
            ? MessageOf(customer.Tenant, new(url ?? "", (string?)customer.Body["webhook_method"] ?? ""),
                (string?)customer.Body[Customers.Secret], told, notation)
            : null;

    /// <param name="isCopy">It is told otherwise too: whoever has subscribed hears that.</param>
    private static OutboxMessage MessageOf(TenantId tenant, FlowHook hook, string? secret, EventFacts told,
        VoipbinNotation notation, bool isCopy = false) => new()
        {
            Id = Guid.CreateVersion7(told.At),
            Tenant = tenant,
            OrderKey = $"{told.Noun} {told.Id}",
            Format = VoipbinWebhookFormat.FormatName,
            EventType = told.Type,
            Url = hook.Url,
            Method = MethodOf(hook),
            Timeout = Timeout,
            OccurredAt = told.At,
            Body = Sealed(new JsonObject { ["type"] = told.Type, ["data"] = Written(told.Data, notation) }.ToJsonString(), secret, isCopy),
            Version = "1",
        };

    private static string MethodOf(FlowHook hook) => hook.Method is "GET" ? "GET" : "POST";

    private static JsonNode Written(JsonObject data, VoipbinNotation notation)
    {
        var written = data.DeepClone();
        notation.Apply(written);
        return written;
    }

    private static string NameOf(ResourceChange change) =>
        change is { Name: "updated", Before: { } before, After: { } after }
        && (string?)before.Body["status"] != (string?)after.Body["status"] ? "status_updated" : change.Name;

    /// <summary>
    /// The event with what it was signed with, where there is a secret: the secret itself is nowhere in the outbox, and a later one does
    /// not sign what was said before.
    /// </summary>
    private static string Sealed(string body, string? secret, bool isCopy)
    {
        if (string.IsNullOrEmpty(secret) && !isCopy) return body;
        var stored = new JsonObject { [VoipbinWebhookFormat.Text] = body };
        if (isCopy) stored[VoipbinWebhookFormat.Copy] = true;
        if (!string.IsNullOrEmpty(secret))
            stored[VoipbinWebhookFormat.Signature] =
                "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(body)));
        return stored.ToJsonString();
    }
}
