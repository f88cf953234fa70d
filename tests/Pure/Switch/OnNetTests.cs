using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Routing;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>Calls that legs of this node place to numbers of this node: by no trunk, and with a leg for each side.</summary>
public sealed class OnNetTests
{
    private const string Theirs = "+4989200", Bare = "+4989201", Silent = "+4989202", Forwarding = "+4989203", Far = "+33123456789";

    private static readonly Connection Them = App with { Id = new(50), Tenant = Phones.Other, Name = "theirs" };
    private static readonly Connection Asleep = Them with { Id = new(51), IsActive = false };
    private static readonly Trunk Carrier =
        new() { Id = new(new Guid(9, 0, 0, new byte[8])), Name = "carrier", Host = "10.9.9.9", CallerIds = CallerChoice.Any };

    private readonly ShardRig _rig = new();

    public OnNetTests() => Numbers();

    private static Number Number(string text, Connection? to, string? forwardedTo = null) =>
        new(text, Phones.Other, to?.Id)
        {
            Voice = new() { Forwarding = forwardedTo is null ? null : new(forwardedTo, IsOnFailure: false) }
        };

    /// <summary>Every number has a route to the carrier: what does not go there stayed here.</summary>
    private void Numbers(params Number[] more) => _rig.Current = Phones.Snapshot(
        numbers: [new("+4989456", Sample.Tenant, Sample.Connection), new("+4989111", Sample.Tenant, Phones.Desk.Id), Number(Theirs, Them),
            Number(Bare, null), Number(Silent, Asleep), .. more],
        trunks: [Carrier], routes: [new() { Id = Guid.Empty, Trunk = Carrier.Id }], more: [Them, Asleep]);

    private LegFacts? Called => _rig.Events.OfType<CallEvent.LegInitiated>().FirstOrDefault(e => e.Leg.Direction is Direction.Inbound)?.Leg;

    private CallEvent.LegEnded EndOf(LegId leg) => Assert.Single(_rig.Events.OfType<CallEvent.LegEnded>(), e => e.Leg.Id == leg);

