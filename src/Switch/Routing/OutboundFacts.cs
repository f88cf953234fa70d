using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Transactions;

namespace Ringwright.Switch.Routing;

/// <summary>The facts of a leg that is about to be dialled.</summary>
public static class OutboundFacts
{
    /// <param name="domain">Host of the From URI when the trunk has no other wish.</param>
    /// <param name="random">For the UUIDs.</param>
    public static LegFacts Of(DialRequest request, DialPlan plan, LegId leg, Instant now, WallAnchor anchor,
        string domain, Func<ulong> random)
    {
        var wall = anchor.ToWall(now);
        var target = plan.Targets[0];
        return new()
        {
            Id = leg,
            Uuid = TimeUuid.Create(wall, random()),
            Session = request.Session ?? new(TimeUuid.Create(wall, random())),
            Tenant = request.Tenant,
            Connection = request.Connection,
            Direction = Direction.Outbound,
            Application = request.Application,
            From = request.From,
            To = request.To,
            ToUri = DialUri.TryParse(request.To, out _) ? Bare(request.To) : target.RegisteredUser is { } user ? $"{user}@{domain}"
                : target.IsInside ? $"{target.User}@{target.HostPort}"
                : $"{target.User}@{target.Host}:{target.Port ?? (target.Transport ?? SipTransport.Udp).DefaultPort()}",
            FromUri = Bare(target.FromUri(request, domain)),
            CallerName = request.CallerName,
            BroughtCaller = request.BroughtCaller,
            StartedAt = now,
            Trunk = target.Trunk,
            IsOnNet = target.IsInside,
            Labels = request.Labels,
            Headers = request.Headers,
        };
    }

    /// <summary>Without the scheme.</summary>
    private static string Bare(string uri) => uri[(uri.IndexOf(':') + 1)..];
}
