using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using static Ringwright.Pure.Switch.RigMessages;

namespace Ringwright.Pure.Switch;

/// <summary>A phone refers whom it talks to, and he stays up when it leaves, because a program commands him.</summary>
public sealed class ParkedReferTests
{
    private static readonly IPEndPoint Far = new(IPAddress.Loopback, 5090);

    private static readonly Trunk Carrier = new()
    {
        Id = new(new Guid("00000000-0000-0000-0000-00000000000c")), Name = "carrier", Host = "127.0.0.1", Port = 5090,
        CallerIds = CallerChoice.Any
    };

    private readonly ShardRig _rig = new()
    {
        Current = Phones.Snapshot(trunks: [Carrier], routes: [new() { Id = Guid.Empty, Trunk = Carrier.Id, Prefix = "+" }]),
    };
    private readonly LegId _phone, _party;
    private readonly string _ok;

    public ParkedReferTests()
    {
        _rig.ReceiveFrom(new(Phones.Desk, "alice1"),
            Phones.Request("INVITE", "alice1", 1, uri: "sip:+4989777@sip.example.com", body: Offer));
        Respond(_rig.SentLast("INVITE"), "200 OK", Answer);
        _ok = _rig.SentLast("SIP/2.0 200");
        Send("ACK", 1);
        var legs = _rig.Events.OfType<CallEvent.LegInitiated>().Select(e => e.Leg.Id).ToArray();
        (_phone, _party) = (legs[0], legs[1]);
        Assert.True(_rig.Command(new LegCommand.Bridge(_phone) { ParksAfterUnbridge = true }, _party).IsAccepted);
    }

    /// <summary>From whom the party was parted.</summary>
    private LegId[] Parted =>
        [.. _rig.Events.OfType<CallEvent.LegUnbridged>().Where(e => e.Leg.Id == _party).Select(e => e.Peer)];

    [Theory, InlineData(false), InlineData(true)]
    public void Who_is_reached_has_him_whether_or_not_the_phone_has_left_before(bool leavesFirst)
    {
        string called = Refer();
        if (leavesFirst) Send("BYE", 3);
        Assert.Equal(leavesFirst, HasEnded(_phone));
        Respond(called, "180 Ringing");
        Assert.Empty(Parted);
        Respond(called, "200 OK", Answer);
        var third = _rig.Events.OfType<CallEvent.LegInitiated>().Last().Leg.Id;
        Assert.Equal(third, _rig.Events.OfType<CallEvent.LegBridged>().Last(e => e.Leg.Id == _party).Peer);
        Assert.Empty(Parted);
        Assert.False(HasEnded(_party));
    }

    [Fact]
    public void Where_nobody_is_reached_he_is_parted_from_the_phone_that_has_left_and_stays_up()
    {
        string called = Refer();
        Send("BYE", 3);
        Assert.Empty(Parted);
        Respond(called, "486 Busy Here");
        Assert.Equal([_phone], Parted);
        Assert.False(HasEnded(_party));
        Assert.Equal(0, _rig.SentOnce("BYE "));
    }

    [Fact]
    public void Where_the_phone_is_there_still_nothing_has_changed()
    {
        Respond(Refer(), "486 Busy Here");
        Assert.Empty(Parted);
        Send("BYE", 3);
        Assert.Equal([_phone], Parted);
        Assert.False(HasEnded(_party));
    }

    /// <returns>The INVITE to whom the party is referred.</returns>
    private string Refer()
    {
        Send("REFER", 2, "Refer-To: <sip:+4989888@sip.example.com>");
        string called = _rig.SentLast("INVITE");
        Assert.StartsWith("INVITE sip:+4989888@127.0.0.1:5090", called, StringComparison.Ordinal);
        return called;
    }

    private void Send(string method, int cseq, string? extra = null) => _rig.Receive($"""
        {method} sip:127.0.0.1:5060 SIP/2.0
        Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bKof{method};rport
        Max-Forwards: 70
        From: <sip:alice1@sip.example.com>;tag=alice1
        To: {Header(_ok, "To")}
        Call-ID: INVITE-alice1
        CSeq: {cseq} {method}
        Contact: <sip:alice1@127.0.0.1:5070>{(extra is null ? "" : "\n" + extra)}
        Content-Length: 0


        """);

    private void Respond(string invite, string status, string? body = null) =>
        _rig.Receive(Response(invite, status, "far-new", body), Far);

    private bool HasEnded(LegId leg) => _rig.Events.OfType<CallEvent.LegEnded>().Any(e => e.Leg.Id == leg);
}
