using System.Net;
using Ringwright.Core;

namespace Ringwright.Switch.Routing;

/// <summary>At most so many answers a second per address, then nothing. Remembers a bounded number of addresses.</summary>
internal sealed class SourceLimit(int perSecond)
{
    private readonly Dictionary<IPAddress, (Instant Until, int Sent)> _seen = [];

    public bool TryTake(IPAddress source, Instant now)
    {
        if (_seen.TryGetValue(source, out var seen) && seen.Until > now)
        {
            if (seen.Sent >= perSecond) return false;
            _seen[source] = seen with { Sent = seen.Sent + 1 };
            return true;
        }
        if (_seen.Count >= Limits.RefusedSources && !_seen.ContainsKey(source))
        {
            foreach (var (address, old) in _seen)
                if (old.Until <= now) _seen.Remove(address);
            // Still full: a flood from everywhere. Nobody gets an answer.
            if (_seen.Count >= Limits.RefusedSources) return false;
        }
        _seen[source] = (now + TimeSpan.FromSeconds(1), 1);
        return true;
    }
}
