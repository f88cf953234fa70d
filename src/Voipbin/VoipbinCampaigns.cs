using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Voipbin;

/// <summary>Who is called from which list, by which plan, and what is done when somebody answers.</summary>
internal sealed class VoipbinCampaigns
{
    public const string Noun = "campaign";

    private const int MostLevel = 10_000, MostChain = 1_000;

    private static readonly DocumentKind Flow = new("voipbin_flow");
    private static readonly string[] References = ["outplan_id", "outdial_id", "queue_id", "next_campaign_id"];

    private readonly VoipbinParts _parts;
    private readonly VoipbinEvents _events;
    private readonly Schema _outdial;

    public VoipbinCampaigns(Contract contract, VoipbinEvents events, VoipbinParts parts)
    {
        (_parts, _events) = (parts, events);
        _outdial = contract.Schemas.Find("Outdial")!; // it is in the program
        var told = VoipbinShape.Kind(contract, events, "Campaign", Noun);
        Kind = told with
        {
            Defaults = new() { ["type"] = "call", ["end_handle"] = "stop" },
            Queries = new Dictionary<string, (string, string)> { ["deleted"] = (ResourceKind.DeletedField, "exists") },
            Validate = CheckAsync,
            BeforeDelete = static (op, row) => new(StatusOf(row) is "stop" ? null
                : op.Dialect.Errors.Problem(Fault.WrongState, "The campaign must be stopped before it can be deleted.")),
            Work = async change => await WorkAsync(change, await told.Work!(change)), // it is told
            Changed = async (change, _) =>
            {
                try
                {
                    // Also for who has gone meanwhile: the change is made.
                    if (change.After is { } after && ResourceKind.DeletedAt(after) is null)
                        await CampaignPlans.MoveRetriesAsync(parts, after.Tenant, change.Before?.Body ?? [], after.Body,
                            CancellationToken.None);
                }
                finally
                {
                    parts.CampaignsChanged();
                }
            },
        };
    }

    public ResourceKind Kind { get; }

    public static string StatusOf(ResourceRow row) => (string?)row.Body["status"] ?? "stop";

    /// <summary>
    /// What is wrong with what the campaign refers to; null when nothing is. Others' resources are as if there were none.
    /// </summary>
    /// <param name="id">Of the campaign; null for one that is made.</param>
    public static async ValueTask<Problem?> CheckReferencesAsync(OperationContext op, JsonObject body, string? id)
    {
        if (await VoipbinShape.CheckReferencesAsync(op, DialerRows.Outplan, References[0], [body[References[0]]]) is { } plan) return plan;
        if (await VoipbinShape.CheckReferencesAsync(op, DialerRows.Outdial, References[1], [body[References[1]]]) is { } list) return list;
        if (await VoipbinShape.CheckReferencesAsync(op, DialerRows.Queue, References[2], [body[References[2]]]) is { } queue) return queue;
        if (VoipbinShape.IdOf(body["outdial_id"]) is { } outdial
                && await op.Dialect.Rows(DialerRows.Outdial).FindAsync(op.Tenant, outdial.ToString(), op.Stop) is { } row
                && VoipbinShape.IdOf(row.Body["campaign_id"]) is { } owner && owner.ToString() != id)
            return VoipbinShape.Bad("outdial_id", $"outdial_id names a list that is attached to the campaign {owner}.");
        return await CheckNextAsync(op, body, id);
    }

    private static async ValueTask<Problem?> CheckNextAsync(OperationContext op, JsonObject body, string? id)
    {
        var rows = op.Dialect.Rows(DialerRows.Campaign);
        var next = VoipbinShape.IdOf(body["next_campaign_id"]);
        for (int step = 0; next is { } follower; step++)
        {
            if (follower.ToString() == id || step == MostChain)
                return VoipbinShape.Bad("next_campaign_id", "next_campaign_id makes a circle of campaigns that start each other.");
            var row = await rows.FindAsync(op.Tenant, follower.ToString(), op.Stop);
            bool isThere = row is not null && ResourceKind.DeletedAt(row) is null;
            if (step == 0 && !isThere)
                return VoipbinShape.Bad("next_campaign_id", $"next_campaign_id names nothing that this customer has: {follower}.");
            next = isThere ? VoipbinShape.IdOf(row!.Body["next_campaign_id"]) : null; // just asked for
        }
        return null;
    }

