using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>RFC 3261 §8.1.3.4: a callee who sends the call on.</summary>
public sealed class RedirectionTests
{
    private const string Answer = "v=0\no=- 2 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 41000 RTP/AVP 0\n";

    private readonly ShardRig _rig = new();

    private string[] Targets =>
        [.. _rig.Sent.Where(text => text.StartsWith("INVITE ", StringComparison.Ordinal)).Distinct().Select(text => text.Split(' ')[1])];

    private void Redirect(string contacts, string status = "302 Moved Temporarily") =>
        _rig.Receive(Response(_rig.SentLast("INVITE "), status).Replace("<sip:bob@127.0.0.1:5070>\n", contacts + "\n"));

    private void Refuse(string status) => _rig.Receive(Response(_rig.SentLast("INVITE "), status));

    [Fact]
    public void Contacts_are_tried_in_the_order_of_their_q_and_the_first_who_answers_has_the_call()
    {
        _rig.Dial();
        string first = _rig.SentLast("INVITE ");
        Redirect("<sip:low@127.0.0.1:5071>;q=0.2, <sip:high@127.0.0.1:5072>;q=0.9,\n <sip:plain@127.0.0.1:5073?Subject=x>");
        Refuse("404 Not Found");
        Refuse("486 Busy Here");
        string last = _rig.SentLast("INVITE ");
        _rig.Receive(Response(last, "200 OK", body: Answer));
        Assert.Equal(["sip:bob@127.0.0.1:5070", "sip:plain@127.0.0.1:5073", "sip:high@127.0.0.1:5072", "sip:low@127.0.0.1:5071"], Targets);
        Assert.Equal(Header(first, "To"), Header(last, "To"));
        Assert.Equal(["LegInitiated", "LegAnswered"], _rig.Kinds);
        _rig.Receive(FromCallee(last, "BYE", 1));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_contact_may_redirect_once_more_but_nobody_is_asked_twice()
    {
        _rig.Dial();
        Redirect("<sip:one@127.0.0.1:5071>");
        Redirect("<sip:two@127.0.0.1:5072>, <SIP:bob@127.0.0.1:5070>, <sip:one@127.0.0.1:5071>");
        Redirect("<sip:one@127.0.0.1:5071>");
        Assert.Equal(3, Targets.Length);
        Assert.Equal((HangupCause.RemoteFailure, 302), (_rig.Ended.Cause, _rig.Ended.SipStatus));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void Only_a_few_are_followed()
    {
        _rig.Dial();
        for (int i = 0; i < 10 && _rig.Kinds[^1] != "LegEnded"; i++) Redirect($"<sip:next{i}@127.0.0.1:5070>");
        Assert.Equal(1 + Limits.Redirections, Targets.Length);
        Assert.Equal("LegEnded", _rig.Kinds[^1]);
    }

    [Fact]
    public void A_refusal_for_everybody_ends_the_search()
    {
        _rig.Dial();
        Redirect("<sip:one@127.0.0.1:5071>, <sip:two@127.0.0.1:5072>");
        Refuse("603 Decline");
        Assert.Equal(2, Targets.Length);
        Assert.Equal(603, _rig.Ended.SipStatus);
    }

    [Theory]
    [InlineData("305 Use Proxy", 305)]
    [InlineData("380 Alternative Service", 380)]
    public void What_is_no_place_to_call_is_not_followed(string status, int code)
    {
        _rig.Dial();
        Redirect("<sip:one@127.0.0.1:5071>", status);
        Assert.Single(Targets);
        Assert.Equal(code, _rig.Ended.SipStatus);
    }

    [Theory]
    [InlineData("<mailto:bob@example.net>")]
    [InlineData("<sip:bob@10.9.8.7>")]
    [InlineData("<sip:bob@169.254.1.1:5060>")]
    [InlineData("*")]
    [InlineData("<tel:112>")]
    public void A_contact_that_cannot_or_may_not_be_called_is_left_out(string contact)
    {
        _rig.Names["10.9.8.7"] = [];        // what the policy forbids is not resolved
        _rig.Names["169.254.1.1"] = [];
        _rig.Dial();
        Redirect(contact);
        Assert.Single(Targets);
        Assert.Equal("LegEnded", _rig.Kinds[^1]);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_number_takes_its_route_if_the_gate_lets_it()
    {
        _rig.Current = Snapshot(trunks: [new() { Id = new(Guid.NewGuid()), Name = "t", Host = "10.0.0.1" }], routes: []);
        var trunk = _rig.Current.Trunks.Single();
        _rig.Current = Snapshot(trunks: [trunk], routes: [new() { Id = Guid.NewGuid(), Trunk = trunk.Id }]);
        _rig.Dial();
        Redirect("<tel:+49-30-7654321>");
        Assert.Equal("sip:+49307654321@10.0.0.1", Targets[^1]);
        Redirect("<tel:+4930111>");
        Assert.Equal(3, Targets.Length);
        _rig.GateRefusal = Refusal.PremiumDestination;
        Redirect("<tel:+49900123456>, <sip:+49900123456@127.0.0.1>");
        Assert.Equal(3, Targets.Length);
        Assert.Equal("LegEnded", _rig.Kinds[^1]);
    }

    [Theory]
    [InlineData("<sip:+19005551234@10.0.0.1>", "sip:+19005551234@10.0.0.1")]                 // back at the trunk that redirects
    [InlineData("<sip:1-900-555-1234@10.0.0.1>", "sip:+19005551234@10.0.0.1")]
    [InlineData("<sip:%2B19005551234@10.0.0.2:5070>", "sip:+19005551234@10.0.0.1")]          // at another trunk: by the number's route
    [InlineData("<sip:+19005551234@sip.example.com>", "sip:+19005551234@10.0.0.1")]          // at our own domain
    [InlineData("<tel:900-555-1234;phone-context=+1>", "sip:+19005551234@10.0.0.1")]
    public void A_contact_that_is_a_number_is_judged_held_for_and_paid_as_that_number(string contact, string target)
    {
        var (carrier, other) = Carriers();
        _rig.Dial(Request("+4930111"));
        Redirect(contact);
        Assert.Equal(target, Targets[^1]);
        var moved = Assert.Single(_rig.Moved);
        Assert.Equal((_rig.Leg, Direction.Outbound, DestinationKind.Number, "+19005551234"),
            (moved.Leg, moved.Direction, moved.Kind, moved.To));
        _rig.Receive(Response(_rig.SentLast("INVITE "), "200 OK", body: Answer), new(System.Net.IPAddress.Parse("10.0.0.1"), 5060));
        Assert.Equal(("+4930111", "+19005551234", carrier.Id),
            (_rig.Events[^1].Leg.To, _rig.Events[^1].Leg.BilledTo, _rig.Events[^1].Leg.Trunk));
        Assert.NotEqual(other.Id, _rig.Events[^1].Leg.Trunk);
    }

    [Theory]
    [InlineData("<sip:alice@10.0.0.1>")]
    [InlineData("<sip:alice@10.0.0.2:5070>")]
    [InlineData("<sip:+19005551234@0012.0.0.2:5070>")]
    [InlineData("<sip:167772162:5070>")]
    [InlineData("<tel:900-555-1234;phone-context=example.com>")]
    public void A_contact_at_a_trunk_that_is_no_number_is_left_out(string contact)
    {
        Carriers();
        _rig.Dial(Request("+4930111"));
        Redirect(contact);
        Assert.Single(Targets);
        Assert.Empty(_rig.Moved);
        Assert.Equal((HangupCause.RemoteFailure, 302), (_rig.Ended.Cause, _rig.Ended.SipStatus));
    }

    [Fact]
    public void A_strange_place_is_asked_of_the_gate_too_and_a_shut_gate_ends_the_call_before_another_trunk_rings()
    {
        var (carrier, other) = Carriers();
        _rig.Current = Snapshot(trunks: [carrier, other], routes: [new() { Id = Guid.NewGuid(), Trunk = carrier.Id, Priority = 1 },
            new() { Id = Guid.NewGuid(), Trunk = other.Id, Priority = 2 }]);
        _rig.Dial(Request("+4930111"));
        Redirect("<sip:bob@127.0.0.1:5071>");
        Assert.Equal((DestinationKind.Elsewhere, "sip:bob@127.0.0.1:5071"), (_rig.Moved[0].Kind, _rig.Moved[0].To));
        Assert.Null(_rig.Events[^1].Leg.BilledTo);
        _rig.GateRefusal = Refusal.CountryNotAllowed;
        Redirect("<sip:eve@127.0.0.1:5072>");
        Assert.Equal(2, Targets.Length);
        Assert.Equal("LegEnded", _rig.Kinds[^1]);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void Whoever_sends_the_call_on_has_answered_for_the_trunks_that_wait()
    {
        var (carrier, other) = Carriers();
        _rig.Current = Snapshot(trunks: [carrier, other], routes: [new() { Id = Guid.NewGuid(), Trunk = carrier.Id, Priority = 1 },
            new() { Id = Guid.NewGuid(), Trunk = other.Id, Priority = 2 }]);
        _rig.Dial(Request("+4930111"));
        Redirect("<sip:bob@127.0.0.1:5071>");
        Refuse("503 Busy");
        Assert.Equal(["sip:+4930111@10.0.0.1", "sip:bob@127.0.0.1:5071"], Targets);
        Assert.Equal(503, _rig.Ended.SipStatus);
    }

    /// <summary>The first has the only route.</summary>
    private (Trunk Carrier, Trunk Other) Carriers()
    {
        Trunk carrier = new() { Id = new(Guid.NewGuid()), Name = "carrier", Host = "10.0.0.1" },
            other = new() { Id = new(Guid.NewGuid()), Name = "other", Host = "10.0.0.2", Port = 5070 };
        _rig.Current = Snapshot(trunks: [carrier, other], routes: [new() { Id = Guid.NewGuid(), Trunk = carrier.Id }]);
        return (carrier, other);
    }

    [Fact]
    public void Credentials_go_only_to_the_place_that_they_are_for()
    {
        _rig.Dial(Request() with { AuthUser = "alice", AuthPassword = "secret" });
        Redirect("<sip:eve@127.0.0.1:5071>");
        _rig.Receive(Response(_rig.SentLast("INVITE "), "401 Unauthorized", extra: "WWW-Authenticate: Digest realm=\"t\", nonce=\"n\""));
        Assert.Equal(2, Targets.Length);
        Assert.Equal(401, _rig.Ended.SipStatus);
    }

    [Fact]
    public void A_phone_that_rang_may_still_send_the_call_on()
    {
        _rig.Dial();
        _rig.Receive(Response(_rig.SentLast("INVITE "), "180 Ringing"));
        Redirect("<sip:one@127.0.0.1:5071>");
        Assert.Equal("sip:one@127.0.0.1:5071", Targets[^1]);
    }

    [Fact]
    public void A_call_that_would_replace_another_is_refused()
    {
        _rig.Receive(Invite(extra: "Replaces: abc@example.net;to-tag=x;from-tag=y"));
        Assert.StartsWith("SIP/2.0 481", _rig.Last);
        _rig.Receive(Invite(branch: "z9hG4bKtwo").Replace("call-1", "call-2"));
        string tag = Header(_rig.SentLast("SIP/2.0 180"), "To").Split(";tag=")[1];
        _rig.Receive(Invite(branch: "z9hG4bKthree", extra: $"Replaces: call-2@example.net;to-tag={tag};from-tag=alice")
            .Replace("call-1", "call-3"));
        Assert.StartsWith("SIP/2.0 501", _rig.Last);
        Assert.Single(_rig.Events);
    }
}
