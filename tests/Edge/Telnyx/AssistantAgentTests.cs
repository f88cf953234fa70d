using System.Text.Json.Nodes;
using Ringwright.Conversations;
using Ringwright.Conversations.Models;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Assistants;
using Ringwright.Telnyx.Voice;
using Ringwright.Telnyx.Voice.Calls;

namespace Ringwright.Edge.Telnyx;

/// <summary>What an assistant becomes when it is to talk: its tools in the words of agents, and the version that a talk gets.</summary>
public sealed class AssistantAgentTests
{
    private readonly List<string> _refused = [];

    private JsonArray Tools(string json) =>
        CallTools.Write(JsonNode.Parse(json)!.AsArray().OfType<JsonObject>(), "v3:call", _refused.Add);

    [Fact]
    public void A_webhook_has_its_arguments_in_one_schema_and_says_where_each_stands()
    {
        var tool = Assert.Single(Tools("""
            [{"type": "webhook", "timeout_ms": 900, "webhook": {
              "name": "the price!", "description": "Prices", "url": "https://a.example/{size}", "method": "GET",
              "headers": [{"name": "x-key", "value": "{{key}}"}],
              "path_parameters": {"type": "object", "properties": {"size": {"type": "string"}}, "required": ["size"]},
              "query_parameters": {"type": "object", "properties": {"crust": {"type": "string"}}},
              "body_parameters": {"type": "object", "properties": {"count": {"type": "integer"}}, "required": ["count"]}}}]
            """))!;
        Assert.Empty(_refused);
        Assert.Equal("""
            {"kind":"webhook","name":"the_price_","description":"Prices","url":"https://a.example/{size}","method":"GET",
            "headers":{"x-telnyx-call-control-id":"v3:call","x-key":"{{key}}"},
            "parameters":{"type":"object","properties":{"count":{"type":"integer"},"size":{"type":"string"},"crust":{"type":"string"}},
            "required":["count","size"]},"in_path":["size"],"in_query":["crust"],"timeout_ms":900}
            """.ReplaceLineEndings(""), tool.ToJsonString());
    }

    [Fact]
    public void Case_14_a_webhook_has_words_while_it_runs_or_runs_in_the_background_and_its_answer_fills_variables()
    {
        var tools = Tools("""
            [{"type": "webhook", "webhook": {"name": "a", "description": "d", "url": "https://a.example/", "messages": [
                {"type": "request_start", "content": "I look."}, {"type": "request_response_delayed", "content": "Soon.", "timing_ms": 2000},
                {"type": "request_response_delayed", "content": "Well."}],
              "store_fields_as_variables": [{"name": "price", "value_path": "order.price"},
                {"name": "telnyx_call_from", "value_path": "order.price"}, {"name": "call_control_id", "value_path": "order.price"}]}},
             {"type": "webhook", "webhook": {"name": "b", "description": "d", "url": "https://a.example/", "async": true,
              "filler_messages": [{"type": "request_start", "content": "Never said."}]}},
             {"type": "skip_turn", "skip_turn": {}}]
            """);
        Assert.Empty(_refused);
        Assert.Equal("""[{"text":"I look."},{"text":"Soon.","after_ms":2000},{"text":"Well.","after_ms":3000}]""",
            tools[0]!["fillers"]!.ToJsonString());
        Assert.Equal("""{"price":"order.price"}""", tools[0]!["stores"]!.ToJsonString());
        Assert.Equal((300, null), ((int)tools[1]!["background_ms"]!, tools[1]!["fillers"]));
        Assert.Equal("skip_turn", (string?)tools[2]!["kind"]);
        Assert.Null(AgentDefinition.Read($$"""
            {"instructions": "x", "model": {"base_url": "http://127.0.0.1", "name": "m"}, "tools": {{tools.ToJsonString()}}}
            """).Fault);
    }

