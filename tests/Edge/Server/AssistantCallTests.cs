// Longer than others: one rig has a call, a model and a voice, and each talk on it is one fact.
using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Edge.Net;
using Ringwright.Edge.Speech;
using Ringwright.Edge.Streams;
using Ringwright.Lab.Models;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>
/// An assistant of an account talks on a call that a customer's program commands. The model is the lab's, which answers by rules; tools are
/// asked over HTTP; what the caller says are tones that the test's recogniser names.
/// </summary>
public sealed class AssistantCallTests : IDisposable
{
    internal const string Key = "sk-of-the-model-1234", Number = "+15550100000";
    private const string Secret = "token-of-the-shop-5678";

    private readonly TempFolder _folder = new();
    private readonly ToneWords _words = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_assistant_talks_asks_its_tool_is_written_down_and_hangs_up()
    {
        await using var voice = await AgentRig.VoiceAsync();
        string asked = "";
        await using var shop = await TestServer.StartAsync(async c =>
        {
            using var reader = new StreamReader(c.Request.Body);
            asked = $"{c.Request.Method} {c.Request.Path}{c.Request.QueryString} {await reader.ReadToEndAsync(Stop)} "
                + $"{c.Request.Headers["x-key"]} {c.Request.Headers["x-telnyx-call-control-id"]}";
            await c.Response.WriteAsync("ten euros");
        });
        await using var model = await ModelAsync("""
            WHEN yes CALL price_of {"size": "very large", "crust": "thin", "count": 2}
            WHEN euros SAY It is {{said}}.
            WHEN no SAY Goodbye.
            WHEN no CALL hangup
            """);
        await using var node = await StartAsync(voice, model);
        await SendAsync(node, HttpMethod.Post, "/v2/integration_secrets",
            new() { ["identifier"] = "shop", ["type"] = "bearer", ["token"] = Secret });
        string assistant = (string)(await SendAsync(node, HttpMethod.Post, "/v2/ai/assistants", Assistant(shop)))["id"]!;
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AnsweredAsync(node, peer);
        using var caller = new ToneCaller(ok, _words);

        var started = (await ActAsync(node, call, "ai_assistant_start",
            new() { ["assistant"] = new JsonObject { ["id"] = assistant }, ["client_state"] = "aGV5", ["command_id"] = "once" }))["data"]!;
        string conversation = (string)started["conversation_id"]!;
        // A repeat is the same one; another one is refused, as is what would listen beside it.
        Assert.Equal(conversation, (string?)(await ActAsync(node, call, "ai_assistant_start", new()
        {
            ["assistant"] = new JsonObject { ["id"] = assistant }, ["command_id"] = "once",
        }))["data"]!["conversation_id"]);
        Assert.Equal("10015", await RefusedAsync(node, call, "ai_assistant_start",
            new() { ["assistant"] = new JsonObject { ["id"] = assistant } }));
        Assert.Equal("10015", await RefusedAsync(node, call, "gather", []));
        Assert.Single((await SendAsync(node, HttpMethod.Get, "/v2/ai/conversations"))["data"]!.AsArray());

        await MessagesAsync(node, conversation, 1);
        await caller.SayAsync(ToneWords.Yes);
        await MessagesAsync(node, conversation, 5);
        await caller.SayAsync(ToneWords.No);
        string bye = await peer.HearAsync("BYE");
        peer.Send(peer.Response(bye, "200 OK"));

        var messages = await MessagesAsync(node, conversation, 8);
        Assert.Equal(
            [
                "assistant: A pizza from Uno?", "user: yes", "assistant: ", "tool: ten euros", "assistant: It is ten euros.", "user: no",
                "assistant: Goodbye.", "tool: Done.",
            ], messages.Select(message => $"{message!["role"]}: {message["text"]}"));
        Assert.Equal("price_of", (string?)messages[2]!["tool_calls"]![0]!["function"]!["name"]);
        Assert.Equal($$"""PUT /very%20large?shop=Uno&crust=thin {"count":2} Bearer {{Secret}} {{call}}""", asked);
        var ended = await EventAsync(node, "call.conversation.ended");
        Assert.Equal((conversation, assistant, "some/model", "assistant_hangup", "aGV5"), ((string?)ended["conversation_id"],
            (string?)ended["assistant_id"], (string?)ended["llm_model"], (string?)ended["reason"], (string?)ended["client_state"]));
        await EventAsync(node, "call.hangup");
        // Its voice and its ears are its own.
        Assert.Equal(["call.answered", "call.conversation.created", "call.conversation.ended", "call.hangup", "call.initiated"],
            await EventNamesAsync(node));
        var created = await EventAsync(node, "call.conversation.created");
        Assert.Equal((conversation, assistant, call), ((string?)created["conversation_id"], (string?)created["assistant_id"],
            (string?)created["call_control_id"]));
        var kept = (await SendAsync(node, HttpMethod.Get, $"/v2/ai/conversations/{conversation}"))["data"]!;
        Assert.Equal((assistant, call, "phone_call", Number), ((string?)kept["metadata"]!["assistant_id"],
            (string?)kept["metadata"]!["call_control_id"], (string?)kept["metadata"]!["telnyx_conversation_channel"],
            (string?)kept["metadata"]!["telnyx_agent_target"]));
        Assert.StartsWith("You work for Uno. It is for", (string?)model.Asked[0]["messages"]![0]!["content"], StringComparison.Ordinal);
        string trace = (await node.Socket.SendAsync(HttpMethod.Get, $"operator/v1/calls/{Uri.EscapeDataString(call)}/trace", null, Stop))
            .ToJsonString();
        foreach (string secret in new[] { Key, Secret, "Goodbye", "ten euros" })
            Assert.DoesNotContain(secret, trace + kept.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact, Depth("the gate has a talk with a tool, what it is told, and how it is cut off; the talks in writing have the rest")]
    public async Task A_command_has_another_model_and_other_tools_for_its_talk_and_says_what_was_said_before()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var model = await ModelAsync("""
            WHEN yes SAY Goodbye.
            WHEN yes CALL hangup
            """);
        await using var node = await StartAsync(voice, model);
        string assistant = (string)(await SendAsync(node, HttpMethod.Post, "/v2/ai/assistants", new()
        {
            ["name"] = "a", ["model"] = "some/model", ["instructions"] = "Be brief.",
            ["tools"] = new JsonArray(new JsonObject { ["type"] = "send_dtmf", ["send_dtmf"] = new JsonObject() }),
        }))["id"]!;
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AnsweredAsync(node, peer);
        using var caller = new ToneCaller(ok, _words);
        JsonObject Start(string tools) => JsonNode.Parse($$"""
            {"assistant": {"id": "{{assistant}}", "model": "other/model", "tools": {{tools}} }, "greeting": "Is that all, Ada?",
             "message_history": [{"role": "user", "content": "I am Ada."}]}
            """)!.AsObject();
        Assert.Contains("/assistant/tools/0/webhook/url", await FaultsAsync(node, call,
            Start("""[{"type": "webhook", "webhook": {"name": "a", "url": "ftp://shop.example/"}}]""")), StringComparison.Ordinal);

        string conversation = (string)(await ActAsync(node, call, "ai_assistant_start",
            Start("""[{"type": "hangup", "hangup": {}}]""")))["data"]!["conversation_id"]!;
        await MessagesAsync(node, conversation, 1);
        await caller.SayAsync(ToneWords.Yes);
        string bye = await peer.HearAsync("BYE");
        peer.Send(peer.Response(bye, "200 OK"));
        Assert.Equal((conversation, "assistant_hangup"), await EndAsync(node));
        Assert.Equal("other/model", (string?)(await EventAsync(node, "call.conversation.ended"))["llm_model"]);
        var asked = model.Asked[0];
        Assert.Equal("other/model", (string?)asked["model"]);
        Assert.Equal(["hangup"], asked["tools"]!.AsArray().Select(tool => (string?)tool!["function"]!["name"]));
        Assert.Equal(["I am Ada.", "Is that all, Ada?", "yes"],
            asked["messages"]!.AsArray().Skip(1).Select(message => (string?)message!["content"]));
        // What was said before is no part of this conversation.
        Assert.Equal("Is that all, Ada?", (string?)(await MessagesAsync(node, conversation, 4))[0]!["text"]);
    }

