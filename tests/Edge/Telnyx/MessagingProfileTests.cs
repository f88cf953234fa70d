using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>Messaging profiles and which numbers are on them.</summary>
public sealed class MessagingProfileTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private static long _counter = 2000000000000007000;

    private async Task<(string Id, string Text)> NumberAsync(string prefix = "+1555021", bool isStrangers = false)
    {
        long id = Interlocked.Increment(ref _counter);
        string text = $"{prefix}{id % 10_000:0000}";
        await host.Store.Numbers.ImportAsync(
            [Imported.Number(new(text, isStrangers ? host.Stranger : host.Tenant, null), id, host.Time.GetUtcNow())],
            TestContext.Current.CancellationToken);
        return (id.ToString(), text);
    }

    private async Task<string> ProfileAsync(string more = "", string key = TelnyxHost.Key)
    {
        var made = await host.SendAsync("POST", "/v2/messaging_profiles",
            $$"""{"name":"Reminders","whitelisted_destinations":["US"]{{more}}}""", key);
        Assert.True(made.Status == 200, made.Text);
        return (string)made.Data["id"]!;
    }

    private Task<Answer> PutOnAsync(string number, string profile) => host.SendAsync("PATCH", $"/v2/phone_numbers/{number}/messaging",
        $$"""{"messaging_profile_id":"{{profile}}"}""");

    [Fact]
    public async Task Older_clients_put_a_number_on_a_profile_by_a_path_of_their_own()
    {
        var (id, number) = await NumberAsync();
        string profile = await ProfileAsync();
        foreach (string name in (string[])[id, number, Uri.EscapeDataString(number)])
        {
            var put = await host.SendAsync("PATCH", $"/v2/messaging_phone_numbers/{name}", $$"""{"messaging_profile_id":"{{profile}}"}""");
            Assert.True(put.Status == 200, put.Text);
            Assert.Equal((number, profile), ((string?)put.Data["phone_number"], (string?)put.Data["messaging_profile_id"]));
        }
        Assert.Equal(profile, (string?)(await host.SendAsync("GET", $"/v2/messaging_phone_numbers/{id}")).Data["messaging_profile_id"]);
        Assert.Contains((await host.SendAsync("GET", "/v2/messaging_phone_numbers?page[size]=250")).List,
            one => (string?)one!["phone_number"] == number);
        (await host.SendAsync("GET", $"/v2/messaging_phone_numbers/{id}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
    }

    [Fact]
    public async Task A_number_is_put_on_a_profile_by_itself_too_as_many_clients_do()
    {
        var (id, number) = await NumberAsync();
        string profile = await ProfileAsync(), theirs = await ProfileAsync(key: TelnyxHost.OtherTenantKey);
        Task<Answer> ChangeAsync(string body) => host.SendAsync("PATCH", $"/v2/phone_numbers/{id}", body);
        async Task<string?> ProfileOfAsync() =>
            (string?)(await host.SendAsync("GET", $"/v2/phone_numbers/{id}/messaging")).Data["messaging_profile_id"];

        var put = await ChangeAsync($$"""{"messaging_profile_id":"{{profile}}","customer_reference":"R-7"}""");
        Assert.True(put.Status == 200, put.Text);
        Assert.Equal((profile, "R-7"), ((string?)put.Data["messaging_profile_id"], (string?)put.Data["customer_reference"]));
        Assert.Equal((profile, Guid.Parse(profile)),
            (await ProfileOfAsync(), host.Store.Routing.Current.FindOwnNumber(number)!.MessagingProfile!.Value));
        foreach (string kept in (string[])["{\"messaging_profile_id\":null}", "{\"customer_reference\":\"R-8\"}"])
        {
            Assert.Equal(200, (await ChangeAsync(kept)).Status);
            Assert.Equal(profile, await ProfileOfAsync());
        }
        foreach (string wrong in (string[])[$"\"{theirs}\"", $"\"{Guid.NewGuid()}\"", "\"none\"", "7", "[]"])
            (await ChangeAsync($$"""{"messaging_profile_id":{{wrong}}}""")).Refuses(422, "10015", "/messaging_profile_id");
        Assert.Equal(profile, await ProfileOfAsync());
        Assert.Equal(200, (await ChangeAsync("""{"messaging_profile_id":""}""")).Status);
        Assert.Null(await ProfileOfAsync());
        Assert.Null(host.Store.Routing.Current.FindOwnNumber(number)!.MessagingProfile);
    }

    [Fact]
    public async Task Newer_clients_look_for_profiles_and_for_their_numbers_by_more_than_a_page()
    {
        string profile = await ProfileAsync(), other = await ProfileAsync();
        var ((_, first), (_, second), (_, third)) = (await NumberAsync(), await NumberAsync(), await NumberAsync());
        foreach (var (number, on) in new[] { (first, profile), (second, profile), (third, other) })
            Assert.Equal(200, (await PutOnAsync(number, on)).Status);
        async Task<string[]> FoundAsync(string filter) =>
            [.. (await host.SendAsync("GET", $"/v2/phone_numbers/messaging?{filter}")).List
                .Select(one => (string)one!["phone_number"]!).Order(StringComparer.Ordinal)];
        Assert.Equal([first, second], await FoundAsync($"filter[messaging_profile_id]={profile}"));
        Assert.Equal([third], await FoundAsync($"filter[phone_number]={third}"));
        Assert.Equal([second], await FoundAsync($"filter[messaging_profile_id]={profile}&filter[phone_number][contains]={second[^6..]}"));
        Assert.Empty(await FoundAsync($"filter[messaging_profile_id]={other}&filter[phone_number]={first}"));

        var made = await host.SendAsync("POST", "/v2/messaging_profiles", """{"name":"Quarterly","whitelisted_destinations":["US"]}""");
        foreach (string filter in (string[])["filter[name][contains]=uarterl", "filter[name][eq]=Quarterly"])
            Assert.Equal([(string?)made.Data["id"]],
                (await host.SendAsync("GET", $"/v2/messaging_profiles?{filter}")).List.Select(one => (string?)one!["id"]));
        Assert.Empty((await host.SendAsync("GET", "/v2/messaging_profiles?filter[name][eq]=uarterl")).List);
    }

    [Fact]
    public async Task A_profile_is_made_as_guides_to_the_api_have_it()
    {
        var made = await host.SendAsync("POST", "/v2/messaging_profiles", """
            {"name":"Guide","whitelisted_destinations":["US"],"smart_encoding":true,"mms_transcoding":true,"daily_spend_limit_enabled":true,
             "daily_spend_limit":"50.00","number_pool_settings":{"geomatch":true,"sticky_sender":true,"skip_unhealthy":true}}
            """);
        Assert.True(made.Status == 200, made.Text);
        Assert.Equal((true, true, 1m, 1m), ((bool)made.Data["smart_encoding"]!, (bool)made.Data["mms_transcoding"]!,
            (decimal)made.Data["number_pool_settings"]!["toll_free_weight"]!,
            (decimal)made.Data["number_pool_settings"]!["long_code_weight"]!));
        var changed = await host.SendAsync("PATCH", $"/v2/messaging_profiles/{made.Data["id"]}",
            """{"smart_encoding":false,"number_pool_settings":{"long_code_weight":2}}""");
        Assert.True(changed.Status == 200, changed.Text);
        Assert.Equal((false, 2m, true), ((bool)changed.Data["smart_encoding"]!,
            (decimal)changed.Data["number_pool_settings"]!["long_code_weight"]!,
            (bool)changed.Data["number_pool_settings"]!["skip_unhealthy"]!));
    }

    [Fact]
    public async Task A_number_is_put_on_a_profile_by_the_path_of_guides()
    {
        var (id, number) = await NumberAsync();
        var (_, strangers) = await NumberAsync(isStrangers: true);
        string profile = await ProfileAsync(), path = $"/v2/messaging_profiles/{profile}/phone_numbers";
        foreach (string named in (string[])[id, number])
        {
            var put = await host.SendAsync("POST", path, $$"""{"phone_number_id":"{{named}}"}""");
            Assert.True(put.Status == 200, put.Text);
            Assert.Equal((number, profile), ((string?)put.Data["phone_number"], (string?)put.Data["messaging_profile_id"]));
        }
        Assert.Equal([number], (await host.SendAsync("GET", path)).List.Select(one => (string)one!["phone_number"]!));
        foreach (string other in (string[])[strangers, "1", "nobody"])
            (await host.SendAsync("POST", path, $$"""{"phone_number_id":"{{other}}"}""")).Refuses(422, "10015", "/phone_number_id");
        (await host.SendAsync("POST", path, $$"""{"phone_number_id":"{{id}}"}""", TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
    }

    [Fact]
    public async Task Newer_clients_tag_a_number_with_its_settings()
    {
        var (id, number) = await NumberAsync();
        string profile = await ProfileAsync();
        var put = await host.SendAsync("PATCH", $"/v2/phone_numbers/{id}/messaging",
            $$"""{"messaging_profile_id":"{{profile}}","tags":["sales","berlin"]}""");
        Assert.True(put.Status == 200, put.Text);
        Assert.Equal("""["sales","berlin"]""", put.Data["tags"]!.ToJsonString());
        Assert.Equal("""["sales","berlin"]""", (await host.SendAsync("GET", $"/v2/phone_numbers/{id}")).Data["tags"]!.ToJsonString());
        // What does not speak of them keeps them.
        Assert.Equal(200, (await PutOnAsync(number, profile)).Status);
        Assert.Equal(2, (await host.SendAsync("GET", $"/v2/phone_numbers/{id}/messaging")).Data["tags"]!.AsArray().Count);
        var bulk = await host.SendAsync("POST", "/v2/messaging_numbers_bulk_updates",
            $$"""{"messaging_profile_id":"{{profile}}","numbers":["{{number}}"],"assign_only":true}""");
        Assert.True(bulk.Status == 200, bulk.Text);
    }

    [Fact]
    public async Task Numbers_are_listed_by_what_they_are_to_texts_and_in_their_own_order()
    {
        string profile = await ProfileAsync();
        var ((_, first), (_, free), (_, last)) = (await NumberAsync(), await NumberAsync("+1888555"), await NumberAsync());
        foreach (string number in (string[])[last, first, free]) Assert.Equal(200, (await PutOnAsync(number, profile)).Status);
        async Task<string[]> FoundAsync(string filter) =>
            [.. (await host.SendAsync("GET", $"/v2/phone_numbers/messaging?filter[messaging_profile_id]={profile}&{filter}")).List
                .Select(one => (string)one!["phone_number"]!)];
        Assert.Equal([free], await FoundAsync("filter[type]=tollfree"));
        Assert.Equal([free], await FoundAsync("filter[type]=toll-free"));
        Assert.Equal([first, last], await FoundAsync("filter[type]=longcode&sort[phone_number]=asc"));
        Assert.Equal([last], await FoundAsync("filter[type]=longcode&sort[phone_number]=asc&page[number]=2&page[size]=1"));
        Assert.Empty(await FoundAsync("filter[type]=shortcode"));
        Assert.Equal([first, last, free], await FoundAsync("sort[phone_number]=asc"));
        Assert.Equal([free, last, first], await FoundAsync("sort[phone_number]=desc"));
        Assert.Equal([first, free], (await FoundAsync($"filter[phone_number]={first},{free}")).Order(StringComparer.Ordinal));
        (await host.SendAsync("GET", "/v2/phone_numbers/messaging?sort[phone_number]=up")).Refuses(400, "10018");
    }

    [Fact]
    public async Task A_profile_is_made_changed_listed_by_its_name_and_deleted()
    {
        var made = await host.SendAsync("POST", "/v2/messaging_profiles",
            """{"name":"Codes","whitelisted_destinations":["US","*"],"webhook_url":"https://93.184.216.34/texts"}""");
        Assert.True(made.Status == 200, made.Text);
        Assert.Equal(("messaging_profile", "Codes", true, "2", "https://93.184.216.34/texts", "", false),
            ((string?)made.Data["record_type"], (string?)made.Data["name"], (bool?)made.Data["enabled"],
                (string?)made.Data["webhook_api_version"], (string?)made.Data["webhook_url"],
                (string?)made.Data["webhook_failover_url"], (bool?)made.Data["daily_spend_limit_enabled"]));
        Assert.Null(made.Data["number_pool_settings"]);
        string id = (string)made.Data["id"]!;
        Assert.True(JsonNode.DeepEquals(made.Data, (await host.SendAsync("GET", $"/v2/messaging_profiles/{id}")).Data));
        Assert.Equal([id], (await host.SendAsync("GET", "/v2/messaging_profiles?filter[name]=Codes")).List.Select(p => (string?)p!["id"]));

        var changed = await host.SendAsync("PATCH", $"/v2/messaging_profiles/{id}",
            """
            {"name":"Codes 2","webhook_url":"","number_pool_settings":{"toll_free_weight":0,"long_code_weight":1.5,"skip_unhealthy":false}}
            """);
        Assert.True(changed.Status == 200, changed.Text);
        Assert.Equal(("Codes 2", "", 1.5m, false), ((string?)changed.Data["name"], (string?)changed.Data["webhook_url"],
            (decimal?)changed.Data["number_pool_settings"]!["long_code_weight"],
            (bool?)changed.Data["number_pool_settings"]!["sticky_sender"] ?? false));
        Assert.Equal(200, (await host.SendAsync("DELETE", $"/v2/messaging_profiles/{id}")).Status);
        (await host.SendAsync("GET", $"/v2/messaging_profiles/{id}")).Refuses(404, "10005");
    }

    [Fact]
    public async Task A_profile_takes_fields_that_say_nothing_and_countries_in_small_letters()
    {
        var made = await host.SendAsync("POST", "/v2/messaging_profiles",
            """{"name":"Built","whitelisted_destinations":["us","De","*"],"alpha_sender":"","daily_spend_limit":"","webhook_url":""}""");
        Assert.True(made.Status == 200, made.Text);
        Assert.Equal(["US", "DE", "*"], made.Data["whitelisted_destinations"]!.AsArray().Select(country => (string?)country));
        Assert.Null((string?)made.Data["alpha_sender"]);
        Assert.Null((string?)made.Data["daily_spend_limit"]);
        string path = $"/v2/messaging_profiles/{made.Data["id"]}";
        var named = await host.SendAsync("PATCH", path,
            """{"alpha_sender":"Shop","daily_spend_limit":"5","whitelisted_destinations":["gb"]}""");
        Assert.Equal(("Shop", "5", "GB"), ((string?)named.Data["alpha_sender"], (string?)named.Data["daily_spend_limit"],
            (string?)named.Data["whitelisted_destinations"]![0]));
        var unnamed = await host.SendAsync("PATCH", path, """{"alpha_sender":"","daily_spend_limit":""}""");
        Assert.True(unnamed.Status == 200, unnamed.Text);
        Assert.Null((string?)unnamed.Data["alpha_sender"]);
        Assert.Null((string?)unnamed.Data["daily_spend_limit"]);
    }

    [Theory]
    [InlineData("""{"whitelisted_destinations":["US"]}""", "10004", "/name")]
    [InlineData("""{"name":"x"}""", "10004", "/whitelisted_destinations")]
    [InlineData("""{"name":" ","whitelisted_destinations":["US"]}""", "10025", "/name")]
    [InlineData("""{"name":"x","whitelisted_destinations":[]}""", "10015", "/whitelisted_destinations")]
    [InlineData("""{"name":"x","whitelisted_destinations":["usa"]}""", "10015", "/whitelisted_destinations/0")]
    [InlineData("""{"name":"x","whitelisted_destinations":["US"],"webhook_url":"http://127.0.0.1/x"}""", "10003", "/webhook_url")]
    [InlineData("""{"name":"x","whitelisted_destinations":["US"],"daily_spend_limit_enabled":true}""", "10015", "/daily_spend_limit")]
    [InlineData("""{"name":"x","whitelisted_destinations":["US"],"url_shortener_settings":{"domain":"a.example"}}""", "10015",
        "/url_shortener_settings")]
    [InlineData("""{"name":"x","whitelisted_destinations":["US"],"number_pool_settings":{"toll_free_weight":-1,"long_code_weight":1,"skip_unhealthy":true}}""",
        "10033", "/number_pool_settings/toll_free_weight")]
    public async Task What_is_wrong_about_a_profile_is_said_at_its_place(string body, string code, string pointer) =>
        (await host.SendAsync("POST", "/v2/messaging_profiles", body)).Refuses(422, code, pointer);

    [Fact]
    public async Task A_number_is_put_on_a_profile_shown_there_and_taken_off()
    {
        string profile = await ProfileAsync();
        var (id, text) = await NumberAsync();
        var before = await host.SendAsync("GET", $"/v2/phone_numbers/{id}/messaging");
        Assert.True(before.Status == 200, before.Text);
        Assert.Equal((id, text, "messaging_settings", "long-code", "US", null), ((string?)before.Data["id"],
            (string?)before.Data["phone_number"], (string?)before.Data["record_type"], (string?)before.Data["type"],
            (string?)before.Data["country_code"], (string?)before.Data["messaging_profile_id"]));

        var put = await PutOnAsync(text, profile);
        Assert.True(put.Status == 200, put.Text);
        Assert.Equal(profile, (string?)put.Data["messaging_profile_id"]);
        Assert.Equal(Guid.Parse(profile), host.Store.Routing.Current.FindOwnNumber(text)!.MessagingProfile);
        Assert.Equal(profile, (string?)(await host.SendAsync("GET", $"/v2/phone_numbers/{id}")).Data["messaging_profile_id"]);
        var listed = await host.SendAsync("GET", $"/v2/messaging_profiles/{profile}/phone_numbers");
        Assert.True(JsonNode.DeepEquals(put.Data, Assert.Single(listed.List)), listed.Text);
        Assert.Contains((await host.SendAsync("GET", "/v2/phone_numbers/messaging?page[size]=250")).List,
            n => JsonNode.DeepEquals(n, put.Data));

        // What the number says otherwise stays, and with it its profile.
        await host.SendAsync("PATCH", $"/v2/phone_numbers/{id}", """{"customer_reference":"x"}""");
        Assert.Equal(profile, (string?)(await host.SendAsync("GET", $"/v2/phone_numbers/{id}/messaging")).Data["messaging_profile_id"]);

        (await host.SendAsync("DELETE", $"/v2/messaging_profiles/{profile}")).Refuses(422, "10021");
        Assert.Null((await PutOnAsync(text, "")).Data["messaging_profile_id"]);
        Assert.Null(host.Store.Routing.Current.FindOwnNumber(text)!.MessagingProfile);
        Assert.Empty((await host.SendAsync("GET", $"/v2/messaging_profiles/{profile}/phone_numbers")).List);
        Assert.Equal(200, (await host.SendAsync("DELETE", $"/v2/messaging_profiles/{profile}")).Status);
    }

    [Fact]
    public async Task Nobody_elses_profile_or_number()
    {
        string own = await ProfileAsync(), theirs = await ProfileAsync(key: TelnyxHost.OtherTenantKey);
        var (_, text) = await NumberAsync();
        var (_, stranger) = await NumberAsync(isStrangers: true);
        (await PutOnAsync(text, theirs)).Refuses(422, "10015", "/messaging_profile_id");
        (await PutOnAsync(text, "nothing")).Refuses(422, "10015", "/messaging_profile_id");
        (await PutOnAsync(stranger, own)).Refuses(404, "10005");
        (await host.SendAsync("GET", $"/v2/messaging_profiles/{theirs}")).Refuses(404, "10005");
        (await host.SendAsync("PATCH", $"/v2/messaging_profiles/{theirs}", """{"name":"mine"}""")).Refuses(404, "10005");
        (await host.SendAsync("DELETE", $"/v2/messaging_profiles/{theirs}")).Refuses(404, "10005");
        (await host.SendAsync("GET", $"/v2/messaging_profiles/{theirs}/phone_numbers")).Refuses(404, "10005");
        (await host.SendAsync("GET", $"/v2/messaging_profiles/{theirs}/short_codes")).Refuses(404, "10005");
        Assert.Empty((await host.SendAsync("GET", $"/v2/messaging_profiles/{own}/short_codes")).List);
        (await host.SendAsync("PATCH", $"/v2/phone_numbers/{text}/messaging", """{"messaging_product":"P2P"}"""))
            .Refuses(422, "10015", "/messaging_product");
    }

    [Fact]
    public async Task Ids_may_be_in_capitals()
    {
        string profile = await ProfileAsync(), capitals = profile.ToUpperInvariant();
        Assert.Equal(profile, (string?)(await host.SendAsync("GET", $"/v2/messaging_profiles/{capitals}")).Data["id"]);
        var ((_, one), (id, two)) = (await NumberAsync(), await NumberAsync());
        Assert.Equal(profile, (string?)(await PutOnAsync(one, capitals)).Data["messaging_profile_id"]);
        var listed = (await host.SendAsync("GET", $"/v2/phone_numbers/messaging?filter[messaging_profile_id]={capitals}")).List;
        Assert.Equal(one, (string?)Assert.Single(listed)!["phone_number"]);
        listed = (await host.SendAsync("GET", $"/v2/messaging_profiles/{capitals}/phone_numbers")).List;
        Assert.Equal(one, (string?)Assert.Single(listed)!["phone_number"]);
        var sent = await host.SendAsync("POST", "/v2/messages",
            $$"""{"from":"{{one}}","to":"{{two}}","text":"In capitals","messaging_profile_id":"{{capitals}}"}""");
        Assert.True(sent.Status == 200, sent.Text);
        Assert.Equal(profile, (string?)sent.Data["messaging_profile_id"]);

        string group = (string)(await host.SendAsync("POST", "/v2/billing_groups", """{"name":"In capitals"}""")).Data["id"]!;
        var changed = await host.SendAsync("PATCH", $"/v2/phone_numbers/{id}",
            $$"""{"messaging_profile_id":"{{capitals}}","billing_group_id":"{{group.ToUpperInvariant()}}"}""");
        Assert.True(changed.Status == 200, changed.Text);
        Assert.Equal(group, (string?)changed.Data["billing_group_id"]);
        Assert.Equal(profile, (string?)(await host.SendAsync("GET", $"/v2/phone_numbers/{id}/messaging")).Data["messaging_profile_id"]);
        Assert.Equal(id, (string?)Assert.Single((await host.SendAsync("GET",
            $"/v2/phone_numbers?filter[billing_group_id]={group.ToUpperInvariant()}")).List)!["id"]);
    }

    [Fact]
    public async Task A_toll_free_number_says_so()
    {
        var (id, _) = await NumberAsync("+1833555");
        Assert.Equal("toll-free", (string?)(await host.SendAsync("GET", $"/v2/phone_numbers/{id}/messaging")).Data["type"]);
    }

    [Fact]
    public async Task Many_numbers_at_once_and_those_that_are_not_ours_are_named()
    {
        string profile = await ProfileAsync();
        var (_, one) = await NumberAsync();
        var (_, two) = await NumberAsync();
        var (_, stranger) = await NumberAsync(isStrangers: true);
        var body = new JsonObject { ["messaging_profile_id"] = profile, ["numbers"] = new JsonArray(one, stranger, two, "+15550219999") };
        var asked = await host.SendAsync("POST", "/v2/messaging_numbers_bulk_updates", body.ToJsonString());
        Assert.True(asked.Status == 200, asked.Text);
        Assert.Equal("messaging_numbers_bulk_update", (string?)asked.Data["record_type"]);
        string id = (string)asked.Data["order_id"]!;
        var done = await Eventually.SomeAsync(async () =>
            await host.SendAsync("GET", $"/v2/messaging_numbers_bulk_updates/{id}") is var now
            && now.Data["pending"]!.AsArray().Count == 0 ? now.Data : null, "all numbers are done");
        Assert.Equal([one, two], done["success"]!.AsArray().Select(n => (string)n!));
        Assert.Equal([stranger, "+15550219999"], done["failed"]!.AsArray().Select(n => (string)n!));
        Assert.Equal(Guid.Parse(profile), host.Store.Routing.Current.FindOwnNumber(two)!.MessagingProfile);
        Assert.Null(host.Store.Routing.Current.FindOwnNumber(stranger)!.MessagingProfile);
        Assert.Equal(404, (await host.SendAsync("GET", $"/v2/messaging_numbers_bulk_updates/{id}", (string?)null,
            TelnyxHost.OtherTenantKey)).Status);

        body["numbers"] = new JsonArray();
        (await host.SendAsync("POST", "/v2/messaging_numbers_bulk_updates", body.ToJsonString())).Refuses(422, "10015", "/numbers");
        (body["numbers"], body["messaging_profile_id"]) = (new JsonArray(one), "nothing");
        (await host.SendAsync("POST", "/v2/messaging_numbers_bulk_updates", body.ToJsonString()))
            .Refuses(422, "10015", "/messaging_profile_id");
    }

    [Theory, InlineData("true"), InlineData("false")]
    public async Task A_list_of_numbers_may_be_asked_to_leave_errors_of_profiles_out(string says)
    {
        var (_, number) = await NumberAsync();
        var listed = await host.SendAsync("GET", $"/v2/phone_numbers?handle_messaging_profile_error={says}&page[size]=250");
        Assert.True(listed.Status == 200, listed.Text);
        Assert.Contains(listed.List, one => (string?)one!["phone_number"] == number);
    }
}
