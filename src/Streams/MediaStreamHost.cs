using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Egress;

namespace Ringwright.Streams;

/// <summary>All media streams of a node.</summary>
public sealed class MediaStreamHost(IAudioTaps taps, EgressClient egress, MediaStreamOptions options, TimeProvider time, ILogger log,
    SessionShares? shares = null)
    : IAsyncDisposable
{
    /// <summary>Beyond the time that a stream gives itself for its end.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    private readonly SessionSet<StreamSession> _streams = new(options.Streams,
        $"{options.Streams} streams are open, and the node carries no more", options.FarewellTimeout + Slack, time, shares,
        count => log.StreamsLeft(count, (options.FarewellTimeout + Slack).TotalSeconds));

    /// <summary>Open, or being connected or closed.</summary>
    public int Count => _streams.Count;

    /// <inheritdoc cref="ILiveAudio.Open"/>
    public void Open(StreamOrder order, Action<LiveAudioNews> tell) =>
        _streams.Open(order.Id, order.Leg.Tenant, why => tell(new LiveAudioNews.Ended(why)),
            () => new(order, tell, taps, egress, options, time, log));

    /// <inheritdoc cref="ILiveAudio.Press"/>
    public void Press(Guid id, char key) => _streams.Find(id)?.Press(key);

    /// <inheritdoc cref="ILiveAudio.Close"/>
    public void Close(Guid id) => _streams.Close(id);

    /// <summary>Every stream says goodbye, and has so long for it as its options say.</summary>
    public ValueTask DisposeAsync() => _streams.DisposeAsync();
}
