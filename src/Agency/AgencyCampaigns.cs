using System.Text.Json.Nodes;
using Ringwright.Agency.Compliance;
using Ringwright.Agency.Tables;
using Ringwright.Agency.Talking;
using Ringwright.Campaigns.Windows;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>Campaigns of clients: when and how often their batches call whom.</summary>
internal sealed class AgencyCampaigns(AgencyParts parts)
{
    public const string RecordType = "agency_campaign";

    private const int UsualAttempts = 3, UsualDailyAttempts = 1;
    private const string DailyCap = "daily_attempt_cap_per_contact";
    private const string UsualConsent = "express";

    public async ValueTask<Reply> List(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        var (rows, total) = await parts.Campaigns.ListAsync(scope.Agency, scope.Narrow(op.Query["client_id"]?.ToLowerInvariant()),
            op.Query["type"] ?? "", op.Query["status"] ?? "", op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(row))], total);
    }

    public async ValueTask<Reply> Get(OperationContext op) =>
        await FindAsync(op) is { } campaign ? RowVersion.With(op.Ok(Show(campaign)), campaign.UpdatedAt) : op.Unknown("id");

    public async ValueTask<Reply> Create(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        var body = op.ReadObject();
        if (AgencyText.Text(body, "name") is not { } name) return op.Fail(AgencyText.Bad("name", "A campaign needs a name."));
        if (Check(op, body) is { Count: > 0 } wrong) return op.Fail(wrong);
        if (await parts.Tenancy.ClientAsync(scope.Agency, (string)body["client_id"]!, op.Stop) is not { } client       // required
                || !scope.Sees(client.Id.ToString()))
            return op.Unknown("client_id");
        var (now, settings) = (op.Now, (await parts.Tenancy.AgencyAsync(scope.Agency, op.Stop)).Settings);
        var usual = UsualHours.Of(settings);
        var campaign = Changed(new()
        {
            Id = Guid.CreateVersion7(now), TenantId = scope.Agency, ClientId = client.Id.ToString(), Name = name,
            Type = (string)body["type"]!, MaxAttempts = UsualAttempts, ConsentRequired = UsualConsent, CreatedAt = now,     // required
            CallingWindows = usual, DailyAttemptCap = UsualDailyAttempts,
            RetryPolicy = UsualRetries.Of(settings),
        }, body, usual, now);
        if (IsOwners(scope, before: null, campaign)) return OwnersToSay(op);
        var note = op.Note("created", RecordType, campaign.Id.ToString(), null, Show(campaign)) with { Tenant = scope.Agency };
        var change = await parts.Campaigns.AddAsync(campaign, note, op.Stop);
        return change switch
        {
            CampaignChange.Done => op.Created(Show(campaign)),
            CampaignChange.Unknown => op.Unknown("client_id"),
            CampaignChange.BeyondLaw => BeyondLaw(op),
            _ => NameTaken(op),
        };
    }

    public async ValueTask<Reply> Update(OperationContext op)
    {
        var body = op.ReadObject();
        if (await FindAsync(op) is not { } campaign) return op.Unknown("id");
        if (body.ContainsKey("name") && AgencyText.Text(body, "name") is null)
            return op.Fail(AgencyText.Bad("name", "A campaign needs a name."));
        if (Check(op, body) is { Count: > 0 } wrong) return op.Fail(wrong);
        var scope = AgencyScope.Of(op);
        var usual = UsualHours.Of((await parts.Tenancy.AgencyAsync(scope.Agency, op.Stop)).Settings);
        bool isOwners = false;
        var reply = await ChangeAsync(op, campaign, "updated", before =>
        {
            var after = Changed(before, body, usual, op.Now);
            isOwners = IsOwners(scope, before, after);
            return isOwners ? null : after;
        });
        return isOwners ? OwnersToSay(op) : reply;
    }

    public async ValueTask<Reply> Archive(OperationContext op) => await FindAsync(op) is not { } campaign ? op.Unknown("id")
        : await ChangeAsync(op, campaign, "archived", before => before with
        {
            Status = AgencyCampaign.Archived,
            ArchivedAt = op.Now,
            UpdatedAt = op.Now,
        });

    /// <summary>One that has batches stays, for calls that name it; contacts that no batch has go with it.</summary>
    public async ValueTask<Reply> Delete(OperationContext op)
    {
        if (await FindAsync(op) is not { } campaign) return op.Unknown("id");
        var note = op.Note("deleted", RecordType, campaign.Id.ToString(), Show(campaign)) with { Tenant = campaign.TenantId };
        return await parts.Campaigns.RemoveAsync(campaign.TenantId, campaign.Id, op.Now, note, op.Stop) switch
        {
            CampaignChange.Done => op.NoContent(),
            CampaignChange.InUse => op.Fail(Fault.InUse, "The campaign has batches: archive it."),
            _ => op.Unknown("id"),
        };
    }

    public async ValueTask<AgencyCampaign?> FindAsync(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        return Guid.TryParse(op.Path("id"), out var id) && await parts.Campaigns.FindAsync(scope.Agency, id, op.Stop) is { } campaign
            && scope.Sees(campaign.ClientId) ? campaign : null;
    }

    /// <summary>Batches that are not over call by it from then on.</summary>
    /// <param name="change">Null where it is not to be changed.</param>
    public async ValueTask<Reply> ChangeAsync(OperationContext op, AgencyCampaign campaign, string name,
        Func<AgencyCampaign, AgencyCampaign?> change)
    {
        var (made, now) = await parts.Campaigns.ChangeAsync(campaign.TenantId, campaign.Id,
            before => RowVersion.IsAsked(op, before.UpdatedAt) ? change(before) : null,
            (before, after) => op.Note(name, RecordType, campaign.Id.ToString(), Show(before), Show(after)) with
            {
                Tenant = campaign.TenantId,
            }, op.Stop);
        if (made is CampaignChange.Done) await parts.Follower.RewriteAsync(campaign, op.Stop);
        return made switch
        {
            CampaignChange.Done => RowVersion.With(op.Ok(Show(now!)), now!.UpdatedAt),        // it has one then
            CampaignChange.OtherVersion => RowVersion.Refuse(op),
            CampaignChange.NameTaken => NameTaken(op),
            CampaignChange.TypeLocked => op.Fail(new Problem("campaign_type_locked", "The campaign has calls: its type stays.")),
            CampaignChange.Archived => op.Fail(Fault.WrongState, "The campaign is archived."),
            CampaignChange.InUse => op.Fail(Fault.WrongState, "A batch of the campaign is not over."),
            CampaignChange.BeyondLaw => BeyondLaw(op),
            _ => op.Unknown("id"),
        };
    }

    /// <summary>In the state that the campaign has, where the request says nothing of windows.</summary>
    private static Reply BeyondLaw(OperationContext op) => op.RawBody.IsEmpty ? op.Fail(Fault.WrongState, LegalHours.Sentence)
        : op.Fail(AgencyText.Bad("calling_windows", LegalHours.Sentence));

    /// <summary>Whether it would sell to whoever has not agreed, and whoever asks may not answer for that: an owner may.</summary>
    /// <param name="before">Null for a new one.</param>
    private static bool IsOwners(AgencyScope scope, AgencyCampaign? before, AgencyCampaign after) =>
        IsUnasked(after) && (before is null || !IsUnasked(before)) && !Permissions.May(scope.Role, "compliance.write");

    private static bool IsUnasked(AgencyCampaign campaign) =>
        campaign is { Type: AgencyCampaign.Sales, ConsentRequired: AgencyCampaign.NoConsent };

    private static Reply OwnersToSay(OperationContext op)
    {
        const string sentence = "That a campaign of the type sdr calls without consent is an owner's to say.";
        return op.Fail(op.Dialect.Errors.Problem(Fault.Forbidden, sentence) with { Pointer = "/consent_required" });
    }

    private static Reply NameTaken(OperationContext op) => op.Fail(Fault.Duplicate, "The client has a campaign of this name.");

    private static List<Problem> Check(OperationContext op, JsonObject body)
    {
        var problems = new List<Problem>();
        var shape = op.BodySchema?.FindProperty("retry_policy");
        foreach (string field in (body["retry_policy"] as JsonObject ?? []).Select(one => one.Key))
            if (shape?.FindProperty(field) is null)
                problems.Add(AgencyText.Bad("retry_policy/" + field, $"There is no field '{field}' of a retry policy."));
        if (AgencyText.Text(body, "timezone") is { } zone && !ZoneSet.TryParse(zone, out _, out string? fault))
            problems.Add(AgencyText.Bad("timezone", fault));
        if (body["analysis_profile"] is JsonObject profile)
            problems.AddRange(CallAim.FaultsOf(profile).Select(one => AgencyText.Bad(one.Path, one.Sentence)));
        if (body["calling_windows"] is JsonArray { Count: 0 })
            problems.Add(AgencyText.Bad("calling_windows", "A campaign has one window at least; null for those of its agency."));
        var faults = new List<WindowFault>();
        CallingWindowJson.ReadWindows(body["calling_windows"], "calling_windows", faults);
        problems.AddRange(faults.Select(one => AgencyText.Bad(one.Path, one.Sentence)));
        return problems;
    }

    /// <summary>With the fields that the body has; one that is null is emptied, and windows are the usual ones.</summary>
    private static AgencyCampaign Changed(AgencyCampaign campaign, JsonObject body, JsonArray usual, DateTimeOffset at)
    {
        string? Of(string field, string? was) => body.ContainsKey(field) ? AgencyText.Text(body, field) : was;
        var retries = campaign.RetryPolicy.DeepClone().AsObject();
        foreach (var (field, value) in body["retry_policy"] as JsonObject ?? []) retries[field] = value?.DeepClone();
        return campaign with
        {
            Name = AgencyText.Text(body, "name") ?? campaign.Name,
            Type = AgencyText.Text(body, "type") ?? campaign.Type,
            Description = Of("description", campaign.Description),
            Timezone = Of("timezone", campaign.Timezone),
            CallingWindows = !body.ContainsKey("calling_windows") ? campaign.CallingWindows
                : (body["calling_windows"] as JsonArray ?? usual).DeepClone().AsArray(),
            RetryPolicy = retries,
            MaxAttempts = (long?)body["max_attempts"] ?? campaign.MaxAttempts,
            DailyAttemptCap = body.ContainsKey(DailyCap) ? (long?)body[DailyCap] : campaign.DailyAttemptCap,
            ConsentRequired = AgencyText.Text(body, "consent_required") ?? campaign.ConsentRequired,
            AnalysisProfile = !body.ContainsKey("analysis_profile") ? campaign.AnalysisProfile
                : body["analysis_profile"]?.DeepClone().AsObject(),
            UpdatedAt = at,
        };
    }

    private static JsonObject Show(AgencyCampaign campaign) => new()
    {
        ["id"] = campaign.Id.ToString(), ["agency_id"] = campaign.TenantId.ToString(), ["client_id"] = campaign.ClientId,
        ["name"] = campaign.Name, ["type"] = campaign.Type, ["description"] = campaign.Description, ["status"] = campaign.Status,
        ["timezone"] = campaign.Timezone, ["calling_windows"] = campaign.CallingWindows.DeepClone(),
        ["retry_policy"] = campaign.RetryPolicy.DeepClone(), ["max_attempts"] = campaign.MaxAttempts,
        [DailyCap] = campaign.DailyAttemptCap,
        ["consent_required"] = campaign.ConsentRequired, ["analysis_profile"] = campaign.AnalysisProfile?.DeepClone(),
        ["legal_override"] = campaign.LegalOverride?.DeepClone(),
        ["created_at"] = AgencyText.Time(campaign.CreatedAt), ["updated_at"] = AgencyText.Time(campaign.UpdatedAt),
        [RowVersion.Field] = RowVersion.Of(campaign.UpdatedAt),
        ["archived_at"] = AgencyText.Time(campaign.ArchivedAt),
    };
}
