using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Account.Notifications;

/// <summary>
/// Four operations, crud. A setting joins a condition to a channel of a profile. It is enabled as soon as it is made, and deleted at once:
/// nothing has to be set up elsewhere, so the states between are never seen. What cannot be sent is refused here, and not promised.
/// </summary>
internal static class NotificationSettings
{
    public const string RecordType = "notification_setting";

    public static ResourceKind Kind(NotificationParts parts) => new(RecordType)
    {
        Deletes = DeleteStyle.Mark,
        Paths = new Dictionary<string, string> { ["notification_channel"] = "notification_channel_id" },
        Validate = (op, body, _) => CheckAsync(op, body, parts),
        Changed = (_, stop) => parts.Notifications.ReloadAsync(stop),
    };

    /// <summary>Why nothing can be sent by that type of channel; null when something can.</summary>
    public static string? WhyNot(string? type, NotificationParts parts) => type switch
    {
        "webhook" => null,
        "email" => parts.Notifications.HasMail ? null
            : "This installation has no mail server to send by (setting --smtp of serve), so that nobody could be told by mail.",
        _ => $"Nobody is told by {type} here: take a channel of the type webhook or email.",
    };

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject body, NotificationParts parts)
    {
        if (body.Filled("notification_event_condition_id") is not { } named)
            return NotificationRules.At("/notification_event_condition_id", NotificationRules.Missing,
                "notification_event_condition_id is needed; GET /v2/notification_event_conditions lists them.");
        if (Catalogue.Find(named) is not { } condition)
            return op.UnknownProblem("notification_event_condition_id", "There is no notification event condition with this id.");

        var (channel, noChannel) = await NotificationRules.FindAsync(op, parts, NotificationChannels.RecordType, "notification_channel_id",
            body.Text("notification_channel_id"));
        if (channel is null) return noChannel;
        string? ownProfile = channel.Body.Text("notification_profile_id"), profile = body.Filled("notification_profile_id") ?? ownProfile;
        if ((await NotificationRules.FindAsync(op, parts, NotificationProfiles.RecordType, "notification_profile_id", profile)).Problem
            is { } noProfile) return noProfile;
        if (profile != ownProfile)
            return NotificationRules.At("/notification_profile_id", NotificationRules.BadRequest,
                "The channel belongs to another notification profile.");
        string? type = channel.Body.Text("channel_type_id");
        if (WhyNot(type, parts) is { } why) return NotificationRules.At("/notification_channel_id", NotificationRules.BadRequest, why);

        if (SettingParameters.Check(op, condition, body) is { } wrong) return wrong;
        body["notification_profile_id"] = profile;
        body["notification_event_condition_id"] = condition.Id;
        body["status"] = "enabled";
        body["associated_record_type"] = condition.AssociatedRecordType;
        body["associated_record_type_value"] =
            condition.IsOfNumber ? SettingParameters.Find(body, NotificationCondition.PhoneNumber) : op.Tenant.ToString();
        body["channel_type_id"] = type;     // for the filter of lists; the contract does not show it
        return await CheckOnlyAsync(op, body, parts);
    }

    /// <summary>Whoever sets the same twice would be told twice.</summary>
    private static async ValueTask<Problem?> CheckOnlyAsync(OperationContext op, JsonObject body, NotificationParts parts)
    {
        string[] same = ["notification_channel_id", "notification_event_condition_id", "associated_record_type_value", "status"];
        var found = await NotificationRules.Rows(parts, RecordType).ListAsync(op.Tenant, new()
        {
            Filters = [.. same.Select(field => new ResourceFilter(field, "eq", [body.Text(field) ?? ""]))],
            Limit = 1,
        }, op.Stop);
        return found.Total == 0 ? null : op.Dialect.Errors.Problem(Fault.Duplicate, "This condition is set for this channel already.") with
        {
            Pointer = "/notification_event_condition_id"
        };
    }
}
