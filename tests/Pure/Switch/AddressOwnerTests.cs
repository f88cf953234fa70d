using System.Net;
using System.Text;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Routing;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>Whose call it is that comes from an address which a trunk, one tenant or several claim.</summary>
public sealed class AddressOwnerTests
{
    private static readonly TenantId Victim = Sample.Tenant, Thief = Phones.Other;
    private static readonly IPAddress Carrier = IPAddress.Parse("198.51.100.5"), Office = IPAddress.Parse("203.0.113.9");
    private static readonly Trunk Trunk = new()
    {
        Id = new(Guid.NewGuid()), Name = "carrier", Host = "198.51.100.5", Port = 5060, Sources = [IPNetwork.Parse("198.51.100.0/24")]
    };

    private readonly ShardRig _rig = new();
    private readonly List<Connection> _connections = [];
    private readonly List<ConnectionAddress> _addresses = [];
    private readonly List<Trunk> _trunks = [];
    private readonly List<IPAddress> _shared = [];

    /// <summary>The later ones have listed it later.</summary>
    private Connection List(TenantId tenant, IPAddress address, SipOrigination? origination = null, int port = 5060,
        ConnectionKind kind = ConnectionKind.Ip)
    {
        int n = _connections.Count + 1;
        var connection = new Connection
        {
            Id = new(100 - n), Tenant = tenant, Kind = kind, Name = $"c{n}", Sip = new() { Origination = origination ?? new() }
        };
        _connections.Add(connection);
        _addresses.Add(new(50 - n, tenant, connection.Id, address, port) { ListedAt = DateTimeOffset.UnixEpoch.AddSeconds(n) });
        return connection;
    }

    private static SipOrigination Prefix(string digits) => new() { TechPrefix = digits };

    private static SipOrigination Token(string text) => new() { Token = text };

    private IngressVerdict Judge(string text, IPAddress source, int port = 5060)
    {
        Set();
        return _rig.Filter.Judge(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")),
            SipFlow.Udp(new(source, port)), new(10_000_000_000));
    }

    private void Set() => _rig.Current = Phones.Snapshot(trunks: _trunks, more: _connections,
        equipment: Phones.Equipment with { Addresses = _addresses, SharedAddresses = _shared });

    /// <summary>Let in as nobody's in particular: a trunk's call, or the laptop's.</summary>
    private static void IsTheTrunks(IngressVerdict verdict) => Assert.Equal((0, (SipCaller?)null), (verdict.Shard, verdict.Caller));

    private static void IsOf(Connection connection, IngressVerdict verdict) => Assert.Equal(connection, verdict.Caller?.Connection);

    private static void IsRefused(IngressVerdict verdict) => Assert.Null(verdict.Shard);

    [Fact]
    public void A_carriers_address_stays_the_carriers_whoever_lists_it()
    {
        _trunks.Add(Trunk);
        List(Thief, Carrier);
        List(Thief, Carrier, Prefix("4989"));
        IsTheTrunks(Judge(Invite("+4989456"), Carrier));
        IsTheTrunks(Judge(Invite("4989456"), Carrier));
        IsTheTrunks(Judge(Invite("+4989456"), Carrier.MapToIPv6()));
    }

    [Fact]
    public void A_trunk_that_is_added_over_a_customers_address_has_it_at_once_and_gives_it_back_when_it_goes()
    {
        var own = List(Victim, Carrier);
        IsOf(own, Judge(Invite("+4930123"), Carrier));
        _trunks.Add(Trunk);
        IsTheTrunks(Judge(Invite("+4930123"), Carrier));
        _trunks.Clear();
        IsOf(own, Judge(Invite("+4930123"), Carrier));
    }

    [Fact]
    public void A_trunk_that_is_switched_off_vouches_still_and_nobody_calls_from_there()
    {
        _trunks.Add(Trunk with { IsEnabled = false });
        List(Thief, Carrier);
        IsRefused(Judge(Invite("+4989456"), Carrier));
    }

    [Fact]
    public void A_trunks_host_vouches_where_its_sources_do_not_as_an_address_or_as_what_its_name_leads_to()
    {
        List(Thief, Carrier);
        _trunks.Add(Trunk with { Sources = [] });
        IsRefused(Judge(Invite("+4989456"), Carrier));
        _trunks[0] = Trunk with { Sources = [], Host = "sip.carrier.example" };
        Assert.NotNull(Judge(Invite("+4989456"), Carrier).Caller);
        _rig.Settings.TrunkHosts.Learn([(Carrier.MapToIPv6(), Trunk.Id)]);
        IsRefused(Judge(Invite("+4989456"), Carrier));
        _rig.Settings.TrunkHosts.Learn([(Carrier, new TrunkId(Guid.NewGuid()))]);     // one that is gone
        Assert.NotNull(Judge(Invite("+4989456"), Carrier).Caller);
    }