    [Fact, Depth("the gate has a talk with a tool, what it is told, and how it is cut off; the talks in writing have the rest")]
    public async Task One_that_is_switched_off_hears_and_says_nothing_until_it_is_switched_on()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var model = await ModelAsync("ELSE SAY Well.");
        await using var node = await StartAsync(voice, model);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AnsweredAsync(node, peer);
        using var caller = new ToneCaller(ok, _words);
        string conversation = await BeginAsync(node, call, "Good morning.");
        await MessagesAsync(node, conversation, 1);
        await SwitchAsync("true");
        await caller.SayAsync(ToneWords.Yes);
        await MessagesAsync(node, conversation, 2);
        Assert.Empty(model.Asked);
        await SwitchAsync("false");
        await caller.SayAsync(ToneWords.No);
        Assert.Equal(["assistant: Good morning.", "user: yes", "user: no", "assistant: Well."],
            (await MessagesAsync(node, conversation, 4)).Select(message => $"{message!["role"]}: {message["text"]}"));
        peer.Send(peer.Inside(ok, Number, "BYE", 2));
        await EventAsync(node, "call.hangup");

        Task SwitchAsync(string isOff) => SendAsync(node, HttpMethod.Put, $"/v2/ai/conversations/{conversation}",
            new() { ["metadata"] = new JsonObject { ["ai_disabled"] = isOff } });
    }

    [Fact]
    public async Task A_stop_cuts_it_off_and_the_call_goes_on_and_ends_the_next_one()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var model = await ModelAsync("ELSE SAY Well.");
        await using var node = await StartAsync(voice, model);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AnsweredAsync(node, peer);
        using var caller = new ToneCaller(ok, _words);
        Assert.Equal("10015", await RefusedAsync(node, call, "ai_assistant_stop", []));

        string first = await BeginAsync(node, call,
            string.Concat(Enumerable.Repeat("I say so much here that nobody hears all of it. ", 40)) + "Not even who is slow.");
        await SpokenAsync(node, call, 1);
        await Task.Delay(TimeSpan.FromMilliseconds(300), Stop);        // for a word of it
        await ActAsync(node, call, "ai_assistant_stop", []);
        var ended = await EventAsync(node, "call.conversation.ended");
        Assert.Equal((first, "stopped"), ((string?)ended["conversation_id"], (string?)ended["reason"]));
        string heard = (string)Assert.Single(await MessagesAsync(node, first, 1))!["text"]!;
        Assert.StartsWith("I", heard, StringComparison.Ordinal);
        Assert.DoesNotContain("slow", heard, StringComparison.Ordinal);
        Assert.Equal("10015", await RefusedAsync(node, call, "ai_assistant_stop", []));

        string second = await BeginAsync(node, call, "");
        peer.Send(peer.Inside(ok, Number, "BYE", 2));
        await EventAsync(node, "call.hangup");
        var ends = await EventsAsync(node, "call.conversation.ended");
        Assert.Equal(2, ends.Count);
        Assert.Single(ends, end => (string?)end["conversation_id"] == second && (string?)end["reason"] == "call_hangup");
    }

    [Fact, Depth("the gate has a talk with a tool, what it is told, and how it is cut off; the talks in writing have the rest")]
    public async Task With_an_answer_and_with_a_dial_it_talks_from_the_answer_on()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var model = await ModelAsync("ELSE SAY Well.");
        await using var node = await StartAsync(voice, model);
        string assistant = (string)(await SendAsync(node, HttpMethod.Post, "/v2/ai/assistants", new()
        {
            ["name"] = "a", ["model"] = "some/model", ["instructions"] = "You talk with {{telnyx_end_user_target}}.",
            ["greeting"] = "Good morning.",
        }))["id"]!;
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (answered, ok) = await AnsweredAsync(node, peer, new()
        {
            ["assistant"] = new JsonObject
            {
                ["id"] = assistant, ["greeting"] = "Hello {{who}}.", ["dynamic_variables"] = new JsonObject { ["who"] = "Ada" },
            },
        });
        string conversation = await ConversationAsync(node, answered);
        Assert.Equal("Hello Ada.", (string?)(await MessagesAsync(node, conversation, 1))[0]!["text"]);
        peer.Send(peer.Inside(ok, Number, "BYE", 2));
        Assert.Equal((conversation, "call_hangup"), await EndAsync(node));

        using var callee = new SipPeer(node.Node.Settings.Sip);
        var dial = new JsonObject
        {
            ["connection_id"] = await ApplicationAsync(node), ["from"] = Number, ["to"] = $"sip:callee@{callee.Local}",
            ["assistant"] = new JsonObject { ["id"] = "assistant-0" },
        };
        using (var refused = await node.Api.PostAsync("/v2/calls",
            new StringContent(dial.ToJsonString(), Encoding.UTF8, "application/json"), Stop))
            Assert.Contains("/assistant/id", await refused.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        dial["assistant"]!["id"] = assistant;
        string dialled = (string)(await SendAsync(node, HttpMethod.Post, "/v2/calls", dial))["data"]!["call_control_id"]!;
        string invite = await callee.HearAsync("INVITE");
        callee.Send(callee.Response(invite, "200 OK", callee.Sdp));
        using var caller = new ToneCaller(invite, _words);
        string second = await ConversationAsync(node, dialled);
        Assert.Equal("Good morning.", (string?)(await MessagesAsync(node, second, 1))[0]!["text"]);
        Assert.Empty(model.Asked);
        var kept = (await SendAsync(node, HttpMethod.Get, $"/v2/ai/conversations/{second}"))["data"]!["metadata"]!;
        Assert.Equal((assistant, Number, $"sip:callee@{callee.Local}"), ((string?)kept["assistant_id"],
            (string?)kept["telnyx_agent_target"], (string?)kept["telnyx_end_user_target"]));
        await ActAsync(node, dialled, "hangup", []);
        callee.Send(callee.Response(await callee.HearAsync("BYE"), "200 OK"));
        Assert.Equal((second, "call_hangup"), await EndAsync(node, second));
    }

    [Fact, Depth("the gate has a talk that asks its tool, is written down and hangs up, and models that fail in writing")]
    public async Task Who_commands_the_call_gives_it_messages_and_has_it_answer_them()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var model = await ModelAsync("""
            WHEN pizza SAY Your pizza is there.
            ELSE SAY Well.
            """);
        await using var node = await StartAsync(voice, model);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AnsweredAsync(node, peer);
        using var caller = new ToneCaller(ok, _words);
        JsonObject Given(string messages) => JsonNode.Parse($$"""
            {"messages": {{messages}}, "trigger_response": true, "command_id": "once"}
            """)!.AsObject();
        const string pizza = """[{"role": "system", "content": "He is Ada."}, {"role": "user", "content": "Tell him: the pizza is there."}]""";
        Assert.Equal("10015", await RefusedAsync(node, call, "ai_assistant_add_messages", Given(pizza)));

        string conversation = await BeginAsync(node, call, "");
        using (var added = await node.Api.PostAsync($"/v2/ai/conversations/{conversation}/messages",
            new StringContent("""{"role": "system", "content": "It rains."}""", Encoding.UTF8, "application/json"), Stop))
            Assert.Equal(HttpStatusCode.OK, added.StatusCode);
        foreach (string bad in new[]
        {
            "[]", """[{"role": "assistant", "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f"}}]}]""",
            """[{"role": "tool", "tool_call_id": "a", "content": "b"}]""", """[{"role": "user"}]""",
        })
            Assert.StartsWith("100", await RefusedAsync(node, call, "ai_assistant_add_messages", Given(bad)), StringComparison.Ordinal);
        for (int i = 0; i < 2; i++) await ActAsync(node, call, "ai_assistant_add_messages", Given(pizza));       // a repeat is the same
        Assert.Equal(["user: Tell him: the pizza is there.", "assistant: Your pizza is there."],
            (await MessagesAsync(node, conversation, 2)).Select(message => $"{message!["role"]}: {message["text"]}"));
        var asked = Assert.Single(model.Asked)["messages"]!.AsArray();
        Assert.Equal(["system", "system", "system", "user"], asked.Select(one => (string?)one!["role"]));
        Assert.Equal("It rains.", (string?)asked[1]!["content"]);
        await ActAsync(node, call, "ai_assistant_stop", []);
        Assert.Equal((conversation, "stopped"), await EndAsync(node));
        var left = Given(pizza);
        left["command_id"] = "twice";
        Assert.Equal("10015", await RefusedAsync(node, call, "ai_assistant_add_messages", left));
        Assert.Equal(2, (await MessagesAsync(node, conversation, 2)).Count);
        peer.Send(peer.Inside(ok, Number, "BYE", 2));
        await EventAsync(node, "call.hangup");
    }

    /// <summary>The conversation of a call, when it has begun to talk there.</summary>
    private static Task<string> ConversationAsync(RunningNode node, string call) => Eventually.SomeAsync(async () =>
        (string?)(await SendAsync(node, HttpMethod.Get, "/v2/ai/conversations?metadata->call_control_id=eq." + Uri.EscapeDataString(call)))
            ["data"]!.AsArray().FirstOrDefault()?["id"], "a conversation");

    /// <summary>A new one that may call.</summary>
    internal static async Task<string> ApplicationAsync(RunningNode node)
    {
        string profile = (string)(await SendAsync(node, HttpMethod.Get, "/v2/outbound_voice_profiles"))["data"]![0]!["id"]!;
        return (string)(await SendAsync(node, HttpMethod.Post, "/v2/call_control_applications", new()
        {
            ["application_name"] = "calls", ["webhook_event_url"] = "http://127.0.0.1:9/hooks",
            ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = profile },
        }))["data"]!["id"]!;
    }

    [Fact, Depth("the gate has a talk with a tool, what it is told, and how it is cut off; the talks in writing have the rest")]
    public async Task Case_21_and_22_a_webhook_tells_variables_below_those_of_the_command_and_what_was_said_in_earlier_calls()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var model = await ModelAsync("ELSE SAY Well.");
        await using var node = await StartAsync(voice, model);
        string earlier = await TalkAsync("+15550100001", "The blue one."), strange = await TalkAsync("+15550109999", "The red one.");
        var asked = new ConcurrentQueue<(JsonNode Body, bool IsSigned)>();
        string answer = """
            {"dynamic_variables": {"shop": "Due", "town": "Rome", "who": "nobody", "telnyx_end_user_target": "+1"},
             "conversation": {"metadata": {"crm": "7", "assistant_id": "mine"} },
             "memory": {"conversation_query": "metadata->caller=eq.%2B15550100001&limit=9"} }
            """;
        await using var shop = await TestServer.StartAsync(async c =>
        {
            var body = (await JsonNode.ParseAsync(c.Request.Body))!;
            asked.Enqueue((body, c.Request.Headers.ContainsKey("telnyx-signature-ed25519")));
            await c.Response.WriteAsync(answer, Stop);
        });
        string assistant = (string)(await SendAsync(node, HttpMethod.Post, "/v2/ai/assistants", new()
        {
            ["name"] = "a", ["model"] = "some/model", ["greeting"] = "{{shop}} {{town}} {{who}} {{lost}}{{telnyx_agent_target}}",
            ["instructions"] = "For {{shop}}.", ["dynamic_variables_webhook_url"] = $"{shop.Url}/variables",
            ["dynamic_variables_webhook_timeout_ms"] = 9_000,
            ["dynamic_variables"] = new JsonObject { ["shop"] = "Uno", ["town"] = "Pisa" },
            ["telephony_settings"] = new JsonObject { ["time_limit_secs"] = 600, ["user_idle_reply_secs"] = 300 },
            ["interruption_settings"] = JsonNode.Parse("""
                {"enable": true, "disable_greeting_interruption": true, "start_speaking_plan": {"wait_seconds": 0.3,
                 "transcription_endpointing_plan": {"on_no_punctuation_seconds": 0.5}}}
                """),
        }))["id"]!;
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AnsweredAsync(node, peer);
        using var caller = new ToneCaller(ok, _words);
        string conversation = await BeginAsync();
        Assert.Equal($"Due Rome Ada {Number}", (string?)(await MessagesAsync(node, conversation, 1))[0]!["text"]);
        var (told, isSigned) = Assert.Single(asked);
        Assert.True(isSigned);
        Assert.Equal(("assistant.initialization", conversation, assistant, Number, call), ((string?)told["data"]!["event_type"],
            (string?)told["data"]!["payload"]!["conversation_id"], (string?)told["data"]!["payload"]!["assistant_id"],
            (string?)told["data"]!["payload"]!["telnyx_agent_target"], (string?)told["data"]!["payload"]!["call_control_id"]));
        var metadata = (await SendAsync(node, HttpMethod.Get, $"/v2/ai/conversations/{conversation}"))["data"]!["metadata"]!;
        Assert.Equal(("7", assistant), ((string?)metadata["crm"], (string?)metadata["assistant_id"]));
        // Who looks at the assistant has them too, of a call that there need not be.
        var shown = await SendAsync(node, HttpMethod.Get, $"/v2/ai/assistants/{assistant}?fetch_dynamic_variables_from_webhook=true"
            + "&from=%2B15550100001&to=%2B15550100009&call_control_id=mine");
        Assert.Equal("""{"shop":"Due","town":"Rome","who":"nobody"}""", shown["dynamic_variables"]!.ToJsonString());
        var seen = asked.Last().Body["data"]!["payload"]!;
        Assert.Equal(("+15550100001", "+15550100009", "+15550100009", "mine", assistant), ((string?)seen["from"], (string?)seen["to"],
            (string?)seen["telnyx_agent_target"], (string?)seen["call_control_id"], (string?)seen["assistant_id"]));
        Assert.Null(seen["conversation_id"]);
        Assert.Equal("""{"shop":"Uno","town":"Pisa"}""",
            (await SendAsync(node, HttpMethod.Get, $"/v2/ai/assistants/{assistant}"))["dynamic_variables"]!.ToJsonString());
        await caller.SayAsync(ToneWords.Yes);
        await MessagesAsync(node, conversation, 3);
        string system = (string)model.Asked[^1]["messages"]![0]!["content"]!;
        Assert.StartsWith("For Due.", system, StringComparison.Ordinal);
        Assert.Contains("The blue one.", system, StringComparison.Ordinal);
        Assert.DoesNotContain("The red one.", system, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", system, StringComparison.Ordinal);
        await ActAsync(node, call, "ai_assistant_stop", []);
        Assert.Equal((conversation, "stopped"), await EndAsync(node));

        // What is flat is nobody's.
        answer = """{"shop": "Due", "town": "Rome"}""";
        string flat = await BeginAsync();
        Assert.Equal($"Uno Pisa Ada {Number}", (string?)(await MessagesAsync(node, flat, 1))[0]!["text"]);
        await ActAsync(node, call, "ai_assistant_stop", []);
        Assert.Equal((flat, "stopped"), await EndAsync(node, flat));
        // What is too much is left out, and that is told.
        answer = new JsonObject
        {
            ["dynamic_variables"] = new JsonObject(Enumerable.Range(0, 203).Select(i =>
                KeyValuePair.Create(i == 0 ? "shop" : i == 202 ? "town" : $"v{i}", (JsonNode?)"Tre"))),
        }.ToJsonString();
        Assert.Equal($"Tre Pisa Ada {Number}", (string?)(await MessagesAsync(node, await BeginAsync(), 1))[0]!["text"]);
        await Eventually.SomeAsync(async () => (await node.Socket.SendAsync(HttpMethod.Get,
            $"operator/v1/calls/{Uri.EscapeDataString(call)}/trace", null, Stop)).ToJsonString() is var trace
            && trace.Contains("told 203 variables: only the first 200 count", StringComparison.Ordinal) ? trace : null, "what is left out");
        peer.Send(peer.Inside(ok, Number, "BYE", 2));
        await EventAsync(node, "call.hangup");
        Assert.NotEqual(earlier, strange);

        async Task<string> BeginAsync() => (string)(await ActAsync(node, call, "ai_assistant_start", new()
        {
            ["assistant"] = new JsonObject { ["id"] = assistant, ["dynamic_variables"] = new JsonObject { ["who"] = "Ada" } },
        }))["data"]!["conversation_id"]!;

        async Task<string> TalkAsync(string who, string words)
        {
            string id = (string)(await SendAsync(node, HttpMethod.Post, "/v2/ai/conversations",
                new() { ["metadata"] = new JsonObject { ["caller"] = who } }))["id"]!;
            using var added = await node.Api.PostAsync($"/v2/ai/conversations/{id}/messages", new StringContent(
                new JsonObject { ["role"] = "user", ["content"] = words }.ToJsonString(), Encoding.UTF8, "application/json"), Stop);
            Assert.Equal(HttpStatusCode.OK, added.StatusCode);
            return id;
        }
    }

    [Fact, Depth("the gate has a talk with a tool, what it is told, and how it is cut off; the talks in writing have the rest")]
    public async Task Case_19_a_handoff_has_the_other_ones_instructions_over_the_same_history_and_its_voice_where_that_is_distinct()
    {
        var speeds = new ConcurrentQueue<double>();
        await using var voice = await TestServer.StartAsync(async c =>
        {
            var asked = (await JsonNode.ParseAsync(c.Request.Body))!;
            speeds.Enqueue((double?)asked["speed"] ?? 1);
            short[] tone = Waves.Sine(700, 8_000, 50 * ((string)asked["input"]!).Length);
            await c.Response.Body.WriteAsync(WavFile.Make(tone.Length, 8_000, n => tone[n]));
        });
        await using var model = await ModelAsync("""
            WHEN yes CALL handoff {"target": "Billing"}
            WHEN no CALL handoff {"target": "Boss"}
            WHEN talks SAY Here I am.
            """);
        await using var node = await StartAsync(voice, model);
        string boss = await MakeAsync("boss", 2, null), billing = await MakeAsync("billing", 1.5, $$"""
            [{"type": "handoff", "handoff": {"ai_assistants": [{"id": "{{boss}}", "name": "Boss"}], "voice_mode": "distinct"} }]
            """), desk = await MakeAsync("desk", 1, $$"""
            [{"type": "handoff", "handoff": {"ai_assistants": [{"id": "{{billing}}", "name": "Billing"}]} }]
            """);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AnsweredAsync(node, peer);
        using var caller = new ToneCaller(ok, _words);
        string conversation = (string)(await ActAsync(node, call, "ai_assistant_start",
            new() { ["assistant"] = new JsonObject { ["id"] = desk } }))["data"]!["conversation_id"]!;
        await MessagesAsync(node, conversation, 1);
        await caller.SayAsync(ToneWords.Yes);
        await MessagesAsync(node, conversation, 5);
        await caller.SayAsync(ToneWords.No);
        await MessagesAsync(node, conversation, 9);
        Assert.Equal(["You are desk", "You are billing", "You are billing", "You are boss"],
            model.Asked.Select(asked => ((string)asked["messages"]![0]!["content"]!).Split('.')[0]));
        Assert.Equal(["system", "assistant", "user", "assistant", "tool", "assistant", "user", "assistant", "tool"],
            model.Asked[^1]["messages"]!.AsArray().Select(message => (string?)message!["role"]));
        Assert.Equal([1.0, 1.0, 2.0], speeds);
        peer.Send(peer.Inside(ok, Number, "BYE", 2));
        await EventAsync(node, "call.hangup");

        async Task<string> MakeAsync(string name, double speed, string? tools)
        {
            var fields = new JsonObject
            {
                ["name"] = name, ["model"] = "some/model", ["instructions"] = $"You are {name}.", ["greeting"] = "Good morning.",
                ["voice_settings"] = new JsonObject { ["voice"] = "Telnyx.KokoroTTS.af", ["voice_speed"] = speed },
            };
            if (tools is not null) fields["tools"] = JsonNode.Parse(tools);
            return (string)(await SendAsync(node, HttpMethod.Post, "/v2/ai/assistants", fields))["id"]!;
        }
    }

    [Fact, Depth("the gate has a talk with a tool, what it is told, and how it is cut off; the talks in writing have the rest")]
    public async Task What_it_gathers_is_told_bit_by_bit_and_in_the_end_whatever_ends_it()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var model = await ModelAsync("""
            WHEN yes CALL gather {"age": 42}
            WHEN missing SAY And the city?
            WHEN no CALL gather {"city": "Rome"}
            """);
        await using var node = await StartAsync(voice, model);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AnsweredAsync(node, peer);
        using var caller = new ToneCaller(ok, _words);
        using (var refused = await PostAsync(node, call, "gather_using_ai", new() { ["parameters"] = new JsonObject() }))
            Assert.Contains("/parameters", await refused.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);

        string conversation = await GatherAsync(node, call, "How old are you, and where do you live?");
        await MessagesAsync(node, conversation, 1);
        await caller.SayAsync(ToneWords.Yes);
        await MessagesAsync(node, conversation, 5);
        await caller.SayAsync(ToneWords.No);
        var ended = await EventAsync(node, "call.ai_gather.ended");
        Assert.Equal(("valid", """{"age":42,"city":"Rome"}"""), ((string?)ended["status"], ended["result"]!.ToJsonString()));
        string[] said =
        [
            "assistant: How old are you, and where do you live?", "user: yes", "assistant: And the city?", "user: no",
            "assistant: Thank you.",
        ];
        Assert.Equal(said, ended["message_history"]!.AsArray().Select(message => $"{message!["role"]}: {message["content"]}"));
        Assert.Equal(["""{"age":42,"city":"Rome"}""", """{"age":42}"""], (await EventsAsync(node, "call.ai_gather.partial_results"))
            .Select(told => told["partial_results"]!.ToJsonString()).Order(StringComparer.Ordinal));
        Assert.Equal(said.Length, (await EventsAsync(node, "call.ai_gather.message_history_updated")).Count);
        Assert.Equal((conversation, "gathered"), await EndAsync(node));
        Assert.Equal(["user", "assistant"], model.Asked[0]["messages"]!.AsArray().Skip(1).Take(2).Select(one => (string?)one!["role"]));

        // Who commands the call has it go on, and stops the next one.
        string second = await GatherAsync(node, call, "Once more?");
        await MessagesAsync(node, second, 1);
        await ActAsync(node, call, "gather_stop", []);
        Assert.Equal((second, "stopped"), await EndAsync(node, second));
        string third = await GatherAsync(node, call, "And now?");
        await MessagesAsync(node, third, 1);
        await caller.SayAsync(ToneWords.Yes);
        await Eventually.SomeAsync(async () => await EventsAsync(node, "call.ai_gather.partial_results") is { Count: 3 } all ? all : null,
            "a third result");
        peer.Send(peer.Inside(ok, Number, "BYE", 2));
        await EventAsync(node, "call.hangup");
        Assert.Equal((third, "call_hangup"), await EndAsync(node, third));
        Assert.Equal(["invalid {\"age\":42}", "invalid {}", "valid {\"age\":42,\"city\":\"Rome\"}"],
            (await EventsAsync(node, "call.ai_gather.ended")).Select(end => $"{end["status"]} {end["result"]!.ToJsonString()}")
                .Order(StringComparer.Ordinal));
    }

    private static async Task<string> GatherAsync(RunningNode node, string call, string greeting) =>
        (string)(await ActAsync(node, call, "gather_using_ai", JsonNode.Parse($$"""
            {"parameters": {"type": "object", "properties": {"age": {"type": "integer"}, "city": {"type": "string"} },
              "required": ["age", "city"]}, "greeting": "{{greeting}}", "gather_ended_speech": "Thank you.",
             "message_history": [{"role": "user", "content": "I am Ada."}],
             "send_partial_results": true, "send_message_history_updates": true}
            """)!.AsObject()))["data"]!["conversation_id"]!;

    private static async Task<(string?, string?)> EndAsync(RunningNode node, string? conversation = null)
    {
        var ended = await Eventually.SomeAsync(async () => (await EventsAsync(node, "call.conversation.ended"))
            .Find(end => conversation is null || (string?)end["conversation_id"] == conversation), "the end of a conversation");
        return ((string?)ended["conversation_id"], (string?)ended["reason"]);
    }

    [Fact]
    public async Task What_cannot_talk_is_refused_by_name_and_leaves_no_conversation()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var model = await ModelAsync("ELSE SAY Well.");
        await using var node = await StartAsync(voice, model);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AnsweredAsync(node, peer);
        string varied = (string)(await SendAsync(node, HttpMethod.Post, "/v2/ai/assistants", new()
        {
            ["name"] = "a", ["model"] = "some/model", ["instructions"] = "x",
            ["voice_settings"] = new JsonObject { ["voice"] = "{{which}}" },
            ["dynamic_variables_webhook_url"] = "http://127.0.0.1:9/variables",
        }))["id"]!;
        string refused = await FaultsAsync(node, call, new() { ["assistant"] = new JsonObject { ["id"] = varied } });
        Assert.Contains("voices that a webhook of variables names", refused, StringComparison.Ordinal);
        Assert.Contains("There is no voice", await FaultsAsync(node, call, new()
        {
            ["assistant"] = new JsonObject { ["id"] = varied, ["dynamic_variables"] = new JsonObject { ["which"] = "nobody" } },
        }), StringComparison.Ordinal);
        Assert.Contains("assistant needs an id, or instructions", await FaultsAsync(node, call, []), StringComparison.Ordinal);
        Assert.Contains("models that hear and speak themselves", await FaultsAsync(node, call, new()
        {
            ["assistant"] = new JsonObject { ["instructions"] = "Be brief.", ["model"] = "gpt-realtime" },
        }), StringComparison.Ordinal);
        Assert.Contains("/assistant/id", await FaultsAsync(node, call,
            new() { ["assistant"] = new JsonObject { ["id"] = "assistant-0" } }), StringComparison.Ordinal);
        peer.Send(peer.Inside(ok, Number, "BYE", 2));
        await EventAsync(node, "call.hangup");
        Assert.Equal("90018", await RefusedAsync(node, call, "ai_assistant_start",
            new() { ["assistant"] = new JsonObject { ["instructions"] = "Be brief." } }));
        Assert.Empty((await SendAsync(node, HttpMethod.Get, "/v2/ai/conversations"))["data"]!.AsArray());
    }

    [Fact]
    public async Task A_node_without_a_model_names_its_setting()
    {
        await using var node = await RunningNode.StartAsync(recognisers: name => name is null ? _words : null);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AnsweredAsync(node, peer);
        Assert.Contains("--llm-url", await FaultsAsync(node, call,
            new() { ["assistant"] = new JsonObject { ["instructions"] = "Be brief." } }), StringComparison.Ordinal);
        peer.Send(peer.Inside(ok, Number, "BYE", 2));
        await EventAsync(node, "call.hangup");
    }

    private static JsonObject Assistant(TestServer shop) => JsonNode.Parse($$$"""
        {
          "name": "orders", "model": "some/model", "instructions": "You work for {{shop}}. It is for {{telnyx_end_user_target}}.",
          "greeting": "A pizza from {{shop}}?", "dynamic_variables": {"shop": "Uno"},
          "tools": [
            {"type": "webhook", "webhook": {
              "name": "price of", "description": "What a pizza costs", "url": "{{{shop.Url}}}/{size}?shop={{shop}}", "method": "PUT",
              "headers": [{"name": "x-key", "value": "Bearer {{#integration_secret}}shop{{/integration_secret}}"}],
              "path_parameters": {"type": "object", "properties": {"size": {"type": "string"}}, "required": ["size"]},
              "query_parameters": {"type": "object", "properties": {"crust": {"type": "string"} } },
              "body_parameters": {"type": "object", "properties": {"count": {"type": "integer"} } } } },
            {"type": "hangup", "hangup": {}}
          ]
        }
        """)!.AsObject();

    private async Task<RunningNode> StartAsync(TestServer voice, LabModel model)
    {
        await File.WriteAllTextAsync(_folder.File("model.key"), Key + "\n", Stop);
        return await RunningNode.StartAsync(
            settings => settings with
            {
                SpeechUrl = new($"{voice.Url}/v1"),
                Llm = new(model.BaseUrl.ToString()) { KeyFile = _folder.File("model.key") },
            },
            recognisers: name => name is null ? _words : null);
    }

    internal static async Task<LabModel> ModelAsync(string rules)
    {
        var (read, fault) = ModelRules.Read(rules);
        Assert.Null(fault);
        return await LabModel.StartAsync(read!, new(IPAddress.Loopback, 0), Key, _ => { }, Stop);
    }

    private static async Task<string> BeginAsync(RunningNode node, string call, string greeting) =>
        (string)(await ActAsync(node, call, "ai_assistant_start", new()
        {
            ["assistant"] = new JsonObject { ["instructions"] = "Be brief." }, ["greeting"] = greeting,
        }))["data"]!["conversation_id"]!;

    internal static async Task<(string Call, string Ok)> AnsweredAsync(RunningNode node, SipPeer peer, JsonObject? answer = null)
    {
        string application = (string)(await SendAsync(node, HttpMethod.Post, "/v2/call_control_applications",
            new() { ["application_name"] = "assisted", ["webhook_event_url"] = "http://127.0.0.1:9/hooks" }))["data"]!["id"]!;
        await node.Socket.SendAsync(HttpMethod.Post, "node/numbers",
            new JsonObject { ["numbers"] = new JsonArray(new JsonObject { ["number"] = Number, ["connection"] = application }) }, Stop);
        peer.Send(peer.Invite(Number));
        await peer.HearAsync("SIP/2.0 180");
        string call = (string)(await EventAsync(node, "call.initiated"))["call_control_id"]!;
        await ActAsync(node, call, "answer", answer ?? []);
        string ok = await peer.HearAsync("SIP/2.0 200");
        peer.Send(peer.Inside(ok, Number, "ACK", 1));
        return (call, ok);
    }

    /// <summary>The conversation, when it has so many entries.</summary>
    internal static Task<JsonArray> MessagesAsync(RunningNode node, string conversation, int count) => Eventually.SomeAsync(async () =>
        (await SendAsync(node, HttpMethod.Get, $"/v2/ai/conversations/{conversation}/messages"))["data"]!.AsArray() is var all
            && all.Count >= count ? all : null, $"{count} messages");

    /// <summary>So many pieces are heard, or were.</summary>
    private static Task<string> SpokenAsync(RunningNode node, string call, int count) => Eventually.SomeAsync(async () =>
    {
        string trace = (await node.Socket.SendAsync(HttpMethod.Get, $"operator/v1/calls/{Uri.EscapeDataString(call)}/trace", null, Stop))
            .ToJsonString();
        return trace.Split("speak_started").Length > count ? trace : null;
    }, $"{count} pieces");

    private static async Task<List<JsonNode>> EventsAsync(RunningNode node, string name) =>
        [.. (await SendAsync(node, HttpMethod.Get, $"/v2/call_events?filter[name]={name}"))["data"]!.AsArray()
            .Select(e => e!["metadata"]!["event"]!["payload"]!)];

    internal static async Task<JsonNode> EventAsync(RunningNode node, string name) =>
        await Eventually.SomeAsync(async () => (await EventsAsync(node, name)).FirstOrDefault(), name);

    private static async Task<List<string>> EventNamesAsync(RunningNode node) =>
        [.. (await SendAsync(node, HttpMethod.Get, "/v2/call_events?filter[type]=webhook"))["data"]!.AsArray()
            .Select(e => (string)e!["name"]!).Order(StringComparer.Ordinal)];

    private static async Task<string> RefusedAsync(RunningNode node, string call, string action, JsonObject body)
    {
        using var answer = await PostAsync(node, call, action, body);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!["errors"]![0]!["code"]!;
    }

    internal static async Task<string> FaultsAsync(RunningNode node, string call, JsonObject body)
    {
        using var answer = await PostAsync(node, call, "ai_assistant_start", body);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(Stop);
    }

    private static Task<HttpResponseMessage> PostAsync(RunningNode node, string call, string action, JsonObject body) =>
        node.Api.PostAsync($"/v2/calls/{Uri.EscapeDataString(call)}/actions/{action}",
            new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"), Stop);

    internal static Task<JsonNode> ActAsync(RunningNode node, string call, string action, JsonObject body) =>
        SendAsync(node, HttpMethod.Post, $"/v2/calls/{Uri.EscapeDataString(call)}/actions/{action}", body);

    internal static async Task<JsonNode> SendAsync(RunningNode node, HttpMethod method, string path, JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await node.Api.SendAsync(request, Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
