using System.Net;
using System.Text.RegularExpressions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;
using static Ringwright.Pure.Switch.RigMessages;

namespace Ringwright.Pure.Switch;

/// <summary>Calls of a node on three networks: each leg names the address of the network that it is on, and has a port there.</summary>
public sealed class NetworkCallTests
{
    private const int Lan = 0, Uplink = 1, Version6 = 2;
    private static readonly IPEndPoint OnUplink = IPEndPoint.Parse("9.9.9.9:5070"), OnVersion6 = IPEndPoint.Parse("[2001:db8::99]:5070"),
        OnLan = IPEndPoint.Parse("10.0.0.99:5070");

    private readonly ShardRig _rig = Rig();

    private static ShardRig Rig() => new(isLoopbackOnly: false, networks: new([NetworksTests.Of("10.0.0.5:5060"),
        NetworksTests.Of("203.0.113.7:5080", "198.51.100.7"), NetworksTests.Of("[2001:db8::7]:5060")],
        remote => IPAddress.Parse(remote.ToString().StartsWith("10.", StringComparison.Ordinal) ? "10.0.0.5" : "203.0.113.7")));

    private static string Line(string message, char type) =>
        Regex.Match(message, $"^{type}=(.*?)\r?$", RegexOptions.Multiline).Groups[1].Value;

    private static string Lan6(string text) => text.Replace("IP4 127.0.0.1", "IP6 2001:db8::99", StringComparison.Ordinal);

    private void AssertNames(string message, string place, string sdp)
    {
        if (message.StartsWith("INVITE", StringComparison.Ordinal)) Assert.StartsWith($"SIP/2.0/UDP {place};", Header(message, "Via"));
        Assert.Contains($"{place}>", Header(message, "Contact"));
        Assert.Equal($"IN {sdp}", Line(message, 'c'));
        Assert.EndsWith($" IN {sdp}", Line(message, 'o'));
    }

