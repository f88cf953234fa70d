using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Routing;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>Calls whose caller is not who he says: what the called side gets to see.</summary>
public sealed class CallerIdCallTests
{
    private const string Victim = "+4930555", Strange = "+4930999", Number = "+4989111";

    private static readonly Trunk Carrier =
        new() { Id = new(new Guid("00000000-0000-0000-0000-00000000000c")), Name = "carrier", Host = "127.0.0.1", Port = 5090 };
    private static readonly Connection VictimsApp = App with { Id = new(51), Tenant = Phones.Other, Name = "victim" };
    private static readonly Connection Bobby = new()
    {
        Id = new(31), Tenant = Phones.Other, Kind = ConnectionKind.Credential, Name = "bob",
        Sip = new() { UserName = "bobby", Password = "secret-of-bobby", UriCalling = SipUriCalling.Unrestricted },
    };
    private static readonly Connection EchoLine = App with { Id = new(52), Application = Application.Echo, Name = "echo" };

    private readonly ShardRig _rig = new() { Current = World() };

    private static RoutingSnapshot World(SipConnection? desk = null, bool hasNumber = true, CallerChoice choice = CallerChoice.Owned,
        Forwarding? forwarding = null, IReadOnlyList<string>? more = null) => Phones.Snapshot(
            Phones.Desk with { Sip = desk ?? Phones.Desk.Sip },
            [
                new("+4989456", Sample.Tenant, Sample.Connection), new("+4989700", Sample.Tenant, EchoLine.Id),
                new(Victim, Phones.Other, VictimsApp.Id),
                new("+4989800", Sample.Tenant, Sample.Connection)
                {
                    Voice = new() { Forwarding = forwarding ?? new("+4989999", IsOnFailure: false) }
                },
                .. hasNumber ? [new Number(Number, Sample.Tenant, Phones.Desk.Id)] : Array.Empty<Number>(),
            ],
            [Carrier with { CallerIds = choice }],
            [.. (more ?? ["+"]).Select(prefix => new Route { Id = Guid.NewGuid(), Trunk = Carrier.Id, Prefix = prefix })],
            [VictimsApp, Bobby, EchoLine]);

