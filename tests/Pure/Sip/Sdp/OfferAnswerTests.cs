using System.Net;
using Ringwright.Core;
using Ringwright.Sip.Sdp;
using static Ringwright.Pure.Sip.Sdp.Negotiations;

namespace Ringwright.Pure.Sip.Sdp;

/// <summary>What our offers say, and which codecs and numbers our answers take.</summary>
public sealed class OfferAnswerTests
{
    [Fact]
    public void An_offer_names_codecs_events_and_ports()
    {
        var leg = new OfferAnswer(Local, sessionId: 400);

        Assert.Equal("""
            v=0
            o=- 100 1 IN IP4 192.0.2.1
            s=-
            c=IN IP4 192.0.2.1
            t=0 0
            m=audio 16384 RTP/AVP 0 8 9 101
            a=rtpmap:0 PCMU/8000
            a=rtpmap:8 PCMA/8000
            a=rtpmap:9 G722/8000
            a=rtpmap:101 telephone-event/8000
            a=fmtp:101 0-16
            a=ptime:20
            a=rtcp:16385
            a=sendrecv
            """, SdpTexts.Text(leg.CreateOffer()));
        Assert.Equal(OfferAnswerState.OfferSent, leg.State);
    }

    [Fact]
    public void An_offer_follows_the_preference_and_skips_codecs_that_we_do_not_know()
    {
        var leg = new OfferAnswer(Local with { Codecs = ["speex", "g722", "PCMA", "G722"] }, 1);

        Assert.Contains("m=audio 16384 RTP/AVP 9 8 101\n", SdpTexts.Text(leg.CreateOffer()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_preference_without_any_known_codec_offers_all()
    {
        var leg = new OfferAnswer(Local with { Codecs = ["AMR-WB"] }, 1);

        Assert.Contains(" 0 8 9 101\n", SdpTexts.Text(leg.CreateOffer()), StringComparison.Ordinal);
    }

    [Fact]
    public void An_offer_without_events_has_no_payload_type_for_them()
    {
        var leg = new OfferAnswer(Local with { HasTelephoneEvent = false, Codecs = ["PCMA"] }, 1);

        string offer = SdpTexts.Text(leg.CreateOffer());
        Assert.Contains("RTP/AVP 8\n", offer, StringComparison.Ordinal);
        Assert.DoesNotContain("telephone-event", offer, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_takes_our_first_codec_that_the_peer_also_has()
    {
        var (leg, answer) = Answered(SdpTexts.Asterisk);

        Assert.Equal("""
            v=0
            o=- 100 1 IN IP4 192.0.2.1
            s=-
            c=IN IP4 192.0.2.1
            t=0 0
            m=audio 16384 RTP/AVP 0 101
            a=rtpmap:0 PCMU/8000
            a=rtpmap:101 telephone-event/8000
            a=fmtp:101 0-16
            a=ptime:20
            a=rtcp:16385
            a=sendrecv
            """, answer);
        Assert.Equal(new StreamPlan
        {
            Codec = new("PCMU", 0, 8_000, 8_000),
            TelephoneEventType = 101,
            TelephoneEventClock = 8_000,
            Heard = new([new("PCMA", 8, 8_000, 8_000), new("PCMU", 0, 8_000, 8_000), new("G722", 9, 8_000, 16_000)], [new(101, 8_000)]),
            Remote = new(new RemoteCandidate(Endpoint("192.0.2.10:14286")) { Control = Endpoint("192.0.2.10:14287") }),
            Generation = 1,
        }, leg.Plan);
    }

    [Fact]
    public void G722_has_a_clock_of_8000_and_16000_samples()
    {
        var (leg, _) = Answered(SdpTexts.FreeSwitch, Local with { Codecs = ["G722", "PCMU"] });

        Assert.Equal(new CodecChoice("G722", 9, 8_000, 16_000), leg.Plan?.Codec);
    }

    [Fact]
    public void Telephone_event_is_the_one_at_the_codec_clock()
    {
        var (leg, answer) = Answered(SdpTexts.FreeSwitch);

        Assert.Equal((byte)101, leg.Plan?.TelephoneEventType);
        Assert.DoesNotContain("48000", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Telephone_event_at_another_clock_only_is_used_by_that_clock()
    {
        var (leg, answer) = Answered(SdpTexts.Asterisk.Replace("telephone-event/8000", "telephone-event/48000", StringComparison.Ordinal));

        Assert.Equal(((byte?)101, 48_000), (leg.Plan!.TelephoneEventType, leg.Plan.EventClock));
        Assert.Contains("a=rtpmap:101 telephone-event/48000\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Static_types_need_no_rtpmap()
    {
        var (leg, _) = Answered(SdpTexts.Cisco);

        Assert.Equal(new CodecChoice("PCMU", 0, 8_000, 8_000), leg.Plan?.Codec);
    }

    [Fact]
    public void An_rtpmap_beats_the_static_meaning()
    {
        var (leg, answer) = Answered(SdpTexts.Cisco.Replace("18 0 101", "0 8 101", StringComparison.Ordinal)
            .Replace("a=rtpmap:101", "a=rtpmap:0 iLBC/8000\na=rtpmap:101", StringComparison.Ordinal));

        Assert.Equal("PCMA", leg.Plan?.Codec.Name);
        Assert.Contains("RTP/AVP 8 101\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void A_known_codec_on_a_dynamic_type_keeps_the_peers_number()
    {
        var (leg, answer) = Answered(SdpTexts.Cisco.Replace("18 0 101", "110 101", StringComparison.Ordinal)
            .Replace("a=rtpmap:101", "a=rtpmap:110 PCMU/8000\na=rtpmap:101", StringComparison.Ordinal));

        Assert.Equal((byte)110, leg.Plan?.Codec.PayloadType);
        Assert.Contains("m=audio 16384 RTP/AVP 110 101\na=rtpmap:110 PCMU/8000\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_usable_audio_is_taken_and_the_rest_is_rejected_in_its_place()
    {
        var (leg, answer) = Answered(SdpTexts.LinphoneVideo);

        Assert.Contains("m=video 0 RTP/AVP 96\nm=audio 16384 RTP/AVP 0 98\n", answer, StringComparison.Ordinal);
        Assert.Equal(Endpoint("192.0.2.44:7078"), leg.Plan?.Remote.Default.Address);
        Assert.Equal(Endpoint("192.0.2.44:7099"), leg.Plan?.Remote.Default.Control);
    }

    [Fact]
    public void A_secure_section_is_passed_over_for_a_plain_one()
    {
        var (leg, answer) = Answered(SdpTexts.SecureThenPlain);

        Assert.Contains("m=audio 0 RTP/SAVP 0 101\nm=audio 16384 RTP/AVP 0 101\n", answer, StringComparison.Ordinal);
        Assert.Equal(52_422, leg.Plan?.Remote.Default.Address.Port);
    }

    [Fact]
    public void A_later_offer_keeps_the_lines_and_numbers_of_the_dialog()
    {
        var (leg, _) = Answered(SdpTexts.LinphoneVideo);
        leg.Wanted = StreamDirection.SendOnly;

        string offer = SdpTexts.Text(leg.CreateOffer());

        Assert.Contains("m=video 0 RTP/AVP 96\nm=audio 16384 RTP/AVP 0 8 9 98\n", offer, StringComparison.Ordinal);
        Assert.Contains("a=rtpmap:98 telephone-event/8000\n", offer, StringComparison.Ordinal);
        Assert.EndsWith("a=sendonly", offer, StringComparison.Ordinal);
        Assert.Contains("o=- 100 2 ", offer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(97, 16_000, 8_000)]
    [InlineData(98, 8_000, 16_000)]
    public void A_renewed_offer_names_the_agreed_rate_of_a_codec_and_no_other(int type, int agreed, int other)
    {
        var leg = new OfferAnswer(Local with { Codecs = ["L16"] }, 1);
        Assert.Contains($"L16/{other}\n", SdpTexts.Text(leg.CreateOffer()), StringComparison.Ordinal);
        Assert.Equal(NegotiationStatus.Ok, leg.HandleAnswer(SdpTexts.Wire(
            $"v=0\no=- 1 1 IN IP4 192.0.2.9\ns=-\nc=IN IP4 192.0.2.9\nt=0 0\nm=audio 4000 RTP/AVP {type}\na=rtpmap:{type} L16/{agreed}")));

        string offer = SdpTexts.Text(leg.RenewOffer());

        Assert.Contains($"a=rtpmap:{type} L16/{agreed}\n", offer, StringComparison.Ordinal);
        Assert.DoesNotContain($"L16/{other}\n", offer, StringComparison.Ordinal);
    }

    [Fact]
    public void A_payload_type_that_means_something_else_to_the_peer_is_not_reused_for_events()
    {
        var (leg, _) = Answered(SdpTexts.Cisco.Replace("telephone-event/8000", "speex/8000", StringComparison.Ordinal));

        Assert.Contains("RTP/AVP 0 8 9 96\n", SdpTexts.Text(leg.CreateOffer()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SdpTexts.Fax, NegotiationStatus.NoAudio, 488)]
    [InlineData(SdpTexts.Browser, NegotiationStatus.UnsupportedTransport, 488)]
    [InlineData(SdpTexts.Ipv6, NegotiationStatus.OtherFamily, 488)]
    [InlineData("hello", NegotiationStatus.BadDescription, 400)]
    public void What_cannot_be_answered_is_refused(string offer, NegotiationStatus expected, int code)
    {
        var leg = new OfferAnswer(Local, 400);

        Assert.Equal(expected, leg.HandleOffer(SdpTexts.Wire(offer)));
        Assert.Equal(code, expected.ResponseCode());
        Assert.Equal(code == 488, expected.Warning() is not null);
        Assert.Equal(OfferAnswerState.Idle, leg.State);
    }

    [Theory]
    [InlineData("m=audio 17872 RTP/AVP 18 0 101", "m=audio 17872 RTP/AVP 18 3 101", NegotiationStatus.NoCommonCodec)]
    [InlineData("m=audio 17872", "m=audio 0", NegotiationStatus.NoAudio)]
    [InlineData("c=IN IP4 203.0.113.4", "c=IN IP4 gateway.example.com", NegotiationStatus.UnknownHost)]
    [InlineData("c=IN IP4 203.0.113.4", "c=IN IP4 224.2.1.1/127", NegotiationStatus.UnsupportedAddress)]
    [InlineData("c=IN IP4 203.0.113.4", "c=IN IP4 255.255.255.255", NegotiationStatus.UnsupportedAddress)]
    [InlineData("c=IN IP4 203.0.113.4", "c=IN IP4 0x7f.1", NegotiationStatus.UnsupportedAddress)]
    [InlineData("RTP/AVP", "UDP/TLS/RTP/SAVPF", NegotiationStatus.UnsupportedTransport)]
    [InlineData("18 0 101", "zero 256 -1", NegotiationStatus.NoCommonCodec)]
    public void The_reason_of_a_refusal_is_exact(string part, string instead, NegotiationStatus expected) =>
        Assert.Equal(expected, new OfferAnswer(Local, 1)
            .HandleOffer(SdpTexts.Wire(SdpTexts.Cisco.Replace(part, instead, StringComparison.Ordinal))));

    [Theory]
    [InlineData("203.0.113.4", NegotiationStatus.Ok)]
    [InlineData("0.0.0.0", NegotiationStatus.UnsupportedAddress)]
    [InlineData("gateway.example.com", NegotiationStatus.UnsupportedAddress)]
    [InlineData("224.0.0.1", NegotiationStatus.UnsupportedAddress)]
    public void Where_no_line_says_the_address_that_of_the_origin_counts(string address, NegotiationStatus expected)
    {
        var leg = new OfferAnswer(Local, 1);
        string offer = SdpTexts.Cisco.Replace("c=IN IP4 203.0.113.4", "i=none", StringComparison.Ordinal)
            .Replace("203.0.113.4", address, StringComparison.Ordinal);
        Assert.Equal(expected, leg.HandleOffer(SdpTexts.Wire(offer)));
        if (expected is not NegotiationStatus.Ok) return;
        leg.CreateAnswer();
        Assert.Equal(new(System.Net.IPAddress.Parse(address), 17_872), leg.Plan!.Remote.Default.Address);
    }

    [Theory]
    [InlineData("192.0.2.77", NegotiationStatus.Ok)]
    [InlineData("224.0.0.1", NegotiationStatus.UnsupportedAddress)]
    [InlineData("2001:db8::1", NegotiationStatus.OtherFamily)]
    [InlineData(null, NegotiationStatus.UnknownHost)]
    public void A_name_is_the_address_that_was_found_for_it(string? address, NegotiationStatus expected)
    {
        var found = address is null ? null : System.Net.IPAddress.Parse(address);
        var leg = new OfferAnswer(Local with { FindHost = (name, _) => name == "gateway.example.com" ? found : null }, 1);
        Assert.Equal(expected, leg.HandleOffer(SdpTexts.Wire(SdpTexts.Cisco.Replace("c=IN IP4 203.0.113.4",
            "c=IN IP4 gateway.example.com", StringComparison.Ordinal))));
        if (expected is not NegotiationStatus.Ok) return;
        leg.CreateAnswer();
        Assert.Equal(new(found!, 17_872), leg.Plan!.Remote.Default.Address);
    }

    [Theory]
    [InlineData("0.0.0.0", "10.0.0.5", "c=IN IP6 ::")]
    [InlineData("::", "2001:db8::7", "c=IN IP4 0.0.0.0")]
    public void Nowhere_holds_the_call_whatever_its_IP_version(string nowhere, string own, string line)
    {
        var leg = new OfferAnswer(Local with { Address = new(System.Net.IPAddress.Parse(own), 16_384) }, 1);
        Assert.Equal(NegotiationStatus.Ok,
            leg.HandleOffer(SdpTexts.Wire(SdpTexts.Cisco.Replace("c=IN IP4 203.0.113.4", line, StringComparison.Ordinal))));
        leg.CreateAnswer();
        Assert.True(leg.IsHeldByPeer);
        Assert.Equal(nowhere, leg.Plan!.Remote.Default.Address.Address.ToString());
    }

    [Fact]
    public void Our_list_decides_what_is_common()
    {
        var leg = new OfferAnswer(Local with { Codecs = ["PCMA"] }, 1);

        Assert.Equal(NegotiationStatus.NoCommonCodec, leg.HandleOffer(SdpTexts.Wire(SdpTexts.Cisco)));
    }

    [Fact]
    public void A_preference_given_at_answer_time_counts_when_it_can()
    {
        var leg = new OfferAnswer(Local, 1);
        leg.HandleOffer(SdpTexts.Wire(SdpTexts.Asterisk));
        leg.Prefer(["G722"]);
        leg.CreateAnswer();
        Assert.Equal("G722", leg.Plan?.Codec.Name);

        var other = new OfferAnswer(Local, 1);
        other.HandleOffer(SdpTexts.Wire(SdpTexts.Cisco));
        other.Prefer(["G722"]);
        other.CreateAnswer();
        Assert.Equal("PCMU", other.Plan?.Codec.Name);
    }

    [Fact]
    public void An_IPv6_leg_speaks_IPv6()
    {
        var (leg, answer) = Answered(SdpTexts.Ipv6, Local with { Address = new(IPAddress.Parse("2001:db8::1"), 16_384) });

        Assert.Contains("c=IN IP6 2001:db8::1\n", answer, StringComparison.Ordinal);
        Assert.Equal(new CodecChoice("PCMA", 8, 8_000, 8_000), leg.Plan?.Codec);
        Assert.Equal((byte)96, leg.Plan?.TelephoneEventType);
    }

    [Fact]
    public void An_answer_may_give_telephone_event_another_number()
    {
        var leg = Offered();
        Assert.Equal(NegotiationStatus.Ok, leg.HandleAnswer(SdpTexts.Wire("""
            v=0
            o=- 1 1 IN IP4 192.0.2.10
            s=-
            c=IN IP4 192.0.2.10
            t=0 0
            m=audio 14286 RTP/AVP 0 96
            a=rtpmap:96 telephone-event/8000

            """)));
        Assert.Equal((byte)96, leg.Plan?.TelephoneEventType);
        Assert.Equal([new EventChoice(101, 8_000), new EventChoice(96, 8_000)], leg.Plan!.Heard.Events);
    }
}
