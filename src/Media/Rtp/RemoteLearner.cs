using Ringwright.Core;

namespace Ringwright.Media.Rtp;

internal enum SourceVerdict { Foreign, Accepted, Learnt }

/// <summary>
/// Where to send, and whom to hear. The signalled address counts from its first packet on, and no other source while it sends.
/// What may stand in for it when it is silent: the same stream from elsewhere (a NAT binding that moved), and with permission the
/// signalling host. Where we may not send to the signalled address, the signalling host is taken at its word, and with permission
/// anybody until it, or that address, has been heard.
/// </summary>
internal sealed class RemoteLearner
{
    private readonly BarredSources _barred = new();
    /// <summary>What the far ends of a forked call came to, but for the present one.</summary>
    private readonly List<Known> _others = [];
    private SourceTerms _terms;
    /// <summary>The last packet from the remote: its time, and the stream that it was of.</summary>
    private Instant _heardAt;
    private uint _source;
    private ushort _sequence;
    private bool _isHeard;
    /// <summary>Sound was due from then on, and nothing has come from the remote since.</summary>
    private Instant _quietSince;
    /// <summary>When the signalling host last sent what was not taken.</summary>
    private Instant? _hostTried;
    private MediaAddress _candidate;
    private uint _candidateSource;
    private int _inARow;
    /// <summary>Nothing but packets in a row speaks for the remote: no description, not its host, no stream heard before.</summary>
    private bool _isStranger;

    /// <summary>Where RTP goes and comes from.</summary>
    public MediaAddress Remote { get; private set; }
    public bool MaySend { get; private set; }
    public bool IsElsewhere => Remote != _terms.Signalled;

    private bool IsAtSignallingHost => Remote.IsSameHost(_terms.Signalling);

    /// <summary>The stream that we hear comes from there.</summary>
    public bool IsHeardFrom(MediaAddress from) => _isHeard && from == Remote;

    /// <summary>Takes a description. What repeats the one before, or says nothing, leaves what was learnt.</summary>
    public void Expect(in SourceTerms terms, Instant now)
    {
        var before = _terms;
        _terms = terms;
        if (terms.IsExpected && !before.IsExpected) _quietSince = now;
        _barred.Lift(terms.Signalled);
        bool isFirst = before.Signalled.IsNone && Remote.IsNone;
        if (!isFirst && terms.Dialog != before.Dialog && !IsSamePlace(before)) Switch(before, now);
        else if (!isFirst && (terms.Signalled.IsNone || terms.IsInactive))
            _terms = terms with { Signalled = before.Signalled, IsUsable = before.IsUsable, IsPrivate = before.IsPrivate };
        else if (terms.Signalled == before.Signalled && !(terms.IsUsable && _isStranger)) MaySend |= terms.IsUsable && !IsElsewhere;
        else Move(before, now);
    }

    /// <summary>
    /// Judges a packet that already has a negotiated payload type and, where the stream is encrypted, was made with its key.
    /// </summary>
    public SourceVerdict Judge(MediaAddress from, uint source, ushort sequence, Instant now)
    {
        if (_barred.Has(from, source, _terms.Signalled, now)) return SourceVerdict.Foreign;
        if (from != Remote && !MayReplace(from, source, sequence, now)) return SourceVerdict.Foreign;
        bool isNews = from != Remote || !_isHeard;
        Hear(from, source, sequence, now);
        return isNews ? SourceVerdict.Learnt : SourceVerdict.Accepted;
    }

    /// <summary>
    /// A packet of another payload type (comfort noise and the like): it teaches no address, but whoever sends it is not silent.
    /// </summary>
    /// <returns>It is of the stream that we hear.</returns>
    public bool Note(MediaAddress from, uint source, ushort sequence, Instant now)
    {
        if (_barred.Has(from, source, _terms.Signalled, now)) return false;
        if (from != Remote)
        {
            if (from == _terms.Signalled && _terms.IsUsable) Become(from, maySend: true, now);
            else if (from.IsSameHost(_terms.Signalling)) _hostTried = now;
            return false;
        }
        _quietSince = Instant.Max(_quietSince, now);
        if (!_isHeard || source != _source) return false;
        Hear(from, source, sequence, now);
        return true;
    }

    /// <summary>
    /// Whether RTCP from there is the peer's: the remote's own host, from a port that belongs to the stream or with the stream's SSRC.
    /// </summary>
    /// <param name="signalled">Where SDP says that RTCP is.</param>
    public bool HearsControl(MediaAddress from, uint source, MediaAddress signalled) =>
        from.IsSameHost(Remote)
        && (from.Port == Remote.Port || from.Port == Remote.Port + 1 || from == signalled && !IsElsewhere || _isHeard && source == _source);

