using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;

namespace Ringwright.Telnyx.Numbers;

/// <summary>Numbers that the account gave back: lists show them, as they were, until others may have them.</summary>
internal static class ReturnedNumbers
{
    private static readonly DocumentKind Kind = new(StockLimits.Returned);
    private static readonly string[] Lost = ["connection_id", "connection_name", MessagingSettings.Profile];

    /// <summary>What is kept of one, written with its return.</summary>
    public static DocumentWrite Of(ResourceRow row, DateTimeOffset at)
    {
        var body = row.Body.DeepClone().AsObject();
        foreach (string field in Lost) body.Remove(field);
        body["status"] = PhoneNumbers.Deleted;
        return new(Kind, new() { Id = row.Id, Tenant = row.Tenant, Body = body, CreatedAt = row.CreatedAt, UpdatedAt = at });
    }

    public static ValueTask<ResourcePage> ListAsync(Database store, TenantId tenant, ResourceQuery query, CancellationToken stop)
    {
        string since = Times.Text(store.Time.GetUtcNow() - StockLimits.Quarantine);
        return store.Documents.Rows(Kind).ListAsync(tenant,
            query with { Filters = [.. query.Filters, new("updated_at", "gt", [since])] }, stop);
    }
}
