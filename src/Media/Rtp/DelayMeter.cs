namespace Ringwright.Media.Rtp;

/// <summary>
/// How long after its capture a stream is played, network left out: the greatest time that a packet of the last one or two seconds has waited, since
/// those that waited longest were the quickest on their way.
/// </summary>
internal struct DelayMeter
{
    private const int Window = 50;

    private TimeSpan _current, _previous;
    private int _count;

    public readonly TimeSpan Delay => _previous > _current ? _previous : _current;

    public void Add(TimeSpan waited)
    {
        if (waited > _current) _current = waited;
        if (++_count < Window) return;
        (_previous, _current, _count) = (_current, TimeSpan.Zero, 0);
    }
}
