using System.Net;
using System.Net.Sockets;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Net;
using Ringwright.Server.Clock;
using Ringwright.Testing;

namespace Ringwright.Edge.Net;

public sealed class SipEngineTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_phone_calls_a_number_is_answered_and_hangs_up()
    {
        await using var rig = new EngineRig();
        await rig.Engine.StartAsync(Stop);
        using var phone = new SipPeer(rig.Engine.Local);

        phone.Send(phone.Invite("+4989456"));
        await phone.HearAsync("SIP/2.0 100");
        await phone.HearAsync("SIP/2.0 180");
        var leg = (await rig.EventAsync<CallEvent.LegInitiated>()).Leg.Id;
        Assert.Equal(Refusal.NotYetAnswered, (await rig.Engine.Calls.SendAsync(leg, new LegCommand.StopGather(), Stop)).Refusal);
        Assert.True((await rig.Engine.Calls.SendAsync(leg, new LegCommand.Answer(), Stop)).IsAccepted);
        string ok = await phone.HearAsync("SIP/2.0 200");
        phone.Send(phone.Inside(ok, "+4989456", "ACK", 1));

        Assert.True((await rig.Engine.Calls.SendAsync(leg, new LegCommand.Speak { Speech = new("hello", "female", null, false) }, Stop))
            .IsAccepted);
        Assert.Equal(PlayStatus.Completed, (await rig.EventAsync<CallEvent.SpeakEnded>()).Status);

        phone.Send(phone.Inside(ok, "+4989456", "BYE", 2));
        await phone.HearAsync("SIP/2.0 200");
        Assert.Equal(HangupCause.RemoteHangup, (await rig.EventAsync<CallEvent.LegEnded>()).Cause);
        Assert.Equal(Refusal.AlreadyEnded, (await rig.Engine.Calls.SendAsync(leg, new LegCommand.Hangup(), Stop)).Refusal);
        await Eventually.TrueAsync(() => rig.OpenPorts == 0 && rig.InGate == 0 && rig.Engine.LiveLegs == 0, "everything is given back");
    }

    [Fact]
    public async Task A_clock_that_jumps_is_asked_to_stop_at_a_deadline_and_no_later()
    {
        var time = new VirtualTime(new(2026, 3, 3, 15, 0, 0, TimeSpan.Zero));
        await using var rig = new EngineRig(clock: time);
        await rig.Engine.StartAsync(Stop);
        using var phone = new SipPeer(rig.Engine.Local);
        await rig.Engine.Calls.DialAsync(EngineRig.Request($"sip:bob@{phone.Local}"), Stop);
        string invite = await phone.HearAsync("INVITE ");

        await Eventually.TrueAsync(() => rig.Engine.TurnsAtRest is not null, "nothing is left to do now");
        // The INVITE is sent again then (RFC 3261, timer A).
        Assert.Equal(TimeSpan.FromMilliseconds(500), time.NextDue);

        phone.Send(phone.Response(invite, "486 Busy Here"));
        await phone.HearAsync("ACK ");
        await rig.EventAsync<CallEvent.LegEnded>();
    }

    [Fact]
    public async Task The_INVITE_leaves_after_its_row_is_committed()
    {
        await using var rig = new EngineRig();
        await rig.Engine.StartAsync(Stop);
        using var phone = new SipPeer(rig.Engine.Local);

        rig.Commit = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var dialling = rig.Engine.Calls.DialAsync(EngineRig.Request($"sip:bob@{phone.Local}"), Stop).AsTask();
        await rig.EventAsync<CallEvent.LegInitiated>();
        Assert.True(phone.HasHeardNothing);
        rig.Commit.SetResult(true);
        rig.Commit = null;
        var dialled = await dialling;
        Assert.True(dialled.Ack.IsAccepted);

        string invite = await phone.HearAsync("INVITE ");
        Assert.StartsWith("<sip:+4930123@127.0.0.1>;tag=", SipPeer.Header(invite, "From"));
        phone.Send(phone.Response(invite, "200 OK", phone.Sdp));
        await phone.HearAsync("ACK ");
        await rig.EventAsync<CallEvent.LegAnswered>();
        Assert.True((await rig.Engine.Calls.SendAsync(dialled.Leg!.Id, new LegCommand.Hangup(), Stop)).IsAccepted);
        phone.Send(phone.Response(await phone.HearAsync("BYE "), "200 OK"));
        Assert.Equal(HangupCause.ApiHangup, (await rig.EventAsync<CallEvent.LegEnded>()).Cause);
    }

    [Fact]
    public async Task A_busy_phone_ends_the_leg()
    {
        await using var rig = new EngineRig();
        await rig.Engine.StartAsync(Stop);
        using var phone = new SipPeer(rig.Engine.Local);
        await rig.Engine.Calls.DialAsync(EngineRig.Request($"sip:bob@{phone.Local}"), Stop);
        phone.Send(phone.Response(await phone.HearAsync("INVITE "), "486 Busy Here"));
        await phone.HearAsync("ACK ");
        var ended = await rig.EventAsync<CallEvent.LegEnded>();
        Assert.Equal((HangupCause.CalleeBusy, 486), (ended.Cause, ended.SipStatus));
    }

    [Fact]
    public async Task Several_destinations_ring_at_once_in_one_session_and_each_counts()
    {
        await using var rig = new EngineRig();
        await rig.Engine.StartAsync(Stop);
        using var first = new SipPeer(rig.Engine.Local);
        using var second = new SipPeer(rig.Engine.Local);

        var dialled = await rig.Engine.Calls.DialAsync(
            EngineRig.Request($"sip:bob@{first.Local}") with { AlsoTo = [$"sip:eve@{second.Local}"], CommandId = "d-1" }, Stop);
        Assert.Equal((2, 2), (rig.InGate, rig.OpenPorts));
        var initiated = rig.Events.OfType<CallEvent.LegInitiated>().ToList();
        Assert.Equal([("d-1", $"sip:bob@{first.Local}"), (null, $"sip:eve@{second.Local}")],
            initiated.Select(e => (e.CommandId, e.Dialled)));
        Assert.Equal(initiated[0].Leg.Id, dialled.Leg!.Id);
        Assert.Single(initiated.Select(e => e.Leg.Session).Distinct());
        Assert.Equal(initiated[0].Leg.Id.Shard, initiated[1].Leg.Id.Shard);

        string loser = await first.HearAsync("INVITE ");
        first.Send(first.Response(loser, "180 Ringing"));
        string winner = await second.HearAsync("INVITE ");
        second.Send(second.Response(winner, "200 OK", second.Sdp));
        await second.HearAsync("ACK ");
        first.Send(first.Response(await first.HearAsync("CANCEL "), "200 OK"));
        first.Send(first.Response(loser, "487 Request Terminated"));
        Assert.Equal((initiated[0].Leg.Id, HangupCause.ApiCancel),
            (await rig.EventAsync<CallEvent.LegEnded>() is var ended ? (ended.Leg.Id, ended.Cause) : default));
        await Eventually.TrueAsync(() => rig is { InGate: 1, OpenPorts: 1 }, "only the winner counts");
    }

    [Fact]
    public async Task One_that_rings_beside_another_is_dialled_as_it_says_itself()
    {
        await using var rig = new EngineRig();
        await rig.Engine.StartAsync(Stop);
        using var first = new SipPeer(rig.Engine.Local);
        using var second = new SipPeer(rig.Engine.Local);

        await rig.Engine.Calls.DialAsync(EngineRig.Request($"sip:bob@{first.Local}") with
        {
            Also = [EngineRig.Request($"sip:eve@{second.Local}") with { Headers = [new("X-Who", "eve")], Tenant = new(Guid.NewGuid()) }],
        }, Stop);
        string loser = await first.HearAsync("INVITE ");
        Assert.DoesNotContain("X-Who", loser, StringComparison.Ordinal);
        first.Send(first.Response(loser, "180 Ringing"));
        string winner = await second.HearAsync("INVITE ");
        Assert.Contains("X-Who: eve", winner, StringComparison.Ordinal);
        var initiated = rig.Events.OfType<CallEvent.LegInitiated>().Select(e => (e.Leg.Tenant, e.Leg.Session)).ToList();
        Assert.Equal(2, initiated.Count);
        Assert.Equal(initiated[0], initiated[1]);

        second.Send(second.Response(winner, "200 OK", second.Sdp));
        await second.HearAsync("ACK ");
        await first.HearAsync("CANCEL ");
    }

    [Fact]
    public async Task One_refused_destination_refuses_all()
    {
        await using var rig = new EngineRig();
        await rig.Engine.StartAsync(Stop);
        var dialled = await rig.Engine.Calls.DialAsync(EngineRig.Request("sip:bob@127.0.0.1:9") with { AlsoTo = ["+4989777"] }, Stop);
        Assert.Equal(Refusal.NoRoute, dialled.Ack.Refusal);
        Assert.Equal((0, 0), (rig.InGate, rig.OpenPorts));
        Assert.Empty(rig.Events);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task One_refused_destination_is_left_out_where_the_dial_says_so(bool isFirst)
    {
        await using var rig = new EngineRig();
        await rig.Engine.StartAsync(Stop);
        using var phone = new SipPeer(rig.Engine.Local);
        string bob = $"sip:bob@{phone.Local}";
        string[] both = isFirst ? ["+4989777", bob] : [bob, "+4989777"];

        var dialled = await rig.Engine.Calls.DialAsync(
            EngineRig.Request(both[0]) with { AlsoTo = [both[1]], CommandId = "d-1", LeavesOutRefused = true }, Stop);
        Assert.True(dialled.Ack.IsAccepted);
        var one = Assert.Single(dialled.LeftOut);
        Assert.Equal(("+4989777", Refusal.NoRoute), (one.To, one.Why.Ack.Refusal));
        var initiated = Assert.Single(rig.Events.OfType<CallEvent.LegInitiated>());
        Assert.Equal(("d-1", bob), (initiated.CommandId, initiated.Dialled));
        await phone.HearAsync("INVITE ");
        Assert.Equal((1, 1), (rig.InGate, rig.OpenPorts));
    }

    [Fact]
    public async Task Where_all_are_refused_the_first_refusal_is_the_dials()
    {
        await using var rig = new EngineRig();
        await rig.Engine.StartAsync(Stop);
        var dialled = await rig.Engine.Calls.DialAsync(
            EngineRig.Request("+4989777") with { AlsoTo = ["bob"], LeavesOutRefused = true }, Stop);
        Assert.Equal(Refusal.NoRoute, dialled.Ack.Refusal);
        Assert.Equal((0, 0), (rig.InGate, rig.OpenPorts));
        Assert.Empty(rig.Events);
    }

    [Fact]
    public async Task A_refused_dial_makes_no_leg_and_gives_everything_back()
    {
        await using var rig = new EngineRig(new TargetPolicy());
        await rig.Engine.StartAsync(Stop);
        async Task<Refusal> DialAsync(string to) => (await rig.Engine.Calls.DialAsync(EngineRig.Request(to), Stop)).Ack.Refusal;

        Assert.Equal(Refusal.NoRoute, await DialAsync("+4989777"));
        Assert.Equal(Refusal.BadDestination, await DialAsync("bob"));
        Assert.Equal(Refusal.TargetForbidden, await DialAsync("sip:bob@127.0.0.1:5060"));
        Assert.Equal(Refusal.TargetForbidden, await DialAsync("sip:bob@169.254.1.1"));
        // A name that only an inner network knows is asked of nobody.
        Assert.Equal(Refusal.TargetForbidden, await DialAsync("sip:bob@pbx"));
        Assert.Equal(Refusal.TargetForbidden, await DialAsync("sip:bob@pbx.corp.internal:5070"));
        rig.Gate = new(Refusal.EmergencyDestination, "emergency", "no");
        Assert.Equal(Refusal.EmergencyDestination, await DialAsync("sip:bob@8.8.8.8"));
        rig.Gate = GateAnswer.Open;
        rig.HasPorts = false;
        Assert.Equal(Refusal.NoMediaPort, await DialAsync("sip:bob@8.8.8.8"));
        rig.HasPorts = true;
        rig.IsUp = false;
        var away = await rig.Engine.Calls.DialAsync(EngineRig.Request("sip:bob@8.8.8.8"), Stop);
        Assert.Equal((Refusal.MediaAway, "media_away", "The media process is being restarted."),
            (away.Ack.Refusal, away.Rule, away.Detail));
        rig.IsUp = true;
        rig.IsReady = false;
        Assert.Equal(Refusal.LedgerUnavailable, await DialAsync("sip:bob@8.8.8.8"));
        rig.IsReady = true;
        rig.Commit = new();
        rig.Commit.SetResult(false);
        Assert.Equal(Refusal.LedgerUnavailable, await DialAsync("sip:bob@8.8.8.8"));
        Assert.Equal((0, 0), (rig.OpenPorts, rig.InGate));
    }

    [Fact]
    public async Task A_dial_with_the_same_command_id_is_the_same_leg()
    {
        await using var rig = new EngineRig();
        await rig.Engine.StartAsync(Stop);
        using var phone = new SipPeer(rig.Engine.Local);
        var request = EngineRig.Request($"sip:bob@{phone.Local}") with { CommandId = "c1" };
        var dialled = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => rig.Engine.Calls.DialAsync(request, Stop).AsTask()));
        Assert.Single(dialled.Select(d => d.Leg!.Id).Distinct());
        Assert.Single(rig.Events.OfType<CallEvent.LegInitiated>());
        Assert.NotEqual(dialled[0].Leg!.Id, (await rig.Engine.Calls.DialAsync(request with { CommandId = "c2" }, Stop)).Leg!.Id);
    }

    [Fact]
    public async Task A_refused_dial_does_not_use_its_command_id_up()
    {
        await using var rig = new EngineRig();
        await rig.Engine.StartAsync(Stop);
        using var phone = new SipPeer(rig.Engine.Local);
        var request = EngineRig.Request($"sip:bob@{phone.Local}") with { CommandId = "c1" };
        rig.HasPorts = false;
        Assert.False((await rig.Engine.Calls.DialAsync(request, Stop)).Ack.IsAccepted);
        rig.HasPorts = true;
        Assert.True((await rig.Engine.Calls.DialAsync(request, Stop)).Ack.IsAccepted);
    }

    [Fact]
    public async Task A_leg_of_an_earlier_start_or_another_node_has_ended()
    {
        await using var rig = new EngineRig();
        await rig.Engine.StartAsync(Stop);
        foreach (var leg in (LegId[])[LegId.Compose(1, 0, 2, 1, 1), LegId.Compose(2, 0, 3, 1, 1), LegId.Compose(1, 9, 3, 1, 1),
                LegId.Compose(1, 0, 3, 1, 1)])
            Assert.Equal(Refusal.AlreadyEnded, (await rig.Engine.Calls.SendAsync(leg, new LegCommand.Hangup(), Stop)).Refusal);
    }

    [Fact]
    public async Task Stopping_refuses_new_calls_and_hangs_up_the_others()
    {
        await using var rig = new EngineRig();
        await rig.Engine.StartAsync(Stop);
        using var phone = new SipPeer(rig.Engine.Local);
        await rig.Engine.Calls.DialAsync(EngineRig.Request($"sip:bob@{phone.Local}"), Stop);
        phone.Send(phone.Response(await phone.HearAsync("INVITE "), "200 OK", phone.Sdp));
        await phone.HearAsync("ACK ");

        rig.Engine.Drain();
        Assert.Equal(Refusal.Draining, (await rig.Engine.Calls.DialAsync(EngineRig.Request($"sip:bob@{phone.Local}"), Stop)).Ack.Refusal);
        using var caller = new SipPeer(rig.Engine.Local);
        caller.Send(caller.Invite("+4989456", "late"));
        Assert.Contains("Retry-After", await caller.HearAsync("SIP/2.0 503"));

        await rig.Engine.StopAsync(TimeSpan.Zero, Stop);
        await phone.HearAsync("BYE ");
        Assert.Equal(HangupCause.NodeShutdown, (await rig.EventAsync<CallEvent.LegEnded>()).Cause);
        Assert.False(rig.Engine.IsRunning);
    }

    [Fact]
    public async Task Garbage_does_not_stop_the_engine()
    {
        await using var rig = new EngineRig();
        await rig.Engine.StartAsync(Stop);
        using var phone = new SipPeer(rig.Engine.Local);
        var rng = new Rng(11);
        byte[] noise = new byte[600];
        for (int i = 0; i < 200; i++)
        {
            rng.Fill(noise);
            phone.Send("INVITE sip:x SIP/2.0\r\n" + Convert.ToBase64String(noise.AsSpan(0, rng.Next(600))));
            phone.Send(System.Text.Encoding.Latin1.GetString(noise, 0, rng.Next(600)));
        }
        using var caller = new SipPeer(rig.Engine.Local);
        await caller.SendUntilHeardAsync(caller.Invite("+4989456"));
        await caller.HearAsync("SIP/2.0 180");
    }

    [Fact]
    public async Task Strangers_get_403_while_trunks_are_let_in()
    {
        await using var rig = new EngineRig(change: o => o with { IsLoopbackOnly = false });
        await rig.Engine.StartAsync(Stop);
        using var phone = new SipPeer(rig.Engine.Local);
        phone.Send(phone.Invite("+4989456", "one"));
        await phone.HearAsync("SIP/2.0 403");
        rig.Current = EngineRig.Routing(
            new Trunk { Id = new(Guid.NewGuid()), Name = "t", Host = "127.0.0.1", Sources = [IPNetwork.Parse("127.0.0.0/8")] });
        phone.Send(phone.Invite("+4989456", "two"));
        await phone.HearAsync("SIP/2.0 180");
    }

    [Fact]
    public async Task A_trunk_answers_a_ping_with_its_status()
    {
        await using var rig = new EngineRig();
        await rig.Engine.StartAsync(Stop);
        using var carrier = new SipPeer(rig.Engine.Local);
        var ping = rig.Engine.PingAsync(new() { Id = new(Guid.NewGuid()), Name = "t", Host = "127.0.0.1", Port = carrier.Local.Port }, Stop)
            .AsTask();
        carrier.Send(carrier.Response(await carrier.HearAsync("OPTIONS "), "405 Method Not Allowed"));
        Assert.Equal((405, null), (Assert.Single(await ping).Answer.Status, Assert.Single(await ping).Answer.Trouble));
    }

    [Fact]
    public async Task A_ping_says_of_each_place_why_it_did_not_answer()
    {
        using var names = new NameServer();
        await using var rig = new EngineRig(change: options => options with { NameServers = [names.Local] });
        await rig.Engine.StartAsync(Stop);
        using var carrier = new SipPeer(rig.Engine.Local);
        ushort shut = (ushort)FreePort.Tcp();
        names.A("one.example", "127.0.0.1");
        names.A("two.example", "127.0.0.1");
        names.Srv("_sip._tcp.carrier.example", (1, 1, shut, "one.example"));
        names.Srv("_sip._udp.carrier.example", (1, 1, (ushort)carrier.Local.Port, "two.example"));
        var trunk = new Trunk { Id = new(Guid.NewGuid()), Name = "t", Host = "carrier.example" };
        rig.Current = EngineRig.Routing(trunk);
        var ping = rig.Engine.PingAsync(trunk, Stop).AsTask();
        carrier.Send(carrier.Response(await carrier.HearAsync("OPTIONS "), "401 Unauthorized"));
        var attempts = await ping;
        Assert.Equal(401, attempts.Single(a => a.Transport is SipTransport.Udp).Answer.Status);
        var refused = attempts.Single(a => a.Transport is SipTransport.Tcp);
        Assert.Null(refused.Answer.Status);
        Assert.Equal(shut, refused.Remote!.Port);
        Assert.Contains("refused", refused.Answer.Trouble, StringComparison.OrdinalIgnoreCase);

        var nowhere = Assert.Single(await rig.Engine.PingAsync(trunk with { Host = "nobody.example", Port = 5060 }, Stop));
        Assert.Equal((null, "there is no such name"), (nowhere.Remote, nowhere.Answer.Trouble));
    }

    [Fact]
    public async Task Nobody_waits_for_a_look_up_that_ends_in_a_fault_of_ours()
    {
        await using var rig = new EngineRig(change: options => options with { NameServers = [null!] });     // whoever asks it throws
        await rig.Engine.StartAsync(Stop);
        using var phone = new SipPeer(rig.Engine.Local);
        string named = phone.Sdp.Replace("c=IN IP4 127.0.0.1", "c=IN IP4 media.example.com", StringComparison.Ordinal);
        phone.Send(phone.Request("INVITE", "+4989456", "call-1", $"<sip:+4989456@{rig.Engine.Local}>", 1, "z9hG4bKnamed", named));
        Assert.Contains("301 ringwright", await phone.HearAsync("SIP/2.0 488"), StringComparison.Ordinal);

        Assert.True((await rig.Engine.Calls.DialAsync(EngineRig.Request("sip:bob@pbx.example.com"), Stop)).Ack.IsAccepted);
        await rig.EventAsync<CallEvent.LegEnded>();
    }

    [Fact]
    public async Task A_port_in_use_is_found_at_once()
    {
        await using var rig = new EngineRig();
        Assert.Throws<SocketException>(() => new EngineRig(change: o => o with { Listen = rig.Engine.Local }));
    }

    [Fact]
    public async Task Two_engines_call_each_other()
    {
        await using var callee = new EngineRig();
        await callee.Engine.StartAsync(Stop);
        await using var caller = new EngineRig();
        await caller.Engine.StartAsync(Stop);
        var dialled = await caller.Engine.Calls.DialAsync(EngineRig.Request($"sip:+4989456@{callee.Engine.Local}"), Stop);
        var leg = (await callee.EventAsync<CallEvent.LegInitiated>()).Leg;
        Assert.Equal(("+4930123", "+4989456"), (leg.From, leg.To));
        await caller.EventAsync<CallEvent.LegRinging>();
        await callee.Engine.Calls.SendAsync(leg.Id, new LegCommand.Answer(), Stop);
        await caller.EventAsync<CallEvent.LegAnswered>();
        await caller.Engine.Calls.SendAsync(dialled.Leg!.Id, new LegCommand.Hangup(), Stop);
        Assert.Equal(HangupCause.RemoteHangup, (await callee.EventAsync<CallEvent.LegEnded>()).Cause);
    }
}
