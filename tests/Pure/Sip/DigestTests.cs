using System.Text;
using Ringwright.Sip;
using Ringwright.Sip.Auth;
using Ringwright.Sip.Messages;

namespace Ringwright.Pure.Sip;

public sealed class DigestTests
{
    private readonly DigestClient _client = new("Mufasa", "Circle of Life", new(1));

    private static SipResponse Challenge(params string[] headers) => Wire.Response(
        $"""
        SIP/2.0 401 Unauthorized
        Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx
        From: <sip:a@h>;tag=1
        To: <sip:b@h>;tag=2
        Call-ID: c
        CSeq: 1 INVITE
        {string.Join('\n', headers)}
        Content-Length: 0
        """);

    private SipRequest Authorized(SipRequest request)
    {
        var again = SipRequestBuilder.Again(request, request.CSeq.Number + 1);
        _client.Authorize(again, "INVITE", request.RequestUri.AsText(), request.Body);
        return again.Build();
    }

    private static int Count(SipRequest request, string header) => request.ToString().Split($"\r\n{header}: ").Length - 1;

    [Theory]
    [InlineData(0, DigestOutcome.TryAgain), InlineData(1, DigestOutcome.NoChallenge)]
    public void A_challenge_is_as_long_as_can_be_answered(int more, DigestOutcome expected)
    {
        const string head = "Digest realm=\"r\", qop=\"auth\", nonce=\"";
        string nonce = string.Concat(Enumerable.Repeat("\\xFC", Limits.ChallengeBytes + more - head.Length - 1));
        var request = Samples.OutgoingInvite();
        Assert.Equal(expected, _client.Learn(Challenge($"WWW-Authenticate: {head}{nonce}\""), request));
        Assert.Equal(expected is DigestOutcome.TryAgain, Authorized(request).Has(SipHeader.Authorization));
    }

