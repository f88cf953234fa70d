using System.Text;
using Ringwright.Core;
using Ringwright.Sip;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Testing;

namespace Ringwright.Pure.Sip;

/// <summary>Session descriptions in multipart bodies (RFC 5621), and the bombs that such bodies can be.</summary>
public sealed class SessionBodyTests
{
    private const string Sdp = "Content-Type: application/sdp\n\nv=0";
    private const string Isup = "Content-Type: application/isup;version=itu-t92+\nContent-Disposition: signal;handling=";

    /// <summary>Content-Type, body with $ for the delimiter, status of the refusal (0 for none) and what is found.</summary>
    public static TheoryData<string, string, int, string> Bodies => new()
    {
        { "multipart/mixed;boundary=b", $"--b\n{Sdp}\n--b--\n", 0, "v=0" },
        { "multipart/mixed; boundary=\"b b\"", $"--b b\n{Sdp}\n--b b--", 0, "v=0" },
        { "multipart/mixed;boundary=b", $"To whom it may concern\n--b \n{Sdp}\n\n--b\n{Isup}optional\n\n\x01\x02\n--b--\nend", 0, "v=0\n" },
        { "multipart/mixed;boundary=b", $"--b\n{Isup}\"optional\"\n\n--bc\n--b\n{Sdp}\n--b--", 0, "v=0" },
        { "multipart/mixed;boundary=b", $"--b\n{Sdp}\n--b\nContent-Type: application/pidf+xml\nContent-ID: <a@b>\n\nx\n--b--", 0, "v=0" },
        { "multipart/mixed;boundary=b", $"--b\nContent-Type:\n application/sdp\nX: y\n z\n\nv=0\n--b--", 0, "v=0" },
        { "multipart/mixed;boundary=b", $"--b\n{Sdp}", 0, "v=0" },
        { "multipart/mixed;boundary=b", $"--b\n{Sdp}\n--b\n{Sdp}2\n--b--", 0, "v=0" },
        { "multipart/alternative;boundary=b", $"--b\nContent-Type: text/plain\n\nx\n--b\n{Sdp}\n--b\n{Sdp}2\n--b--", 0, "v=02" },
        { "multipart/related;boundary=b", $"--b\n{Sdp}\n--b\nContent-Type: image/png\n\nx\n--b--", 0, "v=0" },
        { "multipart/signed;boundary=b", $"--b\n{Sdp}\n--b\nContent-Type: application/pkcs7-signature\n\nx\n--b--", 0, "v=0" },
        { "Multipart/Mixed;boundary=b", $"--b\nContent-Type: multipart/mixed;boundary=c\n\n--c\n{Sdp}\n--c--\n--b--", 0, "v=0" },
        { "multipart/mixed;boundary=b", "--b\nContent-Type: text/plain\nContent-Disposition: render;handling=optional\n\nx\n--b--", 0, "" },
        { "multipart/mixed;boundary=b", "--b--", 0, "" },
        { "multipart/mixed;boundary=b", $"--b\n{Sdp}\n--b\n{Isup}required\n\nx\n--b--", 415, "v=0" },
        { "multipart/mixed;boundary=b", $"--b\n{Sdp}\n--b\nContent-Type: application/isup\n\nx\n--b--", 415, "v=0" },
        { "multipart/mixed;boundary=b", $"--b\n{Sdp}\n--b\n\njust text\n--b--", 415, "v=0" },
        { "multipart/mixed;boundary=b", "--b\nContent-Type: application/sdp\nContent-Transfer-Encoding: base64\n\ndj0w\n--b--", 415, "" },
        { "multipart/mixed;boundary=b", "--b\nContent-Type: application/sdp\nContent-Disposition: early-session\n\nv=0\n--b--", 415, "" },
        { "multipart/mixed", $"--b\n{Sdp}\n--b--", 400, "" },
        { "multipart/mixed;boundary=b", $"--c\n{Sdp}\n--c--", 400, "" },
        { "multipart/mixed;boundary=\"\"", $"--\n{Sdp}\n----", 400, "" },
        { "application/sdp", "v=0", 0, "v=0" },
        { "Application/SDP;charset=x", "v=0", 0, "v=0" },
        { "application/isup", "x", 415, "" },
        { "", "v=0", 0, "v=0" },
        { "", "x", 415, "x" },
    };

    [Theory, MemberData(nameof(Bodies))]
    public void The_description_is_found_and_what_must_be_understood_is_refused(string type, string body, int status, string expected)
    {
        var invite = Invite(type, body);
        Assert.Equal(status, new UserAgentPolicy().Check(invite)?.Status ?? 0);
        Assert.Equal(expected.Replace("\n", "\r\n", StringComparison.Ordinal), SessionBody.Of(invite).AsText());
        // Line ends of one byte make no difference.
        invite = Invite(type, body, "\n");
        Assert.Equal(status, new UserAgentPolicy().Check(invite)?.Status ?? 0);
        Assert.Equal(expected, SessionBody.Of(invite).AsText());
    }

