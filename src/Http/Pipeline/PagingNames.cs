namespace Ringwright.Http;

/// <summary>How an operation's list is paged: the names of its query parameters with their schemas, as the contract declares them.</summary>
/// <param name="First">Number of the first page: 0 where the contract begins to count there.</param>
internal sealed record PagingNames(string Number, string Size, Schema? NumberSchema, Schema? SizeSchema, int First)
{
    private const string Deep = "page", DeepNumber = "page[number]", DeepSize = "page[size]", Upper = "Page", UpperSize = "PageSize";

    public static PagingNames Of(Operation operation)
    {
        // One family counts from 0 and says so in prose alone.
        if (operation.FindQuery(UpperSize) is { } upperSize) return new(Upper, UpperSize, operation.FindQuery(Upper)?.Schema, upperSize.Schema, 0);
        if (operation.FindQuery(Deep) is not { } page) return Make(DeepNumber, DeepSize, operation.FindQuery(DeepNumber)?.Schema, operation.FindQuery(DeepSize)?.Schema);
        if (page.IsDeep) return Make(DeepNumber, DeepSize, page.Schema.FindProperty("number"), page.Schema.FindProperty("size"));
        string size = operation.FindQuery("recordsPerPage") is not null ? "recordsPerPage" : "page_size";
        return Make(Deep, size, page.Schema, operation.FindQuery(size)?.Schema);
    }

    private static PagingNames Make(string number, string size, Schema? numberSchema, Schema? sizeSchema) =>
        new(number, size, numberSchema, sizeSchema, Math.Min(1, QueryReader.Whole(numberSchema?.Default) ?? 1));
}
