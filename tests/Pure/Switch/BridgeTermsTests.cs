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
    public void Who_is_left_behind_is_parked_or_hung_up(bool parksFirst, bool parksSecond, bool isBound, bool isJoined, bool hangsFirst, bool hangsSecond)
    {
        var terms = new BridgeTerms(First, Second) { FirstParks = parksFirst, SecondParks = parksSecond, IsSecondBound = isBound };
        Assert.Equal((hangsFirst, hangsSecond), (terms.HangsUp(First, isJoined), terms.HangsUp(Second, isJoined)));
    }

    [Theory]
    [InlineData(DigitMute.None, true, true)]
    [InlineData(DigitMute.Self, false, true)]
    [InlineData(DigitMute.Opposite, true, false)]
    [InlineData(DigitMute.Both, false, false)]
    public void Digits_go_to_whom_they_may(DigitMute mute, bool toFirst, bool toSecond)
    {
        var terms = new BridgeTerms(First, Second) { Mute = mute };
        Assert.Equal((toFirst, toSecond), (terms.PassesDigitsTo(First), terms.PassesDigitsTo(Second)));
    }

    [Fact]
    public void A_command_leaves_the_other_leg_to_its_own_rules()
    {
        var terms = BridgeTerms.Of(First, new LegCommand.Bridge(Second) { ParksAfterUnbridge = true, Ringback = RingTone.Usual, Mute = DigitMute.Self });
        Assert.Equal((First, Second, true, false, false, true, false), (terms.First, terms.Second, terms.FirstParks, terms.SecondParks, terms.IsSecondBound, terms.AnswersAtOnce, terms.PassesEarlyMedia));
        Assert.Equal((RingTone.Usual, DigitMute.Self), (terms.Ringback, terms.Mute));
    }

    [Fact]
    public void A_dialled_leg_is_bound_to_the_one_that_it_was_dialled_for()
    {
        var terms = BridgeTerms.Of(new DialLink(First) { Ringback = RingTone.Usual, ParksDialled = true }, Second);
        Assert.Equal((First, Second, false, true, true, false, true), (terms.First, terms.Second, terms.FirstParks, terms.SecondParks, terms.IsSecondBound, terms.AnswersAtOnce, terms.PassesEarlyMedia));
        Assert.False(BridgeTerms.Of(new DialLink(First), Second).PassesEarlyMedia);
        Assert.Equal(Second, terms.Other(First));
        Assert.Equal(First, terms.Other(Second));
    }
}
