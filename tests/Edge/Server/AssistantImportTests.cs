using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Edge.Speech;
using Ringwright.Server.Settings;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>
/// Assistants of other services are brought here. The services are doubles on loopback, whose answers have the members that the services'
/// reference pages show (docs.vapi.ai/api-reference/assistants, elevenlabs.io/docs/api-reference/agents/get,
/// docs.retellai.com/api-references/get-retell-llm); nothing was tried against the services themselves.
/// </summary>
public sealed class AssistantImportTests
{
    private const string Import = "/v2/ai/assistants/import", Secret = "key-of-the-service-1234";

    private const string Vapi = """
        {"id":"v-1","name":"Desk","firstMessage":"Hello.","firstMessageMode":"assistant-speaks-first","maxDurationSeconds":600,
         "model":{"provider":"openai","model":"gpt-4.1","messages":[{"role":"system","content":"Be brief."}],"toolIds":["t-1"],
          "tools":[{"type":"endCall"},{"type":"transferCall","destinations":[{"type":"number","number":"+13125550100","description":"Sales"}]},
           {"type":"function","function":{"name":"find"},"server":{"url":"https://shop.example/"}}]},
         "voice":{"provider":"vapi","voiceId":"Elliot"},"transcriber":{"provider":"deepgram","model":"nova-3","language":"en"}}
        """;

    private const string VapiTool = """
        {"id":"t-1","type":"apiRequest","name":"stock","description":"Stock","url":"https://93.184.216.34/stock","method":"POST",
         "body":{"type":"object","properties":{"item":{"type":"string"}},"required":["item"]},
         "headers":{"type":"object","properties":{"X-Shop":{"type":"string","value":"7"}}}}
        """;

    private const string ElevenLabs = """
        {"agent_id":"e-1","name":"Guide","conversation_config":{"agent":{"first_message":"Hi {{name}}.","language":"de",
          "prompt":{"prompt":"You guide.","llm":"gemini-2.0-flash","built_in_tools":{"end_call":{"name":"end_call"},"skip_turn":null},
           "tools":[{"type":"webhook","name":"weather","description":"Weather","response_timeout_secs":20,"api_schema":{
             "url":"https://93.184.216.34/{city}","method":"GET","path_params_schema":{"city":{"type":"string"}},
             "query_params_schema":{"properties":{"day":{"type":"string"}},"required":[]},"request_headers":{"X-A":"b"}}},
            {"type":"webhook","name":"secret","description":"d","api_schema":{"url":"https://93.184.216.34/","request_headers":{"K":{"secret_id":"s"}}}},
            {"type":"client","name":"screen","description":"d"}]}},"tts":{"voice_id":"JBF"},"conversation":{"max_duration_seconds":300}}}
        """;

    private const string RetellAgents = """
        [{"agent_id":"r-1","agent_name":"Old","version":0,"response_engine":{"type":"retell-llm","llm_id":"l-0","version":0}},
         {"agent_id":"r-1","agent_name":"New","version":1,"voice_id":"11labs-Adrian","language":"en-US",
          "response_engine":{"type":"retell-llm","llm_id":"l-1","version":3}},
         {"agent_id":"r-2","agent_name":"Own","version":0,"response_engine":{"type":"custom-llm","llm_websocket_url":"wss://x.example"}}]
        """;

    private const string RetellOwn =
        """{"agent_id":"r-2","version":0,"response_engine":{"type":"custom-llm","llm_websocket_url":"wss://x.example"}}""";

