using System.Data;
using System.Text.Json.Nodes;
using Ringwright.Agency.Figures;
using Ringwright.Agency.Tables;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Batches;

/// <summary>A batch that was made.</summary>
/// <param name="Shown">As this API shows it to whoever has made it.</param>
internal sealed record MadeBatch(BatchRow Batch, AgencyCampaign Campaign, IReadOnlyList<ContactRow> Contacts, JsonObject Shown);

/// <summary>
/// Makes a batch: first all by which the node dials, which calls nobody yet, then the batch with its contacts in one write, and then it is
/// begun. What a crash leaves before that write nobody sees, and nobody is called by. A batch of very many gets them some hundred at a time
/// while it is held: what a crash leaves of it stays paused, and says why.
/// </summary>
internal sealed class BatchMaking(AgencyParts parts, AgencyBatches batches)
{
    private const int UsualPace = 30, UsualMost = 10;

    /// <summary>What calls write goes between two writes, and waits for no more than this many contacts.</summary>
    private const int MostInOneWrite = 10_000;
    private static readonly TimeSpan FarthestAhead = TimeSpan.FromDays(30);

    public async ValueTask<Reply> Create(OperationContext op)
    {
        var body = op.ReadObject();
        if (body["contacts"] is null)
        {
            // One that is held takes them before it begins.
            if ((bool?)body["hold"] is not true)
                return op.Fail(AgencyText.Bad("contacts", "A batch needs contacts, unless it is made with hold."));
            body["contacts"] = new JsonArray();
        }
        if (AgencyText.Stray(op, body, "contacts", "a contact") is { } stray) return op.Fail(stray);
        ContactReading.Judge(body["contacts"]!.AsArray());        // put there, where it was not
        return Answer(op, await MakeAsync(op, body));
    }

    private static Reply Answer(OperationContext op, (MadeBatch? Made, Reply? Refusal) done) =>
        done.Refusal ?? op.Created(done.Made!.Shown);        // one of both is there

    /// <summary>A new batch of those whom one that is over has not reached, and no later one either.</summary>
    public async ValueTask<Reply> Retry(OperationContext op)
    {
        if (await batches.FindAsync(op) is not { } batch) return op.Unknown("id");
        if (!batch.IsOver) return op.Fail(Fault.WrongState, $"A batch that is {batch.Status} still calls: it is not called again.");
        var asked = (op.ReadObject()["outcomes"] as JsonArray)?.Select(one => (string?)one).ToHashSet();
        // Whom a rule forbade to call is forbidden still.
        var missed = (await parts.Contacts.ListAsync(batch, op.Stop)).Where(contact => contact is
        {
            Status: ContactRow.Failed, BlockReason: null,
        } && asked?.Contains(contact.Outcome) is not false).ToList();
        var reached = await parts.Contacts.ListReachedAsync(batch, [.. missed.Select(contact => contact.PhoneNumber)], op.Stop);
        missed.RemoveAll(contact => reached.Contains(contact.PhoneNumber));
        if (missed.Count == 0) return op.Fail(Fault.WrongState, "Nobody of the batch is to be called again.");
        // One of its numbers may have gone since.
        var pool = BatchCallers.ShowLeft(batch, await new BatchCallers(parts).ListAsync(AgencyScope.Of(op), op.Stop));
        return Answer(op, await MakeAsync(op, new()
        {
            ["agent_mapping_id"] = batch.AgentMappingId.ToString(), ["from_number"] = batch.FromNumber,
            ["from_pool"] = pool, ["campaign_id"] = batch.CampaignId.ToString(), ["name"] = batch.Name,
            ["calls_per_minute"] = batch.CallsPerMinute, ["max_concurrent"] = batch.MaxConcurrent,
            ["contacts"] = new JsonArray([.. missed.Select(GivenOf)]),
        }, isTest: batch.IsTest, last: db => MadeMeanwhile(db, batch, missed)));
    }

