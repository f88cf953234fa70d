using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Store.Tables;

/// <summary>What a face's document says of a campaign that whoever dials must know.</summary>
/// <param name="List">Whom it calls; null for nobody.</param>
/// <param name="Claimed">The list that is the campaign's alone, dialled or not; null for none.</param>
public sealed record CampaignFace(string Name, Guid? List, Guid? Claimed, JsonObject Terms, DateTimeOffset? DeletedAt);

/// <param name="Campaign">Whose list it is; null for nobody's.</param>
public sealed record TargetListFace(string Name, Guid? Campaign, DateTimeOffset? DeletedAt);

public sealed record TargetFace(Guid List, string Name, string? Data, string? TimeZone, IReadOnlyList<string?> Destinations,
    DateTimeOffset? DeletedAt)
{
    /// <summary>Whoever is on the list twice by this is on it once; null for whoever may be.</summary>
    public string? Identity { get; init; }
}

/// <summary>
/// Campaigns, lists and targets as the resources of a face: its document stands in the record's own row, so that who dials, the operator
/// and the face speak of one thing. State, tries and times are the dialler's, and no write of a face touches them.
/// </summary>
public sealed class CampaignFaces
{
    private const string OfFace = "where tenant_id = @tenant and face = @kind";
    internal const string SelectOtherCampaignAllTenants = "select 1 from rw_campaign where id = @id and tenant_id <> @tenant";
    internal const string SelectOtherListAllTenants = "select 1 from rw_target_list where id = @id and tenant_id <> @tenant";
    internal const string SelectOtherTargetAllTenants = "select 1 from rw_target where id = @id and tenant_id <> @tenant";
    internal const string InsertCampaign = """
        insert into rw_campaign (id, tenant_id, name, state, stop_reason, list_id, terms, created_at, updated_at, face, doc, revision)
        values (@id, @tenant, @name, 'stop', null, @list, @terms, @createdAt, @updatedAt, @kind, @doc, @revision)
        """;
    internal const string UpdateCampaign = $"""
        update rw_campaign set name = @name, list_id = @list, terms = @terms, doc = @doc, revision = revision + 1,
            updated_at = @updatedAt, deleted_at = @deleted
        {OfFace} and id = @id and revision = @revision and (state = 'stop' or @isLiving)
        """;
    internal const string DeleteCampaign = $"delete from rw_campaign {OfFace} and id = @id";
    /// <summary>Of a campaign that calls nobody: it has a list of its own, which nobody sees and which has nobody on it.</summary>
    internal const string InsertEmptyList = """
        insert into rw_target_list (id, tenant_id, name, created_at) values (@id, @tenant, @name, @createdAt) on conflict (id) do nothing
        """;
    internal const string Detach = """
        update rw_target_list set campaign_id = null, updated_at = @updatedAt, revision = revision + 1
        where tenant_id = @tenant and campaign_id = @id and id <> @claimed
        """;
    internal const string Attach = """
        update rw_target_list set campaign_id = @id, updated_at = @updatedAt, revision = revision + 1
        where tenant_id = @tenant and id = @claimed and campaign_id is null
        """;
    internal const string CountFree = """
        select count(*) from rw_target_list where tenant_id = @tenant and id = @claimed and (campaign_id is null or campaign_id = @id)
        """;
    internal const string InsertList = """
        insert into rw_target_list (id, tenant_id, name, created_at, face, doc, revision, updated_at, campaign_id)
        values (@id, @tenant, @name, @createdAt, @kind, @doc, @revision, @updatedAt, @campaign)
        """;
    internal const string UpdateList = $"""
        update rw_target_list set name = @name, doc = @doc, revision = revision + 1, updated_at = @updatedAt, campaign_id = @campaign,
            deleted_at = @deleted
        {OfFace} and id = @id and revision = @revision
            and (@isLiving or not exists (select 1 from rw_campaign where rw_campaign.tenant_id = @tenant
                and rw_campaign.list_id = rw_target_list.id and rw_campaign.state <> 'stop'))
        """;
    internal const string DeleteList = $"delete from rw_target_list {OfFace} and id = @id";
    internal const string InsertTarget = """
        insert into rw_target (id, tenant_id, list_id, name, data, timezone, identity_key, destinations, state, due_at, created_at,
            updated_at, doc, revision)
        values (@id, @tenant, @list, @name, @data, @zone, @identity, @destinations, 'idle', @createdAt, @createdAt, @updatedAt, @doc,
            @revision)
        """;
    /// <summary>By the index of the same condition.</summary>
    internal const string CountSameTarget = """
        select count(*) from rw_target where tenant_id = @tenant and list_id = @list and identity_key = @identity
            and identity_key is not null and deleted_at is null and id <> @id
        """;
    /// <summary>Whoever was put off for what he was before, as for a time zone that nobody knew, is looked at anew.</summary>
    internal const string UpdateTarget = """
        update rw_target set name = @name, data = @data, timezone = @zone, identity_key = @identity, destinations = @destinations,
            doc = @doc, revision = revision + 1, updated_at = @updatedAt, deleted_at = @deleted,
            due_at = case when due_at > @updatedAt and tries_0 + tries_1 + tries_2 + tries_3 + tries_4 = 0 then @updatedAt else due_at end
        where tenant_id = @tenant and id = @id and revision = @revision and doc is not null and (state = 'idle' or not @isLiving)
        """;
    internal const string DeleteTarget = "delete from rw_target where tenant_id = @tenant and id = @id and doc is not null";

