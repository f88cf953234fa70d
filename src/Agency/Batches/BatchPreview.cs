using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;

namespace Ringwright.Agency.Batches;

/// <summary>What a batch would meet if it began when it is to: by lists, consents and windows as they are now.</summary>
internal sealed class BatchPreview(AgencyParts parts)
{
    private const string CappedWaits = "daily_attempt_cap_per_contact is 1: no_answer_seconds and error_seconds mean nothing, unless they "
        + "are longer than until the next day.";

    /// <param name="contacts">Of whom those are over already whom nobody calls.</param>
    /// <returns>Null where nothing dials.</returns>
    public async ValueTask<JsonObject?> OfAsync(BatchRow batch, AgencyCampaign campaign, IReadOnlyList<ContactRow> contacts,
        CancellationToken stop)
    {
        if (parts.Check is not { } check) return null;
        var at = batch.ScheduledFor ?? batch.CreatedAt;
        var terms = BatchTerms.With(campaign, new() { From = [batch.FromNumber] });
        var waiting = contacts.Where(contact => !contact.IsOver).ToList();
        int asked = waiting.Count;
        if (terms.Consent is { } kind)
        {
            var agreed = await parts.Store.Consents.ListAgreedAsync(batch.Account, [.. waiting.Select(contact => contact.PhoneNumber)],
                kind, at, stop);
            waiting.RemoveAll(contact => !agreed.Contains(contact.PhoneNumber));
        }
        int agreeing = waiting.Count;
        var barred = await check.ListBarredAsync(batch.Account, terms, [.. waiting.Select(contact => contact.PhoneNumber)], at, stop);
        waiting.RemoveAll(contact => barred.Contains(contact.PhoneNumber));
        int open = 0;
        foreach (var contact in waiting)
        {
            // One with a time of its own waits for that.
            var own = contact.ScheduledFor > at ? contact.ScheduledFor.Value : at;
            if (await check.IsOpenAsync(batch.Account, terms, contact.PhoneNumber, contact.Timezone, own, stop)) open++;
        }
        var notes = new JsonArray();
        if (campaign is { DailyAttemptCap: 1, MaxAttempts: > 1 }) notes.Add((JsonNode)CappedWaits);
        return new()
        {
            ["callable_now"] = open, ["deferred_by_hours"] = waiting.Count - open, ["blocked_dnc"] = contacts.Count - asked,
            ["blocked_consent"] = asked - agreeing, ["blocked_registry"] = agreeing - waiting.Count, ["notes"] = notes,
            ["estimated_minutes_to_finish"] = (waiting.Count + batch.CallsPerMinute - 1) / batch.CallsPerMinute,
        };
    }
}