    [Fact]
    public void At_an_SBC_that_trunk_and_customer_share_the_customer_is_known_by_his_token_or_his_password()
    {
        _trunks.Add(Trunk);
        var own = List(Victim, Carrier, Token("a-long-token"));
        IsOf(own, Judge(Invite("+4930123", extra: "X-Company-Token: a-long-token"), Carrier));
        IsTheTrunks(Judge(Invite("+4930123", extra: "X-Company-Token: another"), Carrier));
        IsTheTrunks(Judge(Invite("+4930123"), Carrier));

        const string Uri = "sip:+4930123@sip.example.com";
        string challenge = Encoding.UTF8.GetString(Judge(Phones.Request("INVITE", "alice1", 1, uri: Uri), Carrier).Reply!.Bytes.Span);
        Assert.StartsWith("SIP/2.0 407", challenge);
        var proven = Judge(Phones.Request("INVITE", "alice1", 2, Phones.Answer(challenge, "alice1", "secret-of-alice", "INVITE", Uri), Uri),
            Carrier);
        Assert.Equal("alice1", proven.Caller?.User);
    }

    [Theory]
    [InlineData("anonymous"), InlineData("4930777")]
    public void A_user_who_is_called_what_a_carrier_writes_into_From_stops_no_call_to_a_number_of_the_node(string name)
    {
        _trunks.Add(Trunk);
        _connections.Add(Phones.Desk with { Id = new(70), Tenant = Thief, Sip = new() { UserName = name, Password = "password-1" } });
        IsTheTrunks(Judge(Phones.Request("INVITE", name, 1, uri: "sip:+4989456@sip.example.com"), Carrier));
        Assert.Equal("challenged", Judge(Phones.Request("INVITE", name, 2, uri: "sip:+33123456@sip.example.com"), Carrier).Reason);
    }

    [Fact]
    public void An_address_is_the_first_tenants_and_no_prefix_of_a_later_one_outranks_it()
    {
        var first = List(Victim, Office);
        List(Thief, Office, Prefix("4930"));
        List(Thief, Office);
        IsOf(first, Judge(Invite("+4930123"), Office));
        IsOf(first, Judge(Invite("4930123"), Office));
    }

    [Fact]
    public void A_later_tenant_does_not_get_what_the_first_ones_connections_leave()
    {
        var marked = List(Victim, Office, Prefix("7777"));
        List(Thief, Office);
        IsRefused(Judge(Invite("+4930123"), Office));
        IsOf(marked, Judge(Invite("77774930123"), Office));
        _connections[0] = marked with { IsActive = false };
        IsRefused(Judge(Invite("77774930123"), Office));
    }

    [Fact]
    public void A_later_tenants_token_finds_his_own_requests_and_one_that_is_the_same_finds_the_first_tenants()
    {
        var first = List(Victim, Office);
        var second = List(Thief, Office, Token("second-token"));
        IsOf(first, Judge(Invite("+4930123"), Office));
        IsOf(second, Judge(Invite("+4930123", extra: "X-Any-Token: second-token"), Office));
        var earliest = _connections[0] = first with { Sip = new() { Origination = Token("second-token") } };
        IsOf(earliest, Judge(Invite("+4930123", extra: "X-Any-Token: second-token"), Office));
    }

    [Fact]
    public void On_an_address_that_the_operator_shares_marks_tell_apart_and_what_has_none_is_the_first_ones()
    {
        _shared.Add(Office.MapToIPv6());
        var bare = List(Victim, Office);
        var prefixed = List(Thief, Office, Prefix("7777"));
        var again = List(Thief, Office, Prefix("7777"));
        var bareToo = List(Thief, Office);
        IsOf(bare, Judge(Invite("+4930123"), Office));
        IsOf(prefixed, Judge(Invite("77774930123"), Office));
        _connections[0] = bare with { IsActive = false };
        IsOf(bareToo, Judge(Invite("+4930123"), Office));
        Assert.NotEqual(prefixed, again);
    }

    [Fact]
    public void A_row_that_was_given_another_address_counts_from_then_on()
    {
        var first = List(Victim, Office);
        List(Thief, Office);
        // Older as a row, younger at this address.
        _addresses[1] = _addresses[1] with { Id = 1 };
        IsOf(first, Judge(Invite("+4930123"), Office));
        _addresses[1] = _addresses[1] with { ListedAt = DateTimeOffset.UnixEpoch };
        IsOf(_connections[1], Judge(Invite("+4930123"), Office));
    }

