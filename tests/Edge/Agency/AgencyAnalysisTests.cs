using System.Text.Json.Nodes;
using Dapper;
using Microsoft.AspNetCore.Http;
using Ringwright.Agency.Providers;
using Ringwright.Agency.Tables;
using Ringwright.Agency.Talking;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Server;
using Ringwright.Edge.Speech;
using Ringwright.Edge.Store;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyAnalysesOnSqliteTests() : AgencyAnalysisTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyAnalysesOnPostgresTests() : AgencyAnalysisTests(Product.Postgres);

/// <summary>Section E of the agency's cases: what a model finds in what was said in a call.</summary>
public abstract class AgencyAnalysisTests(Product product)
{
    private const string Found = """
        {"summary":"They spoke of pizza.","sentiment":"positive","disposition":"appointment_booked","dnc_requested":true,
         "wrong_number":false,"interruptions":2,"objections":[{"text":"too dear","category":"price","handled":true},
         {"text":"dear","category":"Price","handled":false}],"buying_signals":["asked for the price"],"key_points":[],"action_items":[],
         "confidence":0.6,"sentiment_score":0.5,"script_adherence":0.8,"callback":{"requested":true,"at_text":"on Tuesday at noon",
         "at_iso":"2026-12-01T12:00:00+01:00"},"extracted":{"size":"large","pieces":2},"meeting_booked":true,"meeting_time":null,
         "qualified":true,"qualification":{"budget":"ten euros","authority":null,"need":null,"timeline":null},"gatekeeper":false,
         "competitor_mentions":[],"next_step":null}
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact, Depth("the gate has a talk with tools that ends for who wants no more calls; a call that is being judged")]
    public async Task A_talk_is_judged_when_its_call_is_over_and_the_figures_have_what_was_found()
    {
        // Cases T06, T10, T12 and T13. The transcript alone has the word agent.
        await using var rig = await AgencyTalkRig.StartAsync(product, $"""
            WHEN agent SAY {Found.ReplaceLineEndings(" ")}
            WHEN yes SAY Goodbye.
            WHEN yes CALL hangup
            """);
        var host = rig.Lab.Host;
        await host.DoneAsync(200, host.OwnerA, "PATCH", "/agency", """{"settings":{"redaction":{"enabled":true}}}""");
        var (batch, call, person) = await rig.CallAsync(
            """{"name":"Anna","system_prompt":"Sell.","first_speaker_text":"A pizza, bob@example.com?","max_duration_seconds":120}""", """
            {"analysis_profile":{"fields":[{"name":"size","type":"selector","choices":["small","large"],"description":"The pizza."},
             {"name":"pieces","type":"number"}]}}
            """);
        using var _ = person;
        await rig.TurnsAsync(call, 1);
        await person.SayAsync(ToneWords.Yes);
        await rig.HearByeAsync();

        var shown = await rig.BecomesAsync(call, "analysis_status", "completed");
        Assert.Equal("appointment_booked", (string?)shown["disposition"]);
        var found = shown["analysis"]!;
        Assert.Equal(("They spoke of pizza.", "positive", 1, "gpt-4o-mini", true), ((string?)found["summary"], (string?)found["sentiment"],
            (int)found["version"]!, (string?)found["model"], (bool)found["meeting_booked"]!));
        // Counted by what was said, whatever a model says.
        Assert.Equal(1, Math.Round((double)found["talk_ratio"]! + (double)found["listen_ratio"]!, 6));
        Assert.True((double)found["talk_ratio"]! > 0.5);
        Assert.Equal((0.8, 0.5, "large", 2, "ten euros", "2026-12-01T12:00:00+01:00"), ((double)found["script_adherence"]!,
            (double)found["sentiment_score"]!, (string?)found["extracted"]!["size"], (int)found["extracted"]!["pieces"]!,
            (string?)found["qualification"]!["budget"], (string?)found["callback"]!["at_iso"]));
        // What somebody is said to want is for a person to confirm.
        Assert.Null((string?)(await rig.Lab.ContactsAsync(batch))[0]["next_attempt_at"]);
        var asked = rig.Model.Asked.Last(request => request["response_format"] is not null);
        var schema = asked["response_format"]!["json_schema"]!["schema"]!["properties"]!.AsObject();
        Assert.Equal((0.0, true, false),
            ((double)asked["temperature"]!, schema.ContainsKey("meeting_booked"), schema.ContainsKey("issue_resolved")));
        Assert.Equal(1_200, (int)asked["max_tokens"]!);
        Assert.Contains("Sell.", (string?)asked["messages"]![0]!["content"], StringComparison.Ordinal);
        Assert.Contains("[0] AGENT: A pizza, [EMAIL]?", (string?)asked["messages"]![1]!["content"], StringComparison.Ordinal);
        Assert.Equal("A pizza, [EMAIL]?", (string?)(await rig.TurnsAsync(call, 1))[0]["text"]);
        Assert.Contains("[1] USER: yes", (string?)asked["messages"]![1]!["content"], StringComparison.Ordinal);

        var quality = await host.DoneAsync(200, rig.Lab.Viewer, "GET", "/dashboard/quality");
        Assert.Equal((1, 0, 2.0m, 2, 1, 50.0m, 1), ((int)quality["quality"]!["completed_calls"]!, (int)quality["pending_analysis"]!,
            (decimal)quality["quality"]!["avg_interruptions_per_call"]!, (int)quality["quality"]!["objections_encountered"]!,
            (int)quality["quality"]!["objections_handled"]!, (decimal)quality["quality"]!["objection_handling_rate"]!,
            (int)quality["quality"]!["buying_signals"]!));
        Assert.Equal((100m, 0.8m), ((decimal)quality["quality"]!["sentiment"]!["positive"]!,
            (decimal)quality["quality"]!["avg_script_adherence"]!));
        var objections = await host.DoneAsync(200, rig.Lab.Viewer, "GET", "/dashboard/objections");
        var objection = Assert.Single(objections["objections"]!.AsArray())!;
        Assert.Equal(("price", 2, 1), ((string?)objection["category"], (int)objection["count"]!, (int)objection["handled"]!));
        var overview = await host.DoneAsync(200, rig.Lab.Viewer, "GET", "/dashboard/overview");
        Assert.Equal((1, 1, 0), ((int)overview["summary"]!["meetings_booked"]!, (int)overview["summary"]!["qualified_leads"]!,
            (int)overview["pending_analysis"]!));

        // Whoever is not sure is heard, too: the number is on the list until somebody has looked.
        var again = await host.DoneAsync(201, host.OwnerA, "POST", "/batches",
            rig.Lab.BatchOf(await rig.Lab.CampaignAsync(), [AgencyTalkRig.Callee]));
        Assert.Equal(1, (int)again["contacts"]!["suppressed"]!);
        await LookedAfterAsync(rig, call);
        await rig.Lab.BecomesAsync(batch, "completed");
    }

    private static async Task LookedAfterAsync(AgencyTalkRig rig, string call)
    {
        var host = rig.Lab.Host;
        var queue = (await host.DoneAsync(200, host.OwnerA, "GET", "/queues/enrichment"))["items"]!.AsArray();
        Assert.Equal(["analysis completed", "transcript completed"], queue.Select(one => $"{one!["type"]} {one["status"]}").Order());
        Assert.All(queue, one => Assert.Equal((call, 1), ((string?)one!["call_id"], (int)one["attempts"]!)));
        Assert.Empty((await host.DoneAsync(200, host.OwnerB, "GET", "/queues/enrichment"))["items"]!.AsArray());
        await host.RefusedAsync(404, "not_found", host.OwnerA, "GET", "/queues/other");
        await host.RefusedAsync(403, "forbidden", rig.Lab.Viewer, "GET", "/queues/enrichment");
        string job = (string)queue.Single(one => (string?)one!["type"] is "analysis")!["id"]!;
        await host.RefusedAsync(409, "invalid_state", host.OwnerA, "POST", $"/queues/enrichment/{job}/retry");

        // A person's word stands above what is found afterwards.
        await host.DoneAsync(200, host.OwnerA, "PATCH", "/calls/" + call, """{"disposition":"not_interested"}""");
        await host.DoneAsync(200, host.OwnerA, "POST", $"/calls/{call}/analysis/rerun");
        var shown = await Eventually.SomeAsync(async () =>
        {
            var now = await host.DoneAsync(200, host.OwnerA, "GET", "/calls/" + call);
            if ((int)now["analysis"]!["version"]! == 2) return now;
            await Task.Delay(100, Stop);
            return null;
        }, "it is judged again");
        Assert.Equal("not_interested", (string?)shown["disposition"]);

        await host.DoneAsync(200, host.OwnerA, "DELETE", $"/calls/{call}?mode=redact");
        shown = await host.DoneAsync(200, host.OwnerA, "GET", "/calls/" + call);
        Assert.False(shown["analysis"]!.AsObject().ContainsKey("summary"));
    }

    [Fact]
    public async Task What_cannot_be_judged_is_tried_again_then_fails_where_people_see_it_and_waits_where_nothing_judges()
    {
        // Case T08.
        await using var lab = await AgencyLab.StartAsync(product);
        var (host, database) = (lab.Host, lab.Host.Node.Node.Database);
        string call = await lab.DialAsync((string)host.AccountA["telnyx_key"]!, "busy");
        await lab.EndsAsync(call);
        await SaidAsync(database, AgencyOf(host.AccountA), call);
        await RunAsync(database, null);
        Assert.Equal(("pending", 0), await StandAsync(host, call));

        var failing = new FixedJudge(new(null, "its server answered 500") { CostMicros = 100 });
        await RunAsync(database, failing);
        await RunAsync(database, failing);      // it is not due yet
        Assert.Equal(("failed", 1), await StandAsync(host, call));
        Assert.Equal("pending", (string?)(await host.DoneAsync(200, host.OwnerA, "GET", "/calls/" + call))["analysis_status"]);
        for (int nth = 2; nth <= AnalysisTable.Attempts; nth++)
        {
            await WriteAsync(database, "update enrichment_queue set next_retry_at = created_at where type = 'analysis'");
            // What fits no schema is no answer, either.
            await RunAsync(database, nth == 2 ? new FixedJudge(new("{}", null)) : failing);
        }
        Assert.Equal(AnalysisTable.Attempts - 1, failing.Asked);
        Assert.Equal(("failed", AnalysisTable.Attempts), await StandAsync(host, call));
        Assert.Equal("failed", (string?)(await host.DoneAsync(200, host.OwnerA, "GET", "/calls/" + call))["analysis_status"]);
        var dead = Assert.Single((await host.DoneAsync(200, host.OwnerA, "GET", "/queues/enrichment?status=failed"))["items"]!.AsArray())!;
        Assert.Equal(("its server answered 500", null), ((string?)dead["error_message"], (string?)dead["next_retry_at"]));
        await RunAsync(database, failing);
        Assert.Equal(AnalysisTable.Attempts - 1, failing.Asked);

        await host.DoneAsync(200, host.OwnerA, "POST", $"/queues/enrichment/{dead["id"]}/retry");
        Assert.Equal(("pending", 0), await StandAsync(host, call));
        // Whoever was at it last has died with it, and the next one takes it up.
        await WriteAsync(database, """
            update enrichment_queue set status = 'processing', attempts = 1, lease_expires_at = created_at where type = 'analysis'
            """);
        await RunAsync(database, new FixedJudge(new(Found, null) { CostMicros = 40 }));
        Assert.Equal(("completed", 2), await StandAsync(host, call));
        // Three tries were of no use, and are paid for.
        var shown = await host.DoneAsync(200, host.OwnerA, "GET", "/calls/" + call);
        Assert.Equal(("completed", "0.00034", "USD"),
            ((string?)shown["analysis_status"], (string?)shown["llm_cost"], (string?)shown["llm_cost_currency"]));
        var figures = (await host.DoneAsync(200, host.OwnerA, "GET", "/dashboard/overview"))["summary"]!;
        Assert.Equal(("0.00034", "0.00034"), ((string?)figures["costs"]![0]!["llm_cost"], (string?)figures["total_cost"]));
        Assert.Equal(0, (int)(await host.DoneAsync(200, host.OwnerA, "POST", "/queues/enrichment/retry-dead"))["retried"]!);
    }

    [Fact]
    public async Task Where_an_agency_wants_no_call_judged_no_model_is_asked_until_it_does()
    {
        await using var lab = await AgencyLab.StartAsync(product);
        var (host, database) = (lab.Host, lab.Host.Node.Node.Database);
        foreach (string wrong in new[]
            {
                "false", """{"enabled":"no"}""", """{"model":"another"}""", """{"min_user_turns":0}""", """{"min_user_turns":"2"}""",
            })
            await host.RefusedAsync(400, "validation_error", host.OwnerA, "PATCH", "/agency",
                $$$"""{"settings":{"analysis":{{{wrong}}}}}""");
        await host.DoneAsync(200, host.OwnerA, "PATCH", "/agency", """{"settings":{"analysis":{"enabled":false}}}""");
        string call = await lab.DialAsync((string)host.AccountA["telnyx_key"]!, "busy"), rerun = $"/calls/{call}/analysis/rerun";
        await lab.EndsAsync(call);
        await SaidAsync(database, AgencyOf(host.AccountA), call);
        var judge = new FixedJudge(new(Found, null));
        await RunAsync(database, judge);
        await RunAsync(database, judge);
        Assert.Equal((0, "pending"),
            (judge.Asked, (string?)(await host.DoneAsync(200, host.OwnerA, "GET", "/calls/" + call))["analysis_status"]));
        Assert.Equal(("completed", 1), await StandAsync(host, call));
        await host.RefusedAsync(409, "invalid_state", host.OwnerA, "POST", rerun);

        await host.DoneAsync(200, host.OwnerA, "PATCH", "/agency", """{"settings":{"analysis":null}}""");
        await host.DoneAsync(200, host.OwnerA, "POST", rerun);
        await RunAsync(database, judge);
        Assert.Equal((1, "completed"),
            (judge.Asked, (string?)(await host.DoneAsync(200, host.OwnerA, "GET", "/calls/" + call))["analysis_status"]));
    }

    [Fact, Depth("the gate has a call that is being judged, and an own model whose key does not open")]
    public async Task An_agencys_own_model_judges_its_calls_and_nobody_elses()
    {
        const string key = "key-of-the-model";
        var found = JsonNode.Parse(Found)!.AsObject();
        found.Remove("extracted");      // of a campaign, and the call is of none
        string asked = "";
        await using var server = await TestServer.StartAsync(async http =>
        {
            bool isKnown = (string?)http.Request.Headers.Authorization == "Bearer " + key;
            if (!isKnown || http.Request.Path != "/v1/chat/completions")
            {
                http.Response.StatusCode = !isKnown ? 401 : http.Request.Path == "/v1/models" ? 200 : 404;
                return;
            }
            asked = (await JsonNode.ParseAsync(http.Request.Body, cancellationToken: Stop))!.ToJsonString();
            await http.Response.WriteAsync(new JsonObject
            {
                ["choices"] = new JsonArray(new JsonObject
                {
                    ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = found.ToJsonString() },
                    ["finish_reason"] = "stop",
                }),
            }.ToJsonString(), Stop);
        });
        await using var lab = await AgencyLab.StartAsync(product);
        var (host, database) = (lab.Host, lab.Host.Node.Node.Database);
        static string BodyOf(string url, string key) =>
            new JsonObject { ["base_url"] = url, ["api_key"] = key, ["model"] = "judge-1" }.ToJsonString();
        await host.RefusedAsync(400, "invalid_credentials", host.OwnerA, "PUT", "/integrations/llm",
            BodyOf(server.Url + "/v1", "another-key"));
        foreach (string url in new[] { server.Url + "/v1/chat/completions", "ftp://127.0.0.1/v1" })
            await host.RefusedAsync(400, "validation_error", host.OwnerA, "PUT", "/integrations/llm", BodyOf(url, key));
        var kept = await host.DoneAsync(200, host.OwnerA, "PUT", "/integrations/llm", BodyOf(server.Url + "/v1/", key));
        Assert.Equal((true, server.Url + "/v1", "judge-1", "key-"), ((bool)kept["llm"]!["configured"]!,
            (string?)kept["llm"]!["base_url"], (string?)kept["llm"]!["model"], (string?)kept["llm"]!["key_prefix"]));
        Assert.DoesNotContain(key, kept.ToJsonString(), StringComparison.Ordinal);

        await SaidAsync(database, AgencyOf(host.AccountA), Guid.NewGuid().ToString());
        await SaidAsync(database, AgencyOf(host.AccountB), Guid.NewGuid().ToString());
        await Eventually.SomeAsync(async () => await JudgedAsync(host, host.OwnerA) is 1 ? "judged" : null, "the call is judged");
        Assert.Equal("judge-1", await database.Sql.ReadAsync(
            db => db.ExecuteScalar<string>("select analysis_model from calls where analysis_model is not null"), Stop));
        Assert.Contains("judge-1", asked, StringComparison.Ordinal);
        Assert.Contains("A pizza?", asked, StringComparison.Ordinal);
        // The other agency has no model, nor has the node.
        Assert.Equal(0, await JudgedAsync(host, host.OwnerB));

        await host.DoneAsync(204, host.OwnerA, "DELETE", "/integrations/llm");
        Assert.False((bool)(await host.DoneAsync(200, host.OwnerA, "GET", "/integrations"))["llm"]!["configured"]!);
    }

    [Fact]
    public async Task Who_spoke_and_was_not_understood_has_a_turn_of_his_own_and_nobody_judges_it()
    {
        await using var lab = await AgencyLab.StartAsync(product);
        var (host, database) = (lab.Host, lab.Host.Node.Node.Database);
        var (agency, now) = (AgencyOf(host.AccountA), Times.Cut(DateTimeOffset.UtcNow));
        var leg = Telnyx.Samples.Facts(Direction.Outbound) with { Tenant = agency };
        await new AgencyTalks(database).KeepUnheardAsync(leg, now);
        await new AgencyTalks(database).KeepAsync(leg, "user", "pressed 9", [], null, now);
        var turn = Assert.Single(await new TurnTable(database).ListAsync(agency, leg.Uuid.ToString(), Stop));
        Assert.Equal(("user", "[unrecognised]"), (turn.Role, turn.Body));

        await SaidAsync(database, agency, Guid.NewGuid().ToString(), "[unrecognised]");
        var judge = new FixedJudge(new(Found, null));
        await RunAsync(database, judge);
        Assert.Equal(0, judge.Asked);
        Assert.Empty((await host.DoneAsync(200, host.OwnerA, "GET", "/queues/enrichment?type=analysis"))["items"]!.AsArray());
    }

    [Fact]
    public async Task Where_an_own_models_key_does_not_open_nobody_judges_in_its_place_and_the_others_go_on()
    {
        const string key = "key-of-the-model";
        var found = JsonNode.Parse(Found)!.AsObject();
        found.Remove("extracted");      // of a campaign, and the calls are of none
        // The node's own rounds ask it, too.
        await using var server = await TestServer.StartAsync(http => http.Response.WriteAsync(new JsonObject
        {
            ["choices"] = new JsonArray(new JsonObject
            {
                ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = found.ToJsonString() }, ["finish_reason"] = "stop",
            }),
        }.ToJsonString(), Stop));
        await using var lab = await AgencyLab.StartAsync(product);
        var (host, database) = (lab.Host, lab.Host.Node.Node.Database);
        foreach (string owner in new[] { host.OwnerA, host.OwnerB })
            await host.DoneAsync(200, owner, "PUT", "/integrations/llm",
                new JsonObject { ["base_url"] = server.Url + "/v1", ["api_key"] = key, ["model"] = "judge-1" }.ToJsonString());
        var agency = AgencyOf(host.AccountA);
        string kept = new ProviderSeal([.. new byte[31], 1]).Seal(key, $"{agency} llm_key"), call = Guid.NewGuid().ToString();
        await database.Sql.WriteAsync(db => db.Execute("update agency_integrations set llm_key = @kept where tenant_id = @agency",
            new { kept, agency }), Stop);

        await SaidAsync(database, agency, call);
        await SaidAsync(database, AgencyOf(host.AccountB), Guid.NewGuid().ToString());
        FixedJudge ofNode = new(new(found.ToJsonString(), null)), own = new(new(found.ToJsonString(), null));
        await new Analyses(new() { Store = database, Judge = ofNode, OwnJudge = (_, _) => own }).RunAsync(Stop);
        await Eventually.SomeAsync(async () => await JudgedAsync(host, host.OwnerB) is 1
            && await StandAsync(host, call) is ("failed", 1) ? "over" : null, "both are over");
        Assert.Equal((0, 0), (ofNode.Asked, await JudgedAsync(host, host.OwnerA)));
        var alert = Assert.Single((await host.DoneAsync(200, host.OwnerA, "GET", "/alerts"))["alerts"]!.AsArray())!;
        Assert.Equal("llm_credentials", (string?)alert["kind"]);
        Assert.Contains("does not open", (string?)alert["detail"], StringComparison.Ordinal);
        Assert.Empty((await host.DoneAsync(200, host.OwnerB, "GET", "/alerts"))["alerts"]!.AsArray());
    }

    [Fact]
    public async Task A_backlog_of_one_agency_keeps_no_other_waiting_and_two_nodes_judge_nothing_twice()
    {
        // Cases T04 and T05.
        await using var lab = await AgencyLab.StartAsync(product);
        var (host, database) = (lab.Host, lab.Host.Node.Node.Database);
        for (int n = 0; n < 7; n++) await SaidAsync(database, AgencyOf(host.AccountA), Guid.NewGuid().ToString());
        await SaidAsync(database, AgencyOf(host.AccountB), Guid.NewGuid().ToString());
        var judge = new FixedJudge(new(Found, null));
        await RunAsync(database, judge);
        Assert.Equal(5, judge.Asked);
        Assert.Equal(1, await JudgedAsync(host, host.OwnerB));
        await Task.WhenAll(RunAsync(database, judge), RunAsync(database, judge));
        Assert.Equal((8, 7), (judge.Asked, await JudgedAsync(host, host.OwnerA)));
    }

    [Fact]
    public async Task A_call_is_being_judged_for_as_long_as_the_model_takes()
    {
        await using var lab = await AgencyLab.StartAsync(product);
        var (host, database) = (lab.Host, lab.Host.Node.Node.Database);
        string call = await lab.DialAsync((string)host.AccountA["telnyx_key"]!, "ok-1");
        await lab.EndsAsync(call);
        await SaidAsync(database, AgencyOf(host.AccountA), call);
        await using var sink = await Sink.StartAsync();
        await host.DoneAsync(201, host.OwnerA, "POST", "/outbound-webhooks", $$"""{"url":"{{sink.Url}}","events":["call.analyzed"]}""");
        var judge = new HeldJudge();
        var judging = RunAsync(database, judge);
        await judge.IsAsked.Task.WaitAsync(Stop);
        Assert.Equal(("processing", 1), await StandAsync(host, call));
        Assert.Equal("processing", (string?)(await host.DoneAsync(200, host.OwnerA, "GET", "/calls/" + call))["analysis_status"]);
        // Nobody else is asked meanwhile, and nobody retries it.
        await RunAsync(database, new FixedJudge(new(null, "nobody is asked")));
        await host.RefusedAsync(409, "invalid_state", host.OwnerA, "POST", $"/calls/{call}/analysis/rerun");
        Assert.Empty(sink.All);
        judge.Answer.SetResult();
        await judging;
        Assert.Equal(("completed", 1), await StandAsync(host, call));
        Assert.Equal("completed", (string?)(await host.DoneAsync(200, host.OwnerA, "GET", "/calls/" + call))["analysis_status"]);
        // The agency's own systems are told what was found.
        await Eventually.TrueAsync(() => sink.All.Count > 0, "it is told");
        var told = JsonNode.Parse(Assert.Single(sink.All).Text)!;
        Assert.Equal(("call.analyzed", call, "They spoke of pizza."),
            ((string?)told["type"], (string?)told["data"]!["id"], (string?)told["data"]!["analysis"]!["summary"]));

        // Case D08: what is found anew takes the place of what was counted.
        Assert.Equal((100m, 0m), await SentimentAsync(host));
        await host.DoneAsync(200, host.OwnerA, "POST", $"/calls/{call}/analysis/rerun");
        string worse = Found.Replace("\"positive\"", "\"negative\"", StringComparison.Ordinal);
        await RunAsync(database, new FixedJudge(new(worse, null)));
        Assert.Equal((0m, 100m), await SentimentAsync(host));
    }

    private static async Task<(decimal Positive, decimal Negative)> SentimentAsync(AgencyHost host)
    {
        var said = (await host.DoneAsync(200, host.OwnerA, "GET", "/dashboard/quality"))["quality"]!["sentiment"]!;
        return ((decimal)said["positive"]!, (decimal)said["negative"]!);
    }

    [Fact, Depth("KpiTests in the gate count the same; a call that is judged and a backlog stay")]
    public async Task A_key_that_is_not_good_fails_each_call_at_once_and_tells_it_once_an_hour()
    {
        // Case T14.
        await using var lab = await AgencyLab.StartAsync(product);
        var (host, database) = (lab.Host, lab.Host.Node.Node.Database);
        string[] calls = [Guid.NewGuid().ToString(), Guid.NewGuid().ToString()];
        foreach (string call in calls) await SaidAsync(database, AgencyOf(host.AccountA), call);
        using var listener = await host.ListenAsync(host.OwnerA);
        await listener.FirstAsync("listening", static _ => true);
        var judge = new FixedJudge(new(null, "its server answered 401", IsRefused: true));
        for (int n = 0; n < 3; n++) await RunAsync(database, judge);
        Assert.Equal(2, judge.Asked);
        foreach (string call in calls) Assert.Equal(("failed", 1), await StandAsync(host, call));
        var alert = Assert.Single((await host.DoneAsync(200, host.OwnerA, "GET", "/alerts"))["alerts"]!.AsArray())!;
        Assert.Equal(("llm_credentials", null), ((string?)alert["kind"], (string?)alert["subject"]));
        Assert.Contains("401", (string?)alert["detail"], StringComparison.Ordinal);
        var told = await listener.FirstAsync("queue.alert", static _ => true);
        Assert.Equal((string?)alert["id"], (string?)told["id"]);
        Assert.Empty((await host.DoneAsync(200, host.OwnerB, "GET", "/alerts"))["alerts"]!.AsArray());
        await host.RefusedAsync(403, "forbidden", lab.Viewer, "GET", "/alerts");
        // Once somebody has mended it they are judged when they are told to be; and none that nobody meant.
        foreach (string none in new[] { """{"type":"transcript"}""", """{"older_than":"2026-01-01T00:00:00Z"}""" })
            Assert.Equal(0, (int)(await host.DoneAsync(200, host.OwnerA, "POST", "/queues/enrichment/retry-dead", none))["retried"]!);
        foreach (string call in calls) Assert.Equal(("failed", 1), await StandAsync(host, call));
        await host.RefusedAsync(400, "validation_error", host.OwnerA, "POST", "/queues/enrichment/retry-dead",
            """{"older_than":"9 days"}""");
        await host.RefusedAsync(400, "validation_error", host.OwnerA, "POST", "/queues/webhook/retry-dead", """{"type":"analysis"}""");
        await host.RefusedAsync(400, "validation_error", host.OwnerA, "POST", $"/calls/{calls[0]}/analysis/rerun", """{"model":"x"}""");
        await host.DoneAsync(200, host.OwnerA, "POST", "/queues/enrichment/retry-dead", """{"type":"analysis"}""");
        await RunAsync(database, new FixedJudge(new(Found, null)));
        Assert.Equal(2, await JudgedAsync(host, host.OwnerA));
    }

    private static async Task<int> JudgedAsync(AgencyHost host, string token) => (int)(await host.DoneAsync(200, token, "GET",
        "/queues/enrichment?type=analysis&status=completed"))["pagination"]!["total"]!;

    /// <summary>A call in which somebody has said something, and that waits to be judged.</summary>
    private static async Task SaidAsync(Database database, TenantId agency, string call, string said = "yes")
    {
        var (turns, now) = (new TurnTable(database), Times.Cut(DateTimeOffset.UtcNow));
        await turns.AddAsync(agency, call,
        [
            new() { Role = TurnRow.Agent, Body = "A pizza?", SaidAt = now }, new() { Role = TurnRow.User, Body = said, SaidAt = now },
        ], Stop);
        await turns.BeginAsync(agency, null, "outbound", call, now, Stop);
        var (rows, _) = await new EnrichmentQueueTable(database).ListAsync(agency, "", "transcript", 0, 200, Stop);
        var row = rows.Single(one => one.CallId == call);
        // The node may have done so already.
        await new EnrichmentTable(database).WriteDownAsync(new() { Id = row.Id, TenantId = agency, CallId = call }, now, Stop);
    }

    private static Task RunAsync(Database database, ICallJudge? judge) =>
        new Analyses(new() { Store = database, Judge = judge }).RunAsync(Stop);

    private static TenantId AgencyOf(JsonNode account) => new(Guid.Parse((string)account["id"]!));

    private static async Task WriteAsync(Database database, string sql) =>
        await database.Sql.WriteAsync(db => db.Execute(sql), Stop);

    private static async Task<(string?, int)> StandAsync(AgencyHost host, string call)
    {
        var row = (await host.DoneAsync(200, host.OwnerA, "GET", "/queues/enrichment?type=analysis"))["items"]!.AsArray()
            .Single(one => (string?)one!["call_id"] == call)!;
        return ((string?)row["status"], (int)row["attempts"]!);
    }

    /// <summary>Answers when it is told to.</summary>
    private sealed class HeldJudge : ICallJudge
    {
        public TaskCompletionSource IsAsked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public TaskCompletionSource Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public string Model => "m";

        public async ValueTask<Judgement> AskAsync(string instructions, JsonObject schema, string transcript,
            CancellationToken stop)
        {
            IsAsked.SetResult();
            await Answer.Task.WaitAsync(stop);
            return new(Found, null);
        }
    }

    private sealed class FixedJudge(Judgement answer) : ICallJudge
    {
        private int _asked;

        public int Asked => _asked;
        public string Model => "m";

        public ValueTask<Judgement> AskAsync(string instructions, JsonObject schema, string transcript,
            CancellationToken stop)
        {
            Interlocked.Increment(ref _asked);
            return new(answer);
        }
    }
}
