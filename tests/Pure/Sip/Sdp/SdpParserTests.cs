using System.Net;
using System.Text;
using Ringwright.Sip.Sdp;

namespace Ringwright.Pure.Sip.Sdp;

public sealed class SdpParserTests
{
    private const string Head = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n";

    [Fact]
    public void Every_part_that_offer_answer_reads_is_kept()
    {
        var sdp = Parsed(SdpTexts.Wire(SdpTexts.LinphoneVideo));

        Assert.Equal(new SdpOrigin("alice", "3021", "1187", new("IN", "IP4", "192.0.2.44")), sdp.Origin);
        Assert.Equal("Talk", sdp.Name);
        Assert.Equal("192.0.2.44", sdp.Connection?.Text);
        Assert.Equal("rtcp-xr", Assert.Single(sdp.Attributes).Name);
        Assert.Equal(["video", "audio"], sdp.Media.Select(m => m.Kind));
        Assert.Equal(["97", "0", "8", "98"], sdp.Media[1].Formats);
        Assert.Equal("7099", sdp.Media[1].Find("RTCP"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n\r\n")]
    public void Nothing_is_empty(string text) => Assert.Equal(SdpStatus.Empty, Status(text));

    [Theory]
    [InlineData("o=- 1 1 IN IP4 192.0.2.1\r\n", SdpStatus.BadVersion)]
    [InlineData("v=1\r\n", SdpStatus.BadVersion)]
    [InlineData(Head + "c=IN IP4\r\n", SdpStatus.BadConnection)]
    [InlineData(Head + "m=audio\r\n", SdpStatus.BadMedia)]
    [InlineData(Head + "m=audio 4000 RTP/AVP\r\n", SdpStatus.BadMedia)]
    [InlineData(Head + "m=audio 65536 RTP/AVP 0\r\n", SdpStatus.BadMedia)]
    [InlineData(Head + "m=audio -1 RTP/AVP 0\r\n", SdpStatus.BadMedia)]
    [InlineData(Head + "m=audio +4000 RTP/AVP 0\r\n", SdpStatus.BadMedia)]
    [InlineData(Head + "m=audio 99999999999999999999 RTP/AVP 0\r\n", SdpStatus.BadMedia)]
    [InlineData(Head + "m=audio 4000/0 RTP/AVP 0\r\n", SdpStatus.BadMedia)]
    [InlineData(Head + "hello\r\n", SdpStatus.BadLine)]
    [InlineData(Head + "x\r\n", SdpStatus.BadLine)]
    [InlineData(Head + "a=nul\0byte\r\n", SdpStatus.BadLine)]
    [InlineData(Head + "a=bare\rreturn\r\n", SdpStatus.BadLine)]
    public void What_is_broken_has_a_name(string text, SdpStatus expected) => Assert.Equal(expected, Status(text));

    [Theory]
    [InlineData("o=- 1 1 IN IP4", "- 1 1 IN IP4 0.0.0.0")]
    [InlineData("o=- 1 x IN IP4 192.0.2.1", "- 1 x IN IP4 192.0.2.1")]
    [InlineData("o=Some SIP Phone 1a2b 3 in ip4 192.0.2.1", "Some SIP Phone 1a2b 3 in ip4 192.0.2.1")]
    [InlineData("o=- -8 1.5 IN IP4 pbx.example.com ", "- -8 1.5 IN IP4 pbx.example.com")]
    [InlineData("o= 17 18 IN IP4 192.0.2.1", "17 18 IN IN IP4 0.0.0.0")]
    [InlineData("o=- 1 1 IN IP4 192.0.2.1 extra", "- 1 1 IN IP4 0.0.0.0")]
    [InlineData("o=", "- 0 0 IN IP4 0.0.0.0")]
    [InlineData("o=a\r\no=b", "a 0 0 IN IP4 0.0.0.0")]
    [InlineData("i=none at all", "- 0 0 IN IP4 0.0.0.0")]
    public void An_odd_origin_does_not_matter(string line, string expected)
    {
        var sdp = Parsed(SdpTexts.Wire($"v=0\r\n{line}\r\nc=IN IP4 192.0.2.9\r\nm=audio 4000 RTP/AVP 0\r\n"));
        var origin = sdp.Origin;
        Assert.Equal(expected, $"{origin.User} {origin.SessionId} {origin.Version} {origin.Address}");
        Assert.Equal((4000, "192.0.2.9"), (sdp.Media[0].Port, sdp.Connection?.Text));
    }

    [Theory]
    [InlineData("a=\r\n")]
    [InlineData("a=:x\r\n")]
    [InlineData("a= \r\n")]
    [InlineData("a=two words:x\r\n")]
    [InlineData("a=rtpmap\r\na=rtpmap:\r\na=rtpmap:101\r\na=rtpmap:300 G729/8000\r\na=rtpmap:18 G729\r\na=rtpmap:x y/z\r\n")]
    [InlineData("a=fmtp\r\na=fmtp:0\r\na=ptime\r\na=ptime:x\r\na=maxptime:-4\r\na=rtcp:\r\na=rtcp:x IN\r\n")]
    [InlineData("a=candidate:\r\na=ice-ufrag\r\na=rtcp-fb:* nack\r\na=\u00e9\u00e8\r\n")]
    [InlineData(" a=leading:blank\r\n \r\n\t\r\n")]
    [InlineData("\0")]
    [InlineData("a=sendrecv\r\n\0\0")]
    [InlineData("a=sendrecv\0")]
    [InlineData("\r\n\r\n\n")]
    public void An_odd_attribute_does_not_matter(string lines)
    {
        var leg = new OfferAnswer(Negotiations.Local, 7);
        string offer = Head + "c=IN IP4 192.0.2.9\r\nm=audio 4000 RTP/AVP 18 0 101\r\n" + lines;
        Assert.Equal(NegotiationStatus.Ok, leg.HandleOffer(Encoding.Latin1.GetBytes(offer)));
        Assert.Contains("m=audio 16384 RTP/AVP 0", SdpTexts.Text(leg.CreateAnswer()), StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_may_stand_in_any_order_before_the_media()
    {
        var sdp = Parsed(SdpTexts.Wire("c=IN IP4 192.0.2.1 and more\r\nt=0 0\r\na=sendonly\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=x\r\nv=0\r\n"
            + "m=audio 4000 RTP/AVP 0\r\n"));
        Assert.Equal(("x", "192.0.2.1", 1), (sdp.Name, sdp.Connection?.Text, sdp.Attributes.Count));
    }

    [Fact]
    public void A_section_that_is_turned_down_needs_no_formats()
    {
        var (_, answer) = Negotiations.Answered(Head + "c=IN IP4 192.0.2.9\r\nm=audio 4000 RTP/AVP 0\r\nm=image 0 udptl\r\n");
        Assert.Contains("\nm=image 0 udptl 0", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("IP4", "gateway.example.com", "gateway.example.com")]
    [InlineData("IP6", "Gateway.Example.com.", "Gateway.Example.com")]
    [InlineData("IP4", "localhost", "localhost")]
    [InlineData("IP4", "192.0.2.1", null)]
    [InlineData("IP4", "127.1", null)]
    [InlineData("IP4", "0x7f.0.0.1", null)]
    [InlineData("IP4", "2130706433", null)]
    [InlineData("IP4", "a..b", null)]
    [InlineData("IP4", "-a.b", null)]
    [InlineData("IP4", ".a", null)]
    [InlineData("IP4", "a b", null)]
    [InlineData("IP4", "a/127", null)]
    [InlineData("IP4", "[::1]", null)]
    [InlineData("NSAP", "gateway.example.com", null)]
    public void A_name_is_told_from_other_spellings_of_addresses(string type, string text, string? expected) =>
        Assert.Equal(expected, new SdpConnection("IN", type, text).HostName);

    [Fact]
    public void Bare_line_feeds_unknown_lines_and_a_missing_last_line_end_are_forgiven()
    {
        var sdp = Parsed(
            Encoding.Latin1.GetBytes("v=0\no=- 1 1 IN IP4 192.0.2.1\ni=hello\nz=0 0\nq=?\nc=IN IP4 192.0.2.1\nm=audio 4000/2 RTP/AVP 0"));

        Assert.Equal("-", sdp.Name);
        Assert.Equal((4000, 2), (sdp.Media[0].Port, sdp.Media[0].PortCount));
    }

    [Fact]
    public void The_first_connection_of_a_section_counts()
    {
        var sdp = Parsed(Encoding.Latin1.GetBytes(Head
            + "c=IN IP4 192.0.2.1\r\nc=IN IP4 192.0.2.2\r\nm=audio 4000 RTP/AVP 0\r\nc=IN IP4 192.0.2.3\r\nc=IN IP4 192.0.2.4\r\n"));

        Assert.Equal("192.0.2.1", sdp.Connection?.Text);
        Assert.Equal("192.0.2.3", sdp.Media[0].Connection?.Text);
    }

    [Theory]
    [InlineData("IN", "IP4", "192.0.2.1", "192.0.2.1")]
    [InlineData("in", "ip4", "224.2.36.42/127/3", "224.2.36.42")]
    [InlineData("IN", "IP6", "2001:db8::1", "2001:db8::1")]
    [InlineData("IN", "IP6", "FF15::101/3", "ff15::101")]
    [InlineData("IN", "IP6", "2001:db8:::192.0.2.1", "2001:db8::192.0.2.1")]
    [InlineData("IN", "IP4", "2001:db8::1", "2001:db8::1")]
    [InlineData("IN", "IP6", "192.0.2.1", "192.0.2.1")]
    [InlineData("IN", "IP6", "::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("IN", "IP4", "::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("IN", "IP6", "fe80::1%eth0", "fe80::1")]
    [InlineData("IN", "IP6", "FE80::1%25/3", "fe80::1")]
    [InlineData("IN", "IP6", "[2001:db8::1]", "2001:db8::1")]
    [InlineData("IN", "IP4", "[fe80::1%eth0]/3", "fe80::1")]
    public void A_literal_address_is_read(string network, string type, string text, string expected)
    {
        Assert.True(new SdpConnection(network, type, text).TryGetAddress(out var address));
        Assert.Equal(IPAddress.Parse(expected), address);
    }

    [Theory]
    [InlineData("ATM", "NSAP", "47.0091")]
    [InlineData("IN", "IP4", "phone.example.com")]
    [InlineData("IN", "IP4", "127.1")]
    [InlineData("IN", "IP4", "0x7f.0.0.1")]
    [InlineData("IN", "IP4", "2130706433")]
    [InlineData("IN", "IP4", "192.0.2.256")]
    [InlineData("IN", "IP4", "192.0.2.1.5")]
    [InlineData("IN", "IP4", "192.0.2.")]
    [InlineData("IN", "IP6", "fe80::1%")]
    [InlineData("IN", "IP6", "fe80::1%eth0%eth1")]
    [InlineData("IN", "IP6", "192.0.2.256")]
    [InlineData("IN", "IP4", "[192.0.2.1]")]
    [InlineData("IN", "IP6", "[[::1]]")]
    [InlineData("IN", "IP6", "[::1")]
    [InlineData("IN", "IP6", "::1]")]
    [InlineData("IN", "IP6", "[:]")]
    [InlineData("IN", "IP6", "2001:db8:::1")]
    [InlineData("IN", "IP6", "2001:db8:::192.0.2.1:5")]
    [InlineData("IN", "IP6", ":::")]
    public void Names_and_other_spellings_are_no_address(string network, string type, string text) =>
        Assert.False(new SdpConnection(network, type, text).TryGetAddress(out _));

    [Fact]
    public void Our_own_address_is_written_without_its_zone() =>
        Assert.Equal("IN IP6 fe80::1", SdpConnection.Of(new IPAddress(IPAddress.Parse("fe80::1").GetAddressBytes(), 3)).ToString());

    [Fact]
    public void A_leading_zero_is_decimal_not_octal()
    {
        Assert.True(new SdpConnection("IN", "IP4", "010.0.0.1").TryGetAddress(out var address));
        Assert.Equal("10.0.0.1", address.ToString());
    }

    [Fact]
    public void The_byte_limit_holds()
    {
        Assert.Equal(SdpStatus.Ok, SdpParser.Parse(Padded(SdpLimits.Bytes), out _));
        Assert.Equal(SdpStatus.TooLong, SdpParser.Parse(Padded(SdpLimits.Bytes + 1), out _));
    }

    [Fact]
    public void The_line_count_limit_holds()
    {
        Assert.Equal(SdpStatus.Ok, Status(Head + Repeat("i=x\r\n", SdpLimits.Lines - 3)));
        Assert.Equal(SdpStatus.TooManyLines, Status(Head + Repeat("i=x\r\n", SdpLimits.Lines - 2)));
    }

    [Fact]
    public void The_line_length_limit_holds()
    {
        Assert.Equal(SdpStatus.Ok, Status(Head + "a=" + new string('x', SdpLimits.LineBytes - 2) + "\r\n"));
        Assert.Equal(SdpStatus.LineTooLong, Status(Head + "a=" + new string('x', SdpLimits.LineBytes - 1) + "\r\n"));
    }

    [Fact]
    public void The_media_limit_holds()
    {
        Assert.Equal(SdpStatus.Ok, Status(Head + Repeat("m=audio 0 RTP/AVP 0\r\n", SdpLimits.MediaSections)));
        Assert.Equal(SdpStatus.TooManyMedia, Status(Head + Repeat("m=audio 0 RTP/AVP 0\r\n", SdpLimits.MediaSections + 1)));
    }

    [Fact]
    public void The_format_limit_holds()
    {
        Assert.Equal(SdpStatus.Ok, Status(Head + "m=audio 4000 RTP/AVP" + Repeat(" 0", SdpLimits.Formats) + "\r\n"));
        Assert.Equal(SdpStatus.TooManyFormats, Status(Head + "m=audio 4000 RTP/AVP" + Repeat(" 0", SdpLimits.Formats + 1) + "\r\n"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("m=audio 4000 RTP/AVP 0\r\n")]
    public void The_attribute_limit_holds_in_each_section(string section)
    {
        Assert.Equal(SdpStatus.Ok, Status(Head + section + Repeat("a=x\r\n", SdpLimits.Attributes)));
        Assert.Equal(SdpStatus.TooManyAttributes, Status(Head + section + Repeat("a=x\r\n", SdpLimits.Attributes + 1)));
    }

    [Fact]
    public void What_is_written_is_read_back_the_same()
    {
        foreach (string text in SdpTexts.All)
        {
            byte[] once = SdpWriter.Write(Parsed(SdpTexts.Wire(text)));
            Assert.Equal(SdpTexts.Text(once), SdpTexts.Text(SdpWriter.Write(Parsed(once))));
        }
    }

    [Fact]
    public void A_span_that_is_one_byte_short_is_refused()
    {
        var sdp = Parsed(SdpTexts.Wire(SdpTexts.Cisco));
        byte[] whole = SdpWriter.Write(sdp);

        Assert.True(SdpWriter.TryWrite(sdp, new byte[whole.Length], out int length));
        Assert.Equal(whole.Length, length);
        Assert.False(SdpWriter.TryWrite(sdp, new byte[whole.Length - 1], out _));
    }

    private static byte[] Padded(int bytes)
    {
        var text = new StringBuilder(Head);
        while (text.Length < bytes)
        {
            int room = Math.Min(bytes - text.Length, 1_000);
            if (bytes - text.Length - room is > 0 and < 5) room -= 5;
            text.Append("i=").Append('x', room - 4).Append("\r\n");
        }
        Assert.Equal(bytes, text.Length);
        return Encoding.Latin1.GetBytes(text.ToString());
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static SdpStatus Status(string text)
    {
        var status = SdpParser.Parse(Encoding.Latin1.GetBytes(text), out var sdp);
        Assert.Equal(status is SdpStatus.Ok, sdp is not null);
        return status;
    }

    private static SessionDescription Parsed(byte[] body)
    {
        Assert.Equal(SdpStatus.Ok, SdpParser.Parse(body, out var sdp));
        return Assert.IsType<SessionDescription>(sdp);
    }
}
