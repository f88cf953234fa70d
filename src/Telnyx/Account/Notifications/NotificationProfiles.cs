using Ringwright.Http;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Account.Notifications;

/// <summary>Five operations, crud. A profile holds an account's channels and settings together; one that still holds any stays.</summary>
internal static class NotificationProfiles
{
    public const string RecordType = "notification_profile";

    public static ResourceKind Kind(NotificationParts parts) => new(RecordType)
    {
        Validate = (op, body, _) => new(body.Text("name") is { Length: > NotificationRules.MostCharacters }
            ? NotificationRules.At("/name", NotificationRules.BadLength,
                $"name may have at most {NotificationRules.MostCharacters} characters.") : null),
        BeforeDelete = async (op, row) =>
            await NotificationRules.HoldsAsync(op, parts, NotificationChannels.RecordType, "notification_profile_id", row)
                ?? await NotificationRules.HoldsAsync(op, parts, NotificationSettings.RecordType, "notification_profile_id", row),
    };
}
