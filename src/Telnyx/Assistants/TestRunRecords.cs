using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Assistants;

/// <summary>How runs of tests are kept: a document each, which goes with its test.</summary>
internal static class TestRunRecords
{
    public const string Kind = "ai_assistant_test_run", TestId = "test_id", Suite = "test_suite", SuiteRun = "test_suite_run_id",
        Status = "status", Details = "detail_status", Conversation = "conversation_id", Logs = "logs", CompletedAt = "completed_at",
        By = "triggered_by", Version = "destination_version_id", Name = "name";

    public const string Pending = "pending", Starting = "starting", Running = "running", Passed = "passed", Failed = "failed",
        Error = "error";

    /// <summary>The job of one run, and the run's id in its input.</summary>
    public const string Job = "ai_assistant_test_run", Run = "run";

    /// <summary>Each try that fails is a change by somebody else.</summary>
    private const int Attempts = 20;

    public static readonly string[] Open = [Pending, Starting, Running];

    public static IResourceRows Rows(Database store) => store.Documents.Rows(new DocumentKind(Kind));

    /// <summary>A run that nobody has begun yet, with every criterion of its test.</summary>
    public static ResourceRow New(TenantId tenant, ResourceRow test, string? version, string? suiteRun, DateTimeOffset at)
    {
        var body = new JsonObject
        {
            [TestId] = test.Id, [Status] = Pending, [By] = "api",
            [Details] = DetailsOf(test.Body),
        };
        if (test.Body.Filled(Suite) is { } suite) body[Suite] = suite;
        if (suiteRun is not null) body[SuiteRun] = suiteRun;
        if (version is not null) body[Version] = version;
        return new() { Id = Guid.NewGuid().ToString(), Tenant = tenant, Body = body, CreatedAt = at, UpdatedAt = at };
    }

    public static IReadOnlyList<(string Name, string Criteria)> CriteriaOf(JsonObject test) =>
        [.. (test["rubric"] as JsonArray ?? []).OfType<JsonObject>().Select(one => (one.Text(Name) ?? "", one.Text("criteria") ?? ""))];

    /// <summary>Every criterion of a test, before anybody has judged.</summary>
    public static JsonArray DetailsOf(JsonObject test) => new([.. CriteriaOf(test).Select(criterion => (JsonNode)new JsonObject
    {
        [Name] = criterion.Name, [Status] = Pending,
    })]);

    public static JsonObject Show(ResourceRow row)
    {
        var shown = new JsonObject
        {
            ["run_id"] = row.Id, ["created_at"] = TelnyxTime.Millis(row.CreatedAt), ["updated_at"] = TelnyxTime.Millis(row.UpdatedAt),
        };
        foreach (string field in new[] { TestId, SuiteRun, Status, Details, Conversation, Logs, CompletedAt, By })
            if (row.Body[field] is { } value) shown[field] = value.DeepClone();
        return shown;
    }

    /// <returns>False when the run is not there any more.</returns>
    public static async ValueTask<bool> ChangeAsync(Database store, TenantId tenant, string id, Action<JsonObject> change,
        CancellationToken stop)
    {
        var rows = Rows(store);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (await rows.FindAsync(tenant, id, stop) is not { } row) return false;
            var after = row with { Body = row.Body.DeepClone().AsObject(), UpdatedAt = store.Time.GetUtcNow() };
            change(after.Body);
            // No trail: the account asked for the run, and what comes of it stands in the run.
            switch (await rows.UpdateAsync(after, null, stop))
            {
                case WriteOutcome.Done: return true;
                case WriteOutcome.Missing: return false;
            }
        }
        throw new InvalidOperationException($"Test run {id} was changed {Attempts} times at once.");
    }
}
