using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>Calls to a number that nobody takes: they go on to another number, or to voicemail, and each only once.</summary>
public sealed class FallbackTests
{
    private const string OfApplication = "+4989456", OfPhone = "+4989111", Far = "+4989999";

    private static readonly Trunk Carrier = new()
    {
        Id = new(new Guid("00000000-0000-0000-0000-00000000000c")), Name = "carrier", Host = "127.0.0.1", Port = 5090,
        FromDomain = "us.example", Sources = [IPNetwork.Parse("127.0.0.1/32")],
    };

    private readonly ShardRig _rig = new();

    private void Use(NumberVoice? voice = null, bool hasVoicemail = true)
    {
        var changes = new RoutingChanges();
        if (hasVoicemail)
            foreach (string number in new[] { OfApplication, OfPhone })
                changes.Mailboxes[(Sample.Tenant, number)] = new(Sample.Tenant, number);
        _rig.Current = Phones.Snapshot(
            numbers: [new(OfApplication, Sample.Tenant, Sample.Connection) { Voice = voice ?? new() },
                new(OfPhone, Sample.Tenant, Phones.Desk.Id) { Voice = voice ?? new() }],
            trunks: [Carrier], routes: [new() { Id = Guid.Empty, Trunk = Carrier.Id }]).With(changes);
    }

    private CallEvent.LegHandedOver[] Handed => [.. _rig.Events.OfType<CallEvent.LegHandedOver>()];

    private CallEvent.LegInitiated First => _rig.Events.OfType<CallEvent.LegInitiated>().First();

    [Fact]
    public void An_application_that_says_nothing_loses_the_call_to_voicemail()
    {
        Use();
        _rig.Receive(Invite(OfApplication));
        _rig.Advance(24);
        Assert.Empty(Handed);
        _rig.Advance(2);
        Assert.Equal(new Application(ApplicationKind.Voicemail, OfApplication), Assert.Single(Handed).Leg.Application);
        Assert.True(_rig.Command(new LegCommand.Answer(), First.Leg.Id).IsAccepted);
        Assert.Equal(1, _rig.SentCount("SIP/2.0 200 OK"));
    }

    [Fact]
    public void An_application_that_has_said_anything_has_the_call()
    {
        Use();
        _rig.Receive(Invite(OfApplication));
        _rig.Command(new LegCommand.SetLabels(), First.Leg.Id);
        _rig.Advance(100);
        Assert.Empty(Handed);
        _rig.Command(new LegCommand.Reject(IsBusy: true), First.Leg.Id);
        Assert.Equal(1, _rig.SentCount("SIP/2.0 486"));
        Assert.Empty(Handed);
    }

    [Fact]
    public void A_phone_that_is_nowhere_leaves_the_call_to_voicemail_at_once()
    {
        Use();
        _rig.Receive(Invite(OfPhone));
        Assert.Equal((OfPhone, Sample.Tenant), (Assert.Single(Handed).Leg.Application.Target, Handed[0].Leg.Tenant));
        Assert.DoesNotContain(_rig.Events.OfType<CallEvent.LegEnded>(), e => e.Leg.Id == First.Leg.Id);
    }

    [Fact]
    public void Without_voicemail_the_caller_hears_what_he_heard_before()
    {
        Use(hasVoicemail: false);
        _rig.Receive(Invite(OfPhone));
        Assert.Equal(1, _rig.SentCount("SIP/2.0 480"));
        Assert.Empty(Handed);
    }

    [Fact]
    public void A_program_that_does_not_begin_ends_the_call()
    {
        Use();
        _rig.Receive(Invite(OfPhone));
        _rig.Advance(11);
        Assert.Equal(HangupCause.FirstCommandTimeout, _rig.Events.OfType<CallEvent.LegEnded>().Last().Cause);
        Assert.Single(Handed);
    }

    [Fact]
    public void Forwarding_on_failure_comes_first_and_voicemail_when_that_fails_too()
    {
        Use(new() { Forwarding = new(Far, IsOnFailure: true) });
        _rig.Receive(Invite(OfPhone));
        string invite = _rig.SentLast("INVITE");
        Assert.StartsWith($"INVITE sip:{Far}@", invite, StringComparison.Ordinal);
        Assert.Contains($"Diversion: <sip:{OfPhone}@sip.example.com>;reason=no-answer", invite, StringComparison.Ordinal);
        Assert.Empty(Handed);
        _rig.Receive(Response(invite, "486 Busy Here"), new(IPAddress.Loopback, 5090));
        Assert.Single(Handed);
    }

    [Theory] // by a carrier that sends it back to us, it would go round for ever
    [InlineData("70", "69"), InlineData("2", "1"), InlineData("1", "0"), InlineData("255", "69")]
    public void A_call_that_goes_on_has_one_hop_less_than_it_came_with(string came, string goes)
    {
        Use(new() { Forwarding = new(Far, IsOnFailure: false) }, hasVoicemail: false);
        _rig.Receive(Invite(OfPhone).Replace("Max-Forwards: 70", $"Max-Forwards: {came}", StringComparison.Ordinal));
        Assert.Equal(goes, Header(_rig.SentLast("INVITE"), "Max-Forwards"));
    }

