using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Agency.Batches;

/// <summary>Whom batches call, and what has come of it.</summary>
internal sealed class AgencyContacts(AgencyParts parts, AgencyCampaigns campaigns, AgencyBatches batches)
{
    private static readonly string[] Exported =
    [
        "phone_number", "first_name", "last_name", "email", "company", "title", "timezone", "status", "outcome", "attempts",
        "max_attempts", "last_attempt_at", "next_attempt_at", "completed_at", "call_id", "last_error", "block_reason", "scheduled_for",
        "priority", "external_id",
    ];

    public async ValueTask<Reply> ListOfBatch(OperationContext op) => await batches.FindAsync(op) is not { } batch ? op.Unknown("id")
        : IsOther(op, batch.ClientId) ? op.Unknown("client_id") : await PageAsync(op, new(batch.TenantId) { Batch = batch.Id });

    public async ValueTask<Reply> ListOfCampaign(OperationContext op)
    {
        if (await campaigns.FindAsync(op) is not { } campaign) return op.Unknown("id");
        if (IsOther(op, campaign.ClientId)) return op.Unknown("client_id");
        await parts.Follower.FollowAsync(campaign.TenantId, op.Stop);
        return await PageAsync(op, new(campaign.TenantId) { Campaign = campaign.Id });
    }

    /// <summary>Whether the query is for contacts of another client than those are of.</summary>
    private static bool IsOther(OperationContext op, string client) =>
        op.Query["client_id"] is { Length: > 0 } asked && !asked.Equals(client, StringComparison.OrdinalIgnoreCase);

    /// <summary>As a table for a spreadsheet: a cell that one would take for a formula is text.</summary>
    public async ValueTask<Reply> Export(OperationContext op)
    {
        if (await batches.FindAsync(op) is not { } batch) return op.Unknown("id");
        var contacts = await parts.Contacts.ListAsync(batch, op.Stop);
        string[] own = [.. contacts.SelectMany(contact => contact.CustomData.Select(one => one.Key)).Distinct()
            .Order(StringComparer.Ordinal)];
        var rows = contacts.Select(contact => (Shown: Show(contact, isMasked: false, phase: null), contact.CustomData));
        return op.Raw(200, CsvText.ContentType, CsvText.Write([.. Exported, .. own.Select(name => "custom_data." + name)],
            rows.Select(row => Exported.Select(name => CsvText.Cell(row.Shown[name]))
                .Concat(own.Select(name => CsvText.Cell(row.CustomData[name]))))));
    }

    /// <summary>How far a campaign has come with all of its batches.</summary>
    public async ValueTask<Reply> Progress(OperationContext op)
    {
        if (await campaigns.FindAsync(op) is not { } campaign) return op.Unknown("id");
        await parts.Follower.FollowAsync(campaign.TenantId, op.Stop);
        var sums = await parts.Contacts.SumAsync(campaign.TenantId, campaign.Id, op.Stop);
        JsonObject CountBy(IReadOnlyList<string> words, Func<ContactSum, string?> of) => new(words.Select(word =>
            KeyValuePair.Create(word, (JsonNode?)sums.Where(sum => of(sum) == word).Sum(sum => sum.Number))));
        return op.Ok(new JsonObject
        {
            ["campaign_id"] = campaign.Id.ToString(), ["total_contacts"] = sums.Sum(sum => sum.Number),
            ["contacts"] = CountBy(AgencyEnums.All["contact_status"], sum => sum.Status),
            ["outcomes"] = CountBy(AgencyEnums.All["contact_outcome"], sum => sum.Outcome),
            ["attempts"] = sums.Sum(sum => sum.Attempts), ["next_due_at"] = AgencyText.Time(sums.Min(sum => sum.Next)),
        });
    }

    private async ValueTask<Reply> PageAsync(OperationContext op, ContactQuery query)
    {
        // Members and viewers see that somebody is called, and not at which number.
        bool isMasked = await new ClientGrants(parts).IsMaskedAsync(op);
        var (after, fault) = AgencyForm.AfterOf(op);
        if (fault is not null) return op.Fail(fault);
        int size = op.List.Size;
        var (found, total) = await parts.Contacts.ListAsync(query with
        {
            Status = op.Query["status"] ?? "",
            Outcome = op.Query["outcome"] ?? "",
            Because = op.Query["failed_because"] ?? "",
            ExternalId = op.Query["external_id"]?.Trim() ?? "",
            // A '+' that nobody escaped is a space.
            Text = op.Query["search"]?.Trim() ?? "",
            HidesNumbers = isMasked,
            After = after,
            Offset = op.List.Offset,
            Limit = size + 1,
        }, op.Stop);
        var rows = found.Take(size).ToList();
        var processing = new HashSet<Guid>();
        foreach (var id in rows.Select(one => one.BatchId).OfType<Guid>().Distinct())
            if (await parts.Batches.FindAsync(query.Agency, id, op.Stop) is { Status: BatchRow.Processing }) processing.Add(id);
        ListPlace? last = rows.LastOrDefault() is { } row ? new ListPlace(row.CreatedAt, row.Id.ToString()) : null;
        return op.Ok(AgencyForm.Walked(op.List, "contacts",
            [.. rows.Select(one => (JsonNode)Show(one, isMasked, PhaseOf(one, processing, op.Now)))], last, found.Count > size, total));
    }

    private static string? PhaseOf(ContactRow contact, HashSet<Guid> processing, DateTimeOffset now) => contact.Status switch
    {
        ContactRow.Calling => "in_progress",
        ContactRow.Pending or ContactRow.Scheduled when contact.BatchId is { } batch && processing.Contains(batch)
            && (contact.NextAttemptAt is null || contact.NextAttemptAt <= now) => "queued",
        _ => null,
    };

    public static JsonObject Show(ContactRow contact, bool isMasked, string? phase) => new()
    {
        ["id"] = contact.Id.ToString(), ["agency_id"] = contact.TenantId.ToString(), ["campaign_id"] = contact.CampaignId.ToString(),
        ["batch_id"] = contact.BatchId?.ToString(),
        ["phone_number"] = isMasked ? E164.Mask(contact.PhoneNumber) : contact.PhoneNumber, ["first_name"] = contact.FirstName,
        ["last_name"] = contact.LastName, ["email"] = contact.Email, ["company"] = contact.Company, ["title"] = contact.Title,
        ["timezone"] = contact.Timezone, ["custom_data"] = contact.CustomData.DeepClone(), ["status"] = contact.Status, ["phase"] = phase,
        ["outcome"] = contact.Outcome, ["attempts"] = contact.Attempts, ["max_attempts"] = contact.MaxAttempts,
        ["last_attempt_at"] = AgencyText.Time(contact.LastAttemptAt), ["next_attempt_at"] = AgencyText.Time(contact.NextAttemptAt),
        ["completed_at"] = AgencyText.Time(contact.CompletedAt), ["call_id"] = contact.CallId, ["last_error"] = contact.LastError,
        ["block_reason"] = contact.BlockReason, ["scheduled_for"] = AgencyText.Time(contact.ScheduledFor),
        ["priority"] = contact.Priority, ["external_id"] = contact.ExternalId, ["created_at"] = AgencyText.Time(contact.CreatedAt),
        ["updated_at"] = AgencyText.Time(contact.UpdatedAt),
    };
}
