using System.Net;
using System.Text;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Auth;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;
using Ringwright.Switch.Routing;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

public sealed class PhoneIngressFilterTests
{
    private static readonly IPEndPoint Somewhere = new(IPAddress.Parse("198.51.100.20"), 40_000);
    private static readonly IPEndPoint Office = new(IPAddress.Parse("203.0.113.9"), 5060);

    private readonly ShardRig _rig = new();
    private int _cseq;
    private double _seconds = 10;

    public PhoneIngressFilterTests() => _rig.Current = Phones.Snapshot();

    private IngressVerdict Judge(string text, IPEndPoint? source = null) =>
        _rig.Filter.Judge(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")), SipFlow.Udp(source ?? Somewhere),
            new((long)(_seconds * 1e9)));

    private static string Text(IngressVerdict verdict) => Encoding.UTF8.GetString(verdict.Reply!.Bytes.Span);

    /// <summary>Asks, is challenged, answers.</summary>
    private IngressVerdict Try(string user, string password, string method = "REGISTER", IPEndPoint? source = null,
        string uri = "sip:sip.example.com")
    {
        string request = Phones.Request(method, user, ++_cseq, uri: uri);
        string challenge = Text(Judge(request, source));
        return Judge(Phones.Request(method, user, ++_cseq, Phones.Answer(challenge, user, password, method, uri), uri), source);
    }

    [Fact]
    public void A_REGISTER_for_our_domain_is_challenged_and_then_goes_to_the_registrar()
    {
        string challenge = Text(Judge(Phones.Request("REGISTER", "alice1", 1)));
        Assert.StartsWith("SIP/2.0 401", challenge);
        Assert.Equal(2, challenge.Split("WWW-Authenticate: Digest realm=\"sip.example.com\"").Length - 1);
        var verdict = Try("alice1", "secret-of-alice");
        Assert.Equal((IngressFilter.RegistrarShard, "alice1"), (verdict.Shard, verdict.Caller?.User));
        Assert.Equal(Phones.Desk.Id, verdict.Caller!.Connection.Id);
    }

    [Theory] // as ezk's refreshes had it
    [InlineData(null), InlineData("<sip:alice1@sip.example.com>;tag=of-another-registrar")]
    public void A_REGISTER_that_keeps_the_tag_of_the_last_answer_is_one_like_any(string? to)
    {
        const string uri = "sip:sip.example.com";
        _rig.ReceiveFrom(new(Phones.Desk, "alice1"), Phones.Request("REGISTER", "alice1", ++_cseq));
        to ??= Header(_rig.SentLast("SIP/2.0 200"), "To");
        Assert.Contains(";tag=", to);
        string Refresh(string? credentials = null) => Phones.Request("REGISTER", "alice1", ++_cseq, credentials)
            .Replace("To: <sip:alice1@sip.example.com>", $"To: {to}", StringComparison.Ordinal);

        string challenge = Text(Judge(Refresh()));
        Assert.StartsWith("SIP/2.0 401", challenge);
        string refresh = Refresh(Phones.Answer(challenge, "alice1", "secret-of-alice", "REGISTER", uri));
        var verdict = Judge(refresh);
        Assert.Equal((IngressFilter.RegistrarShard, "alice1"), (verdict.Shard, verdict.Caller?.User));
        _rig.ReceiveFrom(verdict.Caller!, refresh);     // it has one
        Assert.Equal(2, _rig.SentCount("SIP/2.0 200"));
        Assert.Equal(to, Header(_rig.SentLast("SIP/2.0 200"), "To"));
    }

    [Theory]
    [InlineData("alice1@sip.example.com", "alice1"), InlineData("alice1@SIP.Example.com", "alice1")]
    [InlineData("alice1@elsewhere.example", null), InlineData("@sip.example.com", null), InlineData("nobody@sip.example.com", null)]
    public void A_name_with_our_domain_behind_it_is_the_name(string written, string? user)
    {
        const string uri = "sip:sip.example.com";
        string challenge = Text(Judge(Phones.Request("REGISTER", "alice1", ++_cseq, uri: uri)));
        string answer = Phones.Answer(challenge, written, "secret-of-alice", "REGISTER", uri);
        var verdict = Judge(Phones.Request("REGISTER", "alice1", ++_cseq, answer, uri));
        Assert.Equal(user, verdict.Caller?.User);
        if (user is null) Assert.StartsWith("SIP/2.0 401", Text(verdict));
    }

