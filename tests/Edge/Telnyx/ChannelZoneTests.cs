using System.Text.Json.Nodes;
using Ringwright.Calls;

namespace Ringwright.Edge.Telnyx;

/// <summary>How many calls at a time numbers may have that are paid by channel.</summary>
public sealed class ChannelZoneTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Euro = "1653e6a1-4bfd-4857-97c6-6a51e1c34477";
    private static long _counter = 2000000000000090000;

    private Tenant Account => host.Store.Routing.Current.FindTenant(host.Tenant)!;

    private async Task<string> NumberAsync(string text, string? country = null)
    {
        long id = Interlocked.Increment(ref _counter);
        var number = new Number(text, host.Tenant, null) { Country = country };
        await host.Store.Numbers.ImportAsync([Imported.Number(number, id, host.Time.GetUtcNow())], TestContext.Current.CancellationToken);
        return text;
    }

    private Task<Answer> PayAsync(string number, string way) =>
        host.SendAsync("PATCH", $"/v2/phone_numbers/{number}/voice", $$"""{"usage_payment_method":"{{way}}"}""");

    [Fact]
    public async Task Channels_of_the_United_States_act_at_once_and_are_shown()
    {
        var changed = await host.SendAsync("PATCH", "/v2/inbound_channels", """{"channels":7}""");
        Assert.Equal((200, 7, "inbound_channels"), (changed.Status, (int)changed.Data["channels"]!, (string?)changed.Data["record_type"]));
        Assert.Equal(7, Account.ChannelsOf(ChannelZone.UnitedStates));
        Assert.Equal(changed.Text, (await host.SendAsync("GET", "/v2/inbound_channels")).Text);
    }

    [Fact]
    public async Task A_zone_is_changed_alone_and_answers_without_an_envelope()
    {
        await host.SendAsync("PATCH", "/v2/inbound_channels", """{"channels":7}""");
        var changed = await host.SendAsync("PUT", $"/v2/channel_zones/{Euro}", """{"channels":3}""");
        var zone = JsonNode.Parse(changed.Text)!;
        Assert.Equal((200, Euro, "Euro channel zone", 3, "channel_zone"), (changed.Status, (string?)zone["id"], (string?)zone["name"],
            (int)zone["channels"]!, (string?)zone["record_type"]));
        Assert.Equal((7, 3), (Account.ChannelsOf(ChannelZone.UnitedStates), Account.ChannelsOf(ChannelZone.Euro)));
        var listed = await host.SendAsync("GET", "/v2/channel_zones");
        Assert.True(JsonNode.DeepEquals(zone, Assert.Single(listed.List)), listed.Text);
        Assert.Contains("DE", zone["countries"]!.AsArray().Select(c => (string?)c));
        Assert.Empty((await host.SendAsync("GET", "/v2/channel_zones?page[number]=2")).List);
    }

    [Theory]
    [InlineData("{}", "10004")]
    [InlineData("""{"channels":-1}""", "10033")]
    [InlineData("""{"channels":1000001}""", "10033")]
    [InlineData("""{"channels":"three"}""", "10026")]
    public async Task What_is_no_number_of_channels_is_refused_and_changes_nothing(string body, string code)
    {
        foreach (var (method, path) in new[] { ("PATCH", "/v2/inbound_channels"), ("PUT", $"/v2/channel_zones/{Euro}") })
        {
            var before = Account;
            Assert.Equal((422, code), await host.SendAsync(method, path, body) is var refused ? (refused.Status, refused.Code) : default);
            Assert.Equal(before.VoiceChannels, Account.VoiceChannels);
        }
    }

    [Fact]
    public async Task Zones_that_are_not_there_and_the_one_of_the_other_path_are_unknown()
    {
        var all = (await host.SendAsync("GET", "/v2/list")).List;
        string states = (string)all.Single(z => (string?)z!["zone_name"] == "US channel zone")!["zone_id"]!;
        foreach (string id in (string[])[Guid.NewGuid().ToString(), "euro", states])
            Assert.Equal(404, (await host.SendAsync("PUT", $"/v2/channel_zones/{id}", """{"channels":3}""")).Status);
        Assert.Equal(404, (await host.SendAsync("GET", $"/v2/list/{Guid.NewGuid()}")).Status);
        Assert.Equal("US channel zone", (string?)Assert.Single((await host.SendAsync("GET", $"/v2/list/{states}")).List)!["zone_name"]);
    }

    [Fact]
    public async Task Numbers_that_are_paid_by_channel_are_listed_by_zone()
    {
        string berlin = await NumberAsync("+4930555001"), denver = await NumberAsync("+13035550141", "US"),
            minutes = await NumberAsync("+4930555002");
        Assert.Equal(200, (await PayAsync(berlin, "channel")).Status);
        Assert.Equal(200, (await PayAsync(denver, "channel")).Status);
        Assert.True(host.Store.Routing.Current.FindNumber(berlin)!.Voice.IsPaidByChannel);
        await host.SendAsync("PUT", $"/v2/channel_zones/{Euro}", """{"channels":4}""");

        var zones = (await host.SendAsync("GET", "/v2/list")).List;
        var euro = zones.Single(z => (string?)z!["zone_id"] == Euro)!;
        Assert.Equal(4, (int)euro["number_of_channels"]!);
        Assert.Contains((berlin, "DE"), NumbersOf(euro));
        Assert.DoesNotContain(NumbersOf(euro), n => n.Number == minutes || n.Number == denver);
        Assert.Contains((denver, "US"), NumbersOf(zones.Single(z => (string?)z!["zone_id"] != Euro)!));
        Assert.True(JsonNode.DeepEquals(euro, Assert.Single((await host.SendAsync("GET", $"/v2/list/{Euro}")).List)));

        Assert.Equal(200, (await PayAsync(berlin, "pay-per-minute")).Status);
        Assert.False(host.Store.Routing.Current.FindNumber(berlin)!.Voice.IsPaidByChannel);
        Assert.DoesNotContain(NumbersOf((await host.SendAsync("GET", $"/v2/list/{Euro}")).List[0]!), n => n.Number == berlin);
    }

    private static List<(string? Number, string? Country)> NumbersOf(JsonNode zone) =>
        [.. zone["numbers"]!.AsArray().Select(n => ((string?)n!["number"], (string?)n["country"]))];

    [Fact]
    public async Task Another_account_has_channels_of_its_own_and_sees_none_of_these_numbers()
    {
        string berlin = await NumberAsync("+4930555003");
        await PayAsync(berlin, "channel");
        await host.SendAsync("PUT", $"/v2/channel_zones/{Euro}", """{"channels":4}""");
        await host.SendAsync("PATCH", "/v2/inbound_channels", """{"channels":5}""");

        const string Thief = TelnyxHost.OtherTenantKey;
        foreach (var (method, path) in new[] { ("PATCH", "/v2/inbound_channels"), ("PUT", $"/v2/channel_zones/{Euro}") })
            Assert.Equal(200, (await host.SendAsync(method, path, """{"channels":0}""", Thief)).Status);
        Assert.Equal((5, 4), (Account.ChannelsOf(ChannelZone.UnitedStates), Account.ChannelsOf(ChannelZone.Euro)));
        foreach (var zone in (await host.SendAsync("GET", "/v2/list", key: Thief)).List)
            Assert.Equal((0, 0), ((int)zone!["number_of_channels"]!, NumbersOf(zone).Count));
        Assert.Equal(404, (await host.SendAsync("PATCH", $"/v2/phone_numbers/{berlin}/voice", """{"usage_payment_method":"pay-per-minute"}""",
            Thief)).Status);
    }

    [Fact]
    public async Task A_number_of_no_zone_is_paid_by_the_minute()
    {
        var refused = await PayAsync(await NumberAsync("+442071239999"), "channel");
        Assert.Equal((422, "10015", "/usage_payment_method"), (refused.Status, refused.Code, refused.Pointer));
        Assert.Equal(422, (await PayAsync(await NumberAsync("+14165550199", "CA"), "channel")).Status);
    }
}
