using Ringwright.Calls;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Account.Notifications;

namespace Ringwright.Telnyx.Numbers.Ordering;

/// <summary>
/// Who is told that an order is done: whoever the account's notification settings name, by webhook with the order itself, by mail with a
/// sentence; without any, those alone who listen to the account's events.
/// </summary>
internal static class OrderEvents
{
    public const string Done = "number_order.complete";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public static IReadOnlyList<OutboxMessage> Complete(ResourceRow order, NumberParts parts)
    {
        var targets = parts.Notifications?.Find(order.Tenant, Catalogue.NumberOrderDone) ?? [];
        if (targets.Count == 0) return [Event(order, "", parts)];
        return [.. targets.Select(target => target.IsMail ? Mail(order, target, parts) : Event(order, target.Url, parts))];
    }

    private static OutboxMessage Event(ResourceRow order, string url, NumberParts parts)
    {
        var id = Guid.CreateVersion7(order.UpdatedAt);
        return new()
        {
            Id = id,
            Tenant = order.Tenant,
            OrderKey = $"{OrderKinds.Order}:{order.Id}",
            Format = TelnyxWebhookFormat.FormatName,
            EventType = Done,
            Url = url,
            Retries = parts.Store.Routing.Current.FindTenant(order.Tenant)?.WebhookRetries ?? RetrySchedule.Short,
            Timeout = Timeout,
            OccurredAt = order.UpdatedAt,
            Body = TelnyxEvent.Of(id, Done, order.UpdatedAt, OrderKinds.Show(order, OrderKinds.Order)).ToJsonString(TelnyxJson.Plain),
        };
    }

    private static OutboxMessage Mail(ResourceRow order, NotificationTarget target, NumberParts parts)
    {
        int count = order.Body.Whole("phone_numbers_count") ?? 0;
        return parts.Notifications!.MessageOf(new()             // its target was found
        {
            Tenant = order.Tenant, Condition = Catalogue.NumberOrderDone, At = order.UpdatedAt, Subject = order.Id,
            Summary = $"A number order is done: {count} {(count == 1 ? "number is" : "numbers are")} the account's.",
            Facts = [("number_order_id", order.Id), ("status", order.Body.Text(OrderKinds.Status))],
        }, target);
    }
}
