using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Campaigns.Lists;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Agency.Batches;

/// <summary>
/// Files of contacts for a batch that is not over, or for a campaign, with which they wait: read while they are sent, and told row by row.
/// </summary>
internal sealed class ContactImports(AgencyParts parts, AgencyBatches batches, BatchGrowth growth, WaitingContacts waiting)
{
    private const string RecordType = "contact_import", FileField = "file";
    /// <summary>Of rows that are none.</summary>
    private const int MostKept = 10_000;

    public async ValueTask<Reply> Import(OperationContext op)
    {
        var body = op.ReadObject();
        if (op.Files.FirstOrDefault(one => one.Field == FileField) is not { } file)
            return op.Fail(AgencyText.Bad(FileField, "file is a CSV file, as a part of a multipart form."));
        if (Named(body) is not { } named)
            return op.Fail(AgencyText.Bad("mapping", "mapping is a JSON object: the field of each column, by its name."));
        if (HomeCountry.Read(body, out var home) is { } nowhere) return op.Fail(nowhere);
        var duplicates = DuplicateContacts.Of(body);
        var (batch, campaign, refusal) = await WhoseAsync(op, body);
        if (refusal is not null) return refusal;
        var (contacts, problem) = ContactFile.Read(file.Content.Span, named);
        if (contacts is null) return op.Fail(problem!);        // one of both is there
        var now = Times.Cut(op.Now);
        if ((bool?)body["dry_run"] is true)
            return op.Ok(await TryAsync(op, file.FileName, batch, campaign!, contacts, home, duplicates, now));        // as above
        var (read, grown, full) = batch is null
            ? await WaitAsync(op, campaign!, contacts, home, duplicates, now) : await GrowAsync(op, batch, contacts, home, duplicates, now);
        if (full is not null) return full;
        if (grown is { Added: 0, Full: { } none }) return op.Fail(none);
        var row = new ImportRow
        {
            Id = Guid.CreateVersion7(op.Now), TenantId = campaign!.TenantId, ClientId = campaign.ClientId,
            CampaignId = campaign.Id.ToString(), BatchId = batch?.Id.ToString(), FileName = NameOf(file.FileName),
            Status = grown.Refusal is null ? ImportRow.Completed : ImportRow.Failed,
            FailureCode = grown.IsOver ? ImportRow.BatchOver : grown.Full?.Code,
            Received = read!.Received, Accepted = grown.Added, Duplicates = read.Duplicates + grown.Known, Updated = grown.Updated,
            Invalid = read.Invalid,
            Suppressed = grown.Suppressed, TakenOut = grown.TakenOut, Mapping = contacts.Mapping, Errors = read.Sample.ToJsonString(),
            CreatedAt = now, CompletedAt = Times.Cut(op.Now),
        };
        var note = op.Note("created", RecordType, row.Id.ToString(), null, new()
        {
            ["campaign_id"] = row.CampaignId, ["batch_id"] = row.BatchId, ["received"] = row.Received, ["accepted"] = row.Accepted,
        }) with
        { Tenant = row.TenantId };
        await parts.Imports.AddAsync(row, note, op.Stop);
        return op.Ok(Show(row));
    }

    /// <summary>Those of the file are the batch's.</summary>
    private async ValueTask<(ContactReading? Read, Grown Grown, Reply? Refusal)> GrowAsync(OperationContext op, BatchRow batch,
        ContactFile contacts, NationalNumbers? home, OnDuplicate duplicates, DateTimeOffset now)
    {
        if (await growth.LikeAsync(batch, now, op.Stop) is not { } like) return (null, default, BatchGrowth.Over(op, batch));
        var read = ContactReading.Read(contacts.Rows, like, MostKept, home, duplicates);
        return await growth.FullAsync(op, batch, read, duplicates) is { } full ? (null, default, full)
            : (read, await growth.GrowAsync(op, batch, read, duplicates), null);
    }

    /// <summary>They wait with the campaign.</summary>
    private async ValueTask<(ContactReading? Read, Grown Grown, Reply? Refusal)> WaitAsync(OperationContext op, AgencyCampaign campaign,
        ContactFile contacts, NationalNumbers? home, OnDuplicate duplicates, DateTimeOffset now)
    {
        if (WaitingContacts.Closed(op, campaign) is { } closed) return (null, default, closed);
        var read = ContactReading.Read(contacts.Rows, WaitingContacts.LikeOf(campaign, now), MostKept, home, duplicates);
        return await waiting.FullAsync(op, campaign, read, duplicates) is { } full ? (null, default, op.Fail(full))
            : (read, await waiting.BringAsync(op, campaign, read, duplicates), null);
    }

    public async ValueTask<Reply> Get(OperationContext op) => await FindAsync(op) is { } row ? op.Ok(Show(row)) : op.Unknown("id");

    /// <summary>The rows that are none, with the line on which each ends.</summary>
    public async ValueTask<Reply> Errors(OperationContext op)
    {
        if (await FindAsync(op) is not { } row) return op.Unknown("id");
        string[] names = ["row", "phone_number", "reason"];
        return op.Raw(200, CsvText.ContentType,
            CsvText.Write(names, ErrorsOf(row).Select(error => names.Select(name => CsvText.Cell(error![name])))));
    }

