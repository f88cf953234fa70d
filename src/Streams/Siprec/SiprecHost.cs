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
    private const int TokenKeyBytes = 32, AtOnce = 50;
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(2);

    private readonly SessionSet<SiprecSession> _sessions = new(options.Sessions,
        $"{options.Sessions} SIPREC sessions run, and the node carries no more", EndTimeout, time, shares,
        count => log.SessionsLeft(count, "SIPREC sessions", EndTimeout.TotalSeconds));
    /// <summary>Of tags and branches that come to no socket but the session's own, so no other process need know them.</summary>
    private readonly NodeIdentity _identity = new(0, 0, RandomNumberGenerator.GetBytes(TokenKeyBytes));

    private readonly CancellationTokenSource _stop = new();
    private Task _recoveryByes = Task.CompletedTask;

    public int Count => _sessions.Count;

    /// <inheritdoc cref="ILiveAudio.Open"/>
    public void Open(SiprecOrder order, Action<LiveAudioNews> tell) =>
        _sessions.Open(order.Id, order.Leg.Tenant, why => tell(new LiveAudioNews.Ended(why)),
            () => new SiprecSession(order, tell, taps, policy, options, _identity, time, log));

    /// <inheritdoc cref="ILiveAudio.Close"/>
    public void Close(Guid id) => _sessions.Close(id);

    /// <summary>Ends what an earlier process has begun, beside all else.</summary>
    /// <param name="recoveryByes">As those sessions told them when they began.</param>
    public void SayRecoveryByes(IReadOnlyList<string> recoveryByes) => _recoveryByes = Parallel.ForEachAsync(
        recoveryByes.Select(SiprecRecoveryBye.Read).OfType<SiprecRecoveryBye>(), new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
        async (recoveryBye, _) =>
        {
            string? problem = await recoveryBye.SayAsync(policy, options, _identity,
                new(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)))), time, _stop.Token);
            if (problem is not null) log.SiprecByeNotAnswered(recoveryBye.Host, problem);
        });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _recoveryByes;
        await _sessions.DisposeAsync();
        _stop.Dispose();
    }
}
