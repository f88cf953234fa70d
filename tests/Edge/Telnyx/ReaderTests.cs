using System.Text.Json.Nodes;
using Ringwright.Edge.Telnyx.OAuth;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx;

namespace Ringwright.Edge.Telnyx;

/// <summary>What a key that may only read is shown of secrets: nothing, by whatever way it asks.</summary>
public sealed class ReaderTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string ReaderKey = "KEY0123456789_reader", MemberKey = "KEY0123456789_member";
    private const string Password = "open-sesame-1", AddressToken = "open-sesame-3", HostToken = "open-sesame-4", Pin = "open-sesame-5";

    [Fact]
    public async Task A_reader_and_a_program_with_the_scope_read_find_no_secret_in_any_answer_and_a_member_does()
    {
        var stop = TestContext.Current.CancellationToken;
        await host.Store.ApiKeys.CreateAsync(host.Tenant, ReaderKey, KeyRole.Reader, "wall board", stop);
        await host.Store.ApiKeys.CreateAsync(host.Tenant, MemberKey, KeyRole.Member, "server", stop);
        var oauth = new OAuthHost(host);
        var token = await oauth.TokenAsync(await oauth.ProgramAsync(grants: "client_credentials", scopes: "read"),
            ("grant_type", "client_credentials"), ("scope", "read"));
        Assert.True(token.Status == 200, token.Text);

        var (paths, secrets) = await ArrangeAsync();
        string seen = "";
        foreach (string path in paths.Concat(EveryRead())) seen += (await host.SendAsync("GET", path, key: MemberKey)).Text;
        Assert.All(secrets, secret => Assert.Contains(secret, seen, StringComparison.Ordinal));

        foreach (string key in new[] { ReaderKey, (string)token.Body["access_token"]! })
        {
            int answered = 0;
            foreach (string path in paths.Concat(EveryRead()))
            {
                var answer = await host.SendAsync("GET", path, key: key);
                Assert.True(answer.Status < 500 || answer.Code is "10041", $"{path}: {answer.Text}");
                Assert.All(secrets,
                    secret => Assert.False(answer.Text.Contains(secret, StringComparison.Ordinal), $"{path} shows {secret}"));
                answered += answer.Status == 200 ? 1 : 0;
            }
            Assert.True(answered > 30, $"{answered}");
        }
    }

    [Fact]
    public async Task The_trail_says_that_a_secret_changed_and_not_to_what()
    {
        var (paths, secrets) = await ArrangeAsync("-trail");
        string address = paths.Single(p => p.StartsWith("/v2/ip_connections/", StringComparison.Ordinal));
        var changed = await host.SendAsync("PATCH", address,
            """{"outbound":{"ip_authentication_method":"token","ip_authentication_token":"open-sesame-new"} }""");
        Assert.True(changed.Status == 200, changed.Text);
        Assert.Contains("open-sesame-new", changed.Text, StringComparison.Ordinal);
        foreach (string path in paths.Where(p => !p.Contains("phone_numbers", StringComparison.Ordinal)))
            Assert.Equal(200, (await host.SendAsync("DELETE", path)).Status);

        var trail = await host.SendAsync("GET", "/v2/audit_events?page[size]=250&sort=desc");
        Assert.All(secrets.Append("open-sesame-new"), secret => Assert.DoesNotContain(secret, trail.Text, StringComparison.Ordinal));
        Assert.Contains("""ip_authentication_token":"***""", trail.Text, StringComparison.Ordinal);
        Assert.Contains("""{"field":"external_pin","from":"***","to":"***"}""",
            trail.Text.Replace("\"from\":\"\"", "\"from\":\"***\"", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("credential_connections", "password"), InlineData("fqdn_connections", "password"),
        InlineData("fqdn_connections", "outbound][ip_authentication_token")]
    [InlineData("ip_connections", "outbound][ip_authentication_token"), InlineData("ip_connections", "outbound.ip_authentication_token"),
        InlineData("telephony_credentials", "sip_password"), InlineData("phone_numbers", "external_pin")]
    public async Task No_list_can_be_asked_for_a_secret_letter_by_letter(string list, string field)
    {
        foreach (string way in new[] { "", "[starts_with]", "[contains]", "[gt]", "[in]", "[]" })
            (await host.SendAsync("GET", $"/v2/{list}?filter[{field}]{way}=open")).Refuses(400, "10031");
        string sort = field.Replace("][", ".", StringComparison.Ordinal);
        (await host.SendAsync("GET", $"/v2/{list}?sort={sort}")).Refuses(400, "10018");
        (await host.SendAsync("GET", $"/v2/{list}?sort=-{sort}")).Refuses(400, "10018");
    }

    /// <summary>Every bound read that asks for nothing but its path.</summary>
    private static IEnumerable<string> EveryRead()
    {
        var contract = TelnyxContract.Read();
        var table = TelnyxBindings.ReadOnly(contract);
        return contract.Operations.Concat(contract.Extensions)
            .Where(o => o is { Method: "GET", PathNames.Count: 0, Place: OperationPlace.Root } && table[o].IsReal
                && o.Id is not "StreamEvents" && !o.Path.StartsWith("/oauth/", StringComparison.Ordinal))
            .Select(o => "/v2" + o.Path);
    }

    private async Task<(IReadOnlyList<string> Paths, IReadOnlyList<string> Secrets)> ArrangeAsync(string more = "")
    {
        string credential = await MakeAsync("credential_connections",
            $$"""{"connection_name":"Phones{{more}}","user_name":"reader{{more.Trim('-')}}","password":"{{Password}}{{more}}"}""");
        string hosts = await MakeAsync("fqdn_connections",
            $$"""{"connection_name":"Hosts{{more}}","outbound":{"ip_authentication_method":"ip-authentication","ip_authentication_token":"{{HostToken}}{{more}}"} }""");
        string digest = await MakeAsync("fqdn_connections",
            $$"""{"connection_name":"Digest{{more}}","outbound":{"ip_authentication_method":"credential-authentication"} }""");
        string address = await MakeAsync("ip_connections",
            $$"""{"connection_name":"PBX{{more}}","outbound":{"ip_authentication_method":"token","ip_authentication_token":"{{AddressToken}}{{more}}"} }""");
        var phone = await host.SendAsync("POST", "/v2/telephony_credentials",
            $$"""{"connection_id":"{{credential[(credential.LastIndexOf('/') + 1)..]}}"}""");
        Assert.True(phone.Status == 201, phone.Text);
        string number = $"+1555{Random.Shared.Next(1_000_000, 9_999_999)}";
        var imported = Imported.Number(new(number, host.Tenant, null), Random.Shared.NextInt64(1L << 60), host.Time.GetUtcNow());
        await host.Store.Numbers.ImportAsync([imported], TestContext.Current.CancellationToken);
        Assert.Equal(200, (await host.SendAsync("PATCH", $"/v2/phone_numbers/{Uri.EscapeDataString(number)}",
            $$"""{"external_pin":"{{Pin}}{{more}}"}""")).Status);
        var own = (string?)(await host.SendAsync("GET", digest)).Data["password"];
        Assert.NotNull(own);
        return ([hosts, digest, address, $"/v2/telephony_credentials/{phone.Data["id"]}", credential,
            $"/v2/phone_numbers/{Uri.EscapeDataString(number)}"],
            [Password + more, HostToken + more, own, AddressToken + more, (string)phone.Data["sip_password"]!, Pin + more]);
    }

    private async Task<string> MakeAsync(string kind, string body, int status = 201)
    {
        var made = await host.SendAsync("POST", $"/v2/{kind}", body);
        Assert.True(made.Status == status, made.Text);
        return $"/v2/{kind}/{made.Data["id"]}";
    }
}
