using System.Text.Json.Nodes;

namespace Ringwright.Interop.Cases;

/// <summary>A node whose phones have a domain.</summary>
public sealed class PhonesNode() : RunningNode("--api-rate", "100000", "--sip-domain", Domain)
{
    public const string Domain = "pbx.example";
}

/// <summary>baresip as a customer's desk phone, on a connection whose media must be encrypted: signalling by TLS, sound by SRTP.</summary>
public sealed class SecurePhoneTests(PhonesNode node) : IClassFixture<PhonesNode>
{
    private const int Hertz = 1_000;
    /// <summary>The lab's echo.</summary>
    private const string Echo = "+15550080000";

    [Fact]
    public async Task A_phone_that_encrypts_hears_the_other_side()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var phone = await PhoneAsync(customer, "mediaenc=srtp-mand");
        await phone.SaysAsync("Call established");
        await phone.HearsAsync(Hertz);
        await phone.SaysAsync("SRTP is Enabled");
    }

    [Fact]
    public async Task A_phone_that_does_not_encrypt_is_refused()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var phone = await PhoneAsync(customer, "regint=0");
        await phone.SaysAsync("488 Not Acceptable Here");
    }

    private async Task<Baresip> PhoneAsync(Customer customer, string media)
    {
        string user = $"desk{Guid.NewGuid():N}"[..16];
        const string password = "correct-horse-1";
        string profile = (string)(await customer.SendAsync(HttpMethod.Get, "outbound_voice_profiles"))[0]!["id"]!;
        await customer.SendAsync(HttpMethod.Post, "credential_connections", new()
        {
            ["connection_name"] = user,
            ["user_name"] = user,
            ["password"] = password,
            ["encrypted_media"] = "SRTP",
            ["outbound"] = new JsonObject
            {
                ["outbound_voice_profile_id"] = profile, ["ani_override"] = customer.Number, ["ani_override_type"] = "always"
            },
        });
        string door = $"sip:127.0.0.1:{node.SipTlsPort};transport=tls";
        return new Baresip(Hertz, $"outbound=\"{door}\";auth_user={user};auth_pass={password};regint=0;audio_codecs=pcmu;{media}",
            $"sip:{Echo}@{PhonesNode.Domain}", $"sip:{user}@{PhonesNode.Domain};transport=tls");
    }
}
