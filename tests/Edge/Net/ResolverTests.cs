using System.Net;
using System.Net.Sockets;
using Ringwright.Core;
using Ringwright.Net.Dns;
using Ringwright.Switch;
using Ringwright.Switch.Routing;
using Ringwright.Testing;

namespace Ringwright.Edge.Net;

public sealed class ResolverTests : IDisposable
{
    private readonly NameServer _server = new();
    private readonly Resolver _resolver;

    public ResolverTests() => _resolver = new(new DnsClient([_server.Local]), EngineRig.Networks, TimeProvider.System);

    public void Dispose() => _server.Dispose();

    private async Task<string[]> ResolveAsync(string host, int? port = null, SipTransport? transport = null) =>
        [.. (await _resolver.ResolveAsync(new(host, port, transport, null), 1, TestContext.Current.CancellationToken))
            .Select(flow => flow.ToString())];

    [Fact]
    public async Task Literals_and_listed_names_need_no_server()
    {
        Assert.Equal(["Udp:10.0.0.1:5060"], await ResolveAsync("10.0.0.1"));
        Assert.Equal(["Udp:10.0.0.1:5080"], await ResolveAsync("10.0.0.1", 5080));
        Assert.Equal(["Udp:127.0.0.1:5060"], await ResolveAsync("localhost", 5060));
        Assert.Equal(0, _server.Questions);
        Assert.False(HostLiteral.TryParse("1", out _));
        Assert.False(HostLiteral.TryParse("host.example", out _));
        Assert.True(HostLiteral.TryParse("[::1]", out _));
    }

    [Fact]
    public async Task With_a_port_the_names_addresses_are_asked_for_once()
    {
        _server.A("pbx.example", "10.1.0.1", "10.1.0.2");
        Assert.Equal(["Udp:10.1.0.1:5070", "Udp:10.1.0.2:5070"], await ResolveAsync("pbx.example", 5070));
        Assert.Equal(["Udp:10.1.0.1:5070", "Udp:10.1.0.2:5070"], await ResolveAsync("PBX.example", 5070));
        Assert.Equal(1, _server.Questions);
    }

    [Fact]
    public async Task Without_a_port_SRV_records_say_where_and_in_which_order()
    {
        _server.Srv("_sip._udp.carrier.example", (20, 1, 5062, "b.carrier.example"), (10, 1, 5061, "a.carrier.example"));
        _server.A("a.carrier.example", "10.2.0.1");
        _server.A("b.carrier.example", "10.2.0.2");
        Assert.Equal(["Udp:10.2.0.1:5061", "Udp:10.2.0.2:5062"], await ResolveAsync("carrier.example"));
    }

    [Fact]
    public async Task NAPTR_records_name_the_service()
    {
        _server.Naptr("big.example", (10, "SIP+D2T", "_sip._tcp.big.example"), (20, "SIP+D2U", "_sip._udp.other.example"));
        _server.Srv("_sip._udp.other.example", (1, 1, 5090, "c.other.example"));
        _server.A("c.other.example", "10.3.0.1");
        Assert.Equal(["Udp:10.3.0.1:5090"], await ResolveAsync("big.example"));
    }

    [Fact]
    public async Task A_fixed_transport_asks_for_its_own_service_only()
    {
        _server.Naptr("tls.example", (10, "SIP+D2U", "_sip._udp.tls.example"));
        _server.Srv("_sip._udp.tls.example", (1, 1, 5060, "a.tls.example"));
        _server.Srv("_sips._tcp.tls.example", (1, 1, 5065, "a.tls.example"));
        _server.A("a.tls.example", "10.5.0.1");
        _server.A("tls.example", "10.5.0.2");
        Assert.Equal(["Tls:10.5.0.1:5065"], await ResolveAsync("tls.example", transport: SipTransport.Tls));
        Assert.Equal(["Tcp:10.5.0.2:5060"], await ResolveAsync("tls.example", transport: SipTransport.Tcp));
        Assert.Equal(["Tls:10.5.0.2:5070"], await ResolveAsync("tls.example", 5070, SipTransport.Tls));
        Assert.Equal(["Tls:10.6.0.1:5061"], await ResolveAsync("10.6.0.1", transport: SipTransport.Tls));
    }

