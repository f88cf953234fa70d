using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch;
using Ringwright.Switch.Routing;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>Ways to a trunk that do not look like one when they are dialled.</summary>
public sealed class SecretTrunkTests
{
    private static readonly Trunk Carrier =
        new() { Id = new(Guid.NewGuid()), Name = "carrier", Host = "198.51.100.1", Sources = [IPNetwork.Parse("203.0.113.0/28")] };

    private ShardRig _rig = new(isLoopbackOnly: false) { Current = Snapshot(trunks: [Carrier]) };

    [Theory]
    [InlineData("198.51.100.1:5060")]
    [InlineData("198.51.100.1:9999")]
    [InlineData("203.0.113.5:5060")]
    [InlineData("192.0.2.1:5060", "203.0.113.15:5080")]       // one of several
    public void A_name_that_leads_to_a_trunk_ends_the_leg_before_anything_is_sent(params string[] addresses)
    {
        _rig.Names["evil.example"] = [.. addresses.Select(IPEndPoint.Parse)];
        _rig.Dial(Request("sip:+19005551234@evil.example"));
        Assert.Empty(_rig.Sent);
        Assert.Equal((HangupCause.CalleeDeclined, 403, HangupParty.Local), (_rig.Ended.Cause, _rig.Ended.SipStatus, _rig.Ended.By));
        Assert.Contains("evil.example leads to an address of one of this node's trunks", _rig.Ended.Evidence, StringComparison.Ordinal);
        Assert.DoesNotContain("carrier", _rig.Ended.Evidence, StringComparison.Ordinal);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_trunk_that_comes_between_the_gate_and_the_INVITE_is_seen()
    {
        _rig.Current = Snapshot();
        var facts = _rig.Dial(Request("sip:+19005551234@198.51.100.1"), before: () => _rig.Current = Snapshot(trunks: [Carrier]));
        Assert.Equal(0, _rig.SentCount("INVITE "));
        Assert.Equal((facts.Id, 403), (_rig.Ended.Leg.Id, _rig.Ended.SipStatus));
    }

    [Fact]
    public void On_a_laptop_only_the_trunks_own_host_and_port_count()
    {
        _rig = new() { Current = Snapshot(trunks: [Carrier]) };
        _rig.Names["beside.example"] = [IPEndPoint.Parse("198.51.100.1:5061")];
        _rig.Names["trunk.example"] = [IPEndPoint.Parse("198.51.100.1:5060")];
        _rig.Dial(Request("sip:bob@beside.example"));
        Assert.StartsWith("INVITE sip:bob@beside.example", Assert.Single(_rig.Sent));
        _rig.Dial(Request("sip:bob@trunk.example"), counter: 2_000);
        Assert.Single(_rig.Sent);
        Assert.Equal(403, _rig.Ended.SipStatus);
    }

    [Fact]
    public void Equipment_whose_name_leads_to_a_trunk_gets_no_call()
    {
        _rig.Current = Phones.Snapshot(trunks: [Carrier]);
        _rig.Names["one.example.net"] = [IPEndPoint.Parse("203.0.113.5:5060")];
        _rig.Names["two.example.net"] = [IPEndPoint.Parse("192.0.2.2:5060")];
        _rig.Receive(Invite("+4989116"), new(IPAddress.Parse("203.0.113.5"), 5060));
        Assert.Equal(0, _rig.SentCount("INVITE "));
        Assert.Equal(1, _rig.SentOnce("SIP/2.0 403"));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void Equipment_at_a_trunk_is_asked_of_the_gate_as_a_call_out_and_paid_as_one()
    {
        _rig.Current = Phones.Snapshot(trunks: [Carrier],
            numbers: [new("+4989113", Sample.Tenant, Phones.Pbx.Id) { Voice = new() { TranslatedNumber = "+19005551234" } }],
            equipment: new([], [new(1, Sample.Tenant, Phones.Pbx.Id, IPAddress.Parse("203.0.113.9"), 5060)], []));
        _rig.Receive(Invite("+4989113"), new(IPAddress.Parse("203.0.113.5"), 5060));
        var asked = _rig.Asked[^1];
        Assert.Equal((Direction.Outbound, DestinationKind.Number, "+19005551234"), (asked.Direction, asked.Kind, asked.To));
        Assert.StartsWith("INVITE sip:+19005551234@203.0.113.9", _rig.SentLast("INVITE "));
        Assert.Equal(("+19005551234", Carrier.Id), (_rig.Events.OfType<CallEvent.LegInitiated>().Last().Leg.To,
            _rig.Events.OfType<CallEvent.LegInitiated>().Last().Leg.Trunk!.Value));

        _rig = new(isLoopbackOnly: false) { Current = _rig.Current, OutboundRefusal = Refusal.PremiumDestination };
        _rig.Receive(Invite("+4989113"), new(IPAddress.Parse("203.0.113.5"), 5060));
        Assert.Equal(0, _rig.SentCount("INVITE "));
        Assert.Equal(1, _rig.SentOnce("SIP/2.0 403"));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_transfer_to_a_trunks_host_is_a_transfer_to_that_number()
    {
        _rig.Current = Snapshot(trunks: [Carrier], routes: [new() { Id = Guid.NewGuid(), Trunk = Carrier.Id }]);
        _rig.Receive(Invite("+4989456"), new(IPAddress.Parse("203.0.113.5"), 5060));
        Assert.True(_rig.Command(new LegCommand.Transfer { To = "sip:0019005551234@203.0.113.9" }).IsAccepted);
        Assert.Equal((DestinationKind.Number, "+19005551234"), (_rig.Asked[^1].Kind, _rig.Asked[^1].To));
        Assert.StartsWith("INVITE sip:+19005551234@198.51.100.1", _rig.SentLast("INVITE "));
        Assert.Equal(Refusal.BadDestination, _rig.Command(new LegCommand.Transfer { To = "sip:alice@203.0.113.9" }).Refusal);
        _rig.GateRefusal = Refusal.PremiumDestination;
        Assert.Equal(Refusal.PremiumDestination, _rig.Command(new LegCommand.Transfer { To = "sip:+19005551234@198.51.100.1" }).Refusal);
    }
}
