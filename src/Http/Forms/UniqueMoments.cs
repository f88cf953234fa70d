using System.Collections.Concurrent;
using Ringwright.Core;

namespace Ringwright.Http;

/// <summary>
/// Moments to the microsecond, no two of which are the same within an account's resources of one kind: a page that begins behind a moment
/// loses nothing. Of one process; two nodes that write within the same microsecond may still share one.
/// </summary>
public sealed class UniqueMoments
{
    private readonly ConcurrentDictionary<(string, TenantId), long> _last = new();

    /// <param name="kind">Of the resource that is made or changed at <paramref name="now"/>.</param>
    public DateTimeOffset Next(string kind, TenantId tenant, DateTimeOffset now)
    {
        long at = now.UtcTicks - now.UtcTicks % TimeSpan.TicksPerMicrosecond;
        long next = _last.AddOrUpdate((kind, tenant), static (_, at) => at,
            static (_, last, at) => Math.Max(at, last + TimeSpan.TicksPerMicrosecond), at);
        return new(next, TimeSpan.Zero);
    }
}
