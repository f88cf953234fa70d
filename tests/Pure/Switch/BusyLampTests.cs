using System.Net;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Ringwright.Calls;
using Ringwright.Switch.Routing;
using static Ringwright.Pure.Switch.RigMessages;

namespace Ringwright.Pure.Switch;

/// <summary>Phones that watch colleagues and messages: SUBSCRIBE and NOTIFY (RFC 6665, RFC 4235, RFC 3842).</summary>
public sealed class BusyLampTests
{
    private static readonly XNamespace Ns = "urn:ietf:params:xml:ns:dialog-info";
    private static readonly IPEndPoint Lamp = new(IPAddress.Loopback, 5081), Desk = new(IPAddress.Loopback, 5071);

    private static readonly Connection Reception = new()
    {
        Id = new(21), Tenant = Sample.Tenant, Kind = ConnectionKind.Credential, Name = "reception",
        Sip = new() { UserName = "reception", Password = "secret-of-reception" },
    };

    private static readonly Connection Foreign = Reception with
    {
        Id = new(22),
        Tenant = Phones.Other,
        Sip = new() { UserName = "foreign", Password = "secret-of-foreign" },
    };

    private static readonly SipCaller Receptionist = new(Reception, "reception");

    private readonly ShardRig _rig = new() { Current = Phones.Snapshot(more: [Reception, Foreign]) };
    private int _cseq;

    private string Subscribe(string whom = "alice1", string package = "dialog", string? expires = "600", string callId = "lamp",
        string? extra = null, string? to = null, string method = "SUBSCRIBE", SipCaller? caller = null, string? uri = null,
        string branch = "")
    {
        string text = Phones.Request(method, "reception", ++_cseq, uri: uri ?? $"sip:{whom}@sip.example.com",
            extra: $"Event: {package}" + (expires is null ? "" : $"\nExpires: {expires}") + (extra is null ? "" : "\n" + extra))
            .Replace($"Call-ID: {method}-reception", $"Call-ID: {callId}", StringComparison.Ordinal)
            .Replace("<sip:reception@10.0.0.5:5060>", "<sip:reception@127.0.0.1:5081>", StringComparison.Ordinal)
            .Replace($"branch=z9hG4bK{method}", $"branch=z9hG4bK{branch}{callId}{method}", StringComparison.Ordinal);
        if (to is not null)
            text = Regex.Replace(text, "^To: .*$", $"To: {to}", RegexOptions.Multiline);
        _rig.ReceiveFrom(caller ?? Receptionist, text, Lamp);
        return _rig.Sent.FindLast(sent => sent.StartsWith("SIP/2.0", StringComparison.Ordinal) && Header(sent, "Call-ID") == callId)!;
    }

    /// <summary>Answers the NOTIFY that waits, and gives it.</summary>
    private string Told(string status = "200 OK")
    {
        string notify = _rig.SentLast("NOTIFY");
        _rig.Receive(Response(notify, status), Lamp);
        return notify;
    }

