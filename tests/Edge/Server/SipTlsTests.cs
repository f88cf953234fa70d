using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Ringwright.Edge.Net.Streams;
using Ringwright.Server;
using Ringwright.Server.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

public sealed class SipTlsTests
{
    private static SslClientAuthenticationOptions Trusting(string authorityFile)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(authorityFile);
        return new() { TargetHost = "sip.example.com", CertificateChainPolicy = policy };
    }

    [Fact]
    public async Task A_node_without_a_certificate_shows_one_of_its_own_authority()
    {
        await using var node =
            await RunningNode.StartAsync(s => s with { SipTls = new(IPAddress.Loopback, 0), SipDomains = ["sip.example.com"] });
        string authority = Path.Combine(node.Node.Settings.Data, "ca", LocalAuthority.AuthorityFile);
        await using var phone = await StreamPeer.ConnectAsync(node.Node.Settings.SipTls!, tls: Trusting(authority));
        await phone.SendAsync(phone.Request("OPTIONS", "anybody", "one", "<sip:a@b>", 1, null));
        await phone.HearAsync("SIP/2.0 200");
    }

    [Fact]
    public async Task A_node_that_has_a_name_is_called_so_by_TLS()
    {
        await using var node = await RunningNode.StartAsync(s => s with
        {
            SipTls = new(IPAddress.Loopback, 0),
            SipDomains = ["sip.example.com"],
            SipTlsName = "sip.example.com",
        });
        string authority = Path.Combine(node.Node.Settings.Data, "ca", LocalAuthority.AuthorityFile);
        await using var trunk = await StreamPeer.ConnectAsync(node.Node.Settings.SipTls!, tls: Trusting(authority));
        await trunk.SendAsync(trunk.Request("OPTIONS", "anybody", "one", "<sip:a@b>", 1, null));
        string answer = await trunk.HearAsync("SIP/2.0 200");
        Assert.Contains($"\r\nContact: <sip:sip.example.com:{node.Node.Settings.SipTls!.Port};transport=tls>\r\n", answer,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_shows_the_certificate_that_it_was_given()
    {
        using var folder = new TempFolder();
        using var authority = new TestAuthority();
        using var certificate = authority.Issue("sip.example.com");
        string file = folder.File("cert.pem"), key = folder.File("key.pem"), root = folder.File("root.pem");
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(key, TestAuthority.Key(certificate), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(root, authority.Pem, TestContext.Current.CancellationToken);
        await using var node =
            await RunningNode.StartAsync(s => s with { SipTls = new(IPAddress.Loopback, 0), SipTlsCertificate = file, SipTlsKey = key });
        await using var phone = await StreamPeer.ConnectAsync(node.Node.Settings.SipTls!, tls: Trusting(root));
        Assert.Equal(certificate.Subject, ((SslStream)phone.Stream).RemoteCertificate?.Subject);
        Assert.False(Directory.Exists(Path.Combine(node.Node.Settings.Data, "ca")));
    }

    [Fact]
    public async Task Files_that_are_no_certificate_are_refused_in_one_sentence()
    {
        using var folder = new TempFolder();
        string file = folder.File("cert.pem");
        await File.WriteAllTextAsync(file, "nothing", TestContext.Current.CancellationToken);
        var refused = await Assert.ThrowsAsync<StartRefused>(() =>
            RunningNode.StartAsync(s => s with { SipTls = new(IPAddress.Loopback, 0), SipTlsCertificate = file, SipTlsKey = file }));
        Assert.Contains(file, refused.Message);
    }
}
