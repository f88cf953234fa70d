using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Testing;
using Ringwright.Voipbin;

namespace Ringwright.Edge.Voipbin;

/// <summary>Calls and groups of calls by the dialer's API.</summary>
public sealed class DialerCallTests : IAsyncLifetime
{
    private const string Source = """{"type":"tel","target":"+15559876543"}""", Nobody = "00000000-0000-0000-0000-000000000000",
        Unknown = "11111111-2222-4333-8444-555555555555";

    private CallingHost _host = null!;       // set before each test

    public async ValueTask InitializeAsync()
    {
        _host = await CallingHost.StartAsync();
        _host.Work.Programs = application => new ActionsProgram(_host.Work, _host.Api.Node.Node.Database, application);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact, Depth("the gate has whose calls they are, their reasons, and what is refused")]
    public async Task C53_the_reason_of_a_call_that_nobody_answered_is_by_what_ended_it()
    {
        foreach (var (user, reason) in new[]
            {
                ("noans-1", "noanswer"), ("decline-1", "noanswer"), ("nf-1", "failed"), ("err-1", "failed"), ("busy-1", "busy")
            })
        {
            var over = await _host.ShownAsync("/calls/" + (await CallAsync(user))["id"], "status", "hangup");
            Assert.Equal(("remote", reason, null),
                ((string?)over["hangup_by"], (string?)over["hangup_reason"], (string?)over["tm_progressing"]));
        }
        var ringing = await CallAsync("ring-1");
        string id = (string)ringing["id"]!;
        Assert.Equal(id, (string?)Assert.Single(ringing["calls"]!.AsArray())!["id"]);
        Assert.Empty(ringing["groupcalls"]!.AsArray());
        await _host.ShownAsync("/calls/" + id, "status", "ringing");
        Assert.Equal("canceling", (string?)(await _host.Api.DoneAsync("POST", $"/calls/{id}/hangup"))["status"]);
        var cancelled = await _host.ShownAsync("/calls/" + id, "status", "hangup");
        Assert.Equal(("local", "cancel"), ((string?)cancelled["hangup_by"], (string?)cancelled["hangup_reason"]));
        await Eventually.TrueAsync(() => _host.Far.To("ring-1").Single().IsCancelled, "the phone rings no more");
        await _host.ToldAsync(id, "call_created", "call_dialing", "call_ringing", "call_canceling", "call_hangup");

        var answered = await CallAsync("now-1", sleep: 20_000);
        id = (string)answered["id"]!;
        var talks = await _host.ShownAsync("/calls/" + id, "status", "progressing");
        Assert.NotNull(talks["tm_progressing"]);
        DialerHost.Refuses(409, "STATE_INVALID", await _host.Api.AskAsync("DELETE", "/calls/" + id));
        Assert.Equal("terminating", (string?)(await _host.Api.DoneAsync("POST", $"/calls/{id}/hangup"))["status"]);
        var ended = await _host.ShownAsync("/calls/" + id, "status", "hangup");
        Assert.Equal(("local", "normal"), ((string?)ended["hangup_by"], (string?)ended["hangup_reason"]));
        await _host.ToldAsync(id, "call_created", "call_dialing", "call_progressing", "call_terminating", "call_hangup");
        DialerHost.Refuses(409, "STATE_INVALID", await _host.Api.AskAsync("POST", $"/calls/{id}/hangup"));
        var deleted = await _host.Api.DoneAsync("DELETE", "/calls/" + id);
        Assert.NotNull(deleted["tm_delete"]);
        Assert.Equal((string?)deleted["tm_delete"], (string?)(await _host.Api.DoneAsync("GET", "/calls/" + id))["tm_delete"]);
        DialerHost.Refuses(404, "CALL_NOT_FOUND", await _host.Api.AskAsync("DELETE", "/calls/" + id));
        await _host.ToldAsync(id, "call_created", "call_dialing", "call_progressing", "call_terminating", "call_hangup", "call_deleted");
    }

