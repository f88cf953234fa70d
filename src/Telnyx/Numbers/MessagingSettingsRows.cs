using System.Text.Json.Nodes;
using Ringwright.Admission.Numbering;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Telnyx.Numbers;

/// <summary>The profile inside the rows of numbers: read with what the number says of itself, written back with its tags alone.</summary>
/// <param name="plans">Say which numbers are toll-free, for lists that ask for some type; null where nobody does.</param>
internal sealed class MessagingSettingsRows(IResourceRows numbers, NumberingPlans? plans = null) : IResourceRows
{
    /// <summary>The filter by what a number is to texts; no row says it.</summary>
    public const string ByType = "type";

    private static readonly string[] OfNumber = ["phone_number", "country_iso_alpha2", MessagingSettings.Tags];

    public async ValueTask<ResourcePage> ListAsync(TenantId tenant, ResourceQuery query, CancellationToken stop)
    {
        if (plans is not null && query.Filters.Any(filter => filter.Path is ByType))
            return await ListOfTypeAsync(tenant, query, plans, stop);
        var page = await numbers.ListAsync(tenant, query, stop);
        return new([.. page.Rows.Select(Settings)], page.Total);
    }

    /// <summary>What a number is its digits say, by the plan of its country: all that the other filters fit are looked at.</summary>
    private async ValueTask<ResourcePage> ListOfTypeAsync(TenantId tenant, ResourceQuery query, NumberingPlans known,
        CancellationToken stop)
    {
        var asked = query.Filters.Where(filter => filter.Path is ByType).ToList();
        var page = await numbers.ListAsync(tenant,
            query with { Filters = [.. query.Filters.Where(filter => filter.Path is not ByType)], Offset = 0, Limit = int.MaxValue }, stop);
        var fitting = page.Rows.Where(row =>
        {
            string type = Word(MessagingSettings.TypeOf(row.Body.Text("phone_number") ?? "", known));
            return asked.TrueForAll(filter => Fits(filter, type));
        }).ToList();
        return new([.. fitting.Skip(query.Offset).Take(query.Limit).Select(Settings)], fitting.Count);
    }

    private static bool Fits(ResourceFilter filter, string type) => filter.Operator switch
    {
        "eq" or "in" => filter.Values.Any(value => Word(value) == type),
        "ne" => filter.Values.All(value => Word(value) != type),
        _ => false,
    };

    /// <summary>Filters write the words of replies without their hyphen.</summary>
    private static string Word(string type) => type.Replace("-", "", StringComparison.Ordinal);

    public async ValueTask<ResourceRow?> FindAsync(TenantId tenant, string id, CancellationToken stop) =>
        await numbers.FindAsync(tenant, id, stop) is { } number ? Settings(number) : null;

    public async ValueTask<WriteOutcome> UpdateAsync(ResourceRow row, UnitOfWork? work, CancellationToken stop)
    {
        if (await numbers.FindAsync(row.Tenant, row.Id, stop) is not { } number) return WriteOutcome.Missing;
        if (number.Revision != row.Revision) return WriteOutcome.Stale;
        var body = number.Body.DeepClone().AsObject();
        if (row.Body.Filled(MessagingSettings.Profile) is { } profile) body[MessagingSettings.Profile] = profile;
        else body.Remove(MessagingSettings.Profile);
        if (row.Body[MessagingSettings.Tags] is JsonArray tags) body[MessagingSettings.Tags] = tags.DeepClone();
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
