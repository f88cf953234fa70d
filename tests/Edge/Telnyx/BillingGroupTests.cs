using System.Text.Json.Nodes;

namespace Ringwright.Edge.Telnyx;

public sealed class BillingGroupTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Path = "/v2/billing_groups";

    private async Task<string> MakeAsync(string name, string key = TelnyxHost.Key)
    {
        var made = await host.SendAsync("POST", Path, $$"""{"name":"{{name}}"}""", key);
        Assert.True(made.Status == 200, made.Text);
        return (string)made.Data["id"]!;
    }

    [Fact]
    public async Task A_group_is_made_renamed_and_leaves_a_stamp_when_it_is_deleted()
    {
        var made = await host.SendAsync("POST", Path, """{"name":"Sales"}""");
        Assert.True(made.Status == 200, made.Text);
        Assert.Equal(("billing_group", "Sales", host.Tenant.ToString()),
            ((string?)made.Data["record_type"], (string?)made.Data["name"], (string?)made.Data["organization_id"]));
        Assert.True(made.Data.ContainsKey("deleted_at") && made.Data["deleted_at"] is null, made.Text);
        string path = $"{Path}/{made.Data["id"]}";
        Assert.Equal("Marketing", (string?)(await host.SendAsync("PATCH", path, """{"name":"Marketing"}""")).Data["name"]);
        (await host.SendAsync("PATCH", path, """{"name":" "}""")).Refuses(422, "10025", "/name");
        Assert.Equal("Marketing", (string?)(await host.SendAsync("GET", path)).Data["name"]);
        (await host.SendAsync("GET", path, key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");

        Assert.NotNull((await host.SendAsync("DELETE", path)).Data["deleted_at"]);
        (await host.SendAsync("GET", path)).Refuses(404, "10005");
        (await host.SendAsync("DELETE", path)).Refuses(404, "10005");
        Assert.DoesNotContain((await host.SendAsync("GET", $"{Path}?page[size]=250")).List, g => (string?)g!["name"] == "Marketing");
        Assert.StartsWith("billing-group-", (string?)(await host.SendAsync("POST", Path, "{}")).Data["name"]);
    }

    [Fact]
    public async Task Numbers_and_profiles_name_a_group_of_their_own_account_and_keep_it_from_being_deleted()
    {
        string group = await MakeAsync("In use"), theirs = await MakeAsync("Theirs", TelnyxHost.OtherTenantKey);
        await host.Store.Numbers.ImportAsync(
            [Imported.Number(new("+15550177001", host.Tenant, null), 2000000000000007701, host.Time.GetUtcNow())],
            TestContext.Current.CancellationToken);
        var profile = await host.SendAsync("POST", "/v2/outbound_voice_profiles",
            $$"""{"name":"grouped","billing_group_id":"{{group}}"}""");
        Assert.True(profile.Status == 200, profile.Text);
        Assert.Equal(group, (string?)profile.Data["billing_group_id"]);
        (await host.SendAsync("DELETE", $"{Path}/{group}")).Refuses(422, "10021");
        var number = await host.SendAsync("PATCH", "/v2/phone_numbers/+15550177001", $$"""{"billing_group_id":"{{group}}"}""");
        Assert.True(number.Status == 200, number.Text);
        Assert.Equal(group, (string?)number.Data["billing_group_id"]);

        foreach (string wrong in new[] { theirs, Guid.NewGuid().ToString() })
        {
            (await host.SendAsync("PATCH", "/v2/phone_numbers/+15550177001", $$"""{"billing_group_id":"{{wrong}}"}"""))
                .Refuses(422, "10015", "/billing_group_id");
            (await host.SendAsync("PATCH", $"/v2/outbound_voice_profiles/{profile.Data["id"]}",
                $$"""{"name":"grouped","billing_group_id":"{{wrong}}"}""")).Refuses(422, "10015", "/billing_group_id");
        }

        Assert.Equal(200, (await host.SendAsync("PATCH", $"/v2/outbound_voice_profiles/{profile.Data["id"]}",
            """{"name":"grouped","billing_group_id":null}""")).Status);
        var refused = await host.SendAsync("DELETE", $"{Path}/{group}");
        refused.Refuses(422, "10021");
        Assert.Contains("Phone numbers (1) and outbound voice profiles (0)", (string?)refused.Error["detail"], StringComparison.Ordinal);
        Assert.Equal(200, (await host.SendAsync("PATCH", "/v2/phone_numbers/+15550177001", """{"billing_group_id":""}""")).Status);
        Assert.Equal(200, (await host.SendAsync("DELETE", $"{Path}/{group}")).Status);
        (await host.SendAsync("PATCH", "/v2/phone_numbers/+15550177001", $$"""{"billing_group_id":"{{group}}"}"""))
            .Refuses(422, "10015", "/billing_group_id");
    }

    [Fact]
    public async Task A_dial_and_an_answer_name_a_group_of_their_own_account()
    {
        string group = await MakeAsync("Campaign");
        string token = host.Ids.CallControl(host.Tenant, Samples.Leg);
        Assert.Equal(200,
            (await host.SendAsync("POST", $"/v2/calls/{token}/actions/answer", $$"""{"billing_group_id":"{{group}}"}""")).Status);
        Assert.Equal(group, host.Calls.Last!.Labels![Ringwright.Calls.Labels.BillingGroup]);
        (await host.SendAsync("POST", $"/v2/calls/{token}/actions/answer", $$"""{"billing_group_id":"{{Guid.NewGuid()}}"}"""))
            .Refuses(422, "10015", "/billing_group_id");
    }

    [Fact]
    public async Task Tags_of_numbers_and_profiles_are_gathered()
    {
        await host.Store.Numbers.ImportAsync([Imported.Number(new("+15550177002", host.Tenant, null) { Tags = ["Shop", "desk"] },
            2000000000000007702, host.Time.GetUtcNow())], TestContext.Current.CancellationToken);
        Assert.Equal(200,
            (await host.SendAsync("POST", "/v2/outbound_voice_profiles", """{"name":"tagged","tags":["SHOPPERS","other"]}""")).Status);
        var all = (await host.SendAsync("GET", "/v2/user_tags")).Data;
        Assert.Equal("""["Shop","desk"]""", all["number_tags"]!.ToJsonString());
        Assert.Equal("""["SHOPPERS","other"]""", all["outbound_profile_tags"]!.ToJsonString());
        var some = (await host.SendAsync("GET", "/v2/user_tags?filter[starts_with]=shop")).Data;
        Assert.Equal("""{"number_tags":["Shop"],"outbound_profile_tags":["SHOPPERS"]}""", some.ToJsonString());
        Assert.Equal("""{"number_tags":[],"outbound_profile_tags":[]}""",
            (await host.SendAsync("GET", "/v2/user_tags", key: TelnyxHost.OtherTenantKey)).Data.ToJsonString());
        (await host.SendAsync("GET", "/v2/user_tags?filter[ends_with]=shop")).Refuses(400, "10031");
    }
}
