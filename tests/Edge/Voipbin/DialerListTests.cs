using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Edge.Egress;
using Ringwright.Testing;

namespace Ringwright.Edge.Voipbin;

/// <summary>Section A of the dialer's cases: campaigns, lists, targets and do-not-call entries as resources.</summary>
public sealed class DialerListTests : IAsyncLifetime
{
    private const string Nobody = "00000000-0000-0000-0000-000000000000", Unknown = "11111111-2222-4333-8444-555555555555";

    private DialerHost _host = null!;       // set before each test

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await DialerHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task<string> MakeAsync(string path, string body, string? accesskey = null) =>
        (string)(await _host.DoneAsync("POST", path, body, accesskey))["id"]!;

    [Fact]
    public async Task A1_A2_a_campaign_is_stopped_and_takes_its_list()
    {
        await using var hook = await Sink.StartAsync();
        await _host.DoneAsync("PUT", "/customer", $$"""{"webhook_uri":"{{hook.Url}}/"}""");
        string plan = await MakeAsync("/outplans", """{"name":"plan"}"""), list = await MakeAsync("/outdials", """{"name":"list"}""");
        var made = await _host.DoneAsync("POST", "/campaigns", $$"""
            {"name":"demo","type":"call","service_level":100,"end_handle":"stop","status":"run",
             "actions":[{"type":"talk","option":{"text":"You owe ${target.due}.","language":"en-US"} },{"type":"hangup"}],
             "outplan_id":"{{plan}}","outdial_id":"{{list}}","queue_id":"{{Nobody}}","next_campaign_id":"{{Nobody}}"}
            """);
        Assert.Equal(("stop", null, null), ((string?)made["status"], (string?)made["tm_update"], (string?)made["tm_delete"]));
        Assert.Equal((plan, list, Nobody, Nobody), ((string?)made["outplan_id"], (string?)made["outdial_id"], (string?)made["queue_id"],
            (string?)made["next_campaign_id"]));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse($$"""
            [{"type":"talk","option":{"text":"You owe ${target.due}.","language":"en-US"},"id":"{{Nobody}}","next_id":"{{Nobody}}","tm_execute":null},
             {"type":"hangup","id":"{{Nobody}}","next_id":"{{Nobody}}","tm_execute":null}]
            """), made["actions"]), made.ToJsonString());
        // What a plain client does not know is not there.
        Assert.DoesNotContain(made, field => field.Key is "pacing" or "max_calls_per_second" or "stop_reason" or "flow_id" or "plan");
        Assert.Equal(made["id"]!.ToString(), (string?)(await _host.DoneAsync("GET", "/outdials/" + list))["campaign_id"]);
        await Eventually.TrueAsync(() => hook.All.Count >= 4, "the events");
        var events = hook.All.Select(e => JsonNode.Parse(e.Text)!).ToList();
        Assert.Equal(["outplan_created", "outdial_created", "campaign_created", "outdial_updated"], events.Select(e => (string)e["type"]!)
            .OrderBy(type => type is "outdial_updated" ? 3 : type is "campaign_created" ? 2 : type is "outdial_created" ? 1 : 0));
        Assert.True(JsonNode.DeepEquals(made, events.First(e => (string?)e["type"] == "campaign_created")["data"]));
        Assert.True(JsonNode.DeepEquals(await _host.DoneAsync("GET", "/outdials/" + list),
            events.First(e => (string?)e["type"] == "outdial_updated")["data"]));
        var flow = (await _host.DoneAsync("GET", "/flows"))["result"]!.AsArray().Single(one => (string?)one!["type"] == "campaign")!;
        Assert.Equal(["talk", "hangup"], flow["actions"]!.AsArray().Select(action => (string)action!["type"]!));
        Assert.DoesNotContain(Nobody, flow["actions"]!.AsArray().Select(action => (string)action!["id"]!));
    }

    [Fact]
    public async Task A3_A5_A6_A7_references_are_none_or_the_customers_own_and_free()
    {
        Assert.Equal(Nobody, (string?)(await _host.DoneAsync("POST", "/campaigns", $$"""
            {"name":"x","type":"call","end_handle":"stop","outplan_id":"{{Nobody}}","outdial_id":"{{Nobody}}","queue_id":"{{Nobody}}",
             "next_campaign_id":"{{Nobody}}"}
            """))["outdial_id"]);
        var theirs = new Dictionary<string, string>
        {
            ["outplan_id"] = await MakeAsync("/outplans", "{}", _host.Second),
            ["outdial_id"] = await MakeAsync("/outdials", """{"name":"theirs"}""", _host.Second),
            ["queue_id"] = await MakeAsync("/queues", """{"routing_method":"random"}""", _host.Second),
            ["next_campaign_id"] = await MakeAsync("/campaigns", """{"name":"theirs"}""", _host.Second),
        };
        string gone = await MakeAsync("/outplans", "{}"), mine = await MakeAsync("/campaigns", """{"name":"mine"}""");
        await _host.DoneAsync("DELETE", "/outplans/" + gone);
        (string, string)[] wrong = [.. theirs.Select(one => (one.Key, one.Value)), ("outplan_id", gone), ("outplan_id", Unknown),
            ("queue_id", Unknown), ("next_campaign_id", Unknown), ("outdial_id", Unknown), ("outdial_id", "no-uuid")];
        foreach (var (name, id) in wrong)
        {
            DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.AskAsync("POST", "/campaigns", $$"""{"name":"x","{{name}}":"{{id}}"}"""));
            DialerHost.Refuses(400, "INVALID_ARGUMENT",
                await _host.AskAsync("PUT", $"/campaigns/{mine}/resource_info", $$"""{"{{name}}":"{{id}}"}"""));
        }
        DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.AskAsync("PUT", $"/campaigns/{mine}/next_campaign_id",
            $$"""{"next_campaign_id":"{{theirs["next_campaign_id"]}}"}"""));
        string list = await MakeAsync("/outdials", """{"name":"list"}""");
        DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.AskAsync("PUT", $"/outdials/{list}/campaign_id",
            $$"""{"campaign_id":"{{theirs["next_campaign_id"]}}"}"""));

        string first = await MakeAsync("/campaigns", $$"""{"name":"1","outdial_id":"{{list}}"}""");
        DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.AskAsync("POST", "/campaigns", $$"""{"name":"2","outdial_id":"{{list}}"}"""));
        Assert.Equal(Nobody, (string?)(await _host.DoneAsync("PUT", $"/outdials/{list}/campaign_id", $$"""{"campaign_id":"{{Nobody}}"}"""))["campaign_id"]);
        string second = await MakeAsync("/campaigns", $$"""{"name":"2","outdial_id":"{{list}}"}""");
        DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.AskAsync("PUT", $"/campaigns/{first}/status", """{"status":"run"}"""));
        // The first one names it still, is changed as before, and takes it back from nobody; nor does one whose list is free.
        var renamed = await _host.DoneAsync("PUT", "/campaigns/" + first, """{"name":"renamed"}""");
        Assert.Equal(("renamed", list), ((string?)renamed["name"], (string?)renamed["outdial_id"]));
        Assert.Equal(second, (string?)(await _host.DoneAsync("GET", "/outdials/" + list))["campaign_id"]);
        string free = await MakeAsync("/outdials", """{"name":"free"}""");
        string third = await MakeAsync("/campaigns", $$"""{"name":"3","outdial_id":"{{free}}"}""");
        await _host.DoneAsync("PUT", $"/outdials/{free}/campaign_id", $$"""{"campaign_id":"{{Nobody}}"}""");
        await _host.DoneAsync("PUT", $"/campaigns/{third}/service_level", """{"service_level":50}""");
        Assert.Equal(Nobody, (string?)(await _host.DoneAsync("GET", "/outdials/" + free))["campaign_id"]);
        await _host.DoneAsync("PUT", $"/campaigns/{third}/resource_info", $$"""{"outdial_id":"{{free}}"}""");
        Assert.Equal(third, (string?)(await _host.DoneAsync("GET", "/outdials/" + free))["campaign_id"]);
        // Another list frees it.
        string other = await MakeAsync("/outdials", """{"name":"other"}""");
        await _host.DoneAsync("PUT", $"/campaigns/{second}/resource_info", $$"""{"outdial_id":"{{other}}"}""");
        Assert.Equal(Nobody, (string?)(await _host.DoneAsync("GET", "/outdials/" + list))["campaign_id"]);
        Assert.Equal(second, (string?)(await _host.DoneAsync("GET", "/outdials/" + other))["campaign_id"]);
    }

    [Fact]
    public async Task What_a_client_leaves_empty_is_no_reference_and_no_word()
    {
        // As command lines write each field that they have.
        var made = await _host.DoneAsync("POST", "/campaigns", """
            {"name":"x","detail":"","type":"call","end_handle":"","outplan_id":"","outdial_id":"","queue_id":"","next_campaign_id":"",
             "service_level":0,"actions":[{"id":"","next_id":"","type":"hangup"}]}
            """);
        Assert.Equal(("stop", Nobody, Nobody, Nobody), ((string?)made["end_handle"], (string?)made["outplan_id"],
            (string?)made["outdial_id"], (string?)made["next_campaign_id"]));
        Assert.Equal(Nobody, (string?)made["actions"]![0]!["id"]);
        string id = (string)made["id"]!, list = await MakeAsync("/outdials", """{"name":"list","campaign_id":""}""");
        await _host.DoneAsync("PUT", $"/campaigns/{id}/resource_info",
            $$"""{"outplan_id":"","outdial_id":"{{list}}","queue_id":"","next_campaign_id":""}""");
        Assert.Equal(id, (string?)(await _host.DoneAsync("GET", "/outdials/" + list))["campaign_id"]);
        var free = await _host.DoneAsync("PUT", $"/outdials/{list}/campaign_id", """{"campaign_id":""}""");
        Assert.Equal(Nobody, (string?)free["campaign_id"]);
        await _host.DoneAsync("POST", "/queues", """{"name":"q","routing_method":"random","wait_flow_id":"","tag_ids":[]}""");
        foreach (string wrong in new[] { """{"outplan_id":"x"}""", """{"outplan_id":" "}""", """{"end_handle":"loop"}""" })
            DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.AskAsync("POST", "/campaigns", wrong));
    }

    [Fact]
    public async Task A9_A10_A11_a_campaign_is_changed_whole_and_never_its_status()
    {
        string id = await MakeAsync("/campaigns", """{"name":"x","service_level":50}""");
        var changed = await _host.DoneAsync("PUT", "/campaigns/" + id,
            """{"name":"y","detail":"d","type":"flow","service_level":200,"end_handle":"continue","status":"run","max_concurrent_calls":3}""");
        Assert.Equal(("y", "d", "flow", 200, "continue", "stop", 3), ((string?)changed["name"], (string?)changed["detail"],
            (string?)changed["type"], (int)changed["service_level"]!, (string?)changed["end_handle"], (string?)changed["status"],
            (int)changed["max_concurrent_calls"]!));
        Assert.NotNull(changed["tm_update"]);
        foreach (string body in new[]
            {
                """{"type":"sms"}""", """{"end_handle":"loop"}""", """{"service_level":-1}""", """{"service_level":10001}""",
                """{"pacing":"fast"}""", """{"max_calls_per_second":0}""", """{"start_at":"soon"}""", """{"stop_at":"10:30"}""",
                """{"start_at":"05/06/2026 09:00"}""", """{"start_at":"05.06.2026"}""", """{"start_at":"June 5"}""",
                """{"start_at":"2026-01-02 00:00:00.000000","stop_at":"2026-01-01 00:00:00.000000"}""",
                $$"""{"name":"{{new string('x', 256)}}"}""",
            })
        {
            DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.AskAsync("POST", "/campaigns", body));
            DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.AskAsync("PUT", "/campaigns/" + id, body));
        }
        DialerHost.Refuses(400, "INVALID_ACTION_TYPE", await _host.AskAsync("POST", "/campaigns", """{"actions":[{"type":"no_such"}]}"""));
        DialerHost.Refuses(400, "INVALID_ACTION_TYPE",
            await _host.AskAsync("PUT", $"/campaigns/{id}/actions", """{"actions":[{"type":"no_such"}]}"""));
        foreach (string type in new[] { "connect", "call" })
            DialerHost.Refuses(400, "INVALID_ANONYMOUS_VALUE", await _host.AskAsync("POST", "/flows",
                $$"""{"actions":[{"type":"{{type}}","option":{"anonymous":"perhaps"} }]}"""));
        // Nor where nobody may be asked, nor what is another customer's.
        string theirs = await MakeAsync("/flows", """{"name":"theirs"}""", _host.Second);
        foreach (string action in new[]
            {
                """{"type":"webhook_send","option":{"uri":"http://169.254.169.254/x","method":"POST"}}""",
                """{"type":"fetch","option":{"event_url":"ftp://example.com/x"}}""",
                """{"type":"play","option":{"stream_urls":["http://169.254.169.254/x.wav"]}}""",
                """{"type":"play","option":{"stream_url":["http://169.254.169.254/x.wav"]}}""",
                $$$"""{"type":"fetch_flow","option":{"flow_id":"{{{theirs}}}"}}""",
            })
        {
            DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.AskAsync("POST", "/campaigns", $$"""{"actions":[{{action}}]}"""));
            DialerHost.Refuses(400, "INVALID_ARGUMENT",
                await _host.AskAsync("PUT", $"/campaigns/{id}/actions", $$"""{"actions":[{{action}}]}"""));
        }
        Assert.Empty((await _host.DoneAsync("GET", "/campaigns/" + id))["actions"]!.AsArray());
        Assert.Single((await _host.DoneAsync("GET", "/campaigns"))["result"]!.AsArray());
        // The queue stands behind the actions, where nobody sees it but in the private flow.
        string queue = await MakeAsync("/queues", """{"routing_method":"random"}""");
        await _host.DoneAsync("PUT", $"/campaigns/{id}/actions", """{"actions":[{"type":"answer"}]}""");
        var info = await _host.DoneAsync("PUT", $"/campaigns/{id}/resource_info", $$"""{"queue_id":"{{queue}}"}""");
        Assert.Single(info["actions"]!.AsArray());
        var flow = (await _host.DoneAsync("GET", "/flows"))["result"]!.AsArray().Single()!;
        Assert.Equal(["answer", "queue_join"], flow["actions"]!.AsArray().Select(action => (string)action!["type"]!));
        // Who finds no agent in time is told what the campaign says.
        string told = await MakeAsync("/campaigns", $$"""{"name":"told","queue_id":"{{queue}}","abandoned_message":"Sorry."}""");
        Assert.Equal("Sorry.", (string?)(await _host.DoneAsync("GET", "/campaigns/" + told))["abandoned_message"]);
        Assert.Contains((await _host.DoneAsync("GET", "/flows"))["result"]!.AsArray(), one => one!["actions"]!.AsArray().Any(action =>
            action!["option"]?.ToJsonString() == $$"""{"queue_id":"{{queue}}","abandoned_text":"Sorry."}"""));
    }

    [Fact, Depth("the gate has the calls, walls and refusals of this face; this is read or made the same way")]
    public async Task A13_A14_paths_name_what_the_customer_has()
    {
        string list = await MakeAsync("/outdials", """{"name":"mine"}""");
        string target = await MakeAsync($"/outdials/{list}/targets", """{"destination_0":{"type":"tel","target":"+15550001111"}}""");
        string campaign = await MakeAsync("/campaigns", """{"name":"mine"}"""), dnc = await MakeAsync("/dnc", """{"number":"+15550009999"}""");
        (string Path, string Reason)[] all =
        [
            ("/campaigns", "CAMPAIGN"), ("/campaigncalls", "CAMPAIGNCALL"), ("/outdials", "OUTDIAL"),
            ($"/outdials/{list}/targets", "OUTDIAL_TARGET"),
        ];
        foreach (var (path, reason) in all)
        {
            DialerHost.Refuses(400, "INVALID_ID", await _host.AskAsync("GET", $"{path}/abc"));
            DialerHost.Refuses(400, "INVALID_ID", await _host.AskAsync("GET", $"{path}/{Nobody}"));
            DialerHost.Refuses(404, reason + "_NOT_FOUND", await _host.AskAsync("GET", $"{path}/{Unknown}"));
            DialerHost.Refuses(404, reason + "_NOT_FOUND", await _host.AskAsync("DELETE", $"{path}/{Unknown}"));
        }
        DialerHost.Refuses(404, "OUTDIAL_NOT_FOUND", await _host.AskAsync("GET", $"/outdials/{Unknown}/targets"));
        string other = await MakeAsync("/outdials", """{"name":"other"}""");
        DialerHost.Refuses(404, "OUTDIAL_TARGET_NOT_FOUND", await _host.AskAsync("GET", $"/outdials/{other}/targets/{target}"));

        // Case 14: of another customer nothing is read, changed or deleted.
        string[] paths = [$"/campaigns/{campaign}", $"/outdials/{list}", $"/outdials/{list}/targets/{target}"];
        foreach (string path in paths)
        {
            var before = await _host.DoneAsync("GET", path);
            DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.AskAsync("GET", path, null, _host.Second));
            DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.AskAsync("DELETE", path, null, _host.Second));
            DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.AskAsync("PUT", path,
                """{"name":"theirs","destination_0":{"type":"tel","target":"+15550002222"}}""", _host.Second));
            Assert.True(JsonNode.DeepEquals(before, await _host.DoneAsync("GET", path)));
        }
        DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.AskAsync("DELETE", "/dnc/" + dnc, null, _host.Second));
        DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.AskAsync("GET", $"/outdials/{list}/targets", null, _host.Second));
        DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.AskAsync("POST", $"/outdials/{list}/targets",
            """{"destination_0":{"type":"tel","target":"+15550002222"}}""", _host.Second));
        foreach (string part in new[] { "campaign_id", "data" })
            DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.AskAsync("PUT", $"/outdials/{list}/{part}", "{}", _host.Second));
        Assert.Equal(403, (await ImportAsync(list, "text/csv", "destination_0\n+15550001111\n", _host.Second)).Status);
        // A target of theirs below a list of one's own is none.
        string own = await MakeAsync("/outdials", """{"name":"theirs"}""", _host.Second);
        DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.AskAsync("GET", $"/outdials/{own}/targets/{target}", null, _host.Second));
        DialerHost.Refuses(403, "PERMISSION_DENIED",
            await _host.AskAsync("POST", $"/outdials/{own}/targets/{target}/reset", null, _host.Second));
        foreach (string path in new[] { "/campaigns", "/outdials", "/campaigncalls", "/dnc" })
            Assert.DoesNotContain((await _host.DoneAsync("GET", path, null, _host.Second))["result"]!.AsArray(),
                item => (string?)item!["name"] == "mine");
        // An agent has no business here.
        var (_, token) = await _host.AgentAsync("agent", 16);
        foreach (string path in new[] { "/campaigns", "/outdials", "/campaigncalls", "/dnc", $"/campaigns/{campaign}/stats" })
            DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.AsAgentAsync(token, "GET", path));
    }

    [Fact, Depth("the gate has the calls, walls and refusals of this face; this is read or made the same way")]
    public async Task A23_what_was_deleted_says_so_and_is_changed_no_more()
    {
        string list = await MakeAsync("/outdials", """{"name":"list"}""");
        string id = await MakeAsync("/campaigns", $$"""{"name":"x","outdial_id":"{{list}}"}""");
        Assert.NotNull((await _host.DoneAsync("DELETE", "/campaigns/" + id))["tm_delete"]);
        Assert.NotNull((await _host.DoneAsync("GET", "/campaigns/" + id))["tm_delete"]);
        Assert.Single((await _host.DoneAsync("GET", "/campaigns"))["result"]!.AsArray());
        Assert.Single((await _host.DoneAsync("GET", "/campaigns?deleted=true"))["result"]!.AsArray());
        Assert.Empty((await _host.DoneAsync("GET", "/campaigns?deleted=false"))["result"]!.AsArray());
        DialerHost.Refuses(400, "INVALID_REQUEST_PARAMETER", await _host.AskAsync("GET", "/campaigns?deleted=maybe"));
        Assert.Equal(Nobody, (string?)(await _host.DoneAsync("GET", "/outdials/" + list))["campaign_id"]);
        DialerHost.Refuses(404, "CAMPAIGN_NOT_FOUND", await _host.AskAsync("DELETE", "/campaigns/" + id));
        DialerHost.Refuses(404, "CAMPAIGN_NOT_FOUND", await _host.AskAsync("PUT", "/campaigns/" + id, """{"name":"y"}"""));
        DialerHost.Refuses(404, "CAMPAIGN_NOT_FOUND", await _host.AskAsync("PUT", $"/campaigns/{id}/status", """{"status":"run"}"""));
        Assert.NotNull((await _host.DoneAsync("GET", "/flows"))["result"]!.AsArray().Single()!["tm_delete"]);

        await _host.DoneAsync("DELETE", "/outdials/" + list);
        DialerHost.Refuses(404, "OUTDIAL_NOT_FOUND", await _host.AskAsync("PUT", "/outdials/" + list, """{"name":"y"}"""));
        DialerHost.Refuses(404, "OUTDIAL_NOT_FOUND", await _host.AskAsync("POST", $"/outdials/{list}/targets",
            """{"destination_0":{"type":"tel","target":"+15550002222"}}"""));
        Assert.Empty((await _host.DoneAsync("GET", "/outdials?deleted=false"))["result"]!.AsArray());
    }

    [Fact, Depth("the gate has the calls, walls and refusals of this face; this is read or made the same way")]
    public async Task An_extension_is_an_address_by_its_name_alone_and_nobody_else_is()
    {
        string path = $"/outdials/{await MakeAsync("/outdials", """{"name":"list"}""")}/targets";
        var made = await _host.DoneAsync("POST", path, """{"destination_0":{"type":"extension","target_name":"1001"}}""");
        var address = made["destination_0"]!;
        Assert.Equal(("extension", "1001", ""),
            ((string?)address["type"], (string?)address["target_name"], (string?)address["target"]));
        foreach (string type in new[] { "tel", "sip", "agent" })
            DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.AskAsync("POST", path,
                $$"""{"destination_0":{"type":"{{type}}","target_name":"1001"} }"""));
    }

    [Fact, Depth("the gate has the calls, walls and refusals of this face; this is read or made the same way")]
    public async Task A26_A27_A29_a_target_has_an_address_and_begins_idle()
    {
        string list = await MakeAsync("/outdials", """{"name":"list"}"""), path = $"/outdials/{list}/targets";
        DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.AskAsync("POST", "/outdials", "{}"));
        foreach (string body in new[]
            {
                "{}", """{"destination_0":null}""", """{"destination_0":{"type":"tel","target":""}}""",
                """{"destination_0":{"type":"tel","target":"12ab"}}""", """{"destination_1":{"type":"pigeon","target":"x"}}""",
                """{"destination_0":{"type":"tel","target":"+4930\u0663\u0663\u0663\u0663\u0663"}}""",
                """{"destination_0":{"target":"+15550001111"}}""", """{"destination_0":{"type":"sip","target":"nobody"}}""",
                """{"destination_0":{"type":"tel","target":"+15550001111"},"timezone":"Mars/Olympus"}""",
            })
            DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.AskAsync("POST", path, body));
        DialerHost.Refuses(400, "INVALID_JSON_BODY", await _host.AskAsync("POST", path, """{"destination_0":{"type":7,"target":"x"}}"""));
        var made = await _host.DoneAsync("POST", path, """
            {"name":"A","detail":"first","data":"{\"due\":\"42.00\"}","status":"done","try_count_0":9,"timezone":"Europe/Berlin",
             "destination_0":{"type":"tel","target":"+15550001111"},"destination_2":{"type":"sip","target":"a@example.com","name":"A"}}
            """);
        Assert.Equal(("idle", 0, 0, list), ((string?)made["status"], (int)made["try_count_0"]!, (int)made["try_count_4"]!,
            (string?)made["outdial_id"]));
        Assert.Equal((string?)made["tm_create"], (string?)made["tm_update"]);
        Assert.Null(made["destination_1"]);
        Assert.True(made.ContainsKey("destination_1"));
        Assert.Equal("""{"type":"sip","target":"a@example.com","name":"A","target_name":"","detail":""}""", made["destination_2"]!.ToJsonString());
        Assert.Equal("Europe/Berlin", (string?)made["timezone"]);
        Assert.False(made.ContainsKey("customer_id"));
        var changed = await _host.DoneAsync("PUT", $"{path}/{made["id"]}", """{"name":"B","destination_1":{"type":"tel","target":"+15550001112"}}""");
        Assert.Equal(("B", null, "+15550001112"), ((string?)changed["name"], (string?)changed["timezone"],
            (string?)changed["destination_1"]!["target"]));
        Assert.Null(changed["destination_0"]);
        Assert.True(JsonNode.DeepEquals(changed, (await _host.DoneAsync("GET", path))["result"]![0]));
        await _host.DoneAsync("DELETE", $"{path}/{made["id"]}");
        Assert.Empty((await _host.DoneAsync("GET", path))["result"]!.AsArray());
        Assert.NotNull((await _host.DoneAsync("GET", $"{path}/{made["id"]}"))["tm_delete"]);
    }

    [Fact, Depth("the gate has whose calls they are, their reasons, and what is refused")]
    public async Task Many_targets_come_at_once_and_each_wrong_row_is_told()
    {
        string list = await MakeAsync("/outdials", """{"name":"list"}""");
        var (status, csv) = await ImportAsync(list, "text/csv; charset=utf-8",
            "name,data,destination_0,destination_1\nA,\"{\"\"due\"\":\"\"42\"\"}\",+15550001111,\nB,,12ab,\n\nC,,,c@example.com\n");
        Assert.True(status == 200, csv?.ToJsonString());
        Assert.Equal((2, 1), ((int)csv!["added"]!, (int)csv["refused_count"]!));
        Assert.Equal(3, (int)csv["refused"]![0]!["row"]!);
        var (lines, json) = await ImportAsync(list, "application/x-ndjson",
            "{\"name\":\"D\",\"destination_0\":{\"type\":\"tel\",\"target\":\"+15550001112\"}}\n{\n{\"name\":7}\n"
            + "{\"colour\":\"red\"}\n[]\n{}\n");
        Assert.Equal((200, 1, 5), (lines, (int)json!["added"]!, (int)json["refused_count"]!));
        Assert.Equal([2, 3, 4, 5, 6], json["refused"]!.AsArray().Select(row => (int)row!["row"]!));
        var targets = (await _host.DoneAsync("GET", $"/outdials/{list}/targets"))["result"]!.AsArray();
        Assert.Equal(["A", "C", "D"], targets.Select(target => (string)target!["name"]!).Order());
        Assert.Equal("""{"due":"42"}""", (string?)targets.Single(target => (string?)target!["name"] == "A")!["data"]);
        DialerHost.Refuses(400, "INVALID_ARGUMENT", await ImportAsync(list, "text/csv", "name,colour\nA,red\n"));
        DialerHost.Refuses(400, "INVALID_JSON_BODY", await ImportAsync(list, "application/xml", "<a/>"));
        DialerHost.Refuses(404, "OUTDIAL_NOT_FOUND", await ImportAsync(Unknown, "text/csv", "name\nA\n"));
    }

    [Fact, Depth("the gate has whose calls they are, their reasons, and what is refused")]
    public async Task A_csv_of_a_spreadsheet_is_read_as_it_is_meant_or_told_with_line_and_reason()
    {
        string list = await MakeAsync("/outdials", """{"name":"list"}""");
        const string text = "name;destination_0;destination_1\r\nA;+1 (555) 000-1111;c@example.com\r\nB;1.5550001E+10;\r\n"
            + "C;15550001112.0;\r\nD;+49 (0)30 123456;\r\nE;'+15550001113;\r\nF;=1+1;\r\nG;+15550001111;\r\n"
            + "H \"x\";+15550001114;\r\n;;\r\n";
        var (status, done) = await ImportAsync(list, "text/csv", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(text)]);
        Assert.True(status == 200, done?.ToJsonString());
        Assert.Equal((2, 6), ((int)done!["added"]!, (int)done["refused_count"]!));
        Assert.Equal([3, 4, 5, 7, 8, 9], done["refused"]!.AsArray().Select(row => (int)row!["row"]!));
        var targets = (await _host.DoneAsync("GET", $"/outdials/{list}/targets"))["result"]!.AsArray();
        Assert.Equal(["+15550001111", "+15550001113"],
            targets.Select(target => (string)target!["destination_0"]!["target"]!).Order());

        // The first line may say what stands between cells.
        (status, done) = await ImportAsync(list, "text/csv", "sep=;\r\nname;destination_0\r\nI;+15550001118\r\nJ;12ab\r\n");
        Assert.Equal((200, 1, 4), (status, (int)done!["added"]!, (int)done["refused"]![0]!["row"]!));

        // Of what is no list as a whole nothing is taken.
        foreach (string broken in new[]
            {
                "name,destination_0\nA,+15550001115\n\"B,+15550001116\nC,+15550001117\n", "A,+15550001115\nB,+15550001116\n",
                "destination_0,destination_0\n+15550001115,+15550001116\n", "name,destination_0\nA\0,+15550001115\n",
                "name,destination_0\nA,+15550001115\n" + new string('x', 70_000) + ",+15550001116\n",
            })
            DialerHost.Refuses(400, "INVALID_ARGUMENT", await ImportAsync(list, "text/csv", broken));
        Assert.Equal(400, (await ImportAsync(list, "text/csv", [.. "name,destination_0\nA,+15550001115\n"u8, 0xFC])).Status);
        Assert.Equal(3, (await _host.DoneAsync("GET", $"/outdials/{list}/targets"))["result"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_csv_has_texts_of_spreadsheets_and_no_row_with_more_cells_than_columns()
    {
        string list = await MakeAsync("/outdials", """{"name":"list"}""");
        var (status, done) = await ImportAsync(list, "text/csv",
            "name,destination_0\nA,=\"+15550001111\"\nBerg, Anna,+15550001112\n\"Berg, Anna\",+15550001113\n");
        Assert.Equal((200, 2, 3), (status, (int)done!["added"]!, (int)done["refused"]![0]!["row"]!));
        Assert.Contains("more cells", (string?)done["refused"]![0]!["reason"], StringComparison.Ordinal);
        // A workbook.
        Assert.Equal(400, (await ImportAsync(list, "text/csv", [.. "PK\u0003\u0004"u8, 20])).Status);
    }

    /// <summary>As a CRM exports them; it has him twice, as a lead and as a contact.</summary>
    [Fact]
    public async Task Of_whom_a_csv_says_that_nobody_is_to_call_him_no_row_of_it_is_called()
    {
        string list = await MakeAsync("/outdials", """{"name":"list"}""");
        var (status, done) = await ImportAsync(list, "text/csv", "name,destination_0,Do Not Call,destination_1\nA,+15550001111,,\n"
            + "B,+15550001112,No,\nC,+1 (555) 000-1111,Yes,12ab\nD,,,sip:+15550001111@carrier.example\nE,12ab,1,\n");
        Assert.True(status == 200, done?.ToJsonString());
        Assert.Equal((1, 4), ((int)done!["added"]!, (int)done["refused_count"]!));
        Assert.Equal(["2 Another row says that nobody is to call it.", "4 The row says that nobody is to call it.",
            "5 Another row says that nobody is to call it.", "6 The row says that nobody is to call it."],
            done["refused"]!.AsArray().Select(row => $"{row!["row"]} {row["reason"]}"));
        var targets = (await _host.DoneAsync("GET", $"/outdials/{list}/targets"))["result"]!.AsArray();
        Assert.Equal("B", (string?)Assert.Single(targets)!["name"]);
    }

    [Fact, Depth("the gate has whose calls they are, their reasons, and what is refused")]
    public async Task A_csv_that_is_sent_again_adds_whom_the_list_does_not_have()
    {
        string list = await MakeAsync("/outdials", """{"name":"list"}"""), path = $"/outdials/{list}/targets";
        var (_, part) = await ImportAsync(list, "text/csv", "name,destination_0\nA,+15550001111\nB,b@example.com\n");
        Assert.Equal((2, 0), ((int)part!["added"]!, (int)part["refused_count"]!));
        // The same in other spellings.
        var (_, whole) = await ImportAsync(list, "text/csv",
            "destination_0;name\n+1 (555) 000-1111;A\nsip:b@EXAMPLE.com;B\n+15550001112;C\n");
        Assert.Equal((1, 2), ((int)whole!["added"]!, (int)whole["refused_count"]!));
        Assert.Equal([2, 3], whole["refused"]!.AsArray().Select(row => (int)row!["row"]!));
        Assert.Equal("+15550001111 is on the list already.", (string?)whole["refused"]![0]!["reason"]);

        // Two that the API makes are two; one that was changed or deleted does not keep its old number.
        await _host.DoneAsync("POST", path, """{"name":"A too","destination_0":{"type":"tel","target":"+15550001111"}}""");
        var targets = (await _host.DoneAsync("GET", path))["result"]!.AsArray();
        Assert.Equal(["A", "A too", "B", "C"], targets.Select(target => (string)target!["name"]!).Order(StringComparer.Ordinal));
        Assert.All(targets, target => Assert.Null(target!["import_key"]));
        string IdOf(string name) => (string)targets.Single(target => (string?)target!["name"] == name)!["id"]!;
        await _host.DoneAsync("PUT", $"{path}/{IdOf("A")}",
            """{"name":"A","destination_0":{"type":"tel","target":"+15550001113"}}""");
        await _host.DoneAsync("DELETE", $"{path}/{IdOf("C")}");
        var (_, again) = await ImportAsync(list, "text/csv", "name,destination_0\nA,+15550001111\nC,+15550001112\n");
        Assert.Equal((2, 0), ((int)again!["added"]!, (int)again["refused_count"]!));
        // Another list is another.
        string other = await MakeAsync("/outdials", """{"name":"other"}""");
        var (_, beside) = await ImportAsync(other, "text/csv", "name,destination_0\nA,+15550001111\n");
        Assert.Equal((1, 0), ((int)beside!["added"]!, (int)beside["refused_count"]!));
    }

    [Fact]
    public async Task Whom_not_to_call_is_one_list_for_all_ways_to_call()
    {
        var made = await _host.DoneAsync("POST", "/dnc", """{"number":"+15550009999","reason":"asked us to"}""");
        Assert.Equal(("+15550009999", "asked us to"), ((string?)made["number"], (string?)made["reason"]));
        Assert.Equal((string?)made["id"], (string?)(await _host.DoneAsync("POST", "/dnc", """{"number":"+15550009999"}"""))["id"]);
        DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.AskAsync("POST", "/dnc", """{"number":"12ab"}"""));
        for (int i = 0; i < 3; i++) await _host.DoneAsync("POST", "/dnc", $$"""{"number":"+1555000888{{i}}"}""");
        var page = await _host.DoneAsync("GET", "/dnc?page_size=3");
        Assert.Equal(["+15550008882", "+15550008881", "+15550008880"], page["result"]!.AsArray().Select(row => (string)row!["number"]!));
        page = await _host.DoneAsync("GET", "/dnc?page_size=3&page_token=" + page["next_page_token"]);
        Assert.True(JsonNode.DeepEquals(made, page["result"]![0]));
        Assert.NotNull((await _host.DoneAsync("DELETE", "/dnc/" + made["id"]))["tm_delete"]);
        DialerHost.Refuses(404, "RESOURCE_NOT_FOUND", await _host.AskAsync("DELETE", "/dnc/" + made["id"]));
    }

    [Fact, Depth("the gate has whose calls they are, their reasons, and what is refused")]
    public async Task A_plan_has_windows_and_rules_for_retries_where_it_says_so()
    {
        var plan = await _host.DoneAsync("POST", "/outplans", """
            {"name":"p","windows":[{"days":["mon","tue"],"start":"09:00","end":"20:00"}],
             "retry_rules":[{"reason":"no_answer","interval":60000,"max":2},{"reason":"busy","interval":5000}]}
            """);
        Assert.Equal("""[{"reason":"noanswer","interval":60000,"max":2},{"reason":"busy","interval":5000}]""", plan["retry_rules"]!.ToJsonString());
        Assert.Single(plan["windows"]!.AsArray());
        foreach (string body in new[]
            {
                """{"windows":[{"days":["mon"],"start":"25:00","end":"26:00"}]}""", """{"retry_rules":[{"reason":"bored","interval":1}]}""",
                """{"retry_rules":[{"reason":"busy"}]}""", """{"retry_rules":[{"reason":"busy","interval":-1}]}""",
                """{"retry_rules":[{"reason":"busy","interval":1,"colour":2}]}""",
                """{"retry_rules":[{"reason":"busy","interval":1},{"reason":"busy","interval":2}]}""",
            })
            DialerHost.Refuses(400, "INVALID_ARGUMENT", await _host.AskAsync("POST", "/outplans", body));
        Assert.False((await _host.DoneAsync("POST", "/outplans", "{}")).ContainsKey("windows"));
    }

    /// <summary>Of those who are due at one moment the dialler takes them by their ids.</summary>
    [Fact]
    public async Task Targets_of_an_import_have_ids_in_its_order()
    {
        string list = await MakeAsync("/outdials", """{"name":"list"}""");
        string[] names = [.. Enumerable.Range(10, 50).Select(i => $"N{i}")];
        var (status, _) = await ImportAsync(list, "text/csv",
            "name,destination_0\n" + string.Concat(names.Select(name => $"{name},+155500011{name[1..]}\n")));
        Assert.Equal(200, status);
        var shown = (await _host.DoneAsync("GET", $"/outdials/{list}/targets?page_size=100"))["result"]!.AsArray();
        Assert.Equal(names, shown.OrderBy(one => (string?)one!["id"], StringComparer.Ordinal).Select(one => (string?)one!["name"]));
    }

    private Task<(int Status, JsonNode? Body)> ImportAsync(string list, string type, string text, string? accesskey = null) =>
        ImportAsync(list, type, Encoding.UTF8.GetBytes(text), accesskey);

    private async Task<(int Status, JsonNode? Body)> ImportAsync(string list, string type, byte[] bytes, string? accesskey = null)
    {
        using var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await _host.SendAsync("POST", $"/v1.0/outdials/{list}/targets/bulk?accesskey={accesskey ?? _host.First}",
            content);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop)));
    }
}
