using System.Text;
using Ringwright.Sip.Messages;

namespace Ringwright.Pure.Sip;

public sealed class WireMaskTests
{
    private static string Hide(string message, bool showsDigits = false)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r\n"));
        WireMask.Hide(bytes, showsDigits);
        return Encoding.UTF8.GetString(bytes);
    }

    [Theory]
    [InlineData("Authorization: Digest username=\"u\", response=\"topsecret\"")]
    [InlineData("proxy-authorization : Digest response=topsecret")]
    [InlineData("Authorization: Digest username=\"u\",\n response=\"topsecret\"")]
    [InlineData("Authentication-Info: nextnonce=\"topsecret\"")]
    [InlineData("Identity: topsecret;info=<https://example.com>")]
    [InlineData("y: topsecret")]
    [InlineData("X-Auth-Token: topsecret")]
    [InlineData("X-Webhook-Signature:topsecret")]
    [InlineData("X-API-Key: topsecret")]
    public void A_secret_header_becomes_stars_and_its_neighbours_stay(string header)
    {
        string message = $"INVITE sip:bob@example.com SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1\n{header}\nCall-ID: call-1\n\n";
        string hidden = Hide(message);
        Assert.DoesNotContain("topsecret", hidden);
        Assert.Contains("Via: SIP/2.0/UDP 192.0.2.1\r\n", hidden);
        Assert.Contains("Call-ID: call-1\r\n", hidden);
        Assert.Equal(message.ReplaceLineEndings("\r\n").Length, hidden.Length);
    }

    [Fact]
    public void Of_the_headers_that_the_table_knows_those_with_credentials_are_hidden_and_no_others()
    {
        var hidden = new List<string>();
        foreach (var header in Enum.GetValues<SipHeader>())
        {
            string name = Encoding.ASCII.GetString(HeaderTable.Name(header));
            if (name.Length > 0 && !Hide($"OPTIONS sip:b SIP/2.0\n{name}: shown\n\n").Contains("shown", StringComparison.Ordinal))
                hidden.Add(name);
        }
        Assert.Equal(["Authorization", "Proxy-Authorization", "Authentication-Info"], hidden);
    }

    [Fact]
    public void Media_keys_become_stars_and_the_rest_of_the_description_stays()
    {
        string hidden = Hide(
            "INVITE sip:b SIP/2.0\nContent-Type: application/sdp\n\nv=0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:topsecret|2^20\n"
            + "a=ice-pwd:topsecret\nk=clear:topsecret\na=sendrecv\n");
        Assert.DoesNotContain("topsecret", hidden);
        Assert.Contains("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:****", hidden);
        Assert.Contains("v=0\r\n", hidden);
        Assert.EndsWith("a=sendrecv\r\n", hidden);
    }

    [Theory] // keys are taken in all of these forms
    [InlineData("a=CRYPTO:1 AES_CM_128_HMAC_SHA1_80 INLINE:topsecret|2^20;inline:topsecret")]
    [InlineData(" a=crypto :1 AES_CM_128_HMAC_SHA1_80 inline:topsecret")]
    [InlineData("a= Crypto:1 AES_CM_128_HMAC_SHA1_80 topsecret")]
    [InlineData("a=Ice-Pwd:topsecret"), InlineData("\ta=key-mgmt :mikey topsecret"), InlineData(" k=base64:topsecret")]
    public void Media_keys_become_stars_however_their_line_is_written(string line)
    {
        string message = $"INVITE sip:b SIP/2.0\nContent-Type: application/sdp\n\nv=0\n{line}\na=sendrecv\n", hidden = Hide(message);
        Assert.DoesNotContain("topsecret", hidden);
        Assert.EndsWith("\r\na=sendrecv\r\n", hidden);
        Assert.Equal(message.ReplaceLineEndings("\r\n").Length, hidden.Length);
    }

    [Theory]
    [InlineData("application/dtmf-relay", "Signal=5\nDuration=160\n", "Signal=*\r\nDuration=***\r\n")]
    [InlineData("application/dtmf-relay", "Signal=5;Duration=160", "Signal=**************")]
    [InlineData("application/vnd.nortelnetworks.digits", "y=Digits\nd=4\n", "y=******\r\nd=*\r\n")]
    [InlineData("Application/DTMF", "7", "*")]
    public void Digits_of_an_INFO_are_hidden_unless_they_may_be_shown(string type, string body, string expected)
    {
        string message = $"INFO sip:b SIP/2.0\nc: {type}\n\n{body}";
        Assert.EndsWith("\r\n\r\n" + expected, Hide(message));
        Assert.EndsWith(body.ReplaceLineEndings("\r\n"), Hide(message, showsDigits: true));
    }

    [Fact]
    public void Digits_in_a_part_of_a_multipart_body_are_hidden()
    {
        string hidden = Hide(
            "INFO sip:b SIP/2.0\nContent-Type: multipart/mixed;boundary=x\n\n--x\nContent-Type: text/plain\n\nhello\n--x\nContent-Type: "
            + "application/dtmf\n\n5\n--x--\n");
        Assert.Contains("hello", hidden);
        Assert.DoesNotContain("\r\n5\r\n", hidden);
        Assert.EndsWith("--x--\r\n", hidden);
    }

    [Theory]
    [InlineData("INVITE sip:b SIP/2.0\r\nCall-ID: one@host\r\n\r\n", "one@host")]
    [InlineData("SIP/2.0 200 OK\r\ni:\ttwo \r\n\r\n", "two")]
    [InlineData("SIP/2.0 200 OK\r\nVia: x\r\n\r\nCall-ID: body", "")]
    [InlineData("", "")]
    public void The_Call_ID_is_read_from_the_header_section_alone(string message, string callId) =>
        Assert.Equal(callId, Encoding.UTF8.GetString(WireMask.CallId(Encoding.UTF8.GetBytes(message))));

    [Theory]
    [InlineData("INVITE sip:b SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n", "INVITE")]
    [InlineData("SIP/2.0 401 Unauthorized\r\nVia: x\r\ncseq : 7 \tREGISTER \r\n\r\n", "REGISTER")]
    [InlineData("SIP/2.0 200 OK\r\n\r\nCSeq: 1 INVITE", "")]
    [InlineData("SIP/2.0 200 OK\r\nCSeq: \r\n\r\n", "")]
    [InlineData("INVITE", "")]
    [InlineData("", "")]
    public void The_method_is_the_first_word_of_a_request_and_what_a_response_answers(string message, string method) =>
        Assert.Equal(method, Encoding.UTF8.GetString(WireMask.Method(Encoding.UTF8.GetBytes(message))));

    [Fact]
    public void Any_bytes_are_taken_and_keep_their_length()
    {
        var random = new Random(7);
        byte[] seed =
            Encoding.UTF8.GetBytes("INFO sip:b SIP/2.0\r\nAuthorization: x\r\nc: application/dtmf\r\n\r\na=crypto:1 inline:k\r\n5=6\r\n");
        for (int i = 0; i < 2_000; i++)
        {
            byte[] bytes = seed[..random.Next(seed.Length + 1)];
            for (int change = 0; change < 5 && bytes.Length > 0; change++) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            WireMask.Hide(bytes, showsDigits: false);
            WireMask.CallId(bytes);
            WireMask.Method(bytes);
        }
    }
}