    [Theory]
    [InlineData("9.9.9.9", Uplink, "198.51.100.7:5080", "IP4 198.51.100.7")]
    [InlineData("[2001:db8::99]", Version6, "[2001:db8::7]:5060", "IP6 2001:db8::7")]
    [InlineData("10.0.0.99", Lan, "10.0.0.5:5060", "IP4 10.0.0.5")]
    public void A_call_out_goes_by_the_network_that_reaches_its_place_and_names_that(string host, int network, string place, string sdp)
    {
        _rig.Dial(ShardRig.Request($"sip:bob@{host}:5070"));
        AssertNames(_rig.SentLast("INVITE"), place, sdp);
        Assert.All(_rig.SentBy, flow => Assert.Equal(network, flow.Network));
        // The port that it was given first is on the LAN.
        Assert.Single(_rig.OpenPorts);
        _rig.Command(new LegCommand.Hangup());
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void What_follows_in_the_dialog_stays_on_its_network()
    {
        _rig.Dial(ShardRig.Request("sip:bob@[2001:db8::99]:5070"));
        string invite = _rig.SentLast("INVITE");
        _rig.ReceiveBy(_rig.SentBy[^1], Response(invite, "200 OK", body: Lan6(Answer)).Replace("127.0.0.1:5070", "[2001:db8::98]:5070"));
        Assert.Equal("[2001:db8::99]:41000", _rig.Commands.OfType<MediaCommand.Connect>().Last().Plan.Remote.Default.Address.ToString());
        _rig.Command(new LegCommand.Hangup());
        Assert.StartsWith("SIP/2.0/UDP [2001:db8::7]:5060;", Header(_rig.SentLast("BYE"), "Via"));
        Assert.All(_rig.SentBy, flow => Assert.Equal(Version6, flow.Network));
    }

    [Fact]
    public void The_next_place_on_another_network_gets_an_offer_of_that_network()
    {
        _rig.Names["both.example"] = [OnVersion6, OnUplink];
        _rig.Dial(ShardRig.Request("sip:bob@both.example"));
        _rig.ReceiveBy(_rig.SentBy[^1], Response(_rig.SentLast("INVITE"), "503 Service Unavailable"));
        AssertNames(_rig.SentLast("INVITE"), "198.51.100.7:5080", "IP4 198.51.100.7");
        Assert.Equal(Uplink, _rig.SentBy[^1].Network);
        Assert.Single(_rig.OpenPorts);
        _rig.ReceiveBy(_rig.SentBy[^1], Response(_rig.SentLast("INVITE"), "603 Decline"));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_network_without_ports_is_passed_over_by_name_and_the_others_are_not()
    {
        _rig.Exhausted.Add(Version6);
        _rig.Names["both.example"] = [OnVersion6, OnUplink];
        _rig.Dial(ShardRig.Request("sip:bob@both.example"));
        Assert.Equal(1, _rig.SentOnce("INVITE"));
        Assert.Equal(Uplink, _rig.SentBy[^1].Network);
        _rig.ReceiveBy(_rig.SentBy[^1], Response(_rig.SentLast("INVITE"), "603 Decline"));

        _rig.Dial(ShardRig.Request("sip:bob@[2001:db8::99]:5070"), counter: 2_000);
        Assert.Equal("All media ports of 2001:db8::7 are taken.", _rig.Ended.Evidence);
        Assert.Equal(503, _rig.Ended.SipStatus);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_call_in_is_answered_with_the_network_that_it_came_by()
    {
        var from = SipFlow.Udp(OnUplink) with { Network = Uplink };
        Know("9.9.9.9");
        _rig.ReceiveBy(from, Invite());
        _rig.Command(new LegCommand.Answer());
        AssertNames(_rig.SentLast("SIP/2.0 200"), "198.51.100.7:5080", "IP4 198.51.100.7");
        Assert.All(_rig.SentBy, flow => Assert.Equal(Uplink, flow.Network));
    }

    [Fact]
    public void Sound_on_the_other_IP_version_gets_a_port_there_or_is_refused_with_the_reason()
    {
        Know("10.0.0.99");
        _rig.ReceiveBy(SipFlow.Udp(OnLan), Invite(body: Lan6(Offer)));
        _rig.Command(new LegCommand.Answer());
        string ok = _rig.SentLast("SIP/2.0 200");
        Assert.Contains("10.0.0.5:5060>", Header(ok, "Contact"));
        Assert.Equal("IN IP6 2001:db8::7", Line(ok, 'c'));
        Assert.Single(_rig.OpenPorts);

        var lone = new ShardRig();
        lone.Receive(Invite(body: Lan6(Offer)));
        Assert.StartsWith("SIP/2.0 488", lone.Last);
        Assert.Equal("301 ringwright \"The media address is of an IP version that this node has no way to\"", Header(lone.Last, "Warning"));
        lone.AssertNothingLeft();
    }

    [Theory]
    [InlineData(Lan)]
    [InlineData(Version6)]
    public void Phones_of_one_user_ring_on_their_networks_and_the_one_that_answers_keeps_its_port(int answers)
    {
        _rig.Current = Phones.Snapshot();
        Register(1, "10.0.0.99:5060", Lan);
        Register(2, "[2001:db8::99]:5060", Version6);
        _rig.Dial(ShardRig.Request("sip:alice1@sip.example.com"));
        var invites = _rig.Sent.Zip(_rig.SentBy).Where(sent => sent.First.StartsWith("INVITE", StringComparison.Ordinal)).ToList();
        Assert.Equal([Lan, Version6], invites.Select(sent => sent.Second.Network).Order());
        foreach (var (text, by) in invites)
        {
            bool isLan = by.Network == Lan;
            AssertNames(text, isLan ? "10.0.0.5:5060" : "[2001:db8::7]:5060", isLan ? "IP4 10.0.0.5" : "IP6 2001:db8::7");
        }
        Assert.Equal(2, _rig.OpenPorts.Count);

        foreach (var (text, by) in invites) _rig.ReceiveBy(by, Response(text, "180 Ringing"));
        var (invite, way) = invites.Single(sent => sent.Second.Network == answers);
        string answer = answers == Lan ? Answer.Replace("127.0.0.1", "10.0.0.99", StringComparison.Ordinal) : Lan6(Answer);
        _rig.ReceiveBy(way, Response(invite, "200 OK", body: answer));
        var connect = _rig.Commands.OfType<MediaCommand.Connect>().Single();
        Assert.Equal([connect.Port], _rig.OpenPorts);
        Assert.Equal(answers == Lan ? "10.0.0.99:41000" : "[2001:db8::99]:41000", connect.Plan.Remote.Default.Address.ToString());
        Assert.Equal(1, _rig.SentOnce("CANCEL"));
    }

    [Fact]
    public void A_phone_is_found_again_on_the_network_that_it_registered_by()
    {
        _rig.Current = Phones.Snapshot();
        // By the routes alone it would be called by the other IPv4 network.
        Register(1, "10.0.0.99:5060", Uplink);
        var kept = _rig.Registrations.ToRegistration(_rig.Registrations.Find("alice1").Single());
        Assert.Equal("203.0.113.7:5080", kept.Network);

        var next = Rig();
        next.Current = Phones.Snapshot();
        next.Handle(new ShardMessage.Restore([kept]));
        next.Dial(ShardRig.Request("sip:alice1@sip.example.com"));
        AssertNames(next.SentLast("INVITE"), "198.51.100.7:5080", "IP4 198.51.100.7");
        Assert.Equal(Uplink, next.SentBy[^1].Network);
    }

    [Fact]
    public void After_a_crash_the_far_end_is_told_by_the_network_of_its_call()
    {
        Know("10.0.0.99");
        _rig.ReceiveBy(SipFlow.Udp(OnLan) with { Network = Uplink }, Invite());
        _rig.Command(new LegCommand.Answer());
        var facts = _rig.Events[0].Leg;

        var next = Rig();
        next.Handle(new ShardMessage.SendRecoveryByes([new(facts with { AnsweredAt = next.Now }, _rig.RecoveryByes[facts.Id])]));
        Assert.StartsWith("SIP/2.0/UDP 198.51.100.7:5080;", Header(next.SentLast("BYE"), "Via"));
        Assert.All(next.SentBy, flow => Assert.Equal(Uplink, flow.Network));
    }

    private void Register(int cseq, string place, int network) =>
        _rig.ReceiveBy(SipFlow.Udp(IPEndPoint.Parse(place)) with { Network = network },
            Phones.Request("REGISTER", "alice1", cseq).Replace("10.0.0.5:5060", place), new(Phones.Desk, "alice1"));

    private void Know(string carrier) => _rig.Current = ShardRig.Snapshot(
        trunks: [new() { Id = new(Guid.NewGuid()), Name = "t", Host = carrier, Sources = [IPNetwork.Parse(carrier + "/32")] }]);
}
