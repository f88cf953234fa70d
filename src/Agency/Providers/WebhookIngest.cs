using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Ringwright.Agency.Privacy;
using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Agency.Providers;

/// <summary>
/// Takes in what the provider of voices and the carrier tell: who knows the path and signs is believed, what came is in the log, and an
/// event that is new waits to be merged. Nobody is asked anything here. Whoever does not know the path leaves nothing behind: strangers
/// fill no table.
/// </summary>
internal sealed class WebhookIngest(AgencyParts parts)
{
    /// <summary>Bytes of a body that is taken, and of one that is read at all, to be refused with a line in the log.</summary>
    public const int MostBytes = 1024 * 1024, MostRead = 4 * MostBytes;

    /// <summary>Letters of a body that the log keeps, and of an event's name.</summary>
    private const int MostLogged = 256 * 1024, LongestType = 50, LongestCall = 255;

    /// <summary>Values of a call are few, and not deep.</summary>
    private static readonly JsonDocumentOptions Parsing = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>So long a carrier may tell an event again.</summary>
    private static readonly TimeSpan ToldAgain = TimeSpan.FromMinutes(5);

    private static readonly string[] Logged =
        ["Content-Type", "Content-Length", "User-Agent", UltravoxSignature.TimestampHeader, CarrierSignature.TimestampHeader];

    private readonly ProviderKeys? _keys = parts.Store is null ? null : new(parts.Store);

    public async ValueTask<Reply> Voice(OperationContext op, Stream body)
    {
        if (await AgencyOfAsync(op) is not { } known) return OfNobody(op);
        byte[]? bytes = await ReadAsync(body, op.Stop);
        var redactor = await ProviderRedaction.OfAsync(parts, known.TenantId, op.Stop);
        var now = Times.Cut(op.Now);
        var log = LogOf(op, known, "voice", bytes, redactor, now);
        if (bytes is null) return await TooLargeAsync(op, log);
        IReadOnlyList<string> secrets;
        try
        {
            secrets = _keys!.SigningSecretsOf(known);       // there is a store where requests come
        }
        catch (Exception locked) when (ProviderKeys.IsLocked(locked))
        {
            // Nothing is believed that cannot be proven; the provider tells it once more.
            return await RefuseAsync(op, log, op.Fail(Fault.Unavailable, $"The secret of webhooks: {ProviderKeys.Locked}."),
                ProviderKeys.Locked);
        }
        if (secrets.Count > 0 && UltravoxSignature.FaultOf(secrets, bytes, op.Header(UltravoxSignature.TimestampHeader),
                op.Header(UltravoxSignature.SignatureHeader), now) is { } fault)
            return await RefuseAsync(op, log, op.Fail(Fault.UnknownCredential, $"The webhook is not believed: {fault}."), fault);
        log = log with { IsVerified = secrets.Count > 0 };
        var (type, call, payload) = Read(bytes);
        if (payload is null || type is null || call is null)
            return await RefuseAsync(op, log, op.Fail(Fault.BadJson,
                "A webhook is a JSON object with an 'event' and a 'call' that has a 'callId'."), "it is no event");
        log = log with { ProviderCallId = call };
        if (!ProviderCallFacts.Events.Contains(type))
        {
            await parts.WebhookLogs.AddAsync(log with { ResponseStatus = 202 }, op.Stop);
            return new() { Status = 202 };
        }
        if (payload["call"] is JsonObject told) redactor?.Cut(told);
        await parts.Webhooks.AddAsync(new()
        {
            Id = log.Id, TenantId = log.TenantId, EventType = type, ProviderCallId = call, Payload = payload, CreatedAt = now,
            IsVerified = log.IsVerified,
            DedupeKey = HashOf(Encoding.UTF8.GetBytes(
                $"{ProviderCallTable.Provider}|{type}|{call}|{HashOf(bytes)}")),
        }, log with { ResponseStatus = 204 }, op.Stop);
        parts.WebhooksWait.Hear();
        return op.NoContent();
    }

