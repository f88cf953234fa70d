using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Net.Streams;

namespace Ringwright.Edge.Telnyx;

public sealed class OperatorTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private Task<Answer> SendAsync(string method, string path, string? body = null) =>
        host.SendAsync(method, "/operator/v1" + path, body, TelnyxHost.OperatorKey);

    private async Task<string> TrunkAsync(string name, string more = "")
    {
        var made = await SendAsync("POST", "/trunks", $$"""{"name":"{{name}}","host":"192.0.2.10"{{more}}}""");
        Assert.True(made.Status == 201, made.Text);
        return (string)made.Data["id"]!;
    }

    [Fact]
    public async Task A_trunk_by_address_sends_from_that_address()
    {
        // An address of its own: other tests of this host make trunks too.
        var made = await SendAsync("POST", "/trunks", """{"name":"carrier","host":"192.0.2.77"}""");
        string id = (string)made.Data["id"]!;
        var data = (await SendAsync("GET", $"/trunks/{id}")).Data;
        Assert.Equal(("trunk", "carrier", "192.0.2.77", 5060),
            ((string?)data["record_type"], (string?)data["name"], (string?)data["host"], (int?)data["port"]));
        Assert.Equal("""["192.0.2.77/32"]""", data["sources"]!.ToJsonString());
        Assert.Equal("""["PCMU","PCMA","G722"]""", data["codecs"]!.ToJsonString());
        Assert.True((bool?)data["enabled"]);
        Assert.Equal("carrier", host.Store.Routing.Current.FindTrunkBySource(IPAddress.Parse("192.0.2.77"))?.Name);

        await SendAsync("PATCH", $"/trunks/{id}", """{"host":"192.0.2.11"}""");
        Assert.Equal("""["192.0.2.11/32"]""", (await SendAsync("GET", $"/trunks/{id}")).Data["sources"]!.ToJsonString());
        await SendAsync("PATCH", $"/trunks/{id}", """{"sources":["192.0.2.0/24","198.51.100.7"]}""");
        await SendAsync("PATCH", $"/trunks/{id}", """{"host":"sip.example.com","port":5070}""");
        Assert.Equal("""["192.0.2.0/24","198.51.100.7/32"]""", (await SendAsync("GET", $"/trunks/{id}")).Data["sources"]!.ToJsonString());
        await SendAsync("DELETE", $"/trunks/{id}");
    }

    [Fact]
    public async Task Where_a_trunks_host_leads_is_looked_at_when_it_is_said()
    {
        try
        {
            host.Hosts.Finding = new("host sip.exmaple.com leads nowhere: there is no such name.", IsRefused: false);
            var made = await SendAsync("POST", "/trunks", """{"name":"mistyped","host":"sip.exmaple.com"}""");
            Assert.Equal(201, made.Status);
            Assert.Contains("leads nowhere", (string?)made.Data["host_trouble"]);
            string path = $"/trunks/{made.Data["id"]}";
            // nothing new is said of the host
            Assert.Null((await SendAsync("PATCH", path, """{"name":"mistyped-2"}""")).Data["host_trouble"]);

            host.Hosts.Finding = new("host 127.0.0.1 leads to this node itself.", IsRefused: true);
            var refused = await SendAsync("PATCH", path, """{"host":"127.0.0.1"}""");
            Assert.Equal(422, refused.Status);
            Assert.Contains("this node itself", refused.Text);
            Assert.Equal(422, (await SendAsync("POST", "/trunks", """{"name":"ourselves","host":"127.0.0.1"}""")).Status);
            Assert.Equal("sip.exmaple.com", (string?)(await SendAsync("GET", path)).Data["host"]);
            await SendAsync("DELETE", path);
        }
        finally
        {
            host.Hosts.Finding = default;
        }
    }

    [Fact]
    public async Task A_password_goes_in_and_never_comes_out()
    {
        string id = await TrunkAsync("secret", ""","auth_username":"u","auth_password":"hunter2" """);
        var shown = await SendAsync("GET", $"/trunks/{id}");
        Assert.DoesNotContain("hunter2", shown.Text);
        Assert.True((bool?)shown.Data["has_password"]);
        Assert.Equal("hunter2", host.Store.Routing.Current.FindTrunk(new(new Guid(id)))!.AuthPassword);

        var renamed = await SendAsync("PATCH", $"/trunks/{id}", """{"name":"secret-2"}""");
        Assert.True((bool?)renamed.Data["has_password"]);
        var cleared = await SendAsync("PATCH", $"/trunks/{id}", """{"auth_username":null,"auth_password":null}""");
        Assert.False((bool?)cleared.Data["has_password"]);
    }

    [Fact]
    public async Task Media_of_a_trunk_is_plain_unless_it_says_otherwise()
    {
        string id = await TrunkAsync("media");
        Assert.Equal("disabled", (string?)(await SendAsync("GET", $"/trunks/{id}")).Data["media_encryption"]);
        var changed = await SendAsync("PATCH", $"/trunks/{id}", """{"media_encryption":"required"}""");
        Assert.Equal("required", (string?)changed.Data["media_encryption"]);
        Assert.Equal(MediaEncryption.Required, host.Store.Routing.Current.FindTrunk(new(new Guid(id)))!.Encryption);
        await SendAsync("DELETE", $"/trunks/{id}");
    }

    [Fact]
    public async Task What_a_trunk_may_have_and_what_leads_on_is_said_and_shown()
    {
        string id = await TrunkAsync("limits", ""","channel_limit":30,"inbound_channel_limit":20,"calls_per_second":5""");
        var made = (await SendAsync("GET", $"/trunks/{id}")).Data;
        Assert.Equal((30, 20, 5, null), ((int?)made["channel_limit"], (int?)made["inbound_channel_limit"], (int?)made["calls_per_second"],
            (int?)made["inbound_calls_per_second"]));
        Assert.Equal((60, """["5xx"]""", "[]"),
            ((int)made["probe_seconds"]!, made["next_trunk_on"]!.ToJsonString(), made["targets"]!.ToJsonString()));
        await SendAsync("PATCH", $"/trunks/{id}", """{"next_trunk_on":["408","5XX"],"probe_seconds":0,"calls_per_second":null}""");
        var trunk = host.Store.Routing.Current.FindTrunk(new(new Guid(id)))!;
        Assert.Equal((0, null, 20), (trunk.ProbeSeconds, trunk.CallsPerSecond, trunk.InboundChannelLimit));
        Assert.Equal(["408", "5xx"], trunk.NextTrunkOn.Texts);
        var refused = await SendAsync("PATCH", $"/trunks/{id}", """{"next_trunk_on":["486","200"]}""");
        Assert.Equal(422, refused.Status);
        await SendAsync("DELETE", $"/trunks/{id}");
    }

    [Fact]
    public async Task Whoever_is_behind_a_trunk_may_refer_when_the_trunk_says_so()
    {
        string id = await TrunkAsync("refers");
        Assert.False((bool?)(await SendAsync("GET", $"/trunks/{id}")).Data["may_refer"]);
        Assert.True((bool?)(await SendAsync("PATCH", $"/trunks/{id}", """{"may_refer":true}""")).Data["may_refer"]);
        Assert.True(host.Store.Routing.Current.FindTrunk(new(new Guid(id)))!.MayRefer);
        await SendAsync("DELETE", $"/trunks/{id}");
    }

    [Theory]
    [InlineData("line7@192.0.2.31:5070", "line7@192.0.2.31:5070"), InlineData("192.0.2.31", "192.0.2.31")]
    [InlineData("[2001:db8::5]:5070", "[2001:db8::5]:5070"), InlineData("line7@2001:db8::5", "line7@[2001:db8::5]")]
    [InlineData("192.0.2.31:0", null), InlineData("192.0.2.31:70000", null), InlineData("192.0.2.31:sip", null)]
    [InlineData("@192.0.2.31", null), InlineData("sip:192.0.2.31", null), InlineData("", null), InlineData("[::]:5060", null)]
    public async Task A_registrar_is_a_host_perhaps_with_a_port_and_a_user(string text, string? shown)
    {
        string id = await TrunkAsync("registers");
        var changed = await SendAsync("PATCH", $"/trunks/{id}", $$"""{"registrar":"{{text}}"}""");
        Assert.Equal((shown is null ? 422 : 200, shown),
            (changed.Status, (string?)(await SendAsync("GET", $"/trunks/{id}")).Data["registrar"]));
        await SendAsync("DELETE", $"/trunks/{id}");
    }

    [Fact]
    public async Task Sound_of_a_trunk_may_come_from_elsewhere_unless_it_says_otherwise()
    {
        string id = await TrunkAsync("sound");
        Assert.True((bool?)(await SendAsync("GET", $"/trunks/{id}")).Data["rtp_auto_adjust"]);
        Assert.False((bool?)(await SendAsync("PATCH", $"/trunks/{id}", """{"rtp_auto_adjust":false}""")).Data["rtp_auto_adjust"]);
        Assert.False(host.Store.Routing.Current.FindTrunk(new(new Guid(id)))!.AdjustsRtp);
    }

    [Fact]
    public async Task A_trunk_shows_no_foreign_caller_ids_unless_it_says_otherwise()
    {
        string id = await TrunkAsync("callers");
        Assert.Equal("owned", (string?)(await SendAsync("GET", $"/trunks/{id}")).Data["caller_id"]);
        Assert.Equal("any", (string?)(await SendAsync("PATCH", $"/trunks/{id}", """{"caller_id":"any"}""")).Data["caller_id"]);
        Assert.Equal(CallerChoice.Any, host.Store.Routing.Current.FindTrunk(new(new Guid(id)))!.CallerIds);
        (await SendAsync("PATCH", $"/trunks/{id}", """{"caller_id":"+49"}""")).Refuses(422, "invalid", "/caller_id");
        await SendAsync("DELETE", $"/trunks/{id}");
    }

    [Theory]
    [InlineData("history-info", ForwardedBy.HistoryInfo)]
    [InlineData("both", ForwardedBy.Both)]
    [InlineData("none", ForwardedBy.None)]
    public async Task A_trunk_says_by_which_header_it_learns_who_sent_a_call_on(string word, ForwardedBy expected)
    {
        string id = await TrunkAsync($"told by {word}");
        Assert.Equal("diversion", (string?)(await SendAsync("GET", $"/trunks/{id}")).Data["forwarded_by"]);
        Assert.Equal(word, (string?)(await SendAsync("PATCH", $"/trunks/{id}", $$"""{"forwarded_by":"{{word}}"}""")).Data["forwarded_by"]);
        Assert.Equal(expected, host.Store.Routing.Current.FindTrunk(new(new Guid(id)))!.ForwardedBy);
        (await SendAsync("PATCH", $"/trunks/{id}", """{"forwarded_by":"pigeon"}""")).Refuses(422, "invalid", "/forwarded_by");
        await SendAsync("DELETE", $"/trunks/{id}");
    }

    [Fact]
    public async Task A_trunk_says_how_it_is_reached_and_what_it_must_prove()
    {
        using var authority = new TestAuthority();
        using var ours = authority.Issue("us.example");
        string pin = TestAuthority.Pin(ours);
        var body = new JsonObject
        {
            ["name"] = "tls carrier", ["host"] = "192.0.2.78",
            ["transport"] = "tls", ["nat"] = "trust-contact", ["tls_server_name"] = "carrier.example", ["tls_ca"] = authority.Pem,
            ["tls_pins"] = new JsonArray(string.Join(':', pin.ToUpperInvariant().Chunk(2).Select(two => new string(two)))),
            ["tls_client_certificate"] = ours.ExportCertificatePem(), ["tls_client_key"] = TestAuthority.Key(ours), ["tls_verify"] = false,
        };
        var made = await SendAsync("POST", "/trunks", body.ToJsonString());
        Assert.True(made.Status == 201, made.Text);
        Assert.DoesNotContain("PRIVATE KEY", made.Text);
        Assert.Equal(("tls", "trust-contact", 5061, "carrier.example", authority.Pem, false),
            ((string?)made.Data["transport"], (string?)made.Data["nat"], (int?)made.Data["port"], (string?)made.Data["tls_server_name"],
                (string?)made.Data["tls_ca"], (bool?)made.Data["tls_verify"]));
        Assert.Equal(pin, (string?)made.Data["tls_pins"]![0]);

        string id = (string)made.Data["id"]!;
        var trunk = host.Store.Routing.Current.FindTrunk(new(new Guid(id)))!;
        Assert.Equal((SipTransport.Tls, NatPolicy.TrustContact, TestAuthority.Key(ours)),
            (trunk.Transport, trunk.Nat, trunk.Tls.CertificateKey));
        var plain = await SendAsync("PATCH", $"/trunks/{id}",
            """{"transport":null,"nat":"auto","tls_ca":null,"tls_pins":[],"tls_client_certificate":null,"tls_client_key":null,"tls_server_name":null}""");
        Assert.Null(plain.Data["transport"]);
        Assert.Null(plain.Data["tls_client_certificate"]);
        await SendAsync("DELETE", $"/trunks/{id}");
    }

    [Fact]
    public async Task A_trunk_by_name_without_a_port_is_looked_up()
    {
        var made = await SendAsync("POST", "/trunks", """{"name":"by name","host":"carrier.example"}""");
        Assert.Null(made.Data["port"]);
        Assert.Null(host.Store.Routing.Current.FindTrunk(new(new Guid((string)made.Data["id"]!)))!.Port);
        await SendAsync("DELETE", $"/trunks/{made.Data["id"]}");
    }

    [Theory]
    [InlineData("""{"name":"x","host":"192.0.2.1","media_encryption":"SRTP"}""", "invalid", "/media_encryption")]
    [InlineData("{}", "missing", "/host")]
    [InlineData("""{"name":"x","host":"192.0.2.1","transport":"sctp"}""", "invalid", "/transport")]
    [InlineData("""{"name":"x","host":"192.0.2"}""", "invalid", "/host")]
    [InlineData("""{"name":"x","host":"192.0.2.010"}""", "invalid", "/host")]
    [InlineData("""{"name":"x","host":"192.0.2.1","nat":"maybe"}""", "invalid", "/nat")]
    [InlineData("""{"name":"x","host":"192.0.2.1","tls_ca":"no certificate"}""", "invalid", "/tls_ca")]
    [InlineData("""{"name":"x","host":"192.0.2.1","tls_pins":["ab:cd"]}""", "invalid", "/tls_pins/0")]
    [InlineData("""{"name":"x","host":"192.0.2.1","tls_client_key":"k"}""", "invalid", "/tls_client_key")]
    [InlineData("""{"name":"x","host":"192.0.2.1","tls_server_name":"sip:x"}""", "invalid", "/tls_server_name")]
    [InlineData("""{"name":"x","host":"sip:1.2.3.4"}""", "invalid", "/host")]
    [InlineData("""{"name":"x","host":"0.0.0.0"}""", "invalid", "/host")]
    [InlineData("""{"name":" ","host":"192.0.2.1"}""", "invalid", "/name")]
    [InlineData("""{"name":"x","host":"192.0.2.1","port":70000}""", "invalid", "/port")]
    [InlineData("""{"name":"x","host":"192.0.2.1","sources":["192.0.2.0/33"]}""", "invalid", "/sources/0")]
    [InlineData("""{"name":"x","host":"192.0.2.1","auth_username":"u"}""", "invalid", "/auth_username")]
    [InlineData("""{"name":"x","host":"192.0.2.1","codecs":["MP3"]}""", "invalid", "/codecs/0")]
    [InlineData("""{"name":"x","host":"192.0.2.1","channel_limit":0}""", "invalid", "/channel_limit")]
    [InlineData("""{"name":"x","host":"192.0.2.1","colour":"red"}""", "invalid", "/colour")]
    public async Task A_wrong_trunk_is_refused_with_a_pointer(string body, string code, string pointer) =>
        (await SendAsync("POST", "/trunks", body)).Refuses(422, code, pointer);

    [Fact]
    public async Task A_trunks_name_is_taken_once()
    {
        await TrunkAsync("once");
        (await SendAsync("POST", "/trunks", """{"name":"once","host":"192.0.2.1"}""")).Refuses(409, "duplicate", "/name");
    }

    [Fact]
    public async Task Routes_lead_to_trunks_and_hold_them()
    {
        string trunk = await TrunkAsync("routed");
        var made = await SendAsync("POST", "/routes", $$"""{"trunk_id":"{{trunk}}","prefix":"+49","caller_id":"+4930123456"}""");
        Assert.True(made.Status == 201, made.Text);
        Assert.Equal(("+49", 100, 1, true, "+4930123456"), ((string?)made.Data["prefix"], (int?)made.Data["priority"],
            (int?)made.Data["weight"], (bool?)made.Data["enabled"], (string?)made.Data["caller_id"]));
        Assert.Equal(trunk, host.Store.Routing.Current.FindRoutes("+4989").First().Trunk.ToString());
        (await SendAsync("DELETE", $"/trunks/{trunk}")).Refuses(409, "in_use");

        string route = (string)made.Data["id"]!;
        var changed = await SendAsync("PATCH", $"/routes/{route}", """{"priority":1,"caller_id":null,"enabled":false}""");
        Assert.Equal((1, null, false),
            ((int?)changed.Data["priority"], (string?)changed.Data["caller_id"], (bool?)changed.Data["enabled"]));
        Assert.Empty(host.Store.Routing.Current.FindRoutes("+4989"));

        Assert.Equal(200, (await SendAsync("DELETE", $"/routes/{route}")).Status);
        (await SendAsync("GET", $"/routes/{route}")).Refuses(404, "not_found");
        Assert.Equal(200, (await SendAsync("DELETE", $"/trunks/{trunk}")).Status);
    }

    [Theory]
    [InlineData("{}", "missing", "/trunk_id")]
    [InlineData("""{"trunk_id":"x"}""", "unknown_reference", "/trunk_id")]
    [InlineData("""{"trunk_id":"00000000-0000-4000-8000-000000000000"}""", "unknown_reference", "/trunk_id")]
    [InlineData("""{"trunk_id":"00000000-0000-4000-8000-000000000000","prefix":"49"}""", "invalid", "/prefix")]
    [InlineData("""{"trunk_id":"00000000-0000-4000-8000-000000000000","caller_id":"me"}""", "invalid", "/caller_id")]
    [InlineData("""{"trunk_id":"00000000-0000-4000-8000-000000000000","weight":0}""", "invalid", "/weight")]
    [InlineData("""{"trunk_id":"00000000-0000-4000-8000-000000000000","colour":"red"}""", "invalid", "/colour")]
    public async Task A_wrong_route_is_refused_with_a_pointer(string body, string code, string pointer) =>
        (await SendAsync("POST", "/routes", body)).Refuses(422, code, pointer);

    [Fact]
    public async Task A_call_out_is_explained_without_placing_it()
    {
        string trunk = await TrunkAsync("explained", ""","from_domain":"explained.example","caller_id":"any" """);
        await SendAsync("POST", "/routes", $$"""{"trunk_id":"{{trunk}}","prefix":"+33987"}""");
        await SendAsync("POST", "/routes", $$"""{"trunk_id":"{{trunk}}","prefix":"+33987654","enabled":false}""");

        var call = (await SendAsync("GET", "/routes/explain?from=%2B4930123&to=%2B33987654321")).Data["outbound"]!;
        Assert.Equal(("dials", "explained", "sip:+4930123@explained.example"),
            ((string?)call["verdict"], (string?)call["targets"]![0]!["trunk"]!["name"], (string?)call["targets"]![0]!["caller_id"]));
        Assert.Equal(["route_disabled", "chosen"], call["routes"]!.AsArray()
            .Where(r => ((string)r!["prefix"]!).StartsWith("+339", StringComparison.Ordinal)).Select(r => (string)r!["outcome"]!));
        Assert.All(call["routes"]!.AsArray(), r => Assert.NotEmpty((string)r!["reason"]!));

        var premium = (await SendAsync("GET", "/routes/explain?from=%2B4930123&to=%2B19005551234")).Data["outbound"]!;
        Assert.Equal(("premium_destination", "premium_number", false),
            ((string?)premium["verdict"], (string?)premium["gate"]!["rule"], (bool?)premium["gate"]!["open"]));
        Assert.Empty(host.Calls.Dials);
    }

    [Fact]
    public async Task A_call_in_is_explained_by_its_source()
    {
        await TrunkAsync("gate-in", ""","sources":["203.0.113.0/24"]""");
        var stranger = (await SendAsync("GET", "/routes/explain?from=%2B4930123&to=%2B4989456&source=198.51.100.99")).Data["inbound"]!;
        Assert.Equal(("stranger", 403), ((string?)stranger["verdict"], (int?)stranger["status"]));
        var nobody = (await SendAsync("GET", "/routes/explain?from=%2B4930123&to=%2B4989456&source=203.0.113.9")).Data["inbound"]!;
        Assert.Equal(("unknown_number", 404, "gate-in"),
            ((string?)nobody["verdict"], (int?)nobody["status"], (string?)nobody["trunk"]!["name"]));
    }

    [Fact]
    public async Task A_call_of_a_customers_equipment_is_explained_with_the_connections_at_its_address()
    {
        string profile = (string)(await host.SendAsync("POST", "/v2/outbound_voice_profiles",
            """{"name":"explained","whitelisted_destinations":["FR"]}""")).Data["id"]!;
        string connection = (string)(await host.SendAsync("POST", "/v2/ip_connections",
            $$$"""{"connection_name":"explained pbx","outbound":{"outbound_voice_profile_id":"{{{profile}}}"}}""")).Data["id"]!;
        await host.SendAsync("POST", "/v2/ips", $$"""{"ip_address":"93.184.213.7","connection_id":"{{connection}}"}""");
        var answer = await SendAsync("GET", "/routes/explain?from=%2B4930123&to=%2B493012345678&source=93.184.213.7");
        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal(("explained pbx", "chosen", "ip"), ((string?)answer.Data["connections"]![0]!["name"],
            (string?)answer.Data["connections"]![0]!["outcome"], (string?)answer.Data["connections"]![0]!["kind"]));
        Assert.Equal(("explained pbx", "whitelisted_destinations"),
            ((string?)answer.Data["outbound"]!["application"]!["name"], (string?)answer.Data["outbound"]!["gate"]!["rule"]));
        Assert.Null(answer.Data["inbound"]);
    }

    [Fact]
    public async Task A_phones_emergency_call_is_explained_as_that_of_a_phone()
    {
        string trunk = await TrunkAsync("rescue");
        await SendAsync("POST", "/routes", $$"""{"trunk_id":"{{trunk}}","prefix":"911"}""");
        await host.SendAsync("POST", "/v2/credential_connections",
            """{"connection_name":"rescued desk","user_name":"rescueddesk","password":"rescued-desk-1"}""");

        var answer = await SendAsync("GET", "/routes/explain?phone=rescueddesk&to=911");
        Assert.True(answer.Status == 200, answer.Text);
        var call = answer.Data["outbound"]!;
        Assert.Equal(("rescueddesk", "dials", "rescue", "rescued desk"), ((string?)answer.Data["phone"], (string?)call["verdict"],
            (string?)call["targets"]![0]!["trunk"]!["name"], (string?)call["application"]!["name"]));

        var api = (await SendAsync("GET", "/routes/explain?from=%2B4930123&to=911")).Data["outbound"]!;
        Assert.Equal("emergency_destination", (string?)api["verdict"]);
        Assert.Contains("Phones may call them", (string)api["reason"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("to=%2B4989456", "missing")]
    [InlineData("phone=nobody&to=911", "unknown_reference")]
    [InlineData("from=%2B4989456", "missing")]
    [InlineData("from=a&to=b&source=nonsense", "invalid")]
    public async Task A_question_that_lacks_something_is_refused(string query, string code) =>
        Assert.Equal(code, (await SendAsync("GET", "/routes/explain?" + query)).Code);

    [Fact]
    public async Task Lists_are_paged()
    {
        for (int i = 0; i < 3; i++) await TrunkAsync($"page-{i}");
        var page = await SendAsync("GET", "/trunks?page[size]=2&page[number]=1");
        Assert.Equal(2, page.List.Count);
        Assert.Equal((int?)page.Body["meta"]!["total_results"], (await SendAsync("GET", "/trunks?page[size]=250")).List.Count);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(TelnyxHost.Key)]
    [InlineData("wrong")]
    public async Task Only_the_operator_key_opens_the_door(string? key) =>
        (await host.SendAsync("GET", "/operator/v1/trunks", key: key)).Refuses(401, "unauthenticated");

    [Fact]
    public async Task The_operator_key_is_no_account_key() =>
        (await host.SendAsync("GET", "/v2/call_control_applications", key: TelnyxHost.OperatorKey)).Refuses(401, "10009");

    [Fact]
    public async Task Paths_and_methods_that_are_not_there_say_so()
    {
        (await SendAsync("GET", "/nothing")).Refuses(404, "not_found");
        (await SendAsync("PUT", "/trunks", "{}")).Refuses(405, "method_not_allowed");
        (await SendAsync("GET", "/trunks/nonsense")).Refuses(404, "not_found");
        (await SendAsync("POST", "/trunks", "{")).Refuses(400, "invalid_json");
    }
}
