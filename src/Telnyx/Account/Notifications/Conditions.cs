using Ringwright.Http;

namespace Ringwright.Telnyx.Account.Notifications;

/// <summary>
/// The list of conditions. Its filters are those of all lists of the family: some ask for the account's settings of a condition.
/// </summary>
internal static class Conditions
{
    private static readonly (string Filter, string Field)[] OfSettings =
        [("notification_profile_id", "notification_profile_id"), ("notification_channel", "notification_channel_id"), ("status", "status")];

    public static async ValueTask<Reply> List(OperationContext op, NotificationParts parts)
    {
        var list = op.List;
        IEnumerable<NotificationCondition> found = Catalogue.Conditions;
        if (list.Filter("associated_record_type") is { } type) found = found.Where(c => c.AssociatedRecordType == type);
        if (list.Filter("channel_type_id") is { } channel) found = found.Where(_ => Catalogue.Channels.Contains(channel));
        if (list.Filter("notification_event_condition_id") is { } id) found = found.Where(c => c == Catalogue.Find(id));
        foreach (var (filter, field) in OfSettings)
        {
            if (list.Filter(filter) is not { } value) continue;
            var settings = await NotificationRules.Rows(parts, NotificationSettings.RecordType)
                .ListAsync(op.Tenant, new() { Filters = [new(field, "eq", [value])], Limit = int.MaxValue }, op.Stop);
            var set = settings.Rows.Select(r => r.Body.Text("notification_event_condition_id")).ToHashSet(StringComparer.Ordinal);
            found = found.Where(c => set.Contains(c.Id));
        }
        var all = found.ToList();
        return op.Page([.. all.Skip(list.Offset).Take(list.Size).Select(Catalogue.Show)], all.Count);
    }
}
