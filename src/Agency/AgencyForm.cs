using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>How this API writes and reads what the engine says for it.</summary>
internal static class AgencyForm
{
    /// <summary>What a list says of its page, beside its items.</summary>
    /// <param name="count">Of the items on it.</param>
    public static JsonObject PageOf(ListRequest list, int count, long total) => new()
    {
        ["total"] = total, ["limit"] = list.Size, ["offset"] = list.Offset, ["has_more"] = list.Offset + count < total,
    };

    /// <summary>A page of a long list, which is also walked: each page says behind what the next one begins.</summary>
    /// <param name="last">Where this one ends; null where it is empty.</param>
    /// <param name="hasMore">Behind it.</param>
    public static JsonObject Walked(ListRequest list, string name, IReadOnlyList<JsonNode> items, ListPlace? last, bool hasMore, long total)
    {
        var page = PageOf(list, items.Count, total);
        page["has_more"] = hasMore;
        return new() { [name] = new JsonArray([.. items]), ["pagination"] = page, ["next_cursor"] = hasMore ? last?.Text : null };
    }

    /// <summary>Behind what the page that is asked for begins; null where it is counted to.</summary>
    public static (ListPlace? After, Problem? Fault) AfterOf(OperationContext op)
    {
        const string name = "after";
        if (op.Query[name] is not { } text) return (null, null);
        if (op.Query["offset"] is not null) return (null, AgencyText.Bad(name, "after and offset both say where a page begins."));
        if (ListPlace.Parse(text) is not { } place) return (null, AgencyText.Bad(name, "after is the next_cursor of a page."));
        return (place, null);
    }

    public static readonly ApiForm Form = new()
    {
        Errors = new Failure(),
        Paging = new Pages(),
        Lists = new(),
        Resources = new() { CreatedAt = "created_at", UpdatedAt = "updated_at", Time = static at => (JsonNode)AgencyText.Time(at) },
        FoldsIds = true,
        ReadsWrittenValues = true,
        ReadsLooseTypes = true,
        PassesEmptyQueries = true,
        PassesEmptyChoices = true,
        ClearsByEmptyChoices = true,
        // Queues and secrets have names of their own.
        IsId = static (name, text) => !name.EndsWith("id", StringComparison.Ordinal)
            || Guid.TryParseExact(text, "D", out _) || Guid.TryParseExact(text, "N", out _),
        Access = new()
        {
            Forms = [new CredentialForm.BearerHeader()],
            Hint = "send 'Authorization: Bearer TOKEN' with a token of /auth/login or a key of the account",
        },
    };

    /// <summary>The first thing that is wrong decides the code; all of them are details, by field.</summary>
    private sealed class Failure : ErrorForm
    {
        public override ErrorDocument Write(ErrorReport report)
        {
            var details = new JsonObject();
            foreach (var problem in report.Problems)
            {
                string field = problem.Parameter ?? (problem.Pointer ?? "").TrimStart('/').Replace('/', '.');
                if (field.Length == 0) continue;
                if (details[field] is not JsonArray messages) details[field] = messages = [];
                messages.Add((JsonNode)Sentence(report, problem));
            }
            var first = report.Problems[0];
            return ErrorDocument.Json(new JsonObject
            {
                ["error"] = new JsonObject
                {
                    ["code"] = CodeOf(report, first), ["message"] = Sentence(report, first), ["details"] = details,
                    ["request_id"] = report.RequestId,
                },
            });
        }

        /// <summary>With what is allowed, where a value is none of those.</summary>
        private static string Sentence(ErrorReport report, Problem problem) => Allowed(report, problem) is { } values
            ? $"{problem.Parameter} must be one of: {string.Join(", ", values)}." : report.TextOf(problem);

        private static string CodeOf(ErrorReport report, Problem problem) =>
            Allowed(report, problem) is null ? problem.Code : report.Catalogue.CodeOf(Fault.NotInEnum);

        /// <summary>The values of the parameter that is wrong; null where it is no enumeration.</summary>
        private static IReadOnlyList<string>? Allowed(ErrorReport report, Problem problem) =>
            problem.Parameter is { } name && report.Operation?.FindQuery(name)?.Schema is { } schema
                && (schema.Texts ?? schema.FindItems()?.Texts) is { } texts ? AgencyEnums.OrderOf(texts) : null;
    }

    private sealed class Pages : Paging
    {
        private static readonly OffsetPages Offsets = new("offset", "limit", new()
        {
            Items = "items", Facts = new Dictionary<string, PageFact>(),
        });

        public override ListRequest Read(PageQuery query) => Offsets.Read(query);

        public override JsonNode Write(PageReply page)
        {
            var reply = Offsets.Write(page).AsObject();
            reply["pagination"] = PageOf(page.List, page.Items.Count, page.Total);
            return reply;
        }

        public override bool IsPaged(Operation operation) => Offsets.IsPaged(operation);

        public override bool IsParameter(string name) => Offsets.IsParameter(name);
    }
}
