using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// Assistants in pages, by their tags and by what their names hold. The vendor's API takes all three, and neither the contract nor the
/// types of its clients know them: what of the query is wrong is said here.
/// </summary>
internal static class AssistantList
{
    private const string Filter = "filter[", TagFilter = "filter[tags]", NameFilter = "filter[name]";
    private const string Number = "page[number]", Size = "page[size]";

    public static async ValueTask<Reply> Show(OperationContext op, AssistantParts parts)
    {
        var errors = op.Dialect.Errors;
        foreach (var (name, _) in op.Query.Pairs)
            if (name.StartsWith(Filter, StringComparison.Ordinal) && name is not NameFilter && !QueryValues.IsOf(name, TagFilter))
                return op.Fail(errors.Problem(Fault.BadFilter, $"{name} is no filter of this list.") with { Parameter = name });
        var problems = new List<Problem>();
        var asked = new PageQuery(op.Operation, op.Query,
            (parameter, detail) => problems.Add(errors.Problem(Fault.BadPage, detail) with { Parameter = parameter }));
        int number = asked.Whole(Number, fallback: 1, least: 1, most: int.MaxValue);
        int size = asked.Whole(Size, fallback: AssistantRecords.MostListed, least: 1, most: AssistantRecords.MostListed);
        if (problems.Count > 0) return op.Fail(problems);

        int offset = (int)Math.Min((long)(number - 1) * size, int.MaxValue);
        var page = await FindAsync(op, parts, [.. op.Query.List(TagFilter)], offset, size);
        var reply = AssistantResources.Listed(page.Rows.Select(AssistantRecords.Show));
        reply["meta"] = new JsonObject
        {
            ["page_number"] = number, ["page_size"] = size,
            ["total_pages"] = (page.Total + size - 1) / size, ["total_results"] = page.Total,
        };
        return op.Bare(200, reply);
    }

    /// <param name="tags">Of which an assistant has each.</param>
    private static async ValueTask<ResourcePage> FindAsync(OperationContext op, AssistantParts parts, IReadOnlyList<string> tags,
        int offset, int size)
    {
        var rows = AssistantRecords.Rows(parts.Store);
        ResourceFilter[] named = op.Query[NameFilter] is { Length: > 0 } name ? [new("name", "contains", [name])] : [];
        var query = new ResourceQuery { Filters = named, IsDescending = true, Offset = offset, Limit = size };
        if (tags.Count == 0) return await rows.ListAsync(op.Tenant, query, op.Stop);
        var any = AssistantTags.Tagged;
        var tagged = await rows.ListAsync(op.Tenant, any with { Filters = [.. any.Filters, .. named], IsDescending = true }, op.Stop);
        List<ResourceRow> found = [.. tagged.Rows.Where(row => tags.All(row.Body.Texts(AssistantRecords.Tags).Contains))];
        return new([.. found.Skip(offset).Take(size)], found.Count);
    }
}
