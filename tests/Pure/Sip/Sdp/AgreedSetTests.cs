using System.Net;
using Ringwright.Core;
using Ringwright.Sip.Sdp;

namespace Ringwright.Pure.Sip.Sdp;

/// <summary>All that two descriptions agree on may come, each by its number; what we send is the first of it.</summary>
public sealed class AgreedSetTests
{
    private static readonly LocalMedia Local = new() { Address = new(IPAddress.Parse("192.0.2.1"), 16_384) };
    private static readonly CodecChoice Pcmu = new("PCMU", 0, 8_000, 8_000), Pcma = new("PCMA", 8, 8_000, 8_000),
        G722 = new("G722", 9, 8_000, 16_000);

    [Fact]
    public void An_answer_with_several_codecs_lets_each_come_and_the_first_is_sent()
    {
        var leg = Offered(Local);
        Assert.Equal(NegotiationStatus.Ok, leg.HandleAnswer(Body("8 0 101", "101 telephone-event/8000")));
        Assert.Equal(Pcma, leg.Plan!.Codec);
        Assert.Equal([Pcmu, Pcma, G722], leg.Plan.Heard.Codecs);
    }

    [Fact]
    public void Known_is_what_is_preferred_then_what_is_spoken_then_the_usual_and_each_once()
    {
        var local = Local with { Codecs = ["g722", "EVS"], Spoken = ["L16", "G722", "OPUS"] };
        Assert.Equal(["G722", "L16", "L16", "OPUS", "PCMU", "PCMA"], SdpCodecs.Known(local).Select(codec => codec.Name));
        Assert.Equal(["PCMU", "PCMA", "G722"], SdpCodecs.Known(Local with { Codecs = [] }).Select(codec => codec.Name));
    }

    [Fact]
    public void Of_an_offer_each_that_we_know_may_come_whichever_we_answer()
    {
        var leg = new OfferAnswer(Local, 1);
        leg.HandleOffer(Body("8 18 96 0 101", "96 G722/8000", "101 telephone-event/8000"));
        leg.CreateAnswer();
        Assert.Equal([Pcma, G722 with { PayloadType = 96 }, Pcmu], leg.Plan!.Heard.Codecs);
        Assert.Equal([new EventChoice(101, 8_000)], leg.Plan.Heard.Events);
    }

    [Fact]
    public void Comfort_noise_may_come_under_each_number_that_it_is_offered_under()
    {
        var leg = new OfferAnswer(Local, 1);
        leg.HandleOffer(Body("9 0 118 13 101", "118 CN/16000", "13 CN/8000", "101 telephone-event/8000"));
        leg.CreateAnswer();
        Assert.Equal((byte[])[118, 13], leg.Plan!.Heard.Noise.ToArray());
        Assert.Equal([G722, Pcmu], leg.Plan.Heard.Codecs);
    }

    [Fact]
    public void Numbers_are_heard_by_the_offer_and_sent_by_the_answer()
    {
        var leg = Offered(Local with { Codecs = ["OPUS", "L16"] });
        leg.HandleAnswer(Body("97 111 96", "97 opus/48000/2", "111 L16/16000", "96 telephone-event/8000"));
        Assert.Equal(new CodecChoice("OPUS", 97, 48_000, 16_000), leg.Plan!.Codec);
        // 111 and 97 are what our offer says; 96 was events at 16000 there and cannot be two things.
        Assert.Equal((byte)96, leg.Plan.TelephoneEventType);
        Assert.Contains(new CodecChoice("OPUS", 111, 48_000, 16_000), leg.Plan.Heard.Codecs);
        Assert.Contains(new CodecChoice("L16", 97, 16_000, 16_000), leg.Plan.Heard.Codecs);
        Assert.DoesNotContain(leg.Plan.Heard.Codecs, codec => codec.Name == "OPUS" && codec.PayloadType == 97);
    }

    [Fact]
    public void Events_of_our_offer_that_the_answer_counts_otherwise_are_heard_so()
    {
        var leg = Offered(Local with { Codecs = ["PCMA", "OPUS"] });
        Assert.Contains("a=rtpmap:102 telephone-event/48000\n", SdpTexts.Text(leg.LocalBody), StringComparison.Ordinal);
        leg.HandleAnswer(Body("8 102", "102 telephone-event/8000"));
        Assert.Equal(((byte?)102, 8_000), (leg.Plan!.TelephoneEventType, leg.Plan.EventClock));
        Assert.Contains(new EventChoice(102, 8_000), leg.Plan.Heard.Events);
        Assert.DoesNotContain(new EventChoice(102, 48_000), leg.Plan.Heard.Events);
    }

    [Fact]
    public void A_number_that_only_the_answer_has_is_heard_too()
    {
        var leg = Offered(Local with { Codecs = ["OPUS"] });
        leg.HandleAnswer(Body("112", "112 opus/48000/2"));
        Assert.Equal([111, 112], leg.Plan!.Heard.Codecs.Where(codec => codec.Name == "OPUS").Select(codec => (int)codec.PayloadType));
    }