    [Theory] // the examples of RFC 7616 §3.9.1 and RFC 2617 §3.5
    [InlineData(DigestAlgorithm.Md5, "http-auth@example.org", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "8ca523f5e9506fed4657c9700eebdbec")]
    [InlineData(DigestAlgorithm.Sha256, "http-auth@example.org", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1")]
    public void The_arithmetic_is_that_of_RFC_7616(DigestAlgorithm algorithm, string realm, string nonce,
        string clientNonce, string expected)
    {
        var challenge = new DigestChallenge { Realm = realm, Nonce = nonce, Algorithm = algorithm, Quality = DigestQuality.Auth };
        Assert.Equal(expected,
            DigestResponse.Compute(challenge, "Mufasa", "Circle of Life", "GET", "/dir/index.html", "00000001", clientNonce, default));
    }

    [Fact]
    public void The_arithmetic_is_that_of_RFC_2617_too()
    {
        var challenge = new DigestChallenge
        {
            Realm = "testrealm@host.com", Nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093", Quality = DigestQuality.Auth
        };
        Assert.Equal("6629fae49393a05397450978507c4ef1",
            DigestResponse.Compute(challenge, "Mufasa", "Circle Of Life", "GET", "/dir/index.html", "00000001", "0a4f113b", default));
        Assert.Equal("670fd8c2df070c60b045671b8b24ff02", DigestResponse.Compute(challenge with { Quality = DigestQuality.None }, "Mufasa",
            "Circle Of Life", "GET", "/dir/index.html", "", "", default));
    }

    [Theory] // made by md5sum and sha256sum
    [InlineData(DigestAlgorithm.Md5, "8e3825c57e897f5a0dec6c2d4e5059d0")]
    [InlineData(DigestAlgorithm.Sha256, "b8822e12417cb7750f4e2b8515f0dcf25b7dd26993e80bee1426201446a7f59b")]
    public void A_session_hashes_the_password_once_more(DigestAlgorithm algorithm, string expected)
    {
        var challenge = new DigestChallenge
        {
            Realm = "testrealm@host.com", Nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093", Algorithm = algorithm, IsSession = true,
            Quality = DigestQuality.Auth
        };
        Assert.Equal(expected,
            DigestResponse.Compute(challenge, "Mufasa", "Circle Of Life", "GET", "/dir/index.html", "00000001", "0a4f113b", default));
    }

    [Fact]
    public void A_session_is_answered_by_the_name_that_the_server_gave_it()
    {
        var invite = Samples.OutgoingInvite();
        Assert.Equal(DigestOutcome.TryAgain,
            _client.Learn(Challenge("WWW-Authenticate: Digest realm=\"r\", nonce=\"1\", algorithm=MD5-sess, qop=\"auth\""), invite));
        var again = Authorized(invite);
        Assert.Contains("algorithm=MD5-sess, qop=auth, nc=00000001", again.Text(SipHeader.Authorization), StringComparison.Ordinal);
        Assert.Equal(DigestOutcome.Rejected,
            _client.Learn(Challenge("WWW-Authenticate: Digest realm=\"r\", nonce=\"2\", algorithm=MD5-sess, qop=\"auth\""), again));
    }

    [Theory]
    [InlineData("Digest realm=\"r\", nonce=\"0\", algorithm=SHA-512-256, qop=\"auth\", "
        + "Digest realm=\"r\", nonce=\"1\", qop=\"auth, auth-int\",Digest realm=\"r\", nonce=\"2\"", "1")]
    [InlineData("Basic realm=\"r\", Digest realm = \"r\", nonce = \"1\"", "1")]
    [InlineData("Digest realm=\"r, Digest x\", nonce=\"1\"", "1")]
    [InlineData("Digest  realm=\"r\",  nonce=\"1\" , , Bearer x", "1")]
    public void Of_several_challenges_in_one_line_the_first_that_we_can_answer_is_answered(string value, string nonce)
    {
        var invite = Samples.OutgoingInvite();
        Assert.Equal(DigestOutcome.TryAgain, _client.Learn(Challenge("WWW-Authenticate: " + value), invite));
        Assert.Contains($"nonce=\"{nonce}\"", Authorized(invite).Text(SipHeader.Authorization), StringComparison.Ordinal);
    }

    [Fact]
    public void A_challenge_comes_apart()
    {
        Assert.True(DigestChallenge.TryParse(
            "digest  realm=\"a, \\\"b\\\"\" ,nonce=\"n\",opaque=\"\",stale=TRUE,algorithm=sha-256,qop=\"auth-int , auth\",unknown=x"u8,
            out var challenge));
        Assert.Equal(new()
        {
            Realm = "a, \"b\"", Nonce = "n", Opaque = "", IsStale = true, Algorithm = DigestAlgorithm.Sha256, AlgorithmName = "sha-256",
            Quality = DigestQuality.Auth
        }, challenge);
    }

    [Theory]
    [InlineData("algorithm=\"\", qop=\"\""), InlineData("algorithm=, qop="), InlineData("qop=\"\",algorithm=MD5")]
    public void What_a_challenge_leaves_empty_it_leaves_open(string rest)
    {
        Assert.True(DigestChallenge.TryParse(Encoding.UTF8.GetBytes($"Digest realm=\"r\", nonce=\"n\", {rest}"), out var challenge));
        Assert.Equal((DigestAlgorithm.Md5, DigestQuality.None, false), (challenge.Algorithm, challenge.Quality, challenge.IsSession));
    }

    [Theory]
    [InlineData("Basic realm=\"x\"")]
    [InlineData("Digest realm=\"x\"")]
    [InlineData("Digest nonce=\"x\"")]
    [InlineData("Digest realm=\"x\", nonce=\"n\", algorithm=SHA-512-256")]
    [InlineData("Digest realm=\"x\", nonce=\"n\", algorithm=MD5-sess")]
    [InlineData("Digest realm=\"x\", nonce=\"n\", algorithm=-sess, qop=\"auth\"")]
    [InlineData("Digest realm=\"x\", nonce=\"n\", qop=\"token\"")]
    [InlineData("Digest realm=\"x, nonce=\"n\"")]
    [InlineData("Digest")]
    [InlineData("")]
    public void What_we_cannot_answer_is_no_challenge(string value) =>
        Assert.False(DigestChallenge.TryParse(Encoding.UTF8.GetBytes(value), out _));

    [Fact]
    public void The_first_challenge_of_a_realm_that_we_can_answer_is_answered()
    {
        var invite = Samples.OutgoingInvite();
        var outcome = _client.Learn(Challenge("WWW-Authenticate: Digest realm=\"r\", nonce=\"0\", algorithm=SHA-512-256, qop=\"auth\"",
            "WWW-Authenticate: Digest realm=\"r\", nonce=\"1\", algorithm=SHA-256, qop=\"auth\", opaque=\"o\"",
            "WWW-Authenticate: Digest realm=\"r\", nonce=\"2\", algorithm=MD5, qop=\"auth\"",
            "Proxy-Authenticate: Digest realm=\"p\", nonce=\"3\""), invite);
        Assert.Equal(DigestOutcome.TryAgain, outcome);
        var again = Authorized(invite);
        string credentials = again.Text(SipHeader.Authorization)!; // just added
        Assert.StartsWith("Digest username=\"Mufasa\", realm=\"r\", nonce=\"1\", uri=\"sip:bob@192.0.2.7:5070\", response=\"", credentials,
            StringComparison.Ordinal);
        Assert.Contains("algorithm=SHA-256, opaque=\"o\", qop=auth, nc=00000001, cnonce=\"", credentials, StringComparison.Ordinal);
        Assert.DoesNotContain("qop", again.Text(SipHeader.ProxyAuthorization), StringComparison.Ordinal);
        Assert.Equal(2u, again.CSeq.Number);
        Assert.Equal(invite.From.Tag.AsText(), again.From.Tag.AsText());
    }

    [Fact]
    public void The_nonce_count_rises_and_credentials_are_replaced_not_added()
    {
        var invite = Samples.OutgoingInvite();
        _client.Learn(Challenge("WWW-Authenticate: Digest realm=\"r\", nonce=\"1\", qop=\"auth\""), invite);
        var second = Authorized(Authorized(invite));
        Assert.Contains("nc=00000002", second.Text(SipHeader.Authorization), StringComparison.Ordinal);
        Assert.Equal(1, second.ToString().Split("\r\nAuthorization: ").Length - 1);
    }

    [Fact]
    public void A_refusal_of_fresh_credentials_is_final_and_a_stale_nonce_is_not()
    {
        var invite = Samples.OutgoingInvite();
        _client.Learn(Challenge("WWW-Authenticate: Digest realm=\"r\", nonce=\"1\", qop=\"auth\""), invite);
        var again = Authorized(invite);
        Assert.Equal(DigestOutcome.TryAgain,
            _client.Learn(Challenge("WWW-Authenticate: Digest realm=\"r\", nonce=\"2\", qop=\"auth\", stale=true"), again));
        again = Authorized(again);
        Assert.Contains("nonce=\"2\"", again.Text(SipHeader.Authorization), StringComparison.Ordinal);
        Assert.Contains("nc=00000001", again.Text(SipHeader.Authorization), StringComparison.Ordinal);
        Assert.Equal(DigestOutcome.Rejected,
            _client.Learn(Challenge("WWW-Authenticate: Digest realm=\"r\", nonce=\"3\", qop=\"auth\""), again));
    }

    [Fact]
    public void An_expired_nonce_of_a_server_that_does_not_say_stale_is_tried_once_more()
    {
        var invite = Samples.OutgoingInvite();
        _client.Learn(Challenge("WWW-Authenticate: Digest realm=\"r\", nonce=\"1\", qop=\"auth\""), invite);
        var later = Authorized(Authorized(invite));
        var challenge = Challenge("WWW-Authenticate: Digest realm=\"r\", nonce=\"2\", qop=\"auth\"");
        Assert.Equal(DigestOutcome.TryAgain, _client.Learn(challenge, later));
        Assert.Equal(DigestOutcome.Rejected, _client.Learn(challenge, Authorized(later)));
    }

    [Fact] // some keep a nonce for a while
    public void A_nonce_that_is_given_once_more_is_counted_on()
    {
        var challenge = Challenge("WWW-Authenticate: Digest realm=\"r\", nonce=\"1\", qop=\"auth\"");
        var invite = Samples.OutgoingInvite();
        _client.Learn(challenge, invite);
        Assert.Contains("nc=00000001", Authorized(invite).Text(SipHeader.Authorization), StringComparison.Ordinal);
        // Another request, which had no credentials.
        Assert.Equal(DigestOutcome.TryAgain, _client.Learn(challenge, Samples.OutgoingInvite()));
        var second = Authorized(invite);
        Assert.Contains("nc=00000002", second.Text(SipHeader.Authorization), StringComparison.Ordinal);
        Assert.Equal(DigestOutcome.TryAgain, _client.Learn(challenge, second));
        var third = Authorized(invite);
        Assert.Contains("nc=00000003", third.Text(SipHeader.Authorization), StringComparison.Ordinal);
        Assert.Equal(DigestOutcome.Rejected, _client.Learn(challenge, third));
    }

    [Fact] // registrars of one name with a realm each
    public void What_another_server_asked_for_is_not_sent_to_this_one()
    {
        var request = Samples.OutgoingInvite();
        for (int i = 0; i <= Limits.Challenges; i++)
        {
            Assert.Equal(DigestOutcome.TryAgain,
                _client.Learn(Challenge($"WWW-Authenticate: Digest realm=\"r{i}\", nonce=\"{i}\", qop=\"auth\""), request));
            request = Authorized(request);
            Assert.Contains($"realm=\"r{i}\"", request.Text(SipHeader.Authorization), StringComparison.Ordinal);
            Assert.Equal(1, Count(request, "Authorization"));
        }
    }

    [Fact]
    public void What_one_proxy_asked_for_is_sent_also_when_the_next_one_and_the_server_have_asked()
    {
        var request = Samples.OutgoingInvite();
        foreach (string header in (string[])["Proxy-Authenticate", "Proxy-Authenticate", "WWW-Authenticate"])
        {
            string realm = $"r{request.CSeq.Number}";
            Assert.Equal(DigestOutcome.TryAgain, _client.Learn(Challenge($"{header}: Digest realm=\"{realm}\", nonce=\"1\""), request));
            request = Authorized(request);
        }
        Assert.Equal((2, 1), (Count(request, "Proxy-Authorization"), Count(request, "Authorization")));
    }

    [Fact]
    public void Of_more_proxies_than_are_kept_the_last_one_is_answered()
    {
        var request = Samples.OutgoingInvite();
        for (int i = 0; i <= Limits.Challenges; i++)
            _client.Learn(Challenge($"Proxy-Authenticate: Digest realm=\"r{i}\", nonce=\"{i}\""), request);
        request = Authorized(request);
        Assert.Equal(Limits.Challenges, Count(request, "Proxy-Authorization"));
        Assert.Contains($"realm=\"r{Limits.Challenges}\"", request.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_response_without_a_usable_challenge_leaves_nothing_to_do() =>
        Assert.Equal(DigestOutcome.NoChallenge, _client.Learn(Challenge("WWW-Authenticate: Bearer x"), Samples.OutgoingInvite()));

    [Fact]
    public void Challenges_beyond_the_limit_are_not_looked_at()
    {
        string[] many = [.. Enumerable.Repeat("WWW-Authenticate: Basic realm=\"x\"", Ringwright.Sip.Limits.Challenges - 1)];
        const string digest = "WWW-Authenticate: Digest realm=\"r\", nonce=\"1\"";
        Assert.Equal(DigestOutcome.TryAgain, _client.Learn(Challenge([.. many, digest]), Samples.OutgoingInvite()));
        Assert.Equal(DigestOutcome.NoChallenge, _client.Learn(Challenge([.. many, many[0], digest]), Samples.OutgoingInvite()));
    }
}
