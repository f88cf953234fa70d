using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Edge.Server;
using Ringwright.Edge.Speech;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyTalksOnSqliteTests() : AgencyTalkTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyTalksOnPostgresTests() : AgencyTalkTests(Product.Postgres);

/// <summary>An agent of an agency talks on a call of its batch, and what both sides said is there afterwards.</summary>
public abstract class AgencyTalkTests(Product product)
{
    [Fact]
    public async Task An_agent_talks_with_its_tools_until_the_person_wants_no_more_calls_and_both_sides_are_written_down()
    {
        await using var shop = await TestServer.StartAsync(async c =>
        {
            var asked = await JsonNode.ParseAsync(c.Request.Body);
            await c.Response.WriteAsync($"a {asked!["size"]} one is ten euros");
        });
        await using var rig = await AgencyTalkRig.StartAsync(product, """
            WHEN euros SAY Ten euros.
            WHEN "end the call" SAY Goodbye.
            WHEN "end the call" CALL hangup
            WHEN yes CALL price {"size": "large"}
            WHEN no CALL mark_do_not_call
            """);
        var host = rig.Lab.Host;
        string tool = (string)(await host.DoneAsync(201, host.OwnerA, "POST", "/tools", $$$"""
            {"name":"price","description":"What a pizza costs.","definition":{"url":"{{{shop.Url}}}/price",
             "parameters":{"type":"object","properties":{"size":{"type":"string"}},"required":["size"]} } }
            """))["id"]!;
        var (batch, call, person) = await rig.CallAsync($$$"""
            {"name":"Anna","system_prompt":"You sell to {{first_name}}.","first_speaker_text":"A pizza, {{first_name}}?",
             "temperature":0.25,"max_duration_seconds":120,"tools":["{{{tool}}}"]}
            """);
        using var _ = person;
        await rig.TurnsAsync(call, 1);
        await person.SayAsync(ToneWords.Yes);
        await rig.TurnsAsync(call, 5);
        await person.SayAsync(ToneWords.No);
        await rig.HearByeAsync();

        var shown = await rig.BecomesAsync(call, "transcript_status", "completed");
        Assert.Equal((batch, "ended"), ((string?)shown["batch_id"], (string?)shown["state"]));
        var turns = (await rig.TurnsAsync(call, 9))[..9];
        Assert.Equal(
            [
                ("agent", "A pizza, Zoe?"), ("user", "yes"), ("tool_call", """{"size":"large"}"""),
                ("tool_result", "a large one is ten euros"), ("agent", "Ten euros."), ("user", "no"), ("tool_call", "{}"),
                ("tool_result", "Done. Say that there will be no more calls, and end the call."), ("agent", "Goodbye."),
            ], turns.Select(turn => ((string)turn["role"]!, TextOf(turn))));
        Assert.Equal(("price", "mark_do_not_call"), ((string?)turns[2]["tool"], (string?)turns[6]["tool"]));
        Assert.Equal((string?)turns[2]["invocation_id"], (string?)turns[3]["invocation_id"]);
        Assert.Equal(Enumerable.Range(0, 9), turns.Select(turn => (int)turn["i"]!));
        // The person is heard to the end, and the agent from its beginning.
        Assert.All(turns, turn => Assert.Equal((string?)turn["role"] is "user", turn["t_start"] is null && turn["t_end"] is not null));
        var times = turns.Select(turn => (double)(turn["t_start"] ?? turn["t_end"])!).ToList();
        Assert.Equal(times.Order(), times);
        Assert.True(times[^1] > times[0]);

        var first = rig.Model.Asked[0];
        Assert.Equal("You sell to Zoe.", ((string)first["messages"]![0]!["content"]!).Split('\n')[0]);
        Assert.Equal(0.25, (double)first["temperature"]!);
        Assert.Equal(["hangup", "mark_do_not_call", "price", "schedule_callback", "stop_recording"],
            first["tools"]!.AsArray().Select(one => (string)one!["function"]!["name"]!).Order(StringComparer.Ordinal));

        var tools = (await host.DoneAsync(200, host.OwnerA, "GET", "/dashboard/overview"))["tools"]!.AsArray();
        var price = tools.Single(one => (string?)one!["tool"] is "price")!;
        Assert.Equal((1, 0), ((int)price["calls"]!, (int)price["failed"]!));
        Assert.Contains("mark_do_not_call", tools.Select(one => (string?)one!["tool"]));
        Assert.False((await host.DoneAsync(200, rig.Lab.Viewer, "GET", "/dashboard/overview")).ContainsKey("tools"));

        await rig.Lab.BecomesAsync(batch, "completed");
        var contact = Assert.Single(await rig.Lab.ContactsAsync(batch));
        Assert.Equal(("completed", "answered", call),
            ((string?)contact["status"], (string?)contact["outcome"], (string?)contact["call_id"]));
        var again = await host.DoneAsync(201, host.OwnerA, "POST", "/batches",
            rig.Lab.BatchOf(await rig.Lab.CampaignAsync(), [AgencyTalkRig.Callee]));
        Assert.Equal(1, (int)again["contacts"]!["suppressed"]!);
        await SeenByItsOwnAloneAsync(rig, call);
    }

