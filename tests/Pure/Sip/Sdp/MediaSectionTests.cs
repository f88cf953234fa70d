using Ringwright.Core;
using Ringwright.Sip.Sdp;
using static Ringwright.Pure.Sip.Sdp.Negotiations;

namespace Ringwright.Pure.Sip.Sdp;

/// <summary>Directions, hold, addresses, packets and RTCP of the audio that was agreed on.</summary>
public sealed class MediaSectionTests
{
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

        Assert.Equal(Endpoint("192.0.2.99:14286"), leg.Plan?.Remote.Default.Address);
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
    public void Port_zero_within_a_call_is_hold_until_a_port_comes_again()
    {
        var (leg, first) = Answered(SdpTexts.Asterisk);
        string off = SdpTexts.Asterisk.Replace("m=audio 14286", "m=audio 0", StringComparison.Ordinal);
        string held = Reanswer(leg, off);
        Assert.Contains("m=audio 0 RTP/AVP 8 0 9 101", held, StringComparison.Ordinal);
        Assert.Equal((StreamDirection.Inactive, true, 2), (leg.Plan!.Direction, leg.IsHeldByPeer, leg.Plan.Generation));
        Assert.Equal(Endpoint("192.0.2.10:14286"), leg.Plan.Remote.Default.Address);

        // A fax that takes the place of the audio is another matter.
        Assert.Equal(NegotiationStatus.NoAudio, leg.HandleOffer(SdpTexts.Wire(off + "\nm=image 4500 udptl t38")));

        string resumed = Reanswer(leg, SdpTexts.Asterisk);
        Assert.Equal((StreamDirection.SendReceive, false), (leg.Plan.Direction, leg.IsHeldByPeer));
        Assert.Equal([1, 2, 3], new[] { first, held, resumed }.Select(Version));
    }

