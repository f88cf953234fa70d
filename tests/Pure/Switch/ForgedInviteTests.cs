using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;
using Ringwright.Switch.Routing;
using Ringwright.Switch.Trunks;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>What calls take that say they come from an address which has shown nothing, and how many come in within a second.</summary>
public sealed class ForgedInviteTests
{
    private static readonly Trunk Carrier = new()
    {
        Id = new(new Guid(1, 0, 0, new byte[8])), Name = "carrier", Host = "10.0.0.1", Sources = [IPNetwork.Parse("127.0.0.0/24")],
    };

    private int _calls;

    /// <summary>Of a trunk with so many inbound channels, of which a quarter is the share.</summary>
    private static ShardRig Rig(int channels) =>
        new() { Current = Snapshot(trunks: [Carrier with { InboundChannelLimit = channels }]) };

    /// <summary>One more INVITE, of a call of its own.</summary>
    private string Bring(ShardRig rig, IPEndPoint? source = null, string? extra = null, SipFlow? by = null)
    {
        int call = ++_calls;
        string invite = Mine(Invite(branch: $"z9hG4bKinvite{call}", extra: extra), call);
        rig.ReceiveBy(by ?? SipFlow.Udp(source ?? Peer), invite);
        return rig.Last;
    }

    private static string Mine(string text, int call) => text.Replace("call-1@", $"call-{call}@", StringComparison.Ordinal);

    /// <summary>A call that is answered, acknowledged and ended by its caller.</summary>
    private void Talk(ShardRig rig)
    {
        string ok = AnswerOne(rig);
        rig.Receive(Mine(Inside(ok, "ACK", 1, $"z9hG4bKack{_calls}"), _calls));
        rig.Receive(Mine(Inside(ok, "BYE", 2, $"z9hG4bKbye{_calls}"), _calls));
    }

    /// <summary>The 200 to a further call.</summary>
    private string AnswerOne(ShardRig rig)
    {
        Bring(rig);
        Assert.True(rig.Command(new LegCommand.Answer(), rig.Events[^1].Leg.Id).IsAccepted);
        return rig.SentLast("SIP/2.0 200");
    }

    private static CallEvent.LegEnded[] Ended(ShardRig rig) => [.. rig.Events.OfType<CallEvent.LegEnded>()];

    [Fact]
    public void Within_its_share_a_call_of_an_address_that_has_shown_nothing_rings_like_any_other_and_above_it_ten_seconds()
    {
        var rig = Rig(channels: 8);
        for (int i = 0; i < 4; i++) Bring(rig);
        Assert.Equal(4, rig.SentCount("SIP/2.0 180"));
        rig.Advance(9);
        Assert.Empty(Ended(rig));
        rig.Advance(2);
        Assert.Equal(Enumerable.Repeat((HangupCause.RingTimeout, (int?)480, (string?)"way_back"), 2),
            Ended(rig).Select(e => (e.Cause, e.SipStatus, e.Timer)));
        rig.Advance(160);
        Assert.Equal(2, Ended(rig).Length);
        rig.Advance(15);
        Assert.Equal(["way_back", "way_back", "ring", "ring"], Ended(rig).Select(e => e.Timer));
        rig.AssertNothingLeft();
        Assert.Equal(0, rig.Settings.WaysBack.Count);
    }

    [Fact]
    public void Whoever_acknowledged_a_call_is_no_forger_for_an_hour()
    {
        var rig = Rig(channels: 4);
        Talk(rig);
        Assert.True(rig.Settings.WaysBack.IsProven(Peer.Address, rig.Now));
        for (int i = 0; i < 3; i++) Bring(rig);
        rig.Advance(170);
        Assert.Single(Ended(rig));
        rig.Advance(3_600);
        for (int i = 0; i < 2; i++) Bring(rig);
        rig.Advance(11);
        Assert.Equal("way_back", Ended(rig)[^1].Timer);
        rig.Advance(200);
        rig.AssertNothingLeft();
    }