    private const string Robo = """
        {"name":"Robo","first_speaker_text":"Hello {{first_name}}.","max_duration_seconds":120,"script":{"start":"menu","steps":{
          "menu":{"say":"A pizza?","ask":{"otherwise":"bye","choices":[
            {"words":["yes"],"digits":"1","go":"size"},{"words":["no"],"digits":"2","go":"stop"}]}},
          "size":{"say":"Which size?","ask":{"collect":{"into":"size","kind":"digits","maximum":1,"go":"done"},"otherwise":"bye"}},
          "done":{"say":"Size {{size}} for {{first_name}}.","outcome":"appointment_booked","hangup":true},
          "stop":{"say":"Never again.","outcome":"dnc_requested","hangup":true},
          "bye":{"say":"Goodbye.","hangup":true} } } }
        """;

    [Fact]
    public async Task An_agent_with_a_script_talks_without_a_model_and_its_steps_say_what_the_call_came_to()
    {
        await using var rig = await AgencyTalkRig.StartAsync(product, "ELSE SAY Well.", hasModel: false);
        var (batch, call, person) = await rig.CallAsync(Robo);
        using var _ = person;
        await rig.TurnsAsync(call, 1);
        await person.SayAsync(ToneWords.Yes);
        await rig.TurnsAsync(call, 3);
        // An answer like any other, where a script asks for keys.
        await rig.PressAsync('9');
        await rig.HearByeAsync();

        await rig.BecomesAsync(call, "disposition", "appointment_booked");
        await rig.BecomesAsync(call, "transcript_status", "completed");
        var turns = (await rig.TurnsAsync(call, 5))[..5];
        Assert.Equal(
            [
                ("agent", "Hello Zoe. A pizza?"), ("user", "yes"), ("agent", "Which size?"), ("user", "pressed 9"),
                ("agent", "Size 9 for Zoe."),
            ], turns.Select(turn => ((string)turn["role"]!, (string)turn["text"]!)));
        await rig.Lab.BecomesAsync(batch, "completed");
        var contact = Assert.Single(await rig.Lab.ContactsAsync(batch));
        Assert.Equal(("completed", "answered", call),
            ((string?)contact["status"], (string?)contact["outcome"], (string?)contact["call_id"]));
        Assert.Equal(0, await SuppressedAsync(rig));
        Assert.Empty(rig.Model.Asked);
    }

    [Fact, Depth("the gate has a talk by a script to another end")]
    public async Task Whoever_a_script_understands_to_want_no_more_calls_is_not_called_again()
    {
        await using var rig = await AgencyTalkRig.StartAsync(product, "ELSE SAY Well.", hasModel: false);
        // Her word is a tone that machines beep with.
        var (batch, call, person) = await rig.CallAsync(Robo.Replace("{\"name\"", "{\"voicemail_policy\":\"continue\",\"name\"",
            StringComparison.Ordinal));
        using var _ = person;
        await rig.TurnsAsync(call, 1);
        await person.SayAsync(ToneWords.No);
        await rig.HearByeAsync();
        await rig.BecomesAsync(call, "disposition", "dnc_requested");
        await rig.Lab.BecomesAsync(batch, "completed");
        Assert.Equal(1, await SuppressedAsync(rig));
    }

