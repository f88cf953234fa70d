using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Telnyx.Numbers;

/// <summary>The voice settings inside the rows of numbers: read with what the number says of itself, written back alone.</summary>
internal sealed class VoiceSettingsRows(IResourceRows numbers) : IResourceRows
{
    /// <summary>Field of a number's body that holds its settings.</summary>
    public const string Field = "voice";

    private static readonly string[] OfNumber = ["phone_number", "connection_id", "customer_reference"];

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
        var settings = row.Body.DeepClone().AsObject();
        foreach (string field in OfNumber) settings.Remove(field);
        var body = number.Body.DeepClone().AsObject();
        body[Field] = settings;
        return await numbers.UpdateAsync(number with { Body = body, UpdatedAt = row.UpdatedAt },
            work?.Note is { } note ? work with { Note = note with { Before = number.Body } } : work, stop);
    }

    public ValueTask<WriteOutcome> InsertAsync(ResourceRow row, UnitOfWork? work, CancellationToken stop) =>
        throw new NotSupportedException("Settings come with their number.");

    public ValueTask<WriteOutcome> DeleteAsync(TenantId tenant, string id, UnitOfWork? work, CancellationToken stop) =>
        throw new NotSupportedException("Settings go with their number.");

    private static ResourceRow Settings(ResourceRow number)
    {
        var settings = number.Body[Field] is JsonObject stored ? stored.DeepClone().AsObject() : [];
        foreach (string field in OfNumber)
            if (number.Body[field] is { } value) settings[field] = value.DeepClone();
        return number with { Body = settings };
    }
}
