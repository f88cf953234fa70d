using System.Collections.Immutable;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Account.Notifications;

/// <summary>
/// Who is to be told of what, in memory: an event of a call must not ask the database.
/// Swapped as a whole when a setting or channel changes.
/// </summary>
internal sealed class NotificationBook(Database store)
{
    private readonly SemaphoreSlim _turn = new(1);
    private ImmutableDictionary<(TenantId Tenant, string Condition), ImmutableArray<NotificationTarget>> _targets =
        ImmutableDictionary<(TenantId, string), ImmutableArray<NotificationTarget>>.Empty;

    public bool IsEmpty => Volatile.Read(ref _targets).IsEmpty;

    public ImmutableArray<NotificationTarget> Find(TenantId tenant, NotificationCondition condition) =>
        Volatile.Read(ref _targets).TryGetValue((tenant, condition.Id), out var found) ? found : [];

    /// <summary>Tried again as the account's webhooks are.</summary>
    public OutboxMessage MessageOf(Occurrence occurrence, NotificationTarget target) => occurrence.ToMessage(target) with
    {
        Retries = store.Routing.Current.FindTenant(target.Tenant)?.WebhookRetries ?? RetrySchedule.Short,
    };

    public async ValueTask ReloadAsync(CancellationToken stop)
    {
        // One after another, so that what was read last is what stays.
        await _turn.WaitAsync(stop);
        try
        {
            var settings = await store.Documents.ListOfAllTenantsAsync(NotificationSettings.RecordType, stop);
            var channels = settings.Count == 0 ? [] : await store.Documents.ListOfAllTenantsAsync(NotificationChannels.RecordType, stop);
            var byId = channels.ToDictionary(c => (c.Tenant, c.Id));
            Volatile.Write(ref _targets, settings.Select(s => Read(s, byId)).OfType<NotificationTarget>()
                .GroupBy(t => (t.Tenant, t.Condition.Id)).ToImmutableDictionary(g => g.Key, g => g.ToImmutableArray()));
        }
        finally
        {
            _turn.Release();
        }
    }

    private static NotificationTarget? Read(ResourceRow setting, Dictionary<(TenantId, string), ResourceRow> channels)
    {
        var body = setting.Body;
        if (body.Text("status") != "enabled" || Catalogue.Find(body.Text("notification_event_condition_id")) is not { } condition)
            return null;
        if (body.Text("notification_channel_id") is not { } id || !channels.TryGetValue((setting.Tenant, id), out var channel)) return null;
        string destination = channel.Body.Text("channel_destination") ?? "";
        return new()
        {
            Tenant = setting.Tenant,
            Setting = setting.Id,
            Profile = body.Text("notification_profile_id") ?? "",
            Channel = id,
            Condition = condition,
            Url = channel.Body.Text("channel_type_id") == "email" ? Delivery.Mails.MailSender.Scheme + destination : destination,
            Watched = body.Text("associated_record_type_value") ?? "",
            Parameters = body["parameters"]?.DeepClone().AsArray() ?? [],
        };
    }
}