    [Fact]
    public void A_dial_to_anothers_number_rings_there_and_each_account_has_its_leg()
    {
        var caller = _rig.Dial(Request(Theirs) with { CallerName = "Ada", Headers = [new("X-Order", "7")] });
        var called = Called!;
        Assert.Equal((Phones.Other, Them.Id, "+4930123", Theirs, "Ada"),
            (called.Tenant, called.Connection, called.From, called.To, called.CallerName));
        Assert.Equal(new CustomSipHeader("X-Order", "7"), Assert.Single(called.Headers));
        Assert.NotEqual(caller.Session, called.Session);
        Assert.Null(called.Trunk);
        Assert.Equal(["LegInitiated", "LegInitiated", "LegRinging"], _rig.Kinds);

        Assert.True(_rig.Command(new LegCommand.Answer(), called.Id).IsAccepted);
        Assert.Equal([called.Id, caller.Id], _rig.Events.OfType<CallEvent.LegAnswered>().Select(e => e.Leg.Id));
        Assert.True(_rig.Events.OfType<CallEvent.LegAnswered>().Last().Leg.IsOnNet);
        _rig.Advance(120);
        Assert.Equal(2, _rig.State.LiveLegs);

        Assert.True(_rig.Command(new LegCommand.Hangup(), called.Id).IsAccepted);
        Assert.Equal((HangupCause.RemoteHangup, HangupParty.Remote), (EndOf(caller.Id).Cause, EndOf(caller.Id).By));
        Assert.Equal(HangupParty.Local, EndOf(called.Id).By);
        Assert.Empty(_rig.Sent);
        Assert.Empty(_rig.RecoveryByes);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void The_two_ports_hear_each_other_inside_the_machine_whatever_the_world_calls_it()
    {
        _rig.LeasedInside = IPAddress.Parse("127.0.0.9");
        var caller = _rig.Dial(Request(Theirs));
        _rig.Command(new LegCommand.Answer(), Called!.Id);
        var plans = _rig.Commands.OfType<MediaCommand.Connect>().ToDictionary(c => c.Port, c => c.Plan);
        Assert.Equal(2, plans.Count);
        int[] ports = [.. plans.Keys.Select(port => 16_384 + 2 * port.Index)];
        Assert.Equal([new IPEndPoint(IPAddress.Parse("127.0.0.9"), ports[1]), new IPEndPoint(IPAddress.Parse("127.0.0.9"), ports[0])],
            plans.Values.Select(p => p.Remote.Default.Address));
        Assert.All(plans.Values, plan => Assert.True(plan is { Remote.Default.IsTrusted: true, AdjustsRtp: false }));
        Assert.All(plans.Values, plan => Assert.Equal(plan.Remote.Default.Address, plan.Signalling));
        Assert.Equal(caller.Id, _rig.Events.OfType<CallEvent.LegAnswered>().Last().Leg.Id);
    }

    [Fact]
    public void Who_hides_his_number_is_nobody_to_the_called_account()
    {
        _rig.Dial(Request(Theirs) with { IsPrivate = true, CallerName = "Ada" });
        Assert.Equal(("anonymous", "anonymous@anonymous.invalid", null), (Called!.From, Called.FromUri, Called.CallerName));
        var invite = Assert.Single(_rig.Passed, p => p.Receiver?.Id == Called.Id);
        Assert.Null(invite.Sender);
        Assert.DoesNotContain("4930123", System.Text.Encoding.UTF8.GetString(invite.Message.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Bare, 480)]         // without an application
    [InlineData(Silent, 480)]       // of one that is switched off
    public void A_number_that_nobody_answers_is_never_the_trunks(string number, int status)
    {
        var caller = _rig.Dial(Request(number));
        Assert.Null(Called);
        Assert.Equal(status, EndOf(caller.Id).SipStatus);
        Assert.Empty(_rig.Sent);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void What_the_called_accounts_gate_says_is_what_the_caller_gets()
    {
        _rig.GateRefusal = Refusal.ConnectionInactive;        // the account is switched off
        var caller = _rig.Dial(Request(Theirs));
        var question = Assert.Single(_rig.Asked);
        Assert.Equal((Direction.Inbound, Phones.Other, Them.Id, true),
            (question.Direction, question.Tenant, question.Connection, question.IsOnNet));
        Assert.Equal(480, EndOf(caller.Id).SipStatus);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_number_that_is_gone_when_the_call_comes_in_is_404()
    {
        var caller = _rig.Dial(Request(Theirs), before: () => _rig.Current = Phones.Snapshot());
        Assert.Equal(404, EndOf(caller.Id).SipStatus);
        Assert.Empty(_rig.Sent);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_caller_who_gives_up_ends_the_called_leg()
    {
        var caller = _rig.Dial(Request(Theirs));
        Assert.True(_rig.Command(new LegCommand.Hangup(), caller.Id).IsAccepted);
        Assert.Equal(HangupCause.CallerCancel, EndOf(Called!.Id).Cause);
        Assert.Equal(HangupCause.ApiCancel, EndOf(caller.Id).Cause);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_transfer_to_a_number_of_the_node_stays_in_the_node()
    {
        _rig.Receive(Invite());
        Assert.True(_rig.Command(new LegCommand.Transfer { To = Theirs }).IsAccepted);
        var called = _rig.Events.OfType<CallEvent.LegInitiated>().Single(e => e.Leg.Tenant == Phones.Other).Leg;
        Assert.Equal("+4989456", called.From);
        _rig.Command(new LegCommand.Answer(), called.Id);
        Assert.Equal(2, _rig.Events.OfType<CallEvent.LegBridged>().Count());
        Assert.Equal(0, _rig.SentCount("INVITE"));
    }

    [Fact]
    public void A_phone_behind_the_number_rings_as_for_a_call_from_outside()
    {
        _rig.ReceiveFrom(new(Phones.Desk, "alice1"), Phones.Request("REGISTER", "alice1", 1)
            .Replace("<sip:alice1@10.0.0.5:5060>", "<sip:alice1@127.0.0.1:5071>"), new(IPAddress.Loopback, 5071));
        var caller = _rig.Dial(Request("+4989111"));
        string invite = Assert.Single(_rig.Sent, text => text.StartsWith("INVITE", StringComparison.Ordinal));
        Assert.StartsWith("INVITE sip:alice1@127.0.0.1:5071", invite);
        Assert.Contains("sip:+4930123@", Header(invite, "From"));
        _rig.Receive(Response(invite, "180 Ringing"), new(IPAddress.Loopback, 5071));
        _rig.Receive(Response(invite, "200 OK", body: Answer), new(IPAddress.Loopback, 5071));
        Assert.Contains(_rig.Events.OfType<CallEvent.LegAnswered>(), e => e.Leg.Id == caller.Id);
        Assert.Equal(2, _rig.Events.OfType<CallEvent.LegBridged>().Count());
    }

    [Fact]
    public void A_number_that_forwards_places_a_leg_of_its_owner_who_pays_for_it()
    {
        Numbers(Number(Forwarding, Them, Far));
        var caller = _rig.Dial(Request(Forwarding));
        string invite = _rig.SentLast("INVITE");
        Assert.StartsWith($"INVITE sip:{Far}@10.9.9.9", invite);
        Assert.Contains("sip:+4930123@", Header(invite, "From"));
        Assert.Contains(Forwarding, Header(invite, "Diversion"));
        var onward = _rig.Events.OfType<CallEvent.LegInitiated>().Last().Leg;
        Assert.Equal((Direction.Outbound, Phones.Other, Them.Id, false),
            (onward.Direction, onward.Tenant, onward.Connection, onward.IsOnNet));
        Assert.Contains(_rig.Asked, q => q is { Direction: Direction.Outbound, IsOnNet: false, To: Far } && q.Tenant == Phones.Other);
        _rig.Receive(Response(invite, "200 OK", body: Answer), new(IPAddress.Parse("10.9.9.9"), 5060));
        Assert.Contains(_rig.Events.OfType<CallEvent.LegAnswered>(), e => e.Leg.Id == caller.Id && e.Leg.IsOnNet);
    }

    [Fact]
    public void A_trunk_that_sends_the_call_on_to_a_number_of_the_node_is_left()
    {
        var caller = _rig.Dial(Request(Far));
        _rig.Receive(Response(_rig.SentLast("INVITE"), "302 Moved Temporarily")
            .Replace("<sip:bob@127.0.0.1:5070>", $"<sip:{Theirs}@10.9.9.9>"), new(IPAddress.Parse("10.9.9.9"), 5060));
        // At the trunk's own place it is the trunk's to find.
        Assert.Null(Called);
        _rig.Receive(Response(_rig.SentLast("INVITE"), "302 Moved Temporarily").Replace("<sip:bob@127.0.0.1:5070>", $"<tel:{Theirs}>"),
            new(IPAddress.Parse("10.9.9.9"), 5060));
        Assert.Equal((Phones.Other, "+4930123"), (Called!.Tenant, Called.From));
        Assert.True(Assert.Single(_rig.Moved, q => q.IsOnNet) is { Kind: DestinationKind.Number, To: Theirs });
        _rig.Command(new LegCommand.Answer(), Called.Id);
        var answered = _rig.Events.OfType<CallEvent.LegAnswered>().Single(e => e.Leg.Id == caller.Id).Leg;
        Assert.Equal((true, null), (answered.IsOnNet, answered.Trunk));
    }

    [Theory] // as the user of a Yealink types it under "Always Forward"
    [InlineData("<sip:2125550100@sip.example.com>", "+12125550100"), InlineData("<tel:212-555-0100>", "+12125550100")]
    [InlineData("<sip:12125550100@sip.example.com;user=phone>", "+12125550100")]
    [InlineData("<sip:0114989777@sip.example.com>", "+4989777")]
    public void A_phone_sends_the_call_on_to_the_number_that_it_would_dial_so(string contact, string expected)
    {
        var desk = Phones.Desk with { Sip = Phones.Desk.Sip! with { Origination = new() { Localization = "US" } } };
        _rig.Current = Phones.Snapshot(desk, [new("+4989111", Sample.Tenant, desk.Id)], [Carrier],
            [new() { Id = Guid.Empty, Trunk = Carrier.Id }]);
        _rig.ReceiveFrom(new(desk, "alice1"), Phones.Request("REGISTER", "alice1", 1)
            .Replace("<sip:alice1@10.0.0.5:5060>", "<sip:alice1@127.0.0.1:5071>"), new(IPAddress.Loopback, 5071));
        _rig.Dial(Request("+4989111"));
        _rig.Receive(Response(_rig.SentLast("INVITE"), "302 Moved Temporarily").Replace("<sip:bob@127.0.0.1:5070>", contact),
            new(IPAddress.Loopback, 5071));
        Assert.StartsWith($"INVITE sip:{expected}@10.9.9.9 ", _rig.SentLast("INVITE"), StringComparison.Ordinal);
        Assert.Contains("\r\nTo: <sip:+4989111@sip.example.com>\r\n", _rig.SentLast("INVITE"));
        Assert.Contains(_rig.Moved, call => call is { Kind: DestinationKind.Number } && call.To == expected);
    }

    [Fact]
    public void A_phone_behind_the_number_that_sends_the_call_back_to_it_ends_it()
    {
        _rig.ReceiveFrom(new(Phones.Desk, "alice1"), Phones.Request("REGISTER", "alice1", 1)
            .Replace("<sip:alice1@10.0.0.5:5060>", "<sip:alice1@127.0.0.1:5071>"), new(IPAddress.Loopback, 5071));
        var caller = _rig.Dial(Request("+4989111"));
        _rig.Receive(Response(_rig.SentLast("INVITE"), "302 Moved Temporarily")
            .Replace("<sip:bob@127.0.0.1:5070>", "<sip:+4989111@sip.example.com>"), new(IPAddress.Loopback, 5071));
        Assert.Equal(482, EndOf(caller.Id).SipStatus);
        Assert.InRange(_rig.Events.OfType<CallEvent.LegInitiated>().Count(), 3, 4);
        _rig.Advance(100);
        Assert.True(_rig.State.IsEmpty, _rig.State.ToString());
        Assert.Empty(_rig.InGate);
        Assert.Empty(_rig.OpenPorts);      // his registration is left
    }

    [Fact]
    public void A_hidden_caller_from_outside_stays_hidden_where_the_number_forwards_to()
    {
        Numbers(Number(Forwarding, Them, "+4989456"));
        _rig.Receive(Invite(Forwarding, extra: "Privacy: id"));
        var last = _rig.Events.OfType<CallEvent.LegInitiated>().Last().Leg;
        Assert.Equal((Direction.Inbound, Sample.Tenant, "anonymous", "anonymous@anonymous.invalid"),
            (last.Direction, last.Tenant, last.From, last.FromUri));
        Assert.DoesNotContain(_rig.Passed,
            p => System.Text.Encoding.UTF8.GetString(p.Message.Span).Contains("alice", StringComparison.Ordinal));
    }

    [Fact]
    public void What_the_caller_says_of_who_pays_or_who_called_before_is_not_passed()
    {
        _rig.Dial(Request(Theirs) with
        {
            Headers = [new("P-Asserted-Identity", "<sip:+4989999@bank.example>"), new("Privacy", "none"),
                new("X-Line-Token", "secret"), new("X-Order", "7")]
        });
        Assert.Equal([new CustomSipHeader("X-Order", "7")], Called!.Headers);
    }

    [Fact]
    public void Two_numbers_that_forward_to_each_other_end_the_call()
    {
        Numbers(Number(Forwarding, Them, "+4989204"), Number("+4989204", Them, Forwarding));
        var caller = _rig.Dial(Request(Forwarding));
        Assert.Equal(482, EndOf(caller.Id).SipStatus);
        // the dial; in and on at the one; in and on at the other
        Assert.Equal(5, _rig.Events.OfType<CallEvent.LegInitiated>().Count());
        Assert.Empty(_rig.Sent);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_loop_that_begins_outside_ends_too()
    {
        Numbers(Number(Forwarding, Them, "+4989204"), Number("+4989204", Them, Forwarding));
        _rig.Receive(Invite(Forwarding));
        Assert.Equal(1, _rig.SentCount("SIP/2.0 482"));
        _rig.Receive(Like(Invite(Forwarding), "ACK", _rig.SentLast("SIP/2.0 482")));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_long_chain_of_forwarding_ends()
    {
        Numbers([.. Enumerable.Range(0, 30).Select(i => Number($"+49893{i:D2}", Them, $"+49893{i + 1:D2}"))]);
        var caller = _rig.Dial(Request("+4989300"));
        Assert.Equal(482, EndOf(caller.Id).SipStatus);
        Assert.InRange(_rig.Events.OfType<CallEvent.LegInitiated>().Count(), 3, 2 * Ringwright.Switch.Limits.Forwardings + 1);
        _rig.AssertNothingLeft();
    }

    [Theory]
    [InlineData("+4930123", true)]
    [InlineData("sip:alice1@sip.example.com", true)]
    [InlineData("+4930999", false)]             // nobody's: a trunk might judge it, this node does
    [InlineData(Theirs, false)]
    [InlineData("sip:nobody@sip.example.com", false)]
    [InlineData("sip:boss@bank.example", false)]
    public void Who_calls_is_judged_before_anybody_rings(string from, bool isShown)
    {
        var plan = DialPlan.ForProgram(_rig.Current, Request(Theirs) with { From = from }, _rig.Settings.Hosts);
        Assert.Equal(isShown ? Refusal.None : Refusal.CallerIdNotOwned, plan.Refusal);
        Assert.Equal(isShown, plan.IsOnNet);
    }

    [Fact]
    public void A_SIP_URI_that_is_not_the_accounts_is_shown_on_no_trunk()
    {
        DialPlan Plan(string from) => DialPlan.ForProgram(_rig.Current, Request(Far) with { From = from }, _rig.Settings.Hosts);
        Assert.Equal(Refusal.None, Plan("sip:alice1@sip.example.com").Refusal);
        Assert.Equal(Refusal.CallerIdNotOwned, Plan("sip:boss@bank.example").Refusal);
    }

    [Fact]
    public void A_number_that_was_ported_out_goes_by_the_trunk()
    {
        Numbers(Number(Forwarding, Them) with { IsPortedOut = true });
        _rig.Dial(Request(Forwarding));
        Assert.StartsWith($"INVITE sip:{Forwarding}@10.9.9.9", _rig.SentLast("INVITE"));
        Assert.Null(Called);
    }

    [Fact]
    public void Nobody_on_the_network_passes_for_a_leg_of_this_node()
    {
        var caller = _rig.Dial(Request(Theirs));
        string tag = Header(System.Text.Encoding.UTF8.GetString(_rig.Passed[0].Message.Span), "From").Split("tag=")[1];
        _rig.Receive(Invite(Theirs, branch: "z9hG4bKforged").Replace("tag=alice", "tag=" + tag).Replace("call-1@", "call-2@"));
        var forged = _rig.Events.OfType<CallEvent.LegInitiated>().Last().Leg;
        Assert.NotEqual(Called!.Id, forged.Id);
        Assert.False(_rig.Asked[^1].IsOnNet);
        Assert.Equal(1, _rig.Events.OfType<CallEvent.LegRinging>().Count(e => e.Leg.Id == caller.Id));
    }

    private static string Like(string invite, string method, string response) =>
        invite.Replace("INVITE", method).Replace("To: <sip:" + Forwarding + "@127.0.0.1:5060>",
            "To: " + Header(response, "To"))[..invite.IndexOf("Contact", StringComparison.Ordinal)] + "\n";
}
