using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Telnyx.Numbers;

/// <summary>Numbers by id or by their own text, and the filters whose meaning is not simply a field's value.</summary>
/// <param name="returned">Has those that were given back, for lists that ask for them; null where nobody does.</param>
internal sealed class PhoneNumberRows(IResourceRows rows, Database? returned = null) : IResourceRows
{
    private static readonly ResourceFilter Nothing = new("id", "in", []);

    public ValueTask<ResourcePage> ListAsync(TenantId tenant, ResourceQuery query, CancellationToken stop)
    {
        var translated = query with { Filters = [.. query.Filters.Select(Translate)] };
        bool isOfReturned = query.Filters.Any(filter => filter is { Path: "status", Values: [PhoneNumbers.Deleted] });
        return isOfReturned && returned is not null ? ReturnedNumbers.ListAsync(returned, tenant, translated, stop)
            : rows.ListAsync(tenant, translated, stop);
    }

    public async ValueTask<ResourceRow?> FindAsync(TenantId tenant, string id, CancellationToken stop)
    {
        if (!id.StartsWith('+')) return await rows.FindAsync(tenant, id, stop);
        var page = await rows.ListAsync(tenant, new() { Filters = [new("phone_number", "eq", [id])], Limit = 1 }, stop);
        return page.Rows.Count == 1 ? page.Rows[0] : null;
    }

    public ValueTask<WriteOutcome> InsertAsync(ResourceRow row, UnitOfWork? work, CancellationToken stop) =>
        rows.InsertAsync(row, work, stop);

    public ValueTask<WriteOutcome> UpdateAsync(ResourceRow row, UnitOfWork? work, CancellationToken stop) =>
        rows.UpdateAsync(row, work, stop);

    public ValueTask<WriteOutcome> DeleteAsync(TenantId tenant, string id, UnitOfWork? work, CancellationToken stop) =>
        rows.DeleteAsync(tenant, id, work, stop);

    private static ResourceFilter Translate(ResourceFilter filter) => filter.Path switch
    {
        "phone_number" when filter.Operator is "eq" => Number(filter),
        "source_type" => filter with { Values = [.. filter.Values.Select(v => v is "ported" ? "port_request" : "number_order")] },
        "without_tags" => new("tags", filter.Values.Contains("true") ? "eq" : "ne", ["[]"]),
        _ => filter,
    };

    /// <summary>Part of a number, at least three digits; a plus sign may lead, anything else finds nothing.</summary>
    private static ResourceFilter Number(ResourceFilter filter)
    {
        if (filter.Values is not [var text]) return filter;
        // A plus sign that nobody encoded arrives as a space.
        if (text.StartsWith(' ')) text = "+" + text[1..];
        var digits = text.AsSpan(text.StartsWith('+') ? 1 : 0);
        if (digits.Length < 3 || digits.ContainsAnyExceptInRange('0', '9')) return Nothing;
        return filter with { Operator = text.StartsWith('+') ? "starts_with" : "contains", Values = [text] };
    }
}