    [Theory] // a router on the way has written our address in place of our domain
    [InlineData("sip:sip.example.com", "alice1"), InlineData("sip:elsewhere.example", null)]
    public void A_phone_may_have_signed_another_of_our_hosts_than_its_request_names(string signed, string? user)
    {
        const string uri = "sip:127.0.0.1";
        string challenge = Text(Judge(Phones.Request("REGISTER", "alice1", ++_cseq, uri: uri)));
        string answer = Phones.Answer(challenge, "alice1", "secret-of-alice", "REGISTER", signed);
        Assert.Equal(user, Judge(Phones.Request("REGISTER", "alice1", ++_cseq, answer, uri)).Caller?.User);
    }

    [Fact]
    public void A_SUBSCRIBE_is_challenged_before_anything_is_kept_and_then_goes_where_the_lamps_are()
    {
        const string uri = "sip:alice1@sip.example.com";
        string challenge = Text(Judge(Phones.Request("SUBSCRIBE", "alice1", ++_cseq, uri: uri, extra: "Event: dialog")));
        Assert.StartsWith("SIP/2.0 401", challenge);
        string answer = Phones.Answer(challenge.Replace("WWW-Auth", "Proxy-Auth"), "alice1", "secret-of-alice", "SUBSCRIBE", uri);
        var verdict = Judge(Phones.Request("SUBSCRIBE", "alice1", ++_cseq, answer, uri, extra: "Event: dialog"));
        Assert.Equal((IngressFilter.RegistrarShard, "alice1"), (verdict.Shard, verdict.Caller?.User));
        Assert.StartsWith("SIP/2.0 403", Text(Judge(
            Phones.Request("SUBSCRIBE", "alice1", ++_cseq).Replace("alice1@sip.example.com", "alice1@other.example.com"))));
        // From the laptop itself too: every phone on it is a known source.
        Assert.StartsWith("SIP/2.0 401", Text(Judge(Phones.Request("SUBSCRIBE", "alice1", ++_cseq), Peer)));
        // A trunk's, in the name of nobody of ours, is answered by a shard, to which it is no phone.
        Assert.Null(Judge(Invite(body: null).Replace("INVITE", "SUBSCRIBE"), Peer).Caller);
    }

    [Fact]
    public void A_MESSAGE_is_challenged_and_then_goes_to_the_registrar_and_a_stranger_s_is_refused()
    {
        const string uri = "sip:+4989113@sip.example.com";
        string challenge = Text(Judge(Phones.Request("MESSAGE", "alice1", ++_cseq, uri: uri)));
        Assert.StartsWith("SIP/2.0 401", challenge);
        string answer = Phones.Answer(challenge.Replace("WWW-Auth", "Proxy-Auth"), "alice1", "secret-of-alice", "MESSAGE", uri);
        var verdict = Judge(Phones.Request("MESSAGE", "alice1", ++_cseq, answer, uri));
        Assert.Equal((IngressFilter.RegistrarShard, "alice1"), (verdict.Shard, verdict.Caller?.User));
        Assert.StartsWith("SIP/2.0 403", Text(Judge(
            Phones.Request("MESSAGE", "alice1", ++_cseq).Replace("alice1@sip.example.com", "alice1@other.example.com"))));
        // From the laptop itself too: every phone on it is a known source.
        Assert.StartsWith("SIP/2.0 401", Text(Judge(Phones.Request("MESSAGE", "alice1", ++_cseq), Peer)));
        // A trunk's is answered by a shard, to which it is no phone.
        Assert.Null(Judge(Invite(body: null).Replace("INVITE", "MESSAGE"), Peer).Caller);
    }

    /// <summary>One that gives up on a challenge by anything else, wherever it stands.</summary>
    [Theory]
    [InlineData("REGISTER"), InlineData("INVITE")]
    public void A_phone_that_is_known_to_have_only_MD5_is_asked_for_nothing_else(string method)
    {
        string challenge = Text(Judge(Phones.Request(method, "alice1", 1, extra: "User-Agent: baresip v1.0.0 (x86_64/linux)")));
        Assert.Contains("algorithm=MD5", challenge);
        Assert.DoesNotContain("SHA-256", challenge);
    }

