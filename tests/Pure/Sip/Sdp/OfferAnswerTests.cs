// Longer than most: each test is one offer or answer in full text, and they are read beside each other.
using System.Net;
using Ringwright.Core;
using Ringwright.Sip.Sdp;

namespace Ringwright.Pure.Sip.Sdp;

public sealed class OfferAnswerTests
{
    private static readonly LocalMedia Local = new() { Address = new(IPAddress.Parse("192.0.2.1"), 16_384) };

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
            Remote = Endpoint("192.0.2.10:14286"),
            RemoteControl = Endpoint("192.0.2.10:14287"),
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
    public void Telephone_event_at_another_clock_only_is_left_out()
    {
        var (leg, answer) = Answered(SdpTexts.Asterisk.Replace("telephone-event/8000", "telephone-event/48000", StringComparison.Ordinal));

        Assert.Null(leg.Plan?.TelephoneEventType);
        Assert.DoesNotContain("telephone-event", answer, StringComparison.Ordinal);
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
        Assert.Equal(Endpoint("192.0.2.44:7078"), leg.Plan?.Remote);
        Assert.Equal(Endpoint("192.0.2.44:7099"), leg.Plan?.RemoteControl);
    }

    [Fact]
    public void A_secure_section_is_passed_over_for_a_plain_one()
    {
        var (leg, answer) = Answered(SdpTexts.SecureThenPlain);

        Assert.Contains("m=audio 0 RTP/SAVP 0 101\nm=audio 16384 RTP/AVP 0 101\n", answer, StringComparison.Ordinal);
        Assert.Equal(52_422, leg.Plan?.Remote.Port);
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
        Assert.Equal(NegotiationStatus.Ok, leg.HandleAnswer(SdpTexts.Wire($"v=0\no=- 1 1 IN IP4 192.0.2.9\ns=-\nc=IN IP4 192.0.2.9\nt=0 0\nm=audio 4000 RTP/AVP {type}\na=rtpmap:{type} L16/{agreed}")));

        string offer = SdpTexts.Text(leg.RenewOffer());

        Assert.Contains($"a=rtpmap:{type} L16/{agreed}\n", offer, StringComparison.Ordinal);
        Assert.DoesNotContain($"/{other}\n", offer, StringComparison.Ordinal);
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
    [InlineData(SdpTexts.Ipv6, NegotiationStatus.UnsupportedAddress, 488)]
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
    [InlineData("c=IN IP4 203.0.113.4", "c=IN IP4 gateway.example.com", NegotiationStatus.UnsupportedAddress)]
    [InlineData("c=IN IP4 203.0.113.4", "c=IN IP4 224.2.1.1/127", NegotiationStatus.UnsupportedAddress)]
    [InlineData("c=IN IP4 203.0.113.4", "c=IN IP4 255.255.255.255", NegotiationStatus.UnsupportedAddress)]
    [InlineData("c=IN IP4 203.0.113.4", "i=none", NegotiationStatus.UnsupportedAddress)]
    [InlineData("RTP/AVP", "RTP/AVPF", NegotiationStatus.UnsupportedTransport)]
    [InlineData("18 0 101", "zero 256 -1", NegotiationStatus.NoCommonCodec)]
    public void The_reason_of_a_refusal_is_exact(string part, string instead, NegotiationStatus expected) =>
        Assert.Equal(expected, new OfferAnswer(Local, 1).HandleOffer(SdpTexts.Wire(SdpTexts.Cisco.Replace(part, instead, StringComparison.Ordinal))));

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

    [Theory]
    [InlineData("sendrecv", StreamDirection.SendReceive, StreamDirection.SendReceive, false)]
    [InlineData("sendonly", StreamDirection.SendReceive, StreamDirection.ReceiveOnly, true)]
    [InlineData("recvonly", StreamDirection.SendReceive, StreamDirection.SendOnly, false)]
    [InlineData("inactive", StreamDirection.SendReceive, StreamDirection.Inactive, true)]
    [InlineData("sendrecv", StreamDirection.SendOnly, StreamDirection.SendOnly, false)]
    [InlineData("sendonly", StreamDirection.SendOnly, StreamDirection.Inactive, true)]
    [InlineData("recvonly", StreamDirection.SendOnly, StreamDirection.SendOnly, false)]
    [InlineData("sendrecv", StreamDirection.Inactive, StreamDirection.Inactive, false)]
    public void The_answer_mirrors_the_direction(string offered, StreamDirection wanted, StreamDirection expected, bool isHeld)
    {
        var leg = new OfferAnswer(Local, 1) { Wanted = wanted };
        leg.HandleOffer(SdpTexts.Wire(SdpTexts.Asterisk.Replace("a=sendrecv", "a=" + offered, StringComparison.Ordinal)));

        string answer = SdpTexts.Text(leg.CreateAnswer());

        Assert.Equal(expected, leg.Plan?.Direction);
        Assert.Equal(isHeld, leg.IsHeldByPeer);
        Assert.EndsWith("a=" + Name(expected), answer, StringComparison.Ordinal);
    }

    [Fact]
    public void A_direction_of_the_session_holds_unless_the_section_has_its_own()
    {
        string held = SdpTexts.Cisco.Replace("t=0 0", "t=0 0\na=sendonly", StringComparison.Ordinal);

        Assert.Equal(StreamDirection.ReceiveOnly, Answered(held).Leg.Plan?.Direction);
        Assert.Equal(StreamDirection.SendReceive, Answered(held + "\na=sendrecv").Leg.Plan?.Direction);
    }

    [Fact]
    public void The_address_of_the_section_beats_that_of_the_session()
    {
        var (leg, _) = Answered(SdpTexts.Asterisk.Replace("a=ptime:20", "c=IN IP4 192.0.2.99\na=ptime:20", StringComparison.Ordinal));

        Assert.Equal(Endpoint("192.0.2.99:14286"), leg.Plan?.Remote);
    }

    [Theory]
    [InlineData("", StreamDirection.ReceiveOnly, "recvonly")]
    [InlineData("\na=sendonly", StreamDirection.ReceiveOnly, "recvonly")]
    [InlineData("\na=inactive", StreamDirection.Inactive, "inactive")]
    [InlineData("\na=recvonly", StreamDirection.Inactive, "inactive")]
    public void The_zero_address_is_hold(string attribute, StreamDirection expected, string answered)
    {
        var (leg, answer) = Answered(SdpTexts.OldHold + attribute);

        Assert.Equal(expected, leg.Plan?.Direction);
        Assert.True(leg.IsHeldByPeer);
        Assert.EndsWith("a=" + answered, answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Hold_and_resume_raise_the_version_and_the_generation()
    {
        var (leg, first) = Answered(SdpTexts.Asterisk);
        string held = Reanswer(leg, SdpTexts.Asterisk.Replace("a=sendrecv", "a=sendonly", StringComparison.Ordinal));
        string refreshed = Reanswer(leg, SdpTexts.Asterisk.Replace("a=sendrecv", "a=sendonly", StringComparison.Ordinal));
        string resumed = Reanswer(leg, SdpTexts.Asterisk);

        Assert.Equal([1, 2, 2, 3], new[] { first, held, refreshed, resumed }.Select(Version));
        Assert.Equal(4, leg.Generation);
        Assert.Equal(4, leg.Plan?.Generation);
        Assert.Equal(StreamDirection.SendReceive, leg.Plan?.Direction);
    }

    [Theory]
    [InlineData("a=ptime:20", 20)]
    [InlineData("a=ptime:40", 40)]
    [InlineData("a=ptime:60", 60)]
    [InlineData("a=ptime:80", 20)]
    [InlineData("a=ptime:30", 20)]
    [InlineData("a=ptime:0", 20)]
    [InlineData("a=ptime:x", 20)]
    [InlineData("a=ptime:60\na=maxptime:50", 40)]
    [InlineData("a=ptime:40\na=maxptime:10", 20)]
    public void Packets_are_as_long_as_the_peer_likes_where_we_can(string attributes, int expected)
    {
        var (leg, answer) = Answered(SdpTexts.Cisco + "\n" + attributes);

        Assert.Equal(expected, leg.Plan?.PacketMilliseconds);
        Assert.Contains($"a=ptime:{expected}\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a=rtcp:20000", "203.0.113.4:20000")]
    [InlineData("a=rtcp:20000 IN IP4 203.0.113.4", "203.0.113.4:20000")]
    [InlineData("a=rtcp:20000 IN IP4 203.0.113.5", "203.0.113.4:17873")]
    [InlineData("a=rtcp:20000 IN IP6 2001:db8::1", "203.0.113.4:17873")]
    [InlineData("a=rtcp:20000 IN", "203.0.113.4:17873")]
    [InlineData("a=rtcp:0", "203.0.113.4:17873")]
    [InlineData("a=rtcp:65536", "203.0.113.4:17873")]
    [InlineData("a=rtcp:", "203.0.113.4:17873")]
    public void Rtcp_goes_to_the_port_of_the_attribute_but_to_no_other_host(string attribute, string expected) =>
        Assert.Equal(Endpoint(expected), Answered(SdpTexts.Cisco + "\n" + attribute).Leg.Plan?.RemoteControl);

    [Fact]
    public void Multiplexing_is_answered_only_when_offered()
    {
        var (leg, answer) = Answered(SdpTexts.Cisco + "\na=rtcp-mux");

        Assert.True(leg.Plan?.IsRtcpMux);
        Assert.Equal(leg.Plan?.Remote, leg.Plan?.RemoteControl);
        Assert.Contains("a=rtcp-mux\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("a=rtcp:", answer, StringComparison.Ordinal);
        Assert.Contains("a=rtcp-mux\n", SdpTexts.Text(leg.CreateOffer()), StringComparison.Ordinal);
    }

    [Fact]
    public void Multiplexing_in_an_answer_to_an_offer_without_it_is_ignored()
    {
        var leg = Offered();

        Assert.Equal(NegotiationStatus.Ok, leg.HandleAnswer(SdpTexts.Wire(SdpTexts.Cisco + "\na=rtcp-mux")));
        Assert.False(leg.Plan?.IsRtcpMux);
    }

    [Fact]
    public void In_an_answer_the_peers_order_decides()
    {
        var leg = Offered();

        Assert.Equal(NegotiationStatus.Ok, leg.HandleAnswer(SdpTexts.Wire(SdpTexts.Asterisk)));
        Assert.Equal("PCMA", leg.Plan?.Codec.Name);
        Assert.Equal(OfferAnswerState.Stable, leg.State);
    }

    [Fact]
    public void An_answer_with_a_codec_that_was_not_offered_is_refused()
    {
        var leg = Offered(Local with { Codecs = ["PCMA"] });

        Assert.Equal(NegotiationStatus.NoCommonCodec, leg.HandleAnswer(SdpTexts.Wire(SdpTexts.Cisco)));
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

        Assert.Equal(Endpoint("203.0.113.4:17872"), leg.Plan?.Remote);
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
        Assert.Equal(((byte?)96, (byte?)101), (leg.Plan?.TelephoneEventType, leg.Plan?.OfferedTelephoneEventType));
    }

    private static OfferAnswer Offered(LocalMedia? local = null)
    {
        var leg = new OfferAnswer(local ?? Local, 400);
        leg.CreateOffer();
        return leg;
    }

    private static (OfferAnswer Leg, string Answer) Answered(string offer, LocalMedia? local = null)
    {
        var leg = new OfferAnswer(local ?? Local, 400);
        return (leg, Reanswer(leg, offer));
    }

    private static string Reanswer(OfferAnswer leg, string offer)
    {
        Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(SdpTexts.Wire(offer)));
        Assert.Equal(OfferAnswerState.OfferReceived, leg.State);
        return SdpTexts.Text(leg.CreateAnswer());
    }

    private static int Version(string sdp) => int.Parse(sdp.Split('\n')[1].Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture);

    private static string Name(StreamDirection direction) => direction switch
    {
        StreamDirection.SendOnly => "sendonly",
        StreamDirection.ReceiveOnly => "recvonly",
        StreamDirection.Inactive => "inactive",
        _ => "sendrecv",
    };

    private static IPEndPoint Endpoint(string text) => IPEndPoint.Parse(text);
}
