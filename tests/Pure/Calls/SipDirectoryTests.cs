using System.Net;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Pure.Calls;

public sealed class SipDirectoryTests
{
    private static readonly TenantId Tenant = new(Guid.NewGuid());

    [Fact]
    public void A_connections_own_name_and_its_credentials_are_users()
    {
        var connection = Connection(1, ConnectionKind.Credential) with { Sip = new() { UserName = "alice", Password = "secret12" } };
        var credential =
            new SipUser { Name = "gencredX", Password = "p", Tenant = Tenant, Connection = new(1), Credential = Guid.NewGuid() };
        var sip = Directory([connection], new([credential], [], []));
        Assert.Equal("secret12", sip.FindUser("alice")?.Password);
        Assert.Null(sip.FindUser("alice")?.Credential);
        Assert.Same(credential, sip.FindUser("gencredX"));
        Assert.Null(sip.FindUser("ALICE"));
    }

    [Fact]
    public void A_credential_expires_at_its_instant()
    {
        var at = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var user = new SipUser { Name = "a", Password = "p", Tenant = Tenant, Connection = new(1), ExpiresAt = at };
        Assert.False(user.IsExpired(at - TimeSpan.FromMilliseconds(1)));
        Assert.True(user.IsExpired(at));
        Assert.False((user with { ExpiresAt = null }).IsExpired(at));
    }

    [Fact]
    public void Every_connection_at_an_address_is_found_in_the_order_in_which_they_listed_it()
    {
        var shared = IPAddress.Parse("192.0.2.7");
        var sip = Directory([Connection(2, ConnectionKind.Ip), Connection(1, ConnectionKind.Ip)], new([], [Address(10, 2, shared) with
        {
            ListedAt = DateTimeOffset.UnixEpoch
        }, Address(11, 1, shared), Address(12, 1, shared) with { Port = 5070 }], []));
        Assert.Equal([1, 2], sip.FindSource(shared).Select(s => s.Connection.Id.Value));
        Assert.Equal([5060, 5070], sip.FindSource(shared)[0].Ports);
        Assert.Equal([1, 2], sip.FindSource(shared.MapToIPv6()).Select(s => s.Connection.Id.Value));
        Assert.Empty(sip.FindSource(IPAddress.Loopback));
    }

    [Fact]
    public void Targets_come_in_the_preferred_order_and_then_by_age()
    {
        var connection = Connection(1, ConnectionKind.Ip) with { Sip = new() { Delivery = new() { Preferred = [12, 11] } } };
        var sip = Directory([connection], new([], [Address(10, 1, IPAddress.Parse("192.0.2.10")),
            Address(11, 1, IPAddress.Parse("192.0.2.11")), Address(12, 1, IPAddress.Parse("192.0.2.12"))], []));
        Assert.Equal(["192.0.2.12", "192.0.2.11", "192.0.2.10"], sip.TargetsOf(connection).Select(t => t.Host));
    }

    [Fact]
    public void A_host_by_SRV_records_has_no_port()
    {
        var connection = Connection(1, ConnectionKind.Fqdn);
        var sip = Directory([connection], new([], [],
            [new(5, Tenant, new(1), "srv.example", IsSrv: true, 5060), new(6, Tenant, new(1), "a.example", IsSrv: false, 5070)]));
        Assert.Equal([new("srv.example", null), new("a.example", 5070)], sip.TargetsOf(connection));
    }

    [Fact]
    public void A_subdomain_names_its_connection_whatever_the_case()
    {
        var application = Connection(1, ConnectionKind.CallControl) with { Subdomain = "shop" };
        Assert.Same(application, Directory([application], SipEquipment.None).FindSubdomain("Shop"));
    }

    private static SipDirectory Directory(Connection[] connections, SipEquipment equipment) => new(connections, equipment);

    private static Connection Connection(long id, ConnectionKind kind) =>
        new() { Id = new(id), Tenant = Tenant, Kind = kind, Name = $"c{id}" };

    private static ConnectionAddress Address(long id, long connection, IPAddress address) =>
        new(id, Tenant, new(connection), address, 5060);
}
