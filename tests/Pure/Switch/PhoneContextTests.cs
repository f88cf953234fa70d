using System.Net;
using Ringwright.Calls;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>Numbers that are local to a prefix (RFC 3966), as IMS networks and gateways write them.</summary>
public sealed class PhoneContextTests
{
    private static readonly Trunk Carrier = new()
    {
        Id = new(new Guid("00000000-0000-0000-0000-00000000000c")), Name = "carrier", Host = "127.0.0.1", Port = 5090,
        FromDomain = "us.example", Sources = [IPNetwork.Parse("127.0.0.0/8")], CallerIds = CallerChoice.Any,
    };

    private static readonly Number Ours = new("+4989456789", Sample.Tenant, Sample.Connection);

    private readonly ShardRig _rig = new() { Current = Snapshot(trunks: [Carrier], numbers: [Ours]) };

    private LegFacts First => _rig.Events.OfType<CallEvent.LegInitiated>().First().Leg;

    [Theory]
    [InlineData("tel:89456789;phone-context=+49")]
    [InlineData("tel:89-456-789;ext=7;Phone-Context=+49")]
    [InlineData("sip:89456789;phone-context=+49@127.0.0.1:5060;user=phone")]
    [InlineData("sip:89456789;phone-context=%2B49@127.0.0.1:5060")]
    [InlineData("sip:89456789@127.0.0.1:5060;phone-context=+49;user=phone")]
    [InlineData("sip:89456789@127.0.0.1:5060;user=phone;phone-context=+49@carrier.example")]
    [InlineData("sip:89456789;phone-context=+49%40carrier.example@127.0.0.1:5060")]
    [InlineData("tel:+49-89-456789;phone-context=+1")]
    [InlineData("tel:004989456789;phone-context=+1")]
    [InlineData("tel:4989456789;phone-context=ims.mnc001.mcc262.3gppnetwork.org")]
    public void A_carrier_calls_a_number_of_ours(string called)
    {
        _rig.Receive(Invite().Replace("INVITE sip:+4989456@127.0.0.1:5060", $"INVITE {called}", StringComparison.Ordinal));
        Assert.Equal(Ours.Text, First.To);
    }

    [Theory]
    [InlineData("<tel:89456789;phone-context=+49>")]
    [InlineData("<sip:89456789;phone-context=+49@carrier.example;user=phone>")]
    public void A_call_to_our_login_at_a_carrier_is_for_the_number_in_To(string to)
    {
        var registered = Carrier with { AuthUser = "line7", AuthPassword = "secret", Registers = true, Sources = [] };
        _rig.Current = Snapshot(trunks: [registered], numbers: [Ours]);
        _rig.FireAt(_rig.Now);
        string contact = Header(_rig.SentLast("REGISTER"), "Contact").Trim('<', '>');
        _rig.Receive(Invite().Replace("INVITE sip:+4989456@127.0.0.1:5060", $"INVITE {contact}", StringComparison.Ordinal)
            .Replace("To: <sip:+4989456@127.0.0.1:5060>", $"To: {to}", StringComparison.Ordinal), IPEndPoint.Parse("198.51.100.7:5060"));
        Assert.Equal((Ours.Text, registered.Id), (First.To, First.Trunk!.Value));
    }

    [Theory]
    [InlineData("tel:305551234;phone-context=+49", null)]
    [InlineData("sip:305551234;phone-context=+49@carrier.example;user=phone", null)]
    [InlineData("sip:gateway@carrier.example", "P-Asserted-Identity: <tel:30-555-1234;phone-context=+49>")]
    [InlineData("sip:gateway@carrier.example", "Remote-Party-ID: <sip:305551234@carrier.example;phone-context=+49>;party=calling")]
    [InlineData("sip:gateway@carrier.example", "P-Asserted-Identity: tel:305551234;phone-context=+49")]
    [InlineData("sip:gateway@carrier.example", "P-Asserted-Identity: \"Alice\" <tel:5551234;phone-context=\"+49-30\">")]
    [InlineData("sip:gateway@carrier.example", "P-Asserted-Identity: sip:305551234;phone-context=+49@carrier.example;user=phone")]
    [InlineData("sip:gateway@carrier.example", "P-Asserted-Identity: sip:305551234@carrier.example;phone-context=+49")]
    [InlineData("sip:gateway@carrier.example", "P-Asserted-Identity: <sip:305551234@c.example;phone-context=+49@d.example>")]
    [InlineData("sip:gateway@carrier.example", "P-Asserted-Identity: <sip:gateway@carrier.example>, tel:305551234;phone-context=%2B49")]
    [InlineData("sip:gateway@carrier.example", "Remote-Party-ID: tel:305551234;phone-context=+49;party=calling;privacy=off")]
    public void A_carrier_says_who_calls(string from, string? header)
    {
        _rig.Receive(Invite(Ours.Text, extra: header).Replace("sip:+4930123@example.net", from, StringComparison.Ordinal));
        Assert.Equal("+49305551234", First.From);
    }