    [Fact]
    public void Known_and_unknown_users_meet_the_same()
    {
        string Mask(string text) =>
            System.Text.RegularExpressions.Regex.Replace(text, "(REGISTER|CSeq: )[0-9]+|tag=[^\r]*|nonce=\"[0-9a-f]+\"|alice1|nobody", "");
        Assert.Equal(Mask(Text(Judge(Phones.Request("REGISTER", "alice1", 1)))),
            Mask(Text(Judge(Phones.Request("REGISTER", "nobody", 1)))));
        Assert.Equal(Mask(Text(Try("alice1", "guess"))), Mask(Text(Try("nobody", "guess"))));
        Assert.Equal(Mask(Text(Judge(Phones.Request("INVITE", "alice1", 1)))), Mask(Text(Judge(Phones.Request("INVITE", "nobody", 1)))));
        Assert.StartsWith("SIP/2.0 407", Text(Judge(Phones.Request("INVITE", "nobody", 1))));
    }

    [Theory]
    [InlineData("alice1", "guess", "wrong_password")]
    [InlineData("nobody", "guess", "unknown_user")]
    [InlineData("expired", "secret-of-expired", "expired_user")]
    [InlineData("sleeper", "secret-of-sleeper", "connection_inactive")]
    public void Why_a_REGISTER_was_refused_is_the_operators_to_know(string user, string password, string why)
    {
        Assert.Equal(new RefusedUser(user, why), Try(user, password).Refused);
        Assert.Null(Try("alice1", "secret-of-alice").Refused);
        Assert.Null(Judge(Phones.Request("REGISTER", "alice1", 99)).Refused);        // not before the challenge
    }

    [Fact]
    public void Who_is_shut_out_is_told_as_such()
    {
        for (int i = 0; i < Limits.FailuresPerName; i++) Assert.Equal("wrong_password", Try("alice1", "guess").Refused?.Why);
        var seen = Enumerable.Range(0, 5).Select(_ => Try("alice1", "guess").Refused?.Why).ToList();
        Assert.Contains("shut_out", seen);
        Assert.Equal(new RefusedUser("@other.example.com", "foreign_domain"),
            Judge(Phones.Request("REGISTER", "alice1", 1, uri: "sip:other.example.com")).Refused);
    }

    [Fact]
    public void An_INVITE_with_the_right_password_goes_to_its_shard_as_the_connections()
    {
        var verdict = Try("alice1", "secret-of-alice", "INVITE", uri: "sip:+4989456@sip.example.com");
        Assert.Equal((0, true, "alice1"), (verdict.Shard, verdict.IsNewCall, verdict.Caller?.User));
    }

    [Fact]
    public void Why_an_INVITE_was_refused_is_the_operators_to_know_and_a_challenge_refuses_nobody()
    {
        const string number = "sip:+4989456@sip.example.com";
        var asked = Judge(Phones.Request("INVITE", "alice1", ++_cseq, uri: number));
        Assert.Equal((IngressFilter.Challenged, 407, null), (asked.Reason, asked.Status, asked.Refused?.Why));
        var wrong = Try("alice1", "guess", "INVITE", uri: number);
        Assert.Equal((407, "wrong_password"), (wrong.Status, wrong.Refused?.Why));
        var stranger = Judge(Phones.Request("INVITE", "alice1", 1).Replace("alice1@sip.example.com", "alice1@other.example.com"));
        Assert.Equal(("stranger", 403, null), (stranger.Reason, stranger.Status, stranger.Refused?.Why));
    }

    [Theory] // who hides, as phones write it, and a PBX that has its own address in From, or the name of its machine or container
    [InlineData("anonymous@anonymous.invalid"), InlineData("Anonymous@localhost")]
    [InlineData("1001@019f9ae299f5"), InlineData("1001@pbx.Local"), InlineData("1001@freepbx.office.lan.")]
    [InlineData("alice1@198.51.100.20"), InlineData("alice1@192.168.1.20:5062")]
    public void A_caller_whose_From_names_no_domain_is_asked_for_a_password(string from)
    {
        const string number = "sip:+4989456@sip.example.com";
        string As(string request) => request.Replace("From: <sip:alice1@sip.example.com>", $"From: <sip:{from}>", StringComparison.Ordinal);
        string challenge = Text(Judge(As(Phones.Request("INVITE", "alice1", ++_cseq, uri: number))));
        Assert.StartsWith("SIP/2.0 407", challenge);
        string answer = Phones.Answer(challenge, "alice1", "secret-of-alice", "INVITE", number);
        Assert.Equal("alice1", Judge(As(Phones.Request("INVITE", "alice1", ++_cseq, answer, number))).Caller?.User);
        Assert.Equal(0, Judge(As(Phones.Request("CANCEL", "alice1", _cseq, uri: number))).Shard);
        // What is not for us, or no call, is a stranger's.
        Assert.StartsWith("SIP/2.0 403", Text(Judge(As(Phones.Request("INVITE", "alice1", 9, uri: "sip:+4989456@other.example.com")))));
        Assert.StartsWith("SIP/2.0 403", Text(Judge(As(Phones.Request("OPTIONS", "alice1", 9, uri: number)))));
    }

