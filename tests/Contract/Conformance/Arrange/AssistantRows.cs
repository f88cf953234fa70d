using System.Text.Json.Nodes;

namespace Ringwright.Contract.Conformance;

/// <summary>Assistants and their versions, conversations with their messages, and what is to be found out of them.</summary>
internal static class AssistantRows
{
    private const string Create = "create_new_assistant_public_assistants_post";
    private const string Conversation = "create_new_conversation_public_conversations_post";
    private const string Said = """{"name": "$unique", "model": "some/model", "instructions": "Be brief."}""";

    // What refers to something names what is there.
    private const string Whole = """
        {"greeting": "Hello", "dynamic_variables_webhook_url": "$hook", "enabled_features": ["telephony"],
         "llm_api_key_ref": "$create_integration_secret.identifier",
         "voice_settings": {"voice": "Telnyx.KokoroTTS.af", "voice_speed": 1, "api_key_ref": "$create_integration_secret.identifier"},
         "insight_settings": {"insight_group_id": "$create_insight_group"},
         "telephony_settings": {"default_texml_app_id": "$CreateTexmlApplication"},
         "messaging_settings": {"default_messaging_profile_id": "$CreateMessagingProfile", "delivery_status_webhook_url": "$hook"},
         "tools": [{"type": "webhook", "webhook": {"name": "weather", "description": "Tells the weather.", "url": "$hook"}}],
         "tool_ids": null}
        """;

    // Tools are answered with the ids that they got.
    private static readonly string[] Named = ["tools"];
    private static readonly string[] Versioned = ["$versioned", "$other_version"];

    // Which version a run is of: one test has that.
    private const string OfVersion = """{"destination_version_id": null}""";
    private const string Test = "create_assistant_test_public_assistants_tests_post";

