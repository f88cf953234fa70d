using System.Net;
using Ringwright.Calls;
using Ringwright.Switch.Routing;
using static Ringwright.Pure.Switch.RigMessages;

namespace Ringwright.Pure.Switch;

/// <summary>A phone takes a call of its account over: INVITE with Replaces (RFC 3891).</summary>
public sealed class TakenOverTests
{
    private static readonly IPEndPoint Far = new(IPAddress.Loopback, 5090), Desk = new(IPAddress.Loopback, 5071);

    private static readonly Trunk Carrier = new()
    {
        Id = new(new Guid("00000000-0000-0000-0000-00000000000c")), Name = "carrier", Host = "127.0.0.1", Port = 5090,
        CallerIds = CallerChoice.Any
    };

    private readonly ShardRig _rig = new()
    {
        Current = Phones.Snapshot(trunks: [Carrier], routes: [new() { Id = Guid.Empty, Trunk = Carrier.Id, Prefix = "+" }])
    };

    /// <summary>The phone calls out and is answered; the tag is ours.</summary>
    private string Talk()
    {
        _rig.ReceiveFrom(new(Phones.Desk, "alice1"),
            Phones.Request("INVITE", "alice1", 1, uri: "sip:+4989777@sip.example.com", body: Offer));
        _rig.Receive(Response(_rig.SentLast("INVITE"), "200 OK", body: Answer), Far);
        string ok = _rig.SentLast("SIP/2.0 200");
        _rig.Receive(Phones.Request("ACK", "alice1", 1).Replace("Call-ID: ACK-alice1", "Call-ID: INVITE-alice1", StringComparison.Ordinal)
            .Replace("To: <sip:sip.example.com>", "To: " + Header(ok, "To"), StringComparison.Ordinal));
        return Header(ok, "To").Split(";tag=")[1];
    }

    /// <summary>Gives the last response to the other phone's INVITE.</summary>
    private string TakeOver(string replaces, SipCaller? caller = null, string? extra = null)
    {
        _rig.ReceiveFrom(caller ?? new(Phones.Desk, "alice1"),
            Phones.Request("INVITE", "alice1", 1, uri: "sip:anybody@sip.example.com", body: Offer,
                extra: extra ?? $"Require: replaces\nReplaces: {replaces}")
            .Replace("Call-ID: INVITE-alice1", "Call-ID: take", StringComparison.Ordinal)
            .Replace("branch=z9hG4bK", "branch=z9hG4bKtake", StringComparison.Ordinal));
        return _rig.Sent.FindLast(text => text.StartsWith("SIP/2.0", StringComparison.Ordinal) && Header(text, "Call-ID") == "take")!;
    }

    private CallEvent.LegEnded? EndOf(CallEvent.LegInitiated leg) =>
        _rig.Events.OfType<CallEvent.LegEnded>().SingleOrDefault(e => e.Leg.Id == leg.Leg.Id);

    [Fact]
    public void A_call_that_is_up_goes_on_at_the_other_phone()
    {
        string tag = Talk();
        Assert.StartsWith("SIP/2.0 200", TakeOver($"INVITE-alice1;to-tag={tag};from-tag=alice1"), StringComparison.Ordinal);
        var legs = _rig.Events.OfType<CallEvent.LegInitiated>().ToArray();
        Assert.Equal(legs[2].Leg.Id, _rig.Events.OfType<CallEvent.LegBridged>().Last(e => e.Leg.Id == legs[1].Leg.Id).Peer);
        Assert.Contains("INVITE with Replaces", EndOf(legs[0])!.Evidence, StringComparison.Ordinal);
        Assert.Null(EndOf(legs[1]));
        Assert.Equal(1, _rig.SentOnce("BYE sip:alice1@"));
        Assert.Equal(DestinationKind.Here, _rig.Asked[^1].Kind);
    }

