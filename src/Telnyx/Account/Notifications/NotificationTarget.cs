using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Telnyx.Account.Notifications;

/// <summary>A setting with its channel, as it is when something happens.</summary>
internal sealed record NotificationTarget
{
    public required TenantId Tenant { get; init; }
    public required string Setting { get; init; }
    public required string Profile { get; init; }
    public required string Channel { get; init; }
    public required NotificationCondition Condition { get; init; }
    /// <summary>Where the message goes: a URL, or mailto: and an address.</summary>
    public required string Url { get; init; }
    public bool IsMail => Url.StartsWith(Delivery.Mails.MailSender.Scheme, StringComparison.Ordinal);
    /// <summary>The account's id, or the number that is watched.</summary>
    public required string Watched { get; init; }
    public JsonArray Parameters { get; init; } = [];
}
