using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Chakra;

/// <summary>How this API writes and reads what the engine says for it.</summary>
public static class ChakraForm
{
    public static readonly ApiForm Form = new()
    {
        Errors = new Failure(),
        // Lists are asked for by a body, and written by their handler.
        Paging = new NumberedPages(static _ => new("page", "limit", null, null, 1),
            new() { Items = "_data", Facts = new Dictionary<string, PageFact>() }, ["page", "limit"]),
        Lists = new(),
        ReadsWrittenValues = true,
        ReadsLooseTypes = true,
        Resources = new() { Time = static at => (JsonNode)ChakraTime.Millis(at) },
        Access = new() { Forms = [new CredentialForm.BearerHeader()], Hint = "send 'Authorization: Bearer TOKEN'" },
    };

    /// <summary>All that is wrong, each with its field, and no data.</summary>
    private sealed class Failure : ErrorForm
    {
        public override ErrorDocument Write(ErrorReport report) => ErrorDocument.Json(new JsonObject
        {
            ["_data"] = null,
            ["_meta"] = new JsonObject { ["requestId"] = report.RequestId },
            ["_errors"] = new JsonArray([.. report.Problems.Select(problem => (JsonNode)new JsonObject
            {
                ["code"] = problem.Code,
                ["message"] = report.TextOf(problem),
                ["field"] = (problem.Pointer?.TrimStart('/').Split('/')[0] ?? problem.Parameter) is { Length: > 0 } field ? field : null,
            })]),
        });
    }
}
