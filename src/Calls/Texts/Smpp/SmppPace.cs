using Ringwright.Core;

namespace Ringwright.Calls.Texts.Smpp;

/// <summary>
/// How fast messages go to a centre: a bucket of as many as go in a second. A centre that cries for less halves the rate and stops all for
/// a while, which doubles each time; each second without a cry wins back a twentieth.
/// </summary>
public sealed class SmppPace
{
    private const double Least = 0.1, Regained = 0.05;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60), Second = TimeSpan.FromSeconds(1);
    /// <summary>What a span loses by being cut to its ticks.</summary>
    private static readonly TimeSpan OneMore = TimeSpan.FromTicks(1);

    private readonly double _most;
    private double _tokens;
    private Instant _filledAt, _regainedAt;
    private TimeSpan _pause = TimeSpan.Zero;

    /// <param name="most">Messages in a second, while the centre says nothing.</param>
    public SmppPace(double most, Instant now)
    {
        (_most, Rate, _tokens) = (most, most, Math.Max(1, most));
        (_filledAt, _regainedAt, PausedUntil) = (now, now, now);
    }

    /// <summary>Messages in a second, now.</summary>
    public double Rate { get; private set; }

    /// <summary>Nothing goes before then.</summary>
    public Instant PausedUntil { get; private set; }

    /// <summary>How many may go at once.</summary>
    public int Free(Instant now)
    {
        Fill(now);
        return now < PausedUntil ? 0 : (int)_tokens;
    }

    /// <summary>When the next one may go.</summary>
    public Instant NextFree(Instant now)
    {
        Fill(now);
        var filled = _tokens >= 1 ? now : now + TimeSpan.FromSeconds((1 - _tokens) / Rate) + OneMore;
        return Instant.Max(filled, PausedUntil);
    }

    public void Take() => _tokens--;

    /// <param name="first">The first pause after a time without a cry.</param>
    public void Throttle(Instant now, TimeSpan first)
    {
        // One full window of cries is one cry.
        if (now < PausedUntil) return;
        _pause = _pause == TimeSpan.Zero ? first : _pause * 2 < Longest ? _pause * 2 : Longest;
        PausedUntil = now + _pause;
        Rate = Math.Max(Least, Rate / 2);
        _tokens = Math.Min(_tokens, 1);
        (_regainedAt, _filledAt) = (PausedUntil, PausedUntil);
    }

    private void Fill(Instant now)
    {
        while (now - _regainedAt >= Second && Rate < _most)
        {
            Rate = Math.Min(_most, Rate + (_most * Regained));
            _regainedAt += Second;
            _pause = TimeSpan.Zero;
        }
        if (Rate >= _most) _regainedAt = Instant.Max(_regainedAt, now);
        if (now <= _filledAt) return;
        _tokens = Math.Min(Math.Max(1, Rate), _tokens + ((now - _filledAt).TotalSeconds * Rate));
        _filledAt = now;
    }
}
