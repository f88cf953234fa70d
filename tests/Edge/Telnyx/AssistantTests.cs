using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Telnyx.Assistants;

namespace Ringwright.Edge.Telnyx;

/// <summary>Assistants, their versions and canaries as they are written down, over HTTP.</summary>
public sealed class AssistantTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Path = "/v2/ai/assistants";

    private async Task<string> MakeAsync(string more = "", string? key = TelnyxHost.Key)
    {
        var made = await host.SendAsync("POST", Path,
            $$"""{"name":"desk","model":"some/model","instructions":"Be brief."{{more}}}""", key);
        Assert.True(made.Status == 200, made.Text);
        return (string)made.Body["id"]!;
    }

    private async Task<Answer> ChangeAsync(string id, string body)
    {
        var changed = await host.SendAsync("POST", $"{Path}/{id}", body);
        Assert.True(changed.Status == 200, changed.Text);
        return changed;
    }

    private async Task<string> BesideAsync(string id) =>
        (string)(await ChangeAsync(id, """{"greeting":"Beside","promote_to_main":false}""")).Body["version_id"]!;

    private async Task<IReadOnlyList<string>> VersionsAsync(string id) =>
        [.. (await host.SendAsync("GET", $"{Path}/{id}/versions")).List.Select(v => (string)v!["version_id"]!)];

    private Task<Answer> CanaryAsync(string method, string id, params (string Version, double Percentage)[] versions) =>
        host.SendAsync(method, $"{Path}/{id}/canary-deploys", new JsonObject
        {
            ["versions"] = new JsonArray([.. versions.Select(v => (JsonNode)new JsonObject
            {
                ["version_id"] = v.Version, ["percentage"] = v.Percentage,
            })]),
        }.ToJsonString());

    [Fact]
    public async Task Without_a_model_it_has_the_usual_one()
    {
        var made = await host.SendAsync("POST", Path, """{"name":"desk","instructions":"Be brief."}""");
        Assert.True(made.Status == 200, made.Text);
        Assert.Equal("meta-llama/Meta-Llama-3.1-70B-Instruct", (string?)made.Body["model"]);
        Assert.Equal(422, (await host.SendAsync("POST", Path, """{"name":"desk","model":"","instructions":"Be brief."}""")).Status);
    }

    [Fact]
    public async Task Each_change_makes_a_version_and_the_main_one_is_what_is_shown()
    {
        string id = await MakeAsync(""" ,"greeting":"Hello","description":"front" """);
        Assert.StartsWith("assistant-", id, StringComparison.Ordinal);
        string first = Assert.Single(await VersionsAsync(id));
        var second = await ChangeAsync(id, """{"greeting":"Good morning","version_name":"morning"}""");
        string beside = await BesideAsync(id);
        Assert.Equal([beside, (string)second.Body["version_id"]!, first], await VersionsAsync(id));

        var main = (await host.SendAsync("GET", $"{Path}/{id}")).Body;
        Assert.Equal(("Good morning", "front", "morning", (string?)second.Body["version_id"]),
            ((string?)main["greeting"], (string?)main["description"], (string?)main["version_name"], (string?)main["version_id"]));
        Assert.Contains((await host.SendAsync("GET", Path)).List,
            a => (string?)a!["id"] == id && (string?)a["greeting"] == "Good morning");
        Assert.Equal("Hello", (string?)(await host.SendAsync("GET", $"{Path}/{id}/versions/{first}")).Body["greeting"]);

        Assert.Equal(200, (await host.SendAsync("POST", $"{Path}/{id}/versions/{first}/promote")).Status);
        main = (await host.SendAsync("GET", $"{Path}/{id}")).Body;
        Assert.Equal(("Hello", first), ((string?)main["greeting"], (string?)main["version_id"]));
        Assert.Null(main["version_name"]);
        Assert.Equal(3, (await VersionsAsync(id)).Count);
    }

    [Fact]
    public async Task PATCH_changes_one_as_POST_does_and_no_other_method()
    {
        // So do the tests of the vendor's own command line, and many programs.
        string id = await MakeAsync(""" ,"greeting":"Hello" """);
        var changed = await host.SendAsync("PATCH", $"{Path}/{id}", """{"name":"cli-test-ts-assistant-updated"}""");
        Assert.True(changed.Status == 200, changed.Text);
        Assert.Equal(("cli-test-ts-assistant-updated", "Hello"), ((string?)changed.Body["name"], (string?)changed.Body["greeting"]));
        Assert.Equal(2, (await VersionsAsync(id)).Count);
        (await host.SendAsync("PATCH", $"{Path}/{id}", """{"tools":[{"type":"retrieval","retrieval":{"bucket_ids":["b"]}}]}"""))
            .Refuses(422, "10015");
        (await host.SendAsync("PATCH", $"{Path}/assistant-none", """{"name":"x"}""")).Refuses(404, "10005");
        (await host.SendAsync("PUT", $"{Path}/{id}", """{"name":"x"}""")).Refuses(405, "10030");
    }

    [Fact]
    public async Task Null_clears_a_field_and_what_must_be_there_stays()
    {
        string id = await MakeAsync(""" ,"greeting":"Hello" """);
        Assert.Null((await ChangeAsync(id, """{"greeting":null}""")).Body["greeting"]);
        (await host.SendAsync("POST", $"{Path}/{id}", """{"instructions":null}""")).Refuses(422, "10004", "/instructions");
        (await host.SendAsync("POST", $"{Path}/{id}", """{"name":" "}""")).Refuses(422, "10004", "/name");
        (await host.SendAsync("POST", $"{Path}/{id}", $$"""{"greeting":"{{new string('x', 3_001)}}"}"""))
            .Refuses(422, "10025", "/greeting");
        Assert.Equal(2, (await VersionsAsync(id)).Count);
    }

    [Fact]
    public async Task What_an_assistant_of_the_vendor_has_unasked_is_no_wish()
    {
        string id = await MakeAsync("""
            ,"voice_settings":{"voice":"Telnyx.KokoroTTS.af","background_audio":{"type":"predefined_media","value":"silence","volume":0.5},
            "use_speaker_boost":false,"style":0.0,"speed":1.0,"language_boost":null},
            "interruption_settings":{"enable":true,"interrupt_prediction_threshold":0},
            "observability_settings":{"status":"disabled","host":null,"prompt_sync":"disabled"}
            """);
        foreach (var (field, wish) in new[]
        {
            ("background_audio", """{"type":"predefined_media","value":"office"}"""), ("similarity_boost", "0.8"), ("style", "0.3"),
            ("speed", "1.2"), ("temperature", "0.5"), ("use_speaker_boost", "true"),
        })
        {
            string body = """{"voice_settings":{"voice":"Telnyx.KokoroTTS.af","FIELD":WISH}}""";
            (await host.SendAsync("POST", $"{Path}/{id}",
                body.Replace("FIELD", field, StringComparison.Ordinal).Replace("WISH", wish, StringComparison.Ordinal)))
                .Refuses(422, "10015", $"/voice_settings/{field}");
        }

        (await host.SendAsync("POST", $"{Path}/{id}", """{"interruption_settings":{"interrupt_prediction_threshold":0.4}}"""))
            .Refuses(422, "10015", "/interruption_settings/interrupt_prediction_threshold");
        (await host.SendAsync("POST", $"{Path}/{id}", """{"observability_settings":{"status":"enabled"}}"""))
            .Refuses(422, "10015", "/observability_settings");
    }

    [Fact]
    public async Task The_main_version_is_neither_changed_nor_deleted()
    {
        string id = await MakeAsync(), beside = await BesideAsync(id), main = (await VersionsAsync(id))[1];
        (await host.SendAsync("POST", $"{Path}/{id}/versions/{main}", """{"greeting":"x"}""")).Refuses(400, "10015");
        (await host.SendAsync("DELETE", $"{Path}/{id}/versions/{main}")).Refuses(400, "10015");

        var changed = await host.SendAsync("POST", $"{Path}/{id}/versions/{beside}", """{"greeting":"Changed"}""");
        Assert.Equal(("Changed", beside), ((string?)changed.Body["greeting"], (string?)changed.Body["version_id"]));
        Assert.Equal([beside, main], await VersionsAsync(id));
        Assert.Equal(204, (await host.SendAsync("DELETE", $"{Path}/{id}/versions/{beside}")).Status);
        (await host.SendAsync("GET", $"{Path}/{id}/versions/{beside}")).Refuses(404, "10005");
        Assert.Equal([main], await VersionsAsync(id));
        // Another assistant's version is none of this one.
        string other = (await VersionsAsync(await MakeAsync()))[0];
        (await host.SendAsync("GET", $"{Path}/{id}/versions/{other}")).Refuses(404, "10005");
        (await host.SendAsync("POST", $"{Path}/{id}/versions/{other}/promote")).Refuses(404, "10005");
    }

    [Fact]
    public async Task A_canary_names_versions_beside_the_main_one_and_shares_below_the_whole()
    {
        string id = await MakeAsync(), one = await BesideAsync(id), two = await BesideAsync(id);
        string main = (string)(await host.SendAsync("GET", $"{Path}/{id}")).Body["version_id"]!;
        (await host.SendAsync("GET", $"{Path}/{id}/canary-deploys")).Refuses(404, "10005");
        (await CanaryAsync("PUT", id, (one, 10))).Refuses(404, "10005");
        (await host.SendAsync("DELETE", $"{Path}/{id}/canary-deploys")).Refuses(404, "10005");

        (await CanaryAsync("POST", id, (one, 60), (two, 50))).Refuses(422, "10033", "/versions");
        (await CanaryAsync("POST", id, (one, 50), (two, 50))).Refuses(422, "10033", "/versions");
        Assert.Equal(422, (await CanaryAsync("POST", id, (one, 0))).Status);
        Assert.Equal(422, (await CanaryAsync("POST", id, (one, 100))).Status);
        (await CanaryAsync("POST", id)).Refuses(422, "10033", "/versions");
        (await CanaryAsync("POST", id, (one, 10), (one, 20))).Refuses(422, "10033", "/versions/1/version_id");
        (await CanaryAsync("POST", id, (main, 10))).Refuses(422, "10033", "/versions/0/version_id");
        (await CanaryAsync("POST", id, (Guid.NewGuid().ToString(), 10))).Refuses(422, "10015", "/versions/0/version_id");

        var made = await CanaryAsync("POST", id, (one, 12.5));
        Assert.True(made.Status == 200, made.Text);
        (await CanaryAsync("POST", id, (two, 10))).Refuses(400, "10015");
        (await host.SendAsync("DELETE", $"{Path}/{id}/versions/{one}")).Refuses(422, "10021");
        Assert.Equal(200, (await CanaryAsync("PUT", id, (two, 40))).Status);
        var shown = (await host.SendAsync("GET", $"{Path}/{id}/canary-deploys")).Body;
        Assert.Equal((id, two, 40d), ((string?)shown["assistant_id"], (string?)shown["versions"]![0]!["version_id"],
            (double)shown["versions"]![0]!["percentage"]!));

        Assert.Equal(200, (await host.SendAsync("POST", $"{Path}/{id}/versions/{two}/promote")).Status);
        (await host.SendAsync("GET", $"{Path}/{id}/canary-deploys")).Refuses(404, "10005");
        Assert.Equal(200, (await CanaryAsync("POST", id, (main, 10))).Status);
        Assert.Equal(204, (await host.SendAsync("DELETE", $"{Path}/{id}/canary-deploys")).Status);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_by_its_name()
    {
        await MakeAsync(""" ,"telephony_settings":{"supports_unauthenticated_web_calls":"false"} """);
        (await PostAsync(""" ,"telephony_settings":{"supports_unauthenticated_web_calls":"true"} """))
            .Refuses(422, "10015", "/telephony_settings/supports_unauthenticated_web_calls");
        (await PostAsync(""" ,"llm_api_key_ref":"nothing" """)).Refuses(422, "10015", "/llm_api_key_ref");
        (await PostAsync(""" ,"insight_settings":{"insight_group_id":"nothing"} """))
            .Refuses(422, "10015", "/insight_settings/insight_group_id");
        (await PostAsync(""" ,"telephony_settings":{"default_texml_app_id":"1"} """))
            .Refuses(422, "10015", "/telephony_settings/default_texml_app_id");
        (await PostAsync(""" ,"messaging_settings":{"default_messaging_profile_id":"1"} """))
            .Refuses(422, "10015", "/messaging_settings/default_messaging_profile_id");
        (await PostAsync(""" ,"dynamic_variables_webhook_url":"http://127.0.0.1/" """))
            .Refuses(422, "10003", "/dynamic_variables_webhook_url");
        (await PostAsync(""" ,"tools":[{"type":"webhook","webhook":{"name":"a","description":"d","url":"http://127.0.0.1/"}}] """))
            .Refuses(422, "10003", "/tools/0/webhook/url");
        (await PostAsync(""" ,"tools":[{"type":"webhook","webhook":{"name":"a","description":"d","url":"file:///{x}"}}] """))
            .Refuses(422, "10003", "/tools/0/webhook/url");
        (await PostAsync(""" ,"tools":[{"type":"retrieval","retrieval":{"bucket_ids":["b"]}}] """)).Refuses(422, "10015");
        string theirs = await MakeAsync(key: TelnyxHost.OtherTenantKey);
        (await PostAsync(
            $$""" ,"tools":[{"type":"handoff","handoff":{"ai_assistants":[{"id":"{{theirs}}","name":"other"}]} }] """))
            .Refuses(422, "10015", "/tools/0/handoff/ai_assistants/0/id");

        Task<Answer> PostAsync(string more) =>
            host.SendAsync("POST", Path, $$"""{"name":"desk","model":"some/model","instructions":"Be brief."{{more}}}""");
    }

    [Fact]
    public async Task Another_accounts_assistant_is_not_there()
    {
        string theirs = await MakeAsync(key: TelnyxHost.OtherTenantKey);
        foreach (var (method, path) in new[]
        {
            ("GET", ""), ("DELETE", ""), ("POST", "/clone"), ("GET", "/versions"), ("GET", "/canary-deploys"), ("GET", "/texml"),
        })
            (await host.SendAsync(method, $"{Path}/{theirs}{path}")).Refuses(404, "10005");
        (await host.SendAsync("POST", $"{Path}/{theirs}", """{"greeting":"x"}""")).Refuses(404, "10005");
        Assert.DoesNotContain((await host.SendAsync("GET", Path)).List, a => (string?)a!["id"] == theirs);
    }

    [Fact]
    public async Task What_is_deleted_takes_its_versions()
    {
        string id = await MakeAsync(), version = await BesideAsync(id);
        var gone = await host.SendAsync("DELETE", $"{Path}/{id}");
        Assert.Equal((id, "assistant", true), ((string?)gone.Body["id"], (string?)gone.Body["object"], (bool)gone.Body["deleted"]!));
        (await host.SendAsync("GET", $"{Path}/{id}")).Refuses(404, "10005");
        (await host.SendAsync("DELETE", $"{Path}/{id}")).Refuses(404, "10005");
        var left = await host.Store.Documents.ListOfAllTenantsAsync("ai_assistant_version", TestContext.Current.CancellationToken);
        Assert.DoesNotContain(left, row => row.Id == version || (string?)row.Body["assistant_id"] == id);
    }

    [Fact]
    public async Task Changes_at_the_same_time_each_make_a_version()
    {
        string id = await MakeAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => ChangeAsync(id, $$"""{"greeting":"{{i}}"}""")));
        var versions = (await host.SendAsync("GET", $"{Path}/{id}/versions")).List;
        Assert.Equal(9, versions.Count);
        Assert.Equal(9, versions.Select(v => (string?)v!["greeting"]).Distinct().Count());
        Assert.Equal((string?)versions[0]!["version_id"], (string?)(await host.SendAsync("GET", $"{Path}/{id}")).Body["version_id"]);
    }

    [Theory, InlineData("application/json"), InlineData("application/xml")]
    public async Task The_document_of_an_assistant_names_it(string accepted)
    {
        string id = await MakeAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Path}/{id}/texml");
        request.Headers.Authorization = new("Bearer", TelnyxHost.Key);
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(accepted));
        using var answer = await host.SendAsync(request);
        string text = await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(accepted, answer.Content.Headers.ContentType!.MediaType);
        string document = accepted is "application/json" ? JsonNode.Parse(text)!.GetValue<string>() : text;
        var connect = System.Xml.Linq.XDocument.Parse(document).Root!.Element("Connect")!;
        Assert.Equal(id, (string?)connect.Element("AIAssistant")!.Attribute("id"));
    }

    [Fact]
    public async Task A_test_talks_with_whom_a_number_of_the_account_leads_to()
    {
        string application = (string)(await host.SendAsync("POST", "/v2/texml_applications",
            """{"friendly_name":"desk","voice_url":"https://93.184.216.34/a.xml"}""")).Data["id"]!;
        const string number = "+15550330001", foreign = "+15550330002";
        await host.Store.Numbers.ImportAsync(
            [
                Imported.Number(new(number, host.Tenant, new ConnectionId(long.Parse(application))), 330_001, host.Time.GetUtcNow()),
                Imported.Number(new(foreign, host.Stranger, null), 330_002, host.Time.GetUtcNow()),
            ], TestContext.Current.CancellationToken);
        Assert.Equal(422, (await AskAsync(number)).Status);
        string assistant = await MakeAsync($$""" ,"telephony_settings":{"default_texml_app_id":"{{application}}"} """);
        Assert.Equal(201, (await AskAsync(number)).Status);
        var found = await TestDestination.FindAsync(host.Tenant, number, host.Store, TestContext.Current.CancellationToken);
        Assert.Equal(assistant, found!.Id);
        (await AskAsync(foreign)).Refuses(422, "10015", "/destination");

        Task<Answer> AskAsync(string destination) => host.SendAsync("POST", $"{Path}/tests", $$"""
            {"name":"t","destination":"{{destination}}","instructions":"Ask.","rubric":[{"name":"polite","criteria":"Says please."}]}
            """);
    }

    [Fact]
    public async Task Tests_are_kept_by_suites_and_changed_field_by_field()
    {
        string assistant = await MakeAsync();
        const string rubric = """ "rubric":[{"name":"polite","criteria":"Says please."}] """;
        (await host.SendAsync("POST", $"{Path}/tests", $$"""{"name":"t","destination":"nobody","instructions":"Ask.",{{rubric}}}"""))
            .Refuses(422, "10015", "/destination");
        foreach (string suite in new[] { "late", "early", "late" })
            Assert.Equal(201, (await host.SendAsync("POST", $"{Path}/tests",
                $$"""{"name":"t","destination":"{{assistant}}","instructions":"Ask.","test_suite":"{{suite}}",{{rubric}}}""")).Status);
        Assert.Equal(["early", "late"], (await host.SendAsync("GET", $"{Path}/tests/test-suites")).List.Select(s => (string?)s));
        var listed = await host.SendAsync("GET", $"{Path}/tests?test_suite=late&destination={assistant}&page[size]=1");
        Assert.Equal((1, 2), (listed.List.Count, (int)listed.Body["meta"]!["total_results"]!));

        string id = (string)listed.List[0]!["test_id"]!;
        var changed = await host.SendAsync("PUT", $"{Path}/tests/{id}", """{"name":"other"}""");
        Assert.Equal(("other", "Ask.", "web_chat"), ((string?)changed.Body["name"], (string?)changed.Body["instructions"],
            (string?)changed.Body["telnyx_conversation_channel"]));
        (await host.SendAsync("GET", $"{Path}/tests/{id}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        // A run needs a model, and is never made up.
        (await host.SendAsync("POST", $"{Path}/tests/{id}/runs", "{}")).Refuses(501, "10041");
        Assert.Equal(200, (await host.SendAsync("DELETE", $"{Path}/tests/{id}")).Status);
        (await host.SendAsync("GET", $"{Path}/tests/{id}")).Refuses(404, "10005");
    }
}
