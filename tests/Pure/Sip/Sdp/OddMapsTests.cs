using System.Net;
using Ringwright.Core;
using Ringwright.Sip.Sdp;

namespace Ringwright.Pure.Sip.Sdp;

/// <summary>Rtpmaps that are not word-perfect and whose meaning is plain all the same, in offers and in answers.</summary>
public sealed class OddMapsTests
{
    private const string Events = "101 telephone-event/8000";

    private static readonly LocalMedia Local = new()
    {
        Address = new(IPAddress.Parse("192.0.2.1"), 16_384), Codecs = ["PCMU", "PCMA", "G722", "OPUS"],
    };

    [Theory]
    [InlineData("9", "9 G722/16000", "9 G722/8000")]
    [InlineData("9", "9 G722/8000/1", "9 G722/8000")]
    [InlineData("9", "9 G.722/8000", "9 G722/8000")]
    [InlineData("9", null, "9 G722/8000")]
    [InlineData("8", "8 PCMA", "8 PCMA/8000")]
    [InlineData("8", "8 PCMA/", "8 PCMA/8000")]
    [InlineData("8", "8 PCMA/8000/1", "8 PCMA/8000")]
    [InlineData("8", "8 PCMU/8000", "8 PCMU/8000")]
    [InlineData("8", "8 alaw/8000", "8 PCMA/8000")]
    [InlineData("8", "8 wort/8000", "8 PCMA/8000")]
    [InlineData("0", "0 pcmu/8000", "0 PCMU/8000")]
    [InlineData("0", "0  PCMU/8000 ", "0 PCMU/8000")]
    [InlineData("0", " 0 PCMU/8000", "0 PCMU/8000")]
    [InlineData("0", "0\tPCMU / 8000", "0 PCMU/8000")]
    [InlineData("0", "0 PCMU/16000", "0 PCMU/8000")]
    [InlineData("0", "0 PCMU/8000/2", "0 PCMU/8000")]
    [InlineData("0", "0 PCMU/8k", "0 PCMU/8000")]
    [InlineData("0", "0", "0 PCMU/8000")]
    [InlineData("0", "", "0 PCMU/8000")]
    [InlineData("96", "96 G722/8000", "96 G722/8000")]
    [InlineData("96", "96 G722/16000", "96 G722/8000")]
    [InlineData("96", "96 PCMU", "96 PCMU/8000")]
    [InlineData("96", "96 opus/48000", "96 opus/48000/2")]
    [InlineData("96", "96 opus/48000/1", "96 opus/48000/2")]
    [InlineData("96", "96 OPUS", "96 opus/48000/2")]
    public void A_codec_in_an_offer_has_its_plain_meaning(string number, string? map, string answered)
    {
        var leg = new OfferAnswer(Local, 1);
        Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(Body($"{number} 101", map, Events)));
        string answer = SdpTexts.Text(leg.CreateAnswer());
        Assert.Contains($"a=rtpmap:{answered}\n", answer, StringComparison.Ordinal);
        Assert.Contains($"m=audio 16384 RTP/AVP {number} 101\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("9", "9 G722/16000", "G722"), InlineData("9", null, "G722"), InlineData("8", "8 PCMA", "PCMA"),
        InlineData("0", "0 PCMU/8000/2", "PCMU"), InlineData("0", "0 PCMU/16000", "PCMU"), InlineData("111", "111 opus/48000", "OPUS"),
        InlineData("111", null, "OPUS")]
    public void So_it_has_in_an_answer(string number, string? map, string codec)
    {
        var leg = new OfferAnswer(Local, 1);
        leg.CreateOffer();
        Assert.Equal(NegotiationStatus.Ok, leg.HandleAnswer(Body($"{number} 101", map, Events)));
        Assert.Equal((codec, (byte?)101), (leg.Plan!.Codec.Name, leg.Plan.TelephoneEventType));
    }

    [Theory]
    [InlineData("101 telephone-event"), InlineData("101 telephone-event/"), InlineData("101 telephone-event/8000/1"),
        InlineData("101 TELEPHONE-EVENT/8000"), InlineData("101 telephone-events/8000"), InlineData("101 telephone_event/8000"),
        InlineData("101  telephone-event/8000 ")]
    public void Events_are_understood_and_answered_word_for_word(string map)
    {
        var leg = new OfferAnswer(Local, 1);
        leg.HandleOffer(Body("0 101", "0 PCMU/8000", map));
        Assert.Contains("a=rtpmap:101 telephone-event/8000\n", SdpTexts.Text(leg.CreateAnswer()), StringComparison.Ordinal);

        var ours = new OfferAnswer(Local with { Codecs = ["PCMU"] }, 1);
        ours.CreateOffer();
        ours.HandleAnswer(Body("0 101", "0 PCMU/8000", map));
        Assert.Equal(((byte?)101, 8_000), (ours.Plan!.TelephoneEventType, ours.Plan.EventClock));
    }