    [Fact]
    public void A_body_that_may_be_overlooked_is_no_description()
    {
        var invite = Wire.Request(Wire.Invite("Content-Type: application/isup\nContent-Disposition: signal;handling=optional")
            .Replace("Content-Length: 0", "Content-Length: 1", StringComparison.Ordinal) + "x");
        Assert.Null(new UserAgentPolicy().Check(invite));
        Assert.True(SessionBody.Of(invite).IsEmpty);
    }

    [Fact]
    public void A_refusal_says_what_is_taken()
    {
        var refused = new UserAgentPolicy().Check(Invite("multipart/mixed;boundary=b", "--b\nContent-Type: a/b\n\nx\n--b--"))!.Build();
        Assert.Equal("application/sdp, application/dtmf-relay, application/dtmf, multipart/mixed", refused.Text(SipHeader.Accept));
    }

    [Fact]
    public void As_many_parts_as_may_be_and_one_more()
    {
        const string part = "--b\nContent-Type: a/b\nContent-Disposition: x;handling=optional\n\n\n";
        Assert.Equal(0, StatusOf(string.Concat(Enumerable.Repeat(part, Limits.BodyParts)) + "--b--"));
        Assert.Equal(413, StatusOf(string.Concat(Enumerable.Repeat(part, Limits.BodyParts + 1)) + "--b--"));
    }

    [Fact]
    public void As_deep_as_may_be_and_one_deeper()
    {
        Assert.Equal(0, StatusOf(Nested(Limits.BodyDepth - 1)));
        Assert.Equal(413, StatusOf(Nested(Limits.BodyDepth)));
        Assert.Equal(413, StatusOf(Nested(500)));

        static string Nested(int depth, string name = "b") => depth == 0 ? $"--{name}\n{Sdp}\n--{name}--"
            : $"--{name}\nContent-Type: multipart/mixed;boundary=n{depth}\n\n{Nested(depth - 1, $"n{depth}")}\n--{name}--";
    }

    [Fact]
    public void As_many_header_lines_as_may_be_and_one_more()
    {
        string lines = string.Concat(Enumerable.Repeat("X: y\n", Limits.PartHeaderLines - 2));
        Assert.Equal(0, StatusOf($"--b\n{lines}{Sdp}\n--b--"));
        Assert.Equal(413, StatusOf($"--b\n{lines}X: y\n{Sdp}\n--b--"));
        Assert.Equal(413, StatusOf($"--b\nX: y\n{string.Concat(Enumerable.Repeat(" z\n", 10_000))}\n\n--b--"));
    }

    [Theory, Seeds(100)]
    public void A_mutated_body_never_throws(ulong seed)
    {
        var rng = new Rng(seed);
        string[] pieces = ["--b", "--c", "--", "b", "\r\n", "\n", " ", "Content-Type: ", "application/sdp", "multipart/mixed;boundary=",
            "multipart/alternative;boundary=c", "Content-Disposition: session;handling=optional", ":", ";", "\"", "v=0", "\0", "\u00ff"];
        for (int i = 0; i < 50; i++)
        {
            var body = new StringBuilder("--b\r\n");
            for (int j = rng.Next(60); j > 0; j--) body.Append(pieces[rng.Next(pieces.Length)]);
            string text = body.ToString();
            var invite = Wire.Request(Wire.Invite($"Content-Type: multipart/mixed;boundary={(rng.Next(4) == 0 ? "\"" : "")}b")
                .Replace("Content-Length: 0", $"Content-Length: {Encoding.UTF8.GetByteCount(text)}", StringComparison.Ordinal) + text);
            Assert.Contains(new UserAgentPolicy().Check(invite)?.Status ?? 0, new[] { 0, 400, 413, 415 });
            _ = SessionBody.Of(invite).Length;
        }
    }

    private static int StatusOf(string body) =>
        new UserAgentPolicy().Check(Invite("multipart/mixed;boundary=b", body))?.Status ?? 0;

    private static SipRequest Invite(string type, string body, string lineEnd = "\r\n")
    {
        byte[] bytes = Encoding.Latin1.GetBytes(body.Replace("\n", lineEnd, StringComparison.Ordinal));
        byte[] head = Wire.Bytes(Wire.Invite($"Content-Type: {type}")
            .Replace("Content-Length: 0", $"Content-Length: {bytes.Length}", StringComparison.Ordinal));
        Assert.Equal(ParseStatus.Ok, SipParser.TryParse([.. head, .. bytes], out var message));
        return (SipRequest)message!;
    }
}
