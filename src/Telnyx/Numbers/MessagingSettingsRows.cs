using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Telnyx.Numbers;

/// <summary>The profile inside the rows of numbers: read with what the number says of itself, written back alone.</summary>
internal sealed class MessagingSettingsRows(IResourceRows numbers) : IResourceRows
{
    private static readonly string[] OfNumber = ["phone_number", "country_iso_alpha2", "tags"];

    public async ValueTask<ResourcePage> ListAsync(TenantId tenant, ResourceQuery query, CancellationToken stop)
    {
        var page = await numbers.ListAsync(tenant, query, stop);
        return new([.. page.Rows.Select(Settings)], page.Total);
    }

    public async ValueTask<ResourceRow?> FindAsync(TenantId tenant, string id, CancellationToken stop) =>
        await numbers.FindAsync(tenant, id, stop) is { } number ? Settings(number) : null;

    public async ValueTask<WriteOutcome> UpdateAsync(ResourceRow row, UnitOfWork? work, CancellationToken stop)
    {
        if (await numbers.FindAsync(row.Tenant, row.Id, stop) is not { } number) return WriteOutcome.Missing;
        if (number.Revision != row.Revision) return WriteOutcome.Stale;
        var body = number.Body.DeepClone().AsObject();
        if (row.Body.Filled(MessagingSettings.Profile) is { } profile) body[MessagingSettings.Profile] = profile;
        else body.Remove(MessagingSettings.Profile);
        return await numbers.UpdateAsync(number with { Body = body, UpdatedAt = row.UpdatedAt },
            work?.Note is { } note ? work with { Note = note with { Before = number.Body } } : work, stop);
    }

    public ValueTask<WriteOutcome> InsertAsync(ResourceRow row, UnitOfWork? work, CancellationToken stop) =>
        throw new NotSupportedException("Settings come with their number.");

    public ValueTask<WriteOutcome> DeleteAsync(TenantId tenant, string id, UnitOfWork? work, CancellationToken stop) =>
        throw new NotSupportedException("Settings go with their number.");

    private static ResourceRow Settings(ResourceRow number)
    {
        var settings = new JsonObject { [MessagingSettings.Profile] = number.Body.Filled(MessagingSettings.Profile) };
        foreach (string field in OfNumber)
            if (number.Body[field] is { } value) settings[field] = value.DeepClone();
        return number with { Body = settings };
    }
}
