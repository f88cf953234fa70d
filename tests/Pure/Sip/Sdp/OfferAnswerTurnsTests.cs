using Ringwright.Core;
using Ringwright.Sip.Sdp;
using static Ringwright.Pure.Sip.Sdp.Negotiations;

namespace Ringwright.Pure.Sip.Sdp;

/// <summary>Whose turn it is (RFC 3264, RFC 6337), and what the answer to our offer may say.</summary>
public sealed class OfferAnswerTurnsTests
{
    [Fact]
    public void In_an_answer_the_peers_order_decides()
    {
        var leg = Offered();

        Assert.Equal(NegotiationStatus.Ok, leg.HandleAnswer(SdpTexts.Wire(SdpTexts.Asterisk)));
        Assert.Equal("PCMA", leg.Plan?.Codec.Name);
        Assert.Equal(OfferAnswerState.Stable, leg.State);
    }

    [Fact]
    public void An_answer_without_any_codec_that_we_speak_is_refused()
    {
        var leg = Offered(Local with { Codecs = ["PCMA"] });

        Assert.Equal(NegotiationStatus.NoCommonCodec,
            leg.HandleAnswer(SdpTexts.Wire(SdpTexts.Cisco.Replace("18 0 101", "18 3 101", StringComparison.Ordinal))));
        Assert.Null(leg.Plan);
        leg.Abandon();
        Assert.Equal(OfferAnswerState.Idle, leg.State);
    }

    [Fact]
    public void An_answer_may_leave_out_the_rtpmap_of_our_own_number()
    {
        var leg = Offered();

        leg.HandleAnswer(SdpTexts.Wire(SdpTexts.Cisco.Replace("a=rtpmap:101 telephone-event/8000\n", "", StringComparison.Ordinal)));

        Assert.Equal((byte)101, leg.Plan?.TelephoneEventType);
    }

    [Fact]
    public void An_answer_cannot_widen_the_direction_that_was_offered()
    {
        var leg = new OfferAnswer(Local, 1) { Wanted = StreamDirection.SendOnly };
        leg.CreateOffer();

        leg.HandleAnswer(SdpTexts.Wire(SdpTexts.Asterisk));

        Assert.Equal(StreamDirection.SendOnly, leg.Plan?.Direction);
    }

    [Fact]
    public void The_same_answer_in_a_later_response_changes_nothing()
    {
        var leg = Offered();
        leg.HandleAnswer(SdpTexts.Wire(SdpTexts.Asterisk));
        var plan = leg.Plan;

        Assert.Equal(NegotiationStatus.Ok, leg.HandleAnswer(SdpTexts.Wire(SdpTexts.Asterisk)));

        Assert.Same(plan, leg.Plan);
        Assert.Equal(1, leg.Generation);
    }

    [Fact]
    public void Another_answer_to_the_same_offer_replaces_the_first()
    {
        var leg = Offered();
        leg.HandleAnswer(SdpTexts.Wire(SdpTexts.Asterisk));

        Assert.Equal(NegotiationStatus.Ok, leg.HandleAnswer(SdpTexts.Wire(SdpTexts.Cisco)));

        Assert.Equal(Endpoint("203.0.113.4:17872"), leg.Plan?.Remote.Default.Address);
        Assert.Equal(2, leg.Generation);
    }

    [Fact]
    public void A_delayed_offer_is_ours_and_its_answer_comes_later()
    {
        var leg = Offered();                                    // sent in the 2xx, answered in the ACK
        Assert.Equal(NegotiationStatus.Ok, leg.HandleAnswer(SdpTexts.Wire(SdpTexts.Cisco)));
        Assert.Equal("PCMU", leg.Plan?.Codec.Name);
    }

    [Fact]
    public void An_offer_while_ours_is_open_is_glare()
    {
        var leg = Offered();

        Assert.Equal(NegotiationStatus.Glare, leg.HandleOffer(SdpTexts.Wire(SdpTexts.Asterisk)));
        Assert.Equal(491, NegotiationStatus.Glare.ResponseCode());
        Assert.Equal(OfferAnswerState.OfferSent, leg.State);
    }

    [Fact]
    public void A_second_offer_before_our_answer_is_out_of_turn()
    {
        var leg = new OfferAnswer(Local, 1);
        leg.HandleOffer(SdpTexts.Wire(SdpTexts.Asterisk));

        Assert.Equal(NegotiationStatus.WrongState, leg.HandleOffer(SdpTexts.Wire(SdpTexts.Asterisk)));
        Assert.Equal(500, NegotiationStatus.WrongState.ResponseCode());
    }

    [Fact]
    public void An_answer_that_nobody_waits_for_is_refused()
    {
        var (leg, _) = Answered(SdpTexts.Asterisk);

        Assert.Equal(NegotiationStatus.WrongState, leg.HandleAnswer(SdpTexts.Wire(SdpTexts.Asterisk)));
        Assert.Equal(NegotiationStatus.WrongState, new OfferAnswer(Local, 1).HandleAnswer(SdpTexts.Wire(SdpTexts.Asterisk)));
    }

    [Fact]
    public void A_failed_change_leaves_the_plan_in_force()
    {
        var (leg, _) = Answered(SdpTexts.Asterisk);
        var plan = leg.Plan;

        leg.CreateOffer();
        leg.Abandon();
        Assert.Equal((OfferAnswerState.Stable, plan), (leg.State, leg.Plan));
        Assert.Equal(NegotiationStatus.WrongState, leg.HandleAnswer(SdpTexts.Wire(SdpTexts.Cisco)));

        Assert.Equal(NegotiationStatus.NoAudio, leg.HandleOffer(SdpTexts.Wire(SdpTexts.Fax)));
        Assert.Equal((OfferAnswerState.Stable, plan), (leg.State, leg.Plan));
    }
}