    [Theory] // as phones of mobile networks write it
    [InlineData("sip:+4989456@sip.example.com"), InlineData("tel:+4989456")]
    public void A_caller_whose_From_is_a_telephone_number_is_asked_for_a_password(string called)
    {
        static string As(string request) =>
            request.Replace("From: <sip:alice1@sip.example.com>", "From: <tel:+4989111>", StringComparison.Ordinal);
        string challenge = Text(Judge(As(Phones.Request("INVITE", "alice1", ++_cseq, uri: called))));
        Assert.StartsWith("SIP/2.0 407", challenge);
        string answer = Phones.Answer(challenge, "alice1", "secret-of-alice", "INVITE", called);
        Assert.Equal("alice1", Judge(As(Phones.Request("INVITE", "alice1", ++_cseq, answer, called))).Caller?.User);
        Assert.StartsWith("SIP/2.0 403", Text(Judge(As(Phones.Request("INVITE", "alice1", 9, uri: "sip:+4989456@other.example.com")))));
    }

    [Theory]
    [InlineData("MESSAGE", "sip:+4989113@sip.example.com", "tel:+4989111"), InlineData("MESSAGE", "tel:+4989113", "tel:+4989111")]
    [InlineData("MESSAGE", "sip:bob@sip.example.com", "sip:1001@pbx.local")]
    [InlineData("SUBSCRIBE", "sip:alice1@sip.example.com", "tel:+4989111")]
    [InlineData("SUBSCRIBE", "sip:alice1@sip.example.com", "sip:anonymous@anonymous.invalid")]
    public void Texts_and_subscriptions_whose_From_names_no_domain_are_asked_for_a_password_too(string method, string uri, string from)
    {
        string As(string request) => request.Replace("From: <sip:alice1@sip.example.com>", $"From: <{from}>", StringComparison.Ordinal);
        string challenge = Text(Judge(As(Phones.Request(method, "alice1", ++_cseq, uri: uri))));
        Assert.StartsWith("SIP/2.0 401", challenge);
        string answer = Phones.Answer(challenge.Replace("WWW-Auth", "Proxy-Auth"), "alice1", "secret-of-alice", method, uri);
        var verdict = Judge(As(Phones.Request(method, "alice1", ++_cseq, answer, uri)));
        Assert.Equal((IngressFilter.RegistrarShard, "alice1"), (verdict.Shard, verdict.Caller?.User));
        Assert.StartsWith("SIP/2.0 403", Text(Judge(As(Phones.Request(method, "alice1", 9, uri: "sip:bob@other.example.com")))));
        // A PBX that is known by its address may have none.
        Assert.Null(Judge(As(Phones.Request(method, "alice1", 10, uri: uri)), Office).Reply);
    }

    [Fact]
    public void Other_domains_and_other_callers_are_strangers()
    {
        Assert.StartsWith("SIP/2.0 403", Text(Judge(Phones.Request("REGISTER", "alice1", 1, uri: "sip:other.example.com"))));
        Assert.StartsWith("SIP/2.0 403",
            Text(Judge(Phones.Request("INVITE", "alice1", 1).Replace("alice1@sip.example.com", "alice1@other.example.com"))));
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("sleeper")]
    public void A_user_that_has_expired_or_is_switched_off_does_not_get_in(string user) =>
        Assert.StartsWith("SIP/2.0 401", Text(Try(user, "secret-of-" + user)));