    [Fact]
    public void An_acknowledgement_in_the_meantime_lets_those_ring_on_that_came_before_it()
    {
        var rig = Rig(channels: 8);
        string ok = AnswerOne(rig);
        for (int i = 0; i < 4; i++) Bring(rig);
        rig.Advance(9);
        rig.Receive(Mine(Inside(ok, "ACK", 1, "z9hG4bKack"), 1));
        rig.Receive(Mine(Inside(ok, "BYE", 2, "z9hG4bKbye"), 1));
        rig.Advance(160);
        Assert.Single(Ended(rig));
        rig.Advance(100);
        Assert.All(Ended(rig).Skip(1), e => Assert.Equal("ring", e.Timer));
        rig.AssertNothingLeft();
    }

    [Fact]
    public void An_ACK_without_our_tag_shows_nothing_and_one_from_elsewhere_nothing_of_where_it_comes_from()
    {
        var rig = Rig(channels: 8);
        string ok = AnswerOne(rig);
        string ack = Mine(Inside(ok, "ACK", 1, "z9hG4bKack"), 1);
        var forged = new IPEndPoint(IPAddress.Parse("127.0.0.9"), 5070);
        string to = Header(ok, "To");
        rig.Receive(ack.Replace(to, to[..^1] + (to[^1] == '0' ? '1' : '0'), StringComparison.Ordinal));
        Assert.False(rig.Settings.WaysBack.IsProven(Peer.Address, rig.Now));
        rig.Receive(ack, forged);
        Assert.True(rig.Settings.WaysBack.IsProven(Peer.Address, rig.Now));
        Assert.False(rig.Settings.WaysBack.IsProven(forged.Address, rig.Now));
    }

    [Fact]
    public void A_PRACK_shows_it_too()
    {
        var rig = Rig(channels: 4);
        Bring(rig);
        Bring(rig, extra: "Require: 100rel");
        string ringing = rig.SentLast("SIP/2.0 180");
        rig.Receive(Mine(Inside(ringing, "PRACK", 2, "z9hG4bKprack"), 2).Replace("Max-Forwards: 70",
            $"Max-Forwards: 70\nRAck: {Header(ringing, "RSeq")} 1 INVITE", StringComparison.Ordinal));
        Assert.True(rig.Settings.WaysBack.IsProven(Peer.Address, rig.Now));
        rig.Advance(30);
        Assert.Empty(Ended(rig));
        rig.Advance(200);
        rig.AssertNothingLeft();
    }

    [Fact]
    public void Above_the_share_an_answer_waits_ten_seconds_for_its_ACK()
    {
        var rig = Rig(channels: 4);
        Bring(rig);
        Bring(rig);
        rig.Advance(6);
        Assert.True(rig.Command(new LegCommand.Answer(), rig.Events[^1].Leg.Id).IsAccepted);
        rig.Advance(9);
        Assert.Empty(Ended(rig));
        rig.Advance(3);
        var ended = Assert.Single(Ended(rig));
        // It was answered, and did not ring any more.
        Assert.Equal((HangupCause.TransportFailure, (int?)null, "way_back"), (ended.Cause, ended.SipStatus, ended.Timer));
        rig.Advance(200);
        rig.AssertNothingLeft();
    }

    [Fact]
    public void All_addresses_of_a_network_that_a_trunk_lists_are_one_source()
    {
        var rig = Rig(channels: 8);
        for (int i = 1; i <= 4; i++) Bring(rig, new(IPAddress.Parse($"127.0.0.{i}"), 5070));
        rig.Advance(11);
        Assert.Equal(2, Ended(rig).Length);
    }

    [Fact]
    public void A_call_whose_caller_has_acknowledged_takes_nothing_of_the_share_of_his_network()
    {
        var rig = Rig(channels: 4);
        string ok = AnswerOne(rig);
        Assert.Equal(1, rig.Settings.WaysBack.Count);
        rig.Receive(Mine(Inside(ok, "ACK", 1, "z9hG4bKack"), 1));
        Assert.Equal(0, rig.Settings.WaysBack.Count);
        Bring(rig, new(IPAddress.Parse("127.0.0.2"), 5070));
        rig.Advance(30);
        Assert.Empty(Ended(rig));
    }