    [Theory, InlineData(StreamDirection.SendOnly, false), InlineData(StreamDirection.SendReceive, true)]
    public void Port_zero_in_an_answer_within_a_call_switches_the_audio_off_and_a_port_on_again(StreamDirection wanted, bool isHeld)
    {
        byte[] off = SdpTexts.Wire(SdpTexts.Cisco.Replace("m=audio 17872", "m=audio 0", StringComparison.Ordinal));
        var leg = Offered();
        Assert.Equal(NegotiationStatus.NoAudio, leg.HandleAnswer(off));
        Assert.Equal(NegotiationStatus.Ok, leg.HandleAnswer(SdpTexts.Wire(SdpTexts.Cisco)));

        leg.Wanted = wanted;
        leg.RenewOffer();
        Assert.Equal(NegotiationStatus.Ok, leg.HandleAnswer(off));
        Assert.Equal((StreamDirection.Inactive, isHeld), (leg.Plan!.Direction, leg.IsHeldByPeer));

        leg.Wanted = StreamDirection.SendReceive;
        Assert.Contains("m=audio 16384 RTP/AVP 0 101", SdpTexts.Text(leg.RenewOffer()), StringComparison.Ordinal);
        Assert.Equal(NegotiationStatus.Ok, leg.HandleAnswer(SdpTexts.Wire(SdpTexts.Cisco)));
        Assert.Equal((StreamDirection.SendReceive, false), (leg.Plan.Direction, leg.IsHeldByPeer));
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
    [InlineData("a=ptime:40\na=maxptime:10", 10)]
    [InlineData("a=maxptime:19", 10)]
    [InlineData("a=ptime:10", 20)]
    [InlineData("a=maxptime:5", 20)]
    [InlineData("a=maxptime:0", 20)]
    public void Packets_are_as_long_as_the_peer_likes_where_we_can(string attributes, int expected)
    {
        var (leg, answer) = Answered(SdpTexts.Cisco + "\n" + attributes);

        Assert.Equal(expected, leg.Plan?.PacketMilliseconds);
        Assert.Contains($"a=ptime:{expected}\n", answer, StringComparison.Ordinal);
    }

    [Theory, InlineData("PCMU", 40), InlineData("PCMA", 60), InlineData("G722", 20)]
    public void Of_several_packet_times_that_behind_the_codec_counts(string codec, int expected)
    {
        var (leg, _) = Answered("""
            v=0
            o=- 1 1 IN IP4 192.0.2.9
            s=-
            c=IN IP4 192.0.2.9
            t=0 0
            m=audio 4000 RTP/AVP 9 104 0 8 116 101
            a=rtpmap:9 G722/8000
            a=ptime:20
            a=rtpmap:104 G7221/16000
            a=fmtp:104 bitrate=32000
            a=ptime:60
            a=rtpmap:0 PCMU/8000
            a=ptime:40
            a=rtpmap:8 PCMA/8000
            a=ptime:60
            a=rtpmap:116 iLBC/8000
            a=ptime:60
            a=maxptime:60
            a=fmtp:116 mode=30
            a=rtpmap:101 telephone-event/8000
            a=fmtp:101 0-15
            """, Local with { Codecs = [codec] });

        Assert.Equal(expected, leg.Plan?.PacketMilliseconds);
    }

    [Fact]
    public void Numbers_and_packet_times_that_stand_before_the_section_are_its_own_unless_it_has_others()
    {
        const string offer = """
            v=0
            o=123456 3 3 IN IP4 192.0.2.22
            s=pjmedia
            c=IN IP4 192.0.2.22
            t=0 0
            a=rtpmap:97 PCMA/8000
            a=rtpmap:98 telephone-event/8000
            a=ptime:40
            m=audio 5070 RTP/AVP 97 98
            a=sendrecv
            a=ssrc:900323067
            """;
        var (leg, answer) = Answered(offer);
        Assert.Equal(new CodecChoice("PCMA", 97, 8_000, 8_000), leg.Plan?.Codec);
        Assert.Equal(40, leg.Plan?.PacketMilliseconds);
        Assert.Contains("m=audio 16384 RTP/AVP 97 98\na=rtpmap:97 PCMA/8000\na=rtpmap:98 telephone-event/8000\n", answer,
            StringComparison.Ordinal);

        (leg, _) = Answered(offer + "\na=rtpmap:97 PCMU/8000\na=ptime:20");
        Assert.Equal(new CodecChoice("PCMU", 97, 8_000, 8_000), leg.Plan?.Codec);
        Assert.Equal(20, leg.Plan?.PacketMilliseconds);

        (leg, _) = Answered(offer + "\na=ptime:20");
        Assert.Equal(20, leg.Plan?.PacketMilliseconds);
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
        Assert.Equal(Endpoint(expected), Answered(SdpTexts.Cisco + "\n" + attribute).Leg.Plan?.Remote.Default.Control);

    [Theory] // what some write of a section that is switched off
    [InlineData("m=audio 0 RTP/AVP\nm=audio 2000 RTP/AVP 0"), InlineData("m=audio 2000 RTP/AVP 0\nm=audio 0 RTP/SAVP")]
    [InlineData("m=audio 0/1 RTP/SAVP \nm=video 0 RTP/AVP\nm=audio 2000 RTP/AVP 0")]
    public void A_section_that_is_off_may_leave_its_formats_out(string sections)
    {
        var (leg, answer) = Answered("v=0\no=- 1 1 IN IP4 192.0.2.9\ns=-\nc=IN IP4 192.0.2.9\nt=0 0\n" + sections);
        Assert.Equal(Endpoint("192.0.2.9:2000"), leg.Plan?.Remote.Default.Address);
        Assert.Equal(sections.Count(letter => letter == '\n') + 1, answer.Split("m=").Length - 1);
        Assert.DoesNotContain("m=audio 0 RTP/AVP\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void A_call_whose_only_audio_is_off_has_none()
    {
        var leg = new OfferAnswer(Local, 400);
        Assert.Equal(NegotiationStatus.NoAudio,
            leg.HandleOffer(SdpTexts.Wire("v=0\no=- 1 1 IN IP4 192.0.2.9\ns=-\nc=IN IP4 192.0.2.9\nt=0 0\nm=audio 0 RTP/AVP")));
    }

    [Fact]
    public void Multiplexing_is_answered_only_when_offered()
    {
        var (leg, answer) = Answered(SdpTexts.Cisco + "\na=rtcp-mux");

        Assert.True(leg.Plan?.IsRtcpMux);
        Assert.Equal(leg.Plan?.Remote.Default.Address, leg.Plan?.Remote.Default.Control);
        Assert.Contains("a=rtcp-mux\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("a=rtcp:", answer, StringComparison.Ordinal);
        Assert.Contains("a=rtcp-mux\n", SdpTexts.Text(leg.CreateOffer()), StringComparison.Ordinal);
    }

    [Fact]
    public void The_only_audio_of_an_answer_is_the_answer_wherever_it_stands()
    {
        // The section that was turned down is left out.
        var (called, _) = Answered(SdpTexts.LinphoneVideo);
        called.CreateOffer();
        Assert.Equal(NegotiationStatus.Ok, called.HandleAnswer(SdpTexts.Wire(SdpTexts.Cisco)));
        Assert.Equal(Endpoint("203.0.113.4:17872"), called.Plan?.Remote.Default.Address);
        Assert.Contains("m=video 0", SdpTexts.Text(called.CreateOffer()), StringComparison.Ordinal);

        // One that we did not offer stands before it.
        var caller = Offered();
        Assert.Equal(NegotiationStatus.Ok, caller.HandleAnswer(SdpTexts.Wire(SdpTexts.LinphoneVideo)));
        Assert.Equal(Endpoint("192.0.2.44:7078"), caller.Plan?.Remote.Default.Address);
    }

    [Theory]
    [InlineData("m=video 4000 RTP/AVP 96\nm=audio 4002 RTP/AVP 0\nm=audio 4004 RTP/AVP 0")]
    [InlineData("m=audio 0 RTP/AVP 0\nm=audio 4002 RTP/AVP 0")]
    public void Which_of_several_is_meant_is_not_guessed(string sections)
    {
        string answer = "v=0\no=- 1 1 IN IP4 192.0.2.9\ns=-\nc=IN IP4 192.0.2.9\nt=0 0\n" + sections;
        Assert.Equal(NegotiationStatus.NoAudio, Offered().HandleAnswer(SdpTexts.Wire(answer)));
    }

    [Fact]
    public void Multiplexing_in_an_answer_to_an_offer_without_it_is_ignored()
    {
        var leg = Offered();

        Assert.Equal(NegotiationStatus.Ok, leg.HandleAnswer(SdpTexts.Wire(SdpTexts.Cisco + "\na=rtcp-mux")));
        Assert.False(leg.Plan?.IsRtcpMux);
    }
}
