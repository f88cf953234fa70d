using System.Net;
using Ringwright.Core;
using Ringwright.Sip.Sdp;

namespace Ringwright.Pure.Sip.Sdp;

/// <summary>Opus and L16: codecs without a number of their own, at clocks of their own, that only a preference brings in.</summary>
public sealed class DynamicCodecTests
{
    private static readonly LocalMedia Local = new() { Address = new(IPAddress.Parse("192.0.2.1"), 16_384) };

    [Fact]
    public void An_offer_numbers_them_and_has_events_at_each_clock()
    {
        var leg = new OfferAnswer(Local with { Codecs = ["OPUS", "PCMU", "L16"] }, 400);

        Assert.Equal("""
            m=audio 16384 RTP/AVP 111 0 97 98 102 101 96
            a=rtpmap:111 opus/48000/2
            a=fmtp:111 maxplaybackrate=16000;sprop-maxcapturerate=16000
            a=rtpmap:0 PCMU/8000
            a=rtpmap:97 L16/16000
            a=rtpmap:98 L16/8000
            a=rtpmap:102 telephone-event/48000
            a=fmtp:102 0-16
            a=rtpmap:101 telephone-event/8000
            a=fmtp:101 0-16
            a=rtpmap:96 telephone-event/16000
            a=fmtp:96 0-16
            a=ptime:20
            """, Audio(leg.CreateOffer()));
    }

    [Fact]
    public void An_offer_of_the_peer_is_not_answered_with_them_unless_they_are_preferred()
    {
        var leg = new OfferAnswer(Local, 1);
        Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(Offer("96 opus/48000/2", "0 PCMU/8000")));
        leg.CreateAnswer();
        Assert.Equal("PCMU", leg.Plan?.Codec.Name);
    }

    [Fact]
    public void An_answer_keeps_the_peers_number_and_takes_its_wishes()
    {
        var leg = new OfferAnswer(Local with { Codecs = ["OPUS", "PCMU"] }, 1);
        Assert.Equal(NegotiationStatus.Ok,
            leg.HandleOffer(Offer("0 PCMU/8000", "107 OPUS/48000/2", "108 telephone-event/48000", "101 telephone-event/8000")));
        string answer = Audio(leg.CreateAnswer());
        Assert.Equal(new CodecChoice("OPUS", 107, 48_000, 16_000), leg.Plan?.Codec);
        Assert.Equal(((byte?)108, true, 8_000), (leg.Plan!.TelephoneEventType, leg.Plan.WantsRedundancy, leg.Plan.PlaybackRate));
        Assert.StartsWith("m=audio 16384 RTP/AVP 107 108\na=rtpmap:107 opus/48000/2\n", answer, StringComparison.Ordinal);

        Assert.Contains("m=audio 16384 RTP/AVP 107 0 108 101\n", Audio(leg.CreateOffer()) + "\n", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("97 L16/16000", 16_000), InlineData("98 L16/8000/1", 8_000)]
    public void L16_is_taken_at_either_rate(string map, int rate)
    {
        var leg = new OfferAnswer(Local with { Codecs = ["L16"] }, 1);
        Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(Offer(map)));
        leg.CreateAnswer();
        Assert.Equal(("L16", rate, rate), (leg.Plan!.Codec.Name, leg.Plan.Codec.ClockRate, leg.Plan.Codec.SampleRate));
    }

    [Theory]
    [InlineData("96 opus/16000/2"), InlineData("96 opus/48000/6"), InlineData("96 L16/44100"), InlineData("96 L16/16000/2"),
        InlineData("96 L16"), InlineData("96 PCMU/16000"), InlineData("96 PCMA/8000/2"), InlineData("96 G722/32000")]
    public void Another_clock_or_number_of_channels_is_another_codec(string map) =>
        Assert.Equal(NegotiationStatus.NoCommonCodec, new OfferAnswer(Local with { Codecs = ["OPUS", "L16"] }, 1).HandleOffer(Offer(map)));

    [Theory]
    [InlineData("useinbandfec=1; maxplaybackrate=8000", 8_000), InlineData(" MAXPLAYBACKRATE = 16000", 16_000),
        InlineData("maxplaybackrate=x;;=", null), InlineData("", null)]
    public void Parameters_are_read_by_name(string text, int? rate) =>
        Assert.Equal(rate, new FormatParameters(text).Number("maxplaybackrate"));

    [Theory]
    [InlineData("maxaveragebitrate=20000; stereo=1", 20_000), InlineData("maxaveragebitrate=6000", 6_000)]
    [InlineData("maxaveragebitrate=100", 510_000), InlineData("maxaveragebitrate=x", 510_000), InlineData("cbr=1", 510_000)]
    public void A_bit_rate_of_the_peer_is_kept_if_it_is_one(string parameters, int expected)
    {
        var leg = new OfferAnswer(Local with { Codecs = ["OPUS"] }, 1);
        string offer = "v=0\r\no=phone 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 107\r\n"
            + $"a=rtpmap:107 opus/48000/2\r\na=fmtp:107 {parameters}\r\n";
        Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(System.Text.Encoding.ASCII.GetBytes(offer)));
        leg.CreateAnswer();
        Assert.Equal(expected, leg.Plan!.MostBitsPerSecond);
    }

    private static string Audio(ReadOnlyMemory<byte> body)
    {
        string text = SdpTexts.Text(body);
        int end = text.IndexOf("\na=rtcp", StringComparison.Ordinal);
        return text[text.IndexOf("m=audio", StringComparison.Ordinal)..(end < 0 ? text.Length : end)];
    }

    private static byte[] Offer(params string[] maps) => SdpTexts.Wire($"""
        v=0
        o=phone 1 1 IN IP4 192.0.2.9
        s=-
        c=IN IP4 192.0.2.9
        t=0 0
        m=audio 4000 RTP/AVP {string.Join(' ', maps.Select(m => m[..m.IndexOf(' ', StringComparison.Ordinal)]))}
        {string.Join('\n', maps.Select(m => $"a=rtpmap:{m}"))}
        a=fmtp:107 useinbandfec=1;maxplaybackrate=8000
        """);
}
