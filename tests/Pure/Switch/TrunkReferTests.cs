using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch;
using Ringwright.Switch.Routing;
using static Ringwright.Pure.Switch.RigMessages;

namespace Ringwright.Pure.Switch;

/// <summary>REFER of far ends that are no phones: trunks, and equipment that is known by its address. Only who is let may.</summary>
public sealed class TrunkReferTests
{
    private const string Target = "<sip:+4989888@sip.example.com>";
    private static readonly IPEndPoint Far = new(IPAddress.Loopback, 5090), PbxPlace = new(IPAddress.Loopback, 5095);

    private static readonly Trunk Carrier = new()
    {
        Id = new(new Guid("00000000-0000-0000-0000-00000000000c")), Name = "carrier", Host = "127.0.0.1", Port = 5090,
        CallerIds = CallerChoice.Any, MayRefer = true
    };

    private readonly ShardRig _rig = new() { Current = World(Carrier) };
    private int _cseq;

    private static RoutingSnapshot World(Trunk carrier, Connection? desk = null, SipConnection? pbx = null) => Phones.Snapshot(desk,
        trunks: [carrier], routes: [new() { Id = Guid.Empty, Trunk = carrier.Id, Prefix = "+" }],
        equipment: Phones.Equipment with { Addresses = [new(1, Sample.Tenant, Phones.Pbx.Id, PbxPlace.Address, PbxPlace.Port)] },
        pbx: pbx is null ? null : Phones.Pbx with { Sip = pbx });

    /// <summary>What the phone got as the answer, and the INVITE that the carrier got.</summary>
    private sealed record Line(string Name, string Ok, string Out, LegId Phone, LegId Far);

    private Line Call(string name = "one", SipCaller? from = null)
    {
        string To(string text) => text.Replace("Call-ID: INVITE-alice1", $"Call-ID: {name}", StringComparison.Ordinal)
            .Replace("branch=z9hG4bK", $"branch=z9hG4bK{name}", StringComparison.Ordinal);
        _rig.ReceiveFrom(from ?? new(Phones.Desk, "alice1"),
            To(Phones.Request("INVITE", "alice1", 1, uri: "sip:+4989777@sip.example.com", body: Offer)));
        string sent = _rig.SentLast("INVITE");
        _rig.Receive(Response(sent, "200 OK", tag: $"far-{name}", body: Answer), Far);
        string ok = _rig.SentLast("SIP/2.0 200");
        var legs = _rig.Events.OfType<CallEvent.LegInitiated>().TakeLast(2).Select(e => e.Leg.Id).ToArray();
        Assert.Equal(2, _rig.Events.OfType<CallEvent.LegBridged>().Count(e => legs.Contains(e.Leg.Id)));
        _rig.Receive(OfPhone(name, ok, "ACK", 1));
        return new(name, ok, sent, legs[0], legs[1]);
    }

    private static string OfPhone(string name, string ok, string method, int cseq, string? extra = null) => $"""
        {method} sip:127.0.0.1:5060 SIP/2.0
        Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK{name}{method}{cseq};rport
        Max-Forwards: 70
        From: <sip:alice1@sip.example.com>;tag=alice1
        To: {Header(ok, "To")}
        Call-ID: {name}
        CSeq: {cseq} {method}{(extra is null ? "" : "\n" + extra)}
        Content-Length: 0


        """;

    /// <summary>The carrier refers whom it talks to; what it gets.</summary>
    private string Refer(Line line, string target)
    {
        _rig.Receive(FromCallee(line.Out, "REFER", ++_cseq, tag: $"far-{line.Name}").Replace("CSeq:", $"Refer-To: {target}\nCSeq:"), Far);
        return AnswerTo($"{_cseq} REFER");
    }

    private string AnswerTo(string cseq) => _rig.Sent.FindLast(text =>
        text.StartsWith("SIP/2.0", StringComparison.Ordinal) && Header(text, "CSeq") == cseq)!;

    private static string Replacing(string callId, string ours, string theirs) =>
        $"<sip:+4989888@sip.example.com?Replaces={callId}%3Bto-tag%3D{ours}%3Bfrom-tag%3D{theirs}>";