    [Fact]
    public void An_answer_that_takes_none_of_ours_but_another_that_we_speak_is_taken()
    {
        var leg = Offered(Local with { Codecs = ["PCMA"] });
        Assert.Equal(NegotiationStatus.Ok, leg.HandleAnswer(Body("18 0 101", "101 telephone-event/8000")));
        Assert.Equal(Pcmu, leg.Plan!.Codec);
    }

    [Fact]
    public void An_offer_of_Opus_alone_has_events_at_8000_beside_its_own()
    {
        string offer = SdpTexts.Text(new OfferAnswer(Local with { Codecs = ["OPUS"] }, 1).CreateOffer());
        Assert.Contains("m=audio 16384 RTP/AVP 111 102 101\n", offer, StringComparison.Ordinal);
        Assert.Contains("a=rtpmap:102 telephone-event/48000\n", offer, StringComparison.Ordinal);
        Assert.Contains("a=rtpmap:101 telephone-event/8000\n", offer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("111 126", 126, 8_000), InlineData("111 110 126", 110, 48_000), InlineData("111 126 110", 110, 48_000)]
    public void Events_at_8000_go_with_Opus_where_there_are_no_others(string formats, int number, int clock)
    {
        var leg = new OfferAnswer(Local with { Codecs = ["OPUS"] }, 1);
        byte[] body = Body(formats, "111 opus/48000/2", "110 telephone-event/48000", "126 telephone-event/8000");
        leg.HandleOffer(body);
        string answer = SdpTexts.Text(leg.CreateAnswer());
        Assert.Equal(((byte?)number, clock), (leg.Plan!.TelephoneEventType, leg.Plan.EventClock));
        Assert.Contains($"m=audio 16384 RTP/AVP 111 {number}\na=rtpmap:111 opus/48000/2\n", answer, StringComparison.Ordinal);
        Assert.Contains($"a=rtpmap:{number} telephone-event/{clock}\n", answer, StringComparison.Ordinal);

        var ours = Offered(Local with { Codecs = ["OPUS"] });
        ours.HandleAnswer(body);
        Assert.Equal(((byte?)number, clock), (ours.Plan!.TelephoneEventType, ours.Plan.EventClock));
        Assert.Contains(new EventChoice(101, 8_000), ours.Plan.Heard.Events);
    }

    [Fact]
    public void Who_names_his_codec_when_he_answers_gets_an_offer_that_has_it_alone()
    {
        byte[] opus = Body("111 126", "111 opus/48000/2", "126 telephone-event/8000");
        Assert.Equal(NegotiationStatus.NoCommonCodec, new OfferAnswer(Local, 1).HandleOffer(opus));

        foreach (string[] named in (string[][])[["OPUS", "PCMU"], ["PCMU"], []])
        {
            var leg = new OfferAnswer(Local, 1);
            leg.Speak(SdpCodecs.AllNames);
            Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(opus));
            if (named.Length > 0) leg.Prefer(named);
            leg.CreateAnswer();
            Assert.Equal("OPUS", leg.Plan!.Codec.Name);
            Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(opus));
            leg.CreateAnswer();
        }
        var preferred = new OfferAnswer(Local, 1);
        preferred.Speak(SdpCodecs.AllNames);
        preferred.HandleOffer(Body("111 0", "111 opus/48000/2"));
        preferred.CreateAnswer();
        Assert.Equal("PCMU", preferred.Plan!.Codec.Name);
    }

    [Fact]
    public void A_second_exchange_takes_no_meaning_from_a_number()
    {
        var leg = Offered(Local);
        leg.HandleAnswer(Body("8 0 96", "96 telephone-event/8000"));
        leg.RenewOffer();
        leg.HandleAnswer(Body("8 96", "96 telephone-event/8000"));
        Assert.Equal(Pcma, leg.Plan!.Codec);
        Assert.True(leg.Plan.Heard.Has(0) && leg.Plan.Heard.Has(9) && leg.Plan.Heard.Has(96) && leg.Plan.Heard.Has(101));

        int generation = leg.Generation;
        Assert.Equal(NegotiationStatus.Ok, leg.HandleAnswer(Body("8 96", "96 telephone-event/8000")));
        Assert.Equal(generation, leg.Generation);       // it was said before
    }

    private static OfferAnswer Offered(LocalMedia local)
    {
        var leg = new OfferAnswer(local, 400);
        leg.CreateOffer();
        return leg;
    }

    private static byte[] Body(string formats, params string[] maps) => SdpTexts.Wire($"""
        v=0
        o=phone 1 1 IN IP4 192.0.2.9
        s=-
        c=IN IP4 192.0.2.9
        t=0 0
        m=audio 4000 RTP/AVP {formats}
        {string.Join('\n', maps.Select(map => $"a=rtpmap:{map}"))}

        """);
}
