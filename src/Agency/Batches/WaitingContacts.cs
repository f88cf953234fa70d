using System.Data;
using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Batches;

/// <summary>Contacts that are brought to a campaign, and wait until a batch of it takes them; and the end of contacts.</summary>
internal sealed class WaitingContacts(AgencyParts parts, AgencyCampaigns campaigns)
{
    public const string RecordType = "campaign_contact";
    private const int MostWaiting = 200_000;

    public async ValueTask<Reply> Add(OperationContext op)
    {
        if (await campaigns.FindAsync(op) is not { } campaign) return op.Unknown("id");
        if (Closed(op, campaign) is { } closed) return closed;
        var body = op.ReadObject();
        if (AgencyText.Stray(op, body, "contacts", "a contact") is { } stray) return op.Fail(stray);
        if (HomeCountry.Read(body, out var home) is { } nowhere) return op.Fail(nowhere);
        var duplicates = DuplicateContacts.Of(body);
        var contacts = body["contacts"]!.AsArray();      // required
        ContactReading.Judge(contacts);
        var read = ContactReading.Read(contacts, LikeOf(campaign, Times.Cut(op.Now)), home, duplicates);
        if (read.Accepted.Count == 0)
            return op.Fail(ListRefusals.Nobody(await new ListRefusals(parts).TakeOutAsync(op, campaign, read)));
        if (await FullAsync(op, campaign, read, duplicates) is { } full) return op.Fail(full);
        var grown = await BringAsync(op, campaign, read, duplicates);
        if (grown.Refusal is { } refusal) return op.Fail(refusal);
        var counted = new JsonObject
        {
            ["received"] = read.Received, ["accepted"] = grown.Added, ["duplicates"] = read.Duplicates + grown.Known,
            ["invalid"] = read.Invalid,
        };
        if (grown.Updated > 0) counted["updated"] = grown.Updated;
        if (grown.TakenOut > 0) counted["taken_out"] = grown.TakenOut;
        return op.Created(new JsonObject
        {
            ["campaign_id"] = campaign.Id.ToString(), ["contacts"] = counted, ["invalid_sample"] = read.Sample,
        });
    }

    /// <summary>What contacts that wait with the campaign have in common.</summary>
    public static ContactRow LikeOf(AgencyCampaign campaign, DateTimeOffset now) => new()
    {
        TenantId = campaign.TenantId, CampaignId = campaign.Id, MaxAttempts = campaign.MaxAttempts, CreatedAt = now,
    };

    /// <summary>A refusal where nobody waits any more.</summary>
    public static Reply? Closed(OperationContext op, AgencyCampaign campaign) =>
        campaign.Status is AgencyCampaign.Archived ? op.Fail(Fault.WrongState, "The campaign is archived.") : null;

    /// <summary>Whoever waits already takes no room.</summary>
    /// <returns>Why they are not taken; null where there is room.</returns>
    public async ValueTask<Problem?> FullAsync(OperationContext op, AgencyCampaign campaign, ContactReading read, OnDuplicate duplicates)
    {
        int known = (await parts.Waiting.ListKnownAsync(campaign, read.Accepted, op.Stop)).Count, more = read.Accepted.Count - known;
        return (duplicates is OnDuplicate.Refuse ? DuplicateContacts.Refusal(read.Duplicates + known) : null)
            ?? TooMany(await parts.Waiting.CountAsync(campaign, op.Stop), more)
            ?? await parts.Room.ForContactsAsync(op, campaign.ClientId, more);
    }

    /// <summary>They wait for a batch from then on, some hundred after some hundred.</summary>
    public async ValueTask<Grown> BringAsync(OperationContext op, AgencyCampaign campaign, ContactReading read, OnDuplicate duplicates)
    {
        await new BroughtConsents(parts).BringAsync(op, campaign, read.Consents);
        var grown = new Grown { TakenOut = await new ListRefusals(parts).TakeOutAsync(op, campaign, read) };
        var known = await parts.Waiting.ListKnownAsync(campaign, read.Accepted, op.Stop);
        int behind = read.Accepted.Count - known.Count;
        Problem? full = null;
        foreach (var some in read.Accepted.Chunk(TargetTable.MostAtOnce))
        {
            behind -= some.Count(contact => !known.Contains(contact.PhoneNumber));
            int? added = await parts.Waiting.AddAsync(some, count => Note("contacts_added", "added", count), db => (full =
                (duplicates is OnDuplicate.Refuse ? Doubled(db, campaign, some) : null) ?? FaultOf(db, campaign, some, behind)) is null,
                op.Stop);
            if (added is not { } many) return grown with { Full = full };
            int updated = duplicates is not OnDuplicate.Update || many == some.Length ? 0
                : await parts.Waiting.LayAsync(campaign, some, DuplicateContacts.Laid,
                    count => Note("contacts_updated", "updated", count), op.Stop);
            grown = grown with
            {
                Added = grown.Added + many,
                Known = grown.Known + some.Length - many,
                Updated = grown.Updated + updated,
            };
        }
        return grown;

        AuditNote Note(string change, string counted, int count) =>
            op.Note(change, AgencyCampaigns.RecordType, campaign.Id.ToString(), null, new() { [counted] = count }) with
            {
                Tenant = campaign.TenantId,
            };
    }

