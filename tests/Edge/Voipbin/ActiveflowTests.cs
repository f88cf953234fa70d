using System.Text.Json.Nodes;
using Ringwright.Edge.Egress;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Voipbin;

/// <summary>Runs of flows without a call, by their resources.</summary>
public sealed class ActiveflowTests : IAsyncLifetime
{
    private DialerHost _host = null!;       // set before each test

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await DialerHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task<JsonNode> EndedAsync(string id) => await Eventually.SomeAsync(
        async () => await _host.DoneAsync("GET", "/activeflows/" + id) is var run && (string?)run["status"] == "ended" ? run : null,
        "the run is over");

    private static string Hook(string url) =>
        """{"type":"webhook_send","option":{"uri":"URL","sync":true,"data":"${who}"}}""".Replace("URL", url, StringComparison.Ordinal);

    [Fact, Depth("the gate has the calls, walls and refusals of this face; this is read or made the same way")]
    public async Task A_run_begins_goes_on_and_is_told()
    {
        await using var hook = await Sink.StartAsync();
        await using var also = await Sink.StartAsync();
        await _host.DoneAsync("PUT", "/customer", $$"""{"webhook_uri":"{{hook.Url}}/events"}""");
        var begun = await _host.DoneAsync("POST", "/activeflows",
            $$"""{"actions":[{"type":"talk","option":{"text":"x"} },{{Hook(hook.Url + "/asked")}}],"variables":{"who":"Ada"},"webhook_uri":"{{also.Url}}"}""");
        Assert.Equal("api", (string?)begun["reference_type"]);
        string id = (string)begun["id"]!;
        var ended = await EndedAsync(id);
        Assert.Equal(["webhook_send"], ended["executed_actions"]!.AsArray().Select(action => (string)action!["type"]!));
        Assert.Null(ended["current_action"]);
        // Nobody has sent it anywhere else.
        Assert.Equal(Guid.Empty.ToString(), (string?)ended["forward_action_id"]);
        Assert.Equal("Ada", Assert.Single(hook.All, asked => asked.Path.EndsWith("/asked", StringComparison.Ordinal)).Text);
        await Eventually.TrueAsync(() => also.All.Count == 3, "three events");
        Assert.Equal(["activeflow_created", "activeflow_updated", "activeflow_updated"],
            also.All.Select(told => (string)JsonNode.Parse(told.Text)!["type"]!));
        var last = JsonNode.Parse(also.All[^1].Text)!["data"]!;
        Assert.True(JsonNode.DeepEquals(ended, last), $"{ended.ToJsonString()}\n{last.ToJsonString()}");
        await Eventually.TrueAsync(() => hook.All.Count == 4, "the customer's own");

        var listed = (await _host.DoneAsync("GET", "/activeflows"))["result"]!.AsArray();
        Assert.Equal(id, (string?)Assert.Single(listed)!["id"]);
        var deleted = await _host.DoneAsync("DELETE", "/activeflows/" + id);
        Assert.NotNull(deleted["tm_delete"]);
        Assert.NotNull((await _host.DoneAsync("GET", "/activeflows/" + id))["tm_delete"]);
        DialerHost.Refuses(404, "ACTIVEFLOW_NOT_FOUND", await _host.AskAsync("DELETE", "/activeflows/" + id));
        await Eventually.TrueAsync(() => also.All.Count == 4, "the deletion is told");
    }

    [Fact]
    public async Task A_run_whose_own_address_is_the_customers_is_told_there_once()
    {
        await using var hook = await Sink.StartAsync();
        await _host.DoneAsync("PUT", "/customer", $$"""{"webhook_uri":"{{hook.Url}}/events"}""");
        var run = await _host.DoneAsync("POST", "/activeflows",
            $$"""{"actions":[{"type":"empty"}],"webhook_uri":"{{hook.Url}}/events"}""");
        await EndedAsync((string)run["id"]!);
        await _host.DoneAsync("DELETE", "/activeflows/" + run["id"]);
        // They come in their order, so that none is under way behind the last.
        await Eventually.TrueAsync(() => hook.All.Any(told => told.Text.Contains("activeflow_deleted", StringComparison.Ordinal)),
            "the last");
        Assert.Equal(["activeflow_created", "activeflow_updated", "activeflow_updated", "activeflow_deleted"],
            hook.All.Select(told => (string)JsonNode.Parse(told.Text)!["type"]!));
    }

