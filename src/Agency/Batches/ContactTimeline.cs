using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Batches;

/// <summary>What has happened with a contact: calls, what people wrote of them, consents, and a do-not-call list that holds.</summary>
internal sealed class ContactTimeline(AgencyParts parts)
{
    private const int MostConsents = 100;

    public async ValueTask<Reply> Get(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        if (!Guid.TryParse(op.Path("id"), out var id) || await parts.Contacts.FindAsync(scope.Agency, id, op.Stop) is not { } contact
                || await parts.Campaigns.FindAsync(scope.Agency, contact.CampaignId, op.Stop) is not { } campaign
                || !scope.Sees(campaign.ClientId))
            return op.Unknown("id");
        var account = new TenantId(Guid.Parse(campaign.ClientId));
        var entries = new List<(DateTimeOffset At, JsonObject Entry)> { (contact.CreatedAt, Of(contact.CreatedAt, "added")) };
        foreach (var attempt in await parts.Contacts.ListAttemptsAsync(account, id, op.Stop))
        {
            entries.Add((attempt.ClaimedAt, Show(attempt)));
            foreach (var note in attempt.LegUuid is { } leg ? await parts.WrittenNotes.ListAsync(scope.Agency, leg, op.Stop) : [])
                entries.Add((note.CreatedAt, Show(note)));
        }
        var (consents, _) = await parts.Store.Consents.ListAsync(account, contact.PhoneNumber, 0, MostConsents, op.Stop);
        entries.AddRange(consents.Select(consent => (consent.GivenAt, Show(consent))));
        if (await parts.Store.DoNotCall.FindHoldAsync(account, scope.Agency, contact.PhoneNumber, op.Stop) is { Entry: { } held })
            entries.Add((held.At, Show(held)));
        return op.Ok(new JsonObject
        {
            ["contact_id"] = contact.Id.ToString(), ["status"] = contact.Status, ["outcome"] = contact.Outcome,
            ["entries"] = new JsonArray([.. entries.OrderBy(one => one.At).Select(one => (JsonNode)one.Entry)]),
        });
    }

    private static JsonObject Of(DateTimeOffset at, string kind) => new() { ["at"] = AgencyText.Time(at), ["kind"] = kind };

    private static JsonObject Show(ContactAttempted attempt)
    {
        var entry = Of(attempt.ClaimedAt, "attempt");
        entry["attempt_no"] = attempt.Nth;
        entry["call_id"] = attempt.LegUuid;
        entry["answered_at"] = AgencyText.Time(attempt.AnsweredAt);
        entry["ended_at"] = AgencyText.Time(attempt.EndedAt);
        entry["outcome"] = attempt is { EndedAt: not null, Cause: { } cause }
            ? ContactProgress.OutcomeOf(cause, attempt.AnsweredAt is not null, attempt.Asked) : null;
        // Of one that no call came of.
        entry["reason"] = attempt.LegUuid is null && attempt.Reason is { } reason ? ContactProgress.BlockOf(reason) : null;
        entry["evidence"] = attempt.Evidence?.DeepClone();
        return entry;
    }

    private static JsonObject Show(WrittenNote note)
    {
        var entry = Of(note.CreatedAt, "note");
        (entry["call_id"], entry["author"], entry["text"]) = (note.CallId, note.Author, note.Body);
        return entry;
    }

    private static JsonObject Show(Consent consent)
    {
        var entry = Of(consent.GivenAt, "consent");
        (entry["consent_kind"], entry["channel"]) = (ContactWords.Of(consent.Kind), ContactWords.Of(consent.Channel));
        (entry["source"], entry["revoked_at"]) = (consent.Source, AgencyText.Time(consent.RevokedAt));
        return entry;
    }

    private static JsonObject Show(DoNotCallEntry held)
    {
        var entry = Of(held.At, "dnc");
        (entry["source"], entry["expires_at"]) = (ContactWords.Of(held.Source), AgencyText.Time(held.ExpiresAt));
        return entry;
    }
}
