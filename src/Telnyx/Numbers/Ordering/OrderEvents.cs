using Ringwright.Calls;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Account.Notifications;

namespace Ringwright.Telnyx.Numbers.Ordering;

/// <summary>
/// Who is told that an order is done, or a part of it that waited: whoever the account's notification settings name, by webhook with the
/// order itself, and of its end by mail with a sentence; without any, those alone who listen to the account's events.
/// </summary>
internal static class OrderEvents
{
    public const string Done = "number_order.complete", PartDone = "number_order.updated";

    /// <summary>By the name that the contract has for both; it names neither type.</summary>
    public static IReadOnlyList<string> Emitted { get; } = ["numberOrderStatusUpdate"];

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public static IReadOnlyList<OutboxMessage> Complete(ResourceRow order, NumberParts parts)
    {
        var targets = TargetsOf(order, parts);
        if (targets.Count == 0) return [Event(order, Done, "", parts)];
        return [.. targets.Select(target => target.IsMail ? Mail(order, target, parts) : Event(order, Done, target.Url, parts))];
    }

    /// <summary>A part of the order, which may be all of it, is decided.</summary>
    public static IReadOnlyList<OutboxMessage> Updated(ResourceRow order, NumberParts parts)
    {
        var webhooks = TargetsOf(order, parts).Where(target => !target.IsMail).ToList();
        if (webhooks.Count == 0) return [Event(order, PartDone, "", parts)];
        return [.. webhooks.Select(target => Event(order, PartDone, target.Url, parts))];
    }

    private static IReadOnlyList<NotificationTarget> TargetsOf(ResourceRow order, NumberParts parts) =>
        parts.Notifications?.Find(order.Tenant, Catalogue.NumberOrderDone) ?? [];

    private static OutboxMessage Event(ResourceRow order, string type, string url, NumberParts parts)
    {
        var id = Guid.CreateVersion7(order.UpdatedAt);
        return new()
        {
            Id = id,
            Tenant = order.Tenant,
            OrderKey = $"{OrderKinds.Order}:{order.Id}",
            Format = TelnyxWebhookFormat.FormatName,
            EventType = type,
            Url = url,
            Retries = parts.Store.Routing.Current.FindTenant(order.Tenant)?.WebhookRetries ?? RetrySchedule.Short,
            Timeout = Timeout,
            OccurredAt = order.UpdatedAt,
            Body = TelnyxEvent.Of(id, type, order.UpdatedAt, OrderKinds.Show(order, OrderKinds.Order)).ToJsonString(TelnyxJson.Plain),
        };
    }

    private static OutboxMessage Mail(ResourceRow order, NotificationTarget target, NumberParts parts)
    {
        int count = order.Body["phone_numbers"]!.AsArray()             // an order has some
            .Count(number => number!.AsObject().Text(OrderKinds.Status) is OrderKinds.Success);
        return parts.Notifications!.MessageOf(new()             // its target was found
        {
            Tenant = order.Tenant, Condition = Catalogue.NumberOrderDone, At = order.UpdatedAt, Subject = order.Id,
            Summary = $"A number order is done: {count} {(count == 1 ? "number is" : "numbers are")} the account's.",
            Facts = [("number_order_id", order.Id), ("status", order.Body.Text(OrderKinds.Status))],
        }, target);
    }
}
