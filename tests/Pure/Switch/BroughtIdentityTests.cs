using System.Net;
using Ringwright.Calls;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>What a carrier says of a caller (STIR/SHAKEN, Identity, History-Info), and that nobody else can say it.</summary>
public sealed class BroughtIdentityTests
{
    private const string Passport =
        "eyJhbGciOiJFUzI1NiJ9.eyJvcmlnIjp7InRuIjoiNDkzMDEyMyJ9fQ.c2ln;info=<https://cr.example/c.pem>;alg=ES256;ppt=shaken";

    private static readonly Trunk Carrier = new()
    {
        Id = new(new Guid("00000000-0000-0000-0000-00000000000c")), Name = "carrier", Host = "127.0.0.1", Port = 5090,
        FromDomain = "us.example", Sources = [IPNetwork.Parse("127.0.0.1/32")],
    };

    private readonly ShardRig _rig = new();

    private CallEvent.LegInitiated First => _rig.Events.OfType<CallEvent.LegInitiated>().First();

    private void Use(Trunk? trunk = null, string? callerId = null) => _rig.Current = Phones.Snapshot(
        numbers: [new("+4989111", Sample.Tenant, Phones.Desk.Id) { Voice = new() { Forwarding = new("+4989999", false) } }],
        trunks: [trunk ?? Carrier], routes: [new() { Id = Guid.Empty, Trunk = Carrier.Id, CallerId = callerId }]);

    private string Forward(string extra)
    {
        _rig.Receive(Invite("+4989111", extra: extra));
        return _rig.SentLast("INVITE");
    }

    private static string[] All(string message, string name) =>
        [.. message.Split("\r\n").Where(line => line.StartsWith(name + ": ", StringComparison.Ordinal))
            .Select(line => line[(name.Length + 2)..])];

    [Theory]
    [InlineData("P-Asserted-Identity: <sip:+4930123;verstat=TN-Validation-Passed@carrier.example;user=phone>", null, "Passed")]
    [InlineData("P-Asserted-Identity: <tel:+4930123;verstat=TN-Validation-Passed-B>", "B", "Passed")]
    [InlineData("P-Asserted-Identity: <sip:+4930123@carrier.example>;verstat=No-TN-Validation", null, "NotDone")]
    [InlineData("P-Asserted-Identity: <sip:+4930123@carrier.example;verstat=tn-validation-failed-c>", "C", "Failed")]
    [InlineData("P-Attestation-Indicator: A", "A", null)]
    [InlineData("p-attestation-indicator:  b ", "B", null)]
    [InlineData("X-Verstat: TN-Validation-Passed-A\nP-Attestation-Indicator: C", "C", "Passed")]
    [InlineData("X-Twilio-VerStat: TN-Validation-Failed", null, "Failed")]
    [InlineData("P-Asserted-Identity: <sip:+4930123;verstat=TN-Validation-Passed-Z@carrier.example>", null, null)]
    [InlineData("P-Attestation-Indicator: AAA", null, null)]
    [InlineData("X-Verstat: yes", null, null)]
    [InlineData("X-Other: TN-Validation-Passed", null, null)]
    public void A_trunks_word_is_told(string headers, string? level, string? verification)
    {
        Use();
        _rig.Receive(Invite("+4989111", extra: headers));
        Assert.Equal((level, verification), (First.Attestation?.Level?.ToString(), First.Attestation?.Verification?.ToString()));
        Assert.Equal("+4930123", First.Leg.From);
    }

