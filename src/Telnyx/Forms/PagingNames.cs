using Ringwright.Http;

namespace Ringwright.Telnyx;

/// <summary>How an operation's list is paged: four spellings, of which the contract's parameters say which.</summary>
internal static class PagingNames
{
    private const string Deep = "page", DeepNumber = "page[number]", DeepSize = "page[size]";
    private const string Upper = "Page", UpperSize = "PageSize", Flat = "page_size", Records = "recordsPerPage";

    private const string After = "page[after]", Before = "page[before]", Limit = "page[limit]";

    /// <summary>Those whose wrong value is told as a wrong page.</summary>
    public static readonly string[] All = [Deep, Flat, Records, Upper, UpperSize];

    public static PageNames Of(Operation operation)
    {
        var page = operation.FindQuery(Deep);
        var cursor = new CursorNames(After, Before, Limit, page is { IsDeep: true } ? page.Schema.FindProperty("limit") : null);
        return Numbers(operation, page) with { Cursor = cursor };
    }

    private static PageNames Numbers(Operation operation, Parameter? page)
    {
        // One family counts from 0 and says so in prose alone.
        if (operation.FindQuery(UpperSize) is { } upperSize)
            return new(Upper, UpperSize, operation.FindQuery(Upper)?.Schema, upperSize.Schema, 0);
        if (page is null) return Make(DeepNumber, DeepSize, operation.FindQuery(DeepNumber)?.Schema, operation.FindQuery(DeepSize)?.Schema);
        if (page.IsDeep) return Make(DeepNumber, DeepSize, page.Schema.FindProperty("number"), page.Schema.FindProperty("size"));
        string size = operation.FindQuery(Records) is not null ? Records : Flat;
        return Make(Deep, size, page.Schema, operation.FindQuery(size)?.Schema);
    }

    private static PageNames Make(string number, string size, Schema? numberSchema, Schema? sizeSchema) =>
        new(number, size, numberSchema, sizeSchema, Math.Min(1, PageQuery.DefaultOf(numberSchema) ?? 1));
}
