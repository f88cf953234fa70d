using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Net.Streams;

namespace Ringwright.Edge.Net.Streams;

public sealed class TlsTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _authority.Dispose();

    private static TcpListener Listener()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private async Task<EngineRig> StartAsync(bool asksClients = false)
    {
        var rig = new EngineRig(change: o => o with
        {
            Tls = new()
            {
                Listen = new(IPAddress.Loopback, 0), Certificate = _authority.Issue("engine.example", "127.0.0.1"),
                ClientAuthorities = asksClients ? _authority.Roots : null
            },
        });
        await rig.Engine.StartAsync(Stop);
        return rig;
    }

    /// <summary>Dials a trunk by TLS at a far end with this certificate.</summary>
    private static async Task<(StreamPeer? Peer, string? Sni, EngineRig Rig)> DialAsync(X509Certificate2 certificate, TrunkTls demands,
        string host = "localhost", bool asksClient = false)
    {
        var rig = new EngineRig();
        await rig.Engine.StartAsync(Stop);
        using var listener = Listener();
        rig.Current = EngineRig.Routing(new Trunk
        {
            Id = new(Guid.NewGuid()), Name = "t", Host = host, Port = ((IPEndPoint)listener.LocalEndpoint).Port,
            Transport = SipTransport.Tls, Tls = demands,
        });
        string? sni = null;
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateSelectionCallback = (_, name) =>
            {
                sni = name;
                return certificate;
            },
            ClientCertificateRequired = asksClient,
            RemoteCertificateValidationCallback = (_, shown, _, _) => !asksClient || shown is not null,
        };
        await rig.Engine.Calls.DialAsync(EngineRig.Request("+4989777"), Stop);
        try
        {
            return (await StreamPeer.AcceptAsync(listener, options), sni, rig);
        }
        catch (Exception failed) when (failed is IOException or System.Security.Authentication.AuthenticationException)
        {
            return (null, sni, rig);
        }
    }

    [Fact]
    public async Task A_trunk_whose_certificate_is_of_the_right_authority_gets_its_call_and_is_named_by_SNI()
    {
        var (peer, sni, rig) = await DialAsync(_authority.Issue("localhost"), new() { Authorities = _authority.Pem });
        await using var _ = rig;
        Assert.NotNull(peer);
        string invite = await peer.HearAsync("INVITE ");
        Assert.Equal("localhost", sni);
        Assert.StartsWith("SIP/2.0/TLS ", SipPeer.Header(invite, "Via"));
        Assert.Contains(";transport=tls>", SipPeer.Header(invite, "Contact"));
        await peer.SendAsync(peer.Response(invite, "200 OK", peer.Sdp));
        await peer.HearAsync("ACK ");
        await rig.EventAsync<CallEvent.LegAnswered>();
        await peer.DisposeAsync();
    }

    [Theory]
    [InlineData("other authority")]
    [InlineData("system roots")]
    [InlineData("other name")]
    [InlineData("wrong pin")]
    public async Task A_trunk_that_cannot_prove_who_it_is_gets_no_call(string what)
    {
        using var other = new TestAuthority("CN=another authority");
        using var certificate = _authority.Issue(what == "other name" ? "elsewhere.example" : "localhost");
        var demands = what switch
        {
            "other authority" => new TrunkTls { Authorities = other.Pem },
            "system roots" => TrunkTls.Default,
            "wrong pin" => new TrunkTls { Authorities = _authority.Pem, Pins = [new('a', 64)] },
            _ => new TrunkTls { Authorities = _authority.Pem },
        };
        var (peer, _, rig) = await DialAsync(certificate, demands);
        await using var __ = rig;
        var ended = await rig.EventAsync<CallEvent.LegEnded>();
        Assert.Equal(HangupCause.TransportFailure, ended.Cause);
        Assert.Contains(
            what switch { "other name" => "is not for localhost", "wrong pin" => "is not the pinned one", _ => "is not trusted" },
            ended.Evidence);
        if (peer is not null) Assert.Null(await peer.TryHearAsync("INVITE "));
    }

    [Theory]
    [InlineData("pin")]
    [InlineData("server name")]
    [InlineData("unverified")]
    public async Task A_trunk_may_prove_itself_otherwise(string how)
    {
        using var certificate = _authority.Issue("elsewhere.example");
        var demands = how switch
        {
            "pin" => new TrunkTls { Pins = [new('b', 64), TestAuthority.Pin(certificate)] },
            "server name" => new TrunkTls { Authorities = _authority.Pem, ServerName = "elsewhere.example" },
            _ => new TrunkTls { IsVerified = false },
        };
        var (peer, sni, rig) = await DialAsync(certificate, demands, host: "127.0.0.1");
        await using var _ = rig;
        Assert.NotNull(peer);
        await peer.HearAsync("INVITE ");
        if (how == "server name") Assert.Equal("elsewhere.example", sni);
    }

    [Fact]
    public async Task A_trunk_that_asks_for_a_certificate_gets_ours()
    {
        using var ours = _authority.Issue("engine.example");
        var demands = new TrunkTls
        {
            Authorities = _authority.Pem, Certificate = ours.ExportCertificatePem(), CertificateKey = TestAuthority.Key(ours)
        };
        var (peer, _, rig) = await DialAsync(_authority.Issue("localhost"), demands, asksClient: true);
        await using var __ = rig;
        Assert.NotNull(peer);
        Assert.Equal("CN=engine.example", ((SslStream)peer.Stream).RemoteCertificate?.Subject);
        await peer.HearAsync("INVITE ");
    }

    [Fact]
    public async Task A_phone_calls_by_TLS_and_hears_a_secure_Contact()
    {
        await using var rig = await StartAsync();
        await using var phone = await StreamPeer.ConnectAsync(rig.Engine.SecureLocal!, tls: Trusting("engine.example"));
        await phone.SendAsync(phone.Invite("+4989456"));
        var leg = (await rig.EventAsync<CallEvent.LegInitiated>()).Leg.Id;
        await rig.Engine.Calls.SendAsync(leg, new LegCommand.Answer(), Stop);
        string ok = await phone.HearAsync("SIP/2.0 200");
        Assert.Equal($"<sip:{rig.Engine.SecureLocal};transport=tls>", SipPeer.Header(ok, "Contact"));
        await phone.SendAsync(phone.Inside(ok, "+4989456", "ACK", 1));
        await rig.EventAsync<CallEvent.LegAnswered>();
        await rig.Engine.Calls.SendAsync(leg, new LegCommand.Hangup(), Stop);
        string bye = await phone.HearAsync("BYE ");
        Assert.StartsWith($"SIP/2.0/TLS {rig.Engine.SecureLocal};", SipPeer.Header(bye, "Via"));
    }

    [Fact]
    public async Task Whoever_connects_after_a_renewal_is_shown_the_new_certificate_and_who_is_connected_stays()
    {
        TlsIdentity? renewed = null;
        await using var rig = new EngineRig(change: o => o with
        {
            Tls = new()
            {
                Listen = new(IPAddress.Loopback, 0), Certificate = _authority.Issue("engine.example"),
                Renewed = () => Interlocked.Exchange(ref renewed, null),
            },
        });
        await rig.Engine.StartAsync(Stop);
        await using var early = await StreamPeer.ConnectAsync(rig.Engine.SecureLocal!, tls: Trusting("engine.example"));
        Volatile.Write(ref renewed, new TlsIdentity(_authority.Issue("renewed.example"), []));
        for (int i = 0; i < 2; i++)
        {
            await using var late = await StreamPeer.ConnectAsync(rig.Engine.SecureLocal!, tls: Trusting("renewed.example"));
            Assert.Equal("CN=renewed.example", ((SslStream)late.Stream).RemoteCertificate?.Subject);
        }
        await early.SendAsync(early.Invite("+4989456"));
        await early.HearAsync("SIP/2.0 180");
    }

    [Fact]
    public async Task A_sips_call_has_a_sips_Contact()
    {
        await using var rig = await StartAsync();
        await using var phone = await StreamPeer.ConnectAsync(rig.Engine.SecureLocal!, tls: Trusting("engine.example"));
        await phone.SendAsync(phone.Invite("+4989456").Replace("INVITE sip:", "INVITE sips:"));
        var leg = (await rig.EventAsync<CallEvent.LegInitiated>()).Leg.Id;
        await rig.Engine.Calls.SendAsync(leg, new LegCommand.Answer(), Stop);
        Assert.Equal($"<sips:{rig.Engine.SecureLocal}>", SipPeer.Header(await phone.HearAsync("SIP/2.0 200"), "Contact"));
    }

    [Fact]
    public async Task With_mutual_TLS_only_clients_with_a_good_certificate_are_heard()
    {
        await using var rig = await StartAsync(asksClients: true);
        using var other = new TestAuthority("CN=another authority");
        foreach (var stranger in (X509Certificate2?[])[null, other.Issue("phone.example")])
        {
            // TLS 1.3 tells a client of its refusal only with the first bytes after the handshake.
            try
            {
                await using var refused = await StreamPeer.ConnectAsync(rig.Engine.SecureLocal!, tls: Trusting("engine.example", stranger));
                await refused.SendAsync(refused.Invite("+4989456"));
                Assert.Null(await refused.TryHearAsync("SIP/2.0"));
            }
            catch (Exception failed) when (failed is IOException or System.Security.Authentication.AuthenticationException)
            {
                // Or at once.
            }
        }
        await using var phone = await StreamPeer.ConnectAsync(rig.Engine.SecureLocal!,
            tls: Trusting("engine.example", _authority.Issue("phone.example")));
        await phone.SendAsync(phone.Invite("+4989456"));
        await phone.HearAsync("SIP/2.0 180");
        Assert.Single(rig.Events);
    }

    [Fact]
    public async Task A_dial_by_sips_needs_a_certificate_that_the_system_trusts()
    {
        await using var callee = await StartAsync();
        await using var caller = new EngineRig();
        await caller.Engine.StartAsync(Stop);
        await caller.Engine.Calls.DialAsync(EngineRig.Request($"sips:+4989456@{callee.Engine.SecureLocal}"), Stop);
        Assert.Contains("is not trusted", (await caller.EventAsync<CallEvent.LegEnded>()).Evidence);
        Assert.Empty(callee.Events);
    }

    private SslClientAuthenticationOptions Trusting(string name, X509Certificate2? own = null)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(_authority.Roots);
        return new()
        {
            TargetHost = name,
            CertificateChainPolicy = policy,
            ClientCertificateContext = own is null ? null : SslStreamCertificateContext.Create(own, null, offline: true),
        };
    }
}