    /// <summary>Credentials over a nonce that the forger made up.</summary>
    private IngressVerdict Forge(string user, string method = "REGISTER", IPEndPoint? source = null, string password = "guess")
    {
        const string uri = "sip:sip.example.com";
        string made = $"{(method == "REGISTER" ? "WWW" : "Proxy")}-Authenticate: Digest realm=\"sip.example.com\", nonce=\"{_cseq:x48}\", "
            + "qop=\"auth\", algorithm=MD5\r\n";
        return Judge(Phones.Request(method, user, ++_cseq, Phones.Answer(made, user, password, method, uri), uri), source);
    }

    [Theory]
    [InlineData("REGISTER"), InlineData("INVITE")]
    public void Forged_credentials_get_a_fresh_challenge_however_many_and_shut_nobody_out(string method)
    {
        for (int i = 0; i < Limits.ChallengesPerSecond - 2; i++)
        {
            var verdict = Forge("alice1", method);
            Assert.StartsWith(method == "REGISTER" ? "SIP/2.0 401" : "SIP/2.0 407", Text(verdict));
            Assert.Contains("stale=true", Text(verdict));
        }
        Assert.Equal("alice1", Try("alice1", "secret-of-alice").Caller?.User);
    }

    /// <summary>Else whoever forges would learn which password is right.</summary>
    [Fact]
    public void Forged_credentials_are_not_looked_at()
    {
        string Mask(string text) =>
            System.Text.RegularExpressions.Regex.Replace(text, "(REGISTER|CSeq: )[0-9]+|tag=[^\r]*|nonce=\"[0-9a-f]+\"", "");
        Assert.Equal(Mask(Text(Forge("alice1"))), Mask(Text(Forge("alice1", password: "secret-of-alice"))));
    }

    [Fact]
    public void A_nonce_that_was_sent_to_one_host_proves_nothing_for_another_and_its_port_does_not_matter()
    {
        string challenge = Text(Judge(Phones.Request("REGISTER", "alice1", 1)));
        string Answer(string password) =>
            Phones.Request("REGISTER", "alice1", ++_cseq, Phones.Answer(challenge, "alice1", password, "REGISTER", "sip:sip.example.com"));
        for (int i = 0; i < Limits.FailuresPerName + 5; i++) Assert.Contains("stale=true", Text(Judge(Answer("guess"), Office)));
        Assert.Equal("alice1", Try("alice1", "secret-of-alice", source: Office).Caller?.User);
        Assert.Equal("alice1", Judge(Answer("secret-of-alice"), new(Somewhere.Address, 40_001)).Caller?.User);
    }

    [Fact]
    public void Guessing_is_answered_no_more_after_ten_times_and_for_longer_each_time()
    {
        for (int i = 0; i < Limits.FailuresPerName; i++) Assert.StartsWith("SIP/2.0 401", Text(Try("alice1", "guess")));
        Assert.StartsWith("SIP/2.0 403", Text(Try("alice1", "secret-of-alice")));
        Assert.Equal("alice1", Try("alice1", "secret-of-alice", source: Office).Caller?.User);       // other addresses do not suffer
        _seconds += 5.1;
        Assert.Equal("alice1", Try("alice1", "secret-of-alice").Caller?.User);
        for (int i = 0; i < Limits.FailuresPerName; i++) Try("alice1", "guess");
        _seconds += 5.1;
        Assert.StartsWith("SIP/2.0 403", Text(Try("alice1", "secret-of-alice")));
        _seconds += 5.1;
        Assert.Equal("alice1", Try("alice1", "secret-of-alice").Caller?.User);
    }

    /// <summary>Behind a NAT they have one address and different ports.</summary>
    [Fact]
    public void A_phone_beside_a_guesser_gets_in_whether_it_is_the_name_that_he_tries_or_another()
    {
        var phone = new IPEndPoint(Somewhere.Address, 40_001);
        for (int i = 0; i < Limits.FailuresPerName + 5; i++) Try("alice1", "guess");
        Assert.StartsWith("SIP/2.0 403", Text(Try("alice1", "guess")));
        Assert.Equal("alice1", Try("alice1", "secret-of-alice", source: phone).Caller?.User);
        _seconds += 1;
        Assert.Equal("alice1", Try("alice1", "secret-of-alice", "INVITE", phone, "sip:+4989456@sip.example.com").Caller?.User);
        Assert.StartsWith("SIP/2.0 401", Text(Try("nobody", "guess")));     // one name after another, from one address
    }