    [Fact]
    public void A_verdict_in_From_counts_and_is_not_part_of_who_calls()
    {
        Use();
        _rig.Receive(Invite("+4989111")
            .Replace("sip:+4930123@", "sip:+4930123;verstat=TN-Validation-Passed;x=y@", StringComparison.Ordinal));
        Assert.Equal(CallerVerification.Passed, First.Attestation?.Verification);
        Assert.Equal(("+4930123", "+4930123;x=y@example.net"), (First.Leg.From, First.Leg.FromUri));
        Assert.DoesNotContain("verstat", _rig.SentLast("INVITE"), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("X-Verstat: TN-Validation-Passed-A")]
    [InlineData("P-Attestation-Indicator: A")]
    [InlineData("X-Attestation: A")]
    [InlineData("Identity: " + Passport)]
    [InlineData("P-Asserted-Identity: <sip:+4930123;verstat=TN-Validation-Passed@carrier.example>")]
    public void A_stranger_and_a_phone_vouch_for_nobody(string header)
    {
        Use(Carrier with { Sources = [] });
        string invite = Forward(header);
        Assert.Null(First.Attestation);
        Assert.DoesNotContain(First.Leg.Headers, h => CallerAttestation.Headers.Contains(h.Name));
        AssertSilent(invite);

        _rig.ReceiveFrom(new(Phones.Desk, "alice1"),
            Phones.Request("INVITE", "alice1", 1, uri: "sip:+4989777@sip.example.com", body: Offer, extra: header));
        Assert.All(_rig.Events.OfType<CallEvent.LegInitiated>(), e => Assert.Null(e.Attestation));
        AssertSilent(_rig.SentLast("INVITE"));

        static void AssertSilent(string sent)
        {
            Assert.Empty(All(sent, "Identity"));
            Assert.DoesNotContain("verstat", sent, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("attestation", sent, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("X-Verstat")]
    [InlineData("x-attestation-indicator")]
    [InlineData("P-Attestation-Indicator")]
    [InlineData("Identity")]
    [InlineData("y")]
    public void A_customer_cannot_forge_it(string name)
    {
        Use();
        _rig.Dial(Request("+4989777") with { Headers = [new(name, "TN-Validation-Passed-A")] });
        Assert.DoesNotContain("TN-Validation", _rig.SentLast("INVITE"), StringComparison.Ordinal);
    }

    [Fact]
    public void Signatures_go_on_with_the_caller_whom_they_sign()
    {
        Use();
        Assert.Equal([Passport, "second"], All(Forward($"Identity: {Passport}\ny: second"), "Identity"));
    }

    [Fact]
    public void Signatures_go_on_in_bounded_number_and_size()
    {
        Use();
        string many = string.Join('\n', Enumerable.Range(0, 40).Select(i => $"Identity: {i}{new string('x', i == 0 ? 5_000 : 10)}"));
        string[] sent = All(Forward(many), "Identity");
        Assert.Equal(Ringwright.Switch.Limits.Passports, sent.Length);
        Assert.All(sent, one => Assert.True(one.Length < 20));
    }

    [Fact]
    public void Signatures_of_a_hidden_caller_stay_here()
    {
        Use(Carrier with { Identity = CallerIdentity.Pai });
        string invite = Forward($"Identity: {Passport}\nPrivacy: id\n"
            + "P-Asserted-Identity: <sip:+4930123;verstat=TN-Validation-Passed@c.example>");
        Assert.Empty(All(invite, "Identity"));
        Assert.DoesNotContain("4930123", invite, StringComparison.Ordinal);
        Assert.Null(First.Attestation);
    }

    [Fact]
    public void Signatures_do_not_go_with_another_number()
    {
        Use(callerId: "+4980");
        Assert.Empty(All(Forward($"Identity: {Passport}"), "Identity"));
    }

    [Theory]
    [InlineData("+4930123", 1)]
    [InlineData("+4989456", 0)]
    public void A_transfer_takes_signatures_along_as_it_takes_the_caller(string from, int expected)
    {
        _rig.Current = Snapshot(trunks: [Carrier], routes: [new() { Id = Guid.Empty, Trunk = Carrier.Id }]);
        _rig.Receive(Invite(extra: $"Identity: {Passport}"));
        Assert.True(_rig.Command(new LegCommand.Transfer { To = "+4989777", From = from }).IsAccepted);
        Assert.Equal(expected, All(_rig.SentLast("INVITE"), "Identity").Length);
    }

    [Theory]
    [InlineData(ForwardedBy.Diversion, false)]
    [InlineData(ForwardedBy.HistoryInfo, false)]
    [InlineData(ForwardedBy.Both, true)]
    [InlineData(ForwardedBy.None, true)]
    public void A_trunk_learns_who_sent_the_call_on_by_the_header_that_it_wants(ForwardedBy by, bool isTold)
    {
        Use(Carrier with { ForwardedBy = by, Identity = isTold ? CallerIdentity.Pai : CallerIdentity.None });
        string invite = Forward("Diversion: <sip:+4930777@c.example>;reason=user-busy;counter=1, "
            + "<tel:+4930666>;reason=no-answer;privacy=full");
        string[] diversions =
        [
            "<sip:+4989111@sip.example.com>;reason=unconditional", "<sip:+4930777@c.example>;reason=user-busy;counter=1",
            isTold ? "<tel:+4930666>;reason=no-answer;privacy=full" : "<sip:anonymous@anonymous.invalid>;reason=no-answer;privacy=full",
        ];
        string[] history =
        [
            isTold ? "<tel:+4930666?Privacy=history>;index=1" : "<sip:anonymous@anonymous.invalid>;index=1",
            "<sip:+4930777@c.example;cause=408>;index=1.1;mp=1",
            "<sip:+4989111@sip.example.com;cause=486>;index=1.1.1;mp=1.1",
            "<sip:+4989999@127.0.0.1:5090;cause=302>;index=1.1.1.1;mp=1.1.1",
        ];
        Assert.Equal(by is ForwardedBy.Diversion or ForwardedBy.Both ? diversions : [], All(invite, "Diversion"));
        Assert.Equal(by is ForwardedBy.HistoryInfo or ForwardedBy.Both ? history : [], All(invite, "History-Info"));
    }

    [Fact]
    public void A_trunk_that_speaks_History_Info_is_understood_and_hidden_entries_stay_hidden()
    {
        Use();
        string invite = Forward("""
            History-Info: <sip:+4930555@c.example?Privacy=history>;index=1, <sip:+4930777@c.example;cause=408>;index=1.1;mp=1
            History-Info: <sip:+4989111@sip.example.com;cause=486>;index=1.1.1;mp=1.1
            """.ReplaceLineEndings("\n"));
        Assert.Equal(
        [
            "<sip:+4989111@sip.example.com>;reason=unconditional", "<sip:+4930777@c.example>;reason=user-busy",
            "<sip:anonymous@anonymous.invalid>;reason=no-answer;privacy=full",
        ], All(invite, "Diversion"));
        Assert.DoesNotContain("4930555", invite, StringComparison.Ordinal);
        Assert.DoesNotContain(First.Leg.Headers, h => h.Value.Contains("4930555", StringComparison.Ordinal));
        Assert.Equal("<sip:+4930777@c.example>;reason=user-busy", First.Leg.Headers.First(h => h.Name == "Diversion").Value);
    }

    [Theory]
    [InlineData("<sip:+4930777@c.example?Reason=SIP%3Bcause%3D302>;index=1, <sip:+4989111@sip.example.com>;index=1.1", "unconditional")]
    [InlineData("<sip:+4930777@c.example;user=phone?Privacy=none&Reason=SIP%3Bcause%3D486%3Btext%3D%22Busy%20On%22>;index=1", "user-busy")]
    [InlineData("<sip:+4930777@c.example?Reason=SIP;cause=408>;index=1, <sip:+4989111@c.example;cause=302>;index=1.1", "unconditional")]
    [InlineData("<sip:+4930777@c.example?Reason=RouteAction%3Bcause%3D200>;index=1, <sip:+4989111@c.example>;index=1.1", null)]
    [InlineData("<sip:+4930777@c.example>;index=1, <sip:+4989111@c.example>;index=1.1", null)]
    [InlineData("\"Bob, Sales\" <sip:+4930777@c.example?Reason=SIP%3Bcause%3D486%3Btext%3DBusy%20Here>;index=1", "user-busy")]
    [InlineData("<sip:+4930777@c.example?Reason=SIP;cause=302;text=\"Moved, Temporarily\">;index=1", "unconditional")]
    [InlineData("<sip:+4930777@c.example?Reason=Q.850;cause=19&Privacy=none>;index=1 .1", "no-answer")]
    [InlineData("Bob <sip:+4930777@c.example?Reason=sip%3bcause%3d408>;index=\"1.1\";rc=1", "no-answer")]
    [InlineData("<sip:+4930777@c.example?Reason=SIP;cause=200;text=all well>;index=1", null)]
    public void An_entry_of_History_Info_that_says_why_the_call_left_it_has_sent_it_on(string history, string? reason)
    {
        Use();
        List<string> expected = ["<sip:+4989111@sip.example.com>;reason=unconditional"];
        if (reason is not null) expected.Add($"<sip:+4930777@c.example>;reason={reason}");
        Assert.Equal(expected, All(Forward($"History-Info: {history}"), "Diversion"));
    }

    [Theory]
    [InlineData("Privacy: history")]
    [InlineData("Privacy: header;session")]
    public void Who_asks_for_a_hidden_history_has_it_hidden_all(string privacy)
    {
        Use(Carrier with { ForwardedBy = ForwardedBy.Both });
        string invite = Forward($"{privacy}\nDiversion: <sip:+4930777@c.example>");
        Assert.DoesNotContain("4930777", invite, StringComparison.Ordinal);
        Assert.StartsWith("\"Alice\" <sip:+4930123@us.example>", Header(invite, "From"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_flood_of_history_is_cut()
    {
        Use(Carrier with { ForwardedBy = ForwardedBy.Both });
        var entries = Enumerable.Range(0, 60).Select(i => $"<sip:+49307{i:00}@c.example;cause=302>;index=1");
        string invite = Forward("History-Info: " + string.Join(", ", entries));
        Assert.Equal(Ringwright.Switch.Limits.Diversions, All(invite, "Diversion").Length);
        Assert.Equal(Ringwright.Switch.Limits.Diversions + 1, All(invite, "History-Info").Length);
    }

    [Theory]
    [InlineData("Privacy: id", true)]
    [InlineData("Privacy: user", true)]
    [InlineData("Privacy: ID ; Critical", true)]
    [InlineData("Privacy: header\nPrivacy: user", true)]
    [InlineData("Remote-Party-ID: \"A\" <sip:+4930123@c.example>;party=calling;privacy=full", true)]
    [InlineData("Remote-Party-ID: <sip:+4930123@c.example>;privacy=off", false)]
    [InlineData("Privacy: none", false)]
    [InlineData("Privacy: header", false)]
    [InlineData("Privacy: session;critical", false)]
    [InlineData("Privacy: something", false)]
    public void Privacy_hides_as_it_asks(string header, bool isHidden)
    {
        Use();
        string invite = Forward(header);
        Assert.Equal(isHidden ? "anonymous" : "+4930123", First.Leg.From);
        Assert.Equal(isHidden, !invite.Contains("+4930123", StringComparison.Ordinal));
    }

    [Fact]
    public void Privacy_that_must_be_and_is_not_known_refuses_the_call()
    {
        Use();
        _rig.Receive(Invite("+4989111", extra: "Privacy: teleport;critical"));
        Assert.StartsWith("SIP/2.0 500 Privacy Cannot Be Provided", _rig.Last, StringComparison.Ordinal);
        Assert.Empty(_rig.Events);
    }
}
