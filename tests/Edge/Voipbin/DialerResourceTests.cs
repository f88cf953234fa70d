using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Voipbin;

/// <summary>Section A of the dialer's cases, with plans where campaigns are not built.</summary>
public sealed class DialerResourceTests : IAsyncLifetime
{
    private const string Nobody = "00000000-0000-0000-0000-000000000000", Unknown = "11111111-2222-4333-8444-555555555555";

    private DialerHost _host = null!;       // set before each test

    public async ValueTask InitializeAsync() => _host = await DialerHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A13_path_ids_are_checked()
    {
        foreach (string path in new[] { "outplans", "queues", "flows", "agents", "tags", "accesskeys" })
        {
            DialerHost.Refuses(400, "INVALID_ID", await _host.AskAsync("GET", $"/{path}/abc"));
            DialerHost.Refuses(400, "INVALID_ID", await _host.AskAsync("GET", $"/{path}/{Nobody}"));
            string reason = path == "accesskeys" ? "RESOURCE_NOT_FOUND" : path[..^1].ToUpperInvariant() + "_NOT_FOUND";
            DialerHost.Refuses(404, reason, await _host.AskAsync("GET", $"/{path}/{Unknown}"));
            DialerHost.Refuses(404, reason, await _host.AskAsync("DELETE", $"/{path}/{Unknown}"));
            DialerHost.Refuses(404, reason, await _host.AskAsync("PUT", $"/{path}/{Unknown}", """{"name":"x"}"""));
        }
        DialerHost.Refuses(404, "ROUTE_NOT_FOUND", await _host.AskAsync("GET", "/nothing"));
        DialerHost.Refuses(404, "ROUTE_NOT_FOUND", await _host.AskAsync("PUT", "/campaigncalls", "{}"));
    }