    [Fact]
    public void While_a_name_is_shut_out_ports_that_were_not_wrong_are_heard_at_a_bounded_pace()
    {
        for (int i = 0; i < Limits.FailuresPerName; i++) Try("alice1", "guess");
        int heard = 0;
        for (int port = 50_000; port < 50_100; port++)
            heard += Try("alice1", "guess", source: new(Somewhere.Address, port)) is { Reason: "challenged" } ? 1 : 0;
        Assert.Equal(Limits.FreshTriesPerName, heard);
        _seconds += 1;
        Assert.Equal("alice1", Try("alice1", "secret-of-alice", source: new(Somewhere.Address, 50_200)).Caller?.User);
    }

    [Fact]
    public void Guessing_many_names_shuts_an_address_out_and_phones_beside_it_get_in()
    {
        for (int i = 0; i < Limits.FailuresPerAddress; i++)
        {
            _seconds += 0.01;
            Assert.StartsWith("SIP/2.0 401", Text(Try($"name{i}", "guess")));
        }
        Assert.StartsWith("SIP/2.0 403", Text(Try("another", "guess")));
        int heard = 0;
        for (int port = 50_000; port < 50_100; port++)
            heard += Try("alice1", "secret-of-alice", source: new(Somewhere.Address, port)).Caller is null ? 0 : 1;
        Assert.Equal(Limits.FreshTriesPerAddress, heard);
    }

    /// <summary>Its neighbours have other ports, and a datagram that only says it comes from there cannot show a nonce.</summary>
    [Fact]
    public void A_registered_phone_is_heard_at_its_place_whatever_its_neighbours_do()
    {
        var phone = new IPEndPoint(Somewhere.Address, 40_001);
        _rig.ReceiveFrom(new(Phones.Desk, "alice1"), Phones.Request("REGISTER", "alice1", 1), phone);
        for (int port = 50_000; port < 50_150; port++) Try("alice1", "guess", source: new(Somewhere.Address, port));
        Assert.Equal("alice1", Try("alice1", "secret-of-alice", source: phone).Caller?.User);
    }

    [Fact]
    public void A_flood_of_datagrams_that_say_they_come_from_an_office_leaves_its_phones_their_challenges()
    {
        var registered = new IPEndPoint(Somewhere.Address, 40_001);
        _rig.ReceiveFrom(new(Phones.Desk, "alice1"), Phones.Request("REGISTER", "alice1", 1), registered);
        int answered = 0;
        for (int i = 0; i < 5_000; i++)
            answered += Judge(Phones.Request("REGISTER", "nobody", i + 1), new(Somewhere.Address, 5060)).Reply is null ? 0 : 1;
        Assert.Equal(Limits.ChallengesPerSecond + Limits.ChallengesPerPortGroup + Limits.RefusalsPerSecond, answered);
        Assert.Equal("alice1", Try("alice1", "secret-of-alice", source: registered).Caller?.User);
        Assert.Equal("alice1", Try("alice1", "secret-of-alice", source: new(Somewhere.Address, 40_007)).Caller?.User);
        string tcp = Phones.Request("REGISTER", "alice1", 9_999);
        Assert.StartsWith("SIP/2.0 401", Text(_rig.Filter.Judge(Encoding.UTF8.GetBytes(tcp.ReplaceLineEndings("\r\n")),
            new(SipTransport.Tcp, new(Somewhere.Address, 40_009)), new((long)(_seconds * 1e9)))));
        // From every port: what has been sent a nonce needs no challenge before it is heard.
        string challenge = Text(Judge(Phones.Request("REGISTER", "alice1", 10_000), Office));
        for (int i = 0; i < 20_000; i++) Judge(Phones.Request("REGISTER", "nobody", i + 1), new(Office.Address, 1_024 + i));
        Assert.Null(Judge(Phones.Request("REGISTER", "alice1", 10_001), Office).Reply);
        string answer = Phones.Answer(challenge, "alice1", "secret-of-alice", "REGISTER", "sip:sip.example.com");
        Assert.Equal("alice1", Judge(Phones.Request("REGISTER", "alice1", 10_002, answer), Office).Caller?.User);
    }