    [Theory, InlineData("101"), InlineData(null), InlineData("101 telefon-ereignis/8000")]
    public void In_an_answer_a_number_of_our_offer_keeps_its_meaning_unless_it_is_given_another(string? map)
    {
        var leg = new OfferAnswer(Local, 1);
        leg.CreateOffer();
        leg.HandleAnswer(Body("0 101", "0 PCMU/8000", map));
        Assert.Equal((byte)101, leg.Plan!.TelephoneEventType);

        leg = new OfferAnswer(Local, 1);
        leg.CreateOffer();
        leg.HandleAnswer(Body("0 101", "0 PCMU/8000", "101 speex/8000"));
        Assert.Null(leg.Plan!.TelephoneEventType);
    }

    [Fact]
    public void A_name_that_goes_on_behind_one_that_is_known_is_another()
    {
        var leg = new OfferAnswer(Local, 1);
        string name = $"telephone-event{new string('s', 1_000)}";
        Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(Body("0 96 97", $"96 {name}/8000", $"97 PCMA{new string('a', 1_000)}/8000")));
        string answer = SdpTexts.Text(leg.CreateAnswer());
        Assert.Contains("m=audio 16384 RTP/AVP 0\n", answer, StringComparison.Ordinal);
    }

    [Theory] // what one description says twice
    [InlineData("0 101", "101 telephone-event", "101 telephone-event/8000")]
    [InlineData("0 101 101", "101 telephone-event/8000", null)]
    [InlineData("0 101", "101 gibberish", "101 telephone-event/8000")]
    [InlineData("0 0 101 0", "0 PCMU/8000", "101 telephone-event/8000")]
    public void What_is_said_twice_is_read_so_that_it_can_be_used(string formats, string first, string? second)
    {
        var leg = new OfferAnswer(Local, 1);
        leg.HandleOffer(Body(formats, first, second));
        Assert.Contains("m=audio 16384 RTP/AVP 0 101\n", SdpTexts.Text(leg.CreateAnswer()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("101 telephone-event/16000", "101 telephone-event/8000", 8_000)]
    [InlineData("101 telephone-event/8000", "101 telephone-event/16000", 8_000)]
    [InlineData("101 telephone-event/48000", "101 telephone-event/16000", 48_000)]
    [InlineData("101 telephone-event/16000", "101 opus/48000/2", 16_000)]
    public void Of_several_clocks_of_events_under_one_number_the_usual_one_counts(string first, string second, int clock)
    {
        var leg = new OfferAnswer(Local with { Codecs = ["PCMA"] }, 1);
        leg.HandleOffer(Body("8 101 101", first, second));
        string answer = SdpTexts.Text(leg.CreateAnswer());
        Assert.Contains("m=audio 16384 RTP/AVP 8 101\n", answer, StringComparison.Ordinal);
        Assert.Contains($"a=rtpmap:101 telephone-event/{clock}\n", answer, StringComparison.Ordinal);
        Assert.Equal(((byte?)101, clock), (leg.Plan!.TelephoneEventType, leg.Plan.EventClock));
    }

    [Theory, InlineData("0", "0 GSM/8000"), InlineData("8", "8 iLBC/8000"), InlineData("0", "0 PCMA/16000"),
        InlineData("96", "96 foo/8000"), InlineData("96", "96"), InlineData("18", "18 G729/8000")]
    public void What_has_no_plain_meaning_is_none_of_ours(string number, string map) =>
        Assert.Equal(NegotiationStatus.NoCommonCodec, new OfferAnswer(Local, 1).HandleOffer(Body($"{number} 101", map, Events)));

    private static byte[] Body(string formats, string? first, string? second) => SdpTexts.Wire($"""
        v=0
        o=phone 1 1 IN IP4 192.0.2.9
        s=-
        c=IN IP4 192.0.2.9
        t=0 0
        m=audio 4000 RTP/AVP {formats}
        a=rtpmap:{first ?? "77 x/1"}
        a=rtpmap:{second ?? "77 x/1"}

        """);
}