    [Fact]
    public async Task Whoever_calls_a_number_talks_with_the_agent_that_has_it()
    {
        await using var rig = await AgencyTalkRig.StartAsync(product, "ELSE SAY Well.", hasModel: false);
        var host = rig.Lab.Host;
        string robo = (string)(await host.DoneAsync(201, host.OwnerA, "POST", "/agents",
            Robo.Replace(" {{first_name}}", "", StringComparison.Ordinal)))["id"]!;
        var numbers = (await host.DoneAsync(200, host.OwnerA, "GET", "/numbers"))["numbers"]!.AsArray();
        string id = (string)numbers.Single(one => (string?)one!["phone_number"] == AgencyLab.From)!["id"]!;
        await AssignAsync(robo);
        var (call, answer) = await rig.CallInAsync(AgencyLab.From);
        await rig.TurnsAsync(call, 1);
        await rig.PressInAsync(AgencyLab.From, answer, '1', 2);
        await rig.TurnsAsync(call, 3);
        // Nobody who calls by himself is put onto a list by a key.
        await rig.PressInAsync(AgencyLab.From, answer, '9', 3);
        await rig.HearByeAsync();

        var shown = await rig.BecomesAsync(call, "disposition", "appointment_booked");
        Assert.Equal(("inbound", AgencyLab.From, robo), ((string?)shown["direction"], (string?)shown["to_number"],
            (string?)shown["agent_mapping_id"]));
        Assert.Equal([call], (await rig.Lab.CallsAsync(host.OwnerA, "?agent_id=" + robo)).Select(one => (string)one["id"]!));
        Assert.Empty(await rig.Lab.CallsAsync(host.OwnerA, "?agent_id=" + rig.Lab.Agent));
        var turns = (await rig.TurnsAsync(call, 5))[..5];
        Assert.Equal(
            [
                ("agent", "Hello. A pizza?"), ("user", "pressed 1"), ("agent", "Which size?"), ("user", "pressed 9"),
                ("agent", "Size 9 for."),
            ], turns.Select(turn => ((string)turn["role"]!, (string)turn["text"]!)));

        // An agent that has only a prompt cannot talk without a model; nobody pays for a call in which nobody talks.
        await AssignAsync(rig.Lab.Agent);
        await rig.HearRefusalAsync(AgencyLab.From, "603");

        // What another application answers stays with it.
        string key = (string)host.AccountA["telnyx_key"]!, path = "/v2/phone_numbers/" + Uri.EscapeDataString(AgencyLab.From);
        var desk = (await rig.Lab.OtherApiAsync(key, "POST", "/v2/call_control_applications",
            """{"application_name":"in","webhook_event_url":"http://127.0.0.1:9/hooks"}"""))["data"]!;
        await rig.Lab.OtherApiAsync(key, "PATCH", path, $$"""{"connection_id":"{{desk["id"]}}"}""");
        await AssignAsync(robo);
        Assert.Equal((string?)desk["id"], (string?)(await rig.Lab.OtherApiAsync(key, "GET", path))["data"]!["connection_id"]);

        Task<JsonObject> AssignAsync(string agent) => host.DoneAsync(200, host.OwnerA, "POST", $"/numbers/{id}/assign",
            $$"""{"agent_mapping_id":"{{agent}}"}""");
    }

    [Fact, Depth("the gate has such a recording that goes with its call, in AgencyPrivacyTests, and a talk with tools")]
    public async Task Whoever_does_not_want_to_be_recorded_says_so_and_the_call_shows_it()
    {
        await using var rig = await AgencyTalkRig.StartAsync(product, """
            WHEN "recorded any more" SAY Goodbye.
            WHEN "recorded any more" CALL hangup
            WHEN no CALL stop_recording
            """);
        // His word is a tone that machines beep with.
        var (_, call, person) = await rig.CallAsync(
            """{"name":"Anna","system_prompt":"Be kind.","first_speaker_text":"Hello.","voicemail_policy":"continue"}""");
        using var _ = person;
        await rig.TurnsAsync(call, 1);
        Assert.Null((await rig.Lab.Host.DoneAsync(200, rig.Lab.Host.OwnerA, "GET", "/calls/" + call))["recording_consent"]);
        await person.SayAsync(ToneWords.No);
        await rig.HearByeAsync();
        await rig.BecomesAsync(call, "recording_consent", "refused");
        var turns = await rig.TurnsAsync(call, 5);
        Assert.Equal(("stop_recording", "Done. Say that nothing of the call is recorded any more, and that what was recorded is deleted."),
            ((string?)turns[2]["tool"], TextOf(turns[3])));
        // That nothing is left of what was recorded keeps nobody from writing down what was said.
        await rig.BecomesAsync(call, "transcript_status", "completed");
    }