    [Fact]
    public void A_wrong_password_is_seen_in_the_users_status_and_a_forged_one_is_not()
    {
        for (int i = 0; i < 5; i++) Forge("alice1");
        Assert.Equal(RegistrationState.NotRegistered, _rig.Registrations.StatusOf("alice1").State);
        Try("alice1", "guess");
        Try("nobody", "guess");
        Assert.Equal(RegistrationState.Failed, _rig.Registrations.StatusOf("alice1").State);
        Assert.Equal(RegistrationState.NotRegistered, _rig.Registrations.StatusOf("nobody").State);
    }

    [Fact]
    public void A_flood_of_challenges_ends_in_silence()
    {
        int answered = 0;
        for (int i = 0; i < Limits.ChallengesPerSecond + 100; i++)
            answered += Judge(Phones.Request("REGISTER", "alice1", i + 1)).Reply is null ? 0 : 1;
        Assert.Equal(Limits.ChallengesPerSecond + Limits.ChallengesPerPortGroup + Limits.RefusalsPerSecond, answered);
    }

    [Fact]
    public void A_listed_address_needs_no_password_and_a_shared_one_its_mark()
    {
        Assert.Equal(Phones.Pbx.Id, Judge(Invite("+4989456"), Office).Caller?.Connection.Id);
        var shared = new IPEndPoint(IPAddress.Parse("203.0.113.10"), 5060);
        Assert.StartsWith("SIP/2.0 407", Text(Judge(Invite("+4989456"), shared)));
        Assert.StartsWith("SIP/2.0 407", Text(Judge(Invite("88884989456"), shared)));
        Assert.Equal(Phones.Prefixed.Id, Judge(Invite("77774989456"), shared).Caller?.Connection.Id);
        Assert.Equal(Phones.Tokened.Id, Judge(Invite("+4989456", extra: "X-Company-Token: abcd"), shared).Caller?.Connection.Id);
    }

    [Fact]
    public void On_a_laptop_a_caller_with_a_users_name_needs_the_password_and_others_none()
    {
        string Local(string text) => text.Replace("alice1@sip.example.com", "alice1@127.0.0.1");
        Assert.StartsWith("SIP/2.0 407", Text(Judge(Local(Phones.Request("INVITE", "alice1", 1)), Peer)));
        Assert.Equal((0, null), (Judge(Invite(), Peer).Shard, Judge(Invite(), Peer).Caller));
        Assert.StartsWith("SIP/2.0 401", Text(Judge(Phones.Request("REGISTER", "alice1", 1), Peer)));
    }

    [Fact]
    public void On_a_laptop_too_a_name_at_our_domain_is_asked_for_its_password_whether_it_exists_or_not()
    {
        Assert.StartsWith("SIP/2.0 407", Text(Judge(Phones.Request("INVITE", "nobody", 1), Peer)));
        Assert.StartsWith("SIP/2.0 407", Text(Judge(Phones.Request("INVITE", "alice1", 2), Peer)));
        Assert.Equal(0, Judge(Phones.Request("INVITE", "+15550001234", 3), Peer).Shard);
    }

    [Fact]
    public void On_a_laptop_too_a_REGISTER_for_another_domain_gets_ten_refusals_a_second()
    {
        int answered = 0;
        for (int i = 0; i < Limits.RefusalsPerSecond + 20; i++)
        {
            var verdict = Judge(Phones.Request("REGISTER", "alice1", i + 1, uri: "sip:other.example.com"), Peer);
            Assert.Null(verdict.Shard);
            answered += verdict.Reply is null ? 0 : 1;
        }
        Assert.Equal(Limits.RefusalsPerSecond, answered);
    }

    [Fact]
    public void A_CANCEL_finds_its_INVITE_without_credentials() => Assert.Equal(0, Judge(Phones.Request("CANCEL", "alice1", 1)).Shard);

    [Fact]
    public void A_subdomain_that_is_open_takes_calls_of_strangers_and_a_closed_one_does_not()
    {
        string stranger = Phones.Request("INVITE", "alice1", 1, uri: "sip:any@open.sip.example.com")
            .Replace("alice1@sip.example.com", "x@elsewhere.example");
        Assert.Equal(0, Judge(stranger).Shard);
        Assert.Null(Judge(stranger.Replace("open.sip", "closed.sip")).Shard);
        Assert.Null(Judge(stranger.Replace("open.sip", "a.open.sip")).Shard);
        Assert.Equal(0, Judge(stranger.Replace("INVITE", "CANCEL")).Shard);
    }
}
