using System.Net;
using System.Net.Sockets;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Net.Streams;
using Ringwright.Testing;

namespace Ringwright.Edge.Net.Streams;

public sealed class TcpCallTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task<EngineRig> StartAsync(Func<StreamSettings, StreamSettings>? change = null)
    {
        var rig = new EngineRig(change: o => o with { Streams = (change ?? (s => s))(new()) });
        await rig.Engine.StartAsync(Stop);
        return rig;
    }

    private static TcpListener Listener()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    [Fact]
    public async Task A_phone_calls_by_TCP_is_answered_and_hung_up_by_us()
    {
        await using var rig = await StartAsync();
        await using var phone = await StreamPeer.ConnectAsync(rig.Engine.Local);
        await phone.SendAsync(phone.Invite("+4989456"));
        await phone.HearAsync("SIP/2.0 100");
        await phone.HearAsync("SIP/2.0 180");
        var leg = (await rig.EventAsync<CallEvent.LegInitiated>()).Leg.Id;
        await rig.Engine.Calls.SendAsync(leg, new LegCommand.Answer(), Stop);
        string ok = await phone.HearAsync("SIP/2.0 200");
        Assert.Equal($"<sip:{rig.Engine.Local};transport=tcp>", SipPeer.Header(ok, "Contact"));
        await phone.SendAsync(phone.Inside(ok, "+4989456", "ACK", 1));
        await rig.EventAsync<CallEvent.LegAnswered>();
        await rig.Engine.Calls.SendAsync(leg, new LegCommand.Hangup(), Stop);
        // By the connection that the call came by, though Contact names a port where nobody listens.
        string bye = await phone.HearAsync("BYE ");
        Assert.StartsWith($"SIP/2.0/TCP {rig.Engine.Local};", SipPeer.Header(bye, "Via"));
        await phone.SendAsync(phone.Response(bye, "200 OK"));
        Assert.Equal(HangupCause.ApiHangup, (await rig.EventAsync<CallEvent.LegEnded>()).Cause);
        await Eventually.TrueAsync(() => rig.OpenPorts == 0 && rig.Engine.LiveLegs == 0, "everything is given back");
    }

    [Fact]
    public async Task We_call_by_TCP_and_the_far_end_hangs_up()
    {
        await using var rig = await StartAsync();
        using var listener = Listener();
        await rig.Engine.Calls.DialAsync(EngineRig.Request($"sip:bob@{listener.LocalEndpoint};transport=tcp"), Stop);
        await using var phone = await StreamPeer.AcceptAsync(listener);
        string invite = await phone.HearAsync("INVITE ");
        Assert.StartsWith($"INVITE sip:bob@{listener.LocalEndpoint};transport=tcp SIP/2.0", invite);
        Assert.StartsWith($"SIP/2.0/TCP {rig.Engine.Local};", SipPeer.Header(invite, "Via"));
        Assert.Equal($"<sip:{rig.Engine.Local};transport=tcp>", SipPeer.Header(invite, "Contact"));
        await phone.SendAsync(phone.Response(invite, "200 OK", phone.Sdp));
        await phone.HearAsync("ACK ");
        await rig.EventAsync<CallEvent.LegAnswered>();
        await phone.SendAsync($"""
            BYE sip:{rig.Engine.Local};transport=tcp SIP/2.0
            Via: SIP/2.0/TCP {phone.Listens};branch=z9hG4bKbye
            Max-Forwards: 70
            From: {SipPeer.Header(invite, "To")};tag=peer
            To: {SipPeer.Header(invite, "From")}
            Call-ID: {SipPeer.Header(invite, "Call-ID")}
            CSeq: 7 BYE
            Content-Length: 0


            """);
        await phone.HearAsync("SIP/2.0 200");
        Assert.Equal(HangupCause.RemoteHangup, (await rig.EventAsync<CallEvent.LegEnded>()).Cause);
    }

    [Fact]
    public async Task A_connection_leaves_from_the_address_that_the_node_listens_on()
    {
        var own = IPAddress.Parse("127.0.0.7");
        await using var rig = new EngineRig(change: o => o with { Listen = new(own, 0) });
        await rig.Engine.StartAsync(Stop);
        using var listener = Listener();
        await rig.Engine.Calls.DialAsync(EngineRig.Request($"sip:bob@{listener.LocalEndpoint};transport=tcp"), Stop);
        await using var phone = await StreamPeer.AcceptAsync(listener);
        Assert.Equal(own, phone.Remote.Address);
    }

    [Fact]
    public async Task A_connection_lost_in_mid_call_is_opened_anew_for_the_BYE()
    {
        await using var rig = await StartAsync();
        using var listener = Listener();
        await using var phone = await StreamPeer.ConnectAsync(rig.Engine.Local, listens: (IPEndPoint)listener.LocalEndpoint);
        await LoseAndHangUpAsync(rig, await AnsweredAsync(rig, phone), phone, listener);
        Assert.Equal(HangupCause.ApiHangup, (await rig.EventAsync<CallEvent.LegEnded>()).Cause);
    }

    /// <summary>The loss is noticed while the BYE is queued, in the writer's hands or written: in none of these may it be gone.</summary>
    [Fact]
    public async Task Of_many_connections_lost_at_the_moment_of_the_BYE_none_swallows_it()
    {
        await using var rig = await StartAsync();
        var calls = new List<(LegId Leg, StreamPeer Phone, TcpListener Listener)>();
        for (int i = 0; i < 100; i++)
        {
            var listener = Listener();
            var phone = await StreamPeer.ConnectAsync(rig.Engine.Local, listens: (IPEndPoint)listener.LocalEndpoint);
            calls.Add((await AnsweredAsync(rig, phone, $"lost-{i}"), phone, listener));
        }
        await Task.WhenAll(calls.Select(c => LoseAndHangUpAsync(rig, c.Leg, c.Phone, c.Listener)));
        await Eventually.TrueAsync(() => rig.Engine.LiveLegs == 0, "every call is over");
        Assert.All(rig.Events.OfType<CallEvent.LegEnded>(), e => Assert.Equal(HangupCause.ApiHangup, e.Cause));
    }

    private static async Task<LegId> AnsweredAsync(EngineRig rig, StreamPeer phone, string call = "call-1")
    {
        var before = rig.Events.OfType<CallEvent.LegInitiated>().Select(e => e.Leg.Id).ToHashSet();
        await phone.SendAsync(phone.Invite("+4989456", call));
        var leg = (await Eventually.SomeAsync(() => ValueTask.FromResult(rig.Events.OfType<CallEvent.LegInitiated>()
            .FirstOrDefault(e => !before.Contains(e.Leg.Id))), "the call is here"))!.Leg.Id;
        await rig.Engine.Calls.SendAsync(leg, new LegCommand.Answer(), Stop);
        await phone.SendAsync(phone.Inside(await phone.HearAsync("SIP/2.0 200"), "+4989456", "ACK", 1, call));
        await Eventually.TrueAsync(() => rig.Events.OfType<CallEvent.LegAnswered>().Any(e => e.Leg.Id == leg), "the call is answered");
        return leg;
    }

    private static async Task LoseAndHangUpAsync(EngineRig rig, LegId leg, StreamPeer phone, TcpListener listener)
    {
        using var listens = listener;
        await using var breaks = phone;
        phone.Break();
        await rig.Engine.Calls.SendAsync(leg, new LegCommand.Hangup(), Stop);
        await using var again = await StreamPeer.AcceptAsync(listener);
        await again.SendAsync(again.Response(await again.HearAsync("BYE "), "200 OK"));
    }

    [Fact]
    public async Task An_INVITE_whose_connection_is_lost_before_any_answer_is_sent_once_more()
    {
        await using var rig = await StartAsync();
        using var listener = Listener();
        await rig.Engine.Calls.DialAsync(EngineRig.Request($"sip:bob@{listener.LocalEndpoint};transport=tcp"), Stop);
        string first;
        await using (var phone = await StreamPeer.AcceptAsync(listener))
        {
            first = await phone.HearAsync("INVITE ");
            phone.Break();
        }
        await using var again = await StreamPeer.AcceptAsync(listener);
        Assert.Equal(first, await again.HearAsync("INVITE "));
        again.Break();
        var ended = await rig.EventAsync<CallEvent.LegEnded>();
        Assert.Equal(HangupCause.TransportFailure, ended.Cause);
    }

    [Fact]
    public async Task A_refused_connection_ends_the_call_with_its_reason_and_a_further_trunk_is_tried()
    {
        await using var rig = await StartAsync();
        int dead = FreePort.Tcp();
        await rig.Engine.Calls.DialAsync(EngineRig.Request($"sip:bob@127.0.0.1:{dead};transport=tcp"), Stop);
        var ended = await rig.EventAsync<CallEvent.LegEnded>();
        Assert.Equal(HangupCause.TransportFailure, ended.Cause);
        Assert.Contains("refused the connection", ended.Evidence);

        using var listener = Listener();
        Trunk Trunk(string name, int port) =>
            new() { Id = new(Guid.NewGuid()), Name = name, Host = "127.0.0.1", Port = port, Transport = SipTransport.Tcp };
        rig.Current = EngineRig.Routing(Trunk("dead", dead), Trunk("live", ((IPEndPoint)listener.LocalEndpoint).Port));
        await rig.Engine.Calls.DialAsync(EngineRig.Request("+4989777"), Stop);
        await using var phone = await StreamPeer.AcceptAsync(listener);
        Assert.StartsWith("INVITE sip:+4989777@127.0.0.1", await phone.HearAsync("INVITE "));
    }

    [Fact]
    public async Task Two_calls_to_one_peer_share_a_connection()
    {
        await using var rig = await StartAsync();
        using var listener = Listener();
        await rig.Engine.Calls.DialAsync(EngineRig.Request($"sip:bob@{listener.LocalEndpoint};transport=tcp"), Stop);
        await using var phone = await StreamPeer.AcceptAsync(listener);
        await phone.HearAsync("INVITE sip:bob");
        await rig.Engine.Calls.DialAsync(EngineRig.Request($"sip:carol@{listener.LocalEndpoint};transport=tcp"), Stop);
        await phone.HearAsync("INVITE sip:carol");
        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task Two_engines_call_each_other_by_TCP()
    {
        await using var callee = await StartAsync();
        await using var caller = await StartAsync();
        var dialled = await caller.Engine.Calls.DialAsync(EngineRig.Request($"sip:+4989456@{callee.Engine.Local};transport=tcp"), Stop);
        var leg = (await callee.EventAsync<CallEvent.LegInitiated>()).Leg;
        await caller.EventAsync<CallEvent.LegRinging>();
        await callee.Engine.Calls.SendAsync(leg.Id, new LegCommand.Answer(), Stop);
        await caller.EventAsync<CallEvent.LegAnswered>();
        await callee.Engine.Calls.SendAsync(leg.Id, new LegCommand.Hangup(), Stop);
        Assert.Equal(HangupCause.RemoteHangup, (await caller.EventAsync<CallEvent.LegEnded>()).Cause);
        Assert.True(dialled.Ack.IsAccepted);
    }
}