    /// <summary>What would come of it: nothing is kept.</summary>
    private async ValueTask<JsonObject> TryAsync(OperationContext op, string name, BatchRow? batch, AgencyCampaign campaign,
        ContactFile contacts, NationalNumbers? home, OnDuplicate duplicates, DateTimeOffset now)
    {
        var like = new ContactRow { TenantId = campaign.TenantId, CampaignId = campaign.Id, CreatedAt = now };
        var read = ContactReading.Read(contacts.Rows, like, MostKept, home, duplicates);
        var account = batch ?? new() { TenantId = campaign.TenantId, ClientId = campaign.ClientId };
        var known = batch is null ? await parts.Waiting.ListKnownAsync(campaign, read.Accepted, op.Stop)
            : await parts.Contacts.ListKnownAsync(batch, read.Accepted.Select(one => one.PhoneNumber), op.Stop);
        var marked = await parts.Suppression.MarkAsync(account,
            [.. read.Accepted.Where(one => !known.Contains(one.PhoneNumber))], op.Stop);
        var shown = Show(new()
        {
            TenantId = campaign.TenantId, ClientId = campaign.ClientId, CampaignId = campaign.Id.ToString(), FileName = NameOf(name),
            Received = read.Received, Accepted = marked.Count, Duplicates = read.Duplicates + known.Count,
            Updated = duplicates is OnDuplicate.Update ? known.Count : 0, Invalid = read.Invalid,
            Suppressed = marked.Count(one => one.IsOver), TakenOut = await new ListRefusals(parts).CountAsync(campaign, read, op.Stop),
            Mapping = contacts.Mapping, Errors = read.Sample.ToJsonString(), CreatedAt = now, CompletedAt = now,
        });
        (shown["id"], shown["batch_id"], shown["dry_run"]) = (null, batch?.Id.ToString(), true);
        return shown;
    }

    /// <summary>Whom it is for: a batch of a campaign, or the campaign alone.</summary>
    private async ValueTask<(BatchRow? Batch, AgencyCampaign? Campaign, Reply? Refusal)> WhoseAsync(OperationContext op, JsonObject body)
    {
        var scope = AgencyScope.Of(op);
        string? batch = AgencyText.Text(body, "batch_id"), campaign = AgencyText.Text(body, "campaign_id");
        if (batch is null && campaign is null)
            return (null, null, op.Fail(AgencyText.Bad("batch_id",
                "Either batch_id, whose contacts they are, or campaign_id, with which they wait until a batch takes them.")));
        BatchRow? found = null;
        if (batch is not null && (found = await batches.FindAsync(op, batch)) is null) return (null, null, op.Unknown("batch_id"));
        var id = campaign is not null ? Guid.Parse(campaign) : found!.CampaignId;       // one of both is there
        if (await parts.Campaigns.FindAsync(scope.Agency, id, op.Stop) is not { } row || !scope.Sees(row.ClientId))
            return (null, null, op.Unknown("campaign_id"));
        return found is not null && found.CampaignId != row.Id
            ? (null, null, op.Fail(AgencyText.Bad("campaign_id", "The batch is another campaign's."))) : (found, row, null);
    }

    private async ValueTask<ImportRow?> FindAsync(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        return Guid.TryParse(op.Path("id"), out var id) && await parts.Imports.FindAsync(scope.Agency, id, op.Stop) is { } row
            && scope.Sees(row.ClientId) ? row : null;
    }

    /// <returns>Null for what is no object.</returns>
    private static JsonObject? Named(JsonObject body)
    {
        if (AgencyText.Text(body, "mapping") is not { } text) return [];
        try
        {
            // Counted, because names that stand twice are found only then.
            return JsonNode.Parse(text) is JsonObject { Count: >= 0 } named ? named : null;
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException)
        {
            return null;
        }
    }

    private static string NameOf(string file)
    {
        const int most = 255;
        return file.Length > most ? file[..most] : file;
    }

    private static JsonArray ErrorsOf(ImportRow row) => JsonNode.Parse(row.Errors)!.AsArray();       // by us

    private static JsonObject Show(ImportRow row)
    {
        var shown = ShowAll(row);
        if (row.TakenOut > 0) shown["taken_out"] = row.TakenOut;
        return shown;
    }

    private static JsonObject ShowAll(ImportRow row) => new()
    {
        ["id"] = row.Id.ToString(), ["agency_id"] = row.TenantId.ToString(), ["client_id"] = row.ClientId,
        ["campaign_id"] = row.CampaignId, ["batch_id"] = row.BatchId, ["file_name"] = row.FileName, ["status"] = row.Status,
        ["failure_code"] = row.FailureCode, ["dry_run"] = false, ["received"] = row.Received, ["accepted"] = row.Accepted,
        ["duplicates"] = row.Duplicates, ["updated"] = row.Updated, ["invalid"] = row.Invalid, ["suppressed"] = row.Suppressed,
        ["mapping"] = row.Mapping.DeepClone(),
        ["invalid_sample"] = new JsonArray([.. ErrorsOf(row).Take(ContactReading.MostTold).Select(error => error!.DeepClone())]),
        ["created_at"] = AgencyText.Time(row.CreatedAt), ["completed_at"] = AgencyText.Time(row.CompletedAt),
    };
}