    [Fact]
    public async Task Whoever_calls_a_number_that_nobody_has_is_told_so_and_the_call_says_it()
    {
        await using var rig = await AgencyTalkRig.StartAsync(product, "ELSE SAY Well.", hasModel: false);
        var host = rig.Lab.Host;
        var numbers = (await host.DoneAsync(200, host.OwnerA, "GET", "/numbers"))["numbers"]!.AsArray();
        string id = (string)numbers.Single(one => (string?)one!["phone_number"] == AgencyLab.From)!["id"]!;
        await host.DoneAsync(200, host.OwnerA, "POST", $"/numbers/{id}/assign", $$"""{"agent_mapping_id":"{{rig.Lab.Agent}}"}""");
        await host.DoneAsync(200, host.OwnerA, "DELETE", $"/numbers/{id}/assign");
        foreach (string wrong in new[] { "\"no\"", """{"mode":"maybe"}""", """{"text":""}""", """{"voice":"x"}""" })
            await host.RefusedAsync(400, "validation_error", host.OwnerA, "PATCH", "/agency",
                $$"""{"settings":{"unassigned_announcement":{{wrong}} } }""");
        await host.DoneAsync(200, host.OwnerA, "PATCH", "/agency",
            """{"settings":{"unassigned_announcement":{"text":"Nobody is here."} } }""");
        var (call, _) = await rig.CallInAsync(AgencyLab.From);
        await rig.HearByeAsync();
        var shown = await rig.BecomesAsync(call, "end_reason", "unassigned_number");
        Assert.Equal(("inbound", "ended", AgencyLab.From, null), ((string?)shown["direction"], (string?)shown["state"],
            (string?)shown["to_number"], (string?)shown["agent_mapping_id"]));

        // Where nothing is to be said nobody answers, and nobody pays.
        await host.DoneAsync(200, host.OwnerA, "PATCH", "/agency", """{"settings":{"unassigned_announcement":{"mode":"never"} } }""");
        await rig.HearRefusalAsync(AgencyLab.From, "603");
        var second = await Eventually.SomeAsync(async () => (await rig.Lab.CallsAsync(host.OwnerA, "?direction=inbound"))
            .SingleOrDefault(one => (string?)one["id"] != call && (string?)one["state"] is "ended"), "the second call is over");
        Assert.Equal(("unassigned_number", null, 0), ((string?)second["end_reason"], (string?)second["joined_at"],
            (int)second["duration_seconds"]!));
    }

    [Fact, Depth("the gate has a call to an agent's number, and the page in a browser")]
    public async Task Whoever_tries_an_agent_in_a_browser_gets_a_page_that_calls_the_agents_number()
    {
        await using var lab = await AgencyLab.StartAsync(product, settings => settings with { HasLab = true });
        var host = lab.Host;
        string path = $"/agents/{lab.Agent}/test-call", body = $$"""{"from_number":"{{AgencyLab.From}}","to_number":"web"}""";
        var numbers = (await host.DoneAsync(200, host.OwnerA, "GET", "/numbers"))["numbers"]!.AsArray();
        string id = (string)numbers.Single(one => (string?)one!["phone_number"] == AgencyLab.From)!["id"]!;
        // Nobody has the number, or somebody else; a number of another agency is nobody's.
        await host.RefusedAsync(400, "validation_error", host.OwnerA, "POST", path, body);
        string beside = (string)(await host.DoneAsync(201, host.OwnerA, "POST", "/agents", """{"name":"B","system_prompt":"b"}"""))["id"]!;
        await host.DoneAsync(200, host.OwnerA, "POST", $"/numbers/{id}/assign", $$"""{"agent_mapping_id":"{{beside}}"}""");
        await host.RefusedAsync(400, "validation_error", host.OwnerA, "POST", path, body);
        await host.DoneAsync(200, host.OwnerA, "POST", $"/numbers/{id}/assign", $$"""{"agent_mapping_id":"{{lab.Agent}}"}""");
        await host.RefusedAsync(400, "validation_error", host.OwnerA, "POST", path,
            body.Replace(AgencyLab.From, AgencyLab.FromB, StringComparison.Ordinal));
        await host.RefusedAsync(403, "forbidden", lab.Viewer, "POST", path, body);

        var tried = await host.DoneAsync(202, host.OwnerA, "POST", path, body);
        Assert.Equal((lab.Agent, AgencyLab.From, "web"), ((string?)tried["agent_mapping_id"], (string?)tried["from_number"],
            (string?)tried["to_number"]));
        Assert.False(tried.ContainsKey("batch_id"));
        // The address is kept nowhere, so that whoever asks again gets another page.
        var (_, once, _) = await host.OnceAsync(host.OwnerA, "key-1", path, body);
        var (status, again, isReplayed) = await host.OnceAsync(host.OwnerA, "key-1", path, body);
        Assert.Equal((202, false), (status, isReplayed));
        Assert.NotEqual((string?)once!["url"], (string?)again!["url"]);
        using var anybody = new HttpClient();
        string page = await anybody.GetStringAsync(new Uri((string)tried["url"]!), TestContext.Current.CancellationToken);
        Assert.Contains(AgencyLab.From, page, StringComparison.Ordinal);
    }

