using System.Collections.Concurrent;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Net;
using Ringwright.Testing;

namespace Ringwright.Edge.Net;

/// <summary>Media streams between the running engine and whoever carries them.</summary>
public sealed class MediaStreamsTests
{
    private static readonly StreamTerms Terms = new("wss://media.example.com/in", TapTracks.Said) { AuthToken = "not-to-be-read" };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Orders_keys_and_news_pass_between_a_leg_and_who_carries_its_stream()
    {
        var carrier = new Carrier();
        await using var rig = new EngineRig(change: options => options with { LiveAudio = carrier });
        await rig.Engine.StartAsync(Stop);
        using var phone = new SipPeer(rig.Engine.Local);
        var leg = await AnsweredAsync(rig, phone, EngineRig.Request($"sip:bob@{phone.Local}"));

        Assert.True((await rig.Engine.Calls.SendAsync(leg, new LegCommand.StartStream(Terms), Stop)).IsAccepted);
        await Eventually.TrueAsync(() => carrier.Opened.Count == 1, "an order");
        var (order, tell) = carrier.Opened.Single();
        Assert.Equal((leg, Terms, new StreamFormat("PCMU", 8_000)), (order.Leg.Id, order.Terms, order.Codec));
        // Of whatever thread, and more than once.
        await Task.Run(() => tell(new LiveAudioNews.Connected(new(Guid.NewGuid(), TapTracks.Said, 8_000))), Stop);
        Assert.Equal(order.Id, (await rig.EventAsync<CallEvent.StreamStarted>()).Stream);
        Assert.True((await rig.Engine.Calls.SendAsync(leg, new LegCommand.StopStream(order.Id), Stop)).IsAccepted);
        Assert.Equal(order.Id, (await rig.EventAsync<CallEvent.StreamStopped>()).Stream);
        await Eventually.TrueAsync(() => carrier.Closed.Contains(order.Id), "the end");

        Assert.True((await rig.Engine.Calls.SendAsync(leg, new LegCommand.StartStream(Terms), Stop)).IsAccepted);
        await Eventually.TrueAsync(() => carrier.Opened.Count == 2, "another order");
        carrier.Opened.Last().Tell(new LiveAudioNews.Ended("nothing listens there"));
        Assert.Equal("nothing listens there", (await rig.EventAsync<CallEvent.StreamFailed>()).Reason);
    }

    [Fact]
    public async Task A_node_that_carries_none_says_so_before_anybody_is_called()
    {
        await using var rig = new EngineRig();
        await rig.Engine.StartAsync(Stop);
        using var phone = new SipPeer(rig.Engine.Local);
        var dialled = await rig.Engine.Calls.DialAsync(EngineRig.Request($"sip:bob@{phone.Local}") with { Stream = Terms }, Stop);
        Assert.Equal((Refusal.NoLiveAudio, "no_live_audio"), (dialled.Ack.Refusal, dialled.Rule));
        Assert.Equal((0, 0), (rig.InGate, rig.OpenPorts));
        Assert.True(phone.HasHeardNothing);
        var leg = await AnsweredAsync(rig, phone, EngineRig.Request($"sip:bob@{phone.Local}"));
        Assert.Equal(Refusal.NoLiveAudio,
            (await rig.Engine.Calls.SendAsync(leg, new LegCommand.StartStream(Terms), Stop)).Refusal);
    }

    private static async Task<LegId> AnsweredAsync(EngineRig rig, SipPeer phone, DialRequest request)
    {
        var dialled = await rig.Engine.Calls.DialAsync(request, Stop);
        Assert.True(dialled.Ack.IsAccepted);
        phone.Send(phone.Response(await phone.HearAsync("INVITE "), "200 OK", phone.Sdp));
        await phone.HearAsync("ACK ");
        await rig.EventAsync<CallEvent.LegAnswered>();
        return dialled.Leg!.Id;
    }

    private sealed class Carrier : ILiveAudio
    {
        public ConcurrentQueue<(StreamOrder Order, Action<LiveAudioNews> Tell)> Opened { get; } = new();
        public ConcurrentBag<Guid> Closed { get; } = [];

        public void Open(LiveAudioOrder order, Action<LiveAudioNews> tell) => Opened.Enqueue(((StreamOrder)order, tell));
        public void Press(Guid id, char key) { }
        public void Finish(TranscriptionOrder order, LegFacts? over) { }
        public void Close(Guid id) => Closed.Add(id);
    }
}