    /// <summary>No list has it.</summary>
    private static readonly string Nowhere = Guid.Empty.ToString();

    private static readonly ResourceSql CampaignSql = new()
    {
        Noun = "campaign", HasUuids = true, Source = $"rw_campaign {OfFace}", Insert = InsertCampaign, Update = UpdateCampaign,
        Delete = DeleteCampaign, Before = Prepare,
        Columns = new Dictionary<string, string>
        {
            ["state"] = "state", ["stop_reason"] = "stop_reason", ["list"] = "list_id",
        },
        Texts = ["state", "list"],
    };
    private static readonly ResourceSql ListSql = new()
    {
        Noun = "target list", HasUuids = true, Source = $"rw_target_list {OfFace}", Insert = InsertList, Update = UpdateList,
        Delete = DeleteList, Columns = new Dictionary<string, string> { ["campaign"] = "campaign_id" }, Texts = ["campaign"],
    };
    private static readonly ResourceSql TargetSql = new()
    {
        Noun = "target", HasUuids = true, Source = "rw_target where tenant_id = @tenant and doc is not null", Insert = InsertTarget,
        Update = UpdateTarget, Delete = DeleteTarget, Before = PrepareTarget,
        Columns = new Dictionary<string, string>
        {
            ["state"] = "state", ["list"] = "list_id", ["tries_0"] = "tries_0", ["tries_1"] = "tries_1", ["tries_2"] = "tries_2",
            ["tries_3"] = "tries_3", ["tries_4"] = "tries_4",
        },
        Texts = ["state", "list"],
    };

    private readonly RowWriter _writer;
    private readonly SecretBox _box;
    private readonly CampaignDesk _desk;

    internal CampaignFaces(RowWriter writer, SecretBox box, CampaignDesk desk) => (_writer, _box, _desk) = (writer.Unrouted, box, desk);

    /// <summary>One face tells of campaigns.</summary>
    public void Open(ICampaignTeller teller) => _desk.Open(teller);

    /// <summary>Columns for the view: state, stop_reason, list.</summary>
    /// <param name="face">Whose campaigns they are.</param>
    public IResourceRows Campaigns(string face, ResourceView<CampaignFace> view) =>
        new TypedRows<CampaignFace>(_writer, _box, CampaignSql with { Beside = (db, row, _) => Take(db, row, view.Read(row)) }, view, face,
            Bind);

    /// <summary>Column for the view: campaign.</summary>
    /// <inheritdoc cref="Campaigns"/>
    public IResourceRows Lists(string face, ResourceView<TargetListFace> view) =>
        new TypedRows<TargetListFace>(_writer, _box, ListSql, view, face, Bind);