    [Fact]
    public async Task Of_a_flow_and_actions_in_one_request_the_flow_runs()
    {
        await using var hook = await Sink.StartAsync();
        var flow = await _host.DoneAsync("POST", "/flows", $$"""{"name":"mine","actions":[{{Hook(hook.Url + "/flow")}}]}""");
        var begun = await _host.DoneAsync("POST", "/activeflows",
            $$"""{"flow_id":"{{flow["id"]}}","variables":{"who":"Ada"},"actions":[{{Hook(hook.Url + "/actions")}}]}""");
        Assert.Equal((string?)flow["id"], (string?)begun["flow_id"]);
        await EndedAsync((string)begun["id"]!);
        Assert.EndsWith("/flow", Assert.Single(hook.All).Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_run_is_refused()
    {
        var flow = await _host.DoneAsync("POST", "/flows", """{"name":"mine","actions":[{"type":"empty"}]}""");
        var theirs = await _host.DoneAsync("POST", "/flows", """{"name":"theirs"}""", _host.Second);
        foreach (var (body, reason) in new[]
            {
                ("{}", "INVALID_ARGUMENT"),
                ($$"""{"flow_id":"{{theirs["id"]}}"}""", "INVALID_ARGUMENT"),
                ($$"""{"flow_id":"{{theirs["id"]}}","actions":[{"type":"empty"}]}""", "INVALID_ARGUMENT"),
                ("""{"actions":[{"type":"no_such"}]}""", "INVALID_ACTION_TYPE"),
                ("""{"actions":[{"type":"sleep","option":{"duration":"x"}}]}""", "INVALID_ARGUMENT"),
                ($$"""{"actions":[{"type":"fetch_flow","option":{"flow_id":"{{theirs["id"]}}"} }]}""", "INVALID_ARGUMENT"),
                ("""{"actions":[{"type":"webhook_send","option":{"uri":"http://169.254.169.254/latest"}}]}""", "INVALID_ARGUMENT"),
                ("""{"actions":[{"type":"fetch","option":{"event_url":"http://169.254.169.254/latest"}}]}""", "INVALID_ARGUMENT"),
                ("""{"actions":[{"type":"play","option":{"stream_urls":["http://169.254.169.254/latest"]}}]}""", "INVALID_ARGUMENT"),
                ("""{"actions":[{"type":"empty"}],"variables":{"voipbin.call.id":"x"}}""", "INVALID_ARGUMENT"),
                ("""{"actions":[{"type":"empty"}],"variables":{"n":5}}""", "INVALID_ARGUMENT"),
                ("""{"actions":[{"type":"empty"}],"webhook_uri":"http://169.254.169.254/x"}""", "INVALID_ARGUMENT"),
            })
            DialerHost.Refuses(400, reason, await _host.AskAsync("POST", "/activeflows", body));
        Assert.Empty((await _host.DoneAsync("GET", "/activeflows"))["result"]!.AsArray());
        var run = await _host.DoneAsync("POST", "/activeflows",
            $$"""{"id":"11111111-2222-4333-8444-555555555555","flow_id":"{{flow["id"]}}"}""");
        Assert.Equal("11111111-2222-4333-8444-555555555555", (string?)run["id"]);
        DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.AskAsync("POST", "/activeflows",
            $$"""{"id":"11111111-2222-4333-8444-555555555555","flow_id":"{{flow["id"]}}"}"""));
    }

    [Fact]
    public async Task A_thief_finds_another_customers_runs_to_be_anothers()
    {
        string id = (string)(await _host.DoneAsync("POST", "/activeflows", """{"actions":[{"type":"empty"}]}"""))["id"]!;
        await EndedAsync(id);
        foreach (var (method, path) in new[] { ("GET", ""), ("DELETE", ""), ("POST", "/stop") })
            DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.AskAsync(method, $"/activeflows/{id}{path}", null, _host.Second));
        Assert.Empty((await _host.DoneAsync("GET", "/activeflows", null, _host.Second))["result"]!.AsArray());
        Assert.Null((await _host.DoneAsync("GET", "/activeflows/" + id))["tm_delete"]);
        DialerHost.Refuses(404, "ACTIVEFLOW_NOT_FOUND", await _host.AskAsync("GET", "/activeflows/" + Guid.NewGuid()));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_holds_a_run_until_it_is_stopped()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var slow = await Sink.StartAsync(async (_, context) => await gone.Task.WaitAsync(context.RequestAborted));
        string id = (string)(await _host.DoneAsync("POST", "/activeflows", $$"""{"actions":[{{Hook(slow.Url)}}]}"""))["id"]!;
        await Eventually.TrueAsync(() => slow.All.Count == 1, "it is asked");
        Assert.Equal("running", (string?)(await _host.DoneAsync("GET", "/activeflows/" + id))["status"]);
        Assert.Equal("ended", (string?)(await _host.DoneAsync("POST", $"/activeflows/{id}/stop"))["status"]);
        Assert.Equal("ended", (string?)(await _host.DoneAsync("POST", $"/activeflows/{id}/stop"))["status"]);
        gone.SetResult();
    }

