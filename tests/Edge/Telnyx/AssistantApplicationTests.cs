using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Edge.Store;
using Ringwright.Server.Modules;
using Ringwright.Telnyx;
using Ringwright.Telnyx.Assistants;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>The TeXML applications by which assistants are called, over HTTP, as the vendor's clients assign numbers to them.</summary>
public sealed class AssistantApplicationTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Path = "/v2/ai/assistants", Applications = "/v2/texml_applications";
    private const string Called = ""","enabled_features":["telephony"]""", Foreign = "/telephony_settings/default_texml_app_id";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task<JsonObject> MakeAsync(string more = Called)
    {
        var made = await host.SendAsync("POST", Path, $$"""{"name":"desk","model":"some/model","instructions":"Be brief."{{more}}}""");
        Assert.True(made.Status == 200, made.Text);
        return made.Body;
    }

    private async Task<JsonObject> ChangeAsync(string assistant, string body)
    {
        var changed = await host.SendAsync("POST", $"{Path}/{assistant}", body);
        Assert.True(changed.Status == 200, changed.Text);
        return changed.Body;
    }

    private async Task<JsonObject> ShownAsync(string assistant) => (await host.SendAsync("GET", $"{Path}/{assistant}")).Body;

    private static string IdOf(JsonObject assistant) => (string)assistant["id"]!;

    private static string? ApplicationOf(JsonObject assistant) => (string?)assistant["telephony_settings"]?["default_texml_app_id"];

    private static string UrlOf(string assistant) => $"https://calls.example.com/api/v2/ai/assistants/{assistant}/texml";

    /// <summary>Those that lead to an assistant.</summary>
    private async Task<string[]> ApplicationsAsync(string assistant) =>
    [
        .. (await host.SendAsync("GET", $"{Applications}?page[size]=250")).List
            .Where(one => (string?)one!["voice_url"] == UrlOf(assistant)).Select(one => (string)one!["id"]!),
    ];

    [Fact]
    public async Task One_is_made_with_an_assistant_that_is_called_and_a_number_leads_to_it()
    {
        var made = await MakeAsync();
        string id = IdOf(made), application = ApplicationOf(made)!;
        var shown = (await host.SendAsync("GET", $"{Applications}/{application}")).Data;
        Assert.Equal(($"ai-{id}", UrlOf(id)), ((string?)shown["friendly_name"], (string?)shown["voice_url"]));
        var profile = host.Store.Routing.Current.FindTenant(host.Tenant)!.DefaultProfile!.Value;
        Assert.Equal(profile.ToString(CultureInfo.InvariantCulture), (string?)shown["outbound"]!["outbound_voice_profile_id"]);
        Assert.Equal([application], await ApplicationsAsync(id));
        Assert.Equal(application, ApplicationOf(await ShownAsync(id)));
        var version = await host.SendAsync("GET", $"{Path}/{id}/versions/{made["version_id"]}");
        Assert.Equal(application, ApplicationOf(version.Body));
        var trail = (await host.SendAsync("GET", "/v2/audit_events?page[size]=250")).List;
        var told = Assert.Single(trail, e => (string?)e!["resource_id"] == application)!;
        Assert.Equal(("created", "texml_application"), ((string?)told["change_type"], (string?)told["record_type"]));
        Assert.Single(trail, e => (string?)e!["resource_id"] == id);

        const string number = "+15550340001";
        await host.Store.Numbers.ImportAsync([Imported.Number(new(number, host.Tenant, null), 340_001, host.Time.GetUtcNow())], Stop);
        var assigned = await host.SendAsync("PATCH", $"/v2/phone_numbers/{number}", $$"""{"connection_id":"{{application}}"}""");
        Assert.True(assigned.Status == 200, assigned.Text);
        Assert.Equal(id, (await TestDestination.FindAsync(host.Tenant, number, host.Store, Stop))!.Id);

        Assert.Null(ApplicationOf(await MakeAsync("")));
        Assert.Null(ApplicationOf(await MakeAsync(""","enabled_features":["messaging"]""")));
    }

    [Fact]
    public async Task It_stays_with_its_assistant_until_another_one_is_named_or_it_is_gone()
    {
        var made = await MakeAsync();
        string id = IdOf(made), application = ApplicationOf(made)!;
        foreach (string change in new[]
        {
            """{"greeting":"Hi"}""", """{"telephony_settings":{"time_limit_secs":600}}""", """{"telephony_settings":null}""",
            """{"enabled_features":[]}""", """{"enabled_features":["messaging","telephony"]}""",
        })
            Assert.Equal(application, ApplicationOf(await ChangeAsync(id, change)));
        Assert.Equal([application], await ApplicationsAsync(id));

        string own = (string)(await host.SendAsync("POST", Applications,
            """{"friendly_name":"own","voice_url":"https://93.184.216.34/a.xml"}""")).Data["id"]!;
        string naming = $$"""{"telephony_settings":{"default_texml_app_id":"{{own}}"} }""";
        Assert.Equal(own, ApplicationOf(await ChangeAsync(id, naming)));
        Assert.Equal(own, ApplicationOf(await MakeAsync($$"""{{Called}},"telephony_settings":{"default_texml_app_id":"{{own}}"} """)));
        Assert.Equal(200, (await host.SendAsync("DELETE", $"{Applications}/{own}")).Status);
        (await host.SendAsync("POST", $"{Path}/{id}", naming)).Refuses(422, "10015", Foreign);
        // Who says nothing of it is not held up by it.
        string next = ApplicationOf(await ChangeAsync(id, """{"greeting":"Bye"}"""))!;
        string[] both = await ApplicationsAsync(id);
        Assert.Equal(2, both.Length);
        Assert.Contains(application, both);
        Assert.Contains(next, both);
    }

    [Fact]
    public async Task One_that_is_called_later_has_one_from_then_on_and_a_copy_has_its_own()
    {
        string id = IdOf(await MakeAsync(""));
        var beside = await ChangeAsync(id, """{"enabled_features":["telephony"],"promote_to_main":false}""");
        string application = ApplicationOf(beside)!, version = $"{Path}/{id}/versions/{beside["version_id"]}";
        Assert.Null(ApplicationOf(await ShownAsync(id)));
        Assert.Equal([application], await ApplicationsAsync(id));
        var changed = await host.SendAsync("POST", version, """{"telephony_settings":{"time_limit_secs":600}}""");
        Assert.True(changed.Status == 200, changed.Text);
        Assert.Equal(application, ApplicationOf(changed.Body));
        Assert.Equal(200, (await host.SendAsync("POST", $"{version}/promote")).Status);
        Assert.Equal(application, ApplicationOf(await ShownAsync(id)));

        var copy = (await host.SendAsync("POST", $"{Path}/{id}/clone")).Body;
        Assert.NotEqual(application, ApplicationOf(copy));
        Assert.Equal([ApplicationOf(copy)!], await ApplicationsAsync(IdOf(copy)));
        Assert.Equal([application], await ApplicationsAsync(id));
    }

    [Fact]
    public async Task Versions_beside_one_that_names_none_share_one_also_when_the_first_of_them_is_gone()
    {
        const string trial = """{"enabled_features":["telephony"],"promote_to_main":false}""";
        string id = IdOf(await MakeAsync(""));
        var first = await ChangeAsync(id, trial);
        string application = ApplicationOf(first)!;
        Assert.Equal(application, ApplicationOf(await ChangeAsync(id, trial)));
        Assert.Equal(204, (await host.SendAsync("DELETE", $"{Path}/{id}/versions/{first["version_id"]}")).Status);
        Assert.Equal(application, ApplicationOf(await ChangeAsync(id, trial)));
        Assert.Equal(application, ApplicationOf(await ChangeAsync(id, """{"enabled_features":["telephony"]}""")));
        Assert.Equal([application], await ApplicationsAsync(id));
    }

    [Fact]
    public async Task Who_goes_back_to_a_version_that_names_none_has_the_same_later()
    {
        var made = await MakeAsync("");
        string id = IdOf(made), application = ApplicationOf(await ChangeAsync(id, """{"enabled_features":["telephony"]}"""))!;
        Assert.Equal(200, (await host.SendAsync("POST", $"{Path}/{id}/versions/{made["version_id"]}/promote")).Status);
        Assert.Null(ApplicationOf(await ShownAsync(id)));
        var beside = await ChangeAsync(id, """{"greeting":"Hi","promote_to_main":false}""");
        Assert.Null(ApplicationOf(beside));
        var called = await host.SendAsync("POST", $"{Path}/{id}/versions/{beside["version_id"]}", """{"enabled_features":["telephony"]}""");
        Assert.True(called.Status == 200, called.Text);
        Assert.Equal(application, ApplicationOf(called.Body));
        Assert.Equal(application, ApplicationOf(await ChangeAsync(id, """{"enabled_features":["telephony"]}""")));
        Assert.Equal([application], await ApplicationsAsync(id));
        Assert.Null((await ShownAsync(id))["texml_application"]);
    }

    [Fact]
    public async Task Changes_at_the_same_time_make_one()
    {
        string id = IdOf(await MakeAsync(""));
        var changed = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ChangeAsync(id, """{"enabled_features":["telephony"]}""")));
        string application = Assert.Single(await ApplicationsAsync(id));
        Assert.All(changed, one => Assert.Equal(application, ApplicationOf(one)));
    }

    [Fact]
    public async Task It_is_changed_as_any_other_and_outlives_its_assistant()
    {
        var made = await MakeAsync();
        string id = IdOf(made), application = $"{Applications}/{ApplicationOf(made)}";
        // The vendor's clients read both and say them again.
        var changed = await host.SendAsync("PATCH", application,
            $$"""{"friendly_name":"Desk","voice_url":"{{UrlOf(id)}}","status_callback":"https://93.184.216.34/s"}""");
        Assert.True(changed.Status == 200, changed.Text);
        Assert.Equal(("Desk", UrlOf(id)), ((string?)changed.Data["friendly_name"], (string?)changed.Data["voice_url"]));
        // Nobody is asked by such a URL, wherever it leads; by others somebody is.
        Assert.Equal(200, (await SetAsync($"http://127.0.0.1/v2/ai/assistants/{id}/texml")).Status);
        foreach (string other in new[] { "assistant-1/texml", $"{id}/texml/", $"{id}/versions" })
            (await SetAsync($"http://127.0.0.1/v2/ai/assistants/{other}")).Refuses(422, "10003", "/voice_url");

        Assert.Equal(200, (await host.SendAsync("DELETE", $"{Path}/{id}")).Status);
        Assert.Equal(200, (await host.SendAsync("GET", application)).Status);
        Assert.Equal(200, (await host.SendAsync("DELETE", application)).Status);
        (await host.SendAsync("GET", application)).Refuses(404, "10005");

        Task<Answer> SetAsync(string url) => host.SendAsync("PATCH", application, $$"""{"voice_url":"{{url}}"}""");
    }

    [Fact]
    public async Task Another_account_neither_sees_it_nor_names_it()
    {
        string application = ApplicationOf(await MakeAsync())!;
        (await host.SendAsync("GET", $"{Applications}/{application}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        var listed = await host.SendAsync("GET", $"{Applications}?page[size]=250", key: TelnyxHost.OtherTenantKey);
        Assert.DoesNotContain(listed.List, one => (string?)one!["id"] == application);
        string body = $$"""
            {"name":"thief","model":"some/model","instructions":"Be brief."{{Called}},
             "telephony_settings":{"default_texml_app_id":"{{application}}"} }
            """;
        (await host.SendAsync("POST", Path, body, TelnyxHost.OtherTenantKey)).Refuses(422, "10015", Foreign);
    }

    [Fact]
    public async Task A_snapshot_brings_both_back()
    {
        var made = await MakeAsync();
        string id = IdOf(made), application = ApplicationOf(made)!;
        using var folder = new TempFolder();
        string file = folder.File("saved.jsonl");
        await host.Store.Snapshots.SaveAsync(file, host.Tenant, SnapshotKinds.Of(host.Store), withFiles: false, overwrites: true, Stop);
        await using var second = await TestDatabase.ReserveAsync(Product.Sqlite, isMigrated: true);
        second.Areas = new TelnyxModule().Areas;
        await second.ReopenAsync();
        await second.Database.Snapshots.LoadAsync(file, SnapshotKinds.Of(second.Database), SnapshotKinds.DocumentFault, replaces: false,
            static () => 1, Stop);

        var (routing, documents) = (second.Database.Routing.Current, second.Database.Documents);
        var connection = routing.FindConnection(host.Tenant, new(long.Parse(application)))!;
        Assert.Equal(($"ai-{id}", UrlOf(id)), (connection.Name, connection.WebhookUrl));
        var kept = await documents.Rows(new(AssistantRecords.Kind)).FindAsync(host.Tenant, id, Stop);
        Assert.Equal(application, ApplicationOf(kept!.Body));
    }
}
