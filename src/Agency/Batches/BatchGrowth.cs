using System.Data;
using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Campaigns.Dialling;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Batches;

/// <summary>What came of contacts for a batch that is there.</summary>
/// <param name="Added">Of whom <paramref name="Suppressed"/> are not called.</param>
/// <param name="Known">Whose number the batch has already.</param>
/// <param name="IsOver">The batch has ended; those behind are not added.</param>
/// <param name="Updated">Of those whose number the batch has: over whom they were laid.</param>
/// <param name="Full">Why those behind are not added, where there was no room for them; null where there was.</param>
internal readonly record struct Grown(int Added, int Known, int Updated, int Suppressed, bool IsOver, Problem? Full)
{
    /// <summary>Contacts who waited, and of whom the list says that nobody is to call them.</summary>
    public int TakenOut { get; init; }

    /// <summary>Why not all are added, with how many are; null when all are.</summary>
    public Problem? Refusal => IsOver ? new("invalid_state", $"The batch has ended; {Added} of the contacts are added.")
        : Full is null || Added == 0 ? Full : Full with { Detail = $"{Full.Detail} {Added} of the contacts are added." };
}

/// <summary>
/// Adds contacts to a batch that is not over. Each is written together with the target by which the node dials, some hundred at a time:
/// what a crash leaves behind is called, and the same contacts may be sent again.
/// </summary>
internal sealed class BatchGrowth(AgencyParts parts, AgencyBatches batches, WaitingContacts waiting)
{
    private const int MostContacts = 200_000;

    /// <summary>What a body says of a list alone.</summary>
    private static readonly string[] OfList = ["on_duplicate", HomeCountry.Field];

    public async ValueTask<Reply> Add(OperationContext op)
    {
        if (await batches.FindAsync(op) is not { } batch) return op.Unknown("id");
        var body = op.ReadObject();
        if ((bool?)body["of_campaign"] is true) return await TakeAsync(op, batch, body);
        if (body["contacts"] is null) return op.Fail(AgencyText.Bad("contacts", "Either contacts, or of_campaign true."));
        if (AgencyText.Stray(op, body, "contacts", "a contact") is { } stray) return op.Fail(stray);
        if (HomeCountry.Read(body, out var home) is { } nowhere) return op.Fail(nowhere);
        if (await LikeAsync(batch, Times.Cut(op.Now), op.Stop) is not { } like) return Over(op, batch);
        var duplicates = DuplicateContacts.Of(body);
        var contacts = body["contacts"]!.AsArray();       // required
        ContactReading.Judge(contacts);
        var read = ContactReading.Read(contacts, like, home, duplicates);
        if (read.Accepted.Count == 0)
            return op.Fail(ListRefusals.Nobody(await new ListRefusals(parts).TakeOutAsync(op, batch, read)));
        if (await FullAsync(op, batch, read, duplicates) is { } full) return full;
        var grown = await GrowAsync(op, batch, read, duplicates);
        if (grown.Refusal is { } refusal) return op.Fail(refusal);
        return await AnswerAsync(op, batch, grown, (read.Received, read.Duplicates + grown.Known, read.Invalid), read.Sample);
    }

    /// <summary>Those of its campaign that no batch has.</summary>
    private async ValueTask<Reply> TakeAsync(OperationContext op, BatchRow batch, JsonObject body)
    {
        if (body["contacts"] is not null) return op.Fail(AgencyText.Bad("contacts", "Either contacts, or of_campaign true."));
        if (Array.Find(OfList, body.ContainsKey) is { } idle)
            return op.Fail(AgencyText.Bad(idle, "Contacts of the campaign are taken as they wait."));
        if (await LikeAsync(batch, Times.Cut(op.Now), op.Stop) is not { } like) return Over(op, batch);
        if (await parts.Campaigns.FindAsync(batch.TenantId, batch.CampaignId, op.Stop) is { } campaign
                && TooMany(batch.TotalContacts + await parts.Waiting.CountAsync(campaign, op.Stop)) is { } many)
            return op.Fail(many);
        var grown = await waiting.TakeAsync(op, batch, like);
        await SteerAsync(batch, op.Stop);
        if (grown.Refusal is { } refusal) return op.Fail(refusal);
        return await AnswerAsync(op, batch, grown, (grown.Added + grown.Known, grown.Known, 0), []);
    }

    private async ValueTask<Reply> AnswerAsync(OperationContext op, BatchRow batch, Grown grown,
        (int Received, int Duplicates, int Invalid) counts, JsonArray sample)
    {
        var now = await parts.Batches.FindAsync(batch.TenantId, batch.Id, op.Stop) ?? batch;
        var counted = new JsonObject
        {
            ["received"] = counts.Received, ["accepted"] = grown.Added, ["duplicates"] = counts.Duplicates,
            ["invalid"] = counts.Invalid, ["suppressed"] = grown.Suppressed,
        };
        if (grown.Updated > 0) counted["updated"] = grown.Updated;
        if (grown.TakenOut > 0) counted["taken_out"] = grown.TakenOut;
        return op.Created(new JsonObject
        {
            ["batch"] = await batches.ShowAsync(now, op.Stop),
            ["contacts"] = counted,
            ["invalid_sample"] = sample,
        });
    }

    /// <summary>The dialler may have thought that nobody was left.</summary>
    private async ValueTask SteerAsync(BatchRow batch, CancellationToken stop)
    {
        if (await parts.Batches.FindAsync(batch.TenantId, batch.Id, stop) is { } now) await parts.Follower.SteerAsync(now, stop);
    }

