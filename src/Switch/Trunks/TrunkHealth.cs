using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch.Trunks;

/// <summary>
/// The addresses of one trunk and how they stand, for all shards of the node and whoever dials. While all is well a call reads one field;
/// what is written is a new picture in place of the old one.
/// </summary>
/// <param name="board">Counts failures; null counts none.</param>
public sealed class TrunkHealth(TrunkBoard? board = null) : IWayHealth
{
    private Picture _picture = new([], 0);

    internal TrunkTraffic Traffic { get; } = new();

    /// <summary>No address of it may be tried before this; the beginning of time while one may.</summary>
    public Instant PassedUntil => Current.PassedUntil;

    /// <summary>How its last call failed, as a sentence; null while one address is well.</summary>
    public string? Why => Current.Why;

    private Picture Current => Volatile.Read(ref _picture);

    /// <summary>Where the trunk's name leads.</summary>
    public void Learn(IReadOnlyList<SipFlow> flows)
    {
        for (var was = Current; !was.Knows(flows);)
        {
            var seen = Interlocked.CompareExchange(ref _picture, was.Learn(flows), was);
            if (ReferenceEquals(seen, was)) return;
            was = seen;
        }
    }

    /// <summary>The trunk is called elsewhere from now on.</summary>
    public void Forget() => Interlocked.Exchange(ref _picture, new([], 0));

    /// <summary>
    /// True for an address that is well, or whose while is over and which nobody else is trying: then the caller finds out for all.
    /// </summary>
    public bool MayTry(SipFlow flow, Instant now)
    {
        var picture = Current;
        return !picture.IsIll || picture.Find(flow) is not { IsIll: true } || TryChange(flow, target => target.BeginTrial(now));
    }

    /// <summary>When a call may try the address next.</summary>
    public Instant NextTry(SipFlow flow) => Current.Find(flow)?.NextTry ?? default;

    /// <summary>The address has said something final of a call, or that it rings.</summary>
    /// <param name="sent">When the call was sent there.</param>
    /// <returns>True when it was passed over and is not any longer.</returns>
    public bool Hear(SipFlow flow, Instant sent, Instant now)
    {
        var picture = Current;
        if (picture.Find(flow) is not { } target || target.Hear(sent, now) is not { } heard) return false;
        return TryChange(flow, known => known.Hear(sent, now)) && target.IsIll && !heard.IsIll;
    }

    /// <param name="flow">Null when the name leads nowhere.</param>
    /// <param name="number">Which was called.</param>
    /// <param name="sent">When the call was sent there.</param>
    /// <returns>True when it is passed over from now on, and was not.</returns>
    internal bool TryFail(SipFlow? flow, FailureClass failure, string number, Instant sent, Instant now)
    {
        bool isNews = Current.Find(flow)?.NextTry <= now;
        string? answered = failure.IsAnswer && failure.RetryAfter is null ? number : null;
        if (!TryChange(flow, target => target.Fail(failure.Evidence, failure.RetryAfter, answered, failure.IsAnswer, sent, now))
            || Current.Find(flow) is { IsIll: false }) return false;
        board?.CountFailure();
        return isNews;
    }

    bool IWayHealth.TryFail(SipFlow? flow, FailureClass failure, string number, Instant sent, Instant now) =>
        TryFail(flow, failure, number, sent, now);

    /// <param name="flow">Null when the name leads nowhere.</param>
    /// <returns>True when the address was passed over and is not any longer.</returns>
    internal bool Note(SipFlow? flow, ProbeOutcome outcome)
    {
        bool wasIll = Current.Find(flow) is { IsIll: true };
        return TryChange(flow, target => target.Note(outcome)) && wasIll && Current.Find(flow) is { IsIll: false };
    }

    public int CountIll(Instant now)
    {
        int count = 0;
        foreach (var target in Current.Known)
            if (target.NextTry > now) count++;
        return count;
    }

    /// <summary>An address is passed over, or on trial.</summary>
    public bool IsIll => Current.IsIll;

    /// <summary>The addresses of the last look-up.</summary>
    public IReadOnlyList<TrunkTargetStatus> Describe(WallAnchor anchor, Instant now) =>
        [.. Current.Known.ToArray().Select(target => target.Describe(anchor, now))];

    private bool TryChange(SipFlow? flow, Func<TargetHealth, TargetHealth?> step)
    {
        for (var was = Current; was.IndexOf(flow) is >= 0 and var index && step(was[index]) is { } changed;)
        {
            var seen = Interlocked.CompareExchange(ref _picture, was.With(index, changed), was);
            if (ReferenceEquals(seen, was)) return true;
            was = seen;
        }
        return false;
    }

    /// <param name="targets">First those that the trunk's name led to last, or its name itself when that was nowhere.</param>
    private sealed class Picture
    {
        private readonly TargetHealth[] _targets;
        private readonly int _known;

        public Picture(TargetHealth[] targets, int known)
        {
            (_targets, _known) = (targets, known);
            PassedUntil = known == 0 ? default : Instant.Never;
            foreach (var target in Known)
            {
                PassedUntil = Instant.Min(PassedUntil, target.NextTry);
                Why = target.Why ?? Why;
            }
            if (PassedUntil == default) Why = null;
            IsIll = Array.Exists(targets, target => target.IsIll);
        }

        public Instant PassedUntil { get; }
        public string? Why { get; }
        public bool IsIll { get; }
        public ReadOnlySpan<TargetHealth> Known => _targets.AsSpan(0, _known);
        public TargetHealth this[int index] => _targets[index];

        public TargetHealth? Find(SipFlow? flow) => IndexOf(flow) is >= 0 and var index ? _targets[index] : null;

        public int IndexOf(SipFlow? flow)
        {
            for (int i = 0; i < _targets.Length; i++)
            {
                var target = _targets[i];
                if (flow is { } to ? target.Transport == to.Transport && to.Remote.Equals(target.Remote) : target.Remote is null) return i;
            }
            return -1;
        }

        public bool Knows(IReadOnlyList<SipFlow> flows)
        {
            if (flows.Count == 0) return _known == 1 && _targets[0].Remote is null;
            if (flows.Count != _known) return false;
            foreach (var flow in flows)
                if (IndexOf(flow) is var index && (index < 0 || index >= _known)) return false;
            return true;
        }

        /// <summary>A carrier may hand out some of many addresses at a time: the others are remembered.</summary>
        public Picture Learn(IReadOnlyList<SipFlow> flows)
        {
            TargetHealth[] found = flows.Count == 0 ? [Find(flow: null) ?? new(null, null)]
                : [.. flows.DistinctBy(flow => (flow.Transport, flow.Remote)).Take(Limits.TrunkTargets)
                    .Select(flow => Find(flow) ?? new(flow.Remote, flow.Transport))];
            return new([.. found, .. _targets.Except(found).Take(Limits.TrunkTargets - found.Length)], found.Length);
        }

        public Picture With(int index, TargetHealth target)
        {
            TargetHealth[] targets = [.. _targets];
            targets[index] = target;
            return new(targets, _known);
        }
    }
}
