namespace Ringwright.Campaigns.Dialling;

/// <summary>
/// How many calls may begin at this moment: one at a time, evenly, so many a second. A pause saves up nothing but the next call.
/// Not for several threads.
/// </summary>
internal sealed class Pace
{
    /// <summary>Up to so many a second each interval is told from the next, and none is shortened; above it the sum counts.</summary>
    private const double MostTold = 4;

    private DateTimeOffset _next;

    /// <param name="first">Nothing begins before.</param>
    public Pace(DateTimeOffset first) => _next = first;

    /// <summary>When the next call may begin, had there been none to begin so far.</summary>
    public DateTimeOffset Next => _next;

    /// <summary>Calls that are due by now; at high rates those missed by less than <paramref name="slack"/> are made up for.</summary>
    public int Room(DateTimeOffset now, double perSecond, TimeSpan slack)
    {
        if (perSecond <= 0) return 0;
        // Nobody waits longer than an interval: what lies beyond is of a slower pace, or of a clock that was set back.
        var longest = TimeSpan.FromSeconds(Math.Max(1, 1 / perSecond));
        if (_next - now > longest) _next = now + longest;
        if (now < _next) return 0;
        if (perSecond <= MostTold) slack = TimeSpan.Zero;
        if (now - _next > slack) _next = now - slack;
        return 1 + (int)((now - _next).TotalSeconds * perSecond);
    }

    public void Take(int calls, DateTimeOffset now, double perSecond)
    {
        if (calls == 0) return;
        _next += TimeSpan.FromSeconds(calls / perSecond);
        // After a pause the next interval begins now.
        if (calls == 1 && _next < now) _next = now + TimeSpan.FromSeconds(1 / perSecond);
    }
}