    [Fact]
    public async Task What_the_original_has_beside_is_501_and_says_what_to_use()
    {
        foreach (var (method, path, word) in new[]
        {
            ("GET", "/numbers", "/v2/phone_numbers"), ("POST", "/numbers/renew", "/v2/number_orders"), ("GET", "/me", "/v1.0/agents/{id}"),
            ("POST", "/conferences", "conference_join"), ("DELETE", $"/contacts/{Unknown}", "/v1.0/outdials/{id}/targets"),
            ("GET", $"/calls/{Unknown}/media_stream", "external_media_start"), ("PUT", $"/customers/{Unknown}", "/v1.0/customer"),
            ("GET", $"/timelines/calls/{Unknown}/pcap", "call trace"), ("PUT", "/service_agents/me/status", "/v1.0/agents/{id}/status"),
            ("POST", $"/service_agents/talk_chats/{Unknown}/join", "agents do not write"), ("POST", "/transfers", "connect"),
        })
        {
            var got = await _host.AskAsync(method, path);
            DialerHost.Refuses(501, "NOT_IMPLEMENTED", got);
            Assert.Contains(word, (string?)got.Body!["error"]!["message"], StringComparison.Ordinal);
            DialerHost.Refuses(401, "AUTHENTICATION_REQUIRED", await _host.AskWithAsync(method, path, null));
        }
        // Who would sign up has no key yet.
        using var content = new StringContent("""{"email":"anna@example.com"}""", null, "application/json");
        using var response = await _host.SendAsync("POST", "/auth/signup", content);
        Assert.Equal(HttpStatusCode.NotImplemented, response.StatusCode);
        Assert.Contains("/v1.0/customers", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    /// <summary>As a script deletes them that clears away all flows while a campaign runs.</summary>
    [Fact]
    public async Task The_flow_of_a_campaign_goes_with_it_and_not_before()
    {
        string campaign = (string)(await _host.DoneAsync("POST", "/campaigns", """{"name":"x","actions":[{"type":"hangup"}]}"""))["id"]!;
        string flow = (string)(await _host.DoneAsync("GET", "/flows"))["result"]!.AsArray().Single()!["id"]!;
        DialerHost.Refuses(409, "STATE_INVALID", await _host.AskAsync("DELETE", "/flows/" + flow));
        await _host.DoneAsync("DELETE", "/campaigns/" + campaign);
        Assert.NotNull((await _host.DoneAsync("GET", "/flows/" + flow))["tm_delete"]);
    }

    [Fact]
    public async Task Ids_are_the_same_in_capitals()
    {
        async Task<string> MakeAsync(string path, string json) => (string)(await _host.DoneAsync("POST", path, json))["id"]!;
        string plan = await MakeAsync("/outplans", """{"name":"plan"}"""), list = await MakeAsync("/outdials", """{"name":"list"}""");
        string tag = await MakeAsync("/tags", """{"name":"tag"}""");
        string target = await MakeAsync($"/outdials/{list.ToUpperInvariant()}/targets",
            """{"destination_0":{"type":"tel","target":"+15550001111"}}""");

        Assert.Equal(plan, (string?)(await _host.DoneAsync("GET", $"/outplans/{plan.ToUpperInvariant()}"))["id"]);
        foreach (string of in (string[])[list, list.ToUpperInvariant()])
            Assert.Equal(target, (string?)(await _host.DoneAsync("GET", $"/outdials/{of}/targets/{target.ToUpperInvariant()}"))["id"]);
        var campaign = await _host.DoneAsync("POST", "/campaigns", $$"""
            {"name":"x","outplan_id":"{{plan.ToUpperInvariant()}}","outdial_id":"{{list.Replace("-", "")}}"}
            """);
        Assert.Equal((plan, list), ((string?)campaign["outplan_id"], (string?)campaign["outdial_id"]));
        var agent = await _host.DoneAsync("POST", "/agents", $$"""
            {"username":"anna@example.com","password":"a long password","tag_ids":["{{tag.ToUpperInvariant()}}"]}
            """);
        Assert.Equal(tag, (string?)Assert.Single(agent["tag_ids"]!.AsArray()));
        string anna = (string)agent["id"]!;
        var named = await _host.DoneAsync("POST", $"/outdials/{list}/targets",
            $$"""{"destination_0":{"type":"agent","target":"{{anna.ToUpperInvariant()}}"} }""");
        Assert.Equal(anna, (string?)named["destination_0"]!["target"]);
        var tagged = await _host.DoneAsync("GET", $"/agents?tag_ids={tag.ToUpperInvariant()}");
        Assert.Equal(anna, (string?)Assert.Single(tagged["result"]!.AsArray())!["id"]);
        await _host.DoneAsync("DELETE", $"/tags/{tag.ToUpperInvariant()}");
    }

    [Fact]
    public async Task A19_a_malformed_body_changes_nothing()
    {
        foreach (string body in new[] { """{"name":""", "[]", "\"text\"", """{"name":7}""", """{"dial_timeout":"soon"}""" })
            DialerHost.Refuses(400, "INVALID_JSON_BODY", await _host.AskAsync("POST", "/outplans", body));
        DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.AskAsync("POST", "/outplans", """{"try_interval":-1}"""));
        DialerHost.Refuses(400, "INVALID_ARGUMENT",
            await _host.AskAsync("POST", "/outplans", $$"""{"name":"{{new string('x', 256)}}"}"""));
        using (var huge = new StringContent($$"""{"name":"{{new string('x', 2 * 1024 * 1024)}}"}""", null, "application/json"))
        using (var response = await _host.SendAsync("POST", "/v1.0/outplans?accesskey=" + _host.First, huge))
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        using (var form = new StringContent("name=x", null, "application/x-www-form-urlencoded"))
        using (var response = await _host.SendAsync("POST", "/v1.0/outplans?accesskey=" + _host.First, form))
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Empty((await _host.DoneAsync("GET", "/outplans"))["result"]!.AsArray());
        // In chunks, and without a byte.
        using (var chunked = new StringContent("""{"name":"in chunks"}""", null, "application/json"))
        using (var response = await _host.SendAsync("POST", "/v1.0/outplans?accesskey=" + _host.First, chunked,
            ("Transfer-Encoding", "chunked")))
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("", (string?)(await _host.DoneAsync("POST", "/outplans"))["name"]);
    }

    [Fact, Depth("the gate has the calls, walls and refusals of this face; this is read or made the same way")]
    public async Task A21_A22_pages_are_of_a_hundred_and_their_token_is_a_moment()
    {
        for (int i = 0; i < 5; i++) await _host.DoneAsync("POST", "/tags", $$"""{"name":"{{i}}"}""");
        var first = await _host.DoneAsync("GET", "/tags?page_size=2");
        Assert.Equal(["4", "3"], Names(first));
        string token = (string)first["next_page_token"]!;
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$", token);
        string spaced = token.Replace('T', ' ').TrimEnd('Z');
        var second = await _host.DoneAsync("GET", "/tags?page_size=2&page_token=" + token);
        Assert.Equal(["2", "1"], Names(second));
        Assert.Equal(second.ToJsonString(),
            (await _host.DoneAsync("GET", "/tags?page_size=2&page_token=" + Uri.EscapeDataString(spaced))).ToJsonString());
        var third = await _host.DoneAsync("GET", "/tags?page_size=2&page_token=" + second["next_page_token"]);
        Assert.Equal(["0"], Names(third));
        Assert.NotEmpty((string)third["next_page_token"]!);     // only an empty page is the last
        Assert.Equal("""{"result":[],"next_page_token":""}""",
            (await _host.DoneAsync("GET", "/tags?page_token=" + third["next_page_token"])).ToJsonString());
        foreach (string size in new[] { "0", "-3", "1000" })
            Assert.Equal(5, Names(await _host.DoneAsync("GET", "/tags?page_size=" + size)).Count);
        DialerHost.Refuses(400, "INVALID_REQUEST_PARAMETER", await _host.AskAsync("GET", "/tags?page_size=abc"));
        foreach (string wrong in new[] { "hello", "2022", "2022-04-28", "%27%20or%201=1" })
            DialerHost.Refuses(400, "INVALID_REQUEST_PARAMETER", await _host.AskAsync("GET", "/tags?page_token=" + wrong));

        static List<string> Names(JsonObject page) => [.. page["result"]!.AsArray().Select(tag => (string)tag!["name"]!)];
    }

    [Fact, Depth("the gate has whose calls they are, their reasons, and what is refused")]
    public async Task A_plan_is_replaced_form_by_form_and_stays_when_it_is_deleted()
    {
        var made = await _host.DoneAsync("POST", "/outplans", """
            {"name":"plan","detail":"two tries","source":{"type":"tel","target":"+15559876543"},"dial_timeout":20000,
             "try_interval":10000,"max_try_count_0":2,"status":"run","id":"11111111-2222-4333-8444-555555555555"}
            """);
        string id = (string)made["id"]!;
        Assert.NotEqual(Unknown, id);
        Assert.True(JsonNode.DeepEquals(made["source"],
            JsonNode.Parse("""{"type":"tel","target":"+15559876543","target_name":"","name":"","detail":""}""")));
        Assert.Equal((20000, 2, 0), ((int?)made["dial_timeout"], (int?)made["max_try_count_0"], (int?)made["max_try_count_4"]));
        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$", (string?)made["tm_create"]);
        foreach (string unset in new[] { "tm_update", "tm_delete" })
            Assert.True(made.TryGetPropertyValue(unset, out var value) && value is null, unset);

        var named = await _host.DoneAsync("PUT", "/outplans/" + id, """{"name":"other","dial_timeout":7}""");
        Assert.Equal(("other", "", 20000), ((string?)named["name"], (string?)named["detail"], (int?)named["dial_timeout"]));
        Assert.NotNull(named["tm_update"]);
        var dial = await _host.DoneAsync("PUT", $"/outplans/{id}/dial_info", """{"max_try_count_1":3}""");
        Assert.Equal((0, 0, 3, "", "other"), ((int?)dial["dial_timeout"], (int?)dial["max_try_count_0"], (int?)dial["max_try_count_1"],
            (string?)dial["source"]!["target"], (string?)dial["name"]));
        DialerHost.Refuses(400, "INVALID_ARGUMENT",
            await _host.AskAsync("PUT", $"/outplans/{id}/dial_info", """{"source":{"type":"tel","target":"12ab"}}"""));
        DialerHost.Refuses(400, "INVALID_ARGUMENT",
            await _host.AskAsync("PUT", $"/outplans/{id}/dial_info", """{"source":{"type":"pigeon","target":"x"}}"""));

        Assert.NotNull((await _host.DoneAsync("DELETE", "/outplans/" + id))["tm_delete"]);
        Assert.NotNull((await _host.DoneAsync("GET", "/outplans/" + id))["tm_delete"]);
        Assert.NotNull(Assert.Single((await _host.DoneAsync("GET", "/outplans"))["result"]!.AsArray())!["tm_delete"]);
        DialerHost.Refuses(404, "OUTPLAN_NOT_FOUND", await _host.AskAsync("DELETE", "/outplans/" + id));
        DialerHost.Refuses(404, "OUTPLAN_NOT_FOUND", await _host.AskAsync("PUT", "/outplans/" + id, """{"name":"again"}"""));
    }

    [Fact, Depth("the gate has whose calls they are, their reasons, and what is refused")]
    public async Task Queues_refer_to_what_their_customer_has()
    {
        string tag = (string)(await _host.DoneAsync("POST", "/tags", """{"name":"sales"}"""))["id"]!;
        string foreign = (string)(await _host.DoneAsync("POST", "/tags", """{"name":"theirs"}""", _host.Second))["id"]!;
        var queue = await _host.DoneAsync("POST", "/queues", $$"""{"name":"q","routing_method":"random","tag_ids":["{{tag}}"]}""");
        Assert.Equal(Nobody, (string?)queue["wait_flow_id"]);
        Assert.Equal("[]", queue["wait_queuecall_ids"]!.ToJsonString());
        DialerHost.Refuses(400, "INVALID_ARGUMENT",
            await _host.AskAsync("PUT", $"/queues/{queue["id"]}/tag_ids", $$"""{"tag_ids":["{{foreign}}"]}"""));
        DialerHost.Refuses(400, "INVALID_ROUTING_METHOD", await _host.AskAsync("PUT", $"/queues/{queue["id"]}/routing_method", "{}"));
        Assert.Empty((await _host.DoneAsync("PUT", $"/queues/{queue["id"]}/tag_ids", "{}"))["tag_ids"]!.AsArray());
        await _host.DoneAsync("DELETE", "/tags/" + tag);
        DialerHost.Refuses(400, "INVALID_ARGUMENT",
            await _host.AskAsync("PUT", $"/queues/{queue["id"]}/tag_ids", $$"""{"tag_ids":["{{tag}}"]}"""));
        foreach (string path in new[]
            {
                $"/queues/{queue["id"]}/direct_hash_regenerate", $"/queues/{queue["id"]}/direct-hash-regenerate",
                $"/agents/{queue["id"]}/direct-hash-regenerate",
            })
            DialerHost.Refuses(501, "NOT_IMPLEMENTED", await _host.AskAsync("POST", path));
    }

    [Fact, Depth("the gate has the calls, walls and refusals of this face; this is read or made the same way")]
    public async Task Queues_are_read_by_the_names_of_older_clients_too()
    {
        var queue = await _host.DoneAsync("POST", "/queues", """
            {"name":"q","routing_method":"random","wait_actions":[],"timeout_wait":100000,"timeout_service":10000000}
            """);
        Assert.Equal((100_000, 10_000_000), ((int)queue["wait_timeout"]!, (int)queue["service_timeout"]!));
        var changed = await _host.DoneAsync("PUT", $"/queues/{queue["id"]}", """
            {"routing_method":"random","timeout_wait":7,"wait_timeout":8,"timeout_service":null}
            """);
        Assert.Equal((8, 0), ((int)changed["wait_timeout"]!, (int)changed["service_timeout"]!));
        // What cannot be had so is refused by its name.
        foreach (var (name, value) in new[]
            {
                ("timeout_wait", "-1"), ("timeout_wait", "1.5"), ("timeout_service", "\"soon\""), ("timeout_service", "3000000000"),
                ("wait_actions", "\"Please wait.\""),
            })
        {
            var refused = await _host.AskAsync("POST", "/queues", $$"""{"routing_method":"random","{{name}}":{{value}} }""");
            DialerHost.Refuses(400, "INVALID_ARGUMENT", refused);
            Assert.Contains(name, (string?)refused.Body!["error"]!["message"], StringComparison.Ordinal);
        }
    }

    [Fact, Depth("the gate has the calls, walls and refusals of this face; this is read or made the same way")]
    public async Task A_queue_that_is_given_actions_has_a_flow_of_its_own()
    {
        var queue = await _host.DoneAsync("POST", "/queues", """
            {"name":"q","routing_method":"random","wait_actions":[{"type":"talk","option":{"text":"Please wait.","language":"en-US"}},
             {"type":"sleep","option":{"duration":10000}}]}
            """);
        string id = (string)queue["id"]!, flow = (string)queue["wait_flow_id"]!;
        var shown = await _host.DoneAsync("GET", "/flows/" + flow);
        Assert.Equal(("queue", "q"), ((string?)shown["type"], (string?)shown["name"]));
        Assert.Equal(["talk", "sleep"], shown["actions"]!.AsArray().Select(action => (string)action!["type"]!));
        Assert.All(shown["actions"]!.AsArray(), action => Assert.NotEqual(Nobody, (string?)action!["id"]));

        var changed = await _host.DoneAsync("PUT", "/queues/" + id,
            """{"name":"q","routing_method":"random","wait_actions":[{"type":"beep"}]}""");
        Assert.Equal(flow, (string?)changed["wait_flow_id"]);
        Assert.Equal("beep", (string?)Assert.Single((await _host.DoneAsync("GET", "/flows/" + flow))["actions"]!.AsArray())!["type"]);
        DialerHost.Refuses(400, "INVALID_ACTION_TYPE", await _host.AskAsync("PUT", "/queues/" + id,
            """{"name":"q","routing_method":"random","wait_actions":[{"type":"no_such"}]}"""));
        // Another change keeps it, and a flow that is named holds.
        Assert.Equal(flow, (string?)(await _host.DoneAsync("PUT", $"/queues/{id}/tag_ids", "{}"))["wait_flow_id"]);
        string other = (string)(await _host.DoneAsync("POST", "/flows", """{"name":"other","actions":[]}"""))["id"]!;
        Assert.Equal(other, (string?)(await _host.DoneAsync("PUT", "/queues/" + id,
            $$"""{"routing_method":"random","wait_flow_id":"{{other}}","wait_actions":[{"type":"beep"}]}"""))["wait_flow_id"]);
        Assert.Equal(Nobody, (string?)(await _host.DoneAsync("PUT", "/queues/" + id, """{"routing_method":"random"}"""))["wait_flow_id"]);
        await _host.DoneAsync("DELETE", "/queues/" + id);
        Assert.NotNull((await _host.DoneAsync("GET", "/flows/" + flow))["tm_delete"]);
    }

    [Fact, Depth("the gate has whose calls they are, their reasons, and what is refused")]
    public async Task Flows_have_actions_that_can_be_done()
    {
        var flow = await _host.DoneAsync("POST", "/flows",
            """{"name":"f","actions":[{"type":"talk","option":{"text":"hi"}},{"type":"hangup"}]}""");
        Assert.All(flow["actions"]!.AsArray(), action => Assert.NotEqual(Nobody, (string?)action!["id"]));
        Assert.Equal(("flow", Nobody), ((string?)flow["type"], (string?)flow["on_complete_flow_id"]));
        foreach (string type in new[] { "no_such", "email_send", "ai_talk", "agent_call", "" })
            DialerHost.Refuses(400, "INVALID_ACTION_TYPE",
                await _host.AskAsync("PUT", "/flows/" + flow["id"], $$"""{"actions":[{"type":"{{type}}"}]}"""));
        DialerHost.Refuses(400, "INVALID_ACTION_TYPE",
            await _host.AskAsync("POST", "/flows", """{"actions":[{"type":"call","option":{"actions":[{"type":"no_such"}]}}]}"""));
        Assert.Equal(2, (await _host.DoneAsync("GET", "/flows/" + flow["id"]))["actions"]!.AsArray().Count);
    }
}