    [Fact]
    public async Task Every_transport_that_a_name_offers_is_tried_in_its_order()
    {
        _server.Naptr("all.example", (20, "SIP+D2U", "_sip._udp.all.example"), (10, "SIPS+D2T", "_sips._tcp.all.example"),
            (15, "SIP+D2T", "_sip._tcp.all.example"));
        _server.Srv("_sip._udp.all.example", (1, 1, 5060, "a.all.example"));
        _server.Srv("_sip._tcp.all.example", (1, 1, 5060, "a.all.example"));
        _server.Srv("_sips._tcp.all.example", (1, 1, 5061, "a.all.example"));
        _server.A("a.all.example", "10.7.0.1");
        Assert.Equal(["Tls:10.7.0.1:5061", "Tcp:10.7.0.1:5060", "Udp:10.7.0.1:5060"], await ResolveAsync("all.example"));
        _server.Srv("_sip._tcp.srv.example", (1, 1, 5080, "a.all.example"));
        Assert.Equal(["Tcp:10.7.0.1:5080"], await ResolveAsync("srv.example"));
    }

    [Fact]
    public async Task Without_any_record_but_an_address_5060_is_used()
    {
        _server.A("plain.example", "10.4.0.1");
        Assert.Equal(["Udp:10.4.0.1:5060"], await ResolveAsync("plain.example"));
        Assert.Empty(await ResolveAsync("nowhere.example"));
    }

    [Theory]
    [InlineData("10.0.0.5", "2001:db8::7", new[] { "Udp:[2001:db8:9::1]:5060", "Udp:10.8.0.1:5060", "Udp:[fd00::9]:5060" })]
    [InlineData("10.0.0.5", null, new[] { "Udp:10.8.0.1:5060", "Udp:[2001:db8:9::1]:5060", "Udp:[fd00::9]:5060" })]
    [InlineData(null, "2001:db8::7", new[] { "Udp:[2001:db8:9::1]:5060", "Udp:[fd00::9]:5060", "Udp:10.8.0.1:5060" })]
    public async Task On_both_IP_versions_a_name_has_the_addresses_of_both_those_first_that_a_route_leads_to(string? own, string? own6,
        string[] expected)
    {
        _server.A("both.example", "10.8.0.1");
        _server.Aaaa("both.example", "fd00::9", "2001:db8:9::1");
        var networks = new SipNetworks([Of("10.0.0.5:5060"), Of("[2001:db8::7]:5060")],
            remote => (remote.AddressFamily is AddressFamily.InterNetwork ? own : own6) is { } from ? IPAddress.Parse(from) : null);
        var resolver = new Resolver(new DnsClient([_server.Local]), networks, TimeProvider.System);
        var place = new SipPlace("both.example", 5060, SipTransport.Udp, null);
        var flows = await resolver.ResolveAsync(place, 1, TestContext.Current.CancellationToken);
        Assert.Equal(expected, flows.Select(flow => flow.ToString()));
        Assert.All(flows, flow => Assert.Equal(flow.Remote.AddressFamily, networks[flow.Network].Family));

        // A node of one IP version never sees the others.
        Assert.Equal(["Udp:10.8.0.1:5060"], await ResolveAsync("both.example", 5060));
        _server.Aaaa("six.example", "2001:db8:9::1");
        Assert.Empty(await ResolveAsync("six.example", 5060));
        Assert.Empty(await ResolveAsync("2001:db8:9::1"));

        static SipNetwork Of(string local) => new(IPEndPoint.Parse(local), IPEndPoint.Parse(local));
    }

    [Fact]
    public async Task A_name_server_that_failed_is_asked_behind_the_one_that_answered()
    {
        using var dead = new NameServer { IsOutOfOrder = true };
        _server.A("one.example", "10.5.0.1");
        _server.A("two.example", "10.5.0.2");
        var resolver = new Resolver(new DnsClient([dead.Local, _server.Local]), EngineRig.Networks, TimeProvider.System);
        foreach (string name in (string[])["one.example", "two.example"])
            Assert.Single(await resolver.ResolveAsync(new(name, 5060, null, null), 1, TestContext.Current.CancellationToken));
        Assert.Equal((1, 2), (dead.Questions, _server.Questions));
    }

