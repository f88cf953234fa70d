using System.Net;
using System.Text;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Auth;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;
using Ringwright.Switch.Routing;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

public sealed class PhoneDoorTests
{
    private static readonly IPEndPoint Somewhere = new(IPAddress.Parse("198.51.100.20"), 40_000);
    private static readonly IPEndPoint Office = new(IPAddress.Parse("203.0.113.9"), 5060);

    private readonly ShardRig _rig = new();
    private int _cseq;
    private double _seconds = 10;

    public PhoneDoorTests() => _rig.Current = Phones.Snapshot();

    private FrontDoorVerdict Judge(string text, IPEndPoint? source = null) =>
        _rig.Door.Judge(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")), SipFlow.Udp(source ?? Somewhere), new((long)(_seconds * 1e9)));

    private static string Text(FrontDoorVerdict verdict) => Encoding.UTF8.GetString(verdict.Reply!.Bytes.Span);

    /// <summary>Asks, is challenged, answers.</summary>
    private FrontDoorVerdict Try(string user, string password, string method = "REGISTER", IPEndPoint? source = null, string uri = "sip:sip.example.com")
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
        Assert.Equal((FrontDoor.RegistrarShard, "alice1"), (verdict.Shard, verdict.Caller?.User));
        Assert.Equal(Phones.Desk.Id, verdict.Caller!.Connection.Id);
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
        string Mask(string text) => System.Text.RegularExpressions.Regex.Replace(text, "(REGISTER|CSeq: )[0-9]+|tag=[^\r]*|nonce=\"[0-9a-f]+\"|alice1|nobody", "");
        Assert.Equal(Mask(Text(Judge(Phones.Request("REGISTER", "alice1", 1)))), Mask(Text(Judge(Phones.Request("REGISTER", "nobody", 1)))));
        Assert.Equal(Mask(Text(Try("alice1", "guess"))), Mask(Text(Try("nobody", "guess"))));
        Assert.Equal(Mask(Text(Judge(Phones.Request("INVITE", "alice1", 1)))), Mask(Text(Judge(Phones.Request("INVITE", "nobody", 1)))));
        Assert.StartsWith("SIP/2.0 407", Text(Judge(Phones.Request("INVITE", "nobody", 1))));
    }

    [Fact]
    public void An_INVITE_with_the_right_password_goes_to_its_shard_as_the_connections()
    {
        var verdict = Try("alice1", "secret-of-alice", "INVITE", uri: "sip:+4989456@sip.example.com");
        Assert.Equal((0, true, "alice1"), (verdict.Shard, verdict.IsNewCall, verdict.Caller?.User));
    }

    [Fact]
    public void Other_domains_and_other_callers_are_strangers()
    {
        Assert.StartsWith("SIP/2.0 403", Text(Judge(Phones.Request("REGISTER", "alice1", 1, uri: "sip:other.example.com"))));
        Assert.StartsWith("SIP/2.0 403", Text(Judge(Phones.Request("INVITE", "alice1", 1).Replace("alice1@sip.example.com", "alice1@other.example.com"))));
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("sleeper")]
    public void A_user_that_has_expired_or_is_switched_off_does_not_get_in(string user) => Assert.StartsWith("SIP/2.0 401", Text(Try(user, "secret-of-" + user)));

    [Fact]
    public void Guessing_is_answered_no_more_after_ten_times_and_for_longer_each_time()
    {
        for (int i = 0; i < Limits.FailuresPerAddress; i++) Assert.StartsWith("SIP/2.0 401", Text(Try("alice1", "guess")));
        Assert.StartsWith("SIP/2.0 403", Text(Judge(Phones.Request("REGISTER", "alice1", 99))));
        Assert.StartsWith("SIP/2.0 401", Text(Judge(Phones.Request("REGISTER", "alice1", 99), Office)));       // others do not suffer
        _seconds += 5.1;
        Assert.Equal("alice1", Try("alice1", "secret-of-alice").Caller?.User);
        for (int i = 0; i < Limits.FailuresPerAddress; i++) Try("alice1", "guess");
        _seconds += 5.1;
        Assert.StartsWith("SIP/2.0 403", Text(Judge(Phones.Request("REGISTER", "alice1", 99))));
        _seconds += 5.1;
        Assert.Equal("alice1", Try("alice1", "secret-of-alice").Caller?.User);
    }

    [Fact]
    public void A_wrong_password_is_seen_in_the_users_status()
    {
        Try("alice1", "guess");
        Try("nobody", "guess");
        Assert.Equal(RegistrationState.Failed, _rig.Registrations.StatusOf("alice1").State);
        Assert.Equal(RegistrationState.NotRegistered, _rig.Registrations.StatusOf("nobody").State);
    }

    [Fact]
    public void A_flood_of_challenges_ends_in_silence()
    {
        int answered = 0;
        for (int i = 0; i < Limits.ChallengesPerSecond + 100; i++) answered += Judge(Phones.Request("REGISTER", "alice1", i + 1)).Reply is null ? 0 : 1;
        Assert.Equal(Limits.ChallengesPerSecond + Limits.RefusalsPerSecond, answered);
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
        string stranger = Phones.Request("INVITE", "alice1", 1, uri: "sip:any@open.sip.example.com").Replace("alice1@sip.example.com", "x@elsewhere.example");
        Assert.Equal(0, Judge(stranger).Shard);
        Assert.Null(Judge(stranger.Replace("open.sip", "closed.sip")).Shard);
        Assert.Null(Judge(stranger.Replace("open.sip", "a.open.sip")).Shard);
    }
}
