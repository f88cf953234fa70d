using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Voipbin;

/// <summary>
/// Where the rows of this API live: campaigns, lists and targets are those that whoever dials reads, all else are documents.
/// </summary>
internal static class DialerRows
{
    public const string Face = VoipbinDialect.Name;

    /// <summary>As other resources refer to them.</summary>
    public static readonly ResourceKind Campaign = new("voipbin_campaign") { Deletes = DeleteStyle.Keep };
    public static readonly ResourceKind Outdial = new("voipbin_outdial") { Deletes = DeleteStyle.Keep };
    public static readonly ResourceKind Target = new("voipbin_outdialtarget") { Deletes = DeleteStyle.Keep };
    public static readonly ResourceKind Outplan = new("voipbin_outplan") { Deletes = DeleteStyle.Keep };
    public static readonly ResourceKind Queue = new("voipbin_queue") { Deletes = DeleteStyle.Keep };

    private static readonly ResourceView<CampaignFace> Campaigns = new()
    {
        Read = CampaignDocument.Read,
        Columns = new Dictionary<string, string> { ["status"] = "state" },
        Shown = new Dictionary<string, string> { ["status"] = "state", ["stop_reason"] = "stop_reason" },
    };

    private static readonly ResourceView<TargetListFace> Outdials = new()
    {
        Read = row => new((string?)row.Body["name"] ?? "", VoipbinShape.IdOf(row.Body["campaign_id"]), ResourceKind.DeletedAt(row)),
        Columns = new Dictionary<string, string> { ["campaign_id"] = "campaign" },
        Shown = new Dictionary<string, string> { ["campaign_id"] = "campaign" },
    };

    private static readonly ResourceView<TargetFace> Targets = new()
    {
        Read = TargetDocument.Read,
        Columns = new Dictionary<string, string> { ["status"] = "state", ["outdial_id"] = "list" },
        Shown = new Dictionary<string, string>
        {
            ["status"] = "state", ["outdial_id"] = "list", ["try_count_0"] = "tries_0", ["try_count_1"] = "tries_1",
            ["try_count_2"] = "tries_2", ["try_count_3"] = "tries_3", ["try_count_4"] = "tries_4",
        },
    };

    public static IResourceRows Of(Database store, ResourceKind kind) =>
        kind.RecordType == Campaign.RecordType ? store.CampaignFaces.Campaigns(Face, Campaigns)
        : kind.RecordType == Outdial.RecordType ? store.CampaignFaces.Lists(Face, Outdials)
        : kind.RecordType == Target.RecordType ? new LivingRows(store.CampaignFaces.Targets(Face, Targets))
        : store.Documents.Rows(kind);

    public static ValueTask<bool> IsForeignAsync(Database store, ResourceKind kind, TenantId tenant, string id, CancellationToken stop) =>
        kind.RecordType == Campaign.RecordType ? store.CampaignFaces.IsOthersCampaignAsync(tenant, id, stop)
        : kind.RecordType == Outdial.RecordType ? store.CampaignFaces.IsOthersListAsync(tenant, id, stop)
        : kind.RecordType == Target.RecordType ? store.CampaignFaces.IsOthersTargetAsync(tenant, id, stop)
        : store.Documents.IsOthersAsync(kind.RecordType, tenant, id, stop);

    /// <summary>All rows of a kind that fit, page after page.</summary>
    public static async IAsyncEnumerable<ResourceRow> AllAsync(IResourceRows rows, TenantId tenant,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop, params ResourceFilter[] filters)
    {
        const int size = 500;
        for (int at = 0; ; at += size)
        {
            var page = await rows.ListAsync(tenant, new() { Filters = filters, Offset = at, Limit = size }, stop);
            foreach (var row in page.Rows) yield return row;
            if (page.Rows.Count < size) yield break;
        }
    }

    /// <summary>Lists leave out what was deleted.</summary>
    private sealed class LivingRows(IResourceRows rows) : IResourceRows
    {
        public ValueTask<ResourcePage> ListAsync(TenantId tenant, ResourceQuery query, CancellationToken stop) =>
            rows.ListAsync(tenant, query with { Filters = [.. query.Filters, new(ResourceKind.DeletedField, "exists", ["false"])] }, stop);

        public ValueTask<ResourceRow?> FindAsync(TenantId tenant, string id, CancellationToken stop) => rows.FindAsync(tenant, id, stop);

        public ValueTask<WriteOutcome> InsertAsync(ResourceRow row, Store.Work.UnitOfWork? work, CancellationToken stop) =>
            rows.InsertAsync(row, work, stop);

        public ValueTask<WriteOutcome> UpdateAsync(ResourceRow row, Store.Work.UnitOfWork? work, CancellationToken stop) =>
            rows.UpdateAsync(row, work, stop);

        public ValueTask<WriteOutcome> DeleteAsync(TenantId tenant, string id, Store.Work.UnitOfWork? work, CancellationToken stop) =>
            rows.DeleteAsync(tenant, id, work, stop);
    }
}