    [Fact]
    public void Over_a_connection_nothing_is_counted()
    {
        var rig = Rig(channels: 4);
        for (int i = 0; i < 3; i++) Bring(rig, by: new SipFlow(SipTransport.Tcp, Peer) { Id = new(7) });
        Assert.Equal(0, rig.Settings.WaysBack.Count);
        rig.Advance(20);
        Assert.Empty(Ended(rig));
    }

    [Theory, InlineData(25, 2), InlineData(50, 4), InlineData(100, 8)]
    public void Ports_are_shared_likewise_and_the_share_is_a_setting(int percent, int calls)
    {
        var rig = new ShardRig(change: s => s with { MediaCalls = [8], UnprovenShare = percent })
        {
            Current = Snapshot(trunks: [Carrier]),
        };
        for (int i = 0; i < calls + 1; i++) Bring(rig);
        rig.Advance(11);
        Assert.Single(Ended(rig));
    }

    [Fact]
    public void A_share_is_of_each_limit_at_least_one_and_what_leaves_gives_it_back()
    {
        var book = new WayBackBook();
        (string, int)[] narrow = [("trunk", 3), ("ports", 40)], wide = [("ports", 40)];
        Assert.True(book.Enter(DialledLeg(1), "a", narrow, 25));
        Assert.False(book.Enter(DialledLeg(2), "a", narrow, 25));
        Assert.True(book.Enter(DialledLeg(3), "b", narrow, 25));
        for (uint i = 10; i < 18; i++) Assert.True(book.Enter(DialledLeg(i), "a", wide, 25));
        Assert.False(book.Enter(DialledLeg(18), "a", wide, 25));
        for (uint i = 1; i <= 18; i++) book.Leave(DialledLeg(i));
        book.Leave(DialledLeg(1));
        Assert.Equal(0, book.Count);
        Assert.True(book.Enter(DialledLeg(1), "a", narrow, 25));
    }

    [Fact]
    public void So_many_addresses_are_remembered_and_one_more_when_others_have_run_out()
    {
        var book = new WayBackBook();
        var now = new Instant(1_000_000_000);
        for (int i = 0; i <= Limits.ProvenAddresses; i++) book.Prove(new IPAddress(1 + i), now);
        Assert.True(book.IsProven(new IPAddress(Limits.ProvenAddresses), now));
        Assert.False(book.IsProven(new IPAddress(1 + Limits.ProvenAddresses), now));
        Assert.True(book.IsProven(new IPAddress(1), now + Limits.ProofTime - TimeSpan.FromSeconds(1)));
        now += Limits.ProofTime;
        Assert.False(book.IsProven(new IPAddress(1), now));
        book.Prove(new IPAddress(1 + Limits.ProvenAddresses), now);
        Assert.True(book.IsProven(new IPAddress(1 + Limits.ProvenAddresses), now));
    }

    [Fact]
    public void Who_says_that_he_knows_PRACK_and_sends_none_is_answered_all_the_same()
    {
        var rig = Withholding();
        Bring(rig, extra: "Supported: 100rel");
        Assert.Contains("Require: 100rel", rig.SentLast("SIP/2.0 180"), StringComparison.Ordinal);
        rig.Advance(40);
        Assert.Empty(Ended(rig));
        Assert.Equal(0, rig.SentCount("SIP/2.0 504"));
        Assert.True(rig.Command(new LegCommand.Answer(), rig.Events[^1].Leg.Id).IsAccepted);
        string ok = rig.SentLast("SIP/2.0 200");
        Assert.Contains("m=audio", ok, StringComparison.Ordinal);
        rig.Receive(Mine(Inside(ok, "ACK", 1, "z9hG4bKack"), _calls));
        rig.Advance(40);
        Assert.Empty(Ended(rig));
    }

    private static ShardRig Withholding() => new(change: s => s with { WithholdsMedia = true }) { Current = Snapshot() };

    /// <summary>Whether the caller's port was told to send nothing, each time that it was told anything.</summary>
    private static bool[] Withheld(ShardRig rig) =>
        [.. rig.Commands.OfType<MediaCommand.Connect>().Where(c => c.Port == PortId.Compose(1, 1)).Select(c => c.Plan.IsWithheld)];

    private static string Transfer(ShardRig rig)
    {
        var command = new LegCommand.Transfer { To = "sip:bob@127.0.0.1:5070", From = "+4989456", HearsEarlyMedia = true };
        Assert.True(rig.Command(command).IsAccepted);
        return rig.SentLast("INVITE ");
    }

