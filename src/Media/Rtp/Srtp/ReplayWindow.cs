namespace Ringwright.Media.Rtp;

/// <summary>
/// Which packet indices have been seen (RFC 3711 section 3.3.2), and what index a 16-bit sequence number most likely means (section 3.3.1).
/// Only packets that proved genuine may be noted.
/// </summary>
internal struct ReplayWindow
{
    private const int Size = 128;

    private UInt128 _seen;
    private bool _isStarted;

    /// <summary>A packet has been noted, so the roll-over counter is known.</summary>
    public readonly bool IsStarted => _isStarted;

    public long Highest { get; private set; }

    /// <summary>The index nearest to the highest one; negative for a number from before the stream's beginning.</summary>
    public readonly long Guess(ushort sequence) => _isStarted ? Highest + (short)(sequence - (ushort)Highest) : sequence;

    /// <summary>False when it was seen, or is too old to say.</summary>
    public readonly bool IsNew(long index)
    {
        if (!_isStarted || index > Highest) return true;
        long behind = Highest - index;
        return behind < Size && (_seen >> (int)behind & 1) == 0;
    }

    public void Note(long index)
    {
        if (!_isStarted || index > Highest)
        {
            long ahead = _isStarted ? index - Highest : Size;
            _seen = (ahead < Size ? _seen << (int)ahead : 0) | 1;
            (Highest, _isStarted) = (index, true);
        }
        else _seen |= UInt128.One << (int)(Highest - index);
    }
}
