using System.Net.Mail;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Account.Notifications;

/// <summary>
/// Five operations, crud. A channel is an address: of any of the contract's types, checked as its type wants it.
/// Whether anything can be sent there is the business of the settings that name it.
/// </summary>
internal static class NotificationChannels
{
    public const string RecordType = "notification_channel";
    /// <summary>RFC 5321 section 4.5.3.1.3, without the brackets.</summary>
    private const int MostMailCharacters = 254;

    public static ResourceKind Kind(NotificationParts parts) => new(RecordType)
    {
        Paths = new Dictionary<string, string> { ["notification_channel"] = "id" },
        Validate = (op, body, before) => CheckAsync(op, body, before, parts),
        BeforeDelete = (op, row) => NotificationRules.HoldsAsync(op, parts, NotificationSettings.RecordType,
            "notification_channel_id", row),
        Changed = (_, stop) => parts.Notifications.ReloadAsync(stop),
    };

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject body, ResourceRow? before, NotificationParts parts)
    {
        if (body.Filled("channel_type_id") is not { } type)
            return NotificationRules.At("/channel_type_id", NotificationRules.Missing,
                "channel_type_id is needed: sms, voice, email or webhook.");
        if (body.Filled("channel_destination") is not { } destination)
            return NotificationRules.At("/channel_destination", NotificationRules.Missing,
                "channel_destination is needed: a number, a mail address or a URL, as the type has it.");
        if (await CheckDestinationAsync(op, type, destination, parts) is { } problem) return problem;
        if ((await NotificationRules.FindAsync(op, parts, NotificationProfiles.RecordType, "notification_profile_id",
            body.Text("notification_profile_id"))).Problem is { } missing) return missing;
        bool isUsed = before is not null
            && await NotificationRules.CountAsync(op, parts, NotificationSettings.RecordType, "notification_channel_id", before.Id) > 0;
        return isUsed && NotificationSettings.WhyNot(type, parts) is { } why
            ? NotificationRules.At("/channel_type_id", NotificationRules.BadRequest, $"Settings use this channel. {why}")
            : null;
    }

    private static async ValueTask<Problem?> CheckDestinationAsync(OperationContext op, string type, string destination,
        NotificationParts parts)
    {
        const string Pointer = "/channel_destination";
        switch (type)
        {
            case "webhook":
                return await parts.Egress.CheckUrlAsync(destination, TargetUse.Webhook, op.Stop) is { IsAllowed: false } verdict
                    ? NotificationRules.At(Pointer, NotificationRules.InvalidUrl,
                        verdict.Detail ?? "channel_destination is no URL that may be used.") : null;
            case "email":
                return IsMailAddress(destination) ? null : NotificationRules.At(Pointer, NotificationRules.NotEmail,
                    "channel_destination must be a mail address such as alerts@example.com.");
            default:
                return E164.TryParse(destination, out _) ? null
                    : NotificationRules.At(Pointer, NotificationRules.NotE164, "channel_destination must be a number in +E.164 format.");
        }
    }

    /// <summary>One bare address: no name beside it, and nothing that could become another line of a mail's head.</summary>
    private static bool IsMailAddress(string text) =>
        text.Length <= MostMailCharacters && text.All(c => c is > ' ' and < (char)127) && MailAddress.TryCreate(text, out var address)
        && address.Address == text;
}