    [Fact]
    public async Task While_no_name_server_answers_the_last_answer_holds_for_a_day()
    {
        var clock = new FakeTimeProvider();
        var resolver = new Resolver(new DnsClient([_server.Local]), EngineRig.Networks, clock);
        async Task<int> CountAsync() =>
            (await resolver.ResolveAsync(new("pbx.example", 5060, null, null), 1, TestContext.Current.CancellationToken)).Count;
        _server.A("pbx.example", "10.6.0.1");
        Assert.Equal(1, await CountAsync());
        _server.IsOutOfOrder = true;
        clock.Advance(TimeSpan.FromSeconds(NameServer.LifeSeconds + 1));
        Assert.Equal(1, await CountAsync());
        int asked = _server.Questions;
        Assert.Equal(1, await CountAsync());
        Assert.Equal(asked, _server.Questions);      // not at each call
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, await CountAsync());
        _server.IsOutOfOrder = false;
        clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task A_name_that_is_put_into_the_file_of_hosts_leads_there_from_then_on()
    {
        using var folder = new TempFolder();
        string file = folder.File("hosts");
        var clock = new FakeTimeProvider();
        var resolver = new Resolver(new DnsClient([_server.Local]), EngineRig.Networks, clock, file);
        async Task<string[]> FindAsync() =>
            [.. (await resolver.ResolveAsync(new("pbx.example", 5060, null, null), 1, TestContext.Current.CancellationToken))
                .Select(flow => flow.ToString())];
        _server.A("pbx.example", "10.6.0.1");
        Assert.Equal(["Udp:10.6.0.1:5060"], await FindAsync());
        await File.WriteAllTextAsync(file, "10.6.0.2 pbx.example\n", TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["Udp:10.6.0.2:5060"], await FindAsync());
        await File.WriteAllTextAsync(file, "# mended\n", TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["Udp:10.6.0.1:5060"], await FindAsync());
    }

    /// <summary>As DHCP, a VPN or systemd-resolved write it, behind a link.</summary>
    [Fact]
    public async Task The_name_servers_are_those_of_the_file_as_it_stands()
    {
        using var folder = new TempFolder();
        string file = folder.File("stub-resolv.conf"), link = folder.File("resolv.conf");
        File.CreateSymbolicLink(link, file);
        var clock = new FakeTimeProvider();
        var servers = DnsClient.SystemServers(clock, link);
        Assert.Equal(["127.0.0.1:53"], Named());
        Assert.Equal(["192.0.2.53:53"], await WriteAsync("nameserver 192.0.2.53\noptions ndots:5\n"));
        Assert.Equal(["192.0.2.53:53"], await WriteAsync(""));
        Assert.Equal(["[2001:db8::53]:53", "192.0.2.54:53"], await WriteAsync("nameserver 2001:db8::53\nnameserver 192.0.2.54\n"));
        File.Delete(file);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["[2001:db8::53]:53", "192.0.2.54:53"], Named());

        string[] Named() => [.. servers().Select(server => server.ToString())];

        async Task<string[]> WriteAsync(string text)
        {
            await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
            clock.Advance(TimeSpan.FromSeconds(2));
            return Named();
        }
    }

    [Fact]
    public void Reading_an_answer_never_throws()
    {
        var rng = new Rng(5);
        byte[] noise = new byte[200];
        for (int i = 0; i < 2_000; i++)
        {
            rng.Fill(noise);
            noise[0] = 0;
            noise[1] = 1;
            noise[2] |= 0x80;
            noise[2] &= 0xFD;
            noise[3] = 0;
            noise[4] = 0;
            noise[5] = 1;
            DnsMessage.Read(noise.AsSpan(0, rng.Next(200)), 1, "x", DnsType.A, out _);
        }
    }

    [Fact]
    public void A_name_that_points_at_itself_ends()
    {
        byte[] message = [0, 1, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xC0, 12, 0, 1, 0, 1];
        Assert.Equal(DnsStatus.Malformed, DnsMessage.Read(message, 1, "x", DnsType.A, out _));
    }
}
