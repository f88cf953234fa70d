using System.Net;
using Ringwright.Core;

namespace Ringwright.Simulation;

/// <summary>One datagram on its way.</summary>
internal readonly record struct Parcel(IPEndPoint From, IPEndPoint To, ReadOnlyMemory<byte> Bytes, bool IsMedia);

/// <summary>
/// The network between the node and its peers: delay, jitter, loss, duplicates, overtaking, cut lines. A machine: parcels go in by
/// <see cref="Handle"/>, those that arrive come out of <see cref="TryPoll"/> from <see cref="NextDue"/> on.
/// </summary>
internal sealed class SimNet(Rng rng)
{
    private readonly PriorityQueue<Parcel, (long At, long Order)> _travelling = new();
    private readonly HashSet<IPAddress> _cut = [];
    private long _order;

    public TimeSpan Latency { get; set; } = TimeSpan.FromMilliseconds(12);
    /// <summary>Added to the latency: from nothing to this much.</summary>
    public TimeSpan Jitter { get; set; } = TimeSpan.FromMilliseconds(6);
    /// <summary>Share of datagrams that never arrive, 0 to 1.</summary>
    public double Loss { get; set; }
    /// <summary>As <see cref="Loss"/>, for RTP only; the greater of the two counts.</summary>
    public double MediaLoss { get; set; }
    /// <summary>Share of datagrams that arrive twice.</summary>
    public double Duplicates { get; set; }
    /// <summary>Share of datagrams that later ones overtake.</summary>
    public double Reorder { get; set; }
    /// <summary>The longest that an overtaken datagram stays behind.</summary>
    public TimeSpan ReorderDelay { get; set; } = TimeSpan.FromMilliseconds(80);

    public long Sent { get; private set; }
    /// <summary>Told of each datagram that the weather took; a cut line is no weather.</summary>
    public Action<Parcel> OnLost { get; set; } = static _ => { };

    public Instant NextDue => _travelling.TryPeek(out _, out var key) ? new(key.At) : Instant.Never;

    /// <summary>From now on nothing reaches this address or leaves it, what is on its way included.</summary>
    public void Cut(IPAddress address) => _cut.Add(address);

    public void Heal(IPAddress address) => _cut.Remove(address);

    public void Handle(Parcel parcel, Instant now)
    {
        Sent++;
        bool isLost = rng.Chance(parcel.IsMedia ? Math.Max(Loss, MediaLoss) : Loss);
        if (IsCut(parcel)) return;
        if (isLost)
        {
            OnLost(parcel);
            return;
        }
        Send(parcel, now);
        if (Duplicates > 0 && rng.Chance(Duplicates)) Send(parcel, now);
    }

    public bool TryPoll(Instant now, out Parcel parcel)
    {
        parcel = default;
        while (NextDue <= now && _travelling.TryDequeue(out parcel, out _))
        {
            if (!IsCut(parcel)) return true;
        }
        return false;
    }

    private void Send(Parcel parcel, Instant now)
    {
        var delay = Latency + Jitter * rng.NextDouble();
        if (Reorder > 0 && rng.Chance(Reorder)) delay += ReorderDelay * rng.NextDouble();
        _travelling.Enqueue(parcel, ((now + delay).Nanos, ++_order));
    }

    private bool IsCut(Parcel parcel) => _cut.Count > 0 && (_cut.Contains(parcel.From.Address) || _cut.Contains(parcel.To.Address));
}

/// <summary>What the network is like in a run of scenarios.</summary>
public enum Weather
{
    Fair,
    /// <summary>One in five is lost, one in twenty comes late, one in twenty twice.</summary>
    Foul,
    /// <summary>So bad that only the invariants can be asked for.</summary>
    Storm,
}
