namespace Ringwright.Contract.Conformance;

/// <summary>Who is told of what.</summary>
internal static class NotificationRows
{
    private const string WebhookFailed = "8f0f2c47-0a86-4b9b-9a8e-5e8f4a6d1b21", CallMissed = "42b1e6c5-8f7d-4d19-a0b3-6c3d7e9f2876";

    public static readonly Area Area = new(
    [
        new("FindNotificationsEvents") { IsAlone = true, IsEverybodys = true },
        new("FindNotificationsEventsConditions")
        {
            IsAlone = true,
            IsEverybodys = true,
            Then = async (words, _, _) =>
            {
                var numbers =
                    await words.Node.Owner.GetAsync("/v2/notification_event_conditions?filter[associated_record_type][eq]=phone_number");
                Assert.Equal([CallMissed], numbers.Data!.AsArray().Select(c => (string?)c!["id"]));
            },
        },
        new("CreateNotificationProfile") { Full = """{"name": "$unique"}""" },
        new("CreateNotificationChannels",
            """{"channel_type_id": "webhook", "channel_destination": "$hook", "notification_profile_id": "$CreateNotificationProfile"}""")
        {
            Update = """{"channel_type_id": "webhook", "channel_destination": "$hook", "notification_profile_id": "$CreateNotificationProfile"}""",
            Filters = new Dictionary<string, string> { ["notification_channel"] = "id" },
            Unmatched = ["associated_record_type", "notification_event_condition_id", "status"],
        },
        new("CreateNotificationSetting", $$"""
            {"notification_event_condition_id": "{{WebhookFailed}}", "notification_channel_id": "$CreateNotificationChannels",
             "notification_profile_id": "$CreateNotificationChannels.notification_profile_id"}
            """)
        {
            Full =
                $$"""{"notification_event_condition_id": "{{CallMissed}}", "parameters": [{"name": "phone_number", "value": "$number"}]}""",
            Filters = new Dictionary<string, string>
            {
                ["notification_channel"] = "notification_channel_id", ["channel_type_id"] = "=webhook"
            },
        },
    ]);
}
