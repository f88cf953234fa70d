using Ringwright.Egress;
using Ringwright.Store;

namespace Ringwright.Telnyx.Account.Notifications;

/// <summary>What the handlers of notifications use.</summary>
public sealed record NotificationParts
{
    public required Database Store { get; init; }
    public required EgressClient Egress { get; init; }
    public required Notifier Notifications { get; init; }
}
