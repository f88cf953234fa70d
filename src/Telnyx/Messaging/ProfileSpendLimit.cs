using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Telnyx.Messaging;

/// <summary>
/// What an account is told of a messaging profile whose limit of the day does not let a message out: once in a day (UTC), by the first
/// message that is refused for it.
/// </summary>
internal static class ProfileSpendLimit
{
    public const string Reached = "messaging-profile.spend-limit-reached";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Of profiles, by database, the last day that was told: who asks on and on writes nothing more.</summary>
    private static readonly ConditionalWeakTable<Database, ConcurrentDictionary<Guid, DateTimeOffset>> Told = new();

    /// <param name="cost">Of what was refused; without a price nothing is.</param>
    public static async ValueTask TellAsync(Database store, TenantId tenant, TextTerms profile, Money? cost, CancellationToken stop)
    {
        if (profile.DailyMicros is not { } limit || cost is not { } refused) return;
        var now = store.Time.GetUtcNow();
        var day = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        var told = Told.GetValue(store, static _ => new());
        if (told.TryGetValue(profile.Id, out var last) && last == day) return;
        long spent = await store.Texts.SpentAsync(tenant, profile.Id, refused.Currency, day, stop);
        var id = Guid.CreateVersion7(now);
        var payload = new JsonObject
        {
            ["configured_limit"] = Money.Format(limit),
            ["current_cost"] = Money.Format(spent),
            ["profile_id"] = profile.Id.ToString(),
        };
        await store.Outbox.AddAsync(
        [
            new()
            {
                Id = id,
                Tenant = tenant,
                OrderKey = $"{MessagingProfiles.RecordType}:{profile.Id}",
                Format = TelnyxWebhookFormat.FormatName,
                EventType = Reached,
                Url = profile.WebhookUrl ?? "",
                FailoverUrl = profile.WebhookFailoverUrl,
                Retries = store.Routing.Current.FindTenant(tenant)?.WebhookRetries ?? RetrySchedule.Short,
                Timeout = Timeout,
                OccurredAt = now,
                Body = TelnyxEvent.OfMessages(id, Reached, now, payload).ToJsonString(TelnyxJson.Plain),
                Once = $"{Reached} {profile.Id} {day.ToUnixTimeSeconds()}",
            },
        ], stop);
        told[profile.Id] = day;
    }
}