    private static XElement Info(string notify) =>
        XDocument.Parse(notify[(notify.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]).Root!;

    private static string[] States(string notify) => [.. Info(notify).Elements().Select(d => (string)d.Element(Ns + "state")!)];

    private int Notifies => _rig.SentOnce("NOTIFY");

    private void RegisterDesk() => _rig.ReceiveFrom(new(Phones.Desk, "alice1"),
        Phones.Request("REGISTER", "alice1", 1).Replace("<sip:alice1@10.0.0.5:5060>", "<sip:alice1@127.0.0.1:5071>"), Desk);

    [Fact]
    public void A_lamp_is_dark_blinks_shines_and_is_dark_again()
    {
        RegisterDesk();
        Assert.Contains("dialog, message-summary", Header(_rig.SentLast("SIP/2.0 200"), "Allow-Events"), StringComparison.Ordinal);
        string ok = Subscribe();
        Assert.StartsWith("SIP/2.0 200", ok, StringComparison.Ordinal);
        Assert.Equal("600", Header(ok, "Expires"));
        string first = Told();
        Assert.StartsWith("NOTIFY sip:reception@127.0.0.1:5081 SIP/2.0", first, StringComparison.Ordinal);
        Assert.Equal(("dialog", "active;expires=600", "application/dialog-info+xml"),
            (Header(first, "Event"), Header(first, "Subscription-State"), Header(first, "Content-Type")));
        Assert.Empty(States(first));

        _rig.Receive(Invite("+4989111"));
        string rings = _rig.SentLast("INVITE ");
        _rig.Advance(0.3);
        Assert.Equal(["trying"], States(Told()));
        _rig.Receive(Response(rings, "180 Ringing"), Desk);
        _rig.Advance(0.3);
        var early = Info(Told()).Elements().Single();
        Assert.Equal(("early", "recipient", "far"),
            ((string?)early.Element(Ns + "state"), (string?)early.Attribute("direction"), (string?)early.Attribute("local-tag")));
        Assert.Equal("sip:+4930123@sip.example.com", (string?)early.Element(Ns + "remote")!.Element(Ns + "identity"));
        _rig.Receive(Response(rings, "200 OK", body: Answer), Desk);
        _rig.Advance(0.3);
        var confirmed = Info(Told()).Elements().Single();
        Assert.Equal("confirmed", (string?)confirmed.Element(Ns + "state"));
        Assert.Null(confirmed.Attribute("remote-tag"));
        _rig.Receive(FromCallee(rings, "BYE", 1), Desk);
        _rig.Advance(0.3);
        string over = Told();
        Assert.Equal(["terminated"], States(over));
        Assert.Equal("4", (string?)Info(over).Attribute("version"));
        Assert.StartsWith("SIP/2.0 200", Subscribe(expires: "0", to: Header(ok, "To")), StringComparison.Ordinal);
        _rig.Advance(0.3);
        Assert.Equal("terminated;reason=timeout", Header(Told(), "Subscription-State"));
        _rig.ReceiveFrom(new(Phones.Desk, "alice1"), Phones.Request("REGISTER", "alice1", 2, extra: "Expires: 0")
            .Replace("<sip:alice1@10.0.0.5:5060>", "<sip:alice1@127.0.0.1:5071>"), Desk);
    }

    /// <summary>RFC 3891 section 3: to-tag is what the document calls the remote tag, from-tag the local one.</summary>
    [Theory]
    [InlineData("")]
    [InlineData(";early-only")]
    public void A_call_that_rings_is_picked_up_by_what_the_lamp_was_told(string early)
    {
        RegisterDesk();
        Subscribe();
        Told();
        _rig.Receive(Invite("+4989111"));
        _rig.Receive(Response(_rig.SentLast("INVITE "), "180 Ringing", tag: "tag-of-desk"), Desk);
        _rig.Advance(0.3);
        var lamp = Info(Told()).Elements().Single();
        if ((string?)lamp.Element(Ns + "state") != "early") lamp = Info(Advanced()).Elements().Single();
        string target = (string)lamp.Element(Ns + "remote")!.Element(Ns + "target")!.Attribute("uri")!;
        string replaces = $"{(string)lamp.Attribute("call-id")!};to-tag={(string)lamp.Attribute("remote-tag")!};"
            + $"from-tag={(string)lamp.Attribute("local-tag")!}{early}";
        _rig.ReceiveFrom(Receptionist,
            Phones.Request("INVITE", "reception", 1, uri: target, body: Offer, extra: $"Require: replaces\nReplaces: {replaces}"), Lamp);
        Assert.StartsWith("SIP/2.0 200", _rig.Sent.FindLast(sent => sent.StartsWith("SIP/2.0", StringComparison.Ordinal)
            && Header(sent, "Call-ID") == "INVITE-reception")!, StringComparison.Ordinal);
        Assert.Equal(1, _rig.SentOnce("CANCEL "));

        string Advanced()
        {
            _rig.Advance(0.5);
            return Told();
        }
    }

    [Fact]
    public void A_call_that_the_colleague_makes_is_shown_and_cannot_be_taken()
    {
        Subscribe();
        Told();
        _rig.ReceiveFrom(new(Phones.Desk, "alice1"),
            Phones.Request("INVITE", "alice1", 1, uri: "sip:+4989456@sip.example.com", body: Offer));
        _rig.Advance(0.3);
        var call = Info(Told()).Elements().Single();
        Assert.Equal("initiator", (string?)call.Attribute("direction"));
        Assert.Null(call.Attribute("call-id"));
        Assert.Equal("sip:+4989456@sip.example.com", (string?)call.Element(Ns + "remote")!.Element(Ns + "identity"));
    }

    [Fact]
    public void A_caller_who_hides_is_hidden_from_lamps()
    {
        RegisterDesk();
        Subscribe();
        Told();
        _rig.Receive(Invite("+4989111", extra: "Privacy: id"));
        _rig.Receive(Response(_rig.SentLast("INVITE "), "180 Ringing"), Desk);
        _rig.Advance(0.3);
        string notify = Told();
        Assert.DoesNotContain("4930123", notify, StringComparison.Ordinal);
        Assert.DoesNotContain("Alice", notify, StringComparison.Ordinal);
        Assert.Contains("sip:anonymous@sip.example.com", notify, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sip:foreign@sip.example.com")]
    [InlineData("sip:nobody@sip.example.com")]
    [InlineData("sip:sleeper@sip.example.com")]
    [InlineData("sip:expired@sip.example.com")]
    [InlineData("sip:alice1@elsewhere.example.net")]
    [InlineData("sip:alice1;x@sip.example.com")]
    [InlineData("sip:%61lice1%00@sip.example.com")]
    [InlineData("sip:sip.example.com")]
    [InlineData("tel:+4989111")]
    public void Of_whom_the_account_does_not_have_nobody_learns_anything(string uri)
    {
        foreach (string package in new[] { "dialog", "message-summary" })
        {
            string answer = Subscribe(package: package, uri: uri, callId: $"spy-{package}");
            Assert.Equal("SIP/2.0 404 Not Found", answer[..answer.IndexOf('\r')]);
        }
        Assert.Equal(0, Notifies);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void An_escaped_name_is_the_same_name() =>
        Assert.StartsWith("SIP/2.0 200", Subscribe(uri: "sip:%61lice1@sip.example.com;transport=udp"), StringComparison.Ordinal);

    [Theory]
    [InlineData("presence", "600", null, 489, "Allow-Events: dialog, message-summary")]
    [InlineData("", "600", null, 489, "Allow-Events: dialog, message-summary")]
    [InlineData("dialog.winfo", "600", null, 489, "Allow-Events: dialog, message-summary")]
    [InlineData("dialog", "59", null, 423, "Min-Expires: 60")]
    [InlineData("dialog", "600", "Accept: application/pidf+xml", 406, "Accept: application/dialog-info+xml")]
    [InlineData("message-summary", "600", "Accept: application/dialog-info+xml", 406, "Accept: application/simple-message-summary")]
    [InlineData("dialog", "600", "Require: eventlist", 420, "Unsupported: eventlist")]
    public void What_cannot_be_done_says_why(string package, string expires, string? extra, int status, string says)
    {
        string answer = Subscribe(package: package, expires: expires, extra: extra);
        Assert.StartsWith($"SIP/2.0 {status}", answer, StringComparison.Ordinal);
        Assert.Contains(says, answer, StringComparison.Ordinal);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void What_is_too_long_to_be_kept_is_refused()
    {
        Assert.StartsWith("SIP/2.0 513", Subscribe(extra: $"X-Padding: {new string('x', 4_096)}"), StringComparison.Ordinal);
        _rig.AssertNothingLeft();
    }

    /// <summary>A phone in trouble did not hear that the call was over: it is told again.</summary>
    [Fact]
    public void The_end_of_a_call_is_told_until_the_phone_takes_it()
    {
        RegisterDesk();
        Subscribe(expires: "3600");
        Told();
        _rig.Receive(Invite("+4989111"));
        _rig.Advance(0.3);
        Told();
        _rig.Receive(Response(_rig.SentLast("INVITE "), "486 Busy Here"), Desk);
        _rig.Advance(0.3);
        Assert.Equal(["terminated"], States(Told("503 Service Unavailable")));
        _rig.Advance(6);
        Assert.Equal(["terminated"], States(Told()));
    }

    [Theory]
    [InlineData(null, "3600")]
    [InlineData("86400", "3600")]
    [InlineData("60", "60")]
    public void It_lasts_as_long_as_it_may(string? expires, string granted) =>
        Assert.Equal(granted, Header(Subscribe(expires: expires), "Expires"));

    [Fact]
    public void Whoever_is_no_phone_may_not_watch()
    {
        _rig.Receive(Invite(body: null).Replace("INVITE", "SUBSCRIBE", StringComparison.Ordinal)
            .Replace("Max-Forwards", "Event: dialog\nMax-Forwards", StringComparison.Ordinal));
        Assert.StartsWith("SIP/2.0 405", _rig.Last, StringComparison.Ordinal);
        Assert.DoesNotContain("SUBSCRIBE", Header(_rig.Last, "Allow"), StringComparison.Ordinal);
        _rig.ReceiveFrom(new(Phones.Pbx, null),
            Phones.Request("SUBSCRIBE", "pbx", 1, uri: "sip:alice1@sip.example.com", extra: "Event: dialog"));
        Assert.StartsWith("SIP/2.0 405", _rig.Last, StringComparison.Ordinal);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void Phones_are_told_what_they_may_do_and_PUBLISH_is_refused()
    {
        _rig.ReceiveFrom(Receptionist, Phones.Request("OPTIONS", "reception", 1));
        Assert.Contains("SUBSCRIBE", Header(_rig.Last, "Allow"), StringComparison.Ordinal);
        Assert.Equal("dialog, message-summary", Header(_rig.Last, "Allow-Events"));
        _rig.ReceiveFrom(Receptionist, Phones.Request("PUBLISH", "reception", 1, extra: "Event: dialog"));
        Assert.StartsWith("SIP/2.0 405", _rig.Last, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("guessed", "lamp", null)]
    [InlineData(null, "other", null)]
    [InlineData(null, "lamp", "message-summary")]
    public void A_dialog_that_is_not_there_is_nobodys(string? tag, string callId, string? package)
    {
        string ok = Subscribe();
        Told();
        int before = Notifies;
        string to = tag is null ? Header(ok, "To") : $"<sip:alice1@sip.example.com>;tag={tag}";
        string answer = Subscribe(to: to, callId: callId, package: package ?? "dialog");
        Assert.StartsWith(package is null ? "SIP/2.0 481" : "SIP/2.0 489", answer, StringComparison.Ordinal);
        _rig.Advance(1);
        Assert.Equal(before, Notifies);
    }

    [Fact]
    public void Other_requests_and_older_ones_in_its_dialog_are_refused()
    {
        string ok = Subscribe();
        Told();
        Assert.StartsWith("SIP/2.0 405", Subscribe(method: "BYE", to: Header(ok, "To")), StringComparison.Ordinal);
        Assert.StartsWith("SIP/2.0 200", Subscribe(to: Header(ok, "To")), StringComparison.Ordinal);
        _cseq = 0;
        Assert.StartsWith("SIP/2.0 500", Subscribe(to: Header(ok, "To"), branch: "older"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_fetch_is_answered_once_and_leaves_nothing()
    {
        Assert.Equal("0", Header(Subscribe(expires: "0"), "Expires"));
        Assert.Equal("terminated;reason=timeout", Header(Told(), "Subscription-State"));
        Assert.Equal(1, Notifies);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void What_nobody_refreshes_is_over_with_a_word_and_leaves_nothing()
    {
        Subscribe(expires: "60");
        Told();
        _rig.Advance(61);
        Assert.Equal("terminated;reason=timeout", Header(Told(), "Subscription-State"));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_phone_that_is_silent_is_told_no_more()
    {
        Subscribe(expires: "3600");
        _rig.Advance(40);
        Assert.Equal(1, Notifies);
        Assert.Equal(0, _rig.State.Subscriptions);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_phone_has_so_many_and_the_next_is_refused()
    {
        _rig.Current = Phones.Snapshot(more: [Reception, Foreign], equipment: new([.. Enumerable.Range(0, 201).Select(i => new SipUser
        {
            Name = $"user{i}", Password = "secret-of-many", Tenant = Sample.Tenant, Connection = Phones.Desk.Id
        })], [], []));
        for (int i = 0; i < 200; i++)
            Assert.StartsWith("SIP/2.0 200", Subscribe($"user{i}", callId: $"lamp{i}"), StringComparison.Ordinal);
        Assert.StartsWith("SIP/2.0 403", Subscribe("user200", callId: "lamp200"), StringComparison.Ordinal);
        Assert.Equal(200, _rig.State.Subscriptions);
        Assert.StartsWith("SIP/2.0 404", Subscribe("foreign", callId: "lamp201"), StringComparison.Ordinal);
        // Whoever looks for why a lamp is dark finds these in the log.
        Assert.Equal([("reception", "user200", 403), ("reception", "foreign", 404)], _rig.Texts
            .OfType<Ringwright.Switch.Effect.RequestRefused>().Select(refused => (refused.User, refused.To, refused.Status)));
    }

    [Fact]
    public void A_phone_that_begins_anew_for_ever_piles_up_nothing()
    {
        for (int i = 0; i < 50; i++)
        {
            Assert.StartsWith("SIP/2.0 200", Subscribe(callId: $"lamp{i}"), StringComparison.Ordinal);
            Told();
        }
        Assert.Equal(Ringwright.Switch.Limits.SubscriptionsAlike, _rig.State.Subscriptions);
    }

    [Fact]
    public void Messages_that_wait_light_the_lamp()
    {
        Subscribe("alice1", "message-summary");
        string none = Told();
        Assert.Equal("application/simple-message-summary", Header(none, "Content-Type"));
        Assert.EndsWith("Messages-Waiting: no\r\nMessage-Account: sip:alice1@sip.example.com\r\nVoice-Message: 0/0\r\n", none,
            StringComparison.Ordinal);
        Wait(new(Sample.Tenant, "alice1") { New = 2, Old = 5, UrgentNew = 1 });
        _rig.Advance(0.5);
        Assert.EndsWith("Messages-Waiting: yes\r\nMessage-Account: sip:alice1@sip.example.com\r\nVoice-Message: 2/5 (1/0)\r\n", Told(),
            StringComparison.Ordinal);
        int before = Notifies;
        Wait(new(Phones.Other, "foreign") { New = 1 });
        _rig.Advance(5);
        Assert.Equal(before, Notifies);

        void Wait(WaitingMessages messages)
        {
            var changes = new RoutingChanges();
            changes.Messages[(messages.Tenant, messages.User)] = messages;
            _rig.Current = _rig.Current.With(changes);
        }
    }

    [Fact] // by phones that ask at their "voice mail number"
    public void Messages_are_asked_after_at_the_phones_own_number_too_and_at_nobody_elses()
    {
        _rig.Current = Phones.Snapshot(more: [Reception, Foreign],
            numbers: [new("+4989222", Sample.Tenant, Reception.Id), new("+4989111", Sample.Tenant, Phones.Desk.Id)]);
        Assert.StartsWith("SIP/2.0 200", Subscribe("+4989222", "message-summary"), StringComparison.Ordinal);
        Assert.Contains("Message-Account: sip:reception@sip.example.com\r\n", Told(), StringComparison.Ordinal);
        Assert.StartsWith("SIP/2.0 404", Subscribe("+4989222", callId: "calls"), StringComparison.Ordinal);
        Assert.StartsWith("SIP/2.0 404", Subscribe("+4989111", "message-summary", callId: "others"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_phones_own_number_may_be_written_as_it_is_dialled_at_home()
    {
        var reception = Reception with { Sip = Reception.Sip! with { Origination = new() { Localization = "US" } } };       // it has one
        _rig.Current = Phones.Snapshot(more: [reception, Foreign], numbers: [new("+12125550100", Sample.Tenant, reception.Id)]);
        var caller = new SipCaller(reception, "reception");
        Assert.StartsWith("SIP/2.0 200", Subscribe("2125550100", "message-summary", caller: caller), StringComparison.Ordinal);
        Assert.Contains("Message-Account: sip:reception@sip.example.com\r\n", Told(), StringComparison.Ordinal);
        Assert.StartsWith("SIP/2.0 404", Subscribe("2125550101", "message-summary", callId: "others", caller: caller),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Who_goes_from_the_configuration_is_watched_no_more_and_watches_no_more()
    {
        Subscribe();
        Told();
        _rig.Current = Phones.Snapshot(desk: Phones.Desk with { IsActive = false }, more: [Reception]);
        _rig.Advance(1);
        Assert.Equal("terminated;reason=noresource", Header(Told(), "Subscription-State"));
        _rig.Current = Phones.Snapshot(more: [Reception]);
        Subscribe(callId: "again");
        Told();
        _rig.Current = Phones.Snapshot(more: []);
        _rig.Advance(1);
        Assert.Equal("terminated;reason=rejected", Header(Told(), "Subscription-State"));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_storm_of_calls_is_told_in_paces_and_a_silent_phone_costs_one_NOTIFY()
    {
        Subscribe();
        Told();
        for (int i = 0; i < 50; i++)
            _rig.ReceiveFrom(new(Phones.Desk, "alice1"),
                Phones.Request("INVITE", "alice1", 1, uri: "sip:+4989456@sip.example.com", body: Offer)
                    .Replace("INVITE-alice1", $"storm{i}", StringComparison.Ordinal)
                    .Replace("bKINVITE", $"bKstorm{i}", StringComparison.Ordinal));
        Assert.InRange(Notifies, 1, 2);
        _rig.Advance(0.4);
        Assert.Equal(2, Notifies);
        Assert.InRange(States(Told()).Length, 1, Ringwright.Switch.Limits.ShownCalls);
    }

    [Fact]
    public void A_phone_behind_a_NAT_is_told_by_the_way_it_came()
    {
        var outside = IPEndPoint.Parse("198.51.100.20:40000");
        string text = Phones.Request("SUBSCRIBE", "reception", 1, uri: "sip:alice1@sip.example.com", extra: "Event: dialog");
        _rig.ReceiveFrom(Receptionist, text, outside);
        Assert.StartsWith("NOTIFY sip:reception@10.0.0.5:5060", _rig.Last, StringComparison.Ordinal);
        Assert.Equal(outside, _rig.SentTo[^1]);
        // Nobody has us send to a third party.
        _rig.ReceiveFrom(Receptionist, text.Replace("reception@10.0.0.5", "reception@8.8.8.8", StringComparison.Ordinal)
            .Replace("SUBSCRIBE-rec", "two-rec", StringComparison.Ordinal).Replace("bKSUB", "bKtwo", StringComparison.Ordinal), outside);
        Assert.StartsWith("NOTIFY sip:reception@8.8.8.8:5060", _rig.Last, StringComparison.Ordinal);
        Assert.Equal(outside, _rig.SentTo[^1]);
    }

    [Fact]
    public void A_node_that_stops_asks_phones_to_come_back_later()
    {
        Subscribe();
        Told();
        _rig.Advance(1);
        _rig.Handle(new Ringwright.Switch.ShardMessage.EndAll(HangupCause.NodeShutdown));
        Assert.Matches("^terminated;reason=probation;retry-after=(1[0-9]|20)$", Header(Told(), "Subscription-State"));
        _rig.AssertNothingLeft();
    }
}
