using System.Text;
using Ringwright.Core;
using Ringwright.Sip;
using Ringwright.Sip.Messages;
using Ringwright.Testing;

namespace Ringwright.Pure.Sip;

public sealed class StreamFramerTests
{
    private static readonly byte[] Invite = Wire.Bytes("""
        INVITE sip:bob@192.0.2.1 SIP/2.0
        Via: SIP/2.0/TCP 192.0.2.7:5070;branch=z9hG4bKabc
        From: <sip:alice@192.0.2.7>;tag=a1
        To: <sip:bob@192.0.2.1>
        Call-ID: c1
        CSeq: 1 INVITE
        Content-Length: {length}

        v=0
        s=INVITE sip:hidden@192.0.2.1 SIP/2.0

        """);

    private static readonly byte[] Bye =
        Wire.Bytes("BYE sip:bob@192.0.2.1 SIP/2.0\nVia: SIP/2.0/TCP 192.0.2.7;branch=z9hG4bKbye\nl: 0\n\n");

    private static (List<byte[]> Messages, int Pings, ParseStatus Fault) Frame(params IEnumerable<byte[]> chunks)
    {
        var framer = new StreamFramer();
        List<byte[]> messages = [];
        int pings = 0;
        foreach (byte[] chunk in chunks)
        {
            for (int at = 0; at < chunk.Length;)
            {
                var room = framer.Room();
                int step = Math.Min(room.Length, chunk.Length - at);
                chunk.AsSpan(at, step).CopyTo(room.Span);
                framer.Advance(step);
                at += step;
                for (var found = framer.TryTake(out byte[] message); found is Framed.Message or Framed.Ping;
                        found = framer.TryTake(out message))
                    if (found is Framed.Ping) pings++;
                    else messages.Add(message);
            }
        }
        return (messages, pings, framer.Fault);
    }

    private static ParseStatus FaultOf(string text) => Frame(Encoding.Latin1.GetBytes(text.ReplaceLineEndings("\r\n"))).Fault;

    [Fact]
    public void Wherever_the_stream_is_split_the_same_messages_come_out()
    {
        byte[] stream = [.. "\r\n"u8, .. Invite, .. "\r\n\r\n"u8, .. Bye, .. Invite];
        for (int first = 0; first <= stream.Length; first++)
        {
            for (int second = first; second <= stream.Length; second += 7)
            {
                var (messages, pings, fault) = Frame(stream[..first], stream[first..second], stream[second..]);
                // Thirty thousand times: an assertion about collections looks at each byte by itself, and took half a minute for that; one
                // about a tuple looks for the types of its parts each time.
                Assert.True(messages is [var one, var two, var three] && one.AsSpan().SequenceEqual(Invite)
                    && two.AsSpan().SequenceEqual(Bye) && three.AsSpan().SequenceEqual(Invite), $"split at {first} and {second}");
                Assert.True(pings is 1 && fault is ParseStatus.Ok, $"split at {first} and {second}: {pings} pings, {fault}");
            }
        }
    }

    [Fact]
    public void Bytes_may_come_one_by_one()
    {
        byte[] stream = [.. Invite, .. "\r\n\r\n\r\n\r\n"u8, .. Bye];
        var (messages, pings, _) = Frame(stream.Select(b => new[] { b }));
        Assert.Equal([Invite, Bye], messages);
        Assert.Equal(2, pings);
    }

    [Fact]
    public void One_CRLF_is_nothing_and_two_are_a_ping()
    {
        Assert.Equal(0, Frame("\r\n"u8.ToArray()).Pings);
        Assert.Equal(0, Frame("\n\n\n\r"u8.ToArray()).Pings);
        Assert.Equal(1, Frame("\r\n"u8.ToArray(), "\r\n"u8.ToArray()).Pings);
        Assert.Equal(1, Frame("\r\r\n\r\n"u8.ToArray()).Pings);
    }

