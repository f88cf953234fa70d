using Ringwright.Http;
using static Ringwright.Http.Bind;

namespace Ringwright.Telnyx.Account.Notifications;

/// <summary>Who is told of what, and how.</summary>
internal static class Bindings
{
    public static IEnumerable<Binding> Rows(NotificationParts parts)
    {
        ResourceKind profiles = NotificationProfiles.Kind(parts), channels = NotificationChannels.Kind(parts),
            settings = NotificationSettings.Kind(parts);
        return
        [
            Fixed("FindNotificationsEvents", Catalogue.Events),
            Handle("FindNotificationsEventsConditions", op => Conditions.List(op, parts)),

            Crud("FindNotificationsProfiles", profiles),
            Crud("CreateNotificationProfile", profiles),
            Crud("GetNotificationProfile", profiles),
            Crud("UpdateNotificationProfile", profiles),
            Crud("DeleteNotificationProfile", profiles),

            Crud("ListNotificationChannels", channels),
            Crud("CreateNotificationChannels", channels),
            Crud("GetNotificationChannel", channels),
            Crud("UpdateNotificationChannel", channels),
            Crud("DeleteNotificationChannel", channels),

            Crud("ListNotificationSettings", settings),
            Crud("CreateNotificationSetting", settings),
            Crud("GetNotificationSetting", settings),
            Crud("DeleteNotificationSetting", settings),
        ];
    }
}