    private static Problem? Doubled(IDbConnection db, AgencyCampaign campaign, IReadOnlyList<ContactRow> contacts) =>
        DuplicateContacts.Refusal(WaitingContactTable.Known(db, campaign, contacts).Count());

    /// <summary>Within a write that adds more; it holds the client's row, so that two of one campaign take turns.</summary>
    /// <param name="behind">Of those who come behind these, so many are new.</param>
    private static Problem? FaultOf(IDbConnection db, AgencyCampaign campaign, IReadOnlyList<ContactRow> contacts, int behind)
    {
        int more = contacts.Count - WaitingContactTable.Known(db, campaign, contacts).Count() + behind;
        return ClientRoom.FaultOfContacts(db, campaign.TenantId, campaign.ClientId, more)
            ?? TooMany(WaitingContactTable.CountOf(db, campaign), more);
    }

    private static Problem? TooMany(long waiting, int more) =>
        more == 0 || waiting + more <= MostWaiting ? null
            : new("too_large", $"At most {MostWaiting} contacts of a campaign wait for a batch.");

    /// <summary>
    /// Those of its campaign that wait are the batch's, and called as often as it says; whose number it has already waits on.
    /// </summary>
    /// <param name="like">What contacts of the batch have in common.</param>
    public async ValueTask<Grown> TakeAsync(OperationContext op, BatchRow batch, ContactRow like)
    {
        var grown = new Grown();
        Problem? full = null;
        var after = default(RowMark);
        while (await parts.Waiting.ListAsync(batch, after, TargetTable.MostAtOnce, op.Stop) is { Count: > 0 } some)
        {
            after = new(some[^1].CreatedAt, some[^1].Id);
            // For whoever dials they are new.
            var now = await parts.Suppression.MarkAsync(batch, [.. some.Select(contact => ContactDue.Put(contact with
            {
                BatchId = batch.Id, MaxAttempts = like.MaxAttempts, CreatedAt = like.CreatedAt, UpdatedAt = like.CreatedAt,
            }))], op.Stop);
            var taken = await parts.Waiting.TakeAsync(batch, now, contact => BatchTerms.TargetOf(batch, contact),
                count => op.Note("contacts_added", AgencyBatches.RecordType, batch.Id.ToString(), null, new() { ["added"] = count }) with
                {
                    Tenant = batch.TenantId,
                }, db => (full = BatchGrowth.FaultOf(db, batch, now)) is null, op.Stop);
            if (taken is null) return grown with { IsOver = full is null, Full = full };
            grown = grown with
            {
                Added = grown.Added + taken.Count,
                Known = grown.Known + now.Count - taken.Count,
                Suppressed = grown.Suppressed + now.Count(contact => contact.IsOver && taken.Contains(contact.Id)),
            };
        }
        return grown;
    }

    /// <summary>Whoever dials forgets it in the same moment; one whose call is up stays with both.</summary>
    public async ValueTask<Reply> Delete(OperationContext op)
    {
        if (await FindAsync(op) is not { } contact) return op.Unknown("id");
        var batch = contact.BatchId is { } of ? await parts.Batches.FindAsync(contact.TenantId, of, op.Stop) : null;
        // What came of its calls counts for the batch.
        if (batch is not null) await parts.Follower.FollowAsync(batch, op.Stop);
        var note = op.Note("deleted", RecordType, contact.Id.ToString()) with { Tenant = contact.TenantId };
        return await parts.Waiting.DeleteAsync(contact, batch, op.Now, note, op.Stop) ? op.NoContent() : Called(op);
    }

    private static Reply Called(OperationContext op) => op.Fail(Fault.WrongState, "The contact is called at this moment.");

    private async ValueTask<ContactRow?> FindAsync(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        return Guid.TryParse(op.Path("id"), out var id) && await parts.Contacts.FindAsync(scope.Agency, id, op.Stop) is { } contact
            && await parts.Campaigns.FindAsync(scope.Agency, contact.CampaignId, op.Stop) is { } campaign
            && scope.Sees(campaign.ClientId) ? contact : null;
    }
}