    /// <summary>Of a batch for whoever was called.</summary>
    private static async Task<int> SuppressedAsync(AgencyTalkRig rig) =>
        (int)(await rig.Lab.Host.DoneAsync(201, rig.Lab.Host.OwnerA, "POST", "/batches",
            rig.Lab.BatchOf(await rig.Lab.CampaignAsync(), [AgencyTalkRig.Callee], """{"hold":true}""")))["contacts"]!["suppressed"]!;

    [Fact, Depth("the gate has a talk with tools that ends for who wants no more calls, and a talk by a script")]
    public async Task The_key_9_is_what_the_agent_says_that_talks_and_not_the_one_with_which_the_batch_began()
    {
        await using var rig = await AgencyTalkRig.StartAsync(product, "ELSE SAY Well.");
        var host = rig.Lab.Host;
        string agent = (string)(await host.DoneAsync(201, host.OwnerA, "POST", "/agents", Robo))["id"]!;
        string batch = (string)(await rig.Lab.BatchAsync(await rig.Lab.CampaignAsync(), [AgencyTalkRig.Callee],
            $$"""{"agent_mapping_id":"{{agent}}","hold":true}"""))["id"]!;
        // The script took keys, and the instructions take none.
        await host.DoneAsync(200, host.OwnerA, "PATCH", "/agents/" + agent,
            """{"script":null,"system_prompt":"Sell.","first_speaker_text":"A pizza?"}""");
        await host.DoneAsync(200, host.OwnerA, "POST", $"/batches/{batch}/resume");
        var (call, person) = await rig.AnswerAsync();
        using var _ = person;
        await rig.TurnsAsync(call, 1);
        await rig.PressAsync('9');
        await rig.HearByeAsync();
        await rig.Lab.BecomesAsync(batch, "completed");
        Assert.Equal(1, await SuppressedAsync(rig));
    }

    [Fact, Depth("the gate has a talk with tools that ends for who wants no more calls; a call that is being judged")]
    public async Task The_key_9_ends_a_talk_and_the_number_is_not_called_again()
    {
        await using var rig = await AgencyTalkRig.StartAsync(product, "ELSE SAY Well.");
        var (batch, call, person) = await rig.CallAsync(
            """{"name":"Anna","system_prompt":"Sell.","first_speaker_text":"A pizza?","max_duration_seconds":120}""");
        using var _ = person;
        await rig.TurnsAsync(call, 1);
        await rig.PressAsync('9');
        await rig.HearByeAsync();
        await rig.Lab.BecomesAsync(batch, "completed");
        var again = await rig.Lab.Host.DoneAsync(201, rig.Lab.Host.OwnerA, "POST", "/batches",
            rig.Lab.BatchOf(await rig.Lab.CampaignAsync(), [AgencyTalkRig.Callee]));
        Assert.Equal(1, (int)again["contacts"]!["suppressed"]!);
        // Nobody has said anything that could be judged, and no model is asked.
        var shown = await rig.BecomesAsync(call, "analysis_status", "completed");
        Assert.Equal("none", (string?)shown["analysis"]!["model"]);
        Assert.Empty(rig.Model.Asked);
        // A key is nothing that a person has said.
        Assert.All((await rig.TranscriptAsync(call))["transcript"]!.AsArray(), turn => Assert.Equal("agent", (string?)turn!["role"]));
    }

