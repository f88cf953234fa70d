using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Bridges;

namespace Ringwright.Pure.Switch;

/// <summary>Who is hung up, who hears whose digits: the rules of a bridge as tables.</summary>
public sealed class BridgeTermsTests
{
    private static readonly LegId First = LegId.Compose(1, 0, 7, 1, 1), Second = LegId.Compose(1, 1, 7, 2, 2);

    [Theory]
    // parks first, parks second, second is bound, joined: first hung up when the second left, second hung up when the first left
    [InlineData(false, false, false, true, true, true)]
    [InlineData(true, false, false, true, false, true)]
    [InlineData(false, true, false, true, true, false)]
    [InlineData(true, true, true, true, false, false)]
    [InlineData(false, false, false, false, false, false)]
    [InlineData(false, false, true, false, false, true)]
    [InlineData(true, true, true, false, false, true)]
    public void Who_is_left_behind_is_parked_or_hung_up(bool parksFirst, bool parksSecond, bool isBound, bool isJoined,
        bool hangsFirst, bool hangsSecond)
    {
        var terms = new BridgeTerms([new(First) { Parks = parksFirst }, new(Second) { Parks = parksSecond, IsBound = isBound }]);
        Assert.Equal((hangsFirst, hangsSecond), (terms.Members[0].HangsUp(isJoined), terms.Members[1].HangsUp(isJoined)));
    }

    [Theory]
    [InlineData(DigitMute.None, true, true)]
    [InlineData(DigitMute.Self, false, true)]
    [InlineData(DigitMute.Opposite, true, false)]
    [InlineData(DigitMute.Both, false, false)]
    public void Digits_go_to_whom_they_may(DigitMute mute, bool toFirst, bool toSecond)
    {
        var commanded = BridgeTerms.Of(First, new LegCommand.Bridge(Second) { Mute = mute });
        var dialled = BridgeTerms.Of(new DialLink(First) { Mute = mute }, Second);
        Assert.Equal((toFirst, toSecond), (commanded.Members[0].HearsDigits, commanded.Members[1].HearsDigits));
        Assert.Equal((toFirst, toSecond), (dialled.Members[0].HearsDigits, dialled.Members[1].HearsDigits));
    }

    [Fact]
    public void A_command_leaves_the_other_leg_to_its_own_rules()
    {
        var plan = new RecordPlan { Id = Guid.NewGuid() };
        var command =
            new LegCommand.Bridge(Second) { ParksAfterUnbridge = true, Ringback = RingTone.Usual, Mute = DigitMute.Self, Record = plan };
        var terms = BridgeTerms.Of(First, command);
        Assert.Equal(
            [
                new(First) { Parks = true, Answer = MemberAnswer.AtOnce, HearsDigits = false, Record = plan },
                new(Second) { Answer = MemberAnswer.AtOnce },
            ],
            terms.Members);
        Assert.Equal((RingTone.Usual, false), (terms.Ringback, terms.PassesEarlyMedia));
    }

    [Fact]
    public void The_other_stays_with_whom_it_talks_to_where_it_is_to_be_left()
    {
        var commanded = BridgeTerms.Of(First, new LegCommand.Bridge(Second) { LeavesBridged = true });
        var dialled = BridgeTerms.Of(new DialLink(First) { LeavesBridged = true }, Second);
        Assert.Equal((false, true), (commanded.Members[0].StaysBridged, commanded.Members[1].StaysBridged));
        Assert.Equal((true, false), (dialled.Members[0].StaysBridged, dialled.Members[1].StaysBridged));
    }

    [Fact]
    public void A_dialled_leg_is_bound_to_the_one_that_it_was_dialled_for()
    {
        var terms = BridgeTerms.Of(new DialLink(First) { Ringback = RingTone.Usual, ParksDialled = true }, Second);
        Assert.Equal([new(First) { Answer = MemberAnswer.WithOthers }, new(Second) { Parks = true, IsBound = true }], terms.Members);
        Assert.True(terms.PassesEarlyMedia);
        Assert.False(BridgeTerms.Of(new DialLink(First), Second).PassesEarlyMedia);
        Assert.Equal([new(First) { Parks = true, IsBound = true, Answer = MemberAnswer.WithOthers }, new(Second) { IsBound = true }],
            BridgeTerms.Of(new DialLink(First) { EndsOther = true, ParksOther = true }, Second).Members);
    }
}
