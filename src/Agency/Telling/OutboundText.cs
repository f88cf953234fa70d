using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Calls;

namespace Ringwright.Agency.Telling;

/// <summary>
/// What an agency's webhook says: <c>{"id", "type", "created_at", "agency_id", "client_id", "data"}</c>, by its own secret signed.
/// </summary>
public static class OutboundText
{
    public const string FormatName = "agency", IdHeader = "X-Agency-Event-Id", TimestampHeader = "X-Agency-Timestamp",
        SignatureHeader = "X-Agency-Signature";

    /// <summary>Members of a stored message: the body, byte for byte, what was signed with it, and whose webhook it is.</summary>
    private const string Text = "$text", Timestamp = "$timestamp", Signature = "$signature", Hook = "$webhook";

    private const int Tries = 8;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5), FirstWait = TimeSpan.FromSeconds(30);

    /// <summary>Between the tries, each twice as long as the one before: an hour in all.</summary>
    public static IReadOnlyList<TimeSpan> Waits { get; } = [.. Enumerable.Range(0, Tries - 1).Select(made => FirstWait * (1 << made))];

    /// <summary>The same bytes at each try.</summary>
    public static string TextOf(OutboxMessage message) => (string)Read(message.Body)[Text]!;        // made with it, as the next ones

    public static IReadOnlyList<KeyValuePair<string, string>> HeadersOf(OutboxMessage message)
    {
        var stored = Read(message.Body);
        List<KeyValuePair<string, string>> headers =
            [new(IdHeader, message.Id.ToString()), new(TimestampHeader, (string)stored[Timestamp]!)];
        if ((string?)stored[Signature] is { } signature) headers.Add(new(SignatureHeader, signature));
        return headers;
    }

    /// <param name="stored">A message's body, as the delivery log has it.</param>
    /// <returns>Null where the message is none of an agency's.</returns>
    internal static (string Hook, JsonObject Told)? ReadStored(string stored) =>
        JsonNode.Parse(stored) is JsonObject read && (string?)read[Hook] is { } hook && (string?)read[Text] is { } text
            ? (hook, (JsonObject)JsonNode.Parse(text)!) : null;

    /// <param name="client">Whose it is; null for the agency's.</param>
    /// <param name="signedAt">By the wall's clock, in whole seconds: receivers judge by theirs.</param>
    internal static OutboxMessage MessageOf(OutboundHook hook, News news, string? client, JsonObject data, DateTimeOffset signedAt)
    {
        var id = Guid.CreateVersion7(signedAt);
        string text = new JsonObject
        {
            ["id"] = id.ToString(), ["type"] = news.Type, ["created_at"] = AgencyText.Time(news.At),
            ["agency_id"] = hook.Agency.ToString(), ["client_id"] = client, ["data"] = data.DeepClone(),
        }.ToJsonString();
        string stamp = signedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return new()
        {
            Id = id,
            Tenant = hook.Agency,
            // A webhook hears of a thing in its order, whatever becomes of the others.
            OrderKey = $"agency {hook.Id} {news.Subject}",
            Format = FormatName,
            EventType = news.Type,
            Url = hook.Url,
            Retries = RetrySchedule.Long,
            Timeout = Timeout,
            OccurredAt = news.At,
            Once = $"agency {hook.Id} {news.Key}",
            // The secret itself is nowhere in the outbox.
            Body = new JsonObject
            {
                [Text] = text, [Timestamp] = stamp, [Hook] = hook.Id,
                [Signature] = hook.Secret.Length == 0 ? null : "v1=" + SignatureOf(hook.Secret, stamp, text),
            }.ToJsonString(),
        };
    }

    internal static string SignatureOf(string secret, string timestamp, string text) => Convert.ToHexStringLower(
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{timestamp}.{text}")));

    private static JsonObject Read(string stored) => (JsonObject)JsonNode.Parse(stored)!;       // made as an object
}