    /// <summary>Of two who ask at one moment for those whom a batch has missed, one calls them.</summary>
    private static Problem? MadeMeanwhile(IDbConnection db, BatchRow batch, List<ContactRow> missed) =>
        BatchTable.IsLaterIncomplete(db, batch)
            ? new("invalid_state", "Another batch of the campaign gets its contacts at this moment, or has not got all: cancel it first.")
        : ContactTable.Reached(db, batch, [.. missed.Select(contact => contact.PhoneNumber)]).Count > 0
            ? new("invalid_state", "Another batch is to call some of them since a moment ago.") : null;

    private static JsonNode GivenOf(ContactRow contact) => new JsonObject
    {
        ["phone_number"] = contact.PhoneNumber, ["first_name"] = contact.FirstName, ["last_name"] = contact.LastName,
        ["email"] = contact.Email, ["company"] = contact.Company, ["title"] = contact.Title, ["timezone"] = contact.Timezone,
        ["custom_data"] = contact.CustomData.DeepClone(), ["priority"] = (int)contact.Priority, ["external_id"] = contact.ExternalId,
    };

    /// <param name="body">As of a new batch.</param>
    /// <param name="ask">Is asked whether it may be, once all but its contacts is known to be good.</param>
    /// <param name="tries">For each contact; null for as many as the campaign says.</param>
    /// <param name="isTest">Its calls are in no figure.</param>
    /// <param name="last">What is against it in the write that makes it, in which those of one agency take turns; null for nothing.</param>
    /// <returns>Null, and a refusal, where it cannot be.</returns>
    public async ValueTask<(MadeBatch? Made, Reply? Refusal)> MakeAsync(OperationContext op, JsonObject body,
        Func<BatchRow, AgencyCampaign, ValueTask<Reply?>>? ask = null, int? tries = null, bool isTest = false,
        Func<IDbConnection, Problem?>? last = null)
    {
        var (scope, callers) = (AgencyScope.Of(op), new BatchCallers(parts));
        if (await parts.Agents.FindAsync(scope.Agency, IdOf(body, "agent_mapping_id"), op.Stop) is not { } agent
                || !scope.Sees(agent.ClientId))
            return (null, op.Unknown("agent_mapping_id"));
        string from = AgencyText.NumberOr((string)body["from_number"]!);      // required
        body["from_number"] = from;
        var usable = await callers.ListAsync(scope, op.Stop);
        var number = usable.Find(one => one.Text == from);
        if (BatchCallers.FaultOf("from_number", number) is { } mute) return (null, op.Fail(mute));
        if (await parts.Campaigns.FindAsync(scope.Agency, IdOf(body, "campaign_id"), op.Stop) is not { } campaign
                || !scope.Sees(campaign.ClientId))
            return (null, op.Unknown("campaign_id"));
        if (campaign.Status is not AgencyCampaign.Active) return (null, op.Fail(Fault.WrongState, $"The campaign is {campaign.Status}."));
        if ((BatchCallers.FaultOf(agent, campaign.ClientId)
                ?? BatchCallers.OwnerFault("from_number", number!, campaign.ClientId)) is { } unfit)        // it is there
            return (null, op.Fail(unfit));
        if (BatchCallers.ReadPool(body, usable, campaign.ClientId, out var pool) is { } stray) return (null, op.Fail(stray));
        // Its row is there: by that who makes batches and who moves agents and numbers take turns.
        string clock = (await parts.Tenancy.AgencyAsync(scope.Agency, op.Stop)).Timezone;
        if (Schedule(op, body, clock, out var at) is { } wrong) return (null, op.Fail(wrong));
        if (End(body, at, op.Now, clock, out var end) is { } late) return (null, op.Fail(late));
        if (HomeCountry.Read(body, out var home) is { } nowhere) return (null, op.Fail(nowhere));
        if ((bool?)body["hold"] is not true)
        {
            if (await batches.KilledAsync(op) is { } killed) return (null, killed);
            if (await parts.Room.ForCallsAsync(op, campaign.ClientId) is { } silent) return (null, op.Fail(silent));
        }

        var now = Times.Cut(op.Now);
        if (tries is { } most) campaign = campaign with { MaxAttempts = most };
        var batch = BatchOf(scope, body, campaign, agent, at, now) with
        {
            WindowEnd = end,
            IsTest = isTest,
            FromPool = BatchCallers.Written(pool),
        };
        if (ask is not null && await ask(batch, campaign) is { } refused) return (null, refused);
        var duplicates = DuplicateContacts.Of(body);
        var read = ContactReading.Read(body["contacts"]!.AsArray(), new()         // required
        {
            TenantId = scope.Agency, CampaignId = campaign.Id, BatchId = batch.Id, MaxAttempts = campaign.MaxAttempts, CreatedAt = now,
        }, home, duplicates);
        if (duplicates is OnDuplicate.Refuse && DuplicateContacts.Refusal(read.Duplicates) is { } doubled)
            return (null, op.Fail(doubled));
        if (read is { Accepted.Count: 0, Received: > 0 })
            return (null, op.Fail(ListRefusals.Nobody(await new ListRefusals(parts).TakeOutAsync(op, campaign, read))));
        if (await parts.Room.ForContactsAsync(op, campaign.ClientId, read.Accepted.Count) is { } crowded) return (null, op.Fail(crowded));
        batch = batch with { TotalContacts = read.Accepted.Count };
        var contacts = await parts.Suppression.MarkAsync(batch, read.Accepted, op.Stop);
        await new BroughtConsents(parts).BringAsync(op, batch, read.Consents);
        int takenOut = await new ListRefusals(parts).TakeOutAsync(op, campaign, read);
        var preview = await new BatchPreview(parts).OfAsync(batch, campaign, contacts, op.Stop);
        (batch, var refusal) = await WriteAsync(op, batch, campaign, agent, contacts, last);
        if (refusal is not null) return (null, op.Fail(refusal));
        var shown = await batches.ShowAsync(batch, op.Stop);
        await parts.Follower.SteerAsync(batch, op.Stop);
        var counted = new JsonObject
        {
            ["received"] = read.Received, ["accepted"] = read.Accepted.Count, ["duplicates"] = read.Duplicates,
            ["invalid"] = read.Invalid, ["suppressed"] = contacts.Count(contact => contact.IsOver),
        };
        if (takenOut > 0) counted["taken_out"] = takenOut;
        return (new(batch, campaign, contacts, new()
        {
            ["batch"] = shown, ["contacts"] = counted,
            ["invalid_sample"] = read.Sample, ["preview"] = preview,
        }), null);
    }

