using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Connections;
using Ringwright.Telnyx.Texml;
using Ringwright.Telnyx.Voice.Calls;
using Ringwright.Texml.Twiml;

namespace Ringwright.Texml;

/// <summary>What the node has written down and documents ask for.</summary>
public interface IDocumentRecords
{
    /// <summary>Secrets of an account, by their names.</summary>
    ValueTask<IReadOnlyList<KeyValuePair<string, string>>> SecretsAsync(TenantId account, CancellationToken stop);

    /// <summary>What requests to servers that speak TwiML are signed with; null where the account has none.</summary>
    ValueTask<string?> FindTokenAsync(TenantId account, CancellationToken stop);

    /// <summary>Where a recording server of an account is; null when there is none of that name.</summary>
    ValueTask<(string Host, int Port)?> FindRecorderAsync(TenantId account, string name, CancellationToken stop);

    /// <summary>How many calls may wait in a queue that the account has made; null for one that calls make by entering it.</summary>
    ValueTask<int?> SizeOfQueueAsync(TenantId account, string queue, CancellationToken stop);

    /// <summary>Who waits in a queue of an account, longest first.</summary>
    ValueTask<IReadOnlyList<LegId>> WaitingAsync(TenantId account, string queue, CancellationToken stop);

    /// <summary>
    /// The same of the queue that this call waits in, and it with them, and how many may wait there; nobody where it waits in none.
    /// </summary>
    ValueTask<(IReadOnlyList<LegId> Calls, int? MaxSize)> WaitingBesideAsync(TenantId account, LegId call, CancellationToken stop);
}

/// <summary>In the node's database.</summary>
public sealed class DocumentRecords(Database store) : IDocumentRecords
{
    private readonly AuthTokens _tokens = new(store);

    public ValueTask<string?> FindTokenAsync(TenantId account, CancellationToken stop) => _tokens.FindAsync(account, stop);

    public ValueTask<IReadOnlyList<KeyValuePair<string, string>>> SecretsAsync(TenantId account, CancellationToken stop) =>
        TexmlSecrets.ReadAsync(store, account, stop);

    public ValueTask<(string Host, int Port)?> FindRecorderAsync(TenantId account, string name, CancellationToken stop) =>
        SiprecConnectors.FindAsync(account, name, store, stop);

    public ValueTask<int?> SizeOfQueueAsync(TenantId account, string queue, CancellationToken stop) =>
        KeptQueues.SizeAsync(store, account, queue, stop);

    public async ValueTask<IReadOnlyList<LegId>> WaitingAsync(TenantId account, string queue, CancellationToken stop) =>
        LegsOf(await store.Queues.FindAsync(account, queue, stop));

    public async ValueTask<(IReadOnlyList<LegId> Calls, int? MaxSize)> WaitingBesideAsync(TenantId account, LegId call,
        CancellationToken stop)
    {
        var queue = await store.Queues.FindOfCallAsync(account, call, stop);
        return (LegsOf(queue), queue?.MaxSize);
    }

    private static IReadOnlyList<LegId> LegsOf(QueueRow? queue) => [.. (queue?.Calls ?? []).Select(waiting => waiting.Leg)];
}