    [Theory]
    [InlineData("INVITE-alice1;to-tag=OURS;from-tag=alice1;early-only", 486)]
    [InlineData("else;to-tag=OURS;from-tag=alice1", 481)]
    [InlineData("INVITE-alice1;to-tag=OURS;from-tag=bob", 481)]
    [InlineData("INVITE-alice1;to-tag=foreign;from-tag=alice1", 481)]
    [InlineData("INVITE-alice1;to-tag=OURS", 400)]
    public void What_cannot_be_taken_over_says_why_and_goes_on(string replaces, int status)
    {
        string tag = Talk();
        Assert.StartsWith($"SIP/2.0 {status}", TakeOver(replaces.Replace("OURS", tag, StringComparison.Ordinal)), StringComparison.Ordinal);
        _rig.Advance(5);
        Assert.All(_rig.Events.OfType<CallEvent.LegInitiated>().Take(2), leg => Assert.Null(EndOf(leg)));
    }

    [Fact]
    public void A_call_of_another_account_cannot_be_taken_over()
    {
        string tag = Talk();
        var stranger = Phones.Desk with { Id = new(77), Tenant = Phones.Other };
        Assert.StartsWith("SIP/2.0 481", TakeOver($"INVITE-alice1;to-tag={tag};from-tag=alice1", new(stranger, "stranger")),
            StringComparison.Ordinal);
        _rig.Advance(5);
        Assert.All(_rig.Events.OfType<CallEvent.LegInitiated>().Take(2), leg => Assert.Null(EndOf(leg)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(";early-only")]
    public void A_call_that_rings_at_one_phone_is_picked_up_at_another(string early)
    {
        _rig.ReceiveFrom(new(Phones.Desk, "alice1"),
            Phones.Request("REGISTER", "alice1", 1).Replace("<sip:alice1@10.0.0.5:5060>", "<sip:alice1@127.0.0.1:5071>"), Desk);
        _rig.Receive(Invite("+4989111"));
        string rings = _rig.SentLast("INVITE ");
        _rig.Receive(Response(rings, "180 Ringing"), Desk);
        Assert.Equal(0, _rig.SentCount("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bKone"));
        string tag = Header(rings, "From").Split(";tag=")[1];
        Assert.StartsWith("SIP/2.0 200", TakeOver($"{Header(rings, "Call-ID")};to-tag={tag};from-tag=far{early}"),
            StringComparison.Ordinal);
        Assert.Equal(1, _rig.SentOnce("CANCEL "));
        Assert.Equal(2, _rig.Events.OfType<CallEvent.LegBridged>().Count());
        var legs = _rig.Events.OfType<CallEvent.LegInitiated>().ToArray();
        Assert.Null(EndOf(legs[0]));
        _rig.Receive(Response(rings, "487 Request Terminated"), Desk);
        Assert.Contains("INVITE with Replaces", EndOf(legs[1])!.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_call_that_the_phone_itself_lets_ring_cannot_be_taken_over()
    {
        _rig.ReceiveFrom(new(Phones.Desk, "alice1"),
            Phones.Request("INVITE", "alice1", 1, uri: "sip:+4989777@sip.example.com", body: Offer));
        _rig.Receive(Response(_rig.SentLast("INVITE"), "180 Ringing"), Far);
        string tag = Header(_rig.SentLast("SIP/2.0 180"), "To").Split(";tag=")[1];
        Assert.StartsWith("SIP/2.0 481", TakeOver($"INVITE-alice1;to-tag={tag};from-tag=alice1"), StringComparison.Ordinal);
        Assert.All(_rig.Events.OfType<CallEvent.LegInitiated>().Take(2), leg => Assert.Null(EndOf(leg)));
    }

    [Fact]
    public void Join_is_refused_by_name()
    {
        string tag = Talk();
        Assert.StartsWith("SIP/2.0 501 Join", TakeOver("", extra: $"Join: INVITE-alice1;to-tag={tag};from-tag=alice1"),
            StringComparison.Ordinal);
        Assert.Equal(2, _rig.Kinds.Count(kind => kind == "LegInitiated"));
    }
}