    /// <summary>Columns for the view: state, list, tries_0 to tries_4.</summary>
    /// <inheritdoc cref="Campaigns"/>
    public IResourceRows Targets(string face, ResourceView<TargetFace> view) =>
        new TypedRows<TargetFace>(_writer, _box, TargetSql, view, face, Bind);

    /// <summary>Whether an account other than this one has it.</summary>
    public ValueTask<bool> IsOthersCampaignAsync(TenantId tenant, string id, CancellationToken stop) =>
        IsThereAsync(SelectOtherCampaignAllTenants, tenant, id, stop);

    /// <inheritdoc cref="IsOthersCampaignAsync"/>
    public ValueTask<bool> IsOthersListAsync(TenantId tenant, string id, CancellationToken stop) =>
        IsThereAsync(SelectOtherListAllTenants, tenant, id, stop);

    /// <inheritdoc cref="IsOthersCampaignAsync"/>
    public ValueTask<bool> IsOthersTargetAsync(TenantId tenant, string id, CancellationToken stop) =>
        IsThereAsync(SelectOtherTargetAllTenants, tenant, id, stop);

    private async ValueTask<bool> IsThereAsync(string select, TenantId tenant, string id, CancellationToken stop) =>
        await _writer.Sql.ReadAsync(db => db.QueryFirstOrDefault<long?>(select, new { tenant, id }),
            stop).ConfigureAwait(false) is not null;

    /// <summary>A list is at most one campaign's: whoever comes second is told so. Changes nothing that another write could miss.</summary>
    private static WriteOutcome Prepare(IDbConnection db, DynamicParameters parameters)
    {
        string id = parameters.Get<string>("id");
        if ((parameters.Get<string?>("list") ?? id) == id)
        {
            parameters.Add("list", id);
            db.Execute(InsertEmptyList, parameters);
        }
        if (parameters.Get<string>("claimed") == Nowhere) return WriteOutcome.Done;
        return db.ExecuteScalar<long>(CountFree, parameters) == 1 ? WriteOutcome.Done : WriteOutcome.InUse;
    }

    private static WriteOutcome PrepareTarget(IDbConnection db, DynamicParameters parameters) =>
        parameters.Get<string?>("identity") is not null && db.ExecuteScalar<long>(CountSameTarget, parameters) > 0 ? WriteOutcome.Duplicate
            : WriteOutcome.Done;

    private static void Take(IDbConnection db, ResourceRow row, CampaignFace campaign)
    {
        var which = new { tenant = row.Tenant, id = row.Id, claimed = ClaimOf(campaign), updatedAt = row.UpdatedAt };
        db.Execute(Detach, which);
        db.Execute(Attach, which);
    }

    private static string ClaimOf(CampaignFace campaign) =>
        (campaign.DeletedAt is null ? campaign.Claimed?.ToString() : null) ?? Nowhere;

    private static DynamicParameters Bind(CampaignFace campaign)
    {
        var values = Living(campaign.DeletedAt);
        values.Add("name", campaign.Name);
        values.Add("list", campaign.List?.ToString());
        values.Add("claimed", ClaimOf(campaign));
        values.Add("terms", campaign.Terms.ToJsonString());
        return values;
    }

    private static DynamicParameters Bind(TargetListFace list)
    {
        var values = Living(list.DeletedAt);
        values.Add("name", list.Name);
        values.Add("campaign", list.Campaign?.ToString());
        return values;
    }

    private static DynamicParameters Bind(TargetFace target)
    {
        var values = Living(target.DeletedAt);
        values.Add("list", target.List.ToString());
        values.Add("name", target.Name);
        values.Add("data", target.Data);
        values.Add("zone", target.TimeZone);
        values.Add("identity", target.Identity);
        values.Add("destinations", TargetTable.Write(target.Destinations));
        return values;
    }

    private static DynamicParameters Living(DateTimeOffset? deletedAt)
    {
        var values = new DynamicParameters();
        values.Add("deleted", deletedAt is { } at ? Times.Text(at) : null);
        values.Add("isLiving", deletedAt is null);
        return values;
    }
}
