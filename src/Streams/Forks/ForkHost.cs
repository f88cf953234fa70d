using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;

namespace Ringwright.Streams.Forks;

/// <summary>How a node carries forks.</summary>
public sealed record ForkOptions
{
    /// <summary>At the same time; one more fails. Each has a socket for each of its tracks.</summary>
    public int Forks { get; init; } = 500;

    /// <summary>Addresses that refuse what is sent to them for so long end their fork.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>After so long without a refusal, the next one is the first. Routers tell of one a second.</summary>
    public TimeSpan Forgiveness { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a fork whose tap has ended waits to be closed, before it says that the call's audio has gone.</summary>
    public TimeSpan TapGrace { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>All forks of a node.</summary>
/// <param name="policy">Asked for each address before anything is sent there.</param>
public sealed class ForkHost(IAudioTaps taps, TargetPolicy policy, ForkOptions options, TimeProvider time, ILogger log,
    SessionShares? shares = null) : IAsyncDisposable
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(2);

    private readonly SessionSet<ForkSession> _forks = new(options.Forks, $"{options.Forks} forks run, and the node carries no more",
        EndTimeout, time, shares, count => log.SessionsLeft(count, "forks", EndTimeout.TotalSeconds));

    public int Count => _forks.Count;

    /// <inheritdoc cref="ILiveAudio.Open"/>
    public void Open(ForkOrder order, Action<LiveAudioNews> tell) =>
        _forks.Open(order.Id, order.Leg.Tenant, why => tell(new LiveAudioNews.Ended(why)),
            () => new ForkSession(order, tell, taps, policy, options, time, log));

    /// <inheritdoc cref="ILiveAudio.Close"/>
    public void Close(Guid id) => _forks.Close(id);

    public ValueTask DisposeAsync() => _forks.DisposeAsync();
}
