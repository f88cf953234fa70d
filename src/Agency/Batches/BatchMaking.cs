using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Batches;

/// <summary>
/// Makes a batch: first all by which the node dials, which calls nobody yet, then the batch with its contacts in one write, and then it is
/// begun. What a crash leaves before that write nobody sees, and nobody is called by.
/// </summary>
internal sealed class BatchMaking(AgencyParts parts, AgencyBatches batches)
{
    private const int UsualPace = 30, UsualMost = 10;
    private static readonly TimeSpan FarthestAhead = TimeSpan.FromDays(30);

    public async ValueTask<Reply> Create(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        var body = op.ReadObject();
        if (AgencyText.Stray(op, body, "contacts", "a contact") is { } stray) return op.Fail(stray);
        if (await parts.Agents.FindAsync(scope.Agency, IdOf(body, "agent_mapping_id"), op.Stop) is not { } agent)
            return op.Unknown("agent_mapping_id");
        string from = (string)body["from_number"]!;      // required
        var number = (await parts.Numbers.ListAsync(scope.Agency, op.Stop))
            .FirstOrDefault(one => one.Text == from && one.Status is AgencyNumber.Active);
        if (number is null) return op.Fail(AgencyText.Bad("from_number", "from_number is no active number of the agency."));
        if (!number.IsOutboundAllowed) return op.Fail(AgencyText.Bad("from_number", "The number may not call: outbound_allowed is false."));
        if (await parts.Campaigns.FindAsync(scope.Agency, IdOf(body, "campaign_id"), op.Stop) is not { } campaign)
            return op.Unknown("campaign_id");
        if (campaign.Status is not AgencyCampaign.Active) return op.Fail(Fault.WrongState, $"The campaign is {campaign.Status}.");
        if (agent.ClientId is not null && agent.ClientId != campaign.ClientId)
            return op.Fail(AgencyText.Bad("agent_mapping_id", "The agent is another client's than the campaign."));
        if (number.ClientId is not null && number.ClientId != campaign.ClientId)
            return op.Fail(AgencyText.Bad("from_number", "The number is another client's than the campaign."));
        if (Schedule(op, body, out var at) is { } wrong) return op.Fail(wrong);

        var now = Times.Cut(op.Now);
        var batch = BatchOf(scope, body, campaign, agent, at, now);
        var read = ContactReading.Read(body["contacts"]!.AsArray(), new()         // required
        {
            TenantId = scope.Agency, CampaignId = campaign.Id, BatchId = batch.Id, MaxAttempts = campaign.MaxAttempts, CreatedAt = now,
        });
        if (read.Accepted.Count == 0) return op.Fail(AgencyText.Bad("contacts", "None of the contacts has a number that can be called."));
        batch = batch with { TotalContacts = read.Accepted.Count };
        await WriteAsync(op, batch, campaign, agent, read.Accepted);
        var shown = await batches.ShowAsync(batch, op.Stop);
        await parts.Follower.SteerAsync(batch, op.Stop);
        return op.Created(new JsonObject
        {
            ["batch"] = shown,
            ["contacts"] = new JsonObject
            {
                ["received"] = body["contacts"]!.AsArray().Count, ["accepted"] = read.Accepted.Count, ["duplicates"] = read.Duplicates,
                ["invalid"] = read.Invalid,
            },
            ["invalid_sample"] = read.Sample,
        });
    }

    private async ValueTask WriteAsync(OperationContext op, BatchRow batch, AgencyCampaign campaign, AgentRow agent,
        IReadOnlyList<ContactRow> contacts)
    {
        string name = batch.Name ?? $"batch {batch.Id}";
        await parts.Store.Targets.AddListAsync(new(batch.ListId, batch.Account, name, batch.CreatedAt), op.Stop);
        foreach (var some in contacts.Chunk(TargetTable.MostAtOnce))
            await parts.Store.Targets.AddAsync([.. some.Select(contact => TargetOf(batch, contact))], op.Stop);
        await parts.Store.Campaigns.AddAsync(new()
        {
            Id = batch.Id, Tenant = batch.Account, Name = name, State = CampaignState.Stop, List = batch.ListId,
            Terms = BatchTerms.Of(campaign, agent, batch).Write(), CreatedAt = batch.CreatedAt, UpdatedAt = batch.CreatedAt,
        }, note: null, op.Stop);
        var note = op.Note("created", AgencyBatches.RecordType, batch.Id.ToString(), null, new()
        {
            ["status"] = batch.Status, ["total_contacts"] = batch.TotalContacts,
        }) with
        { Tenant = batch.TenantId };
        await parts.Batches.AddAsync(batch, contacts, note, op.Stop);
    }

    private static Target TargetOf(BatchRow batch, ContactRow contact) => new()
    {
        Id = contact.Id, Tenant = batch.Account, List = batch.ListId,
        Name = string.Join(' ', new[] { contact.FirstName, contact.LastName }.Where(part => part is not null)),
        Data = BatchTerms.DataOf(contact), TimeZone = contact.Timezone, IdentityKey = contact.PhoneNumber,
        Destinations = [contact.PhoneNumber, null, null, null, null], DueAt = contact.CreatedAt, CreatedAt = contact.CreatedAt,
        UpdatedAt = contact.CreatedAt,
    };

    private static BatchRow BatchOf(AgencyScope scope, JsonObject body, AgencyCampaign campaign, AgentRow agent, DateTimeOffset? at,
        DateTimeOffset now)
    {
        bool isHeld = (bool?)body["hold"] is true, isLater = at > now;
        return new()
        {
            Id = Guid.CreateVersion7(now), TenantId = scope.Agency, ClientId = campaign.ClientId, CampaignId = campaign.Id,
            AgentMappingId = agent.Id, Name = AgencyText.Text(body, "name"), FromNumber = (string)body["from_number"]!,     // required
            Mode = isLater ? BatchRow.Scheduled : BatchRow.Immediate, ScheduledFor = at, ListId = Guid.CreateVersion7(now),
            Status = isHeld ? BatchRow.Paused : isLater ? BatchRow.Scheduled : BatchRow.Pending, PausedAt = isHeld ? now : null,
            CallsPerMinute = (long?)body["calls_per_minute"] ?? UsualPace, MaxConcurrent = (long?)body["max_concurrent"] ?? UsualMost,
            CreatedAt = now, UpdatedAt = now,
        };
    }

    /// <summary>What is wrong with when it is to begin.</summary>
    /// <param name="at">Null for at once.</param>
    private static Problem? Schedule(OperationContext op, JsonObject body, out DateTimeOffset? at)
    {
        at = null;
        string? mode = (string?)body["mode"];
        if (AgencyText.Text(body, "scheduled_for") is not { } text)
            return mode is BatchRow.Scheduled ? AgencyText.Bad("scheduled_for", "A batch of the mode scheduled needs a time.") : null;
        if (AgencyText.Moment(text) is not { } moment)
            return AgencyText.Bad("scheduled_for", "scheduled_for is a moment such as 2026-02-20T10:00:00Z.");
        if (moment > op.Now + FarthestAhead) return AgencyText.Bad("scheduled_for", "A batch begins within 30 days.");
        at = Times.Cut(moment);
        if (mode is BatchRow.Immediate)
            return moment <= op.Now ? null
                : new Problem("mode_conflict", "A batch of the mode immediate has no time in the future.") { Pointer = "/mode" };
        return moment > op.Now ? null : AgencyText.Bad("scheduled_for", "The time has passed.");
    }

    private static Guid IdOf(JsonObject body, string field) => Guid.Parse((string)body[field]!);     // required, and looked at
}
