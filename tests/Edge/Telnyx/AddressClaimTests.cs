using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Edge.Telnyx;

/// <summary>Whose an address is when several accounts, or an account and a trunk, want it.</summary>
public sealed class AddressClaimTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Token = ""","outbound":{"ip_authentication_method":"token","ip_authentication_token":"long-enough"}""";

    private SipDirectory Sip => host.Store.Routing.Current.Sip;

    private Task<Answer> OperatorAsync(string method, string path, string? body = null) =>
        host.SendAsync(method, "/operator/v1" + path, body, TelnyxHost.OperatorKey);

    private async Task<string> ConnectionAsync(string key, string more = "", string kind = "ip")
    {
        var made = await host.SendAsync("POST", $"/v2/{kind}_connections",
            $$"""{"connection_name":"c{{Guid.NewGuid():N}}"{{more}}}""", key);
        Assert.True(made.Status == 201, made.Text);
        return (string)made.Data["id"]!;
    }

    private Task<Answer> ListAsync(string key, string address, string? connection = null) =>
        host.SendAsync("POST", "/v2/ips", connection is null ? $$"""{"ip_address":"{{address}}"}"""
            : $$"""{"ip_address":"{{address}}","connection_id":"{{connection}}"}""", key);

    private static void Refused(Answer answer)
    {
        answer.Refuses(422, "10015", "/ip_address");
        string detail = (string)answer.Body["errors"]![0]!["detail"]!;
        Assert.Contains("token", detail, StringComparison.Ordinal);
        Assert.Contains("operator", detail, StringComparison.Ordinal);
        foreach (string name in (string[])["acme", "other", "sbc"]) Assert.DoesNotContain(name, detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_is_the_first_accounts_however_it_is_written()
    {
        string mine = await ConnectionAsync(TelnyxHost.Key), theirs = await ConnectionAsync(TelnyxHost.OtherTenantKey);
        Assert.Equal(201, (await ListAsync(TelnyxHost.Key, "93.184.220.9", mine)).Status);
        Refused(await ListAsync(TelnyxHost.OtherTenantKey, "93.184.220.9", theirs));
        Refused(await ListAsync(TelnyxHost.OtherTenantKey, "93.184.220.9"));
        // Whose these are nobody is told: an address is four numbers without zeros before them.
        foreach (string text in (string[])["0135.0270.0334.011", "0x5d.0xb8.0xdc.0x9", "93.12114953", "::ffff:93.184.220.9"])
        {
            (await ListAsync(TelnyxHost.OtherTenantKey, text, theirs)).Refuses(422, "10015", "/ip_address");
            (await ListAsync(TelnyxHost.OtherTenantKey, text)).Refuses(422, "10015", "/ip_address");
        }
        Assert.Equal(201, (await ListAsync(TelnyxHost.Key, "93.184.220.9", await ConnectionAsync(TelnyxHost.Key))).Status);
        Assert.All(Sip.FindSource(IPAddress.Parse("93.184.220.9")), s => Assert.Equal(host.Tenant, s.Connection.Tenant));
    }

    [Fact]
    public async Task An_address_that_its_owner_gives_up_is_free_again()
    {
        string theirs = await ConnectionAsync(TelnyxHost.OtherTenantKey);
        string row = (string)(await ListAsync(TelnyxHost.Key, "93.184.220.10", await ConnectionAsync(TelnyxHost.Key))).Data["id"]!;
        Refused(await ListAsync(TelnyxHost.OtherTenantKey, "93.184.220.10", theirs));
        await host.SendAsync("DELETE", $"/v2/ips/{row}");
        Assert.Equal(201, (await ListAsync(TelnyxHost.OtherTenantKey, "93.184.220.10", theirs)).Status);
    }

    [Fact]
    public async Task A_row_of_another_address_does_not_become_one_of_anothers_by_a_change()
    {
        await ListAsync(TelnyxHost.Key, "93.184.220.11", await ConnectionAsync(TelnyxHost.Key));
        string row = (string)(await ListAsync(TelnyxHost.OtherTenantKey, "93.184.220.12",
            await ConnectionAsync(TelnyxHost.OtherTenantKey))).Data["id"]!;
        Refused(await host.SendAsync("PATCH", $"/v2/ips/{row}", """{"ip_address":"93.184.220.11"}""", TelnyxHost.OtherTenantKey));
        Assert.Equal(200, (await host.SendAsync("PATCH", $"/v2/ips/{row}", """{"ip_address":"93.184.220.12","port":5080}""",
            TelnyxHost.OtherTenantKey)).Status);
    }

    [Fact]
    public async Task A_trunks_address_is_nobodys_by_sources_by_host_and_by_what_its_name_leads_to()
    {
        string made = (string)(await OperatorAsync("POST", "/trunks",
            """{"name":"sbc","host":"93.184.221.1","sources":["93.184.221.128/25"],"enabled":false}""")).Data["id"]!;
        string theirs = await ConnectionAsync(TelnyxHost.OtherTenantKey);
        foreach (string address in (string[])["93.184.221.1", "93.184.221.200"])
            Refused(await ListAsync(TelnyxHost.OtherTenantKey, address, theirs));
        host.TrunkHosts.Learn([(IPAddress.Parse("93.184.222.7"), new TrunkId(Guid.Parse(made)))]);
        Refused(await ListAsync(TelnyxHost.OtherTenantKey, "93.184.222.7", theirs));
        host.TrunkHosts.Learn([]);

        string fqdns = await ConnectionAsync(TelnyxHost.OtherTenantKey, kind: "fqdn");
        await OperatorAsync("PATCH", $"/trunks/{made}", """{"host":"SIP.carrier.example"}""");
        (await host.SendAsync("POST", "/v2/fqdns",
            $$"""{"fqdn":"sip.Carrier.example.","dns_record_type":"a","connection_id":"{{fqdns}}"}""", TelnyxHost.OtherTenantKey))
            .Refuses(422, "10015", "/fqdn");
        (await host.SendAsync("POST", "/v2/fqdns", $$"""{"fqdn":"93.184.221.130","dns_record_type":"a","connection_id":"{{fqdns}}"}""",
            TelnyxHost.OtherTenantKey)).Refuses(422, "10015", "/fqdn");
        await OperatorAsync("DELETE", $"/trunks/{made}");
        Assert.Equal(201, (await ListAsync(TelnyxHost.OtherTenantKey, "93.184.221.200", theirs)).Status);
    }

    [Fact]
    public async Task Behind_an_SBC_that_a_trunk_or_another_account_has_equipment_calls_with_a_token_or_a_password()
    {
        await OperatorAsync("POST", "/trunks", """{"name":"sbc2","host":"93.184.223.1"}""");
        await ListAsync(TelnyxHost.Key, "93.184.223.2", await ConnectionAsync(TelnyxHost.Key));
        string tokened = await ConnectionAsync(TelnyxHost.OtherTenantKey, Token);
        string digest = await ConnectionAsync(TelnyxHost.OtherTenantKey,
            ""","outbound":{"ip_authentication_method":"credential-authentication"}""", "fqdn");
        foreach (string address in (string[])["93.184.223.1", "93.184.223.2"])
            foreach (string connection in (string[])[tokened, digest])
                Assert.Equal(201, (await ListAsync(TelnyxHost.OtherTenantKey, address, connection)).Status);

        // What was let in with a mark does not lose it, nor move to a connection without one.
        var bare = await host.SendAsync("PATCH", $"/v2/ip_connections/{tokened}",
            """{"outbound":{"ip_authentication_method":"tech-prefixp-charge-info"}}""", TelnyxHost.OtherTenantKey);
        bare.Refuses(422, "10015", "/outbound/ip_authentication_method");
        string row = (string)(await host.SendAsync("GET", $"/v2/ips?filter[connection_id]={tokened}",
            key: TelnyxHost.OtherTenantKey)).List[0]!["id"]!;
        Refused(await host.SendAsync("PATCH", $"/v2/ips/{row}",
            $$"""{"ip_address":"93.184.223.1","connection_id":"{{await ConnectionAsync(TelnyxHost.OtherTenantKey)}}"}""",
            TelnyxHost.OtherTenantKey));
        Assert.Equal(200, (await host.SendAsync("PATCH", $"/v2/ip_connections/{tokened}",
            """{"outbound":{"ip_authentication_token":"another-token"}}""", TelnyxHost.OtherTenantKey)).Status);
    }

    [Fact]
    public async Task The_operator_shares_an_address_and_takes_it_back()
    {
        string mine = await ConnectionAsync(TelnyxHost.Key), theirs = await ConnectionAsync(TelnyxHost.OtherTenantKey);
        await ListAsync(TelnyxHost.Key, "93.184.224.1", mine);
        var shared = await OperatorAsync("POST", "/addresses/share", """{"address":"::ffff:93.184.224.1"}""");
        Assert.True(shared.Status == 200, shared.Text);
        Assert.Equal(("93.184.224.1", "shared"), ((string?)shared.Data["address"], (string?)shared.Data["state"]));
        Assert.Equal(201, (await ListAsync(TelnyxHost.OtherTenantKey, "93.184.224.1", theirs)).Status);
        Assert.Equal(["acme", "other"], (await FindAsync())!["accounts"]!.AsArray().Select(a => (string)a!["name"]!));

        var own = await OperatorAsync("POST", "/addresses/unshare", """{"address":"93.184.224.1"}""");
        Assert.Equal("contested", (string?)own.Data["state"]);
        Refused(await ListAsync(TelnyxHost.OtherTenantKey, "93.184.224.1", await ConnectionAsync(TelnyxHost.OtherTenantKey)));
        Assert.True((await OperatorAsync("POST", "/addresses/unshare", """{"address":"93.184.224.1"}""")).Status >= 400);
        Assert.True((await OperatorAsync("POST", "/addresses/share", """{"address":"nonsense"}""")).Status >= 400);

        async Task<JsonNode?> FindAsync() =>
            (await OperatorAsync("GET", "/addresses?page[size]=250")).List.FirstOrDefault(a => (string?)a!["address"] == "93.184.224.1");
    }

    [Fact]
    public async Task A_row_that_moves_to_a_shared_address_comes_after_those_that_are_there()
    {
        await OperatorAsync("POST", "/addresses/share", """{"address":"93.184.224.2"}""");
        string row = (string)(await ListAsync(TelnyxHost.OtherTenantKey, "93.184.224.3",
            await ConnectionAsync(TelnyxHost.OtherTenantKey))).Data["id"]!;
        host.Time.Advance(TimeSpan.FromMinutes(1));
        await ListAsync(TelnyxHost.Key, "93.184.224.2", await ConnectionAsync(TelnyxHost.Key));
        host.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200,
            (await host.SendAsync("PATCH", $"/v2/ips/{row}", """{"ip_address":"93.184.224.2"}""", TelnyxHost.OtherTenantKey)).Status);
        Assert.Equal([host.Tenant, host.Stranger], Sip.FindSource(IPAddress.Parse("93.184.224.2")).Select(s => s.Connection.Tenant));
        // A change of something else does not begin anew, and nothing of it is shown.
        host.Time.Advance(TimeSpan.FromMinutes(1));
        var patched = await host.SendAsync("PATCH", $"/v2/ips/{row}", """{"ip_address":"93.184.224.2","port":5099}""",
            TelnyxHost.OtherTenantKey);
        Assert.DoesNotContain("listed_at", patched.Text, StringComparison.Ordinal);
        Assert.Equal(5099, Sip.FindSource(IPAddress.Parse("93.184.224.2"))[1].Ports.Single());
    }

    [Fact]
    public async Task Whoever_adds_a_trunk_is_told_which_customers_addresses_it_takes()
    {
        string mine = await ConnectionAsync(TelnyxHost.Key);
        await ListAsync(TelnyxHost.Key, "93.184.225.9", mine);
        var made = await OperatorAsync("POST", "/trunks", """{"name":"later","host":"later.example","sources":["93.184.225.0/24"]}""");
        var listed = Assert.Single(made.Data["customer_addresses"]!.AsArray())!;
        Assert.Equal(("93.184.225.9", "acme"), ((string?)listed["address"], (string?)listed["accounts"]![0]!["name"]));
        var explained = (await OperatorAsync("GET", "/routes/explain?from=%2B4930123&to=%2B4989456&source=93.184.225.9")).Data;
        Assert.Equal(("trunks_address", "trunk"),
            ((string?)explained["connections"]![0]!["outcome"], (string?)explained["inbound"]!["known_by"]));
        Assert.True((await OperatorAsync("POST", "/addresses/share", """{"address":"93.184.225.9"}""")).Status >= 400);
        await OperatorAsync("DELETE", $"/trunks/{made.Data["id"]}");
    }
}