    [Fact]
    public void A_call_that_says_nothing_of_hops_goes_on_as_one_that_begins()
    {
        Use(new() { Forwarding = new(Far, IsOnFailure: false) }, hasVoicemail: false);
        _rig.Receive(Invite(OfPhone).Replace("Max-Forwards: 70\n", "", StringComparison.Ordinal));
        Assert.Equal("70", Header(_rig.SentLast("INVITE"), "Max-Forwards"));
    }

    [Fact]
    public void A_call_without_a_hop_left_is_answered_here_and_goes_no_further()
    {
        Use(new() { Forwarding = new(Far, IsOnFailure: false) }, hasVoicemail: false);
        _rig.Receive(Invite(OfPhone).Replace("Max-Forwards: 70", "Max-Forwards: 0", StringComparison.Ordinal));
        Assert.Equal(1, _rig.SentCount("SIP/2.0 482"));
        Assert.Equal(0, _rig.SentCount("INVITE"));
        Use(hasVoicemail: false);
        _rig.Receive(Invite(OfApplication, branch: "z9hG4bKtwo").Replace("Max-Forwards: 70", "Max-Forwards: 0", StringComparison.Ordinal)
            .Replace("call-1@", "call-2@", StringComparison.Ordinal));
        var leg = _rig.Events.OfType<CallEvent.LegInitiated>().Last().Leg;
        Assert.Equal(Refusal.Loop, _rig.Command(new LegCommand.Transfer { To = Far, From = OfApplication }, leg.Id).Refusal);
        Assert.True(_rig.Command(new LegCommand.Answer(), leg.Id).IsAccepted);
    }

    [Fact]
    public void An_applications_number_is_forwarded_when_it_says_nothing_and_the_caller_is_joined()
    {
        Use(new() { Forwarding = new(Far, IsOnFailure: true) }, hasVoicemail: false);
        _rig.Receive(Invite(OfApplication));
        Assert.Equal(0, _rig.SentCount("INVITE"));
        _rig.Advance(26);
        _rig.Receive(Response(_rig.SentLast("INVITE"), "200 OK", body: Offer.Replace("8 0 101", "0 101")), new(IPAddress.Loopback, 5090));
        Assert.Equal(2, _rig.Events.OfType<CallEvent.LegBridged>().Count());
    }

    [Fact]
    public void A_caller_whom_the_carrier_could_not_verify_is_flagged_or_refused_as_the_number_says()
    {
        const string failed = "X-Verstat: TN-Validation-Failed", passed = "X-Verstat: TN-Validation-Passed";
        Use(new() { Screening = CallScreening.Flag }, hasVoicemail: false);
        _rig.Receive(Invite(OfApplication, extra: failed));
        Assert.True(First.IsSuspect);

        foreach (var (screening, header) in
            ((CallScreening, string?)[])[(CallScreening.Flag, passed), (CallScreening.Disabled, failed), (CallScreening.Reject, null)])
        {
            var rig = new ShardRig { Current = With(screening) };
            rig.Receive(Invite(OfApplication, extra: header));
            Assert.Null(Assert.Single(rig.Events.OfType<CallEvent.LegInitiated>()).IsSuspect);
        }

        var strict = new ShardRig { Current = With(CallScreening.Reject) };
        strict.Receive(Invite(OfApplication, extra: failed));
        Assert.Equal(1, strict.SentCount("SIP/2.0 608 Rejected"));
        Assert.Empty(strict.Events);

        static RoutingSnapshot With(CallScreening screening) => Phones.Snapshot(
            numbers: [new(OfApplication, Sample.Tenant, Sample.Connection) { Voice = new() { Screening = screening } }], trunks: [Carrier]);
    }

    [Fact]
    public void The_name_of_a_number_of_this_node_is_told_to_who_asks_and_not_of_a_caller_from_a_trunk()
    {
        _rig.Current = Phones.Snapshot(
            numbers: [new(OfApplication, Sample.Tenant, Sample.Connection) { Voice = new() { IsCallerNamed = true } },
                new("+4930123", Sample.Tenant, Sample.Connection) { Voice = new() { ListedName = "Acme 24" } }], trunks: [Carrier]);
        _rig.Dial(Request(OfApplication));
        var called = _rig.Events.OfType<CallEvent.LegInitiated>().Single(e => e.Leg.Direction is Direction.Inbound);
        Assert.Equal("Acme 24", called.Leg.CallerName);
        _rig.Receive(Invite(OfApplication));
        Assert.NotEqual("Acme 24", _rig.Events.OfType<CallEvent.LegInitiated>().Last().Leg.CallerName);
    }
}
