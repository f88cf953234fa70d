using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telefonie;

/// <summary>How this API writes and reads what the engine says for it.</summary>
public static class TelefonieForm
{
    private const string Page = "page", Size = "page_size";

    public static readonly ApiForm Form = new()
    {
        Errors = new Failure(),
        Paging = new NumberedPages(
            static operation => new(Page, Size, operation.FindQuery(Page)?.Schema, operation.FindQuery(Size)?.Schema, 1),
            new()
            {
                Items = "calls",
                Facts = new Dictionary<string, PageFact>
                {
                    [Page] = PageFact.Number, [Size] = PageFact.Size, ["total"] = PageFact.Total,
                },
            }, [Page, Size]),
        Lists = new(),
        ReadsWrittenValues = true,
        ReadsLooseTypes = true,
        Resources = new() { Time = static at => (JsonNode)TelefonieTime.Text(at) },
        Access = new()
        {
            Forms = [new CredentialForm.KeyHeader("X-API-Key") { Foreign = [ApiKeyTable.AccesskeyStart, ApiKeyTable.TokenStart] }],
            Hint = "send 'X-API-Key: KEY'",
        },
    };

    private sealed class Failure : ErrorForm
    {
        public override ErrorDocument Write(ErrorReport report)
        {
            var first = report.Problems[0];
            var error = new JsonObject
            {
                ["code"] = first.Code, ["message"] = report.TextOf(first), ["request_id"] = report.RequestId,
            };
            var details = new JsonArray([.. report.Problems.Select(problem => DetailOf(report, problem)).OfType<JsonNode>()]);
            if (details.Count > 0) error["details"] = details;
            return ErrorDocument.Json(new JsonObject { ["error"] = error });
        }

        /// <summary>A place in the body, or a parameter; null where the request as a whole is meant.</summary>
        private static JsonObject? DetailOf(ErrorReport report, Problem problem) =>
            problem.Pointer is { } pointer ? new() { ["pointer"] = pointer, ["message"] = report.TextOf(problem) }
            : problem.Parameter is { } parameter ? new() { ["parameter"] = parameter, ["message"] = report.TextOf(problem) }
            : null;
    }
}
