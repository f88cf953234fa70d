using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;
using Ringwright.Telnyx.Inference;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>Runs of tests, one or those of a suite: ordered and shown here, done by <see cref="AssistantTestJob"/>.</summary>
internal static class AssistantTestRuns
{
    private const string Suite = "suite_name", Run = "run_id", Test = TestRunRecords.TestId, Version = TestRunRecords.Version;
    private const string AccountLimit = "10039";
    /// <summary>Of an account, that are not over.</summary>
    private const int MostOpen = 200;
    private const int MostOfSuite = 100;

    public static async ValueTask<Reply> Trigger(OperationContext op, AssistantParts parts)
    {
        if (parts.Talk is null) return ModelErrors.NoModel(op);
        if (await Tests(parts).FindAsync(op.Tenant, op.Path(Test), op.Stop) is not { } test) return op.Unknown(Test);
        var (runs, problem) = await OrderAsync(op, [test], suiteRun: null, parts);
        return problem is null ? op.Bare(201, TestRunRecords.Show(runs[0])) : op.Fail(problem);
    }

    public static async ValueTask<Reply> TriggerSuite(OperationContext op, AssistantParts parts)
    {
        if (parts.Talk is null) return ModelErrors.NoModel(op);
        var page = await OfSuiteAsync(op, parts, MostOfSuite);
        if (page.Rows.Count == 0) return op.Unknown(Suite);
        if (page.Total > MostOfSuite)
            return op.Fail(new Problem(AccountLimit, $"A suite of more than {MostOfSuite} tests is not run at once."));
        var (runs, problem) = await OrderAsync(op, page.Rows, Guid.NewGuid().ToString(), parts);
        return problem is null ? op.Bare(201, new JsonArray([.. runs.Select(run => (JsonNode)TestRunRecords.Show(run))]))
            : op.Fail(problem);
    }

    public static async ValueTask<Reply> List(OperationContext op, AssistantParts parts) =>
        await Tests(parts).FindAsync(op.Tenant, op.Path(Test), op.Stop) is { } test
            ? await ListAsync(op, parts, new(Test, "eq", [test.Id])) : op.Unknown(Test);

    public static async ValueTask<Reply> ListSuite(OperationContext op, AssistantParts parts) =>
        (await OfSuiteAsync(op, parts, 1)).Rows.Count > 0
            ? await ListAsync(op, parts, new(TestRunRecords.Suite, "eq", [op.Path(Suite)])) : op.Unknown(Suite);

    public static async ValueTask<Reply> Get(OperationContext op, AssistantParts parts)
    {
        if (await Tests(parts).FindAsync(op.Tenant, op.Path(Test), op.Stop) is null) return op.Unknown(Test);
        return await TestRunRecords.Rows(parts.Store).FindAsync(op.Tenant, op.Path(Run), op.Stop) is { } run
            && run.Body.Text(Test) == op.Path(Test) ? op.Bare(200, TestRunRecords.Show(run)) : op.Unknown(Run);
    }

    private static IResourceRows Tests(AssistantParts parts) =>
        parts.Store.Documents.Rows(new DocumentKind(AssistantTestRecords.RecordType));

    private static ValueTask<ResourcePage> OfSuiteAsync(OperationContext op, AssistantParts parts, int most) =>
        Tests(parts).ListAsync(op.Tenant,
            new() { Filters = [new(TestRunRecords.Suite, "eq", [op.Path(Suite)])], Limit = most }, op.Stop);

    private static async ValueTask<Reply> ListAsync(OperationContext op, AssistantParts parts, ResourceFilter of)
    {
        List<ResourceFilter> filters = [of];
        foreach (string name in new[] { TestRunRecords.Status, TestRunRecords.SuiteRun })
            if (op.Query[name] is { Length: > 0 } value) filters.Add(new(name, "eq", [value]));
        var page = await TestRunRecords.Rows(parts.Store).ListAsync(op.Tenant,
            new() { Filters = filters, IsDescending = true, Offset = op.List.Offset, Limit = op.List.Size }, op.Stop);
        return op.Page([.. page.Rows.Select(row => (JsonNode)TestRunRecords.Show(row))], page.Total);
    }

    /// <summary>A run of each test, all of them or none, with the jobs that do them.</summary>
    private static async ValueTask<(IReadOnlyList<ResourceRow> Runs, Problem? Problem)> OrderAsync(OperationContext op,
        IReadOnlyList<ResourceRow> tests, string? suiteRun, AssistantParts parts)
    {
        string? version = op.ReadObject().Filled(Version);
        foreach (var test in tests)
            if (await CheckAsync(op, test, version, parts) is { } problem) return ([], problem);
        var rows = TestRunRecords.Rows(parts.Store);
        var open = await rows.ListAsync(op.Tenant,
            new() { Filters = [new(TestRunRecords.Status, "in", TestRunRecords.Open)], Limit = 1 }, op.Stop);
        if (open.Total + tests.Count > MostOpen)
            return ([], new(AccountLimit, $"An account may have {MostOpen} runs that are not over: wait until some are."));
        List<ResourceRow> runs = [.. tests.Select(test => TestRunRecords.New(op.Tenant, test, version, suiteRun, op.Now))];
        var work = new UnitOfWork
        {
            Note = op.Note("created", TestRunRecords.Kind, suiteRun ?? runs[0].Id),
            Documents = [.. runs.Skip(1).Select(run => new DocumentWrite(new(TestRunRecords.Kind), run))],
            Jobs = [.. runs.Select(run => new NewJob(TestRunRecords.Job, new JsonObject { [TestRunRecords.Run] = run.Id }))],
        };
        bool isKept = await rows.InsertAsync(runs[0], work, op.Stop) is WriteOutcome.Done;
        return isKept ? (runs, null) : ([], op.Dialect.Errors.Problem(Fault.Conflict, "The runs could not be kept."));
    }

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, ResourceRow test, string? version, AssistantParts parts)
    {
        string name = test.Body.Text("name") ?? test.Id, channel = test.Body.Filled(ConversationRecords.Channel) ?? AssistantChat.Channel;
        if (channel is "phone_call" or "web_call")
            return new(VoiceErrors.BadRequest,
                $"10041: tests by {channel} are not built yet, and '{name}' is one: web_chat and sms_chat are.");
        if (await TestDestination.FindAsync(op.Tenant, test.Body.Text("destination") ?? "", parts.Store, op.Stop) is not { } assistant)
            return new(VoiceErrors.BadRequest, $"The assistant of '{name}' is not there any more.");
        if (version is not null && await AssistantRecords.FindVersionAsync(op, assistant.Id, version, parts.Store) is null)
            return new(VoiceErrors.BadRequest, $"The assistant of '{name}' has no version of this id.")
            {
                Pointer = "/" + Version, Status = 400,
            };
        return null;
    }
}