    /// <returns>The batch as it is then, or why there is none.</returns>
    private async ValueTask<(BatchRow Batch, Problem? Refusal)> WriteAsync(OperationContext op, BatchRow batch, AgencyCampaign campaign,
        AgentRow agent, IReadOnlyList<ContactRow> contacts, Func<IDbConnection, Problem?>? last)
    {
        string name = batch.Name ?? $"batch {batch.Id}";
        bool isWhole = contacts.Count <= MostInOneWrite;
        IReadOnlyList<ContactRow> first = isWhole ? contacts : [], rest = isWhole ? [] : contacts;
        await parts.Store.Targets.AddListAsync(new(batch.ListId, batch.Account, name, batch.CreatedAt), op.Stop);
        foreach (var some in first.Where(contact => !contact.IsOver).Chunk(TargetTable.MostAtOnce))
            await parts.Store.Targets.AddAsync([.. some.Select(contact => BatchTerms.TargetOf(batch, contact))], op.Stop);
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
        var written = isWhole ? batch : batch with
        {
            Status = BatchRow.Paused,
            PausedAt = batch.CreatedAt,
            FailureCode = BatchRow.Incomplete,
            TotalContacts = 0,
        };
        Problem? refusal = null;
        if (!await parts.Batches.AddAsync(written, first, note, op.Stop, db => (refusal = new BatchCallers(parts).FaultOf(db, batch)
                ?? ClientRoom.FaultOfContacts(db, batch.TenantId, batch.ClientId, contacts.Count) ?? last?.Invoke(db)) is null))
        {
            // No batch names them.
            await parts.Store.Targets.DropAsync(batch.Account, batch.ListId, batch.Id, op.Stop);
            return (batch, refusal);
        }
        if (isWhole) return (batch, null);
        int left = rest.Count;
        foreach (var some in rest.Chunk(TargetTable.MostAtOnce))
        {
            if (await parts.Contacts.AddAsync(written, some, contact => BatchTerms.TargetOf(batch, contact), note: null, op.Stop,
                    db => (refusal = ClientRoom.FaultOfContacts(db, batch.TenantId, batch.ClientId, left)) is null) is null)
                break;
            left -= some.Length;
        }
        // Whoever has begun it or ended it meanwhile is heard.
        await parts.Batches.MoveAsync(written, refusal is null ? batch : batch with
        {
            Status = BatchRow.Failed,
            FailureCode = BatchRow.Cancelled,
            PausedAt = null,
            CancelledAt = batch.CreatedAt,
            CompletedAt = batch.CreatedAt,
        }, note: null, op.Stop);
        var now = await parts.Batches.FindAsync(batch.TenantId, batch.Id, op.Stop) ?? batch;
        return (refusal is null ? now : await parts.Follower.FollowAsync(now, op.Stop), refusal);
    }

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
    /// <param name="clock">The agency's time zone.</param>
    /// <param name="at">Null for at once.</param>
    private static Problem? Schedule(OperationContext op, JsonObject body, string clock, out DateTimeOffset? at)
    {
        at = null;
        string? mode = (string?)body["mode"];
        if (AgencyText.Text(body, "scheduled_for") is not { } text)
            return mode is BatchRow.Scheduled ? AgencyText.Bad("scheduled_for", "A batch of the mode scheduled needs a time.") : null;
        if (FigurePeriod.MomentOf(text, clock, daysOn: 0) is not { } moment)
            return AgencyText.Bad("scheduled_for", "scheduled_for is a moment such as 2026-02-20T10:00:00Z.");
        if (moment > op.Now + FarthestAhead) return AgencyText.Bad("scheduled_for", "A batch begins within 30 days.");
        at = Times.Cut(moment);
        if (mode is BatchRow.Immediate)
            return moment <= op.Now ? null
                : new Problem("mode_conflict", "A batch of the mode immediate has no time in the future.") { Pointer = "/mode" };
        return moment > op.Now ? null : AgencyText.Bad("scheduled_for", "The time has passed.");
    }

    /// <summary>What is wrong with when its window ends.</summary>
    /// <param name="start">When it begins; null for at once.</param>
    /// <param name="clock">The agency's time zone.</param>
    /// <param name="end">Null for never.</param>
    public static Problem? End(JsonObject body, DateTimeOffset? start, DateTimeOffset now, string clock, out DateTimeOffset? end)
    {
        end = null;
        if (AgencyText.Text(body, "window_end") is not { } text) return null;
        // A day alone is a day on which somebody may be called.
        if (FigurePeriod.MomentOf(text, clock, daysOn: 1) is not { } moment)
            return AgencyText.Bad("window_end", "window_end is a moment such as 2026-02-20T18:00:00Z.");
        end = Times.Cut(moment);
        return moment > now && (start is null || moment > start) ? null
            : AgencyText.Bad("window_end", "The window ends before anybody could be called.");
    }

    private static Guid IdOf(JsonObject body, string field) => Guid.Parse((string)body[field]!);     // required, and looked at
}
