using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Ringwright.Telnyx.Account;

namespace Ringwright.Edge.Telnyx;

/// <summary>Integration secrets and authentication providers.</summary>
public sealed class SecretAndProviderTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Secrets = "/v2/integration_secrets", Providers = "/v2/authentication_providers";
    private const string Fingerprint = "13:38:C7:BB:C9:FF:4A:70:38:3A:E3:D9:5C:CD:DB:2E:50:1E:80:A7";

    private static string Settings(string fingerprint = Fingerprint, string target = "https://idp.example.com/sso",
        string entity = "https://idp.example.com/metadata") =>
        $$"""{"idp_entity_id":"{{entity}}","idp_sso_target_url":"{{target}}","idp_cert_fingerprint":"{{fingerprint}}"}""";

    [Fact]
    public async Task A_secret_is_never_shown_again()
    {
        var made = await host.SendAsync("POST", Secrets,
            """{"identifier":"openai","type":"bearer","token":"sk-very-secret","password":"stray-secret"}""");
        Assert.True(made.Status == 201, made.Text);
        Assert.Equal("openai", (string?)made.Data["identifier"]);
        Assert.Equal(201, (await host.SendAsync("POST", Secrets,
            """{"identifier":"crm","type":"basic","username":"anna-secret","password":"pw-secret"}""")).Status);
        (await host.SendAsync("POST", Secrets, """{"identifier":"crm","type":"bearer","token":"other-secret"}"""))
            .Refuses(422, "10015", "/identifier");
        Assert.Equal(201, (await host.SendAsync("POST", Secrets, """{"identifier":"crm","type":"bearer","token":"their-secret"}""",
            TelnyxHost.OtherTenantKey)).Status);

        var listed = await host.SendAsync("GET", Secrets);
        Assert.Equal(2, listed.List.Count);
        Assert.Equal("crm", (string?)(await host.SendAsync("GET", $"{Secrets}?filter[type]=basic")).List.Single()!["identifier"]);
        (await host.SendAsync("GET", $"{Secrets}?filter[token]=sk-very-secret")).Refuses(400, "10031");
        Assert.DoesNotContain("-secret\"", made.Text + listed.Text + (await host.SendAsync("GET", "/v2/audit_events?page[size]=250")).Text,
            StringComparison.Ordinal);
        string files = string.Concat(Directory.GetFiles(host.DataFolder, "ringwright.db*").Select(file =>
        {
            using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(open, Encoding.Latin1);
            return reader.ReadToEnd();
        }));
        foreach (string secret in new[] { "sk-very-secret", "stray-secret", "anna-secret", "pw-secret" })
            Assert.DoesNotContain(secret, files, StringComparison.Ordinal);

        (await host.SendAsync("DELETE", $"{Secrets}/{made.Data["id"]}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        Assert.Equal((204, ""),
            (await host.SendAsync("DELETE", $"{Secrets}/{made.Data["id"]}")) is var gone ? (gone.Status, gone.Text) : default);
        (await host.SendAsync("DELETE", $"{Secrets}/{made.Data["id"]}")).Refuses(404, "10005");
        Assert.Equal(201, (await host.SendAsync("POST", Secrets, """{"identifier":"openai","type":"bearer","token":"sk-new"}""")).Status);
    }

    [Theory]
    [InlineData("""{"identifier":"x","type":"bearer"}""", "10004", "/token"),
        InlineData("""{"identifier":"x","type":"basic","username":"u"}""", "10004", "/password")]
    [InlineData("""{"identifier":" ","type":"bearer","token":"t"}""", "10025", "/identifier"),
        InlineData("""{"identifier":"x","type":"other"}""", "10032", "/type"),
        InlineData("""{"type":"bearer","token":"t"}""", "10004", "/identifier")]
    public async Task A_secret_that_lacks_something_is_refused(string body, string code, string pointer) =>
        (await host.SendAsync("POST", Secrets, body)).Refuses(422, code, pointer);

    [Fact]
    public async Task A_provider_shows_where_it_is_to_send_people()
    {
        var made = await host.SendAsync("POST", Providers, $$"""{"name":"Okta","short_name":"my-org","settings":{{Settings()}}}""");
        Assert.True(made.Status == 200, made.Text);
        var settings = made.Data["settings"]!;
        Assert.Equal((true, "sha1", host.Tenant.ToString()),
            ((bool)made.Data["active"]!, (string?)settings["idp_cert_fingerprint_algorithm"], (string?)made.Data["organization_id"]));
        Assert.Equal($"https://calls.example.com/api/sso/saml/auth/{host.Tenant}/my-org",
            (string?)settings["assertion_consumer_service_url"]);
        Assert.Equal($"https://calls.example.com/api/sso/saml/metadata/{host.Tenant}/my-org",
            (string?)settings["service_provider_entity_id"]);
        (await host.SendAsync("POST", Providers, $$"""{"name":"Okta","short_name":"my-org","settings":{{Settings()}}}"""))
            .Refuses(422, "10015", "/short_name");

        string path = $"{Providers}/{made.Data["id"]}";
        var off = await host.SendAsync("PATCH", path, """{"active":false,"name":"Okta 2"}""");
        Assert.Equal((false, "Okta 2", "https://idp.example.com/sso"),
            ((bool)off.Data["active"]!, (string?)off.Data["name"], (string?)off.Data["settings"]!["idp_sso_target_url"]));
        (await host.SendAsync("PATCH", path, """{"settings":{"idp_entity_id":"https://other.example.com"}}""")).Refuses(422, "10004");
        (await host.SendAsync("PATCH", path, "{}", TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        // Other tests leave providers here too.
        string[] names = [.. (await host.SendAsync("GET", $"{Providers}?sort=-name")).List.Select(p => (string)p!["name"]!)];
        Assert.Contains("Okta 2", names);
        Assert.Equal(names.OrderDescending(StringComparer.Ordinal), names);
        Assert.Equal(200, (await host.SendAsync("DELETE", path)).Status);
        (await host.SendAsync("GET", path)).Refuses(404, "10005");
    }

    [Fact]
    public async Task Settings_that_cannot_be_are_refused_at_their_field()
    {
        foreach (string fingerprint in new[] { "", "13:38", "zz", "1:338C7BBC9FF4A70383AE3D95CCDDB2E501E80A", Fingerprint + ":00" })
            (await MakeAsync(Settings(fingerprint))).Refuses(422, "10015", "/settings/idp_cert_fingerprint");
        (await MakeAsync(Settings(target: "javascript:alert(1)"))).Refuses(422, "10003", "/settings/idp_sso_target_url");
        (await MakeAsync(Settings(), """,  "settings_url":"http://127.0.0.1/metadata" """)).Refuses(422, "10003", "/settings_url");
        (await host.SendAsync("POST", Providers, $$"""{"name":"X","short_name":"a b","settings":{{Settings()}}}"""))
            .Refuses(422, "10015", "/short_name");
        Assert.Equal(200, (await MakeAsync(Settings(new string('a', 64)))).Status);

        Task<Answer> MakeAsync(string settings, string more = "") =>
            host.SendAsync("POST", Providers, $$"""{"name":"X","short_name":"{{Guid.NewGuid():N}}","settings":{{settings}}{{more}}}""");
    }

    [Fact]
    public void Metadata_gives_entity_target_and_fingerprint()
    {
        string certificate = Certificate(out string hash);
        var (settings, _) = SamlMetadata.Read(Encoding.UTF8.GetBytes(Metadata(certificate)));
        Assert.NotNull(settings);
        Assert.Equal(("https://idp.example.com/entity", "https://idp.example.com/post", hash, "sha256"),
            ((string?)settings["idp_entity_id"], (string?)settings["idp_sso_target_url"], (string?)settings["idp_cert_fingerprint"],
                (string?)settings["idp_cert_fingerprint_algorithm"]));
        Assert.NotNull(SamlMetadata.Read(Encoding.UTF8.GetBytes(
            $"""<m:EntitiesDescriptor xmlns:m="urn:oasis:names:tc:SAML:2.0:metadata"><m:EntityDescriptor entityID="sp"/>{Metadata(certificate)}</m:EntitiesDescriptor>""")).Settings);
    }

    [Fact]
    public void What_is_no_metadata_says_what_is_missing()
    {
        string certificate = Certificate(out _), whole = Metadata(certificate);
        foreach (string broken in new[]
        {
            "", "hello", "<a/>", whole[..^10], $"<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>{whole}",
            whole.Replace("IDPSSODescriptor", "SPSSODescriptor"), whole.Replace("entityID", "id"), whole.Replace("HTTP-POST", "SOAP"),
            whole.Replace(certificate, "AAAA"), whole.Replace(certificate, "not base64!"), new string('<', 2_000_000),
        })
        {
            var (settings, problem) = SamlMetadata.Read(Encoding.UTF8.GetBytes(broken));
            Assert.Null(settings);
            Assert.NotEmpty(problem);
        }
    }

    internal static string Certificate(out string sha256)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=idp", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, new(2090, 1, 1, 0, 0, 0, TimeSpan.Zero));
        sha256 = string.Join(':', SHA256.HashData(certificate.RawData).Select(b => b.ToString("X2")));
        return Convert.ToBase64String(certificate.RawData);
    }

    internal static string Metadata(string certificate) => $"""
        <EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com/entity">
          <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
            <KeyDescriptor use="encryption"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>AAAA</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
            <KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
            <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example.com/post"/>
          </IDPSSODescriptor>
        </EntityDescriptor>
        """;
}