    [Fact, Depth("the gate has whose calls they are, their reasons, and what is refused")]
    public async Task A102_what_is_told_last_of_a_call_is_what_is_read()
    {
        var call = await CallAsync("ok-1", sleep: 500);
        var over = await _host.ShownAsync("/calls/" + call["id"], "status", "hangup");
        await _host.ToldAsync((string)call["id"]!, "call_created", "call_dialing", "call_ringing", "call_progressing",
            "call_terminating", "call_hangup");
        var told = _host.Events.Last(one => (string?)one["data"]!["id"] == (string?)call["id"])["data"]!;
        Assert.True(JsonNode.DeepEquals(over, told), $"{over.ToJsonString()}\n{told.ToJsonString()}");
        Assert.Equal(["dialing", "dialing", "ringing", "progressing", "terminating", "hangup"], _host.Events
            .Where(one => (string?)one["data"]!["id"] == (string?)call["id"]).Select(one => (string)one["data"]!["status"]!));
        // The actions are a flow of their own.
        var flow = await _host.Api.DoneAsync("GET", "/flows/" + over["flow_id"]);
        Assert.Equal("sleep", (string?)flow["actions"]![0]!["type"]);
        Assert.Equal(("+15559876543", "tel", $"ok-1@127.0.0.1:{_host.Far.Port}", "sip"), ((string?)over["source"]!["target"],
            (string?)over["source"]!["type"], (string?)over["destination"]!["target"], (string?)over["destination"]!["type"]));
        // A page is not cut between calls of one moment, and loses none.
        for (int i = 0; i < 3; i++) await CallAsync("busy-1");
        var all = (await _host.Api.DoneAsync("GET", "/calls"))["result"]!.AsArray().Select(one => (string)one!["id"]!).ToList();
        var paged = new List<string>();
        for (string token = ""; ;)
        {
            var page = await _host.Api.DoneAsync("GET", "/calls?page_size=1" + (token.Length > 0 ? "&page_token=" + token : ""));
            paged.AddRange(page["result"]!.AsArray().Select(one => (string)one!["id"]!));
            token = (string)page["next_page_token"]!;
            if (token.Length == 0) break;
        }
        Assert.Equal(4, all.Count);
        Assert.Equal(all, paged);
    }

    [Fact, Depth("the gate has whose calls they are, their reasons, and what is refused")]
    public async Task Several_destinations_are_a_group_whose_first_answer_is_the_only_one_where_that_is_asked_for()
    {
        var group = await _host.Api.DoneAsync("POST", "/groupcalls", $$"""
            {"source":{{Source}},"destinations":[{{_host.Far.Address("ring-1")}},{{_host.Far.Address("ok-2")}}],
             "ring_method":"ring_all","answer_method":"hangup_others","actions":[{"type":"sleep","option":{"duration":1000} }]}
            """);
        string id = (string)group["id"]!;
        await _host.ToldAsync(id, "groupcall_created", "groupcall_progressing", "groupcall_hangup");
        await Eventually.TrueAsync(() => _host.Far.To("ring-1").Single().IsCancelled, "the other rings no more");
        var over = await _host.Api.DoneAsync("GET", "/groupcalls/" + id);
        Assert.Equal((2, "hangup", "hangup_others"), ((int)over["call_count"]!, (string?)over["status"], (string?)over["answer_method"]));
        Assert.Equal(("tel", "+15559876543"), ((string?)over["source"]!["type"], (string?)over["source"]!["target"]));
        Assert.Equal([("sip", $"ring-1@127.0.0.1:{_host.Far.Port}"), ("sip", $"ok-2@127.0.0.1:{_host.Far.Port}")],
            over["destinations"]!.AsArray().Select(one => ((string)one!["type"]!, (string)one["target"]!)));
        string answered = (string)over["answer_call_id"]!;
        Assert.Contains(answered, over["call_ids"]!.AsArray().Select(one => (string)one!));
        var call = await _host.Api.DoneAsync("GET", "/calls/" + answered);
        Assert.Equal((id, "normal"), ((string?)call["groupcall_id"], (string?)call["hangup_reason"]));
        Assert.NotEqual(Nobody, (string?)call["flow_id"]);

        // Without it each who answers has the flow.
        var first = await CallAsync("now-3", sleep: 1_000, "now-4");
        Assert.NotEqual(Nobody, (string?)first["groupcall_id"]);
        Assert.Equal((string?)first["id"], (string?)Assert.Single(first["calls"]!.AsArray())!["id"]);
        Assert.Equal((string?)first["groupcall_id"], (string?)Assert.Single(first["groupcalls"]!.AsArray())!["id"]);
        await _host.ShownAsync("/groupcalls/" + first["groupcall_id"], "status", "hangup");
        Assert.All((await _host.Api.DoneAsync("GET", "/calls"))["result"]!.AsArray()
            .Where(one => (string?)one!["groupcall_id"] == (string?)first["groupcall_id"]),
            one => Assert.Equal("normal", (string?)one!["hangup_reason"]));

        // One after the other, until somebody answers.
        var linear = await _host.Api.DoneAsync("POST", "/groupcalls", $$"""
            {"source":{{Source}},"destinations":[{{_host.Far.Address("busy-5")}},{{_host.Far.Address("now-6")}},
              {{_host.Far.Address("now-7")}}],
             "ring_method":"linear","answer_method":"hangup_others","actions":[{"type":"sleep","option":{"duration":500} }]}
            """);
        var line = await _host.ShownAsync("/groupcalls/" + linear["id"], "status", "hangup");
        Assert.Equal((1, 2), ((int)line["dial_index"]!, (int)line["call_count"]!));
        Assert.Empty(_host.Far.To("now-7"));

        // And all are let go on request.
        var ringing = await _host.Api.DoneAsync("POST", "/groupcalls", $$"""
            {"source":{{Source}},"destinations":[{{_host.Far.Address("ring-8")}},{{_host.Far.Address("ring-9")}}]}
            """);
        FarCall[] both = [await _host.Far.CalledAsync("ring-8"), await _host.Far.CalledAsync("ring-9")];
        DialerHost.Refuses(409, "STATE_INVALID", await _host.Api.AskAsync("DELETE", "/groupcalls/" + ringing["id"]));
        await _host.Api.DoneAsync("POST", $"/groupcalls/{ringing["id"]}/hangup");
        await _host.ShownAsync("/groupcalls/" + ringing["id"], "status", "hangup");
        await Eventually.TrueAsync(() => both.All(far => far.IsCancelled), "both ring no more");
        DialerHost.Refuses(409, "STATE_INVALID", await _host.Api.AskAsync("POST", $"/groupcalls/{ringing["id"]}/hangup"));
        Assert.NotNull((await _host.Api.DoneAsync("DELETE", "/groupcalls/" + ringing["id"]))["tm_delete"]);
    }

