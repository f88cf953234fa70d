using System.Text.Json.Nodes;

namespace Ringwright.Edge.Telnyx;

/// <summary>Tools of assistants, their own and those that they share, and tags, over HTTP.</summary>
public sealed class AssistantToolTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Path = "/v2/ai/assistants";

    private async Task<string> MakeAsync(string more = "")
    {
        var made = await host.SendAsync("POST", Path,
            $$"""{"name":"desk","model":"some/model","instructions":"Be brief."{{more}}}""");
        Assert.True(made.Status == 200, made.Text);
        return (string)made.Body["id"]!;
    }

    private async Task<Answer> ChangeAsync(string id, string body)
    {
        var changed = await host.SendAsync("POST", $"{Path}/{id}", body);
        Assert.True(changed.Status == 200, changed.Text);
        return changed;
    }

    private async Task<IReadOnlyList<string>> VersionsAsync(string id) =>
        [.. (await host.SendAsync("GET", $"{Path}/{id}/versions")).List.Select(v => (string)v!["version_id"]!)];

    [Fact]
    public async Task A_tool_keeps_its_id_in_later_versions()
    {
        string id = await MakeAsync($$""" ,"tools":[{{Tool("weather")}},{"type":"hangup","hangup":{} }] """);
        string[] before = await ToolsAsync(id);
        Assert.Equal(2, before.Distinct().Count());
        await ChangeAsync(id, $$"""{"tools":[{{Tool("time")}},{{Tool("weather")}}]}""");
        string[] after = await ToolsAsync(id);
        Assert.Equal(before[0], after[1]);
        Assert.DoesNotContain(after[0], before);
        // A copy has tools of its own, and is tied to nothing.
        await ChangeAsync(id, """{"messaging_settings":{"delivery_status_webhook_url":"https://93.184.216.34/texts"}}""");
        var copy = (await host.SendAsync("POST", $"{Path}/{id}/clone")).Body;
        Assert.Equal(("desk", "Be brief."), ((string?)copy["name"], (string?)copy["instructions"]));
        Assert.Null(copy["messaging_settings"]);
        Assert.Empty(after.Intersect(await ToolsAsync((string)copy["id"]!)));
        Assert.Single(await VersionsAsync((string)copy["id"]!));

        static string Tool(string name) =>
            $$"""{"type":"webhook","webhook":{"name":"{{name}}","description":"d","url":"https://93.184.216.34/{city}"} }""";

        async Task<string[]> ToolsAsync(string assistant) =>
            [.. (await host.SendAsync("GET", $"{Path}/{assistant}")).Body["tools"]!.AsArray().Select(t => (string)t!["id"]!)];
    }

    [Fact]
    public async Task Tools_that_only_newer_clients_know_are_its_own_as_well()
    {
        string id = await MakeAsync("""
            ,"tools":[{"type":"skip_turn","skip_turn":{"description":"d"}},{"type":"hangup","hangup":{}},
            {"type":"send_message","send_message":{"message_template":"Booked for {{telnyx_end_user_target}}."}}]
            """);
        var tools = (await host.SendAsync("GET", $"{Path}/{id}")).Body["tools"]!.AsArray();
        Assert.Equal(["skip_turn", "hangup", "send_message"], tools.Select(tool => (string?)tool!["type"]));
        Assert.Equal("Booked for {{telnyx_end_user_target}}.", (string?)tools[2]!["send_message"]!["message_template"]);
        (await host.SendAsync("POST", $"{Path}/{id}", """{"tools":[{"type":"send_message","send_message":5}]}"""))
            .Refuses(422, "10015", "/tools/0/send_message");
        (await host.SendAsync("POST", $"{Path}/{id}", """{"tools":[{"type":"send_message","send_message":{"message_template":[]}}]}"""))
            .Refuses(422, "10015", "/tools/0/send_message/message_template");
        Assert.Equal(422, (await host.SendAsync("POST", $"{Path}/{id}", """{"tools":[{"type":"pay","pay":{}}]}""")).Status);
        (await host.SendAsync("POST", $"{Path}/{id}", """
            {"tools":[{"type":"webhook","webhook":{"name":"n","description":"d","url":"https://93.184.216.34/","preset_body_fields":[1]}}]}
            """)).Refuses(422, "10015", "/tools/0/webhook/preset_body_fields");
        // Each talk with one of these was refused.
        foreach (string url in new[]
        {
            "https://{{host}}/a", "https://a.example.{zone}", "https://me@a.example/{{b}}", "{{url}}", "http://169.254.169.254/{{what}}",
            "https:///{{what}}", "http://0.0.0.0?of={{what}}",
        })
            (await host.SendAsync("POST", $"{Path}/{id}", """
                {"tools":[{"type":"webhook","webhook":{"name":"n","description":"d","url":"URL"}}]}
                """.Replace("URL", url, StringComparison.Ordinal))).Refuses(422, "10003", "/tools/0/webhook/url");
    }

    /// <summary>Each talk with one of these was refused.</summary>
    [Theory]
    [InlineData("""{"dynamic_variables":{"who":"LONG"}}""", "/dynamic_variables")]
    [InlineData("""{"tools":[{"type":"hangup","hangup":{"description":"LONG"}}]}""", "/tools/0/hangup/description")]
    [InlineData("""{"tools":[{"type":"webhook","webhook":{"name":"n","description":"LONG","url":"https://93.184.216.34/"}}]}""",
        "/tools/0/webhook/description")]
    [InlineData("""{"tools":[{"type":"webhook","webhook":{"name":"n","description":"d","url":"https://93.184.216.34/LONG"}}]}""",
        "/tools/0/webhook/url")]
    [InlineData("""
        {"tools":[{"type":"webhook","webhook":{"name":"n","description":"d","url":"https://93.184.216.34/",
         "headers":[{"name":"X-One","value":"1"},{"name":"X-Two","value":"LONG"}]}}]}
        """, "/tools/0/webhook/headers/1/value")]
    [InlineData("""
        {"tools":[{"type":"webhook","webhook":{"name":"n","description":"d","url":"https://93.184.216.34/",
         "preset_query_params":{"a":"LONG"}}}]}
        """, "/tools/0/webhook/preset_query_params")]
    [InlineData("""{"tools":[{"type":"skip_turn","skip_turn":{"description":"LONG"}}]}""", "/tools/0/skip_turn/description")]
    public async Task What_is_more_than_an_agent_takes_is_refused_when_it_is_saved(string change, string pointer)
    {
        string id = await MakeAsync();
        (await host.SendAsync("POST", $"{Path}/{id}", change.Replace("LONG", new string('x', 3_001), StringComparison.Ordinal)))
            .Refuses(422, "10025", pointer);
        await ChangeAsync(id, change.Replace("LONG", new string('x', 1_900), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(""" "headers":[{"name":"X One","value":"1"}] """, "10015", "headers/0/name")]
    [InlineData(""" "headers":[{"name":"X-One","value":"1\nX-Two: 2"}] """, "10015", "headers/0/value")]
    [InlineData(""" "messages":[{"type":"delayed","content":"Wait.","timing_ms":60001}] """, "10033", "messages/0/timing_ms")]
    public async Task What_no_agent_takes_of_a_webhook_is_refused_when_it_is_saved(string said, string code, string place)
    {
        string id = await MakeAsync();
        (await host.SendAsync("POST", $"{Path}/{id}", $$"""
            {"tools":[{"type":"webhook","webhook":{"name":"n","description":"d","url":"https://93.184.216.34/",{{said}} } }]}
            """)).Refuses(422, code, $"/tools/0/webhook/{place}");
        Assert.Single(await VersionsAsync(id));
    }

    [Fact]
    public async Task Its_own_tools_and_those_that_it_shares_are_counted_together()
    {
        static string Own(int count)
        {
            string tools = string.Join(',', Enumerable.Repeat("""{"type":"hangup","hangup":{}}""", count));
            return $$"""{"tools":[{{tools}}]}""";
        }

        string id = await MakeAsync();
        string tool = (string)(await host.SendAsync("POST", "/v2/ai/tools", """{"display_name":"Counted","type":"hangup"}""")).Body["id"]!;
        (await host.SendAsync("POST", $"{Path}/{id}", Own(65))).Refuses(422, "10025", "/tools");
        await ChangeAsync(id, Own(64));
        (await host.SendAsync("PUT", $"{Path}/{id}/tools/{tool}")).Refuses(422, "10025");
        await ChangeAsync(id, Own(63));
        Assert.Equal(200, (await host.SendAsync("PUT", $"{Path}/{id}/tools/{tool}")).Status);
        (await host.SendAsync("POST", $"{Path}/{id}", Own(64))).Refuses(422, "10025", "/tools");
    }

    [Fact]
    public async Task How_an_assistant_listens_and_how_long_it_waits_is_kept_and_shown()
    {
        string id = await MakeAsync("""
            ,"dynamic_variables_webhook_timeout_ms":5000,"interruption_settings":{"enable":false},
            "telephony_settings":{"time_limit_secs":60,"disable_dtmf":true}
            """);
        var shown = (await host.SendAsync("GET", $"{Path}/{id}")).Body;
        Assert.Equal((5_000, false, 60), ((int)shown["dynamic_variables_webhook_timeout_ms"]!,
            (bool)shown["interruption_settings"]!["enable"]!, (int)shown["telephony_settings"]!["time_limit_secs"]!));
        foreach (string bad in new[] { "0", "10001", "1.5" })
            (await host.SendAsync("POST", $"{Path}/{id}", $$"""{"dynamic_variables_webhook_timeout_ms":{{bad}}}"""))
                .Refuses(422, "10033", "/dynamic_variables_webhook_timeout_ms");
        (await host.SendAsync("POST", $"{Path}/{id}", """{"telephony_settings":{"disable_dtmf":"yes"}}"""))
            .Refuses(422, "10015", "/telephony_settings/disable_dtmf");
    }

    [Theory]
    [InlineData("telephony_settings", """{"time_limit_secs":0}""", "time_limit_secs")]
    [InlineData("telephony_settings", """{"time_limit_secs":14401}""", "time_limit_secs")]
    [InlineData("telephony_settings", """{"user_idle_reply_secs":"10"}""", "user_idle_reply_secs")]
    [InlineData("telephony_settings", """{"user_idle_timeout_secs":-1}""", "user_idle_timeout_secs")]
    [InlineData("telephony_settings", """{"user_idle_reply_secs":0.5}""", "user_idle_reply_secs")]
    [InlineData("telephony_settings", """{"user_idle_timeout_secs":0.9}""", "user_idle_timeout_secs")]
    [InlineData("interruption_settings", """{"start_speaking_plan":{"wait_seconds":9}}""", "start_speaking_plan/wait_seconds")]
    [InlineData("interruption_settings", """{"start_speaking_plan":{"transcription_endpointing_plan":{"on_number_seconds":11} } }""",
        "start_speaking_plan/transcription_endpointing_plan/on_number_seconds")]
    public async Task Times_by_which_no_assistant_can_talk_are_refused_when_they_are_said(string settings, string said, string place)
    {
        string id = await MakeAsync(""" ,"telephony_settings":{"user_idle_reply_secs":0,"user_idle_timeout_secs":7200} """);
        (await host.SendAsync("POST", $"{Path}/{id}", $$"""{"{{settings}}":{{said}}}""")).Refuses(422, "10033", $"/{settings}/{place}");
        Assert.Single(await VersionsAsync(id));
    }

    [Theory]
    [InlineData("true", "")]
    [InlineData("""{"channels":"stereo"}""", "/channels")]
    [InlineData("""{"format":"ogg"}""", "/format")]
    [InlineData("""{"enabled":"yes"}""", "/enabled")]
    [InlineData("""{"stop_on_conversation_end":1}""", "/stop_on_conversation_end")]
    public async Task How_calls_are_recorded_is_kept_and_refused_at_what_is_wrong_with_it(string said, string place)
    {
        string id = await MakeAsync("""
            ,"telephony_settings":{"recording_settings":{"channels":"dual","enabled":true,"format":"mp3","stop_on_conversation_end":null} }
            """);
        Assert.Equal("mp3",
            (string?)(await host.SendAsync("GET", $"{Path}/{id}")).Body["telephony_settings"]!["recording_settings"]!["format"]);
        (await host.SendAsync("POST", $"{Path}/{id}", $$"""{"telephony_settings":{"recording_settings":{{said}} } }"""))
            .Refuses(422, "10015", "/telephony_settings/recording_settings" + place);
    }

    [Theory]
    [InlineData("\"timeout_ms\":50,", "", "timeout_ms")]
    [InlineData("", ",\"timeout_ms\":90000", "webhook/timeout_ms")]
    [InlineData("", ",\"async\":true,\"async_timeout_ms\":-1", "webhook/async_timeout_ms")]
    public async Task A_time_in_which_no_webhook_can_answer_is_refused_when_it_is_said(string ofTool, string ofWebhook, string place)
    {
        string id = await MakeAsync();
        string tool = $$"""
            {{ofTool}}"type":"webhook","webhook":{"name":"n","description":"d","url":"https://93.184.216.34/"{{ofWebhook}} }
            """;
        (await host.SendAsync("POST", $"{Path}/{id}", $$"""{"tools":[{ {{tool}} }]}""")).Refuses(422, "10033", $"/tools/0/{place}");
        (await host.SendAsync("POST", "/v2/ai/tools", $$"""{"display_name":"n",{{tool}} }""")).Refuses(422, "10033", $"/{place}");
    }

    [Theory]
    [InlineData("\"small\"", "/fallback_config")]
    [InlineData("""{"llm_api_key_ref":"a"}""", "/fallback_config")]
    [InlineData("""{"model":"small","llm_api_key_ref":5}""", "/fallback_config")]
    [InlineData("""{"model":"small","llm_api_key_ref":"nothing"}""", "/fallback_config/llm_api_key_ref")]
    [InlineData("""{"model":"small","temperature":1}""", "/fallback_config/temperature")]
    public async Task A_model_that_stands_in_is_refused_at_what_is_wrong_with_it(string said, string pointer)
    {
        string id = await MakeAsync(""" ,"fallback_config":{"model":"small"} """);
        Assert.Equal("small", (string?)(await host.SendAsync("GET", $"{Path}/{id}")).Body["fallback_config"]!["model"]);
        (await host.SendAsync("POST", $"{Path}/{id}", $$"""{"fallback_config":{{said}}}""")).Refuses(422, "10015", pointer);
    }

    [Theory]
    [InlineData("\"https://93.184.216.34/v1\"", "")]
    [InlineData("""{"base_url":"https://93.184.216.34/v1"}""", "")]
    [InlineData("""{"model":"mine"}""", "")]
    [InlineData("""{"base_url":"https://93.184.216.34/v1","model":"mine","llm_api_key_ref":5}""", "")]
    [InlineData("""{"base_url":"https://93.184.216.34/v1","model":"mine","llm_api_key_ref":"nothing"}""", "/llm_api_key_ref")]
    [InlineData("""{"base_url":"https://93.184.216.34/v1","model":"mine","forward_metadata":"yes"}""", "/forward_metadata")]
    [InlineData("""{"base_url":"https://93.184.216.34/v1","model":"mine","authentication_method":"certificate"}""",
        "/authentication_method")]
    [InlineData("""{"base_url":"https://93.184.216.34/v1","model":"mine","certificate_ref":"mine"}""", "/certificate_ref")]
    [InlineData("""{"base_url":"https://93.184.216.34/v1","model":"mine","temperature":1}""", "/temperature")]
    [InlineData("""{"base_url":"https://93.184.216.34/v1?key=a","model":"mine"}""", "/base_url", "10003")]
    [InlineData("""{"base_url":"https://127.0.0.1/v1","model":"mine"}""", "/base_url", "10003")]
    public async Task A_server_of_the_accounts_own_is_refused_at_what_is_wrong_with_it(string said, string place, string code = "10015")
    {
        string id = await MakeAsync();
        (await host.SendAsync("POST", $"{Path}/{id}", $$"""{"external_llm":{{said}}}""")).Refuses(422, code, "/external_llm" + place);
        (await host.SendAsync("POST", $"{Path}/{id}", $$"""{"fallback_config":{"model":"small","external_llm":{{said}} } }"""))
            .Refuses(422, code, "/fallback_config/external_llm" + place);
        Assert.Single(await VersionsAsync(id));
    }

    [Fact]
    public async Task A_server_of_the_accounts_own_is_kept_and_shown_and_needs_no_model_of_the_nodes()
    {
        string id = await MakeAsync("""
            ,"external_llm":{"base_url":"https://93.184.216.34/v1","model":"fixie-ai/mine","authentication_method":"token",
            "certificate_ref":null},
            "fallback_config":{"external_llm":{"base_url":"https://93.184.216.34/v2","model":"other"} }
            """);
        var shown = (await host.SendAsync("GET", $"{Path}/{id}")).Body;
        Assert.Equal(("fixie-ai/mine", "other"),
            ((string?)shown["external_llm"]!["model"], (string?)shown["fallback_config"]!["external_llm"]!["model"]));
        await ChangeAsync(id, """{"external_llm":null,"fallback_config":null}""");
        Assert.Null((await host.SendAsync("GET", $"{Path}/{id}")).Body["external_llm"]);
        // One in which nothing is said asks for nothing.
        await ChangeAsync(id, """{"external_llm":{"base_url":null,"model":null} }""");
        (await host.SendAsync("POST", $"{Path}/{id}", """{"fallback_config":{"external_llm":{} } }"""))
            .Refuses(422, "10015", "/fallback_config");
    }

    [Theory, InlineData("fixie-ai/ultravox-70B"), InlineData("openai/gpt-realtime"), InlineData("gpt-4o-Realtime-preview")]
    public async Task Models_that_hear_and_speak_themselves_are_refused_when_they_are_named(string model)
    {
        string id = await MakeAsync();
        foreach (string path in new[] { Path, $"{Path}/{id}" })
            (await host.SendAsync("POST", path, $$"""{"name":"desk","model":"{{model}}","instructions":"Be brief."}"""))
                .Refuses(422, "10015", "/model");
        (await host.SendAsync("POST", $"{Path}/{id}", $$$"""{"fallback_config":{"model":"{{{model}}}"}}"""))
            .Refuses(422, "10015", "/fallback_config/model");
        Assert.Single(await VersionsAsync(id));
    }

    [Fact]
    public async Task Tags_are_the_assistants_whatever_its_version()
    {
        string id = await MakeAsync(), other = await MakeAsync();
        Assert.Equal(["sales"], await TagAsync(id, "sales"));
        Assert.Equal(["sales", "a/b"], await TagAsync(id, "a/b"));
        Assert.Equal(["sales", "a/b"], await TagAsync(id, "sales"));
        Assert.Equal(["night"], await TagAsync(other, "night"));
        await ChangeAsync(id, """{"greeting":"Hi"}""");
        Assert.Equal(["sales", "a/b"], TagsOf(await host.SendAsync("GET", $"{Path}/{id}")));
        Assert.Equal(["a/b", "night", "sales"], TagsOf(await AllAsync()));
        Assert.Equal(["sales"], TagsOf(await host.SendAsync("DELETE", $"{Path}/{id}/tags/a%2Fb")));
        (await host.SendAsync("DELETE", $"{Path}/{id}/tags/night")).Refuses(404, "10005");
        (await host.SendAsync("POST", $"{Path}/{id}/tags", """{"tag":" "}""")).Refuses(422, "10025", "/tag");
        (await host.SendAsync("POST", $"{Path}/{id}/tags", """{"tag":"x"}""", TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        Assert.Empty(TagsOf(await host.SendAsync("GET", $"{Path}/tags", key: TelnyxHost.OtherTenantKey)));

        async Task<string[]> TagAsync(string assistant, string tag) =>
            TagsOf(await host.SendAsync("POST", $"{Path}/{assistant}/tags", new JsonObject { ["tag"] = tag }.ToJsonString()));

        Task<Answer> AllAsync() => host.SendAsync("GET", $"{Path}/tags");

        static string[] TagsOf(Answer answer)
        {
            Assert.True(answer.Status == 200, answer.Text);
            return [.. answer.Body["tags"]!.AsArray().Select(t => (string)t!)];
        }
    }

    /// <summary>As a program that keeps the assistants of a contact center makes and changes them.</summary>
    [Fact]
    public async Task Tags_are_said_as_well_where_an_assistant_is_made_and_where_it_is_changed()
    {
        string id = await MakeAsync(""","description":"d","enabled_features":["telephony"],"tags":["genesys","admin-managed"]""");
        Assert.Equal(["genesys", "admin-managed"], Tags(await host.SendAsync("GET", $"{Path}/{id}")));
        Assert.Equal(id, (string?)(await host.SendAsync("GET", $"{Path}?filter[tags]=admin-managed")).List.Single()!["id"]);
        Assert.Equal(["genesys", "admin-managed"], Tags(await ChangeAsync(id, """{"greeting":"Hi"}""")));
        Assert.Equal(["genesys"], Tags(await ChangeAsync(id, """{"tags":[" genesys ","genesys"]}""")));
        Assert.Equal(["beside"], Tags(await ChangeAsync(id, """{"tags":["beside"],"promote_to_main":false}""")));
        Assert.Equal(["beside"], Tags(await host.SendAsync("GET", $"{Path}/{id}")));
        foreach (string wrong in new[] { "\"genesys\"", "[1]", "{}" }) (await SetAsync(wrong)).Refuses(422, "10015", "/tags");
        (await SetAsync("[\" \"]")).Refuses(422, "10025", "/tags");
        string many = new JsonArray([.. Enumerable.Range(0, 51).Select(i => (JsonNode)$"{i}")]).ToJsonString();
        (await SetAsync(many)).Refuses(422, "10025", "/tags");
        Assert.Null((await ChangeAsync(id, """{"tags":[]}""")).Body["tags"]);
        await ChangeAsync(id, """{"tags":["genesys"]}""");
        Assert.Null((await ChangeAsync(id, """{"tags":null}""")).Body["tags"]);

        Task<Answer> SetAsync(string tags) => host.SendAsync("POST", $"{Path}/{id}", $$"""{"tags":{{tags}}}""");

        static string[] Tags(Answer answer) => [.. answer.Body["tags"]!.AsArray().Select(t => (string)t!)];
    }

    [Fact]
    public async Task A_shared_tool_is_given_to_assistants_and_not_deleted_while_one_has_it()
    {
        const string tools = "/v2/ai/tools";
        var made = await host.SendAsync("POST", tools, """
            {"display_name":"Weather","type":"webhook","timeout_ms":2000,
             "webhook":{"name":"weather","description":"d","url":"https://93.184.216.34/weather"}}
            """);
        Assert.True(made.Status == 200, made.Text);
        string tool = (string)made.Body["id"]!, id = await MakeAsync();
        Assert.Equal(("webhook", "weather", 2_000), ((string?)made.Body["type"], (string?)made.Body["tool_definition"]!["name"],
            (int)made.Body["timeout_ms"]!));
        Assert.Equal(200, (await host.SendAsync("POST", tools, """{"display_name":"End","type":"hangup"}""")).Status);
        Assert.Equal("Weather", (string?)(await host.SendAsync("GET", $"{tools}?filter[type]=webhook")).List.Single()!["display_name"]);
        Assert.Equal("End", (string?)(await host.SendAsync("GET", $"{tools}?filter[name]=End")).List.Single()!["display_name"]);

        for (int i = 0; i < 2; i++) Assert.Equal(200, (await host.SendAsync("PUT", $"{Path}/{id}/tools/{tool}")).Status);
        Assert.Equal(2, (await VersionsAsync(id)).Count);
        Assert.Equal(tool, (string?)(await host.SendAsync("GET", $"{Path}/{id}")).Body["tool_ids"]!.AsArray().Single());
        (await host.SendAsync("DELETE", $"{tools}/{tool}")).Refuses(422, "10021");
        (await host.SendAsync("PUT", $"{Path}/{id}/tools/{Guid.NewGuid()}")).Refuses(404, "10005");
        (await host.SendAsync("POST", $"{Path}/{id}", """{"tool_ids":["nothing"]}""")).Refuses(422, "10015", "/tool_ids/0");

        var changed = await host.SendAsync("PATCH", $"{tools}/{tool}", """{"display_name":"Rain"}""");
        Assert.Equal(("Rain", "weather"), ((string?)changed.Body["display_name"], (string?)changed.Body["tool_definition"]!["name"]));
        (await host.SendAsync("PATCH", $"{tools}/{tool}", """{"type":"hangup"}""")).Refuses(422, "10015", "/type");
        (await host.SendAsync("POST", tools, """{"display_name":"Pay","type":"pay"}""")).Refuses(422, "10015", "/type");
        (await host.SendAsync("POST", tools, """{"display_name":"Nothing","type":"transfer"}""")).Refuses(422, "10004", "/transfer");
        (await host.SendAsync("POST", tools, """
            {"display_name":"Refer","type":"refer",
             "refer":{"targets":[{"name":"n","sip_address":"sip:a@example.com","sip_auth_password":"p"}]}}
            """)).Refuses(422, "10015", "/refer/targets");
        (await host.SendAsync("GET", $"{tools}/{tool}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        Assert.Empty((await host.SendAsync("GET", tools, key: TelnyxHost.OtherTenantKey)).List);

        Assert.Equal(200, (await host.SendAsync("DELETE", $"{Path}/{id}/tools/{tool}")).Status);
        (await host.SendAsync("DELETE", $"{Path}/{id}/tools/{tool}")).Refuses(404, "10005");
        Assert.Equal(200, (await host.SendAsync("DELETE", $"{tools}/{tool}")).Status);
        (await host.SendAsync("GET", $"{tools}/{tool}")).Refuses(404, "10005");
    }

    [Fact]
    public async Task An_assistant_never_keeps_a_tool_that_is_deleted_in_the_moment_in_which_it_gets_it()
    {
        string id = await MakeAsync();
        for (int i = 0; i < 20; i++)
        {
            var made = await host.SendAsync("POST", "/v2/ai/tools", """{"display_name":"End","type":"hangup"}""");
            string tool = (string)made.Body["id"]!;
            var both = await Task.WhenAll(
                host.SendAsync("PUT", $"{Path}/{id}/tools/{tool}"), host.SendAsync("DELETE", $"/v2/ai/tools/{tool}"));
            bool isThere = (await host.SendAsync("GET", $"/v2/ai/tools/{tool}")).Status == 200;
            var has = (await host.SendAsync("GET", $"{Path}/{id}")).Body["tool_ids"]?.AsArray().Select(one => (string?)one) ?? [];
            Assert.True(isThere || !has.Contains(tool), $"{both[0].Text} {both[1].Text}");
            if (!isThere) continue;
            await host.SendAsync("DELETE", $"{Path}/{id}/tools/{tool}");
            Assert.Equal(200, (await host.SendAsync("DELETE", $"/v2/ai/tools/{tool}")).Status);
        }
    }
}