    [Fact, Depth("the gate has a talk with tools that ends for who wants no more calls; a call that is being judged")]
    public async Task Who_wants_to_be_called_later_says_so_to_the_agent_and_waits_for_his_time()
    {
        string later = DateTimeOffset.UtcNow.AddHours(2).ToString("yyyy-MM-dd'T'HH:mm:00.000'Z'", CultureInfo.InvariantCulture);
        await using var rig = await AgencyTalkRig.StartAsync(product, $$"""
            WHEN "end the call" SAY Goodbye.
            WHEN "end the call" CALL hangup
            WHEN days CALL schedule_callback {"at": "{{later}}"}
            WHEN offset CALL schedule_callback {"at": "2020-01-01T10:00:00Z"}
            WHEN yes CALL schedule_callback {"at": "{{later[..^1]}}"}
            """);
        var (batch, call, person) = await rig.CallAsync(
            """{"name":"Anna","system_prompt":"Sell.","first_speaker_text":"A pizza?","max_duration_seconds":120}""");
        using var _ = person;
        await rig.TurnsAsync(call, 1);
        await person.SayAsync(ToneWords.Yes);
        await rig.HearByeAsync();

        var contact = await Eventually.SomeAsync(async () =>
        {
            var only = Assert.Single(await rig.Lab.ContactsAsync(batch));
            if ((string?)only["status"] is "scheduled") return only;
            await Task.Delay(100, TestContext.Current.CancellationToken);
            return null;
        }, "he waits for his time");
        Assert.Equal(("callback_scheduled", later, 1, 2), ((string?)contact["outcome"], (string?)contact["next_attempt_at"],
            (int)contact["attempts"]!, (int)contact["max_attempts"]!));
        var results = (await rig.TurnsAsync(call, 8)).Where(turn => (string?)turn["role"] is "tool_result").Select(TextOf).ToList();
        // By whose clock, a model does not always say.
        Assert.StartsWith("Not done: at needs its offset from UTC", results[0], StringComparison.Ordinal);
        Assert.StartsWith("Not done: at is a moment within the next 30 days", results[1], StringComparison.Ordinal);
        Assert.StartsWith("Done.", results[2], StringComparison.Ordinal);
    }

    [Fact, Depth("the gate has a talk with tools that ends for who wants no more calls; a call that is being judged")]
    public async Task A_person_is_handed_on_to_another_by_name_and_the_call_ends_with_theirs()
    {
        await using var rig = await AgencyTalkRig.StartAsync(product, """
            WHEN yes CALL transfer {"target": "sales"}
            ELSE SAY Well.
            """);
        string sales = AgencyLab.Number("ok-3");
        var (batch, call, person) = await rig.CallAsync($$"""
            {"name":"Anna","system_prompt":"Sell.","first_speaker_text":"A pizza?","max_duration_seconds":120,
             "transfers":[{"name":"sales","phone_number":"{{sales}}"}]}
            """);
        using var _ = person;
        await rig.TurnsAsync(call, 1);
        await person.SayAsync(ToneWords.Yes);
        // Sales hangs up after three seconds.
        await rig.HearByeAsync();

        await rig.Lab.BecomesAsync(batch, "completed");
        var other = Assert.Single(await rig.Lab.CallsAsync(rig.Lab.Host.OwnerA, "?number=" + Uri.EscapeDataString(sales)));
        Assert.Equal((AgencyLab.From, "answered"), ((string?)other["from_number"], (string?)other["outcome"]));
        var contact = Assert.Single(await rig.Lab.ContactsAsync(batch));
        Assert.Equal(("completed", "answered", call),
            ((string?)contact["status"], (string?)contact["outcome"], (string?)contact["call_id"]));
        var asked = (await rig.TurnsAsync(call, 3)).Single(turn => (string?)turn["role"] is "tool_call");
        Assert.Equal(("transfer", """{"target":"sales"}"""), ((string?)asked["tool"], TextOf(asked)));
    }