    [Fact]
    public void NULs_between_messages_are_nothing()
    {
        byte[] stream = [0, .. Invite, 0, .. Bye, .. "\r\n\0"u8, .. "\r\n\0"u8, .. "\r\n\r\n"u8, 0, 0, .. Bye];
        Assert.Equal([Invite, Bye, Bye], Frame(stream).Messages);
        var (messages, pings, fault) = Frame(stream.Select(b => new[] { b }));
        Assert.Equal([Invite, Bye, Bye], messages);
        Assert.Equal((1, ParseStatus.Ok), (pings, fault));
        Assert.Equal(ParseStatus.BadStartLine, FaultOf("\0\u0001\0\0"));
    }

    [Fact]
    public void A_message_without_a_length_has_no_body()
    {
        byte[] bare = Wire.Bytes("BYE sip:bob@192.0.2.1 SIP/2.0\nCall-ID: c1\n\n");
        Assert.Equal([bare, Bye], Frame([.. bare, .. Bye]).Messages);
        Assert.Equal(ParseStatus.BadStartLine, Frame([.. bare, .. "v=0\r\n"u8]).Fault);
    }

    [Fact]
    public void A_folded_length_and_bare_line_feeds_are_read_as_the_parser_reads_them()
    {
        byte[] folded = Encoding.ASCII.GetBytes("BYE sip:b@h SIP/2.0\r\nContent-Length:\r\n  3\r\n\r\nabc");
        byte[] bare = Encoding.ASCII.GetBytes("BYE sip:b@h SIP/2.0\nCONTENT-length : 2\n\nxy");
        Assert.Equal([folded, bare], Frame([.. folded, .. bare]).Messages);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\nHost: a\n\n", ParseStatus.BadStartLine)]
    [InlineData("\u0016\u0003\u0001\u0002", ParseStatus.BadStartLine)]
    [InlineData("garbage\n", ParseStatus.BadStartLine)]
    [InlineData("BYE sip:b@h SIP/2.0\nContent-Length: -1\n\n", ParseStatus.BadNumber)]
    [InlineData("BYE sip:b@h SIP/2.0\nContent-Length: 4x\n\n", ParseStatus.BadNumber)]
    [InlineData("BYE sip:b@h SIP/2.0\nContent-Length: 4\nl: 5\n\n", ParseStatus.DuplicateHeader)]
    [InlineData("BYE sip:b@h SIP/2.0\nContent-Length: 4294967295\n\n", ParseStatus.TooLong)]
    public void What_cannot_be_cut_safely_breaks_the_stream(string text, ParseStatus fault) => Assert.Equal(fault, FaultOf(text));

    [Fact]
    public void Limits_hold_to_the_byte()
    {
        const string head = "BYE sip:b@h SIP/2.0\n";
        Assert.Equal(ParseStatus.Ok, FaultOf($"{head}Content-Length: {Limits.BodyBytes}\n\n"));
        Assert.Equal(ParseStatus.TooLong, FaultOf($"{head}Content-Length: {Limits.BodyBytes + 1}\n\n"));
        Assert.Equal(ParseStatus.Ok, FaultOf(head + new string('a', Limits.HeaderLineBytes)));
        Assert.Equal(ParseStatus.TooLong, FaultOf(head + new string('a', Limits.HeaderLineBytes + 1)));
        // Headers without end.
        Assert.Equal(ParseStatus.TooLong, FaultOf(head + string.Concat(Enumerable.Repeat("A: b\n", Limits.MessageBytes / 6 + 1))));
        byte[] big = Encoding.ASCII.GetBytes($"{head}Content-Length: {Limits.BodyBytes}\n\n{new string('x', Limits.BodyBytes)}");
        Assert.Equal([big, Bye], Frame([.. big, .. Bye]).Messages);
    }

    [Theory, Seeds(200)]
    public void Garbage_never_throws_and_a_broken_stream_stays_broken(ulong seed)
    {
        var rng = new Rng(seed);
        byte[] stream = [.. Invite, .. Bye, .. Invite];
        for (int i = 0; i < 1 + rng.Next(8); i++) stream[rng.Next(stream.Length)] = (byte)rng.Next(256);
        var (messages, _, fault) = Frame(stream.Chunk(1 + rng.Next(200)));
        Assert.True(fault is ParseStatus.Ok || messages.Count <= 3);
        foreach (byte[] message in messages) _ = SipParser.TryParse(message, out _);
    }
}