    [Fact]
    public async Task Who_wants_to_be_anonymous_is_told_to_nobody_whom_he_calls()
    {
        Task<JsonObject> AskAsync(string anonymous, string path, params string[] users) => _host.Api.DoneAsync("POST", path, $$"""
            {"source":{{Source}},"anonymous":"{{anonymous}}",
             "destinations":[{{string.Join(',', users.Select(_host.Far.Address))}}]}
            """);
        await AskAsync("yes", "/calls", "ring-1");
        await AskAsync("yes", "/groupcalls", "ring-2", "ring-3");
        foreach (string user in new[] { "ring-1", "ring-2", "ring-3" })
            Assert.DoesNotContain("15559876543", (await _host.Far.CalledAsync(user)).From, StringComparison.Ordinal);
        string[] shown = ["no", "auto", ""];
        for (int i = 0; i < shown.Length; i++)
        {
            await AskAsync(shown[i], "/calls", $"ring-{4 + i}");
            Assert.Equal("+15559876543", (await _host.Far.CalledAsync($"ring-{4 + i}")).Caller);
        }
        foreach (string path in new[] { "/calls", "/groupcalls" })
        {
            DialerHost.Refuses(400, "INVALID_ANONYMOUS_VALUE", await _host.Api.AskAsync("POST", path,
                $$"""{"source":{{Source}},"destinations":[{{_host.Far.Address("ring-9")}}],"anonymous":"perhaps"}"""));
            DialerHost.Refuses(400, "INVALID_JSON_BODY", await _host.Api.AskAsync("POST", path,
                $$"""{"source":{{Source}},"destinations":[{{_host.Far.Address("ring-9")}}],"anonymous":true}"""));
        }
        Assert.Empty(_host.Far.To("ring-9"));
    }