    /// <summary>What contacts of the batch have in common; they are called as often as it was to call when it was made.</summary>
    /// <returns>Null when it is over.</returns>
    public async ValueTask<ContactRow?> LikeAsync(BatchRow batch, DateTimeOffset now, CancellationToken stop) =>
        batch.IsOver || await parts.Store.Campaigns.FindAsync(batch.Account, batch.Id, stop) is not { } dialled ? null : new()
        {
            TenantId = batch.TenantId, CampaignId = batch.CampaignId, BatchId = batch.Id, CreatedAt = now,
            MaxAttempts = CampaignTerms.Read(dialled.Terms).Tries[0],
        };

    public async ValueTask<Grown> GrowAsync(OperationContext op, BatchRow batch, ContactReading read, OnDuplicate duplicates)
    {
        var grown = new Grown();
        int? takenOut = null;
        var known = await parts.Contacts.ListKnownAsync(batch, read.Accepted.Select(one => one.PhoneNumber), op.Stop);
        int behind = read.Accepted.Count - known.Count;
        Problem? full = null;
        await new BroughtConsents(parts).BringAsync(op, batch, read.Consents);
        foreach (var some in (await parts.Suppression.MarkAsync(batch, read.Accepted, op.Stop)).Chunk(TargetTable.MostAtOnce))
        {
            behind -= some.Count(contact => !known.Contains(contact.PhoneNumber));
            var added = await parts.Contacts.AddAsync(batch, some, contact => BatchTerms.TargetOf(batch, contact),
                count => op.Note("contacts_added", AgencyBatches.RecordType, batch.Id.ToString(), null, new() { ["added"] = count }) with
                {
                    Tenant = batch.TenantId,
                }, op.Stop, db => (full = FaultOf(db, batch, some) ?? (duplicates is OnDuplicate.Refuse ? Doubled(db, batch, some) : null)
                    ?? ClientRoom.FaultOfContacts(db, batch.TenantId, batch.ClientId, NewOf(db, batch, some) + behind)) is null);
            if (added is null)
            {
                grown = grown with { IsOver = full is null, Full = full };
                break;
            }
            int updated = duplicates is not OnDuplicate.Update || added.Count == some.Length ? 0
                : await parts.Contacts.LayAsync(batch, [.. some.Where(contact => !added.Contains(contact.Id))], DuplicateContacts.Laid,
                    contact => BatchTerms.TargetOf(batch, contact), count => op.Note("contacts_updated", AgencyBatches.RecordType,
                        batch.Id.ToString(), null, new() { ["updated"] = count }) with
                    { Tenant = batch.TenantId }, op.Stop);
            grown = grown with
            {
                Updated = grown.Updated + updated,
                Added = grown.Added + added.Count,
                Known = grown.Known + some.Length - added.Count,
                Suppressed = grown.Suppressed + some.Count(contact => contact.IsOver && added.Contains(contact.Id)),
            };
            // Behind the first who come: a batch that has nobody left is over, and takes none.
            takenOut ??= await new ListRefusals(parts).TakeOutAsync(op, batch, read);
        }
        takenOut ??= await new ListRefusals(parts).TakeOutAsync(op, batch, read);
        await SteerAsync(batch, op.Stop);
        return grown with { TakenOut = takenOut.Value };
    }

    /// <summary>
    /// All open contacts of a batch are looked at together, again and again; and its client may have a limit. Whom the batch has already
    /// takes no room.
    /// </summary>
    /// <returns>Null where there is room.</returns>
    public async ValueTask<Reply?> FullAsync(OperationContext op, BatchRow batch, ContactReading read, OnDuplicate duplicates)
    {
        int known = (await parts.Contacts.ListKnownAsync(batch, read.Accepted.Select(one => one.PhoneNumber), op.Stop)).Count;
        int more = read.Accepted.Count - known;
        var full = (duplicates is OnDuplicate.Refuse ? DuplicateContacts.Refusal(read.Duplicates + known) : null)
            ?? TooMany(batch.TotalContacts + more)
            ?? await parts.Room.ForContactsAsync(op, batch.ClientId, more);
        return full is null ? null : op.Fail(full);
    }

    /// <summary>Within a write in which the batch counts those who come already.</summary>
    public static Problem? FaultOf(IDbConnection db, BatchRow batch, IReadOnlyList<ContactRow> contacts) =>
        BatchTable.Find(db, batch.TenantId, batch.Id) is { TotalContacts: > MostContacts } now
            ? TooMany(now.TotalContacts - contacts.Count + NewOf(db, batch, contacts)) : null;

    private static Problem? Doubled(IDbConnection db, BatchRow batch, IReadOnlyList<ContactRow> contacts) =>
        DuplicateContacts.Refusal(contacts.Count - NewOf(db, batch, contacts));

    /// <summary>How many of them the batch does not have.</summary>
    private static int NewOf(IDbConnection db, BatchRow batch, IReadOnlyList<ContactRow> contacts) =>
        contacts.Count - ContactTable.Known(db, batch, [.. contacts.Select(contact => contact.PhoneNumber)]).Count();

    private static Problem? TooMany(long all) => all <= MostContacts ? null
        : new("too_large", $"A batch has at most {MostContacts} contacts; these would make it {all}.");

    public static Reply Over(OperationContext op, BatchRow batch) =>
        op.Fail(Fault.WrongState, $"A batch that is {batch.Status} takes no contacts.");
}
