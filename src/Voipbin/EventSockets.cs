using System.Collections.Frozen;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Voipbin;

/// <summary>
/// Events as they are committed, to whoever has subscribed by a web socket, in the order of each node. What waits for a socket waits in the
/// database, a page of it in memory: one that takes nothing, or is always behind, costs its own connection.
/// </summary>
internal sealed class EventSockets(Contract contract, VoipbinParts parts)
{
    public const int MostBytes = 16 * 1024;

    private const int PageSize = 100, MostFaults = 10, MostMessages = 10_000, MostIdCharacters = 64;
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8 };
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1), RenewEvery = StreamTable.KeptAfterwards / 2,
        AlwaysBehind = TimeSpan.FromMinutes(1);

    private readonly FrozenSet<string> _resources =
        contract.Events.Select(one => EventTopics.ResourceOf(one.Name)).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Until the other end closes.</summary>
    public async Task RunAsync(OperationContext op, MessageSocket socket, CancellationToken stop)
    {
        var topics = new EventTopics(op.Caller, _resources, (agent, wait) => IsAgentAsync(op.Tenant, agent, wait));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task? sending = null;
        try
        {
            int faults = 0;
            for (int messages = 0; messages < MostMessages; messages++)
            {
                if (await socket.ReceiveAsync(over.Token) is not { } message) return;
                var (answer, isFault) = await TakeAsync(op, topics, message, over.Token);
                if (isFault && ++faults > MostFaults) return;
                if (sending is null && !topics.IsEmpty)
                {
                    await Customers.HearAsync(parts, op.Tenant, over.Token);
                    var place = await parts.Store.Stream.ListenAsync(op.Tenant, after: null, over.Token);
                    sending = FollowAsync(op.Tenant, topics, socket, place.After, over);
                }
                if (answer is { } said) await socket.SendAsync(said, isText: true, over.Token);
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            // It is too slow, or nothing can be read at this moment: whoever wants more comes again.
        }
        finally
        {
            await over.CancelAsync();
            if (sending is not null) await sending;
        }
    }

    /// <summary>Never throws, and ends the socket with itself.</summary>
    private async Task FollowAsync(TenantId tenant, EventTopics topics, MessageSocket socket, StreamPosition after,
        CancellationTokenSource over)
    {
        var (stream, time) = (parts.Store.Stream, parts.Store.Time);
        var renewAt = time.GetUtcNow() + RenewEvery;
        DateTimeOffset? behindSince = null;
        try
        {
            while (true)
            {
                var more = stream.NextCommit;
                var page = await stream.ListAsync(tenant, after, PageSize, over.Token);
                foreach (var (node, seq, message) in page)
                {
                    after = after.With(node, seq);
                    if (topics.TextOf(message) is { } text)
                        await socket.SendAsync(Encoding.UTF8.GetBytes(text), isText: true, over.Token);
                }
                var now = time.GetUtcNow();
                behindSince = page.Count < PageSize ? null : behindSince ?? now;
                if (behindSince is { } since && now - since > AlwaysBehind) return;
                if (now >= renewAt)
                {
                    await Customers.HearAsync(parts, tenant, over.Token);
                    await stream.ListenAsync(tenant, after, over.Token);
                    renewAt = now + RenewEvery;
                }
                if (behindSince is not null) continue;
                // Another node of the same database may have committed something.
                await more.WaitAsync(BetweenLooks, time, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                over.Token.ThrowIfCancellationRequested();
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or WebSocketException or StoreUnavailableException
            or ObjectDisposedException or IOException)
        {
            // The other end, the node's own end, or the database.
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    /// <returns>
    /// What is answered: a fault, that it was taken where that was asked for by a <c>request_id</c>, or both where some topics hold.
    /// </returns>
    private static async ValueTask<(ReadOnlyMemory<byte>? Answer, bool IsFault)> TakeAsync(OperationContext op, EventTopics topics,
        SocketMessage message, CancellationToken stop)
    {
        var order = Read(message);
        string? id = TextOf(order?["request_id"]) is { Length: <= MostIdCharacters } given ? given : null;
        if (order is null) return Wrong("A message is a JSON object of at most 16 KiB.", isForeign: false);
        string? type = TextOf(order["type"]);
        if (type is not ("subscribe" or "unsubscribe"))
            return Wrong("type is subscribe or unsubscribe.", isForeign: false);
        if (order["topics"] is not JsonArray { Count: > 0 and <= EventTopics.Most } list
            || list.Select(TextOf).OfType<string>().ToList() is not { } texts || texts.Count < list.Count)
            return Wrong($"topics is a list of up to {EventTopics.Most} texts.", isForeign: false);
        var fault = type is "subscribe" ? await topics.AddAsync(texts, stop) : await topics.RemoveAsync(texts, stop);
        if (fault is { IsUnheard: false }) return Wrong(fault.Text, fault.IsForeign);
        if (fault is null && id is null) return (null, false);
        var answer = fault is null ? new JsonObject() : ErrorOf(fault.Text, fault.IsForeign);
        var held = texts.Where(text => fault is null || !fault.Unheard.Contains(text)).ToList();
        if (id is not null && held.Count > 0)
        {
            answer["type"] = type + "d";
            answer["topics"] = new JsonArray([.. held.Select(text => (JsonNode?)text)]);
        }
        answer["request_id"] = id;
        return (BytesOf(answer), false);

        (ReadOnlyMemory<byte>? Answer, bool IsFault) Wrong(string text, bool isForeign)
        {
            var error = ErrorOf(text, isForeign);
            error["request_id"] = id;
            return (BytesOf(error), true);
        }

        JsonObject ErrorOf(string text, bool isForeign) =>
            JsonNode.Parse((isForeign ? op.Fail(Fault.ForeignResource, text) : op.Fail(VoipbinShape.Bad("topics", text))).Body.Span)!
                .AsObject();        // as every error of this API
    }

    /// <summary>Without a <c>request_id</c> that is not known.</summary>
    private static byte[] BytesOf(JsonObject answer)
    {
        if (answer["request_id"] is null) answer.Remove("request_id");
        return Encoding.UTF8.GetBytes(answer.ToJsonString());
    }

    private async ValueTask<bool> IsAgentAsync(TenantId tenant, string agent, CancellationToken stop) =>
        await parts.Store.Documents.Rows(Agents.Stored).FindAsync(tenant, agent, stop) is not null;

    private static JsonObject? Read(SocketMessage message)
    {
        if (!message.IsText) return null;
        try
        {
            return JsonNode.Parse(message.Bytes.Span, documentOptions: Strict) is JsonObject { Count: > 0 } order ? order : null;
        }
        catch (Exception broken) when (broken is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;        // or with two members of one name, or with one that is no text
        }
    }

    /// <summary>Null for what is none, half of a surrogate pair among it.</summary>
    private static string? TextOf(JsonNode? node)
    {
        try
        {
            return node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
