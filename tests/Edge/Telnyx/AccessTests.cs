using System.Text.Json.Nodes;

namespace Ringwright.Edge.Telnyx;

/// <summary>Access IP addresses and ranges. Who they turn away is tested with a whole node, where requests come from elsewhere.</summary>
public sealed class AccessTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Addresses = "/v2/access_ip_address", Ranges = "/v2/access_ip_ranges";

    /// <summary>The tests ask from 127.0.0.1: a list that does not name it shuts them out.</summary>
    private async Task<string> ListSelfAsync() =>
        (string)(await host.SendAsync("POST", Ranges, """{"cidr_block":"127.0.0.0/8"}""")).Body["id"]!;

    private async Task UnlistSelfAsync(string id) => Assert.Equal(200, (await host.SendAsync("DELETE", $"{Ranges}/{id}")).Status);

    [Fact]
    public async Task An_address_is_added_listed_read_and_deleted()
    {
        string self = await ListSelfAsync();
        var made = await host.SendAsync("POST", Addresses, """{"ip_address":"203.0.113.7","description":"office"}""");
        Assert.True(made.Status == 200, made.Text);
        Assert.Equal(("203.0.113.7", "office", "added", host.Tenant.ToString()), ((string?)made.Body["ip_address"],
            (string?)made.Body["description"], (string?)made.Body["status"], (string?)made.Body["user_id"]));
        Assert.Matches("^[0-9]{19}$", (string?)made.Body["id"]);
        (await host.SendAsync("POST", Addresses, """{"ip_address":"203.0.113.7"}""")).Refuses(422, "10015", "/ip_address");

        var read = await host.SendAsync("GET", $"{Addresses}/{made.Body["id"]}");
        Assert.True(JsonNode.DeepEquals(made.Body, read.Body), read.Text);
        Assert.Single((await host.SendAsync("GET",
            $"{Addresses}?filter[ip_address]=203.0.113.7&filter[ip_source]=api&filter[created_at][gte]=2020-01-01T00:00:00Z")).List);
        Assert.Empty((await host.SendAsync("GET", $"{Addresses}?filter[created_at][lt]=2020-01-01T00:00:00Z")).List);
        (await host.SendAsync("GET", $"{Addresses}/{made.Body["id"]}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        (await host.SendAsync("DELETE", $"{Addresses}/{made.Body["id"]}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");

        var gone = await host.SendAsync("DELETE", $"{Addresses}/{made.Body["id"]}");
        Assert.Equal((200, (string?)made.Body["id"]), (gone.Status, (string?)gone.Body["id"]));
        (await host.SendAsync("GET", $"{Addresses}/{made.Body["id"]}")).Refuses(404, "10005");
        await UnlistSelfAsync(self);
    }

    [Fact]
    public async Task A_range_is_added_listed_and_deleted()
    {
        string self = await ListSelfAsync();
        var made = await host.SendAsync("POST", Ranges, """{"cidr_block":"2001:DB8::/32"}""");
        Assert.True(made.Status == 200, made.Text);
        Assert.Equal(("2001:db8::/32", "added"), ((string?)made.Body["cidr_block"], (string?)made.Body["status"]));
        foreach (string filter in new[] { "[contains]=DB8", "[startswith]=2001", "[endswith]=/32", "=2001:db8::/32" })
            Assert.Single((await host.SendAsync("GET", $"{Ranges}?filter[cidr_block]{filter}")).List);
        Assert.Empty((await host.SendAsync("GET", $"{Ranges}?filter[cidr_block][endswith]=/33")).List);
        Assert.Equal(200, (await host.SendAsync("DELETE", $"{Ranges}/{made.Body["id"]}")).Status);
        (await host.SendAsync("DELETE", $"{Ranges}/{made.Body["id"]}")).Refuses(404, "10005");
        await UnlistSelfAsync(self);
    }

    [Theory]
    [InlineData("1"), InlineData("203.0.113"), InlineData("0x7f.0.0.1"), InlineData("203.0.113.7/32"), InlineData("203.0.113.256"),
        InlineData("fe80::1%eth0"), InlineData("example.com"), InlineData("")]
    public async Task What_is_no_address_is_refused(string text) =>
        (await host.SendAsync("POST", Addresses, $$"""{"ip_address":"{{text}}"}""")).Refuses(422, "10015", "/ip_address");

    [Theory]
    [InlineData("203.0.113.7"), InlineData("203.0.113.0/33"), InlineData("2001:db8::/129"), InlineData("203.0.113.0/-1"),
        InlineData("203.0.113.0/+24"), InlineData("203.0.113.0/24/8"), InlineData("x/8"), InlineData("0x0.0.0.0/8")]
    public async Task What_is_no_range_is_refused(string text) =>
        (await host.SendAsync("POST", Ranges, $$"""{"cidr_block":"{{text}}"}""")).Refuses(422, "10015", "/cidr_block");

    [Fact]
    public async Task Bits_behind_the_prefix_are_refused_with_the_range_that_was_meant()
    {
        var refused = await host.SendAsync("POST", Ranges, """{"cidr_block":"203.0.113.77/26"}""");
        refused.Refuses(422, "10015", "/cidr_block");
        Assert.Contains("203.0.113.64/26", (string?)refused.Error["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_that_would_shut_out_who_asks_is_refused()
    {
        (await host.SendAsync("POST", Addresses, """{"ip_address":"203.0.113.7"}""")).Refuses(422, "10015", "/ip_address");
        (await host.SendAsync("POST", Addresses, """{"ip_address":"127.0.0.9"}""")).Refuses(422, "10015", "/ip_address");
        (await host.SendAsync("POST", Ranges, """{"cidr_block":"127.0.0.64/26"}""")).Refuses(422, "10015", "/cidr_block");
        var own = await host.SendAsync("POST", Addresses, """{"ip_address":"127.0.0.1"}""");
        var other = await host.SendAsync("POST", Addresses, """{"ip_address":"127.0.0.9"}""");
        Assert.Equal((200, 200), (own.Status, other.Status));
        (await host.SendAsync("DELETE", $"{Addresses}/{own.Body["id"]}")).Refuses(422, "10021");
        Assert.Equal(200, (await host.SendAsync("DELETE", $"{Addresses}/{other.Body["id"]}")).Status);
        Assert.Equal(200, (await host.SendAsync("DELETE", $"{Addresses}/{own.Body["id"]}")).Status);
    }
}
