using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Routing;

/// <summary>One place to send the INVITE to.</summary>
public sealed record DialTarget
{
    public required string Host { get; init; }
    /// <summary>Null looks for SRV records first (RFC 3263).</summary>
    public int? Port { get; init; }
    /// <summary>User part of the Request-URI; empty for a URI without one.</summary>
    public required string User { get; init; }
    public TrunkId? Trunk { get; init; }
    public string? AuthUser { get; init; }
    public string? AuthPassword { get; init; }
    /// <summary>Host of the From URI when the trunk wants a certain one.</summary>
    public string? FromDomain { get; init; }
    /// <summary>Replaces the caller id when the route says so.</summary>
    public string? CallerId { get; init; }
    /// <summary>Codecs that the trunk takes; null takes all.</summary>
    public IReadOnlyList<string>? Codecs { get; init; }
    /// <summary>The operator configured it, so the target policy is not asked.</summary>
    public bool IsTrusted => Trunk is not null;
}

/// <summary>Where one dial may go, in order; empty with a reason.</summary>
public sealed record DialPlan(IReadOnlyList<DialTarget> Targets, Refusal Refusal, string? Detail)
{
    /// <summary>From +E.164: the trunks of the matching routes. From a sip: URI: that address, directly.</summary>
    public static DialPlan For(RoutingSnapshot routing, DialRequest request)
    {
        if (DialUri.TryParse(request.To, out var uri))
            return new([new() { Host = uri.Host, Port = uri.Port, User = uri.User, AuthUser = request.AuthUser, AuthPassword = request.AuthPassword }], Refusal.None, null);
        if (!E164.TryParse(request.To, out var number))
            return new([], Refusal.BadDestination, "The destination is neither a number in +E.164 form nor a sip: URI.");

        List<DialTarget> targets = [];
        foreach (var route in routing.FindRoutes(number.Text))
        {
            if (targets.Count == Limits.DialTargets) break;
            if (routing.FindTrunk(route.Trunk) is not { IsEnabled: true } trunk || targets.Exists(t => t.Trunk == trunk.Id)) continue;
            targets.Add(new()
            {
                Host = trunk.Host,
                Port = trunk.Port,
                User = number.Text,
                Trunk = trunk.Id,
                AuthUser = request.AuthUser ?? trunk.AuthUser,
                AuthPassword = request.AuthPassword ?? trunk.AuthPassword,
                FromDomain = trunk.FromDomain,
                CallerId = route.CallerId,
                Codecs = trunk.Codecs,
            });
        }
        return targets.Count > 0 ? new(targets, Refusal.None, null) : new([], Refusal.NoRoute, "No route leads to this number.");
    }
}