    private string[] Told()
    {
        HashSet<string> seen = [];
        while (_rig.Sent.FindLast(text => IsNotify(text) && seen.Add(Header(text, "CSeq") + Header(text, "Call-ID"))) is { } one)
            _rig.Receive(Response(one, "200 OK", tag: null), Far);
        return [.. _rig.Sent.Where(IsNotify).DistinctBy(text => Header(text, "CSeq")).Select(text => text.Split("SIP/2.0 ")[^1][..3])];

        static bool IsNotify(string text) => text.StartsWith("NOTIFY", StringComparison.Ordinal);
    }

    private bool HasEnded(LegId leg) => _rig.Events.OfType<CallEvent.LegEnded>().Any(e => e.Leg.Id == leg);

    [Fact]
    public void A_trunk_that_may_transfers_whom_it_talks_to_at_the_expense_of_the_account_whose_call_it_is()
    {
        var line = Call();
        Assert.EndsWith(", REFER", Header(line.Out, "Allow"), StringComparison.Ordinal);
        Assert.EndsWith(", norefersub", Header(line.Out, "Supported"), StringComparison.Ordinal);       // it takes no call over
        Assert.StartsWith("SIP/2.0 202", Refer(line, Target), StringComparison.Ordinal);
        string called = _rig.SentLast("INVITE");
        Assert.StartsWith("INVITE sip:+4989888@127.0.0.1:5090", called, StringComparison.Ordinal);
        Assert.Equal(_rig.Asked[^1] with { Leg = default },
            new CallAttempt
            {
                Leg = default, Direction = Direction.Outbound, Tenant = Sample.Tenant, Connection = Phones.Desk.Id,
                From = _rig.Asked[^1].From, To = "+4989888", Kind = DestinationKind.Number,     // no phone asks for it
            });
        _rig.Receive(Response(called, "200 OK", "far-new", Answer), Far);
        Assert.Equal(["100", "200"], Told());
        Assert.Equal(line.Phone, _rig.Events.OfType<CallEvent.LegBridged>().Last(e => e.Leg.Id != line.Phone).Peer);
        _rig.Advance(Limits.ReferredHangup.TotalSeconds);
        Assert.True(HasEnded(line.Far));
        Assert.False(HasEnded(line.Phone));
    }

    [Fact]
    public void What_the_gate_refuses_is_told_to_the_trunk_and_the_call_goes_on()
    {
        var line = Call();
        _rig.OutboundRefusal = Refusal.InsufficientFunds;
        Assert.StartsWith("SIP/2.0 202", Refer(line, Target), StringComparison.Ordinal);
        Assert.Equal(["100", "403"], Told());
        Assert.False(HasEnded(line.Phone) || HasEnded(line.Far));
    }

