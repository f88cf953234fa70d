using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>A REFER of somebody who was dialled by a program that wants to decide on it.</summary>
public sealed class AskedReferralTests
{
    private static readonly LegId Callee = DialledLeg(2);

    private readonly ShardRig _rig = new();
    private string _invite = "";
    private int _cseq;

    /// <summary>A caller who has been answered, and whom he talks to.</summary>
    private LegId Talk(bool asks = true)
    {
        _rig.Establish();
        var caller = _rig.Leg;
        _rig.Dial(Request() with { Link = new(caller) { JoinsOnAnswer = true, ParksOther = true }, AsksOfReferrals = asks }, 2);
        _invite = _rig.SentLast("INVITE ");
        _rig.Receive(Response(_invite, "200 OK", body: Answer));
        Assert.Equal(2, _rig.Events.OfType<CallEvent.LegBridged>().Count());
        return caller;
    }

    /// <summary>What he gets.</summary>
    private string Refer(string target)
    {
        _rig.Receive(FromCallee(_invite, "REFER", ++_cseq).Replace("CSeq:", $"Refer-To: {target}\nCSeq:", StringComparison.Ordinal));
        return _rig.Sent.FindLast(text =>
            text.StartsWith("SIP/2.0", StringComparison.Ordinal) && Header(text, "CSeq") == $"{_cseq} REFER")!;
    }

    private string[] Told()
    {
        HashSet<string> seen = [];
        while (_rig.Sent.FindLast(text => IsNotify(text) && seen.Add(Header(text, "CSeq"))) is { } one)
            _rig.Receive(Response(one, "200 OK", tag: null));
        return [.. _rig.Sent.Where(IsNotify).DistinctBy(text => Header(text, "CSeq")).Select(text => text.Split("SIP/2.0 ")[^1][..3])];

        static bool IsNotify(string text) => text.StartsWith("NOTIFY", StringComparison.Ordinal);
    }

    private CallEvent.ReferAsked[] Asked => [.. _rig.Events.OfType<CallEvent.ReferAsked>()];

    [Theory]
    [InlineData("<sip:+4989888@sip.example.com?X-Who=me>", "sip:+4989888@sip.example.com?X-Who=me")]
    [InlineData("\"Eve\" <tel:+4989888>", "tel:+4989888"), InlineData("sip:eve@example.com", "sip:eve@example.com")]
    public void It_is_told_to_the_program_whose_word_the_far_end_hears(string target, string told)
    {
        var caller = Talk();
        Assert.EndsWith(", REFER", Header(_invite, "Allow"), StringComparison.Ordinal);
        Assert.StartsWith("SIP/2.0 202", Refer(target), StringComparison.Ordinal);
        var asked = Assert.Single(Asked);
        Assert.Equal((Callee, told), (asked.Leg.Id, asked.Target));
        Assert.Equal(["100"], Told());
        // Nobody is called, and another one has to wait.
        Assert.Equal(1, _rig.SentOnce("INVITE "));
        Assert.StartsWith("SIP/2.0 491", Refer(target), StringComparison.Ordinal);

        Assert.True(_rig.Command(new LegCommand.AnswerReferral(200), Callee).IsAccepted);
        Assert.Equal(["100", "200"], Told());
        Assert.True(_rig.Command(new LegCommand.Hangup(), Callee).IsAccepted);
        Assert.Equal(1, _rig.SentOnce("BYE "));
        Assert.DoesNotContain(_rig.Events.OfType<CallEvent.LegEnded>(), ended => ended.Leg.Id == caller);
    }

    [Fact]
    public void One_that_the_program_will_not_have_can_be_said_again()
    {
        Talk();
        Refer("<sip:eve@example.com>");
        Told();
        _rig.Command(new LegCommand.AnswerReferral(503), Callee);
        Assert.Equal(["100", "503"], Told());
        Assert.StartsWith("SIP/2.0 202", Refer("<sip:eve@example.com>"), StringComparison.Ordinal);
        Assert.Equal(2, Asked.Length);
    }

    [Fact]
    public void One_that_the_program_says_nothing_of_is_given_up()
    {
        Talk();
        Refer("<sip:eve@example.com>");
        Told();
        _rig.Advance(Limits.PeerReferral.TotalSeconds);
        Assert.Equal(["100", "408"], Told());
        _rig.Command(new LegCommand.AnswerReferral(200), Callee);
        Assert.Equal(["100", "408"], Told());
    }

    [Fact]
    public void Who_was_not_dialled_so_still_needs_the_right_to_refer()
    {
        Talk(asks: false);
        Assert.StartsWith("SIP/2.0 405", Refer("<sip:eve@example.com>"), StringComparison.Ordinal);
        _rig.Command(new LegCommand.AnswerReferral(200), Callee);
        Assert.Empty(Asked);
        Assert.Empty(Told());
    }

    /// <summary>That reaches into calls of the account.</summary>
    [Fact]
    public void With_another_call_of_his_own_he_needs_the_right_too()
    {
        Talk();
        Assert.StartsWith("SIP/2.0 501",
            Refer("<sip:eve@example.com?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>"), StringComparison.Ordinal);
        Assert.Empty(Asked);
    }
}