    /// <summary>
    /// We have not listened until now: nobody was silent. What came meanwhile is judged next, with the time at which it came.
    /// </summary>
    public void Excuse(Instant now) => (_heardAt, _quietSince) = (Instant.Max(_heardAt, now), Instant.Max(_quietSince, now));

    /// <summary>Those addresses are nobody's but ours from now on: nothing is sent there, until the peer names or shows another.</summary>
    public void Leave(Predicate<MediaAddress> isTaken)
    {
        if (isTaken(_terms.Signalled)) _terms = _terms with { IsUsable = false };
        if (isTaken(Remote)) MaySend = false;
        _others.RemoveAll(known => isTaken(known.Remote));
    }

    public void Reset()
    {
        (Remote, MaySend, _terms) = (default, false, default);
        Forget(default);
        _barred.Clear();
        _others.Clear();
    }

    private bool MayReplace(MediaAddress from, uint source, ushort sequence, Instant now)
    {
        if (from == _terms.Signalled) return true;
        if (_isHeard && source == _source && (ushort)(sequence - _sequence - 1) < Limits.RebindingPackets
            && now - _heardAt >= Limits.SourceSilence) return true;

        bool isQuiet = _terms.IsExpected && now - _quietSince >= Limits.SourceSilence;
        if (from.IsSameHost(_terms.Signalling))
        {
            // Where we may not send to the signalled address, whoever is heard from a third place gives way at once.
            bool isOutranked = MaySend && (_terms.IsUsable || !IsElsewhere || IsAtSignallingHost);
            if ((!_terms.IsUsable || _terms.MayAdjust) && (isQuiet || !isOutranked)) return true;
            _hostTried = now;
            return false;
        }
        if (from == _candidate && source == _candidateSource) _inARow++;
        else (_candidate, _candidateSource, _inARow) = (from, source, 1);
        // Whoever may be sent to, or was heard by right, is not replaced for a pause that he makes.
        bool isVacant = !_terms.IsUsable && (!MaySend || _isStranger);
        bool isLet = isVacant && _terms.MayAdjust && isQuiet && _inARow >= Limits.LearningPackets
            && !(now - _hostTried < Limits.SourceSilence);
        _isStranger |= isLet;
        return isLet;
    }

    private void Hear(MediaAddress from, uint source, ushort sequence, Instant now)
    {
        (Remote, MaySend, _isHeard) = (from, true, true);
        _isStranger = _isStranger && from != _terms.Signalled && !IsAtSignallingHost;
        (_source, _sequence, _heardAt, _quietSince) = (source, sequence, Instant.Max(_heardAt, now), Instant.Max(_quietSince, now));
        _inARow = 0;
    }

    /// <summary>Another far end describes the very address of the one before, as when a switch on the way gives a call a new tag.</summary>
    private bool IsSamePlace(in SourceTerms before) => _terms.Signalled == before.Signalled && (_terms.IsUsable || IsAtSignallingHost);

    /// <summary>The same far end names another address.</summary>
    private void Move(in SourceTerms before, Instant now)
    {
        // A phone behind NAT names a private address, and then another: its sound comes from where it came.
        if (!_terms.IsUsable && MaySend && (IsAtSignallingHost || _terms.IsPrivate && before.IsPrivate)) return;
        if (_terms.IsUsable) Bar(before, now);
        Become(_terms.Signalled, _terms.IsUsable, now);
    }

    /// <summary>Another far end speaks now.</summary>
    private void Switch(in SourceTerms before, Instant now)
    {
        int old = before.Dialog, next = _terms.Dialog;
        _others.RemoveAll(known => known.Dialog == old);
        if (_others.Count < Limits.Forks) _others.Add(new(old, before.Signalled, Remote, MaySend));
        Bar(before, now);
        var known = _others.Find(known => known.Dialog == next);
        if (known.MaySend && known.Signalled == _terms.Signalled) Become(known.Remote, maySend: true, now);
        else Become(_terms.Signalled, _terms.IsUsable, now);
    }

    private void Bar(in SourceTerms before, Instant now)
    {
        _barred.Add(Remote, _isHeard ? _source : null, now);
        if (before.Signalled != Remote) _barred.Add(before.Signalled, null, now);
    }

    private void Become(MediaAddress remote, bool maySend, Instant now)
    {
        (Remote, MaySend) = (remote, maySend);
        _barred.Lift(remote);
        Forget(now);
    }

    private void Forget(Instant now) =>
        (_isHeard, _quietSince, _hostTried, _candidate, _inARow, _isStranger) = (false, now, null, default, 0, false);

    private readonly record struct Known(int Dialog, MediaAddress Signalled, MediaAddress Remote, bool MaySend);
}
