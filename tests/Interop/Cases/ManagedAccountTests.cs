using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Ringwright.Interop.Cases;

/// <summary>An account below another one lives by its own key until its manager switches it off.</summary>
public sealed class ManagedAccountTests(RunningNode node) : CallCase(node)
{
    [Fact]
    public async Task A_managed_account_calls_and_is_called_with_its_own_key_until_it_is_disabled()
    {
        var manager = await CustomerAsync();
        string name = $"shop {Guid.NewGuid():N}", number = "+15550500001";
        var made = await manager.SendAsync(HttpMethod.Post, "managed_accounts", new() { ["business_name"] = name });
        // By the command, as an operator does it.
        string file = Node.PathOf($"{Guid.NewGuid():N}.csv");
        await File.WriteAllTextAsync(file, $"number\n{number}\n", TestContext.Current.CancellationToken);
        Assert.Contains($"1 number added to account '{name}'", await Node.RunAsync("numbers", "import", file, "--tenant", name),
            StringComparison.Ordinal);
        await using var shop = await Customer.CreateAsync(Node, number, key: (string)made["api_key"]!);
        string actions = $"managed_accounts/{made["id"]}/actions/";

        // Two accounts: neither sees what the other has.
        (await manager.GetAsync($"call_control_applications/{shop.Application}")).Refuses(404, "10005");
        (await shop.GetAsync($"call_control_applications/{manager.Application}")).Refuses(404, "10005");
        Assert.Equal(number, (string?)Assert.Single((await shop.SendAsync(HttpMethod.Get, "phone_numbers")).AsArray())!["phone_number"]);
        (await shop.TryAsync(HttpMethod.Post, "managed_accounts", new() { ["business_name"] = "deeper" })).Refuses(403, "10038");

        var (live, caller) = await AnsweredAsync(shop);
        await manager.SendAsync(HttpMethod.Post, actions + "disable");
        (await shop.GetAsync("phone_numbers")).Refuses(403, "20012");
        (await shop.TryAsync(HttpMethod.Post, "calls", shop.DialBody(NewPhone().Uri))).Refuses(403, "20012");
        await NewPhone().Call(number).ReachesAsync(480);
        // What was up ends for it (docs/adr/0138); the account comes back with its connections.
        await caller.ReceivesAsync("BYE");
        var ended = await shop.NextAsync("call.hangup");
        Assert.Equal((string?)live["call_control_id"], (string?)ended["call_control_id"]);
        await manager.SendAsync(HttpMethod.Post, actions + "enable", new() { ["reenable_all_connections"] = true });

        var phone = NewPhone();
        await shop.DialAsync(phone.Uri);
        await (await phone.RingsAsync()).RefuseAsync(486);
        await shop.NextAsync("call.hangup", 2);
    }

    [Fact]
    public async Task A_phone_of_a_disabled_account_does_not_register()
    {
        var manager = await CustomerAsync();
        var made = await manager.SendAsync(HttpMethod.Post, "managed_accounts", new() { ["business_name"] = $"phones {Guid.NewGuid():N}" });
        await Node.ImportNumbersAsync(["+15550500002"], await NameOfAsync((string)made["id"]!));
        await using var shop = await Customer.CreateAsync(Node, "+15550500002", key: (string)made["api_key"]!);
        string user = $"desk{Guid.NewGuid():N}"[..16];
        await shop.SendAsync(HttpMethod.Post, "credential_connections",
            new() { ["connection_name"] = "Phones", ["user_name"] = user, ["password"] = "correct horse" });
        await RegistersAsync("uac-register");
        await manager.SendAsync(HttpMethod.Post, $"managed_accounts/{made["id"]}/actions/disable");
        await RegistersAsync("uac-register-wrong");

        async Task RegistersAsync(string scenario)
        {
            using var sipp = Sipp.Run(Node, user, scenario, "-au", user, "-ap", "correct horse", "-key", "contact",
                $"<sip:{user}@127.0.0.1:5099>");
            await sipp.SucceedsAsync();
        }
    }

    [Fact]
    public async Task A_managed_account_keeps_to_its_share_of_channels()
    {
        var manager = await CustomerAsync();
        var made = await manager.SendAsync(HttpMethod.Post, "managed_accounts", new() { ["business_name"] = $"small {Guid.NewGuid():N}" });
        await Node.ImportNumbersAsync(["+15550500003"], await NameOfAsync((string)made["id"]!));
        await using var shop = await Customer.CreateAsync(Node, "+15550500003", key: (string)made["api_key"]!);
        await manager.SendAsync(HttpMethod.Patch, $"managed_accounts/{made["id"]}/update_global_channel_limit",
            new() { ["channel_limit"] = 1 });
        var (live, _) = await AnsweredAsync(shop);
        (await shop.TryAsync(HttpMethod.Post, "calls", shop.DialBody(NewPhone().Uri))).Refuses(403, "90041");
        await shop.ActAsync(live, "hangup");
        await shop.NextAsync("call.hangup");
        var phone = NewPhone();
        await shop.DialAsync(phone.Uri);
        await (await phone.RingsAsync()).RefuseAsync(486);
        await shop.NextAsync("call.hangup", 2);
    }

    [Fact]
    public async Task An_identity_providers_settings_are_read_from_its_metadata()
    {
        var customer = await CustomerAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=idp", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, new(2090, 1, 1, 0, 0, 0, TimeSpan.Zero));
        string metadata = customer.Sink.Serve("metadata.xml", Encoding.UTF8.GetBytes($"""
            <EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example/entity"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
            <KeyDescriptor><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{Convert.ToBase64String(certificate.RawData)}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
            <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/go"/></IDPSSODescriptor></EntityDescriptor>
            """));
        var made = await customer.SendAsync(HttpMethod.Post, "authentication_providers",
            new() { ["name"] = "Staff", ["short_name"] = $"{Guid.NewGuid():N}", ["settings"] = Arrangement.ProviderSettings() });
        var read = await customer.SendAsync(HttpMethod.Patch, $"authentication_providers/{made["id"]}",
            new() { ["settings_url"] = metadata });
        Assert.Equal(("https://idp.example/entity", "https://idp.example/go", "sha256"),
            ((string?)read["settings"]!["idp_entity_id"], (string?)read["settings"]!["idp_sso_target_url"],
                (string?)read["settings"]!["idp_cert_fingerprint_algorithm"]));
        Assert.Equal(certificate.GetCertHashString(HashAlgorithmName.SHA256),
            ((string)read["settings"]!["idp_cert_fingerprint"]!).Replace(":", "", StringComparison.Ordinal));
        foreach (string url in new[] { customer.Sink.Serve("song.xml", [1, 2, 3]), customer.Sink.Root + "audio/missing.xml" })
        {
            var refused = await customer.TryAsync(HttpMethod.Patch, $"authentication_providers/{made["id"]}",
                new() { ["settings_url"] = url });
            refused.Refuses(422, "10015");
            Assert.Equal("/settings_url", refused.Pointer);
        }
    }

    /// <summary>The operator names accounts by their names.</summary>
    private async Task<string> NameOfAsync(string id) =>
        (string)JsonNode.Parse(await Node.RunAsync("tenant", "list", "--json"))!.AsArray().Single(t => (string?)t!["id"] == id)!["name"]!;
}
