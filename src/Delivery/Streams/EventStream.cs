using System.Collections.Concurrent;
using System.Text;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Delivery.Mails;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Delivery.Streams;

/// <summary>
/// A tenant's events as server-sent events (WHATWG HTML section 9.2), in the order in which each node commits its own,
/// each with the headers and the body that its webhook has. Who names the last id that was seen goes on behind it.
/// </summary>
public sealed class EventStream(Database database, WebhookWriter writer, TimeProvider time) : IDisposable
{
    public const string ContentType = "text/event-stream";
    /// <summary>Listeners of one tenant at the same time.</summary>
    public const int MostListeners = 20;

    private const int PageSize = 100;
    /// <summary>Another node of the same database may have committed something.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);
    /// <summary>Silence after which a comment shows whether the listener is still there.</summary>
    private static readonly TimeSpan Pulse = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<TenantId, int> _listeners = new();
    private readonly CancellationTokenSource _closing = new();

    /// <summary>
    /// Takes a place for a listener, which <see cref="WriteAsync"/> gives back; false when the tenant has as many as it may.
    /// </summary>
    public bool TryEnter(TenantId tenant)
    {
        if (_listeners.AddOrUpdate(tenant, 1, static (_, count) => count + 1) <= MostListeners) return true;
        Leave(tenant);
        return false;
    }

    /// <summary>Goes on until the listener goes or the node stops; never throws for either.</summary>
    /// <param name="after">The id of the last event that the listener has seen; null begins with the next one.</param>
    /// <param name="mayGoOn">Asked before anything is said: a listener whose key was revoked, or whose address is no
    /// longer listed, hears nothing more.</param>
    public async Task WriteAsync(TenantId tenant, EventFilter wanted, StreamPosition? after, Stream into,
        Func<CancellationToken, ValueTask<bool>> mayGoOn, CancellationToken gone)
    {
        try
        {
            var place = await database.Stream.ListenAsync(tenant, after, gone).ConfigureAwait(false);
            await SayAsync(into, place.IsGap ? "gap" : "listening", place.After, "{}"u8.ToArray(), gone).ConfigureAwait(false);
            await FollowAsync(tenant, wanted, place.After, into, mayGoOn, gone).ConfigureAwait(false);
        }
        catch (Exception left) when (left is OperationCanceledException or IOException or StoreUnavailableException)
        {
            // A listener that lost us comes back with the last id that it saw.
        }
        finally
        {
            Leave(tenant);
        }
    }

    /// <summary>What is committed is still said, then all streams end.</summary>
    public void Close() => _closing.Cancel();

    public void Dispose()
    {
        _closing.Cancel();
        _closing.Dispose();
    }

    private async Task FollowAsync(TenantId tenant, EventFilter wanted, StreamPosition after, Stream into,
        Func<CancellationToken, ValueTask<bool>> mayGoOn, CancellationToken gone)
    {
        var renewAt = time.GetUtcNow() + StreamTable.KeptAfterwards / 2;
        long saidAt = time.GetTimestamp();
        while (true)
        {
            bool isLast = _closing.IsCancellationRequested;
            var more = database.Stream.NextCommit;
            var page = await database.Stream.ListAsync(tenant, after, PageSize, gone).ConfigureAwait(false);
            if (!await mayGoOn(gone).ConfigureAwait(false)) return;
            foreach (var (node, seq, message) in page)
            {
                after = after.With(node, seq);
                if (!wanted.Wants(message.EventType) || await DescribeAsync(message, gone).ConfigureAwait(false) is not { } data) continue;
                await SayAsync(into, message.EventType, after, data, gone).ConfigureAwait(false);
                saidAt = time.GetTimestamp();
            }
            if (page.Count == PageSize) continue;
            if (isLast) return;
            if (time.GetUtcNow() >= renewAt)
            {
                await database.Stream.ListenAsync(tenant, after, gone).ConfigureAwait(false);
                renewAt = time.GetUtcNow() + StreamTable.KeptAfterwards / 2;
            }
            if (time.GetElapsedTime(saidAt) >= Pulse)
            {
                await into.WriteAsync(":\n\n"u8.ToArray(), gone).ConfigureAwait(false);
                await into.FlushAsync(gone).ConfigureAwait(false);
                saidAt = time.GetTimestamp();
            }
            await WaitAsync(more, gone).ConfigureAwait(false);
        }
    }

    private async Task WaitAsync(Task more, CancellationToken gone)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(gone, _closing.Token);
        await more.WaitAsync(BetweenLooks, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        gone.ThrowIfCancellationRequested();
    }

    /// <summary>The webhook as JSON on one line; null for what is no webhook.</summary>
    private async ValueTask<byte[]?> DescribeAsync(OutboxMessage message, CancellationToken gone)
    {
        if (MailSender.Takes(message.Url)) return null;
        var (webhook, _) = await writer.WriteAsync(message, attempt: 1, message.Url, gone).ConfigureAwait(false);
        if (webhook is null) return null;
        return JsonScratch.Bytes((message, webhook), static (json, it) =>
        {
            json.WriteStartObject();
            json.WriteString("id", it.message.Id);
            json.WriteString("event_type", it.message.EventType);
            json.WriteString("content_type", it.webhook.ContentType);
            json.WriteStartObject("headers");
            foreach (var (name, value) in it.webhook.Headers) json.WriteString(name, value);
            json.WriteEndObject();
            // A text, so that whoever decodes it has the very bytes that were signed.
            json.WriteString("body", it.webhook.Body);
            json.WriteEndObject();
        });
    }

    private static async Task SayAsync(Stream into, string name, StreamPosition id, byte[] data, CancellationToken gone)
    {
        byte[] head = Encoding.UTF8.GetBytes($"id: {id}\nevent: {name}\ndata: ");
        await into.WriteAsync((byte[])[.. head, .. data, .. "\n\n"u8], gone).ConfigureAwait(false);
        await into.FlushAsync(gone).ConfigureAwait(false);
    }

    private void Leave(TenantId tenant) => _listeners.AddOrUpdate(tenant, 0, static (_, count) => Math.Max(0, count - 1));
}