    [Fact]
    public void No_sound_goes_to_a_caller_who_has_shown_nothing_before_his_ACK()
    {
        var rig = Withholding();
        string ok = AnswerOne(rig);
        Assert.Equal([true], Withheld(rig));
        rig.Receive(Mine(Inside(ok, "ACK", 1, "z9hG4bKack"), 1));
        Assert.Equal([true, false], Withheld(rig));
        AnswerOne(rig);
        Assert.False(rig.Commands.OfType<MediaCommand.Connect>().Last().Plan.IsWithheld);
    }

    [Fact]
    public void In_place_of_early_media_he_hears_his_own_phone_ring()
    {
        var rig = Withholding();
        Bring(rig);
        string invite = Transfer(rig);
        rig.Receive(Response(invite, "183 Session Progress", body: Answer));
        Assert.Equal((0, 1), (rig.SentCount("SIP/2.0 183"), rig.SentCount("SIP/2.0 180")));
        Assert.Empty(Withheld(rig));
        rig.Receive(Response(invite, "200 OK", body: Answer));
        string ok = rig.SentLast("SIP/2.0 200");
        Assert.Contains("m=audio", ok, StringComparison.Ordinal);
        rig.Receive(Mine(Inside(ok, "ACK", 1, "z9hG4bKack"), 1));
        Assert.Equal([true, false], Withheld(rig));
    }

    [Fact]
    public void A_caller_who_knows_PRACK_is_asked_for_it_and_hears_early_media_then()
    {
        var rig = Withholding();
        Bring(rig, extra: "Supported: 100rel");
        string ringing = rig.SentLast("SIP/2.0 180"), invite = Transfer(rig);
        rig.Receive(Response(invite, "183 Session Progress", body: Answer));
        Assert.Equal([true], Withheld(rig));
        rig.Receive(Mine(Inside(ringing, "PRACK", 2, "z9hG4bKprack"), 1).Replace("Max-Forwards: 70",
            $"Max-Forwards: 70\nRAck: {Header(ringing, "RSeq")} 1 INVITE", StringComparison.Ordinal));
        Assert.Equal([true, false], Withheld(rig));
        Assert.Contains("RSeq", rig.SentLast("SIP/2.0 183"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_account_is_brought_no_more_calls_in_a_second_than_may_be()
    {
        var rig = new ShardRig(change: s => s with { InboundRates = new(2) });
        Bring(rig);
        Bring(rig);
        string refused = Bring(rig);
        Assert.StartsWith("SIP/2.0 503", refused);
        Assert.Equal($"{Limits.RetryAfterSeconds}", Header(refused, "Retry-After"));
        rig.Advance(1.1);
        Bring(rig);
        Assert.Equal(3, rig.SentOnce("SIP/2.0 180"));
        rig.Advance(200);
        rig.AssertNothingLeft();
    }

    [Fact]
    public void A_trunk_that_says_nothing_of_calls_a_second_has_the_usual_limit_and_one_that_does_has_its_own()
    {
        var board = new TrunkBoard(inboundRate: 2);
        var now = new Instant(5_000_000_000);
        var own = Carrier with { Id = new(new Guid(2, 0, 0, new byte[8])), InboundCallsPerSecond = 3 };
        foreach (var (trunk, most) in (ReadOnlySpan<(Trunk, int)>)[(Carrier, 2), (own, 3)])
        {
            for (int i = 0; i < most; i++)
            {
                Assert.True(board.Ask(trunk, Direction.Inbound, now).IsOpen);
                Assert.True(board.Enter(DialledLeg((uint)++_calls), trunk, Direction.Inbound, now).IsOpen);
            }
            Assert.Equal("trunk_call_rate", board.Ask(trunk, Direction.Inbound, now).Rule);
            Assert.EndsWith($"in a second: {most}.", board.Enter(DialledLeg((uint)++_calls), trunk, Direction.Inbound, now).Detail);
            Assert.True(board.Enter(DialledLeg((uint)++_calls), trunk, Direction.Outbound, now).IsOpen);
        }
    }
}