    [Fact]
    public void On_the_laptop_the_port_tells_the_programs_of_several_tenants_apart()
    {
        var one = List(Victim, IPAddress.Loopback, port: 5081);
        var two = List(Thief, IPAddress.Loopback, port: 5082);
        IsOf(one, Judge(Invite("+4930123"), IPAddress.Loopback, 5081));
        IsOf(two, Judge(Invite("+4930123"), IPAddress.Loopback, 5082));
        IsOf(one, Judge(Invite("+4930123"), IPAddress.Loopback, 40_000));      // nobody's port: the first
        // With a trunk on the machine too, only what is listed to the port is a customer's, and the trunk's own port is the trunk's.
        _trunks.Add(Trunk with { Host = "127.0.0.1", Port = 5082, Sources = [IPNetwork.Parse("127.0.0.1/32")] });
        IsOf(one, Judge(Invite("+4930123"), IPAddress.Loopback, 5081));
        IsTheTrunks(Judge(Invite("+4930123"), IPAddress.Loopback, 5082));
        IsTheTrunks(Judge(Invite("+4930123"), IPAddress.Loopback, 40_000));
    }

    [Fact]
    public void Beyond_the_laptop_the_port_tells_nothing()
    {
        List(Victim, Office, port: 5081);
        var first = _connections[0];
        List(Thief, Office, port: 5082);
        IsOf(first, Judge(Invite("+4930123"), Office, 5082));
        var place = SourcePlace.Of(_rig.Current, _rig.Settings.TrunkHosts, Office, 5082, isLoopbackOnly: true);
        Assert.Null(place.Port);
        List(Victim, IPAddress.Loopback, port: 5081);
        Set();
        Assert.False(SourcePlace.Of(_rig.Current, _rig.Settings.TrunkHosts, IPAddress.Loopback, 5081, isLoopbackOnly: false).IsPortListed);
    }

    [Fact]
    public void A_trunks_call_to_a_number_of_the_node_is_the_number_owners_though_somebody_took_the_label_that_it_came_to()
    {
        _trunks.Add(Trunk);
        _connections.Add(App with { Id = new(60), Tenant = Thief, Subdomain = "in", IsSubdomainOpen = true });
        Set();
        string Call(string user) => Invite(user).Replace($"{user}@127.0.0.1:5060", $"{user}@in.sip.example.com");
        _rig.Receive(Call("+4989456"), new(Carrier, 5060));
        Assert.Equal(Sample.Tenant, _rig.Events.OfType<CallEvent.LegInitiated>().Single().Leg.Tenant);
    }

    [Fact]
    public void A_phone_that_dials_digits_gets_the_number_though_a_user_is_called_so()
    {
        _connections.Add(Phones.Desk with
        {
            Id = new(70),
            Tenant = Thief,
            Sip = new() { UserName = "4989456", Password = "password-1", UriCalling = SipUriCalling.Unrestricted }
        });
        Set();
        _rig.ReceiveFrom(new(Phones.Pbx, null), Phones.Request("INVITE", "pbx", 1, uri: "sip:4989456@sip.example.com", body: Offer));
        var leg = _rig.Events.OfType<CallEvent.LegInitiated>().Single().Leg;
        Assert.Equal(("+4989456", Sample.Tenant), (leg.To, leg.Tenant));
    }

    [Fact]
    public void A_CANCEL_from_another_address_than_its_INVITE_ends_nothing()
    {
        List(Thief, Office);
        Set();
        _rig.Receive(Invite());
        string cancel = Invite(body: null).Replace("INVITE sip", "CANCEL sip").Replace("CSeq: 1 INVITE", "CSeq: 1 CANCEL");
        _rig.Receive(cancel, new(Office, Peer.Port));
        Assert.Equal(1, _rig.SentCount("SIP/2.0 481"));
        Assert.Equal(0, _rig.SentCount("SIP/2.0 487"));
        _rig.Receive(cancel);
        Assert.Equal(1, _rig.SentCount("SIP/2.0 487"));
    }

    [Fact]
    public void Contested_addresses_are_those_that_several_tenants_list_without_leave()
    {
        List(Victim, Office);
        List(Thief, Office);
        List(Victim, Carrier);
        List(Victim, IPAddress.Loopback);
        List(Thief, IPAddress.Loopback);
        Set();
        Assert.Equal([Office], _rig.Current.Sip.Contested);
        _shared.Add(Office);
        Set();
        Assert.Empty(_rig.Current.Sip.Contested);
    }

    [Fact]
    public void What_a_carriers_address_comes_to_is_explained()
    {
        _trunks.Add(Trunk);
        List(Thief, Carrier);
        List(Victim, Office);
        List(Thief, Office, Prefix("4930"));
        Set();
        RouteExplanation Explain(IPAddress source) => new RouteExplainer(_rig, _rig, TargetPolicy.Strict, "sip.example.com",
            _rig.Settings.Hosts with { IsLoopbackOnly = false }, _rig.Settings.TrunkHosts).Explain(new("+1555", "+4989456", source));
        Assert.Equal([ConnectionOutcome.TrunksAddress], Explain(Carrier).Customers.Select(c => c.Outcome));
        Assert.Equal("carrier", Explain(Carrier).Inbound!.Trunk!.Name);
        Assert.Equal([ConnectionOutcome.Chosen, ConnectionOutcome.OthersAddress], Explain(Office).Customers.Select(c => c.Outcome));
    }
}
