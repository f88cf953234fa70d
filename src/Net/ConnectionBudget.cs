using System.Net;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Net;

/// <summary>How many connections one listener has at most. Whom it trusts finds the places that strangers cannot have.</summary>
/// <param name="All">Of everybody.</param>
/// <param name="Untrusted">Of all strangers together.</param>
/// <param name="PerUntrusted">Of one stranger: an IPv4 address, or an IPv6 network of 64 bits.</param>
public readonly record struct ConnectionLimits(int All, int Untrusted, int PerUntrusted)
{
    /// <summary>A quarter for those that are trusted, and an eighth for one stranger.</summary>
    public static ConnectionLimits Of(int all) => new(all, all - all / 4, Math.Max(1, all / 8));
}

/// <summary>Who hears of what a budget refuses and closes.</summary>
/// <param name="Count">Each one, with its reason.</param>
/// <param name="Tell">At most every ten seconds: the reason and source of the latest, and how many there were since.</param>
public sealed record BudgetReport(Action<string> Count, Action<string, IPAddress, long> Tell);

/// <summary>
/// The connections of one listener, by where they come from. When it is full, who has the most makes room:
/// his oldest connection that has shown nothing yet is closed, else one that is at rest, else his oldest.
/// Whoever has fewer than others therefore gets in, however many of them there are. Safe from any thread.
/// </summary>
/// <param name="isTrusted">Whose connections are bounded by the listener's places alone.</param>
public sealed class ConnectionBudget(ConnectionLimits limits, Func<IPAddress, bool> isTrusted, BudgetReport report)
{
    /// <summary>Why: all places are taken; those of this source are; another needed the place more; nothing was asked in time.</summary>
    public const string TooMany = "too_many", TooManyOfOneAddress = "too_many_of_one_address", MadeRoom = "made_room",
        NothingAsked = "nothing_asked";
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(10);
    /// <summary>
    /// Who has shown nothing for so long makes room even for somebody who holds as many: a flood from everywhere holds one each.
    /// </summary>
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(2);
    /// <summary>How often a newcomer looks whether those that are closing have closed, and how many times.</summary>
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(10);
    private const int Breaths = 100;

    internal enum Tier { Fresh, AtRest, Any }

    /// <summary>Of those that were told to close, so many may still hold their descriptor.</summary>
    private readonly int _mostClosing = Math.Max(4, limits.All / 8);
    private readonly Lock _gate = new();
    private readonly Dictionary<SourceKey, SourceHolder> _holders = [];
    private int _all, _untrusted, _closing;
    /// <summary>Nothing has closed since somebody waited for it in vain.</summary>
    private bool _isStuck;
    private Instant? _toldAt;
    private long _untold;

    public ConnectionLimits Limits => limits;

    /// <summary>Open connections, those included that are being closed.</summary>
    public int Count
    {
        get { lock (_gate) return _all + _closing; }
    }

    /// <summary>
    /// A connection has come. While too many are still closing it waits for them, at most a second: who is to make room is known,
    /// and whoever comes next is kept by the kernel meanwhile.
    /// </summary>
    /// <param name="close">Closes it, when another needs its place more; does not wait.</param>
    /// <returns>Null when there is no place for it.</returns>
    public async ValueTask<ConnectionPlace?> EnterAsync(IPAddress address, Action close, CancellationToken stop)
    {
        for (int i = 0; i < Breaths; i++)
        {
            if (TryEnter(address, close, EngineClock.Now, mayWait: true, out var place)) return place;
            await Task.Delay(Breath, stop).ConfigureAwait(false);
        }
        lock (_gate) _isStuck = true;
        return TryEnter(address, close, EngineClock.Now);
    }

    /// <summary>The same, without waiting.</summary>
    public ConnectionPlace? TryEnter(IPAddress address, Action close, Instant now)
    {
        TryEnter(address, close, now, mayWait: false, out var place);
        return place;
    }

    /// <returns>False when it is worth waiting for those that are closing.</returns>
    private bool TryEnter(IPAddress address, Action close, Instant now, bool mayWait, out ConnectionPlace? place)
    {
        place = null;
        bool trusted = isTrusted(address.Plain());
        ConnectionPlace? evicted = null;
        lock (_gate)
        {
            var key = SourceKey.Of(address);
            var holder = _holders.GetValueOrDefault(key);
            int held = holder?.Count ?? 0;
            bool isFull = _all + _closing >= limits.All, isFullOfUntrusted = !trusted && _untrusted >= limits.Untrusted;
            string? why = null;
            if (!trusted && held >= limits.PerUntrusted)
            {
                // Who is behind the same address as a flood still gets in, if he asks at once.
                if ((evicted = holder?.Pick(Tier.Fresh)) is null) why = TooManyOfOneAddress;
            }
            else if ((isFull || isFullOfUntrusted) && (evicted = Choose(held, isFullOfUntrusted, now)) is null) why = TooMany;
            if (evicted is not null && _closing >= _mostClosing)
            {
                if (mayWait && !_isStuck) return false;
                (evicted, why) = (null, TooMany);
            }
            if (why is not null)
            {
                Refused(why, address, now);
                return true;
            }
            if (evicted is not null) Evict(evicted, MadeRoom, now);
            if (!_holders.TryGetValue(key, out holder)) _holders[key] = holder = new(key, trusted);
            place = new(this, holder, address, close, now);
            holder.Fresh.AddLast(place.Node);
            _all++;
            if (!holder.IsTrusted) _untrusted++;
        }
        evicted?.Close();
        return true;
    }