    [Fact, Depth("the gate has the runs that are refused for what they say; this begins as many as may run")]
    public async Task Beyond_as_many_as_may_run_it_is_said_that_they_run_and_not_that_the_id_is_taken()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var slow = await Sink.StartAsync(async (_, context) => await gone.Task.WaitAsync(context.RequestAborted));
        for (int i = 0; i < 100; i++)
        {
            var (status, begun) = await BeginAsync();
            Assert.True(status == 200, begun?.ToJsonString());
        }
        DialerHost.Refuses(429, "RESOURCE_LIMIT_EXCEEDED", await BeginAsync());
        gone.SetResult();

        // As fast as an account may ask.
        async Task<(int Status, JsonNode? Body)> BeginAsync()
        {
            while (true)
            {
                var got = await _host.AskAsync("POST", "/activeflows", $$"""{"actions":[{{Hook(slow.Url)}}]}""");
                if ((string?)got.Body?["error"]?["reason"] is not "RATE_LIMIT_EXCEEDED") return got;
                await Task.Delay(TimeSpan.FromSeconds(1), Stop);
            }
        }
    }

    [Theory]
    [InlineData("[]garbage"), InlineData("<html>"), InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]")]
    public async Task A_server_that_sends_anything_ends_the_run(string answer)
    {
        await using var hostile = await Sink.StartAsync(async (_, context) =>
        {
            context.Response.StatusCode = 200;
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, answer);
        });
        string id = (string)(await _host.DoneAsync("POST", "/activeflows",
            $$"""{"actions":[{"type":"fetch","option":{"event_url":"{{hostile.Url}}"} },{{Hook(hostile.Url + "/never")}}]}"""))["id"]!;
        await EndedAsync(id);
        Assert.Single(hostile.All);
    }

    [Fact]
    public async Task A_server_that_never_stops_sending_is_cut_off()
    {
        byte[] much = new byte[64 * 1024];
        await using var endless = await Sink.StartAsync(async (_, context) =>
        {
            for (int i = 0; i < 10_000 && !context.RequestAborted.IsCancellationRequested; i++)
                await context.Response.Body.WriteAsync(much, context.RequestAborted);
        });
        string id = (string)(await _host.DoneAsync("POST", "/activeflows",
            $$"""{"actions":[{"type":"fetch","option":{"event_url":"{{endless.Url}}"} }]}"""))["id"]!;
        await EndedAsync(id);
    }

    [Fact]
    public async Task What_an_earlier_process_has_left_is_over()
    {
        var store = _host.Node.Node.Database;
        var tenant = new Ringwright.Core.TenantId(Guid.Parse((string)(await _host.DoneAsync("GET", "/customer"))["id"]!));
        var now = store.Time.GetUtcNow();
        var run = new FlowRun
        {
            Id = Guid.NewGuid(), Tenant = tenant, ReferenceType = "call", Reference = Guid.NewGuid(), Facts = [], CreatedAt = now,
            UpdatedAt = now,
        };
        Assert.True(await store.FlowRuns.BeginAsync(run, null, Stop));
        Assert.False(await store.FlowRuns.BeginAsync(run, null, Stop));
        Assert.Equal(run.Id, Assert.Single(await store.FlowRuns.ListRunningAsync(isOnlyNode: true, 10, Stop)).Id);
        using var egress = new Ringwright.Egress.EgressClient(new() { IsLoopbackAllowed = true }, TimeProvider.System);
        await using var next = new Ringwright.Voipbin.VoipbinNode(Ringwright.Voipbin.VoipbinContract.Read(),
            new() { Store = store, Egress = egress });
        await next.ReadAsync(Stop);
        Assert.Equal("ended", (string?)(await _host.DoneAsync("GET", "/activeflows/" + run.Id))["status"]);
        Assert.Empty(await store.FlowRuns.ListRunningAsync(isOnlyNode: true, 10, Stop));
    }
}