    [Fact]
    public void An_assistant_that_waits_for_no_silence_talks_without_such_a_limit()
    {
        var agent = JsonNode.Parse("""{"instructions": "x", "model": {"base_url": "http://127.0.0.1", "name": "m"}}""")!.AsObject();
        AssistantTimes.Write(JsonNode.Parse("""
            {"telephony_settings": {"time_limit_secs": 30, "user_idle_reply_secs": 0, "user_idle_timeout_secs": 14400} }
            """)!.AsObject(), agent);
        Assert.Null(agent["user_idle_reply_secs"]);
        var (definition, fault) = AgentDefinition.Read(agent.ToJsonString());
        Assert.Null(fault);
        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.FromHours(4), null),
            (definition!.Terms.TimeLimit, definition.Terms.IdleTimeout, definition.Terms.IdleReply));
    }

    [Theory]
    [InlineData("deepgram/flux", null, "deepgram", null), InlineData("Deepgram", "deepgram/flux-general-en", "deepgram", null)]
    [InlineData("deepgram/nova-2", null, "deepgram", "nova-2"), InlineData("Deepgram", "nova-3", "deepgram", "nova-3")]
    [InlineData("Deepgram", null, "deepgram", null), InlineData("azure/fast", "x", null, null)]
    public void Names_of_recognisers_are_those_of_the_node(string engine, string? model, string? recogniser, string? asked) =>
        Assert.Equal((recogniser, asked), TranscriptionMap.RecogniserOf(engine, model));

    [Fact]
    public void Names_are_unique_and_never_those_of_what_is_built_in()
    {
        var tools = Tools("""
            [{"type": "webhook", "webhook": {"name": "hangup", "description": "d", "url": "https://a.example/"}},
             {"type": "webhook", "webhook": {"name": "a b", "description": "d", "url": "https://a.example/"}},
             {"type": "webhook", "webhook": {"name": "a-b", "description": "d", "url": "https://a.example/"}},
             {"type": "webhook", "webhook": {"name": "a_b", "description": "d", "url": "https://a.example/"}},
             {"type": "hangup", "hangup": {}}, {"type": "send_dtmf", "send_dtmf": {}}]
            """);
        Assert.Equal(["hangup_2", "a_b", "a-b", "a_b_2", null, null], tools.Select(tool => (string?)tool!["name"]));
        Assert.Empty(_refused);
    }

    [Theory]
    [InlineData("""{"type": "handoff", "handoff": {"ai_assistants": []}}""",
        "A tool of the type handoff needs ai_assistants, each with id and name.")]
    [InlineData("""{"type": "refer", "refer": {"targets": [{"name": "desk", "sip_address": "+15550100002"}]}}""",
        "A tool of the type refer needs a SIP URI in sip_address of each target: sip:user@host.")]
    [InlineData("""{"type": "retrieval", "retrieval": {"bucket_ids": ["a"]}}""", "10041: tools of the type retrieval are not built yet.")]
    [InlineData("""{"type": "transfer", "transfer": {"from": "+15550100000", "targets": []}}""",
        "A tool of the type transfer needs targets, each with the number or SIP URI in to.")]
    [InlineData("""{"type": "transfer", "transfer": {"targets": [{"to": "+1"}], "custom_headers": [{"name": "X-A", "value": "b"}]}}""",
        "10041: transfers with headers of their own are not built yet.")]
    [InlineData("""{"type": "transfer", "transfer": {"targets": [{"name": "desk", "to": "sip:desk@a.example;secure=srtp"}]}}""",
        "10041: transfers with encrypted media (secure of the SIP URI in to) are not built yet.")]
    [InlineData("""{"type": "transfer", "transfer": {"targets": [{"name": "desk", "to": "+1"}, {"name": "desk", "to": "+2"}]}}""",
        "A tool of the type transfer has two targets of one name, desk.")]
    [InlineData("""{"type": "webhook", "webhook": {"name": "a", "description": "d", "url": "https://a.example/", "preset": {"b": 1}}}""",
        "10041: preset of tools of the type webhook is not built yet.")]
    [InlineData("""
        {"type": "webhook", "webhook": {"name": "a", "description": "d", "url": "https://a.example/{b}",
         "path_parameters": {"properties": {"b": {}}}, "body_parameters": {"properties": {"b": {}}}}}
        """, "10041: a webhook with two parameters of one name, b, is not built yet.")]
    [InlineData("""
        {"type": "transfer", "transfer": {"from": "+1", "targets": [{"name": "desk", "to": "+2"}]}},
        {"type": "transfer", "transfer": {"from": "+9", "targets": [{"name": "shop", "to": "+3"}]}}
        """, "10041: tools of the type transfer that differ in from are not built yet.")]
    [InlineData("""
        {"type": "transfer", "transfer": {"targets": [{"name": "desk", "to": "+2"}], "warm_transfer_instructions": "Say who calls."}},
        {"type": "transfer", "transfer": {"targets": [{"name": "shop", "to": "+3"}]}}
        """, "10041: tools of the type transfer that differ in warm_transfer_instructions are not built yet.")]
    [InlineData("""
        {"type": "transfer", "transfer": {"targets": [{"name": "desk", "to": "+2"}]}},
        {"type": "transfer", "transfer": {"targets": [{"name": "desk", "to": "+3"}]}}
        """, "Tools of the type transfer have two targets of one name, desk.")]
    public void What_cannot_be_is_refused_by_name(string tools, string refused)
    {
        Tools($"[{tools}]");
        Assert.Equal(refused, Assert.Single(_refused));
    }

    [Fact]
    public void Tools_of_one_type_are_one_which_may_do_what_all_of_them_may()
    {
        var tools = Tools("""
            [{"type": "transfer", "transfer": {"from": "100", "description": "To sales.", "targets": [{"name": "sales", "to": "200"}]}},
             {"type": "hangup", "hangup": {}},
             {"type": "transfer", "transfer": {"from": "100", "description": "To support.", "targets": [{"name": "support", "to": "300"},
              {"name": "sales", "to": "200"}]}},
             {"type": "handoff", "handoff": {"ai_assistants": [{"name": "a", "id": "assistant-a"}]}},
             {"type": "handoff", "handoff": {"ai_assistants": [{"name": "b", "id": "assistant-b"}]}},
             {"type": "hangup", "hangup": {"description": "Behind a goodbye."}}, {"type": "send_dtmf", "send_dtmf": {}},
             {"type": "send_dtmf", "send_dtmf": {}}]
            """);
        Assert.Empty(_refused);
        Assert.Equal(
        [
            """{"kind":"transfer","targets":{"sales":"200","support":"300"},"description":"To sales. To support.","from":"100"}""",
            """{"kind":"hangup","description":"Behind a goodbye."}""",
            """{"kind":"handoff","targets":{"a":"assistant-a","b":"assistant-b"},"changes_voice":false}""",
            """{"kind":"send_dtmf"}""",
        ], tools.Select(tool => tool!.ToJsonString()));
        Assert.Null(AgentDefinition.Read($$"""
            {"instructions": "x", "model": {"base_url": "http://127.0.0.1", "name": "m"}, "tools":
             {{new JsonArray(tools[0]!.DeepClone(), tools[1]!.DeepClone()).ToJsonString()}}}
            """).Fault);
    }

    [Fact]
    public void A_warm_transfer_has_the_model_write_a_summary_by_its_instructions()
    {
        var tool = Assert.Single(Tools("""
            [{"type": "transfer", "transfer": {"from": "+15550100000", "targets": [{"name": "desk", "to": "+15550100002"}],
              "warm_transfer_instructions": "Say who calls and why."}}]
            """))!;
        Assert.Empty(_refused);
        Assert.Equal("Say who calls and why.", (string?)tool["summary"]);
    }

    [Theory, InlineData(500 + 9, null), InlineData(2_000, null), InlineData(2_001, "variables: must have at most 2000 members")]
    public void As_many_variables_as_an_assistant_may_have_leave_room_for_those_of_its_call(int count, string? fault)
    {
        var variables = new JsonObject();
        for (int i = 0; i < count; i++) variables[$"v{i}"] = "x";
        Assert.Equal(fault, AgentDefinition.Read(new JsonObject
        {
            ["instructions"] = "x", ["model"] = new JsonObject { ["base_url"] = "http://127.0.0.1", ["name"] = "m" },
            ["variables"] = variables,
        }.ToJsonString()).Fault);
    }

    [Fact]
    public void A_text_is_written_by_the_model_or_by_a_template()
    {
        foreach (var (said, arguments) in new[] { ("{}", 1), ("""{"message_template": "Booked for {{name}}.", "description": "d"}""", 0) })
        {
            var tools = Tools($$"""[{"type": "send_message", "send_message": {{said}} }]""");
            var (agent, fault) = AgentDefinition.Read($$"""
                {"instructions": "x", "model": {"base_url": "http://127.0.0.1", "name": "m"}, "tools": {{tools.ToJsonString()}}}
                """);
            Assert.Null(fault);
            var tool = Assert.IsType<ModelTool.SendMessage>(Assert.Single(Assert.IsType<ModelAgent>(agent).Tools));
            Assert.Equal(("send_message", arguments), (tool.Name, tool.Parameters["properties"]!.AsObject().Count));
        }
        Assert.Empty(_refused);
        Tools($$"""[{"type": "send_message", "send_message": {"message_template": "{{new string('x', 3_001)}}" } }]""");
        Assert.Equal("message_template of a tool of the type send_message has at most 3000 characters.", Assert.Single(_refused));
    }

    [Fact]
    public void A_transfer_rings_those_that_it_names()
    {
        var tool = Assert.Single(Tools("""
            [{"type": "transfer", "transfer": {"from": "{{telnyx_agent_target}}",
              "targets": [{"name": "desk", "to": "+15550100002"}, {"to": "sip:a@b.example"}]}}]
            """))!;
        Assert.Null(tool["summary"]);
        Assert.Equal("{{telnyx_agent_target}}", (string?)tool["from"]);
        Assert.Equal([("desk", "+15550100002"), ("sip:a@b.example", "sip:a@b.example")],
            tool["targets"]!.AsObject().Select(target => (target.Key, (string)target.Value!)));
    }

    [Fact]
    public void A_referral_and_a_handoff_name_whom_they_go_to()
    {
        var tools = Tools("""
            [{"type": "refer", "refer": {"targets": [{"name": "desk", "sip_address": "sip:desk@pbx.example"}],
              "custom_headers": [{"name": "X-Who", "value": "{{who}}"}], "sip_headers": [{"name": "User-to-User", "value": "abc"}]}},
             {"type": "handoff", "handoff": {"ai_assistants": [{"id": "assistant-2", "name": "Billing"}], "voice_mode": "distinct"}}]
            """);
        Assert.Empty(_refused);
        Assert.Equal("""
            {"kind":"refer","targets":{"desk":"sip:desk@pbx.example"},"headers":{"X-Who":"{{who}}","User-to-User":"abc"}}
            """, tools[0]!.ToJsonString());
        Assert.Equal("""{"kind":"handoff","targets":{"Billing":"assistant-2"},"changes_voice":true}""", tools[1]!.ToJsonString());
        Assert.Equal(["assistant-2"], CallTools.HandoffsOf(new() { ["tools"] = tools }));
    }

    [Theory, InlineData(true, "group"), InlineData(false, null)]
    public void Nothing_is_found_out_of_a_talk_of_which_nothing_is_kept(bool isKept, string? group)
    {
        var fields = new JsonObject
        {
            ["privacy_settings"] = new JsonObject { ["data_retention"] = isKept },
            ["insight_settings"] = new JsonObject { ["insight_group_id"] = "group" },
        };
        Assert.Equal(group, AgentOrders.TermsOf(new(Guid.NewGuid(), "assistant-1", "v", fields), []).InsightGroup);
    }

    [Fact]
    public void A_definition_names_the_secret_that_is_its_models_key_and_one_in_memory_has_it()
    {
        var (definition, faults) = AssistantAgent.InWriting(new() { ["instructions"] = "x", ["llm_api_key_ref"] = "mine" }, [], []);
        Assert.Empty(faults);
        Assert.Equal("mine", (string?)definition[ToolSecrets.ModelKeyOf]);
        var (agent, fault) = AgentDefinition.Read("""
            {"instructions": "x", "model": {"base_url": "http://127.0.0.1", "name": "m", "key": "the key", "key_file": "f"},
             "tools": [{"kind": "handoff", "targets": {"a": "a", "b": "b"}}],
             "others": {"a": {"instructions": "y", "model_key": "another"}, "b": {"instructions": "z"}}}
            """);
        Assert.Null(fault);
        var model = Assert.IsType<ModelAgent>(agent);
        Assert.Equal(("the key", "another", null), (model.Model.Key, model.Others["a"].Model.Key, model.Others["b"].Model.Key));
        Assert.Equal("f", model.Others["b"].Model.KeyFile);
        Assert.DoesNotContain("the key", model.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_has_a_model_tools_and_a_key_in_the_places_of_the_assistants_own()
    {
        const string hangup = """[{"type":"hangup","hangup":{}}]""";
        foreach (var (said, expected) in new[]
        {
            ($$"""{"model": "other", "openai_api_key_ref": "older", "llm_api_key_ref": "newer", "tools": {{hangup}} }""",
                $$"""{"model":"other","llm_api_key_ref":"newer","tools":{{hangup}}}"""),
            ("""{"openai_api_key_ref": "older", "tools": []}""", """{"model":"own","llm_api_key_ref":"older","tools":[]}"""),
            ("""{"model": "", "llm_api_key_ref": null, "tools": null}""",
                """{"model":"own","llm_api_key_ref":"own","tools":[{"type":"send_dtmf"}],"tool_ids":["shared"]}"""),
        })
        {
            var fields = JsonNode.Parse("""
                {"model": "own", "llm_api_key_ref": "own", "tools": [{"type": "send_dtmf"}], "tool_ids": ["shared"]}
                """)!.AsObject();
            var body = Command(said);
            AgentOrders.Replace(body, fields);
            Assert.Empty(body.Problems);
            Assert.Equal(expected, fields.ToJsonString());
        }
    }

    [Theory]
    [InlineData("""{"model": 3}""", "/assistant/model")]
    [InlineData("""{"llm_api_key_ref": {}}""", "/assistant/llm_api_key_ref")]
    [InlineData("""{"tools": {}}""", "/assistant/tools")]
    [InlineData("""{"tools": ["hangup"]}""", "/assistant/tools")]
    public void What_no_schema_has_looked_at_is_refused_at_its_place(string said, string pointer)
    {
        var body = Command(said);
        AgentOrders.Replace(body, []);
        Assert.Equal(pointer, Assert.Single(body.Problems).Pointer);
    }

    [Fact]
    public void A_command_has_another_language_listened_for_than_the_assistants()
    {
        foreach (var (said, expected) in new[]
        {
            ("""{"language": "iw"}""", """{"model":"deepgram/nova-3","language":"he"}"""),
            ("""{"language": "auto_detect", "model": "other"}""", """{"model":"deepgram/nova-3","language":"auto_detect"}"""),
            ("""{"model": "other"}""", """{"model":"deepgram/nova-3","language":"de"}"""),
        })
        {
            var fields = JsonNode.Parse("""{"transcription": {"model": "deepgram/nova-3", "language": "de"}}""")!.AsObject();
            var body = new VoiceBody(new() { ["transcription"] = JsonNode.Parse(said) }, null!);
            AgentOrders.Hear(body, fields);
            Assert.Empty(body.Problems);
            Assert.Equal(expected, fields["transcription"]!.ToJsonString());
        }
        var wrong = new VoiceBody(new() { ["transcription"] = JsonNode.Parse("""{"language": 7}""") }, null!);
        AgentOrders.Hear(wrong, []);
        Assert.Equal("/transcription/language", Assert.Single(wrong.Problems).Pointer);
    }

    [Theory, InlineData("auto", "en", "und"), InlineData("multi", "en", "und"), InlineData("de", "de", null)]
    public void Whoever_is_to_find_out_what_is_spoken_is_told_so(string said, string language, string? heard)
    {
        var fields = new JsonObject { ["instructions"] = "x", ["transcription"] = new JsonObject { ["language"] = said } };
        var definition = AssistantAgent.Write(new VoiceBody([], null!), fields, [], "c", [], speaks: true)!;
        Assert.Equal((language, heard), ((string?)definition["language"], (string?)definition["listens_in"]));
        definition["model"] = new JsonObject { ["base_url"] = "http://127.0.0.1", ["name"] = "m" };
        var (agent, fault) = AgentDefinition.Read(definition.ToJsonString());
        Assert.Null(fault);
        Assert.Equal(heard, Assert.IsType<ModelAgent>(agent).ListensIn);
    }

    [Theory]
    [InlineData("", "{}", "AWS.Polly.Joanna")]
    [InlineData("", """{"who": "Amy", "much": 3}""", "AWS.Polly.Amy")]
    [InlineData(""" "dynamic_variables_webhook_url": "https://a.example/", """, "{}", "AWS.Polly.{{ who }}")]
    [InlineData(""" "dynamic_variables_webhook_url": "https://a.example/", """, """{"who": "Amy"}""", "AWS.Polly.Amy")]
    public void A_voice_that_variables_name_is_known_when_the_talk_is_ordered(string more, string variables, string voice)
    {
        string said = "{" + more + """ "voice_settings": {"voice": "AWS.Polly.{{ who }}"}, "dynamic_variables": {"who": "Joanna"} }""";
        var fields = JsonNode.Parse(said)!.AsObject();
        VoiceVariables.Fill(fields, JsonNode.Parse(variables)!.AsObject());
        Assert.Equal(voice, (string?)fields["voice_settings"]!["voice"]);
        fields["voice_settings"]!["voice"] = "AWS.Polly.{{nobody | default: \"Amy\"}}";
        VoiceVariables.Fill(fields, new() { ["nobody"] = "Brian" });
        Assert.Equal("AWS.Polly.Brian", (string?)fields["voice_settings"]!["voice"]);
        fields["voice_settings"]!["voice"] = "AWS.Polly.{{nobody | default: \"Amy\"}}";
        fields.Remove("dynamic_variables_webhook_url");
        VoiceVariables.Fill(fields, []);
        Assert.Equal("AWS.Polly.Amy", (string?)fields["voice_settings"]!["voice"]);
        fields["voice_settings"]!["voice"] = "{{nobody}}";
        VoiceVariables.Fill(fields, []);
        Assert.Equal("", (string?)fields["voice_settings"]!["voice"]);
    }

    /// <summary>None of what is read of it is a URL.</summary>
    private static VoiceBody Command(string assistant) => new(new() { ["assistant"] = JsonNode.Parse(assistant) }, null!);

    [Fact]
    public void Headers_name_secrets()
    {
        Assert.Equal(["one", "two"], ToolSecrets.Of(
            "Bearer {{#integration_secret}}one{{/integration_secret}} {{x}}{{#integration_secret}} two {{/integration_secret}}"));
        Assert.Empty(ToolSecrets.Of("Bearer {{#integration_secret}}one"));
    }

    [Fact]
    public void A_canary_gets_its_share_of_the_talks_and_a_talk_keeps_its_version()
    {
        var assistant = new ResourceRow
        {
            Id = "assistant-1", Tenant = default, CreatedAt = default, UpdatedAt = default,
            Body = JsonNode.Parse("""
                {"canary": {"versions": [{"version_id": "a", "percentage": 30}, {"version_id": "b", "percentage": 10.5}]}}
                """)!.AsObject(),
        };
        var talks = Enumerable.Range(0, 1_000).Select(i => new Guid(i, 0, 0, new byte[8])).ToList();
        var drawn = talks.ConvertAll(talk => CanaryDeploys.Draw(assistant, talk));
        Assert.InRange(drawn.Count(version => version == "a"), 240, 360);
        Assert.InRange(drawn.Count(version => version == "b"), 65, 145);
        Assert.Equal(drawn, talks.ConvertAll(talk => CanaryDeploys.Draw(assistant, talk)));
        Assert.Null(CanaryDeploys.Draw(assistant with { Body = [] }, talks[0]));
    }
}