    private const string RetellPrompt = """
        {"llm_id":"l-1","model":"gpt-4.1","start_speaker":"user","general_prompt":"You are ...","states":[{"name":"one"}],
         "general_tools":[{"type":"end_call","name":"end_call","description":"End the call with user."},
          {"type":"transfer_call","name":"support","transfer_destination":{"type":"predefined","number":"+13125550101"}},
          {"type":"custom","name":"book","url":"https://93.184.216.34/book"}]}
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Assistants_are_brought_from_each_service_and_what_has_no_place_here_is_told()
    {
        await using var services = await TestServer.StartAsync(ServeAsync);
        await using var node = await StartAsync(services);

        var desk = Assert.Single(await ImportAsync(node, "vapi"))!;
        Assert.Equal(("Desk", "Be brief.", "Hello.", "gpt-4.1"), ((string?)desk["name"], (string?)desk["instructions"],
            (string?)desk["greeting"], (string?)desk["model"]));
        Assert.Equal(["hangup", "transfer", "webhook"], Types(desk));
        var from = desk["import_metadata"]!;
        Assert.Equal(("v-1", "vapi"), ((string?)from["import_id"], (string?)from["import_provider"]));
        Assert.Equal("X-Shop", (string?)desk["tools"]![2]!["webhook"]!["headers"]![0]!["name"]);
        string application = (string)desk["telephony_settings"]!["default_texml_app_id"]!;
        Assert.Equal($"ai-{desk["id"]}", (string?)JsonNode.Parse(await node.Api.GetStringAsync($"/v2/texml_applications/{application}",
            Stop))!["data"]!["friendly_name"]);

        var guide = Assert.Single(await ImportAsync(node, "elevenlabs", "e-1"))!;
        Assert.Equal(("Guide", "You guide.", "de"),
            ((string?)guide["name"], (string?)guide["instructions"], (string?)guide["transcription"]!["language"]));
        Assert.Equal(["webhook", "hangup"], Types(guide));
        Assert.Equal(20_000, (int)guide["tools"]![0]!["webhook"]!["timeout_ms"]!);

        var agent = Assert.Single(await ImportAsync(node, "retell"))!;
        Assert.Equal(("New", ""), ((string?)agent["name"], (string?)agent["greeting"]));
        Assert.Equal(["hangup", "transfer"], Types(agent));

        // A second time it is the same one, in another version; its tools keep their ids, and it is called by the same application.
        var again = Assert.Single(await ImportAsync(node, "vapi", "v-1"))!;
        Assert.Equal((string?)desk["id"], (string?)again["id"]);
        Assert.NotEqual((string?)desk["version_id"], (string?)again["version_id"]);
        Assert.Equal((string?)desk["tools"]![2]!["id"], (string?)again["tools"]![2]!["id"]);
        Assert.Equal((application, 600), ((string?)again["telephony_settings"]!["default_texml_app_id"],
            (int)again["telephony_settings"]!["time_limit_secs"]!));
        string trail = await (await node.Api.GetAsync("/v2/audit_events?page[size]=100", Stop)).Content.ReadAsStringAsync(Stop);
        foreach (string left in new[] { "voice Elliot", "tool find", "tool secret", "tool screen", "states", "tool book" })
            Assert.Contains(left, trail, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, trail, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Wrong()
    {
        var rows = new TheoryData<string, string>
        {
            { """{"provider":"vapi","api_key_ref":"other"}""", "does not take the key" },
            { """{"provider":"retell","api_key_ref":"service","import_ids":["r-2"]}""", "Nothing can be made here of r-2" },
        };
        if (!Depth.IsAll) return rows;
        rows.Add("""{"provider":"vapi","api_key_ref":"nobody"}""", "/api_key_ref");
        rows.Add("""{"provider":"vapi","api_key_ref":"service","import_ids":["gone"]}""", "nothing at /assistant/gone");
        rows.Add("""{"provider":"vapi","api_key_ref":"service","import_ids":[""]}""", "/import_ids");
        return rows;
    }

    [Theory, MemberData(nameof(Wrong))]
    public async Task Nothing_is_brought_where_something_is_wrong(string body, string says)
    {
        await using var services = await TestServer.StartAsync(ServeAsync);
        await using var node = await StartAsync(services);
        using var answer = await node.Api.PostAsync(Import, new StringContent(body, Encoding.UTF8, "application/json"), Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.StatusCode is HttpStatusCode.UnprocessableEntity && text.Contains(says, StringComparison.Ordinal), text);
        string all = await (await node.Api.GetAsync("/v2/ai/assistants", Stop)).Content.ReadAsStringAsync(Stop);
        Assert.Empty(JsonNode.Parse(all)!["data"]!.AsArray());
    }

    private static async Task<RunningNode> StartAsync(TestServer services)
    {
        var node = await RunningNode.StartAsync(settings => settings with
        {
            Imports = new ImportSettings { Vapi = services.Url, ElevenLabs = services.Url, Retell = services.Url },
        });
        foreach (var (name, token) in new[] { ("service", Secret), ("other", "another") })
            await SendAsync(node, "/v2/integration_secrets",
                new() { ["identifier"] = name, ["type"] = "bearer", ["token"] = token });
        return node;
    }

    private static async Task<JsonArray> ImportAsync(RunningNode node, string provider, params string[] ids)
    {
        var body = new JsonObject { ["provider"] = provider, ["api_key_ref"] = "service" };
        if (ids.Length > 0) body["import_ids"] = new JsonArray([.. ids.Select(id => (JsonNode)id)]);
        return (await SendAsync(node, Import, body))["data"]!.AsArray();
    }

    private static IEnumerable<string?> Types(JsonNode assistant) =>
        assistant["tools"]!.AsArray().Select(tool => (string?)tool!["type"]);

    private static async Task<JsonNode> SendAsync(RunningNode node, string path, JsonObject body)
    {
        using var answer = await node.Api.PostAsync(path, new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"), Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    private static async Task ServeAsync(HttpContext c)
    {
        string asked = $"{c.Request.Path}{c.Request.QueryString}";
        bool isKnown = c.Request.Headers.Authorization == $"Bearer {Secret}" || c.Request.Headers["xi-api-key"] == Secret;
        string? answer = asked switch
        {
            "/assistant?limit=1000" => $"[{Vapi}]",
            "/assistant/v-1" => Vapi,
            "/tool/t-1" => VapiTool,
            "/v1/convai/agents/e-1" => ElevenLabs,
            "/list-agents" => RetellAgents,
            "/get-agent/r-2" => RetellOwn,
            "/get-retell-llm/l-1?version=3" => RetellPrompt,
            _ => null,
        };
        c.Response.StatusCode = !isKnown ? 401 : answer is null ? 404 : 200;
        await c.Response.WriteAsync(isKnown ? answer ?? "{}" : """{"message":"Unauthorized"}""", Stop);
    }
}
