namespace Ringwright.Media.Rtp;

internal enum SourceVerdict { Foreign, Accepted, Learnt }

/// <summary>
/// Symmetric RTP: where to send, and from where to listen. Packets from SDP's address count at once; another address becomes the remote
/// after five packets in a row with one SSRC, once per offer/answer. An address that nobody vouches for is sent nothing before.
/// </summary>
internal sealed class RemoteLearner
{
    private MediaAddress _signalled, _candidate;
    private uint _candidateSource;
    private int _inARow;
    private bool _isSettled;

    /// <summary>Where RTP goes and comes from.</summary>
    public MediaAddress Remote { get; private set; }
    public bool MaySend { get; private set; }
    public bool IsElsewhere => Remote != _signalled;

    /// <param name="isTrusted">The address may be sent to before anything came from it.</param>
    public void Expect(MediaAddress signalled, bool isTrusted)
    {
        // A phone behind NAT repeats its private address in each offer: what was learnt for it holds until a new lesson.
        bool isSame = signalled == _signalled && !Remote.IsNone;
        if (!isSame) Remote = signalled;
        MaySend = !signalled.IsNone && (isTrusted || (isSame && MaySend));
        (_signalled, _inARow, _isSettled) = (signalled, 0, false);
    }

    /// <summary>Judges a packet that already has a negotiated payload type.</summary>
    public SourceVerdict Judge(MediaAddress from, uint source)
    {
        if (_isSettled) return from == Remote ? SourceVerdict.Accepted : SourceVerdict.Foreign;

        if (from == _candidate && source == _candidateSource && _inARow > 0) _inARow++;
        else (_candidate, _candidateSource, _inARow) = (from, source, 1);

        if (_inARow < Limits.LearningPackets) return from == Remote ? SourceVerdict.Accepted : SourceVerdict.Foreign;
        bool isNews = from != Remote;
        (Remote, MaySend, _isSettled) = (from, true, true);
        return isNews ? SourceVerdict.Learnt : SourceVerdict.Accepted;
    }

    public void Reset()
    {
        (Remote, _signalled, _candidate) = (default, default, default);
        (MaySend, _isSettled, _inARow) = (false, false, 0);
    }
}
