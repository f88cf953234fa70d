namespace Ringwright.Core;

/// <summary>So many of something at once, and so many a second from then on. Allocates nothing.</summary>
public sealed class Ration(int atOnce, int perSecond)
{
    private readonly TimeSpan _each = TimeSpan.FromSeconds(1) / perSecond;

    /// <summary>When all that was taken would have been, had each waited for the one before.</summary>
    private Instant _taken;

    /// <summary>Nothing of it is taken, or all has grown again.</summary>
    public bool IsWhole(Instant now) => _taken <= now;

    /// <summary>False when it is one too many.</summary>
    public bool TryTake(Instant now)
    {
        var taken = Instant.Max(_taken, now);
        if (taken - now > _each * (atOnce - 1)) return false;
        _taken = taken + _each;
        return true;
    }

    /// <summary>Takes so many more, there or not: the next one waits for them.</summary>
    public void Take(int more, Instant now) => _taken = Instant.Max(_taken, now) + _each * more;
}
