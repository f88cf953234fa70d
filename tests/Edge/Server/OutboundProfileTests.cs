using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Edge.Net;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>What a call out needs, on a running node: an outbound profile, whoever places it and however.</summary>
public sealed class OutboundProfileTests
{
    private const string Number = "+15550100001", Elsewhere = "+15550002222";
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dial_from_an_application_without_a_profile_is_refused_in_the_vendors_words()
    {
        await using var node = await RunningNode.StartAsync();
        string bare = await ApplicationAsync(node, "bare", profile: null);
        foreach (string to in new[] { Elsewhere, Number, "sip:somebody@127.0.0.1:9" })
        {
            var (status, answer) = await SendAsync(node, HttpMethod.Post, "/v2/calls", Dial(bare, to));
            Assert.True(status == 403, answer.ToJsonString());
            Assert.Equal("10010", (string?)answer["errors"]![0]!["code"]);
            Assert.StartsWith("no_outbound_profile: Connection has no Outbound Profile assigned D38. ",
                (string?)answer["errors"]![0]!["detail"], StringComparison.Ordinal);
        }
        // With one, the same call is only short of a route.
        string dressed = await ApplicationAsync(node, "dressed", await DefaultProfileAsync(node));
        var (_, routeless) = await SendAsync(node, HttpMethod.Post, "/v2/calls", Dial(dressed, Elsewhere));
        Assert.Contains("No route", (string?)routeless["errors"]![0]!["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_SIP_user_of_ours_is_called_without_a_profile()
    {
        await using var node = await RunningNode.StartAsync(settings => settings with { SipDomains = ["phones.example"] });
        var (made, text) = await SendAsync(node, HttpMethod.Post, "/v2/credential_connections",
            new() { ["connection_name"] = "Phones", ["user_name"] = "reception", ["password"] = "a long password" });
        Assert.True(made == 201, text.ToJsonString());
        string bare = await ApplicationAsync(node, "bare", profile: null);
        await node.Socket.SendAsync(HttpMethod.Post, "node/numbers",
            new JsonObject { ["numbers"] = new JsonArray(new JsonObject { ["number"] = Number, ["connection"] = bare }) }, Stop);
        var call = Dial(bare, "sip:reception@phones.example");
        call["from"] = Number;
        var (status, answer) = await SendAsync(node, HttpMethod.Post, "/v2/calls", call);
        Assert.True(status == 200, answer.ToJsonString());
    }

    [Fact]
    public async Task A_call_comes_in_without_a_profile_and_is_not_transferred_out_without_one()
    {
        await using var node = await RunningNode.StartAsync();
        string bare = await ApplicationAsync(node, "bare", profile: null);
        await node.Socket.SendAsync(HttpMethod.Post, "node/numbers",
            new JsonObject { ["numbers"] = new JsonArray(new JsonObject { ["number"] = Number, ["connection"] = bare }) }, Stop);
        using var carrier = new SipPeer(node.Node.Settings.Sip);
        await RouteAsync(node, carrier);
        using var caller = new SipPeer(node.Node.Settings.Sip);
        caller.Send(caller.Invite(Number));
        await caller.HearAsync("SIP/2.0 180");
        string call = await Eventually.SomeAsync(async () =>
            (string?)(await SendAsync(node, HttpMethod.Get, "/v2/call_events?filter[name]=call.initiated")).Answer["data"]!.AsArray()
                .FirstOrDefault()?["metadata"]!["event"]!["payload"]!["call_control_id"], "the call");

        foreach (string to in new[] { Elsewhere, "sip:somebody@127.0.0.1:9" })
        {
            var (status, answer) = await SendAsync(node, HttpMethod.Post, $"/v2/calls/{Uri.EscapeDataString(call)}/actions/transfer",
                new() { ["to"] = to });
            Assert.True(status == 403, answer.ToJsonString());
            Assert.StartsWith("no_outbound_profile: Connection has no Outbound Profile assigned D38. ",
                (string?)answer["errors"]![0]!["detail"], StringComparison.Ordinal);
        }
        Assert.True(carrier.HasHeardNothing);
    }

    [Theory, Depth("the gate has calls by a profile of their application, and who may not call without one")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_number_forwards_by_the_profile_of_its_connection(bool hasProfile)
    {
        await using var node = await RunningNode.StartAsync();
        using var carrier = new SipPeer(node.Node.Settings.Sip);
        await RouteAsync(node, carrier);
        string application = await ApplicationAsync(node, "forwards", hasProfile ? await DefaultProfileAsync(node) : null);
        await node.Socket.SendAsync(HttpMethod.Post, "node/numbers",
            new JsonObject { ["numbers"] = new JsonArray(new JsonObject { ["number"] = Number, ["connection"] = application }) }, Stop);
        var forwarding = new JsonObject
        {
            ["call_forwarding"] =
                new JsonObject { ["call_forwarding_enabled"] = true, ["forwards_to"] = Elsewhere, ["forwarding_type"] = "always" }
        };
        var (status, answer) = await SendAsync(node, HttpMethod.Patch,
            $"/v2/phone_numbers/{Uri.EscapeDataString(Number)}/voice", forwarding);
        Assert.True(status == 200, answer.ToJsonString());

        using var caller = new SipPeer(node.Node.Settings.Sip);
        caller.Send(caller.Invite(Number));
        if (hasProfile) Assert.Contains($"INVITE sip:{Elsewhere}", await carrier.HearAsync("INVITE"), StringComparison.Ordinal);
        else await caller.HearAsync("SIP/2.0 403");
    }

    [Fact, Depth("the gate has who may not call without a profile")]
    public async Task An_account_is_made_with_a_default_profile_that_it_may_change_and_not_delete()
    {
        await using var node = await RunningNode.StartAsync();
        string made = (string)(await node.Socket.SendAsync(HttpMethod.Post, "node/tenants", new JsonObject { ["name"] = "shop" },
            Stop))["telnyx_key"]!;
        foreach (string key in new[] { RunningNode.Key, made })
        {
            var (_, list) = await SendAsync(node, HttpMethod.Get, "/v2/outbound_voice_profiles", key: key);
            var profile = Assert.Single(list["data"]!.AsArray())!;
            Assert.Equal(("Default", true, """["US","CA"]"""),
                ((string?)profile["name"], (bool?)profile["enabled"], profile["whitelisted_destinations"]!.ToJsonString()));
            string path = $"/v2/outbound_voice_profiles/{profile["id"]}";
            var (deleted, refusal) = await SendAsync(node, HttpMethod.Delete, path, key: key);
            Assert.True((422, "10021") == (deleted, (string?)refusal["errors"]![0]!["code"]), refusal.ToJsonString());
            var (changed, now) = await SendAsync(node, HttpMethod.Patch, path,
                new() { ["name"] = "Default", ["whitelisted_destinations"] = new JsonArray("DE") }, key);
            Assert.True(changed == 200, now.ToJsonString());

            // It has every field that a profile has which is made with a name alone.
            var (_, plain) = await SendAsync(node, HttpMethod.Post, "/v2/outbound_voice_profiles", new() { ["name"] = "plain" }, key);
            Assert.Equal(plain["data"]!.AsObject().Select(field => field.Key).Order(), profile.AsObject()
                .Select(field => field.Key).Order());
        }
    }

    [Fact, Depth("the gate has calls by a profile of their application, and who may not call without one")]
    public async Task A_call_that_tells_a_code_comes_from_the_number_that_the_operator_named()
    {
        const string Asked = "+15550103333", Named = "+15550107777";
        var body = new JsonObject { ["phone_number"] = Asked, ["verification_method"] = "call" };
        await using (var silent = await RunningNode.StartAsync())
        {
            // The account has no number, and the operator named none.
            var (refused, why) = await SendAsync(silent, HttpMethod.Post, "/v2/verified_numbers", body);
            Assert.True(refused == 422, why.ToJsonString());
            Assert.Contains("--verification-from", (string?)why["errors"]![0]!["detail"], StringComparison.Ordinal);
        }

        await using var node = await RunningNode.StartAsync(settings => settings with { VerificationCaller = Named });
        using var carrier = new SipPeer(node.Node.Settings.Sip);
        await RouteAsync(node, carrier);
        var (status, answer) = await SendAsync(node, HttpMethod.Post, "/v2/verified_numbers", body);
        Assert.True(status == 200, answer.ToJsonString());
        string invite = await carrier.HearAsync("INVITE");
        Assert.StartsWith($"INVITE sip:{Asked}@", invite, StringComparison.Ordinal);
        Assert.Contains($"sip:{Named}@", SipPeer.Header(invite, "From"), StringComparison.Ordinal);

        // A country that the account's default profile does not allow is not called for this either.
        var (forbidden, rule) = await SendAsync(node, HttpMethod.Post, "/v2/verified_numbers",
            new() { ["phone_number"] = "+493012345678", ["verification_method"] = "call" });
        Assert.True(forbidden == 403, rule.ToJsonString());
        Assert.StartsWith("whitelisted_destinations", (string?)rule["errors"]![0]!["detail"], StringComparison.Ordinal);
    }

    private static JsonObject Dial(string application, string to) =>
        new() { ["connection_id"] = application, ["from"] = "+15550100000", ["to"] = to };

    private static async Task<string> DefaultProfileAsync(RunningNode node) =>
        (string)(await SendAsync(node, HttpMethod.Get, "/v2/outbound_voice_profiles")).Answer["data"]![0]!["id"]!;

    private static async Task<string> ApplicationAsync(RunningNode node, string name, string? profile)
    {
        var body = new JsonObject { ["application_name"] = name, ["webhook_event_url"] = "http://127.0.0.1:9/hooks" };
        if (profile is not null) body["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = profile };
        return (string)(await SendAsync(node, HttpMethod.Post, "/v2/call_control_applications", body)).Answer["data"]!["id"]!;
    }

    /// <summary>Everything goes to the peer.</summary>
    private static async Task RouteAsync(RunningNode node, SipPeer peer)
    {
        var trunk = await node.Socket.SendAsync(HttpMethod.Post, "operator/v1/trunks",
            new JsonObject { ["name"] = "carrier", ["host"] = "127.0.0.1", ["port"] = peer.Local.Port }, Stop);
        await node.Socket.SendAsync(HttpMethod.Post, "operator/v1/routes",
            new JsonObject { ["trunk_id"] = (string?)trunk["data"]!["id"], ["prefix"] = "+" }, Stop);
    }

    private static async Task<(int Status, JsonNode Answer)> SendAsync(RunningNode node, HttpMethod method, string path,
        JsonObject? body = null, string? key = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (key is not null) request.Headers.Authorization = new("Bearer", key);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await node.Api.SendAsync(request, Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        return ((int)answer.StatusCode, JsonNode.Parse(text.Length == 0 ? "{}" : text)!);
    }
}
