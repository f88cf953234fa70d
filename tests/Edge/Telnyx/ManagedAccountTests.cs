using System.Text.Json.Nodes;

namespace Ringwright.Edge.Telnyx;

/// <summary>Accounts below the caller's, over the wire.</summary>
public sealed class ManagedAccountTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Path = "/v2/managed_accounts";

    private async Task<JsonObject> MakeAsync(string name, string more = "")
    {
        var made = await host.SendAsync("POST", Path, $$"""{"business_name":"{{name}}"{{more}}}""");
        Assert.True(made.Status == 200, made.Text);
        return made.Data;
    }

    [Fact]
    public async Task A_managed_account_comes_with_keys_that_work_and_that_its_manager_reads_again()
    {
        var made = await MakeAsync("Larry's Cat Food",
            ""","email":"larry@example.com","managed_account_allow_custom_pricing":true,"rollup_billing":true """);
        (await host.SendAsync("POST", Path, """{"business_name":"Larry's","password":"3jVjLq!tMuWKyWx4NN"}"""))
            .Refuses(422, "10015", "/password");
        Assert.Equal(("managed_account", "Larry's Cat Food", "larry@example.com"),
            ((string?)made["record_type"], (string?)made["organization_name"], (string?)made["email"]));
        Assert.Equal((true, true, host.Tenant.ToString()),
            ((bool)made["managed_account_allow_custom_pricing"]!, (bool)made["rollup_billing"]!, (string?)made["manager_account_id"]));
        Assert.Equal("""{"available_credit":"0.00","balance":"0.00","credit_limit":"0.00","currency":"USD","record_type":"balance"}""",
            made["balance"]!.ToJsonString());
        Assert.Matches("^KEY[0-9A-F]{32}_[A-Za-z0-9]{22}$", (string?)made["api_key"]);
        Assert.Matches("^[A-Za-z0-9_-]{22}$", (string?)made["api_token"]);
        foreach (string key in new[] { (string)made["api_key"]!, (string)made["api_token"]! })
        {
            var own = await host.SendAsync("GET", "/v2/call_control_applications", key: key);
            Assert.True(own.Status == 200, own.Text);
            Assert.Empty(own.List);
        }
        var read = await host.SendAsync("GET", $"{Path}/{made["id"]}");
        Assert.True(JsonNode.DeepEquals(made, read.Data), read.Text);
        var listed = (await host.SendAsync("GET", $"{Path}?filter[email][eq]=larry@example.com")).List.Single()!;
        Assert.Equal((string?)made["id"], (string?)listed["id"]);
        Assert.Null(listed["api_key"]);
    }

    [Fact]
    public async Task A_managed_account_has_none_below_it_and_finds_nothing_above_it()
    {
        var made = await MakeAsync("Middle");
        string key = (string)made["api_key"]!;
        (await host.SendAsync("POST", Path, """{"business_name":"Below"}""", key)).Refuses(403, "10038");
        (await host.SendAsync("GET", $"{Path}/allocatable_global_outbound_channels", key: key)).Refuses(403, "10010");
        Assert.Empty((await host.SendAsync("GET", Path, key: key)).List);
        foreach (string id in new[] { (string)made["id"]!, host.Tenant.ToString(), Guid.NewGuid().ToString(), "nothing" })
            (await host.SendAsync("GET", $"{Path}/{id}", key: key)).Refuses(404, "10005");
    }

    [Theory]
    [InlineData("GET", "", null), InlineData("PATCH", "", """{"managed_account_allow_custom_pricing":true}"""),
        InlineData("POST", "/actions/disable", null)]
    [InlineData("POST", "/actions/enable", "{}"), InlineData("PATCH", "/update_global_channel_limit", """{"channel_limit":1}"""),
        InlineData("PATCH", "/update_global_channel_limit", "{}")]
    public async Task Another_accounts_child_is_404(string method, string action, string? body)
    {
        var made = await MakeAsync($"Guarded {Guid.NewGuid():N}");
        var theirs = await host.SendAsync(method, $"{Path}/{made["id"]}{action}", body, TelnyxHost.OtherTenantKey);
        theirs.Refuses(404, "10005");
        (await host.SendAsync(method, $"{Path}/{host.Tenant}{action}", body)).Refuses(404, "10005");
        Assert.Equal(theirs.Error["detail"]!.ToJsonString(),
            (await host.SendAsync(method, $"{Path}/{Guid.NewGuid()}{action}", body)).Error["detail"]!.ToJsonString());
    }

    [Theory]
    [InlineData("{}", "10004", "/business_name"), InlineData("""{"business_name":"  "}""", "10025", "/business_name"),
        InlineData("""{"business_name":"a\u0007"}""", "10025", "/business_name")]
    [InlineData("""{"business_name":"A","email":"nobody"}""", "10019", "/email"),
        InlineData("""{"business_name":"A","email":"A <a@example.com>"}""", "10019", "/email")]
    [InlineData("""{"business_name":5}""", "10020", "/business_name")]
    public async Task What_cannot_be_is_refused_at_its_field(string body, string code, string pointer) =>
        (await host.SendAsync("POST", Path, body)).Refuses(422, code, pointer);

    [Fact]
    public async Task An_address_is_taken_once_below_one_account()
    {
        await MakeAsync("One", ""","email":"once@example.com" """);
        (await host.SendAsync("POST", Path, """{"business_name":"Two","email":"once@example.com"}""")).Refuses(422, "10015", "/email");
        Assert.Equal(200, (await host.SendAsync("POST", Path, """{"business_name":"Two","email":"once@example.com"}""",
            TelnyxHost.OtherTenantKey)).Status);
    }

    [Fact]
    public async Task A_disabled_accounts_keys_are_refused_at_once_and_work_again_when_it_is_enabled()
    {
        var made = await MakeAsync("Switched");
        string key = (string)made["api_key"]!, id = (string)made["id"]!;
        var application = await host.SendAsync("POST", "/v2/call_control_applications",
            """{"application_name":"app","webhook_event_url":"https://93.184.216.34/h"}""", key);
        Assert.Equal(201, application.Status);
        Assert.Equal(200, (await host.SendAsync("POST", $"{Path}/{id}/actions/disable")).Status);
        foreach (string secret in new[] { key, (string)made["api_token"]! })
            (await host.SendAsync("GET", "/v2/call_control_applications", key: secret)).Refuses(403, "20012");
        (await host.SendAsync("POST", "/v2/calls", "{}", key)).Refuses(403, "20012");
        Assert.Equal(200, (await host.SendAsync("POST", $"{Path}/{id}/actions/disable")).Status);

        Assert.Equal(200, (await host.SendAsync("POST", $"{Path}/{id}/actions/enable")).Status);
        Assert.False(await IsActiveAsync());
        Assert.Equal(200, (await host.SendAsync("POST", $"{Path}/{id}/actions/enable", """{"reenable_all_connections":true}""")).Status);
        Assert.True(await IsActiveAsync());

        async Task<bool> IsActiveAsync() =>
            (bool)(await host.SendAsync("GET", $"/v2/call_control_applications/{application.Data["id"]}", key: key)).Data["active"]!;
    }

    [Fact]
    public async Task Channels_are_given_within_the_managers_own()
    {
        var before = (await host.SendAsync("GET", $"{Path}/allocatable_global_outbound_channels")).Data;
        Assert.Equal("allocatable_global_outbound_channels", (string?)before["record_type"]);
        var (a, b) = ((string)(await MakeAsync("Shares A"))["id"]!, (string)(await MakeAsync("Shares B"))["id"]!);
        var given = await ShareAsync(a, "30");
        Assert.Equal((30, "managed_account_global_outbound_settings", a),
            ((int)given.Data["channel_limit"]!, (string?)given.Data["record_type"], (string?)given.Data["id"]));
        // A new account of a manager without a limit begins with ten.
        Assert.Equal(30 + 10, (int)(await host.SendAsync("GET", $"{Path}/allocatable_global_outbound_channels"))
            .Data["total_global_channels_allocated"]! - (int)before["total_global_channels_allocated"]!);
        Assert.Equal(30, host.Store.Routing.Current.FindTenant(new(Guid.Parse(a)))!.Limits.Channels);
        foreach (string wrong in new[] { "-1", "1000001", "999971" }) (await ShareAsync(b, wrong)).Refuses(422, "10033", "/channel_limit");
        (await ShareAsync(b, "\"five\"")).Refuses(422, "10026", "/channel_limit");
        Assert.Equal(10, (int)(await host.SendAsync("PATCH", $"{Path}/{b}/update_global_channel_limit", "{}")).Data["channel_limit"]!);
        await ShareAsync(a, "0");

        Task<Answer> ShareAsync(string id, string limit) =>
            host.SendAsync("PATCH", $"{Path}/{id}/update_global_channel_limit", $$"""{"channel_limit":{{limit}}}""");
    }

    [Fact]
    public async Task Both_accounts_are_told_who_changed_what()
    {
        var made = await MakeAsync("Told");
        string id = (string)made["id"]!;
        await host.SendAsync("PATCH", $"{Path}/{id}", """{"managed_account_allow_custom_pricing":true}""");
        await host.SendAsync("POST", $"{Path}/{id}/actions/disable");
        await host.SendAsync("POST", $"{Path}/{id}/actions/enable");

        var above = (await host.SendAsync("GET", "/v2/audit_events?page[size]=250&sort=asc")).List
            .Where(e => (string?)e!["resource_id"] == id).ToList();
        Assert.Equal(["created", "updated", "disabled", "enabled"], above.Select(e => (string?)e!["change_type"]));
        Assert.All(above, e => Assert.Equal("account_owner", (string?)e!["change_made_by"]));
        Assert.Equal("""[{"field":"managed_account_allow_custom_pricing","from":false,"to":true}]""", above[1]!["changes"]!.ToJsonString());

        var below = (await host.SendAsync("GET", "/v2/audit_events?sort=asc", key: (string)made["api_key"]!)).List;
        Assert.Equal(["created", "updated", "disabled", "enabled"],
            below.Where(e => (string?)e!["record_type"] == "managed_account").Select(e => (string?)e!["change_type"]));
        Assert.All(below.Where(e => (string?)e!["record_type"] == "managed_account"),
            e => Assert.Equal("account_manager", (string?)e!["change_made_by"]));
        Assert.Equal(2, below.Count(e => (string?)e!["record_type"] == "api_key"));
        Assert.DoesNotContain((string)made["api_key"]!, below.ToJsonString(), StringComparison.Ordinal);
    }
}