    public static readonly Area Area = new(
    [
        new(Create, Said) { Full = Whole, Unlike = Named },
        new("update_assistant_public_assistants__assistant_id__post", """{"greeting": "Good morning"}""")
        {
            Path = ["$" + Create], Full = Whole, Unlike = Named, IsAlone = true,
        },
        new("clone_assistant_public_assistants__assistant_id__clone_post") { Path = ["$" + Create], IsAlone = true },
        new("get_assistant_texml_public_assistants__assistant_id__texml_get") { Path = ["$" + Create] },
        new("create_scheduled_event", """
            {"telnyx_conversation_channel": "phone_call", "telnyx_end_user_target": "+15550190001", "telnyx_agent_target": "$number",
             "scheduled_at_fixed_datetime": "2035-01-01T12:00:00.000Z"}
            """)
        {
            Path = ["$scheduling"], Id = "scheduled_event_id", Full = """{"conversation_metadata": {"order": 7}, "text": null}""",
        },
        new("get_assistant_versions_public_assistants__assistant_id__versions_get") { Path = ["$versioned"] },
        new("get_assistant_version_public_assistants__assistant_id__versions__version_id__get") { Path = Versioned },
        new("update_assistant_version_public_assistants__assistant_id__versions__version_id__post", """{"greeting": "Good morning"}""")
        {
            Path = Versioned, Full = Whole, Unlike = Named, IsAlone = true,
        },
        new("promote_assistant_version_public_assistants__assistant_id__versions__version_id__promote_post")
        {
            Path = Versioned, IsAlone = true,
        },
        new("delete_assistant_version_public_assistants__assistant_id__versions__version_id__delete") { Path = Versioned },
        new("create_canary_deploy_assistants__assistant_id__canary_deploys_post",
            """{"versions": [{"version_id": "$other_version", "percentage": 30}]}""")
        {
            Path = ["$versioned"], IsAlone = true,
        },
        new("get_canary_deploy_assistants__assistant_id__canary_deploys_get") { Path = ["$with_canary"] },
        new("update_canary_deploy_assistants__assistant_id__canary_deploys_put",
            """{"versions": [{"version_id": "$other_version", "percentage": 40.5}]}""")
        {
            Path = ["$with_canary"], IsAlone = true,
        },
        new("delete_canary_deploy_assistants__assistant_id__canary_deploys_delete") { Path = ["$with_canary"] },
        new(Test,
            $$"""
            {"name": "$unique", "destination": "${{Create}}", "instructions": "Ask for a pizza.",
             "rubric": [{"name": "polite", "criteria": "The assistant says please."}]}
            """)
        {
            Id = "test_id",
        },
        new("fetch_test_suites_public_assistants_tests_test_suites_get"),
        new("trigger_test_run_public_assistants_tests__test_id__runs_post") { Path = ["$tested"], Full = OfVersion },
        new("get_test_runs_for_test_public_assistants_tests__test_id__runs_get") { Path = ["$ran"] },
        new("get_test_run_public_assistants_tests__test_id__runs__run_id__get") { Path = ["$ran", "$its_run"] },
        new("trigger_test_suite_runs_public_assistants_tests_test_suites__suite_name__runs_post") { Path = ["$suite"], Full = OfVersion },
        new("get_test_suite_runs_for_test_public_assistants_tests_test_suites__suite_name__runs_get") { Path = ["$suite"] },
        new("assistant_chat_public_assistants__assistant_id__chat_post", $$"""{"content": "Hello", "conversation_id": "${{Conversation}}"}""")
        {
            Path = ["$" + Create], Full = """{"name": "Anna"}""", Unlike = ["content"],
        },
        new("test_assistant_tool_public_assistants__assistant_id__tools__tool_id__test_post") { Path = ["$tooled", "$its_tool"] },
        new(Conversation, """{"metadata": {"language": "en"}}"""),
        new("add_new_message", """{"role": "assistant", "content": "Hello", "sent_at": "$now"}""")
        {
            Path = ["$" + Conversation], IsAlone = true,
            Full = """
                {"tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}],
                 "tool_call_id": null}
                """,
        },
        new("get_conversations_public__conversation_id__messages_get") { Path = ["$talk"] },
        new("get_conversations_public__conversation_id__insights_get") { Path = ["$talk"] },
        new("create_insight", """{"name": "$unique", "instructions": "Was the caller content?"}""")
        {
            Full = """{"webhook": "$hook", "json_schema": {"type": "object"}}""",
        },
        new("create_insight_group", """{"name": "$unique"}""") { Full = """{"webhook": "$hook"}""" },
        new("assign_insight_to_group") { Path = ["$create_insight_group", "$create_insight"], IsAlone = true },
        new("unassign_insight_from_group") { Path = ["$assigned_group", "$create_insight"] },
    ])
    {
        Words = new Dictionary<string, Func<Words, Task<string>>>
        {
            // One assistant for all of its events, so that they are listed together.
            ["scheduling"] = words => words.Node.KeepAsync("scheduling", () => words.MakeAsync(Create, Said)),
            // An assistant that has another version than its main one, which is $other_version in the same request.
            ["versioned"] = words => words.MakeAsync(Create, "{}"),
            ["other_version"] = async words =>
            {
                string assistant = await words.FillAsync("$versioned");
                var made = await words.Node.Owner.SendAsync("POST", $"/v2/ai/assistants/{assistant}",
                    Ask.Json(new JsonObject { ["greeting"] = "Hi", ["promote_to_main"] = false }));
                Assert.True(made.Status == 200, made.ToString());
                return (string)made.Json!["version_id"]!;
            },
            // A test, whose runs are over in a second.
            ["tested"] = words => words.MakeAsync(Test, """{"max_duration_seconds": 1}"""),
            // The same with a run, which is $its_run in the same request.
            ["ran"] = async words =>
            {
                string test = await words.MakeAsync(Test, """{"max_duration_seconds": 1}""");
                var made = await words.Node.Owner.SendAsync("POST", $"/v2/ai/assistants/tests/{test}/runs");
                Assert.True(made.Status == 201, made.ToString());
                return test;
            },
            ["its_run"] = async words =>
            {
                var runs = await words.Node.Owner.SendAsync("GET", $"/v2/ai/assistants/tests/{await words.FillAsync("$ran")}/runs");
                return (string)runs.Json!["data"]![0]!["run_id"]!;
            },
            // The name of a suite with a test.
            ["suite"] = async words =>
            {
                string name = await words.FillAsync("$unique");
                await words.MakeAsync(Test, $$"""{"max_duration_seconds": 1, "test_suite": "{{name}}"}""");
                return name;
            },
            // An assistant with a tool over HTTP, which is $its_tool in the same request.
            ["tooled"] = words => words.MakeAsync(Create,
                """{"tools": [{"type": "webhook", "webhook": {"name": "weather", "description": "Tells the weather.", "url": "$hook"}}]}"""),
            ["its_tool"] = async words =>
            {
                var made = await words.Node.Owner.SendAsync("GET", $"/v2/ai/assistants/{await words.FillAsync("$tooled")}");
                return (string)made.Json!["tools"]![0]!["id"]!;
            },
            // One with another version, and a canary of that.
            ["with_canary"] = async words =>
            {
                string version = await words.FillAsync("$other_version"), assistant = await words.FillAsync("$versioned");
                var made = await words.Node.Owner.SendAsync("POST", $"/v2/ai/assistants/{assistant}/canary-deploys", Ask.Json(new JsonObject
                {
                    ["versions"] = new JsonArray(new JsonObject { ["version_id"] = version, ["percentage"] = 10 }),
                }));
                Assert.True(made.Status == 200, made.ToString());
                return assistant;
            },
            // A conversation with a message.
            ["talk"] = async words =>
            {
                string conversation = await words.MakeAsync(Conversation, "{}");
                var added = await words.Node.Owner.SendAsync("POST", $"/v2/ai/conversations/{conversation}/messages",
                    Ask.Json(new JsonObject { ["role"] = "user", ["content"] = "Hello" }));
                Assert.True(added.Status == 200, added.ToString());
                return conversation;
            },
            // A group that has $create_insight of the same request.
            ["assigned_group"] = async words =>
            {
                string group = await words.FillAsync("$create_insight_group"), insight = await words.FillAsync("$create_insight");
                var added = await words.Node.Owner.SendAsync("POST",
                    $"/v2/ai/conversations/insight-groups/{group}/insights/{insight}/assign");
                Assert.True(added.Status == 200, added.ToString());
                return group;
            },
        },
    };
}