    [Fact, Depth("the gate has a talk with tools that ends for who wants no more calls; a call that is being judged")]
    public async Task A_machine_is_left_a_message_and_whoever_it_answers_for_is_not_called_again()
    {
        await using var rig = await AgencyTalkRig.StartAsync(product, "ELSE SAY Well.");
        var (batch, call, machine) = await rig.CallAsync("""
            {"name":"Anna","system_prompt":"Sell.","first_speaker_text":"A pizza?","max_duration_seconds":120,
             "voicemail_policy":"leave_message","voicemail_message":"Call us back, {{first_name}}."}
            """, """{"max_attempts":3}""");
        using var _ = machine;
        // No voice holds a tone for a second and a half.
        await machine.SayAsync(ToneWords.No, packets: 75);
        await rig.HearByeAsync();

        await rig.Lab.BecomesAsync(batch, "completed");
        var contact = Assert.Single(await rig.Lab.ContactsAsync(batch));
        Assert.Equal(("completed", "voicemail", 1), ((string?)contact["status"], (string?)contact["outcome"], (int)contact["attempts"]!));
        var shown = await rig.BecomesAsync(call, "disposition", "voicemail");
        Assert.Equal("agent_hangup", (string?)shown["end_reason"]);
        await rig.BecomesAsync(call, "transcript_status", "completed");
        var last = (await rig.TranscriptAsync(call))["transcript"]!.AsArray()[^1]!.AsObject();
        Assert.Equal(("agent", "Call us back, Zoe."), ((string?)last["role"], (string?)last["text"]));
        Assert.Empty(rig.Model.Asked);
    }

    [Fact, Depth("the gate has a talk with tools that ends for who wants no more calls; a call that is being judged")]
    public async Task A_machine_that_hears_a_text_alone_is_hung_up_on_and_whoever_it_answers_for_is_called_again()
    {
        await using var rig = await AgencyTalkRig.StartAsync(product, "ELSE SAY Well.");
        // Without a prompt nobody talks.
        var (batch, call, machine) = await rig.CallAsync(
            """{"name":"Anna","first_speaker_text":"A pizza?","max_duration_seconds":120,"voicemail_policy":"hangup"}""",
            """{"max_attempts":2}""");
        using var _ = machine;
        machine.Hold(ToneWords.No);
        await rig.HearByeAsync();

        var contact = await Eventually.SomeAsync(async () =>
        {
            var only = Assert.Single(await rig.Lab.ContactsAsync(batch));
            if ((string?)only["outcome"] is not null) return only;
            await Task.Delay(100, TestContext.Current.CancellationToken);
            return null;
        }, "the call came to something");
        Assert.Equal(("scheduled", "voicemail", 1), ((string?)contact["status"], (string?)contact["outcome"], (int)contact["attempts"]!));
        var next = DateTimeOffset.Parse((string)contact["next_attempt_at"]!, CultureInfo.InvariantCulture);
        Assert.InRange(next - DateTimeOffset.UtcNow, TimeSpan.FromHours(23), TimeSpan.FromHours(24));
        await rig.BecomesAsync(call, "disposition", "voicemail");
    }

    /// <summary>Of a call of a tool its arguments, however they were spaced.</summary>
    private static string TextOf(JsonObject turn) => (string?)turn["role"] is "tool_call"
        ? JsonNode.Parse((string)turn["text"]!)!.ToJsonString() : (string)turn["text"]!;

    private static async Task SeenByItsOwnAloneAsync(AgencyTalkRig rig, string call)
    {
        var host = rig.Lab.Host;
        string path = $"/calls/{call}/transcript";
        await host.DoneAsync(200, rig.Lab.Viewer, "GET", path);
        foreach (string token in new[] { rig.Lab.OtherViewer, host.OwnerB }) await host.RefusedAsync(404, "not_found", token, "GET", path);
        var (status, type, content) = await host.FileAsync(host.OwnerA, path + "?format=txt");
        Assert.Equal((200, "text/plain; charset=utf-8"), (status, type));
        string[] lines = System.Text.Encoding.UTF8.GetString(content).Split('\n');
        Assert.EndsWith("] agent: A pizza, Zoe?", lines[0], StringComparison.Ordinal);
        Assert.Contains("] tool_call price: ", lines[2], StringComparison.Ordinal);
        await host.RefusedAsync(400, "invalid_enum", host.OwnerA, "GET", path + "?format=doc");

        await host.DoneAsync(200, host.OwnerA, "DELETE", $"/calls/{call}?mode=redact");
        Assert.Empty((await rig.TranscriptAsync(call))["transcript"]!.AsArray());
    }
}
