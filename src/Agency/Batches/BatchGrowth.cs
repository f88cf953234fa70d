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
internal readonly record struct Grown(int Added, int Known, int Suppressed, bool IsOver);

/// <summary>
/// Adds contacts to a batch that is not over. Each is written together with the target by which the node dials, some hundred at a time:
/// what a crash leaves behind is called, and the same contacts may be sent again.
/// </summary>
internal sealed class BatchGrowth(AgencyParts parts, AgencyBatches batches, WaitingContacts waiting)
{
    private const int MostContacts = 200_000;

    public async ValueTask<Reply> Add(OperationContext op)
    {
        if (await batches.FindAsync(op) is not { } batch) return op.Unknown("id");
        var body = op.ReadObject();
        if ((bool?)body["of_campaign"] is true) return await TakeAsync(op, batch, body);
        if (body["contacts"] is null) return op.Fail(AgencyText.Bad("contacts", "Either contacts, or of_campaign true."));
        if (AgencyText.Stray(op, body, "contacts", "a contact") is { } stray) return op.Fail(stray);
        if (await LikeAsync(batch, Times.Cut(op.Now), op.Stop) is not { } like) return Over(op, batch);
        var read = ContactReading.Read(body["contacts"]!.AsArray(), like);       // required
        if (read.Accepted.Count == 0) return op.Fail(AgencyText.Bad("contacts", "None of the contacts has a number that can be called."));
        if (await FullAsync(op, batch, read) is { } full) return full;
        var grown = await GrowAsync(op, batch, read);
        if (grown.IsOver) return op.Fail(Fault.WrongState, $"The batch has ended; {grown.Added} of the contacts are added.");
        return await AnswerAsync(op, batch, grown, (read.Received, read.Duplicates + grown.Known, read.Invalid), read.Sample);
    }

    /// <summary>Those of its campaign that no batch has.</summary>
    private async ValueTask<Reply> TakeAsync(OperationContext op, BatchRow batch, JsonObject body)
    {
        if (body["contacts"] is not null) return op.Fail(AgencyText.Bad("contacts", "Either contacts, or of_campaign true."));
        if (await LikeAsync(batch, Times.Cut(op.Now), op.Stop) is not { } like) return Over(op, batch);
        if (await parts.Campaigns.FindAsync(batch.TenantId, batch.CampaignId, op.Stop) is { } campaign
                && batch.TotalContacts + await parts.Waiting.CountAsync(campaign, op.Stop) is var all and > MostContacts)
            return op.Fail(new Problem("too_large", $"A batch has at most {MostContacts} contacts; these would make it {all}."));
        var grown = await waiting.TakeAsync(op, batch, like);
        await SteerAsync(batch, op.Stop);
        if (grown.IsOver) return op.Fail(Fault.WrongState, $"The batch has ended; {grown.Added} of the contacts are added.");
        return await AnswerAsync(op, batch, grown, (grown.Added + grown.Known, grown.Known, 0), []);
    }

    private async ValueTask<Reply> AnswerAsync(OperationContext op, BatchRow batch, Grown grown,
        (int Received, int Duplicates, int Invalid) counts, JsonArray sample)
    {
        var now = await parts.Batches.FindAsync(batch.TenantId, batch.Id, op.Stop) ?? batch;
        return op.Created(new JsonObject
        {
            ["batch"] = await batches.ShowAsync(now, op.Stop),
            ["contacts"] = new JsonObject
            {
                ["received"] = counts.Received, ["accepted"] = grown.Added, ["duplicates"] = counts.Duplicates,
                ["invalid"] = counts.Invalid, ["suppressed"] = grown.Suppressed,
            },
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

    public async ValueTask<Grown> GrowAsync(OperationContext op, BatchRow batch, ContactReading read)
    {
        var grown = new Grown();
        await new BroughtConsents(parts).BringAsync(op, batch, read.Consents);
        foreach (var some in (await parts.Suppression.MarkAsync(batch, read.Accepted, op.Stop)).Chunk(TargetTable.MostAtOnce))
        {
            var added = await parts.Contacts.AddAsync(batch, some, contact => BatchTerms.TargetOf(batch, contact),
                count => op.Note("contacts_added", AgencyBatches.RecordType, batch.Id.ToString(), null, new() { ["added"] = count }) with
                {
                    Tenant = batch.TenantId,
                }, op.Stop);
            if (added is null) return grown with { IsOver = true };
            grown = grown with
            {
                Added = grown.Added + added.Count,
                Known = grown.Known + some.Length - added.Count,
                Suppressed = grown.Suppressed + some.Count(contact => contact.IsOver && added.Contains(contact.Id)),
            };
        }
        await SteerAsync(batch, op.Stop);
        return grown;
    }

    /// <summary>All open contacts of a batch are looked at together, again and again; and its client may have a limit.</summary>
    /// <returns>Null where there is room.</returns>
    public async ValueTask<Reply?> FullAsync(OperationContext op, BatchRow batch, ContactReading read) =>
        batch.TotalContacts + read.Accepted.Count > MostContacts
            ? op.Fail(new Problem("too_large", $"A batch has at most {MostContacts} contacts; this one has {batch.TotalContacts}."))
        : await parts.Room.ForContactsAsync(op, batch.ClientId, read.Accepted.Count) is { } crowded ? op.Fail(crowded) : null;

    public static Reply Over(OperationContext op, BatchRow batch) =>
        op.Fail(Fault.WrongState, $"A batch that is {batch.Status} takes no contacts.");
}
