using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;

namespace Ringwright.Streams.Siprec;

/// <summary>All sessions of a node with recording servers.</summary>
/// <param name="policy">Asked for each address before anything is sent there.</param>
public sealed class SiprecHost(IAudioTaps taps, TargetPolicy policy, SiprecOptions options, TimeProvider time, ILogger log,
    SessionShares? shares = null)
    : IAsyncDisposable
{
    private const int TokenKeyBytes = 32;
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(2);

    private readonly SessionSet<SiprecSession> _sessions = new(options.Sessions,
        $"{options.Sessions} SIPREC sessions run, and the node carries no more", EndTimeout, time, shares,
        count => log.SessionsLeft(count, "SIPREC sessions", EndTimeout.TotalSeconds));
    /// <summary>Of tags and branches that come to no socket but the session's own, so no other process need know them.</summary>
    private readonly NodeIdentity _identity = new(0, 0, RandomNumberGenerator.GetBytes(TokenKeyBytes));

    public int Count => _sessions.Count;

    /// <inheritdoc cref="ILiveAudio.Open"/>
    public void Open(SiprecOrder order, Action<LiveAudioNews> tell) =>
        _sessions.Open(order.Id, order.Leg.Tenant, why => tell(new LiveAudioNews.Ended(why)),
            () => new SiprecSession(order, tell, taps, policy, options, _identity, time, log));

    /// <inheritdoc cref="ILiveAudio.Close"/>
    public void Close(Guid id) => _sessions.Close(id);

    public ValueTask DisposeAsync() => _sessions.DisposeAsync();
}
