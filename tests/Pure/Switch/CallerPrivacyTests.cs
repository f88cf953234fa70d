using Ringwright.Calls;
using Ringwright.Core;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>What a trunk is told of a caller beside From, and what nobody is told (RFC 3323, RFC 3325).</summary>
public sealed class CallerPrivacyTests
{
    private static readonly Trunk Carrier = new()
    {
        Id = new(new Guid("00000000-0000-0000-0000-00000000000c")), Name = "carrier", Host = "127.0.0.1", Port = 5090,
        FromDomain = "us.example"
    };

    private readonly ShardRig _rig = new();

    private string Dial(CallerIdentity identity, bool isPrivate, string? callerId = null)
    {
        _rig.Current = Snapshot(trunks: [Carrier with { Identity = identity }],
            routes: [new() { Id = Guid.Empty, Trunk = Carrier.Id, CallerId = callerId }]);
        _rig.Dial(Request("+4989777") with { IsPrivate = isPrivate, CallerName = "Ada" });
        return _rig.SentLast("INVITE");
    }

    private static string? Find(string message, string name) =>
        message.Contains($"\r\n{name}: ", StringComparison.Ordinal) ? Header(message, name) : null;

    [Theory]
    [InlineData(CallerIdentity.None, false, null, "\"Ada\" <sip:+4930123@us.example>", null, null)]
    [InlineData(CallerIdentity.Pai, false, null, "\"Ada\" <sip:+4930123@us.example>", "<sip:+4930123@us.example>", null)]
    [InlineData(CallerIdentity.None, true, null, "<sip:anonymous@anonymous.invalid>", null, "id")]
    [InlineData(CallerIdentity.Pai, true, null, "<sip:anonymous@anonymous.invalid>", "<sip:+4930123@us.example>", "id")]
    [InlineData(CallerIdentity.Pai, true, "+4980", "<sip:anonymous@anonymous.invalid>", "<sip:+4980@us.example>", "id")]
    public void A_trunk_learns_the_caller_by_the_header_that_it_wants_and_a_hidden_one_by_no_other(CallerIdentity identity, bool isPrivate,
        string? callerId, string from, string? asserted, string? privacy)
    {
        string invite = Dial(identity, isPrivate, callerId);
        Assert.Equal(from, Header(invite, "From").Split(";tag")[0]);
        Assert.Equal((asserted, privacy), (Find(invite, "P-Asserted-Identity"), Find(invite, "Privacy")));
        if (isPrivate && asserted is null) Assert.DoesNotContain("4930123", invite, StringComparison.Ordinal);
        if (isPrivate) Assert.DoesNotContain("Ada", invite, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hidden_number_is_judged_like_one_that_is_shown()
    {
        _rig.Current = Snapshot(trunks: [Carrier], routes: [new() { Id = Guid.Empty, Trunk = Carrier.Id }]);
        _rig.Receive(Invite());
        Assert.Equal(Refusal.CallerIdNotOwned,
            _rig.Command(new LegCommand.Transfer { To = "+4989777", From = "+4930999", IsPrivate = true }).Refusal);
        Assert.True(_rig.Command(new LegCommand.Transfer { To = "+4989777", IsPrivate = true }).IsAccepted);
        Assert.StartsWith("<sip:anonymous@anonymous.invalid>", Header(_rig.SentLast("INVITE"), "From"));
    }

    [Theory]
    [InlineData("gateway@carrier.example", "P-Asserted-Identity: <sip:+4930555@carrier.example>", true, "+4930555")]
    [InlineData("gateway@carrier.example", "P-Asserted-Identity: \"Ada\" <sip:ada@carrier.example>, <tel:+4930555>", true, "+4930555")]
    [InlineData("gateway@carrier.example", "Remote-Party-ID: <sip:+4930555@carrier.example>;party=calling", true, "+4930555")]
    [InlineData("+4930123@carrier.example", "P-Asserted-Identity: <sip:+4930555@carrier.example>", true, "+4930123")]
    [InlineData("anonymous@anonymous.invalid", "P-Asserted-Identity: <sip:+4930555@carrier.example>", true,
        "sip:anonymous@anonymous.invalid")]
    [InlineData("gateway@carrier.example", "P-Asserted-Identity: <sip:+4930555@carrier.example>", false, "sip:gateway@carrier.example")]
    public void Who_calls_is_read_beside_From_where_a_trunk_has_no_number_there(string from, string header, bool isTrunk, string caller)
    {
        if (isTrunk) _rig.Current = Snapshot(trunks: [Carrier with { Sources = [System.Net.IPNetwork.Parse("127.0.0.0/8")] }]);
        _rig.Receive(Invite(extra: header).Replace("sip:+4930123@example.net", $"sip:{from}", StringComparison.Ordinal));
        Assert.Equal(caller, _rig.Events.OfType<CallEvent.LegInitiated>().Single().Leg.From);
    }

    [Theory]
    [InlineData("Privacy: ID")]
    [InlineData("Privacy: \"id\"")]
    [InlineData("Privacy: header; User")]
    [InlineData("Privacy: critical ,id")]
    [InlineData("Privacy: none\nPrivacy: id")]
    [InlineData("Remote-Party-ID: <sip:+4930123@example.net>;privacy=FULL")]
    [InlineData("Remote-Party-ID: <sip:+4930123@example.net>;privacy=\"uri;network\"")]
    public void Privacy_is_kept_however_it_is_written(string header)
    {
        _rig.Receive(Invite(extra: header));
        Assert.Equal("anonymous", _rig.Events.OfType<CallEvent.LegInitiated>().Single().Leg.From);
    }

    [Theory]
    [InlineData("P-Asserted-Identity", false)]
    [InlineData("P-Charge-Info", false)]
    [InlineData("Remote-Party-ID", false)]
    [InlineData("Identity", false)]
    [InlineData("Date", false)]
    [InlineData("Join", false)]
    [InlineData("m", false)]
    [InlineData("Content-Language", false)]
    [InlineData("two words", false)]
    [InlineData("X-Order", true)]
    [InlineData("head_1", true)]
    [InlineData("User-to-User", true)]
    public void No_header_of_a_customer_speaks_for_the_caller(string name, bool goesOut)
    {
        _rig.Dial(Request() with { Headers = [new(name, "<sip:+4930555@bank.example>")] });
        Assert.Equal(goesOut, _rig.SentLast("INVITE").Contains("bank.example", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("P-Asserted-Identity: <sip:+4930555@bank.example>")]
    [InlineData("P-Charge-Info: <sip:+4930555@bank.example>")]
    [InlineData("Remote-Party-ID: <sip:+4930555@bank.example>")]
    [InlineData("Diversion: <sip:+4930555@bank.example>;reason=no-answer")]
    [InlineData("History-Info: <sip:+4930555@bank.example>;index=1")]
    [InlineData("Identity: bank.example")]
    [InlineData("Referred-By: <sip:+4930555@bank.example>")]
    [InlineData("User-Agent: bank.example")]
    public void No_header_of_a_phone_speaks_for_it_on_a_trunk(string header)
    {
        _rig.Current = Phones.Snapshot(trunks: [Carrier with { Identity = CallerIdentity.Pai }],
            routes: [new() { Id = Guid.Empty, Trunk = Carrier.Id }]);
        _rig.ReceiveFrom(new(Phones.Desk, "alice1"),
            Phones.Request("INVITE", "alice1", 1, uri: "sip:+4989777@sip.example.com", body: Offer, extra: header));
        string invite = _rig.SentLast("INVITE");
        Assert.Equal("<sip:+4989111@us.example>", Header(invite, "P-Asserted-Identity"));
        Assert.DoesNotContain("bank.example", invite, StringComparison.Ordinal);
    }

    [Fact]
    public void A_phone_that_hides_is_hidden_and_its_carrier_knows_it()
    {
        _rig.Current = Phones.Snapshot(trunks: [Carrier with { Identity = CallerIdentity.Pai }],
            routes: [new() { Id = Guid.Empty, Trunk = Carrier.Id }]);
        _rig.ReceiveFrom(new(Phones.Desk, "alice1"),
            Phones.Request("INVITE", "alice1", 1, uri: "sip:+4989777@sip.example.com", body: Offer, extra: "Privacy: id"));
        string invite = _rig.SentLast("INVITE");
        Assert.StartsWith("<sip:anonymous@anonymous.invalid>", Header(invite, "From"));
        Assert.Equal(("<sip:+4989111@us.example>", "id"), (Header(invite, "P-Asserted-Identity"), Header(invite, "Privacy")));
    }

    [Theory]
    [InlineData("anonymous@anonymous.invalid"), InlineData("Anonymous@localhost")]
    public void A_phone_that_hides_by_its_From_alone_is_hidden_on_a_trunk_and_in_the_house(string from)
    {
        _rig.Current = Phones.Snapshot(trunks: [Carrier with { Identity = CallerIdentity.Pai }],
            routes: [new() { Id = Guid.Empty, Trunk = Carrier.Id }]);
        string Call(int cseq, string number) => Phones.Request("INVITE", "alice1", cseq, uri: $"sip:{number}@sip.example.com", body: Offer)
            .Replace("<sip:alice1@sip.example.com>;", $"\"Anonymous\" <sip:{from}>;", StringComparison.Ordinal);
        _rig.ReceiveFrom(new(Phones.Desk, "alice1"), Call(1, "+4989777"));
        string invite = _rig.SentLast("INVITE");
        Assert.StartsWith("<sip:anonymous@anonymous.invalid>", Header(invite, "From"));
        Assert.Equal(("<sip:+4989111@us.example>", "id"), (Header(invite, "P-Asserted-Identity"), Header(invite, "Privacy")));
        _rig.ReceiveFrom(new(Phones.Desk, "alice1"), Call(2, "+4989456").Replace("INVITE-alice1", "INVITE-2", StringComparison.Ordinal));
        var leg = _rig.Events.OfType<CallEvent.LegInitiated>().Last().Leg;
        Assert.Equal(("anonymous", null), (leg.From, leg.CallerName));
    }

    [Fact]
    public void What_a_carrier_says_of_who_sent_a_call_on_goes_with_it_and_a_hidden_caller_stays_hidden()
    {
        _rig.Current = Phones.Snapshot(
            numbers: [new("+4989111", Sample.Tenant, Phones.Desk.Id) { Voice = new() { Forwarding = new("+4989999", false) } }],
            trunks: [Carrier], routes: [new() { Id = Guid.Empty, Trunk = Carrier.Id }]);
        _rig.Receive(Invite("+4989111",
            extra: "Diversion: <sip:+4930777@carrier.example>\nPrivacy: id\nP-Asserted-Identity: <sip:+4930123@carrier.example>"));
        string invite = _rig.SentLast("INVITE");
        Assert.Contains("Diversion: <sip:+4930777@carrier.example>", invite, StringComparison.Ordinal);
        Assert.Contains("Diversion: <sip:+4989111@sip.example.com>;reason=unconditional", invite, StringComparison.Ordinal);
        Assert.StartsWith("<sip:anonymous@anonymous.invalid>", Header(invite, "From"));
        Assert.DoesNotContain("+4930123", invite, StringComparison.Ordinal);
        Assert.Equal("anonymous", _rig.Events[0].Leg.From);
        Assert.DoesNotContain(_rig.Events[0].Leg.Headers, h => h.Value.Contains("+4930123", StringComparison.Ordinal));
    }
}
