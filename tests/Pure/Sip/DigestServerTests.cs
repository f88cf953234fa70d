using System.Net;
using Ringwright.Core;
using Ringwright.Sip.Auth;
using Ringwright.Sip.Messages;

namespace Ringwright.Pure.Sip;

public sealed class DigestServerTests
{
    private static readonly NodeIdentity Node = new(1, 7, new byte[32]);
    private static readonly IPAddress Host = IPAddress.Parse("192.0.2.7");
    private readonly DigestServer _server = new("sip.example.com", Node);
    private Instant _now = new(60_000_000_000);

    private static string? PasswordOf(string user) => user == "alice" ? "open sesame" : null;

    private static SipRequest Request(string? credentials = null, string branch = "z9hG4bK1", string uri = "sip:sip.example.com") =>
        Wire.Request(Text(credentials, branch, uri));

    private static string Text(string? credentials, string branch = "z9hG4bK1", string uri = "sip:sip.example.com") =>
        $"""
        REGISTER {uri} SIP/2.0
        Via: SIP/2.0/UDP 192.0.2.7:5070;branch={branch};rport
        Max-Forwards: 70
        From: <sip:alice@sip.example.com>;tag=a
        To: <sip:alice@sip.example.com>
        Call-ID: reg-1
        CSeq: 1 REGISTER{(credentials is null ? "" : "\nAuthorization: " + credentials)}
        Content-Length: 0


        """;

    private string Answer(string challenge, string user = "alice", string password = "open sesame", int uses = 1,
        string uri = "sip:sip.example.com", string digits = "x8")
    {
        Assert.True(DigestChallenge.TryParse(System.Text.Encoding.UTF8.GetBytes(challenge), out var parsed));
        string count = uses.ToString(digits);
        string response = DigestResponse.Compute(parsed, user, password, "REGISTER", uri, count, "c0ffee", default);
        return $"Digest username=\"{user}\", realm=\"{parsed.Realm}\", nonce=\"{parsed.Nonce}\", uri=\"{uri}\", response=\"{response}\", "
            + $"algorithm={parsed.AlgorithmName}, qop=auth, nc={count}, cnonce=\"c0ffee\"";
    }

    private DigestVerdict Check(SipRequest request) => _server.Check(request, Host, PasswordOf, _now, out _);

    private string Challenge(int which = 0) => _server.Challenges(Host, _now, isStale: false)[which];