    private void Call(string number, string? says = null, string? headers = null, Connection? from = null, string? user = "alice1",
        string? name = null) =>
        _rig.ReceiveFrom(new(from ?? _rig.Current.FindConnection(Sample.Tenant, Phones.Desk.Id)!, user),     // World has it
            Phones.Request("INVITE", "alice1", 1, uri: $"sip:{number}@sip.example.com", body: Offer, extra: headers)
                .Replace("From: <sip:alice1@sip.example.com>",
                    $"From: {(name is null ? "" : $"\"{name}\" ")}<sip:{says ?? "alice1"}@sip.example.com>"),
            new(IPAddress.Parse("203.0.113.9"), 5060));

    private string From => Header(_rig.SentLast("INVITE"), "From").Split(";tag")[0];

    [Theory]
    [InlineData(Victim, null)]
    [InlineData(Strange, null)]
    [InlineData(null, "P-Asserted-Identity: <sip:+4930555@x>")]
    [InlineData(null, "P-Preferred-Identity: <tel:+4930555>")]
    [InlineData(null, "Remote-Party-ID: <sip:+4930999@x>;party=calling")]
    [InlineData("bobby", null)]
    public void A_phones_wrong_From_becomes_its_connections_number(string? says, string? headers)
    {
        Call("+4989777", says, headers);
        Assert.Equal($"<sip:{Number}@sip.example.com>", From);
        Assert.All(_rig.Events, e => Assert.Equal(Number, e.Leg.From));
    }

    [Fact]
    public void A_number_that_the_account_has_is_shown_as_the_phone_says_it()
    {
        Call("+4989777", "+4989456", "P-Asserted-Identity: <sip:+4989456@x>");
        Assert.Equal("<sip:+4989456@sip.example.com>", From);
    }

    [Theory]
    [InlineData(Victim)]
    [InlineData(Strange)]
    [InlineData(null)]
    public void Without_a_number_it_is_403(string? says)
    {
        _rig.Current = World(hasNumber: false);
        Call("+4989777", says);
        Assert.Equal(0, _rig.SentCount("INVITE"));
        Assert.Contains("SIP/2.0 403 Unverified origination number D51", _rig.Last);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_trunk_that_lets_choose_shows_what_the_phone_says_and_never_anothers_number()
    {
        _rig.Current = World(choice: CallerChoice.Any);
        Call("+4989777", Strange);
        Assert.Equal($"<sip:{Strange}@sip.example.com>", From);
        _rig.Advance(100);
        Call("+4989777", Victim);
        Assert.Equal($"<sip:{Number}@sip.example.com>", From);
    }

    [Theory]
    [InlineData(Victim)]
    [InlineData("sip:bobby@sip.example.com")]
    [InlineData("The Bank")]
    public void The_connections_own_setting_is_a_claim_too(string setting)
    {
        _rig.Current = World(Phones.Desk.Sip! with { Origination = new() { CallerOverride = setting } },
            choice: setting == Victim ? CallerChoice.Any : CallerChoice.Owned); // it has one
        Call("+4989777");
        Assert.Equal($"<sip:{Number}@sip.example.com>", From);
    }

    [Theory]
    [InlineData("911", true, "<sip:+4989111@sip.example.com>")]
    [InlineData("911", false, "<sip:alice1@sip.example.com>")]
    [InlineData("+1911", false, "<sip:alice1@sip.example.com>")]
    public void An_emergency_call_goes_out_whatever_the_phone_says_and_shows_nothing_false(string number, bool hasNumber, string expected)
    {
        _rig.Current = World(hasNumber: hasNumber, more: ["911", "+1911"]);
        Call(number, Victim, "Privacy: id");
        Assert.Equal(expected, From);
    }

    [Theory]
    [InlineData(null, false, "<sip:alice1@sip.example.com>")]
    [InlineData(null, true, "<sip:+4989111@sip.example.com>")]
    [InlineData(Victim, true, "<sip:alice1@sip.example.com>")]
    [InlineData(Strange, true, "<sip:alice1@sip.example.com>")]
    [InlineData("+4989456", true, "<sip:+4989456@sip.example.com>")]
    public void A_SIP_user_of_ours_sees_a_number_of_the_account_or_the_phones_own_URI(string? says, bool hasNumber, string expected)
    {
        _rig.Current = World(hasNumber: hasNumber, choice: CallerChoice.Any);
        _rig.ReceiveFrom(new(Bobby, "bobby"), Phones.Request("REGISTER", "bobby", 1).Replace("10.0.0.5:5060>", "127.0.0.1:5071>"),
            new(IPAddress.Loopback, 5071));
        Call("bobby", says);
        Assert.Equal(expected, From);
    }

    [Fact]
    public void Equipment_that_is_known_by_its_address_is_shown_by_that_address()
    {
        _rig.Current = World(hasNumber: false);
        _rig.ReceiveFrom(new(Bobby, "bobby"), Phones.Request("REGISTER", "bobby", 1).Replace("10.0.0.5:5060>", "127.0.0.1:5071>"),
            new(IPAddress.Loopback, 5071));
        Call("bobby", "101", from: Phones.Pbx, user: null);
        Assert.Equal("<sip:101@203.0.113.9>", From);
        _rig.Advance(100);
        Call("bobby", Victim, from: Phones.Pbx, user: null);
        Assert.Equal("<sip:203.0.113.9>", From);
    }

    [Theory]
    [InlineData("4930555", "<sip:sip.example.com>")]        // somebody's number
    [InlineData("4989456", "<sip:+4989456@sip.example.com>")]        // an own one
    [InlineData("1001", "<sip:1001@sip.example.com>")]        // an extension
    public void A_user_name_that_reads_as_a_number_is_judged_as_one(string user, string expected)
    {
        _rig.Current = World(Phones.Desk.Sip! with { UserName = user }, hasNumber: false);      // it has one
        _rig.ReceiveFrom(new(Bobby, "bobby"), Phones.Request("REGISTER", "bobby", 1).Replace("10.0.0.5:5060>", "127.0.0.1:5071>"),
            new(IPAddress.Loopback, 5071));
        Call("bobby", user, user: user);
        Assert.Equal(expected, From);
    }

    [Fact]
    public void The_echo_line_sees_the_phones_own_URI()
    {
        Call("+4989700", Victim);
        Assert.Equal("sip:alice1@sip.example.com", _rig.Events[0].Leg.From);
    }

    [Theory]
    [InlineData("+49 30 555")]
    [InlineData("+49\u00A030\u2011555")]
    [InlineData("(030) 555-1234"), InlineData("011 49 30 555")]        // as it is dialled in Germany, and in the United States
    public void Another_accounts_application_is_told_nothing_that_the_phone_only_claims(string name)
    {
        Call(Victim, Victim, "P-Asserted-Identity: <sip:+4930555@x>\nX-Order: 7", name: name);
        var leg = _rig.Events.Single().Leg;
        Assert.Equal((Phones.Other, Number, "alice1@sip.example.com", null), (leg.Tenant, leg.From, leg.FromUri, leg.CallerName));
        Assert.Equal(["X-Order"], leg.Headers.Select(h => h.Name));
    }

    [Fact]
    public void Another_accounts_application_does_not_learn_who_hides()
    {
        Call(Victim, "+4989456", "P-Asserted-Identity: <sip:+4989456@x>\nPrivacy: id", name: "Alice");
        var leg = _rig.Events.Single().Leg;
        Assert.Equal(("anonymous", "anonymous@anonymous.invalid", null), (leg.From, leg.FromUri, leg.CallerName));
        Assert.Empty(leg.Headers);
    }

    [Fact]
    public void A_forwarded_call_of_the_network_shows_its_caller()
    {
        _rig.Receive(Invite("+4989800").Replace("+4930123@example.net", $"{Strange}@example.net"));
        Assert.Equal($"<sip:{Strange}@sip.example.com>", From.Replace("\"Alice\" ", ""));
    }

    [Theory]
    [InlineData(true, "<sip:+4989111@sip.example.com>")]
    [InlineData(false, "<sip:+4989800@sip.example.com>")]        // a carrier takes numbers only: the one that was called
    public void A_phone_brings_no_false_caller_by_calling_an_own_number_that_is_forwarded(bool hasNumber, string expected)
    {
        _rig.Current = World(hasNumber: hasNumber);
        Call("+4989800", Victim, "P-Asserted-Identity: <sip:+4930555@x>");
        Assert.Equal(expected, From);
    }

    [Theory]
    [InlineData(null, "<sip:+4989456@")]
    [InlineData("+4989456", "<sip:+4989456@")]
    [InlineData(Strange, "<sip:+4930999@")]        // who calls
    [InlineData(Victim, null)]
    [InlineData("+4930998", null)]
    public void A_transfer_shows_an_own_number_or_who_calls(string? from, string? expected)
    {
        _rig.Receive(Invite().Replace("+4930123@example.net", $"{Strange}@example.net"));
        var ack = _rig.Command(new LegCommand.Transfer { To = "+4989777", From = from });
        Assert.Equal(expected is null ? Refusal.CallerIdNotOwned : Refusal.None, ack.Refusal);
        if (expected is not null) Assert.StartsWith(expected, From);
    }

    [Fact]
    public void The_leg_that_a_transfer_made_may_show_who_called_the_session()
    {
        _rig.Receive(Invite().Replace("+4930123@example.net", $"{Strange}@example.net"));
        _rig.Command(new LegCommand.Answer());
        Assert.True(_rig.Command(new LegCommand.Transfer { To = "+4989777" }).IsAccepted);
        string first = _rig.SentLast("INVITE");
        _rig.Receive(Response(first, "200 OK", body: Answer), new(IPAddress.Loopback, 5090));
        Assert.True(_rig.Command(new LegCommand.Transfer { To = "+4989778", From = Strange }, _rig.Events[^1].Leg.Id).IsAccepted);
        Assert.StartsWith($"<sip:{Strange}@", From);
    }

    [Fact]
    public void A_transferred_outbound_leg_shows_no_number_that_was_only_called()
    {
        var leg = _rig.Dial(Request("+4989777"));
        _rig.Receive(Response(_rig.SentLast("INVITE"), "200 OK", body: Answer), new(IPAddress.Loopback, 5090));
        Assert.Equal(Refusal.CallerIdNotOwned,
            _rig.Command(new LegCommand.Transfer { To = "+4989778", From = "+4989777" }, leg.Id).Refusal);
        Assert.True(_rig.Command(new LegCommand.Transfer { To = "+4989778" }, leg.Id).IsAccepted);
        Assert.StartsWith("<sip:+4930123@", From);
    }

    [Fact]
    public void A_parked_phone_brings_no_caller()
    {
        _rig.Current = World(Phones.Desk.Sip! with { Origination = new() { IsParked = true } });        // it has one
        Call("+4989777", Victim);
        Assert.Null(_rig.Events.Single().Leg.BroughtCaller);
        Assert.Equal(Refusal.CallerIdNotOwned, _rig.Command(new LegCommand.Transfer { To = "+4989778", From = Victim }).Refusal);
        Assert.Equal(Refusal.CallerIdNotOwned, _rig.Command(new LegCommand.Transfer { To = "+4989778" }).Refusal);
    }

    [Fact]
    public void A_parked_phone_is_transferred_under_its_own_number()
    {
        _rig.Current = World(Phones.Desk.Sip! with { Origination = new() { IsParked = true } });        // it has one
        Call("+4989777");
        Assert.True(_rig.Command(new LegCommand.Transfer { To = "+4989778" }).IsAccepted);
        Assert.StartsWith($"<sip:{Number}@", From);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]      // the laptop itself
    [InlineData("198.51.100.7", false)]
    public void A_stranger_at_an_open_subdomain_brings_no_caller(string source, bool isBrought)
    {
        string invite = Invite("+4989456").Replace("INVITE sip:+4989456@127.0.0.1:5060", "INVITE sip:sales@open.sip.example.com")
            .Replace("+4930123@example.net", $"{Victim}@example.net");
        _rig.Receive(invite, new(IPAddress.Parse(source), 5070));
        var ack = _rig.Command(new LegCommand.Transfer { To = "+4989777", From = Victim });
        Assert.Equal(isBrought ? Refusal.None : Refusal.CallerIdNotOwned, ack.Refusal);
    }
}