    [Fact]
    public void Who_is_named_by_a_tel_URI_has_no_SIP_URI()
    {
        _rig.Receive(Invite().Replace("INVITE sip:+4989456@127.0.0.1:5060", $"INVITE tel:{Ours.Text}", StringComparison.Ordinal)
            .Replace("sip:+4930123@example.net", "tel:+4930123", StringComparison.Ordinal));
        Assert.Equal(("+4930123", Ours.Text), (First.From, First.To));
        Assert.Null(First.FromUri);
        Assert.Null(First.ToUri);
    }

    [Theory]
    [InlineData(ForwardedBy.HistoryInfo, "Diversion: <tel:307771234;phone-context=+49>;reason=user-busy",
        "History-Info: <tel:+49307771234>;index=1\r\n")]
    [InlineData(ForwardedBy.Diversion,
        "History-Info: <tel:307771234;phone-context=+49>;index=1, <sip:+4989111@us.example;cause=486>;index=1.1",
        "Diversion: <tel:+49307771234>;reason=user-busy\r\n")]
    public void Who_sent_a_call_on_keeps_his_number(ForwardedBy by, string header, string expected)
    {
        _rig.Current = Phones.Snapshot(
            numbers: [new("+4989111", Sample.Tenant, Phones.Desk.Id) { Voice = new() { Forwarding = new("+4989999", false) } }],
            trunks: [Carrier with { ForwardedBy = by }], routes: [new() { Id = Guid.Empty, Trunk = Carrier.Id }]);
        _rig.Receive(Invite("+4989111", extra: header));
        Assert.Contains(expected, _rig.SentLast("INVITE"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sip:2125550100;phone-context=+1@sip.example.com;user=phone", "+12125550100")]
    [InlineData("sip:2125550100@sip.example.com;phone-context=+1;user=phone", "+12125550100")]
    [InlineData("tel:212-555-0100;phone-context=+1", "+12125550100")]
    [InlineData("tel:12125550100;phone-context=+1", "+12125550100")]
    [InlineData("sip:01149305551234;phone-context=+1@sip.example.com;user=phone", "+49305551234")]
    [InlineData("sip:911;phone-context=+1@sip.example.com;user=phone", "911"), InlineData("tel:9-1-1;phone-context=+1", "911")]
    [InlineData("tel:(011)49305551234;phone-context=+1", "+49305551234")]
    [InlineData("sip:%E2%80%AD0049305551234;phone-context=+1@sip.example.com", "+49305551234")]        // copied, with a mark before it
    [InlineData("sip:305551234;phone-context=+49@sip.example.com;user=phone", "+49305551234", "7777")]
    [InlineData("sip:77772125550100@sip.example.com", "+12125550100", "7777")]
    public void A_phone_dials(string called, string expected, string? prefix = null)
    {
        var desk = Phones.Desk with
        {
            Sip = Phones.Desk.Sip! with { Origination = new() { Localization = "US", TechPrefix = prefix } },       // it has one
        };
        _rig.Current = Phones.Snapshot(desk, trunks: [Carrier], routes:
        [
            new() { Id = Guid.Empty, Trunk = Carrier.Id }, new() { Id = Guid.NewGuid(), Trunk = Carrier.Id, Prefix = "911" },
        ]);
        _rig.ReceiveFrom(new(desk, "alice1"), Phones.Request("INVITE", "alice1", 1, uri: called, body: Offer));
        Assert.StartsWith($"INVITE sip:{expected}@127.0.0.1:5090", _rig.SentLast("INVITE"), StringComparison.Ordinal);
    }
}
