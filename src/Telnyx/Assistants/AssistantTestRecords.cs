using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>Tests of assistants as they are written down, alone or in suites. Their runs go with them.</summary>
internal static class AssistantTestRecords
{
    public const string RecordType = "ai_assistant_test";

    private const string Suite = "test_suite", Channel = "telnyx_conversation_channel", Destination = "destination";
    private const int MostListed = 10_000;

    public static ResourceKind Kind(AssistantParts parts) => new(RecordType)
    {
        IsNewestFirst = true,
        KeepsUnsaid = true,
        Queries = new Dictionary<string, (string, string)>
        {
            [Suite] = (Suite, "eq"), [Channel] = (Channel, "eq"), [Destination] = (Destination, "eq"),
        },
        Work = change => new(change.After is null
            ? new UnitOfWork { Below = [new(TestRunRecords.Kind, TestRunRecords.TestId, change.Row.Id)] } : new UnitOfWork()),
        Validate = (op, body, _) => CheckAsync(op, body, parts),
        Show = (op, row, shown) =>
        {
            if (op.Operation.Method is "DELETE") shown.Clear();
            else shown["test_id"] = row.Id;
        },
    };

    /// <summary>The names of all suites, in their order.</summary>
    public static async ValueTask<Reply> ListSuites(OperationContext op, AssistantParts parts)
    {
        var page = await parts.Store.Documents.Rows(new DocumentKind(RecordType)).ListAsync(op.Tenant,
            new() { Filters = [new(Suite, "exists", ["true"])], Limit = MostListed }, op.Stop);
        var names = page.Rows.Select(row => row.Body.Filled(Suite)).OfType<string>().Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);
        return op.Bare(200, new JsonObject { ["data"] = new JsonArray([.. names.Select(name => (JsonNode)name)]) });
    }

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject body, AssistantParts parts)
    {
        foreach (string field in new[] { "name", "instructions" })
            if (string.IsNullOrWhiteSpace(body.Text(field)))
                return AssistantBody.At("/" + field, VoiceErrors.MissingParameter, $"{field} is required.");
        return await TestDestination.FindAsync(op.Tenant, body.Text(Destination) ?? "", parts.Store, op.Stop) is not null ? null
            : AssistantBody.Nowhere(op, "/" + Destination,
                "destination must be an assistant of this account: its id, or a number of its default_texml_app_id.");
    }
}