    [Fact]
    public void The_setting_is_asked_at_each_REFER()
    {
        var line = Call();
        _rig.Current = World(Carrier with { MayRefer = false });
        string refused = Refer(line, Target);
        Assert.StartsWith("SIP/2.0 405", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("REFER", Header(refused, "Allow"), StringComparison.Ordinal);
        _rig.Current = World(Carrier with { IsEnabled = false });
        Assert.StartsWith("SIP/2.0 405", Refer(line, Target), StringComparison.Ordinal);
        Assert.Empty(Told());
    }

    [Fact]
    public void A_trunk_connects_the_parties_of_two_of_its_calls()
    {
        Line one = Call(), two = Call("two");
        string ours = Header(two.Out, "From").Split(";tag=")[1];
        Assert.StartsWith("SIP/2.0 202", Refer(one, Replacing(Header(two.Out, "Call-ID"), ours, "far-two")), StringComparison.Ordinal);
        Assert.Equal(["100", "200"], Told());
        Assert.Equal(two.Phone, _rig.Events.OfType<CallEvent.LegBridged>().Last(e => e.Leg.Id == one.Phone).Peer);
        Assert.True(HasEnded(two.Far));
        Assert.False(HasEnded(one.Phone) || HasEnded(two.Phone));
    }

    [Fact]
    public void A_trunk_reaches_no_call_of_a_phone_and_no_phone_a_call_of_a_trunk()
    {
        Line one = Call(), two = Call("two");
        Refer(one, Replacing("two", Header(two.Ok, "To").Split(";tag=")[1], "alice1"));
        Assert.Equal(["100", "481"], Told());
        string trunks = Replacing(Header(one.Out, "Call-ID"), Header(one.Out, "From").Split(";tag=")[1], "far-one");
        _rig.Receive(OfPhone("two", two.Ok, "REFER", 2, $"Refer-To: {trunks}"));
        Assert.StartsWith("SIP/2.0 202", AnswerTo("2 REFER"), StringComparison.Ordinal);
        Told();
        Assert.Contains("481", _rig.SentLast("NOTIFY").Split("SIP/2.0 ")[^1], StringComparison.Ordinal);
        Assert.False(HasEnded(one.Phone) || HasEnded(one.Far) || HasEnded(two.Phone) || HasEnded(two.Far));
    }

    [Theory]
    [InlineData(null, 405), InlineData(false, 405), InlineData(true, 202)]
    public void Equipment_that_is_known_by_its_address_refers_when_its_connection_says_so(bool? mayRefer, int status)
    {
        _rig.Current = World(Carrier, pbx: new() { MayRefer = mayRefer });
        var line = Call(from: new(_rig.Current.FindConnection(Sample.Tenant, Phones.Pbx.Id)!, User: null));
        Assert.Equal(mayRefer is true, Header(line.Ok, "Allow").EndsWith(", REFER", StringComparison.Ordinal));
        Assert.Equal(mayRefer is true, Header(line.Ok, "Supported").EndsWith(", replaces", StringComparison.Ordinal));
        _rig.Receive(OfPhone("one", line.Ok, "REFER", 2, $"Refer-To: {Target}"));
        Assert.StartsWith($"SIP/2.0 {status}", AnswerTo("2 REFER"), StringComparison.Ordinal);
        if (mayRefer is true) Assert.Equal((Phones.Pbx.Id, true), (_rig.Asked[^1].Connection, _rig.Asked[^1].IsFromPhone));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_trunk_that_asks_what_it_may_is_told(bool mayRefer)
    {
        _rig.Current = World(Carrier with { Sources = [new(IPAddress.Loopback, 32)], MayRefer = mayRefer });
        _rig.Receive(Invite(body: null).Replace("INVITE", "OPTIONS", StringComparison.Ordinal));
        Assert.StartsWith("SIP/2.0 200", _rig.Last, StringComparison.Ordinal);
        Assert.Equal(mayRefer, Header(_rig.Last, "Allow").EndsWith(", REFER", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, 405), InlineData(true, 202)]
    public void So_does_equipment_that_was_called(bool? mayRefer, int status)
    {
        _rig.Current = World(Carrier with { Sources = [new(IPAddress.Loopback, 32)] }, pbx: new() { MayRefer = mayRefer });
        _rig.Receive(Invite("+4989113"));
        string called = _rig.SentLast("INVITE");
        Assert.Equal(mayRefer is true, Header(called, "Allow").EndsWith(", REFER", StringComparison.Ordinal));
        _rig.Receive(Response(called, "200 OK", "far-one", Answer), PbxPlace);
        _rig.Receive(Inside(_rig.SentLast("SIP/2.0 200"), "ACK", 1, "z9hG4bKack"));
        _rig.Receive(FromCallee(called, "REFER", 1, tag: "far-one").Replace("CSeq:", $"Refer-To: {Target}\nCSeq:"), PbxPlace);
        Assert.StartsWith($"SIP/2.0 {status}", AnswerTo("1 REFER"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_phone_whose_connection_forbids_it_does_not_refer()
    {
        var desk = Phones.Desk with { Sip = Phones.Desk.Sip! with { MayRefer = false } };
        _rig.Current = World(Carrier, desk);
        var line = Call(from: new(desk, "alice1"));
        Assert.DoesNotContain("REFER", Header(line.Ok, "Allow"), StringComparison.Ordinal);
        _rig.Receive(OfPhone("one", line.Ok, "REFER", 2, $"Refer-To: {Target}"));
        Assert.StartsWith("SIP/2.0 405", AnswerTo("2 REFER"), StringComparison.Ordinal);
    }
}
