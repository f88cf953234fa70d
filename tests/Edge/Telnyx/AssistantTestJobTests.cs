using System.Text.Json.Nodes;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;
using Ringwright.Telnyx.Assistants;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>What becomes of runs of tests when nobody can do them, and what a judge's answer is read as.</summary>
public sealed class AssistantTestJobTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Tests = "/v2/ai/assistants/tests";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, InlineData("running", "The node stopped while it ran."), InlineData("pending", "No language model thinks for this node.")]
    public async Task A_run_that_nobody_can_do_ends_in_an_error_and_goes_with_its_test(string status, string says)
    {
        string test = await TestAsync(), run = await OrderAsync(test, status);
        var over = await Eventually.SomeAsync(async () =>
            (await host.SendAsync("GET", $"{Tests}/{test}/runs/{run}")).Body is var shown && (string?)shown["status"] is "error"
                ? shown : null, "an error");
        Assert.StartsWith(says, (string)over["logs"]!, StringComparison.Ordinal);
        Assert.Equal("error", (string?)over["detail_status"]![0]!["status"]);
        (await host.SendAsync("GET", $"{Tests}/{test}/runs/{run}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        (await host.SendAsync("GET", $"{Tests}/{test}/runs", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        (await host.SendAsync("GET", $"{Tests}/{await TestAsync()}/runs/{run}")).Refuses(404, "10005");

        Assert.Equal(200, (await host.SendAsync("DELETE", $"{Tests}/{test}")).Status);
        var left = await host.Store.Documents.ListOfAllTenantsAsync(TestRunRecords.Kind, Stop);
        Assert.DoesNotContain(left, row => row.Id == run);
    }

    [Theory]
    [InlineData("""{"verdicts": [{"criterion": 2, "passed": false, "reason": "r"}, {"criterion": 1, "passed": true}]}""", "True False")]
    [InlineData("Here it is:\n```json\n{\"verdicts\": [{\"criterion\": 1, \"passed\": true}, {\"criterion\": 2, \"passed\": true}]}\n```",
        "True True")]
    [InlineData("""{"verdicts": [{"criterion": 1, "passed": true}]}""", "there is no verdict on criterion 2")]
    [InlineData("""{"verdicts": [{"criterion": 1, "passed": "yes"}]}""", "does not say whether it has passed")]
    [InlineData("""{"verdicts": [{"criterion": 3, "passed": true}]}""", "a verdict is of no criterion")]
    [InlineData("""{"verdicts": [{"criterion": 1, "passed": true}, {"criterion": 1, "passed": false}]}""", "two verdicts on criterion 1")]
    [InlineData("""{"verdicts": [], "verdicts": []}""", "there is no list of verdicts")]
    [InlineData("""{"summary": {"1": "{name} said it"}, "verdicts": [{"criterion": 1, "passed": true}, {"criterion": 2, "passed": true}]}""",
        "True True")]
    [InlineData("All passed.", "there is no list of verdicts")]
    [InlineData("<think>{2} is not met: {\"verdicts\": [...]}</think>\n{ \"verdicts\": [{\"criterion\": 1, \"passed\": true}, "
        + "{\"criterion\": 2, \"passed\": false, \"reason\": \"{\\\"verdicts\\\"} has none\"}]}", "True False")]
    public void A_judge_has_one_verdict_for_each_criterion_or_none(string said, string read)
    {
        var (verdicts, fault) = TestJudge.Read(said, 2);
        Assert.Contains(read, fault ?? string.Join(' ', verdicts!.Select(one => one.HasPassed)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_person_of_a_test_knows_what_was_said_and_nothing_of_tools()
    {
        var at = DateTimeOffset.UnixEpoch;
        var seen = TestCaller.Seen(
        [
            new("user", "A pizza.", at), new("assistant", "", at) { Calls = [("c", "price", "{}")] },
            new("tool", "ten", at) { CallId = "c" }, new("assistant", "Ten euros.", at),
        ]);
        Assert.Equal(["assistant: A pizza.", "user: Ten euros."], seen.Skip(1).Select(message => $"{message.Role}: {message.Text}"));
        Assert.Equal("user", seen[0].Role);
        var agent = TestCaller.Of(new JsonObject { ["instructions"] = "Say {{this}}." }, "some/model");
        Assert.DoesNotContain("{{", (string)agent.Definition["instructions"]!, StringComparison.Ordinal);
        Assert.True(agent.MayHangUp);
    }

    private async Task<string> TestAsync()
    {
        var assistant = await host.SendAsync("POST", "/v2/ai/assistants", """{"name":"a","model":"some/model","instructions":"x"}""");
        var made = await host.SendAsync("POST", Tests, $$"""
            {"name":"t","destination":"{{assistant.Body["id"]}}","instructions":"y","rubric":[{"name":"n","criteria":"c"}]}
            """);
        Assert.True(made.Status == 201, made.Text);
        return (string)made.Body["test_id"]!;
    }

    /// <summary>As a request orders it, which needs a model.</summary>
    private async Task<string> OrderAsync(string test, string status)
    {
        var rows = host.Store.Documents.Rows(new DocumentKind(AssistantTestRecords.RecordType));
        var row = await rows.FindAsync(host.Tenant, test, Stop);
        var run = TestRunRecords.New(host.Tenant, row!, version: null, suiteRun: null, host.Time.GetUtcNow());      // just made
        run.Body[TestRunRecords.Status] = status;
        var work = new UnitOfWork { Jobs = [new(TestRunRecords.Job, new JsonObject { [TestRunRecords.Run] = run.Id })] };
        Assert.Equal(WriteOutcome.Done, await TestRunRecords.Rows(host.Store).InsertAsync(run, work, Stop));
        return run.Id;
    }
}
