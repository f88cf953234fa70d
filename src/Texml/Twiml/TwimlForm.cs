using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Telnyx.Texml;

namespace Ringwright.Texml.Twiml;

/// <summary>How this API writes and reads what the engine says for it.</summary>
public static class TwimlForm
{
    public static readonly ApiForm Form = new()
    {
        Errors = new Failure(),
        Paging = new NumberedPages(NamesOf, new() { Items = "items", Facts = new Dictionary<string, PageFact>() }, ["Page", "PageSize"]),
        Lists = new(),
        Resources = new() { Id = "sid", Time = static at => (JsonNode)TexmlTime.Text(at) },
        Access = new()
        {
            // The account's name goes with each of its keys, and a key's own with that key.
            Forms = [new CredentialForm.BasicHeader("Accounts", static (caller, user) => user == TwimlSids.Account(caller.Tenant)
                || Guid.TryParse(caller.KeyId, out var key) && user == TwimlSids.Key(key))],
            Hint = "send the account's SID with its auth token or a key, or a key's SID with the key, by Basic authentication",
        },
        Headers = new()
        {
            RequestId = "twilio-request-id", NotImplemented = new Dictionary<string, string> { ["x-should-retry"] = "false" },
        },
    };

    private static PageNames NamesOf(Operation operation) =>
        new("Page", "PageSize", operation.FindQuery("Page")?.Schema, operation.FindQuery("PageSize")?.Schema, 0);

    /// <summary>One object, of the first thing that is wrong.</summary>
    private sealed class Failure : ErrorForm
    {
        public override ErrorDocument Write(ErrorReport report)
        {
            var problem = report.Problems[0];
            var body = new JsonObject
            {
                ["code"] = int.Parse(problem.Code, CultureInfo.InvariantCulture),
                ["message"] = MessageOf(report, problem),
                ["more_info"] = report.Catalogue.Documentation?.Replace("{code}", problem.Code, StringComparison.Ordinal),
                ["status"] = report.Status,
            };
            return ErrorDocument.Json(body);
        }

        /// <summary>With the name of the field, where the sentence does not say it.</summary>
        private static string MessageOf(ErrorReport report, Problem problem)
        {
            string text = report.TextOf(problem), field = (problem.Pointer ?? problem.Parameter ?? "").TrimStart('/');
            return field.Length == 0 || text.Contains(field, StringComparison.Ordinal) ? text : $"{field}: {text}";
        }
    }
}
