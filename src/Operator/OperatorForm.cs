using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Operator;

/// <summary>How this API writes and reads what the engine says for it.</summary>
public static class OperatorForm
{
    private const string Number = "page[number]", Size = "page[size]", After = "page[after]",
        Before = "page[before]", Limit = "page[limit]";

    public static readonly ApiForm Form = new()
    {
        Errors = new ErrorList(),
        Paging = new NumberedPages(NamesOf, Lists(), ["page"]),
        Lists = new() { Filter = "filter", Sort = "sort", HasDateWords = true },
        Resources = new()
        {
            RecordType = "record_type",
            CreatedAt = "created_at",
            UpdatedAt = "updated_at",
            DeletedAt = "deleted_at",
            Time = static at => (JsonNode)OperatorTime.Write(at),
        },
        Access = new() { Forms = [new CredentialForm.BearerHeader()], Hint = "send 'Authorization: Bearer KEY'" },
        Headers = new()
        {
            RequestId = "x-request-id",
            RateLimit = "x-ratelimit-limit",
            RateRemaining = "x-ratelimit-remaining",
            RateReset = "x-ratelimit-reset",
            NotImplemented = new Dictionary<string, string> { ["x-should-retry"] = "false" },
        },
    };

    private static PageNames NamesOf(Operation operation)
    {
        var page = operation.FindQuery("page") is { IsDeep: true } deep ? deep.Schema : null;
        return new(Number, Size, page?.FindProperty("number"), page?.FindProperty("size"), 1)
        {
            Cursor = new(After, Before, Limit, page?.FindProperty("limit")),
        };
    }

    private static PageShape Lists() => new()
    {
        Items = "data",
        Meta = "meta",
        Usual = ["page_number", "page_size", "total_pages", "total_results"],
        Facts = new Dictionary<string, PageFact>
        {
            ["page_number"] = PageFact.Number,
            ["page_size"] = PageFact.Size,
            ["total_pages"] = PageFact.Pages,
            ["total_results"] = PageFact.Total,
        },
    };
}
