using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Server.Modules;

namespace Ringwright.Server.Nodes;

/// <summary>Gives each order of a node's live audio to the module that carries its kind.</summary>
/// <param name="carriers">Disposed of with it: when calls have ended, and before media and egress are.</param>
internal sealed class NodeLiveAudio(IReadOnlyList<IAudioCarrier> carriers, TimeProvider time) : ILiveAudio, IAsyncDisposable
{
    private readonly CarriedAudioBook _book = new(time);

    /// <summary>What goes on, and the last that have ended.</summary>
    public ICarriedAudio Carried => _book;

    /// <param name="routing">Says what each account may have.</param>
    public static SessionShares SharesBy(IRouting routing) => new(account => LimitsOf(routing.Current, account));

    public void Open(LiveAudioOrder order, Action<LiveAudioNews> tell)
    {
        tell = _book.Begin(order, tell);
        foreach (var carrier in carriers)
            if (carrier.TryOpen(order, tell)) return;
        // Later, as all else is told: who orders may not be ready to hear.
        _ = Task.Run(() => tell(new LiveAudioNews.Ended("this node carries no such audio")), CancellationToken.None);
    }

    private static IEnumerable<(TenantId, int?)> LimitsOf(RoutingSnapshot routing, TenantId account)
    {
        for (var one = routing.FindTenant(account); one is not null; one = one.Parent is { } above ? routing.FindTenant(above) : null)
            yield return (one.Id, one.Limits.LiveAudio);
    }

    public void Press(Guid id, char key)
    {
        foreach (var carrier in carriers) carrier.Press(id, key);
    }

    public void Finish(TranscriptionOrder order, LegFacts? over)
    {
        // The end of a leg that is over is told to the ledger alone.
        if (over is not null) _book.End(order.Id);
        foreach (var carrier in carriers) carrier.Finish(order, over);
    }

    public void Close(Guid id)
    {
        _book.End(id);
        foreach (var carrier in carriers) carrier.Close(id);
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(carriers.Select(carrier => carrier.DisposeAsync().AsTask()));
}