    /// <summary>
    /// What a carrier tells is believed, or not, and stands in the log: nothing follows from it, for what it has of calls the provider of
    /// voices tells, too.
    /// </summary>
    public async ValueTask<Reply> Carrier(OperationContext op, Stream body)
    {
        if (await AgencyOfAsync(op) is not { } known) return OfNobody(op);
        byte[]? bytes = await ReadAsync(body, op.Stop);
        var now = Times.Cut(op.Now);
        var log = LogOf(op, known, "carrier", bytes, await ProviderRedaction.OfAsync(parts, known.TenantId, op.Stop), now)
            with
        { Carrier = ProviderKeys.Carrier };
        if (bytes is null) return await TooLargeAsync(op, log);
        if (known.CarrierPublicKey is { } key && CarrierSignature.FaultOf(parts.IsSigned, key, bytes,
                op.Header(CarrierSignature.TimestampHeader), op.Header(CarrierSignature.SignatureHeader), now) is { } fault)
            return await RefuseAsync(op, log, op.Fail(Fault.UnknownCredential, $"The webhook is not believed: {fault}."), fault);
        log = log with { IsVerified = known.CarrierPublicKey is not null };
        if (ObjectOf(bytes)?["data"] is not JsonObject told || TextOf(told["event_type"], LongestCall) is null)
            return await RefuseAsync(op, log, op.Fail(Fault.BadJson,
                "A carrier's webhook is a JSON object with 'data' that has an 'event_type'."), "it is no event");
        await parts.WebhookLogs.AddEventAsync(log with { ResponseStatus = 200, EventId = TextOf(told["id"], LongestCall) }, now - ToldAgain,
            op.Stop);
        return new() { Status = 200 };
    }

    private static Reply OfNobody(OperationContext op) =>
        op.Fail(Fault.UnknownCredential, "No agency has this address for webhooks.");

    private ValueTask<Reply> TooLargeAsync(OperationContext op, WebhookLog log) =>
        RefuseAsync(op, log, op.Fail(Fault.BodyTooLarge, $"A webhook has at most {MostBytes} bytes."), "it is too large");

    /// <param name="bytes">Null for a body that is too large.</param>
    private static WebhookLog LogOf(OperationContext op, IntegrationRow known, string kind, byte[]? bytes, Redactor? redactor,
        DateTimeOffset now)
    {
        string logged = TextOf(bytes ?? []);
        return new()
        {
            Id = Guid.CreateVersion7(now), TenantId = known.TenantId,
            RequestPath = $"{AgencyDialect.Root}/webhooks/{kind}/{known.TenantId}/***", RequestHeaders = HeadersOf(op),
            RequestBody = redactor?.Cut(logged) ?? logged, RemoteIp = op.Origin.Address?.ToString(), ReceivedAt = now,
        };
    }

    /// <summary>Whose path it is; null for nobody's, and for a wrong secret.</summary>
    private async ValueTask<IntegrationRow?> AgencyOfAsync(OperationContext op)
    {
        var agency = Guid.TryParseExact(op.Path("agency_id"), "D", out var id) ? new TenantId(id) : default;
        var row = await parts.Integrations.FindAsync(agency, op.Stop);
        if (op.Routing.FindTenant(agency) is not { IsDisabled: false }) row = null;
        return _keys!.IsPath(agency, row, op.Path("webhook_secret"), op.Now) ? row : null;
    }

    private async ValueTask<Reply> RefuseAsync(OperationContext op, WebhookLog log, Reply refusal, string why)
    {
        await parts.WebhookLogs.AddAsync(log with { ResponseStatus = refusal.Status, VerificationError = why }, op.Stop);
        return refusal;
    }

    /// <returns>Null for one that is too large.</returns>
    private static async ValueTask<byte[]?> ReadAsync(Stream body, CancellationToken stop)
    {
        using var all = new MemoryStream();
        await body.CopyToAsync(all, stop);
        return all.Length <= MostBytes ? all.ToArray() : null;
    }

    /// <summary>What is none of it is null.</summary>
    private static (string? Type, string? Call, JsonObject? Payload) Read(byte[] bytes)
    {
        if (ObjectOf(bytes) is not { } payload) return default;
        return (TextOf(payload["event"], LongestType), TextOf((payload["call"] as JsonObject)?["callId"], LongestCall), payload);
    }

    /// <returns>Null for what is none, or cannot be kept.</returns>
    private static JsonObject? ObjectOf(byte[] bytes)
    {
        try
        {
            if (!Utf8.IsValid(bytes) || JsonNode.Parse(bytes, documentOptions: Parsing) is not JsonObject payload) return null;
            // What cannot be written again cannot be kept.
            _ = payload.ToJsonString();
            return payload;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // The latter for half a surrogate pair.
            return null;
        }
    }

    private static string? TextOf(JsonNode? node, int longest) =>
        node is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 && text.Length <= longest ? text : null;

    private static string TextOf(byte[] body)
    {
        string text = Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, MostLogged)));
        return text.Replace('\0', '\uFFFD');
    }

    private static JsonObject HeadersOf(OperationContext op)
    {
        var headers = new JsonObject();
        foreach (string name in Logged)
            if (op.Header(name) is { Length: > 0 } value) headers[name] = value;
        return headers;
    }

    private static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
