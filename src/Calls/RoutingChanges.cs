using System.Net;
using Ringwright.Calls.Pricing;
using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>
/// What is different from a <see cref="RoutingSnapshot"/>. Of what there are many of: the single rows, null for those that are gone.
/// Of what there are few of: all of them, or null when nothing has changed.
/// </summary>
public sealed class RoutingChanges
{
    public IReadOnlyCollection<Tenant>? Tenants { get; set; }
    public RateBook? Rates { get; set; }
    public IReadOnlyCollection<Trunk>? Trunks { get; set; }
    public IReadOnlyCollection<Route>? Routes { get; set; }
    public IReadOnlyCollection<IPAddress>? SharedAddresses { get; set; }

    public Dictionary<(TenantId, ConnectionId), Connection?> Connections { get; } = [];
    /// <summary>By text.</summary>
    public Dictionary<string, Number?> Numbers { get; } = new(StringComparer.Ordinal);
    public Dictionary<(TenantId, long), OutboundProfile?> Profiles { get; } = [];
    /// <summary>The users that are not a connection's own, by name.</summary>
    public Dictionary<string, SipUser?> Users { get; } = new(StringComparer.Ordinal);
    /// <summary>All of a connection's.</summary>
    public Dictionary<(TenantId, ConnectionId), IReadOnlyList<ConnectionAddress>> Addresses { get; } = [];
    /// <summary>All of a connection's.</summary>
    public Dictionary<(TenantId, ConnectionId), IReadOnlyList<ConnectionHost>> Hosts { get; } = [];
    /// <summary>Of one SIP user, by account and name.</summary>
    public Dictionary<(TenantId, string), WaitingMessages?> Messages { get; } = [];
    /// <summary>By account and number.</summary>
    public Dictionary<(TenantId, string), VoiceMailbox?> Mailboxes { get; } = [];
    /// <summary>Who has proved a number, the first to do so first.</summary>
    public Dictionary<string, IReadOnlyList<TenantId>> Verifiers { get; } = new(StringComparer.Ordinal);
}