    /// <summary>A connection of our own making: it takes a place, and nobody closes it.</summary>
    public bool TryLeaveFor(IPAddress to, Instant now)
    {
        lock (_gate)
        {
            if (_all + _closing < limits.All)
            {
                _all++;
                return true;
            }
            Refused(TooMany, to, now);
            return false;
        }
    }

    /// <summary>One that <see cref="TryLeaveFor"/> let out is over.</summary>
    public void Returned()
    {
        lock (_gate) _all--;
    }

    /// <summary>Closes those that came before <paramref name="since"/> and have shown nothing.</summary>
    /// <returns>True when others have shown nothing yet.</returns>
    public bool CloseSilent(Instant since, Instant now)
    {
        var silent = new List<ConnectionPlace>();
        bool areLeft = false;
        lock (_gate)
        {
            foreach (var holder in _holders.Values.ToArray())
            {
                while (holder.Fresh.First?.Value is { } oldest && oldest.CameAt < since)
                {
                    Evict(oldest, NothingAsked, now);
                    silent.Add(oldest);
                }
                areLeft |= holder.Fresh.Count > 0;
            }
        }
        foreach (var place in silent) place.Close();
        return areLeft;
    }

    internal void Prove(ConnectionPlace place)
    {
        lock (_gate)
        {
            if (place.IsEvicted || place.Node.List != place.Holder.Fresh) return;
            place.Holder.Fresh.Remove(place.Node);
            place.Holder.Proven.AddLast(place.Node);
        }
    }

    internal void Leave(ConnectionPlace place)
    {
        lock (_gate)
        {
            if (!place.IsEvicted) Forget(place);
            else (_closing, _isStuck) = (_closing - 1, false);
        }
    }

    /// <summary>
    /// Whose place is taken: his who holds the most, if that is more than the newcomer would have; as many are enough of who is slow.
    /// </summary>
    private ConnectionPlace? Choose(int newcomers, bool onlyUntrusted, Instant now)
    {
        foreach (var tier in (ReadOnlySpan<Tier>)[Tier.Fresh, Tier.AtRest, Tier.Any])
        {
            SourceHolder? most = null;
            ConnectionPlace? found = null;
            foreach (var holder in _holders.Values)
            {
                // Of those that are trusted only what has shown nothing.
                if (holder.Count <= (most?.Count ?? 0) || holder.IsTrusted && (onlyUntrusted || tier is not Tier.Fresh)
                    || holder.Pick(tier) is not { } place) continue;
                if (holder.Count > newcomers + 1 || holder.Count > newcomers && tier is Tier.Fresh && now - place.CameAt > Slow)
                    (most, found) = (holder, place);
            }
            if (found is not null) return found;
        }
        return null;
    }

    private void Evict(ConnectionPlace place, string why, Instant now)
    {
        Forget(place);
        place.IsEvicted = true;
        _closing++;
        Refused(why, place.Address, now);
    }

    private void Forget(ConnectionPlace place)
    {
        place.Node.List!.Remove(place.Node);        // it is in one until it is forgotten
        _all--;
        if (!place.Holder.IsTrusted) _untrusted--;
        if (place.Holder.Count == 0) _holders.Remove(place.Holder.Key);
    }

    private void Refused(string why, IPAddress source, Instant now)
    {
        report.Count(why);
        _untold++;
        if (_toldAt is { } told && now - told < TellEvery) return;
        report.Tell(why, source, _untold);
        (_toldAt, _untold) = (now, 0);
    }

    /// <summary>All connections of one source, oldest first: those that have shown nothing, and the others.</summary>
    internal sealed class SourceHolder(SourceKey key, bool isTrusted)
    {
        public SourceKey Key => key;
        public bool IsTrusted => isTrusted;
        public LinkedList<ConnectionPlace> Fresh { get; } = [];
        public LinkedList<ConnectionPlace> Proven { get; } = [];
        public int Count => Fresh.Count + Proven.Count;

        /// <summary>The oldest of that kind.</summary>
        public ConnectionPlace? Pick(Tier tier)
        {
            if (tier is Tier.Fresh) return Fresh.First?.Value;
            foreach (var place in Proven)
                if (tier is Tier.Any || place.IsAtRest) return place;
            return null;
        }
    }
}