    [Fact]
    public void SHA_256_is_offered_beside_MD5_with_one_nonce()
    {
        var challenges = _server.Challenges(Host, _now, isStale: true);
        Assert.Matches("^Digest realm=\"sip.example.com\", nonce=\"[0-9a-f]{48}\", qop=\"auth\", stale=true, algorithm=MD5$",
            challenges[0]);
        Assert.Equal(challenges[0].Replace("MD5", "SHA-256"), challenges[1]);
        Assert.DoesNotContain("stale", Challenge());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_right_answer_to_either_challenge_is_right(int which)
    {
        Assert.Equal(DigestVerdict.Right, _server.Check(Request(Answer(Challenge(which))), Host, PasswordOf, _now, out string user));
        Assert.Equal("alice", user);
    }

    [Fact] // a client of RFC 2069 that writes what it leaves open with nothing in it
    public void Empty_words_of_an_answer_are_as_if_they_were_not_there()
    {
        Assert.True(DigestChallenge.TryParse(System.Text.Encoding.UTF8.GetBytes(Challenge()), out var parsed));
        const string uri = "sip:sip.example.com";
        string response = DigestResponse.Compute(parsed with { Quality = DigestQuality.None }, "alice", "open sesame", "REGISTER", uri,
            "", "", default);
        Assert.Equal(DigestVerdict.Right, Check(Request($"Digest username=\"alice\", realm=\"{parsed.Realm}\", "
            + $"nonce=\"{parsed.Nonce}\", uri=\"{uri}\", response=\"{response}\", algorithm=\"\", qop=\"\", cnonce=\"\"")));
    }

    [Fact]
    public void Our_own_client_gets_in()
    {
        var client = new DigestClient("alice", "open sesame", new(3));
        var first = Request();
        Assert.Equal(DigestVerdict.Missing, Check(first));
        var refusal = new SipResponseBuilder(first, 401);
        foreach (string challenge in _server.Challenges(Host, _now, isStale: false)) refusal.Add(SipHeader.WwwAuthenticate, challenge);
        Assert.Equal(DigestOutcome.TryAgain, client.Learn(refusal.Build(), first));
        var again = SipRequestBuilder.Again(first, 2);
        client.Authorize(again, "REGISTER", "sip:sip.example.com");
        Assert.Equal(DigestVerdict.Right, Check(again.Build()));
    }

    [Fact]
    public void A_wrong_password_and_an_unknown_user_are_told_the_same()
    {
        Assert.Equal(DigestVerdict.Wrong, Check(Request(Answer(Challenge(), password: "guess"))));
        Assert.Equal(DigestVerdict.Wrong, Check(Request(Answer(Challenge(), user: "nobody"))));
        Assert.Equal(DigestVerdict.Wrong, Check(Request(Answer(Challenge(), user: "nobody", password: "no such user"))));
    }

    [Fact]
    public void An_old_nonce_is_stale_when_the_password_was_right_and_wrong_when_not()
    {
        string challenge = Challenge();
        _now += TimeSpan.FromMinutes(5);
        Assert.Equal(DigestVerdict.Right, Check(Request(Answer(challenge))));
        _now += TimeSpan.FromSeconds(1);
        Assert.Equal(DigestVerdict.Stale, Check(Request(Answer(challenge, uses: 2))));
        Assert.Equal(DigestVerdict.Wrong, Check(Request(Answer(challenge, password: "guess", uses: 3))));
    }

    /// <summary>A forger would learn from the answer whether the password was right, and nobody would have counted it.</summary>
    [Theory]
    [InlineData("open sesame")]
    [InlineData("guess")]
    public void A_nonce_of_another_start_of_nobodys_making_or_of_another_host_is_as_good_as_none_whatever_was_signed(string password)
    {
        string earlier = new DigestServer("sip.example.com", Node with { Epoch = 6 }).Challenges(Host, _now, isStale: false)[0];
        string elsewhere = _server.Challenges(IPAddress.Parse("192.0.2.8"), _now, isStale: false)[0];
        Assert.Equal(DigestVerdict.Foreign, Check(Request(Answer(earlier, password: password))));
        Assert.Equal(DigestVerdict.Foreign, Check(Request(Answer(elsewhere, password: password))));
        Assert.Equal(DigestVerdict.Foreign,
            Check(Request(Answer("Digest realm=\"sip.example.com\", nonce=\"mine\", qop=\"auth\", algorithm=MD5", password: password))));
    }

    [Fact]
    public void Whoever_may_not_try_is_not_heard_and_whoever_shows_no_nonce_of_ours_is_not_asked_about()
    {
        var asked = new List<string>();
        bool May(string user)
        {
            asked.Add(user);
            return user != "alice";
        }
        Assert.Equal(DigestVerdict.Unheard, _server.Check(Request(Answer(Challenge())), Host, PasswordOf, _now, out _, May));
        Assert.Equal(DigestVerdict.Wrong, _server.Check(Request(Answer(Challenge(), user: "nobody")), Host, PasswordOf, _now, out _, May));
        Assert.Equal(DigestVerdict.Foreign,
            _server.Check(Request(Answer("Digest realm=\"sip.example.com\", nonce=\"mine\", qop=\"auth\", algorithm=MD5")), Host,
                PasswordOf, _now, out _, May));
        Assert.Equal(["alice", "nobody"], asked);
    }

    [Fact]
    public void One_address_written_in_two_ways_is_one_host()
    {
        string challenge = _server.Challenges(Host.MapToIPv6(), _now, isStale: false)[0];
        Assert.Equal(DigestVerdict.Right, Check(Request(Answer(challenge))));
    }

    [Fact]
    public void A_captured_request_is_worth_nothing_but_a_retransmission_is()
    {
        string challenge = Challenge();
        Assert.Equal(DigestVerdict.Right, Check(Request(Answer(challenge))));
        Assert.Equal(DigestVerdict.Right, Check(Request(Answer(challenge))));                          // the same branch
        Assert.Equal(DigestVerdict.Stale, Check(Request(Answer(challenge), branch: "z9hG4bK2")));
        Assert.Equal(DigestVerdict.Right, Check(Request(Answer(challenge, uses: 2), branch: "z9hG4bK2")));
        Assert.Equal(DigestVerdict.Stale, Check(Request(Answer(challenge))));
    }

    [Theory] // what the digest is not made over, whoever has seen a request can write as he likes, and leave its branch
    [InlineData("192.0.2.7:5070", "192.0.2.7:5071")]
    [InlineData("Call-ID: reg-1", "Call-ID: reg-2")]
    [InlineData("CSeq: 1 ", "CSeq: 2 ")]
    [InlineData("tag=a", "tag=b")]
    [InlineData("Max-Forwards: 70", "Contact: <sip:thief@192.0.2.7:5099>")]
    [InlineData("Max-Forwards: 70", "Path: <sip:192.0.2.7:5099;lr>")]
    [InlineData("Max-Forwards: 70", "Expires: 0")]
    public void A_captured_request_that_was_changed_is_no_retransmission_whatever_its_branch(string said, string instead)
    {
        string credentials = Answer(Challenge()), captured = Text(credentials);
        Assert.Equal(DigestVerdict.Right, Check(Wire.Request(captured)));
        Assert.Equal(DigestVerdict.Stale, Check(Wire.Request(captured.Replace(said, instead, StringComparison.Ordinal))));
        Assert.Equal(DigestVerdict.Right, Check(Wire.Request(captured.Replace("Max-Forwards: 70", "Max-Forwards: 69",
            StringComparison.Ordinal))));
    }

    [Fact]
    public void A_request_is_repeated_for_32_s_and_is_stale_afterwards()
    {
        string credentials = Answer(Challenge());
        Assert.Equal(DigestVerdict.Right, Check(Request(credentials)));
        _now += TimeSpan.FromSeconds(32);
        Assert.Equal(DigestVerdict.Right, Check(Request(credentials)));
        _now += TimeSpan.FromSeconds(1);
        Assert.Equal(DigestVerdict.Stale, Check(Request(credentials)));
    }

    [Fact]
    public void What_was_signed_for_one_destination_is_no_leave_for_another()
    {
        Assert.Equal(DigestVerdict.Wrong, Check(Request(Answer(Challenge()), uri: "sip:other.example.com")));
        // the same resource, written otherwise
        Assert.Equal(DigestVerdict.Right, Check(Request(Answer(Challenge(), uri: "sip:SIP.example.com"))));
    }

    [Theory]
    [InlineData("sip:bob@sip.example.com", DigestVerdict.Right)]
    [InlineData("sip:b%6Fb@SIP.example.com:5060;transport=tcp", DigestVerdict.Right)]
    [InlineData("sips:bob@sip.example.com;user=phone", DigestVerdict.Right)]
    [InlineData("sip:sip.example.com;transport=tls", DigestVerdict.Right)]
    [InlineData("sip:bobby@sip.example.com:5070;user=phone", DigestVerdict.Wrong)]
    [InlineData("sip:bob@other.example.com:5070;user=phone", DigestVerdict.Wrong)]
    [InlineData("tel:bob", DigestVerdict.Wrong)]
    public void Port_and_parameters_may_be_written_otherwise_than_they_were_signed(string signed, DigestVerdict expected) =>
        Assert.Equal(expected,
            Check(Request(Answer(Challenge(), uri: signed), uri: "sip:bob@sip.example.com:5070;user=phone")));

    [Theory] // a router on the way that writes our address in place of our domain, and a phone that was set up the other way round
    [InlineData("sip:sip.example.com", "sip:192.0.2.1", DigestVerdict.Right)]
    [InlineData("sip:192.0.2.1:5060", "sip:sip.example.com", DigestVerdict.Right)]
    [InlineData("sip:bob@192.0.2.1", "sip:bob@sip.example.com", DigestVerdict.Right)]
    [InlineData("sip:bobby@192.0.2.1", "sip:bob@sip.example.com", DigestVerdict.Wrong)]
    [InlineData("sip:192.0.2.9", "sip:sip.example.com", DigestVerdict.Wrong)]
    [InlineData("sip:sip.example.com", "sip:192.0.2.9", DigestVerdict.Wrong)]
    public void What_was_signed_for_one_of_our_hosts_is_for_another(string signed, string uri, DigestVerdict expected)
    {
        var server = new DigestServer("sip.example.com", Node) { IsOurs = host => host is "sip.example.com" or "192.0.2.1" };
        string challenge = server.Challenges(Host, _now, isStale: false)[0];
        Assert.Equal(expected, server.Check(Request(Answer(challenge, uri: signed), uri: uri), Host, PasswordOf, _now, out _));
    }

    [Theory] // a client that sends on what it has registered with, and one that leaves its old answers where they are
    [InlineData("Proxy-Authorization"), InlineData("Authorization")]
    public void Of_several_answers_that_over_the_newest_nonce_counts_wherever_it_stands(string header)
    {
        string old = Answer(Challenge());
        _now += TimeSpan.FromMinutes(6);
        string newer = Answer(Challenge());
        Assert.Equal(DigestVerdict.Stale, Check(Request(old)));
        Assert.Equal(DigestVerdict.Right, Check(Request($"{old}\n{header}: {newer}")));
        Assert.Equal(DigestVerdict.Right, Check(Request($"{newer}\n{header}: {old}")));
        string nobodys = Answer("Digest realm=\"sip.example.com\", nonce=\"mine\", qop=\"auth\", algorithm=MD5");
        Assert.Equal(DigestVerdict.Right, Check(Request($"{nobodys}\n{header}: {newer}")));
        Assert.Equal(DigestVerdict.Right, Check(Request($"{newer}\n{header}: {nobodys}")));
        Assert.Equal(DigestVerdict.Foreign, Check(Request($"{nobodys}\n{header}: {nobodys}")));
        _now += TimeSpan.FromSeconds(1);
        Assert.Equal(DigestVerdict.Wrong, Check(Request($"{newer}\n{header}: {Answer(Challenge(), password: "guess")}")));
    }

    [Theory] // a client whom two realms have asked
    [InlineData(true), InlineData(false)]
    public void Of_several_answers_in_one_line_ours_is_found(bool isFirst)
    {
        const string others =
            "Digest username=\"bob\", realm=\"other.example.com\", nonce=\"n\", uri=\"sip:x\", response=\"r\", algorithm=MD5, opaque=\"\"";
        string ours = Answer(Challenge());
        var request = Request(isFirst ? $"{ours}, {others}" : $"{others},{ours}");
        Assert.Equal(DigestVerdict.Right, _server.Check(request, Host, PasswordOf, _now, out string user));
        Assert.Equal("alice", user);
    }

    [Fact]
    public void A_client_of_RFC_2069_may_use_a_nonce_once()
    {
        Assert.True(DigestChallenge.TryParse(System.Text.Encoding.UTF8.GetBytes(Challenge(0)), out var parsed));
        parsed = parsed with { Quality = DigestQuality.None };
        string response = DigestResponse.Compute(parsed, "alice", "open sesame", "REGISTER", "sip:sip.example.com", "", "", default);
        string credentials =
            $"Digest username=\"alice\", realm=\"sip.example.com\", nonce=\"{parsed.Nonce}\", uri=\"sip:sip.example.com\", "
            + $"response=\"{response}\"";
        Assert.Equal(DigestVerdict.Right, Check(Request(credentials)));
        Assert.Equal(DigestVerdict.Stale, Check(Request(credentials, branch: "z9hG4bK2")));
    }

    [Fact]
    public void Credentials_for_other_realms_count_as_none()
    {
        Assert.Equal(DigestVerdict.Missing,
            Check(Request("Digest username=\"alice\", realm=\"other\", nonce=\"n\", uri=\"sip:x\", response=\"r\"")));
        Assert.Equal(DigestVerdict.Missing, Check(Request("Basic YWxpY2U6eA==")));
        Assert.Equal(DigestVerdict.Missing, Check(Request("Digest realm=\"sip.example.com\", nonce=\"n\"")));
        Assert.Equal(DigestVerdict.Missing, Check(Request(
            "Digest username=\"alice\", realm=\"sip.example.com\", nonce=\"n\", uri=\"sip:x\", response=\"r\", "
            + "qop=auth, nc=0, cnonce=\"c\"")));
        Assert.Equal(DigestVerdict.Missing, Check(Request(
            "Digest username=\"alice\", realm=\"sip.example.com\", nonce=\"n\", uri=\"sip:x\", response=\"r\", "
            + "qop=auth, nc=000000001, cnonce=\"c\"")));
    }

    [Fact]
    public void A_phone_that_counts_without_zeros_in_front_is_known_and_its_count_goes_on()
    {
        string challenge = Challenge();
        Assert.Equal(DigestVerdict.Right, Check(Request(Answer(challenge, digits: "x"))));
        Assert.Equal(DigestVerdict.Stale, Check(Request(Answer(challenge, digits: "x"), branch: "z9hG4bK2")));
        Assert.Equal(DigestVerdict.Right, Check(Request(Answer(challenge, uses: 18, digits: "x"), branch: "z9hG4bK3")));
    }

    [Fact]
    public void More_nonces_than_the_memory_holds_make_the_oldest_stale()
    {
        string first = Challenge();
        Assert.Equal(DigestVerdict.Right, Check(Request(Answer(first))));
        for (int i = 0; i < Ringwright.Sip.Limits.UsedNonces; i++)
        {
            _now += TimeSpan.FromMilliseconds(1);
            Assert.Equal(DigestVerdict.Right, Check(Request(Answer(Challenge()))));
        }
        Assert.Equal(DigestVerdict.Stale, Check(Request(Answer(first, uses: 2))));
    }
}
