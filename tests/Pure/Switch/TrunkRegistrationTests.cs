using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch;
using Ringwright.Switch.Registrations;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

public sealed class TrunkRegistrationTests
{
    private static readonly IPEndPoint Registrar = new(IPAddress.Loopback, 5099);

    private static readonly Trunk Carrier = new()
    {
        Id = new(new Guid("00000000-0000-0000-0000-00000000000c")), Name = "carrier", Host = "127.0.0.1", Port = 5099, AuthUser = "line7",
        AuthPassword = "secret", Registers = true,
    };

    private readonly ShardRig _rig;

    public TrunkRegistrationTests()
    {
        _rig = new() { Current = Snapshot(trunks: [Carrier]) };
        Tick();
    }

    private TrunkRegistrationStatus? Status => _rig.Trunks.StatusOf(Carrier.Id);

    /// <summary>Requests, retransmissions left out.</summary>
    private int Asked => _rig.Sent.Where(text => text.StartsWith("REGISTER", StringComparison.Ordinal))
        .Select(text => Header(text, "CSeq")).Distinct().Count();

    private string Last => _rig.SentLast("REGISTER");

    private void Tick() => _rig.FireAt(_rig.Now);

    private void Answer(string status, string? extra = null) => _rig.Receive(Response(Last, status, extra: extra), Registrar);

    private void Accept(int seconds = 3_600) => Answer("200 OK", $"Expires: {seconds}");

    [Fact]
    public void A_trunk_that_wants_it_gets_a_REGISTER_with_a_Contact_that_leads_back()
    {
        Assert.StartsWith("REGISTER sip:127.0.0.1 SIP/2.0", Last);
        Assert.Equal("<sip:line7@127.0.0.1>", Header(Last, "To"));
        Assert.Matches("^<sip:line7@127.0.0.1:5060;line=[0-9a-f]{24}>$", Header(Last, "Contact"));
        Assert.Equal(TrunkRegistrationState.Trying, Status!.Value.State);
        Accept();
        Assert.Equal((TrunkRegistrationState.Registered, (int?)200), (Status!.Value.State, Status.Value.SipStatus));
    }

