using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Telnyx.Connections;

/// <summary>Credentials with the filters whose meaning is not simply a field's value.</summary>
internal sealed class TelephonyCredentialRows(IResourceRows rows, TimeProvider time) : IResourceRows
{
    public ValueTask<ResourcePage> ListAsync(TenantId tenant, ResourceQuery query, CancellationToken stop) =>
        rows.ListAsync(tenant,
            query with { Filters = [.. query.Filters.Select(f => TelephonyCredentials.Translate(f, time.GetUtcNow()))] }, stop);

    public ValueTask<ResourceRow?> FindAsync(TenantId tenant, string id, CancellationToken stop) => rows.FindAsync(tenant, id, stop);

    public ValueTask<WriteOutcome> InsertAsync(ResourceRow row, UnitOfWork? work, CancellationToken stop) =>
        rows.InsertAsync(row, work, stop);

    public ValueTask<WriteOutcome> UpdateAsync(ResourceRow row, UnitOfWork? work, CancellationToken stop) =>
        rows.UpdateAsync(row, work, stop);

    public ValueTask<WriteOutcome> DeleteAsync(TenantId tenant, string id, UnitOfWork? work, CancellationToken stop) =>
        rows.DeleteAsync(tenant, id, work, stop);
}