    private async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject body, ResourceRow? before)
    {
        if (before is null) body["status"] = "stop";
        if (body["actions"] is not JsonArray actions) body["actions"] = actions = [];
        if (await Flows.CheckAsync(op, _parts, actions, "actions", isNamed: false) is { } wrong) return wrong;
        foreach (var action in actions) Fill(action!.AsObject()); // Check has looked
        if ((int?)body["service_level"] is not (>= 0 and <= MostLevel))
            return VoipbinShape.Bad("service_level", $"service_level must be a number of per cent from 0 to {MostLevel}.");
        if (CheckExtensions(op, body) is { } extension) return extension;
        // "" is no reference either.
        if ((string?)body["next_campaign_id"] is null or "") body["next_campaign_id"] = VoipbinShape.Nobody;
        else if (VoipbinShape.IdOf(body["next_campaign_id"]) is null && (string?)body["next_campaign_id"] != VoipbinShape.Nobody)
            return VoipbinShape.Bad("next_campaign_id", "next_campaign_id must be a UUID.");
        if (op.BodySchema is null || References.Any(name => op.BodySchema.FindProperty(name) is not null))
        {
            // What was there before may have gone; only what this request says is judged.
            var judged = op.BodySchema?.FindProperty("outplan_id") is not null || before is null ? body
                : new JsonObject { ["next_campaign_id"] = body["next_campaign_id"]?.DeepClone() };
            if (await CheckReferencesAsync(op, judged, before?.Id) is { } reference) return reference;
        }
        if (before is null || op.BodySchema?.FindProperty("outdial_id") is not null) body.Remove(CampaignDocument.Lost);
        else await MarkListAsync(op.Dialect.Rows(DialerRows.Outdial), op.Tenant, body, before.Id, op.Stop);
        body[CampaignDocument.Flow] ??= Guid.NewGuid().ToString();
        await CopyPlanAsync(op.Dialect.Rows(DialerRows.Outplan), op.Tenant, body, op.Stop);
        return null;
    }

    /// <summary>The plan as it is now; none for a campaign without one, or whose plan was deleted.</summary>
    public static async ValueTask CopyPlanAsync(IResourceRows plans, TenantId tenant, JsonObject body, CancellationToken stop)
    {
        body.Remove(CampaignDocument.Plan);
        if (VoipbinShape.IdOf(body["outplan_id"]) is not { } id) return;
        if (await plans.FindAsync(tenant, id.ToString(), stop) is { } plan && ResourceKind.DeletedAt(plan) is null)
            body[CampaignDocument.Plan] = CampaignDocument.PlanOf(plan);
    }

    /// <summary>A list that was taken from the campaign stays named, and a change of something else does not take it back.</summary>
    /// <param name="id">Of the campaign.</param>
    public static async ValueTask MarkListAsync(IResourceRows lists, TenantId tenant, JsonObject body, string id, CancellationToken stop)
    {
        body.Remove(CampaignDocument.Lost);
        if (VoipbinShape.IdOf(body["outdial_id"]) is { } list && await lists.FindAsync(tenant, list.ToString(), stop) is { } row
                && VoipbinShape.IdOf(row.Body["campaign_id"])?.ToString() != id)
            body[CampaignDocument.Lost] = true;
    }

    private static Problem? CheckExtensions(OperationContext op, JsonObject body)
    {
        foreach (string name in new[] { "start_at", "stop_at" })
        {
            if ((string?)body[name] is not { Length: > 0 } text) body.Remove(name);
            else if (!CampaignDocument.TryMoment(text, out var at))
                return VoipbinShape.Bad(name, $"{name} must be a moment such as 2026-01-31 09:00:00.000000.");
            else body[name] = VoipbinTime.Text(at);
        }
        if (CampaignDocument.Moment(body["stop_at"]) <= CampaignDocument.Moment(body["start_at"]))
            return VoipbinShape.Bad("stop_at", "stop_at must be later than start_at.");
        foreach (string name in new[] { "max_calls_per_second", "max_concurrent_calls", "pacing", CampaignDocument.AbandonedMessage })
            if (body[name] is null) body.Remove(name);
        return null;
    }

    private static void Fill(JsonObject action)
    {
        action["id"] ??= VoipbinShape.Nobody;
        action["next_id"] ??= VoipbinShape.Nobody;
        if (!action.ContainsKey("tm_execute")) action["tm_execute"] = null;
    }

    /// <summary>What is committed with a change: whose list is attached and detached is told, and the private flow is written.</summary>
    private async ValueTask<UnitOfWork> WorkAsync(ResourceChange change, UnitOfWork told)
    {
        var lists = DialerRows.Of(_parts.Store, DialerRows.Outdial);
        var (tenant, row) = (change.Row.Tenant, change.Row);
        bool isDeleted = ResourceKind.DeletedAt(row) is not null;
        var now = isDeleted || row.Body.ContainsKey(CampaignDocument.Lost) ? null : VoipbinShape.IdOf(row.Body["outdial_id"]);
        var messages = told.Messages.ToList();
        var attached = await DialerRows.AllAsync(lists, tenant, CancellationToken.None, new ResourceFilter("campaign_id", "eq", [row.Id]))
            .ToListAsync();
        foreach (var gone in attached.Where(list => list.Id != now?.ToString()))
            messages.AddRange(await TellListAsync(gone, campaign: null, row.UpdatedAt));
        if (now is { } id && attached.All(list => list.Id != id.ToString())
                && await lists.FindAsync(tenant, id.ToString(), CancellationToken.None) is { } taken)
            messages.AddRange(await TellListAsync(taken, row.Id, row.UpdatedAt));
        return told with { Messages = messages, Documents = await FlowAsync(change, isDeleted) };
    }

    private ValueTask<IReadOnlyList<OutboxMessage>> TellListAsync(ResourceRow list, string? campaign, DateTimeOffset at)
    {
        var body = list.Body.DeepClone().AsObject();
        body["campaign_id"] = campaign ?? VoipbinShape.Nobody;
        var shown = VoipbinShape.Of(_outdial, list with { Body = body, UpdatedAt = at });
        return _events.MessagesAsync(list.Tenant, new EventFacts("outdial", list.Id, "outdial_updated", shown, at));
    }

    private async ValueTask<IReadOnlyList<DocumentWrite>> FlowAsync(ResourceChange change, bool isDeleted)
    {
        var row = change.Row;
        if ((string?)row.Body[CampaignDocument.Flow] is not { } id) return [];
        bool isSame = change.Before is { } before && !isDeleted && JsonNode.DeepEquals(before.Body["actions"], row.Body["actions"])
            && (string?)before.Body["queue_id"] == (string?)row.Body["queue_id"]
                && (string?)before.Body[CampaignDocument.AbandonedMessage] == (string?)row.Body[CampaignDocument.AbandonedMessage]
                && (string?)before.Body["name"] == (string?)row.Body["name"];
        if (isSame) return [];
        var kind = new ResourceKind(Flow.Name) { Deletes = DeleteStyle.Keep };
        var flow = await _parts.Store.Documents.Rows(kind).FindAsync(row.Tenant, id, CancellationToken.None);
        var at = VoipbinForm.Moments.Next(Flow.Name, row.Tenant, change.At);
        var body = isDeleted && flow is not null ? flow.Body.DeepClone().AsObject() : CampaignDocument.FlowOf(row.Body);
        if (isDeleted) body[ResourceKind.DeletedField] = at.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        return
        [
            new(Flow, new() { Id = id, Tenant = row.Tenant, Body = body, CreatedAt = flow?.CreatedAt ?? at, UpdatedAt = at }),
        ];
    }
}