    [Theory]
    [InlineData("line7@carrier.example", "line7%40carrier.example")]
    [InlineData("line 7", "line%207")]
    [InlineData("100%", "100%25")]
    [InlineData("line7%40carrier.example", "line7%40carrier.example")]
    [InlineData("+4989777*1", "+4989777*1")]
    public void A_login_is_escaped_where_it_is_a_user_and_stands_as_it_is_in_the_credentials(string login, string user)
    {
        var rig = new ShardRig { Current = Snapshot(trunks: [Carrier with { AuthUser = login }]) };
        rig.FireAt(rig.Now);
        string asked = rig.SentLast("REGISTER");
        Assert.Equal($"<sip:{user}@127.0.0.1>", Header(asked, "To"));
        Assert.StartsWith($"<sip:{user}@127.0.0.1:5060;line=", Header(asked, "Contact"), StringComparison.Ordinal);
        rig.Receive(Response(asked, "401 Unauthorized", extra: "WWW-Authenticate: Digest realm=\"carrier\", nonce=\"n\""), Registrar);
        Assert.StartsWith($"Digest username=\"{login}\",", Header(rig.SentLast("REGISTER"), "Authorization"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_to_register_that_is_not_the_login_is_in_From_To_and_Contact_and_is_called()
    {
        var carrier = Carrier with { AuthUser = "id-9f3a", Registrar = "ext7@127.0.0.1:5099", Sources = [IPNetwork.Parse("192.0.2.0/24")] };
        var rig = new ShardRig { Current = Snapshot(trunks: [carrier]) };
        rig.FireAt(rig.Now);
        string asked = rig.SentLast("REGISTER");
        Assert.StartsWith("REGISTER sip:127.0.0.1 SIP/2.0", asked, StringComparison.Ordinal);
        Assert.Equal("<sip:ext7@127.0.0.1>", Header(asked, "To"));
        Assert.StartsWith("<sip:ext7@127.0.0.1>;tag=", Header(asked, "From"), StringComparison.Ordinal);
        Assert.StartsWith("<sip:ext7@127.0.0.1:5060;line=", Header(asked, "Contact"), StringComparison.Ordinal);
        rig.Receive(Response(asked, "401 Unauthorized", extra: "WWW-Authenticate: Digest realm=\"carrier\", nonce=\"n\""), Registrar);
        Assert.StartsWith("Digest username=\"id-9f3a\",", Header(rig.SentLast("REGISTER"), "Authorization"), StringComparison.Ordinal);
        rig.Receive(Invite().Replace("INVITE sip:+4989456@", "INVITE sip:ext7@"), new(IPAddress.Parse("192.0.2.40"), 5060));
        Assert.Equal("+4989456", rig.Events.Single().Leg.To);
    }

    [Theory]
    [InlineData("403 Forbidden", 403, "forbids")]
    [InlineData("404 Not Found", 404, "no such user")]
    [InlineData("500 Server Internal Error", 500, "refused")]
    public void A_refusal_says_why_and_each_outcome_is_told(string answer, int status, string why)
    {
        Answer(answer);
        Assert.Equal((TrunkRegistrationState.Failed, (int?)status), (Status!.Value.State, Status.Value.SipStatus));
        Assert.Contains(why, Status.Value.Trouble, StringComparison.Ordinal);
        _rig.Advance(10);
        Accept();
        Assert.Null(Status!.Value.Trouble);
        Assert.Equal([(status, false, true), (200, true, true)],
            _rig.TrunkOutcomes.Select(o => (o.Status!.Value, o.Trouble is null, o.IsNews)));
    }

    /// <summary>A registration for a minute would lapse each time while the dead one is asked.</summary>
    [Fact]
    public void The_address_that_took_us_last_is_asked_first_though_a_dead_one_is_listed_before_it()
    {
        var rig = new ShardRig { Current = Snapshot(trunks: [Carrier with { Host = "sbc.example.net", Port = null }]) };
        rig.Names["sbc.example.net"] = [new(IPAddress.Loopback, 5098), Registrar];
        rig.FireAt(rig.Now);
        rig.Advance(32.5 + 10);
        Assert.Equal([5098, 5099], Ports(0));
        rig.Receive(Response(rig.SentLast("REGISTER"), "200 OK", extra: "Expires: 60"), Registrar);
        int before = rig.Sent.Count;
        rig.Advance(56);
        Assert.Equal([5099], Ports(before));

        int[] Ports(int from) => [.. rig.Sent.Zip(rig.SentTo).Skip(from)
            .Where(sent => sent.First.StartsWith("REGISTER", StringComparison.Ordinal)).Select(sent => sent.Second.Port).Distinct()];
    }

    [Theory]
    [InlineData("sip.example.net", "sip.example.net", null), InlineData("sip.example.net:5070", "sip.example.net", 5070)]
    [InlineData("line7@sip.example.net:5070", "sip.example.net", 5070)]
    [InlineData("a@example.org@sip.example.net", "sip.example.net", null)]
    [InlineData("[2001:db8::5]", "[2001:db8::5]", null), InlineData("line7@[2001:db8::5]:5070", "[2001:db8::5]", 5070)]
    [InlineData("2001:db8::5", "2001:db8::5", null), InlineData("2001:db8::5060", "2001:db8::5060", null)]
    [InlineData("sip.example.net:-1", "sip.example.net:-1", null), InlineData("sip.example.net:sip", "sip.example.net:sip", null)]
    public void The_place_of_a_registrar_is_a_host_and_perhaps_a_port(string text, string host, int? port) =>
        Assert.Equal((host, port), (Carrier with { Registrar = text }).RegistrarPlace);

    [Fact]
    public void A_login_that_is_not_taken_is_told_as_such()
    {
        const string challenge = "WWW-Authenticate: Digest realm=\"carrier\", nonce=\"n\", qop=\"auth\"";
        for (int i = 0; i < 3 && _rig.TrunkOutcomes.Count == 0; i++) Answer("401 Unauthorized", challenge);
        Assert.Contains("did not take the user name and password", Assert.Single(_rig.TrunkOutcomes).Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public void A_challenge_is_answered_and_later_ones_are_spared()
    {
        Answer("401 Unauthorized", "WWW-Authenticate: Digest realm=\"carrier\", nonce=\"n\", qop=\"auth\"");
        Assert.Contains("username=\"line7\", realm=\"carrier\"", Header(Last, "Authorization"));
        Assert.Equal("2 REGISTER", Header(Last, "CSeq"));
        Accept(600);
        _rig.Advance(299);
        Assert.Equal(2, Asked);
        _rig.Advance(600 * 0.9 - 298);
        Assert.True(Asked > 2);
        Assert.Contains(_rig.Sent, text => text.Contains("nc=00000002"));
    }

    /// <summary>As clusters do of whose machines one alone knows a nonce.</summary>
    [Fact]
    public void A_registrar_that_forbids_a_nonce_of_before_is_asked_for_a_new_one_at_once()
    {
        RegisterAndRefresh();
        Answer("403 Forbidden");
        Assert.Equal(4, Asked);
        Assert.DoesNotContain("\r\nAuthorization:", Last, StringComparison.Ordinal);
        Answer("401 Unauthorized", "WWW-Authenticate: Digest realm=\"carrier\", nonce=\"n2\", qop=\"auth\"");
        Assert.Contains("nonce=\"n2\"", Header(Last, "Authorization"), StringComparison.Ordinal);
        Accept();
        Assert.Equal(TrunkRegistrationState.Registered, Status!.Value.State);
        Assert.All(_rig.TrunkOutcomes, outcome => Assert.Null(outcome.Trouble));
    }

    [Fact]
    public void A_registrar_that_forbids_us_without_credentials_too_is_left_alone_and_then_asked_without_any()
    {
        RegisterAndRefresh();
        Answer("403 Forbidden");
        Answer("403 Forbidden");
        Assert.Equal((4, TrunkRegistrationState.Failed), (Asked, Status!.Value.State));
        _rig.Advance(9);
        Assert.Equal(4, Asked);
        _rig.Advance(2);
        Assert.Equal(5, Asked);
        Assert.DoesNotContain("\r\nAuthorization:", Last, StringComparison.Ordinal);
    }

    /// <summary>The third REGISTER has the credentials that the second one was asked for.</summary>
    private void RegisterAndRefresh()
    {
        Answer("401 Unauthorized", "WWW-Authenticate: Digest realm=\"carrier\", nonce=\"n1\", qop=\"auth\"");
        Accept(600);
        for (int i = 0; i < 600 && Asked == 2; i++) _rig.Advance(1);
        Assert.Contains("nonce=\"n1\"", Header(Last, "Authorization"), StringComparison.Ordinal);
        Assert.Contains("nc=00000002", Last, StringComparison.Ordinal);
    }

    /// <param name="answer">US is our Contact as we sent it, OURS the same without its parameters.</param>
    [Theory]
    [InlineData("Contact: <sip:line1@198.51.100.7>;expires=3600\nContact: <US>;expires=40", 40)]
    [InlineData("Contact: <sip:line1@198.51.100.7>;expires=3600\nContact: <OURS>;expires=60", 60)]
    [InlineData("Contact: <sip:line1@198.51.100.7>;expires=30\nContact: <OURS>;expires=600", 600)]
    [InlineData("Contact: <sip:line1@198.51.100.7>;expires=30, <US>;expires=600, <OURS;line=000000000000000000000000>;expires=20", 600)]
    [InlineData("Contact: <OURS>;expires=60", 60), InlineData("Contact: <sip:line7@203.0.113.9:1024>;expires=60", 60)]
    [InlineData("Contact: <sip:line1@198.51.100.7>;expires=3600, <sip:line7@203.0.113.9:1024>;expires=60", 60)]
    [InlineData("Contact: <US>;expires=\"60\"", 60), InlineData("Contact: <US>;EXPIRES=60", 60), InlineData("Expires: 60", 60)]
    [InlineData("Contact: <US>\nExpires: 60", 60), InlineData("Contact: <US>;expires=120\nExpires: 60", 120)]
    [InlineData("Contact: <US>;expires=0\nExpires: 60", 60), InlineData("Contact: what is none\nExpires: 60", 60)]
    public void What_is_granted_is_found_however_the_registrar_writes_our_Contact(string answer, int seconds)
    {
        string us = Header(Last, "Contact").Trim('<', '>');
        Answer("200 OK", answer.Replace("OURS", us[..us.IndexOf(';')], StringComparison.Ordinal)
            .Replace("US>", us + ">", StringComparison.Ordinal));
        _rig.Advance(seconds * 0.5 - 1);
        Assert.Equal(1, Asked);
        _rig.Advance(seconds * 0.4 + 2);
        Assert.True(Asked > 1);     // again and again, for nobody answers this one
    }

    [Fact]
    public void Contacts_of_others_that_cannot_be_read_do_not_hide_that_it_took_us()
    {
        Answer("200 OK", "Contact: <sip:line1@192.0.2.9>;expires=3600,Date:Thu, 24 May 2018 05:52:55 GMT\nExpires: 60");
        Assert.Equal((TrunkRegistrationState.Registered, (int?)200), (Status!.Value.State, Status.Value.SipStatus));
    }

    [Fact]
    public void A_wrong_password_is_tried_again_later_and_then_later_still()
    {
        const string challenge = "WWW-Authenticate: Digest realm=\"carrier\", nonce=\"n\", qop=\"auth\"";
        Answer("401 Unauthorized", challenge);
        Answer("401 Unauthorized", challenge);
        Assert.Equal((TrunkRegistrationState.Failed, (int?)401), (Status!.Value.State, Status.Value.SipStatus));
        int sent = Asked;
        _rig.Advance(9);
        Assert.Equal(sent, Asked);
        _rig.Advance(2);
        Assert.Equal(sent + 1, Asked);
        Answer("403 Forbidden");
        _rig.Advance(19);
        Assert.Equal(sent + 1, Asked);
        _rig.Advance(2);
        Assert.Equal(sent + 2, Asked);
    }

    [Theory]
    [InlineData("Retry-After: 300", 300)]
    [InlineData("Retry-After: 120 (maintenance);duration=60", 120)]
    [InlineData("Retry-After: 86400", 900)]
    [InlineData("Retry-After: 1", 10)]
    [InlineData("Retry-After: tomorrow", 10)]
    public void A_registrar_that_says_when_to_come_again_is_left_alone_until_then(string header, int seconds)
    {
        Answer("503 Service Unavailable", header);
        _rig.Advance(seconds - 1);
        Assert.Equal(1, Asked);
        _rig.Advance(2);
        Assert.Equal(2, Asked);
    }

    [Fact]
    public void Of_several_registrars_the_next_one_is_asked_all_the_same()
    {
        var rig = new ShardRig { Current = Snapshot(trunks: [Carrier with { Host = "sbc.example.net", Port = null }]) };
        rig.Names["sbc.example.net"] = [new(IPAddress.Loopback, 5098), Registrar];
        rig.FireAt(rig.Now);
        rig.Receive(Response(rig.SentLast("REGISTER"), "503 Service Unavailable", extra: "Retry-After: 300"), rig.SentTo[^1]);
        var first = rig.SentTo[^1];
        rig.Advance(11);
        Assert.NotEqual(first, rig.SentTo[^1]);
    }

    [Theory]
    [InlineData("503 Service Unavailable", true), InlineData("500 Server Internal Error", true), InlineData("408 Request Timeout", true)]
    [InlineData("403 Forbidden", false)]
    public void Where_one_registrar_cannot_the_next_one_is_asked_at_once(string status, bool isAtOnce)
    {
        var rig = Two();
        Assert.Equal(5098, rig.SentTo[^1].Port);
        rig.Receive(Response(rig.SentLast("REGISTER"), status), rig.SentTo[^1]);
        rig.Advance(1);
        Assert.Equal(isAtOnce ? 5099 : 5098, rig.SentTo[^1].Port);
    }

    /// <summary>As when a whole site of a carrier's is down.</summary>
    [Fact]
    public void A_silent_registrar_costs_its_time_alone_and_when_all_were_asked_we_wait()
    {
        var rig = Two();
        rig.Advance(32.5);
        Assert.Equal(5099, rig.SentTo[^1].Port);
        rig.Receive(Response(rig.SentLast("REGISTER"), "503 Service Unavailable"), rig.SentTo[^1]);
        int before = rig.SentCount("REGISTER");
        rig.Advance(9);
        Assert.Equal(before, rig.SentCount("REGISTER"));
        rig.Advance(2);
        Assert.Equal(5098, rig.SentTo[^1].Port);
    }

    /// <summary>SRV records of one priority come in an order that is drawn (RFC 2782).</summary>
    [Fact]
    public void Each_registrar_is_asked_before_one_is_asked_again_in_whatever_order_their_name_has_them()
    {
        IPEndPoint first = new(IPAddress.Loopback, 5098), third = new(IPAddress.Loopback, 5097);
        var rig = Two();
        Assert.Equal(first, rig.SentTo[^1]);
        Refuse([Registrar, third, first]);
        Assert.Equal(Registrar, rig.SentTo[^1]);
        Refuse([Registrar, first, third]);
        Assert.Equal(third, rig.SentTo[^1]);
        int before = rig.SentCount("REGISTER");
        Refuse([first, third, Registrar]);
        Assert.Equal(before, rig.SentCount("REGISTER"));

        void Refuse(IReadOnlyList<IPEndPoint> found)
        {
            rig.Names["sbc.example.net"] = found;
            rig.Receive(Response(rig.SentLast("REGISTER"), "503 Service Unavailable"), rig.SentTo[^1]);
            rig.Advance(0.1);
        }
    }

    /// <summary>As a router forgets it, or the registrar's machine is started again: calls come by it alone.</summary>
    [Fact]
    public void A_connection_that_is_lost_is_opened_anew_at_once_but_not_twice_in_a_minute()
    {
        var rig = new ShardRig { Current = Snapshot(trunks: [Carrier with { Transport = SipTransport.Tcp }]) };
        rig.FireAt(rig.Now);
        var flow = rig.SentBy[^1];
        Accepted();
        rig.Advance(5);
        rig.Handle(new ShardMessage.ConnectionLost(flow));
        rig.Advance(54.9);
        Assert.Equal(1, rig.SentCount("REGISTER"));
        rig.Advance(0.2);
        Assert.Equal(2, rig.SentCount("REGISTER"));
        Accepted();
        rig.Advance(61);
        rig.Handle(new ShardMessage.ConnectionLost(new(SipTransport.Tcp, new(IPAddress.Loopback, 5098))));
        rig.Advance(1);
        Assert.Equal(2, rig.SentCount("REGISTER"));
        rig.Handle(new ShardMessage.ConnectionLost(flow));
        rig.Advance(0);
        Assert.Equal(3, rig.SentCount("REGISTER"));

        void Accepted() => rig.ReceiveBy(flow, Response(rig.SentLast("REGISTER"), "200 OK", extra: "Expires: 3600"));
    }

    private static ShardRig Two()
    {
        var rig = new ShardRig { Current = Snapshot(trunks: [Carrier with { Host = "sbc.example.net", Port = null }]) };
        rig.Names["sbc.example.net"] = [new(IPAddress.Loopback, 5098), Registrar];
        rig.FireAt(rig.Now);
        return rig;
    }

    [Fact]
    public void A_registrar_that_is_silent_is_a_failure_too()
    {
        _rig.Advance(33);
        Assert.Equal((TrunkRegistrationState.Failed, (int?)null), (Status!.Value.State, Status.Value.SipStatus));
    }

    [Fact]
    public void A_longer_time_is_asked_for_where_the_registrar_wants_one()
    {
        Answer("423 Interval Too Brief", "Min-Expires: 7200");
        Assert.Equal("7200", Header(Last, "Expires"));
    }

    [Fact]
    public void A_registrar_whose_wishes_grow_for_ever_is_followed_twice_and_asked_again_later()
    {
        for (int i = 1; i < 20; i++) Answer("423 Interval Too Brief", $"Min-Expires: {7_200 * i}");
        Assert.Equal(3, Asked);
        Assert.Equal((TrunkRegistrationState.Failed, (int?)423), (Status!.Value.State, Status.Value.SipStatus));
    }

    [Theory]
    [InlineData(Limits.LongestRegistrationSeconds, 2)]
    [InlineData(Limits.LongestRegistrationSeconds + 1, 1)]
    public void A_time_beyond_the_longest_is_not_asked_for(int seconds, int asked)
    {
        Answer("423 Interval Too Brief", $"Min-Expires: {seconds}");
        Assert.Equal(asked, Asked);
    }

    [Fact]
    public void A_registration_that_lasts_a_second_is_not_renewed_every_second_and_one_for_ever_is_renewed_all_the_same()
    {
        Accept(1);
        for (int i = 0; i < 60; i++)
        {
            _rig.Advance(1);
            Accept(1);
        }
        Assert.InRange(Asked, 5, 7);
        _rig.Receive(Response(Last, "200 OK", extra: "Expires: 4294967295"), Registrar);
        _rig.Advance(10);
        _rig.Receive(Response(Last, "200 OK", extra: "Expires: 4294967295"), Registrar);
        int before = Asked;
        _rig.Advance(Limits.LongestRegistrationSeconds);
        Assert.True(Asked > before);
    }

    [Fact]
    public void At_the_end_the_binding_is_taken_back()
    {
        Accept();
        _rig.Handle(new ShardMessage.EndAll(HangupCause.NodeShutdown));
        Assert.Equal("0", Header(Last, "Expires"));
        Assert.Null(Status);
    }

    [Fact]
    public void The_end_is_said_again_with_credentials_when_the_registrar_asks_for_them()
    {
        Accept();
        _rig.Handle(new ShardMessage.EndAll(HangupCause.NodeShutdown));
        Answer("401 Unauthorized", "WWW-Authenticate: Digest realm=\"carrier\", nonce=\"later\", qop=\"auth\"");
        Assert.Contains("nonce=\"later\"", Header(Last, "Authorization"));
        Assert.Equal("0", Header(Last, "Expires"));
        int sent = Asked;
        Answer("403 Forbidden");
        _rig.Advance(3_600);
        Assert.Equal(sent, Asked);
    }

    [Fact]
    public void A_changed_trunk_is_registered_anew_when_its_old_binding_is_gone()
    {
        Accept();
        _rig.Current = Snapshot(trunks: [Carrier with { AuthPassword = "changed" }]);
        Tick();
        Assert.Equal("0", Header(Last, "Expires"));
        Answer("200 OK");
        Tick();
        Assert.Equal("3600", Header(Last, "Expires"));
        Accept();
        Assert.Equal(TrunkRegistrationState.Registered, Status!.Value.State);
    }

    [Fact]
    public void A_trunk_that_is_switched_off_is_left()
    {
        Accept();
        _rig.Current = Snapshot(trunks: [Carrier with { IsEnabled = false }]);
        Tick();
        Assert.Equal("0", Header(Last, "Expires"));
        Assert.Null(Status);
    }

    [Fact]
    public void A_call_to_the_registered_Contact_is_the_trunks_wherever_it_comes_from()
    {
        string contact = Header(Last, "Contact")[1..^1];
        string invite = Invite().Replace("INVITE sip:+4989456@127.0.0.1:5060", $"INVITE {contact}");
        var stranger = Ringwright.Sip.Transactions.SipFlow.Udp(new(IPAddress.Parse("198.51.100.7"), 5060));
        Assert.Equal(0, _rig.Filter.Judge(System.Text.Encoding.UTF8.GetBytes(invite.ReplaceLineEndings("\r\n")), stranger, _rig.Now).Shard);
        Assert.Null(_rig.Filter.Judge(System.Text.Encoding.UTF8.GetBytes(invite.Replace("line=", "line=0").ReplaceLineEndings("\r\n")),
            stranger, _rig.Now).Shard);
        _rig.Receive(invite, new(IPAddress.Parse("198.51.100.7"), 5060));
        Assert.Equal(("+4989456", Carrier.Id), (_rig.Events.Single().Leg.To, _rig.Events[0].Leg.Trunk!.Value));
    }

    [Fact]
    public void A_call_to_our_login_without_the_mark_is_for_the_number_in_To()
    {
        _rig.Current = Snapshot(trunks: [Carrier with { Sources = [IPNetwork.Parse("192.0.2.0/24")] }]);
        _rig.Receive(Invite().Replace("INVITE sip:+4989456@", "INVITE sip:line7@"), new(IPAddress.Parse("192.0.2.40"), 5060));
        Assert.Equal(("+4989456", Carrier.Id), (_rig.Events.Single().Leg.To, _rig.Events[0].Leg.Trunk!.Value));
    }

    [Theory]
    [InlineData("line7", "+4930999", "P-Called-Party-ID: <sip:+4989456@carrier.example>", "+4989456")]
    [InlineData("line7", "+4989457", "P-Called-Party-ID: <tel:+4989456>", "+4989456")]
    [InlineData("line7", "+4989456", "P-Called-Party-ID: <sip:line7@carrier.example>", "+4989456")]
    [InlineData("+4989456", "+4989457", null, "+4989456")]
    [InlineData("line7", "+4989456", null, "+4989456")]
    public void A_call_that_was_sent_on_to_us_is_not_for_whoever_was_called_first(string user, string to, string? header, string called)
    {
        string contact = Header(Last, "Contact")[1..^1].Replace("line7@", $"{user}@");
        _rig.Receive(Invite(to, extra: header).Replace($"INVITE sip:{to}@127.0.0.1:5060", $"INVITE {contact}"),
            new(IPAddress.Parse("198.51.100.7"), 5060));
        Assert.Equal((called, Carrier.Id), (_rig.Events.Single().Leg.To, _rig.Events[0].Leg.Trunk!.Value));
    }

    [Theory]
    [InlineData("line8", "192.0.2.40")]
    [InlineData("line7", "198.51.100.7")]
    public void A_call_to_another_login_or_from_elsewhere_is_for_nobody(string login, string source)
    {
        _rig.Current = Snapshot(trunks: [Carrier with { Sources = [IPNetwork.Parse("192.0.2.0/24")] }]);
        _rig.Receive(Invite().Replace("INVITE sip:+4989456@", $"INVITE sip:{login}@"), new(IPAddress.Parse(source), 5060));
        Assert.StartsWith("SIP/2.0 404 ", _rig.Last);
        Assert.Empty(_rig.Events);
    }
}