    [Fact]
    public async Task A_number_and_a_SIP_URI_are_such_where_nobody_says_their_type()
    {
        var call = await _host.Api.DoneAsync("POST", "/calls", $$"""
            {"source":{"target":"+15559876543"},"destinations":[{"target":"sip:ring-1@127.0.0.1:{{_host.Far.Port}}"}]}
            """);
        Assert.Equal("tel", (string?)call["source"]!["type"]);
        Assert.Equal("+15559876543", (await _host.Far.CalledAsync("ring-1")).Caller);
        var plan = await _host.Api.DoneAsync("POST", "/outplans", """{"name":"plan","source":{"target":"+15559876543"}}""");
        Assert.Equal("tel", (string?)plan["source"]!["type"]);
        foreach (string target in new[] { "15559876543", "ring-1@127.0.0.1", "" })
            DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.Api.AskAsync("POST", "/calls",
                $$"""{"source":{{Source}},"destinations":[{"target":"{{target}}"}]}"""));
    }

    /// <summary>As the first tutorials of the API have it.</summary>
    [Fact]
    public async Task Whom_to_call_may_be_named_alone()
    {
        var call = await _host.Api.DoneAsync("POST", "/calls", $$$"""
            {"source":{{{Source}}},"destination":{{{_host.Far.Address("ring-1")}}},
             "actions":[{"type":"talk","option":{"text":"hello","gender":"female","language":"en-US"}}]}
            """);
        Assert.Equal("sip", (string?)call["destination"]!["type"]);
        Assert.Equal("+15559876543", (await _host.Far.CalledAsync("ring-1")).Caller);
        foreach (string alone in new[] { "\"+15550100009\"", """{"type":"sip","target":5}""", """{"type":"tel","target":"12ab"}""" })
            DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.Api.AskAsync("POST", "/calls",
                $$"""{"source":{{Source}},"destination":{{alone}}}"""));
    }

    [Fact]
    public async Task What_cannot_be_called_is_refused_and_calls_nobody()
    {
        foreach (string body in new[]
            {
                "{}", $$"""{"source":{{Source}}}""", $$"""{"source":{{Source}},"destinations":[{"type":"tel","target":"12ab"}]}""",
                $$"""{"source":{{Source}},"destinations":[{"type":"email","target":"a@example.com"}]}""",
                $$"""{"source":{{Source}},"destinations":[{"type":"agent","target":"{{Nobody}}"}]}""",
                $$"""{"source":{{Source}},"destinations":[{"type":"extension","target":"nobody"}]}""",
                $$"""{"destinations":[{{_host.Far.Address("now-1")}}]}""",
                $$"""{"source":{{Source}},"destinations":[{{_host.Far.Address("now-1")}}],"flow_id":"{{Unknown}}"}""",
            })
            DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.Api.AskAsync("POST", "/calls", body));
        DialerHost.Refuses(400, "INVALID_ACTION_TYPE", await _host.Api.AskAsync("POST", "/calls",
            $$"""{"source":{{Source}},"destinations":[{{_host.Far.Address("now-1")}}],"actions":[{"type":"no_such"}]}"""));
        // Its actions are kept as a flow, and are judged as one.
        string theirs = (string)(await _host.Api.DoneAsync("POST", "/flows", """{"name":"theirs"}""", _host.Api.Second))["id"]!;
        foreach (string action in new[]
            {
                """{"type":"play","option":{"stream_urls":["http://169.254.169.254/x.wav"]}}""",
                """{"type":"webhook_send","option":{"uri":"http://169.254.169.254/x"}}""",
                $$$"""{"type":"fetch_flow","option":{"flow_id":"{{{theirs}}}"}}""",
            })
            foreach (string path in new[] { "/calls", "/groupcalls" })
                DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.Api.AskAsync("POST", path,
                    $$"""{"source":{{Source}},"destinations":[{{_host.Far.Address("now-1")}}],"actions":[{{action}}]}"""));
        Assert.Empty((await _host.Api.DoneAsync("GET", "/flows"))["result"]!.AsArray());
        // The gate's word: an emergency number is nobody's to call by an API.
        var (status, refused) = await _host.Api.AskAsync("POST", "/calls", $$"""
            {"source":{{Source}},"destinations":[{"type":"sip","target":"112@127.0.0.1:{{_host.Api.Node.Node.Settings.Sip.Port}}"}]}
            """);
        Assert.True(status is 400 or 403, refused?.ToJsonString());
        Assert.Empty(_host.Far.Calls);
        foreach (string path in new[] { "calls", "groupcalls", "queuecalls" })
        {
            DialerHost.Refuses(400, "INVALID_ID", await _host.Api.AskAsync("GET", $"/{path}/abc"));
            DialerHost.Refuses(404, path[..^1].ToUpperInvariant() + "_NOT_FOUND",
                await _host.Api.AskAsync("GET", $"/{path}/11111111-2222-4333-8444-555555555555"));
        }
        DialerHost.Refuses(404, "QUEUECALL_NOT_FOUND",
            await _host.Api.AskAsync("POST", "/queuecalls/reference_id/11111111-2222-4333-8444-555555555555/kick"));
    }

    [Fact]
    public async Task Anothers_calls_groups_queues_and_agents_are_refused_and_go_on()
    {
        string queue = await _host.QueueAsync(), agent = await _host.AgentAsync("now-agent-1000", "offline");
        var call = await _host.QueuedAsync("now-caller-700", queue);
        string waiting = (string)(await _host.QueuecallAsync(call))["id"]!;
        await _host.ShownAsync("/queuecalls/" + waiting, "status", "waiting");
        var group = await _host.Api.DoneAsync("POST", "/groupcalls", $$"""
            {"source":{{Source}},"destinations":[{{_host.Far.Address("ring-8")}},{{_host.Far.Address("ring-9")}}]}
            """);
        foreach (string path in new[]
            {
                $"/calls/{call["id"]}", $"/groupcalls/{group["id"]}", $"/queuecalls/{waiting}",
            })
        {
            DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.Api.AskAsync("GET", path, null, _host.Api.Second));
            DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.Api.AskAsync("DELETE", path, null, _host.Api.Second));
            DialerHost.Refuses(403, "PERMISSION_DENIED",
                await _host.Api.AskAsync("POST",
                    path + (path.StartsWith("/queuecalls", StringComparison.Ordinal) ? "/kick" : "/hangup"), null, _host.Api.Second));
        }
        DialerHost.Refuses(403, "PERMISSION_DENIED",
            await _host.Api.AskAsync("POST", $"/queuecalls/reference_id/{call["id"]}/kick", null, _host.Api.Second));
        DialerHost.Refuses(403, "PERMISSION_DENIED",
            await _host.Api.AskAsync("PUT", $"/agents/{agent}/status", """{"status":"available"}""", _host.Api.Second));
        // Neither their agents nor their queues serve a stranger's call.
        DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.Api.AskAsync("POST", "/calls",
            $$"""{"source":{{Source}},"destinations":[{"type":"agent","target":"{{agent}}"}]}""", _host.Api.Second));
        foreach (string list in new[] { "calls", "groupcalls", "queuecalls" })
            Assert.Empty((await _host.Api.DoneAsync("GET", "/" + list, null, _host.Api.Second))["result"]!.AsArray());
        var thief = await _host.Api.DoneAsync("POST", "/calls", $$$"""
            {"source":{{{Source}}},"destinations":[{{{_host.Far.Address("now-thief-500")}}}],
             "actions":[{"type":"queue_join","option":{"queue_id":"{{{queue}}}"}}]}
            """, _host.Api.Second);
        await Eventually.TrueAsync(() => _host.Far.To("now-thief-500").Any(far => far.IsOver), "there is no such queue for it");
        Assert.Empty((await _host.Api.DoneAsync("GET", "/queuecalls", null, _host.Api.Second))["result"]!.AsArray());
        Assert.DoesNotContain(_host.Events, told => (string?)told["data"]!["id"] == (string?)thief["id"]);
        Assert.Equal("progressing", (string?)(await _host.Api.DoneAsync("GET", $"/calls/{call["id"]}"))["status"]);
        Assert.Equal("progressing", (string?)(await _host.Api.DoneAsync("GET", $"/groupcalls/{group["id"]}"))["status"]);
        Assert.Equal("waiting", (string?)(await _host.Api.DoneAsync("GET", "/queuecalls/" + waiting))["status"]);
        Assert.Equal("offline", (string?)(await _host.Api.DoneAsync("GET", "/agents/" + agent))["status"]);
    }

    [Fact]
    public void Each_cause_has_its_reasons_and_each_refusal_its_word()
    {
        var reasons = FaceTable.Of("voipbin").All;
        Assert.Equal(Enum.GetValues<HangupCause>().Order(), reasons.Keys.Select(end => end.Cause).Distinct().Order());
        string[] known = ["normal", "failed", "busy", "cancel", "timeout", "noanswer", "dialout", "amd"];
        Assert.All(reasons.Values, word => Assert.Contains(word, known));
        // Only what was answered can have been all right.
        Assert.All(reasons.Where(row => !row.Key.IsAnswered), row => Assert.NotEqual("normal", row.Value));
        var refusals = VoipbinContract.ReadRefusals();
        Assert.Equal(Enum.GetValues<Refusal>().Select(Words).Order(StringComparer.Ordinal), refusals.Keys.Order(StringComparer.Ordinal));
        var errors = VoipbinContract.ReadErrors();
        Assert.All(refusals.Values, reason => Assert.InRange(errors.Find(reason)!.Status, 400, 503));

        static string Words<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
    }

    private Task<JsonObject> CallAsync(string user, int sleep = 0, params string[] others) => _host.Api.DoneAsync("POST", "/calls", $$"""
        {"source":{{Source}},"destinations":[{{string.Join(',', others.Prepend(user).Select(_host.Far.Address))}}],
         "actions":[{"type":"sleep","option":{"duration":{{sleep}} } }]}
        """);
}
