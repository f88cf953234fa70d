using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Net;
using Ringwright.Sip.Transactions;
using Ringwright.Testing;

namespace Ringwright.Edge.Net;

public sealed class CallTraceRecorderTests : IRouting, ITraceStore
{
    private static readonly IPEndPoint Us = IPEndPoint.Parse("192.0.2.1:5060"), SecureUs = IPEndPoint.Parse("192.0.2.1:5061");
    private static readonly SipFlow Peer = SipFlow.Udp(IPEndPoint.Parse("198.51.100.7:5080"));
    private readonly ConcurrentQueue<TraceEntry> _kept = new();
    private bool _isBroken;

    public RoutingSnapshot Current { get; set; } = EngineRig.Routing();

    public ValueTask WriteAsync(IReadOnlyList<TraceEntry> entries, CancellationToken stop)
    {
        if (_isBroken) throw new IOException("the disk is full");
        foreach (var entry in entries) _kept.Enqueue(entry);
        return default;
    }


    private async Task<TraceEntry[]> RunAsync(Action<CallTraceRecorder> act)
    {
        await using (var box = new CallTraceRecorder(this, this, EngineClock.Anchor(TimeProvider.System),
            new() { Networks = [new(Us.ToString(), SecureUs.ToString())] }, SipFlow.Inside(Us), NullLogger.Instance, TimeProvider.System))
        {
            act(box);
            box.Start();
        }
        return [.. _kept];
    }

    private static LegFacts Leg(uint counter = 1) => new()
    {
        Id = LegId.Compose(1, 0, 3, counter, counter),
        Uuid = Guid.NewGuid(),
        Session = new(Guid.NewGuid()),
        Tenant = EngineRig.Tenant,
        Connection = EngineRig.Connection,
        Direction = Direction.Inbound,
        From = "+4930123",
        To = "+4989456",
        StartedAt = new(0),
    };

    private static byte[] Message(string callId, string method = "INVITE", string more = "", string body = "") =>
        Encoding.UTF8.GetBytes($"{method} sip:+4989456@192.0.2.1 SIP/2.0\r\nCall-ID: {callId}\r\n{more}\r\n{body}");

    [Fact]
    public async Task Messages_go_to_the_leg_that_claims_their_Call_ID_also_those_from_before()
    {
        var (one, two) = (Leg(1), Leg(2));
        var kept = await RunAsync(box =>
        {
            box.Received(Message("a"), Peer);
            box.Received(Message("b"), Peer);
            box.Received(Message("stranger"), Peer);
            box.Began(one, "a");
            box.Began(two, "b");
            box.Sent(Message("a", "BYE"), Peer);
        });
        Assert.Equal([(one.Id, "INVITE", false), (two.Id, "INVITE", false), (one.Id, "BYE", true)],
            kept.Select(e => (e.Leg, e.Name.Split(' ')[0], e.IsOutgoing)));
        Assert.All(kept, e => Assert.Equal((EngineRig.Tenant, Us.ToString(), Peer.Remote.ToString()), (e.Tenant, e.Local, e.Remote)));
    }

    /// <summary>As after a power cut: all phones of the house register within seconds, and somebody calls.</summary>
    [Fact]
    public async Task A_storm_of_registrations_takes_no_call_its_first_messages()
    {
        var leg = Leg();
        var kept = await RunAsync(box =>
        {
            for (int i = 0; i < CallTraceLimits.UnclaimedDialogs + 50; i++)
            {
                box.Received(Message($"phone{i}", "REGISTER"), Peer);
                box.Sent(Encoding.UTF8.GetBytes($"SIP/2.0 401 Unauthorized\r\nCall-ID: phone{i}\r\nCSeq: 1 REGISTER\r\n\r\n"), Peer);
            }
            box.Received(Message("a"), Peer);
            box.Sent("SIP/2.0 100 Trying\r\nCall-ID: a\r\nCSeq: 1 INVITE\r\n\r\n"u8.ToArray(), Peer);
            box.Began(leg, "a");
        });
        Assert.Equal([(leg.Id, "INVITE"), (leg.Id, "SIP/2.0")], kept.Select(e => (e.Leg, e.Name.Split(' ')[0])));
    }

    [Fact]
    public async Task What_finds_no_place_before_its_leg_is_there_is_counted()
    {
        const int beyond = 5;
        long counted = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, to) =>
        {
            if (instrument.Name == "ringwright.trace.dropped") to.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            foreach (var tag in tags)
                if (tag is { Key: "reason", Value: "unclaimed" }) Interlocked.Add(ref counted, value);
        });
        listener.Start();
        await RunAsync(box =>
        {
            for (int i = 0; i < CallTraceLimits.UnclaimedDialogs + beyond; i++) box.Received(Message($"call{i}"), Peer);
        });
        // Floods of other tests count too.
        Assert.InRange(Interlocked.Read(ref counted), beyond, long.MaxValue);
    }

    [Fact]
    public async Task What_passes_between_two_legs_of_the_node_is_kept_for_each_of_them()
    {
        var (one, two) = (Leg(1), Leg(2));
        var kept = await RunAsync(box =>
        {
            box.Began(one, "a");
            box.Passed(one.Id, Message("a"), isOutgoing: true);
            box.Began(two, "a");
            box.Passed(two.Id, Message("a"), isOutgoing: false);
            box.Noted(one.Id, "the next place is tried");
        });
        Assert.Equal([(one.Id, TraceKind.Sip, true), (two.Id, TraceKind.Sip, false), (one.Id, TraceKind.Note, false)],
            kept.Select(e => (e.Leg, e.Kind, e.IsOutgoing)));
        Assert.Equal("the next place is tried", kept[^1].Name);
    }

    [Fact]
    public async Task A_message_is_kept_with_the_way_that_it_went()
    {
        var leg = Leg();
        var kept = await RunAsync(box =>
        {
            box.Began(leg, "a");
            box.Received(Message("a"), Peer);
            box.Received(Message("a", "INFO"), Peer with { Transport = SipTransport.Tcp });
            box.Sent(Message("a", "BYE"), Peer with { Transport = SipTransport.Tls });
        });
        Assert.Equal([(SipTransport.Udp, Us), (SipTransport.Tcp, Us), (SipTransport.Tls, SecureUs)],
            kept.Select(e => (e.Transport!.Value, IPEndPoint.Parse(e.Local!))));
    }

    [Fact]
    public async Task Commands_are_kept_with_their_id_and_answer()
    {
        var leg = Leg();
        var kept = await RunAsync(box =>
        {
            box.Began(leg, "a");
            box.Commanded(leg.Id, "answer", "cmd-1", EngineClock.Now, Ack.Accepted);
            box.Commanded(leg.Id, "answer", null, EngineClock.Now, Refusal.WrongState);
            box.Commanded(Leg(9).Id, "answer", "unknown", EngineClock.Now, Refusal.AlreadyEnded);
        });
        Assert.Equal([("answer", "cmd-1", "accepted"), ("answer", null, "wrong_state")],
            kept.Select(e => (e.Name, e.CommandId, e.Outcome)));
    }

    [Fact]
    public async Task A_message_is_kept_by_its_bytes_and_one_that_is_no_UTF_8_as_a_text()
    {
        byte[] good = Message("a", more: "Subject: Grüße\r\n"), bad = Encoding.Latin1.GetBytes(Encoding.UTF8.GetString(good));
        var kept = await RunAsync(box =>
        {
            box.Began(Leg(), "a");
            box.Received(good, Peer);
            box.Received(bad, Peer);
        });
        Assert.Equal([good, []], kept.Select(e => e.Utf8.ToArray()));
        Assert.Equal([Encoding.UTF8.GetString(good), Encoding.UTF8.GetString(bad)], kept.Select(e => e.Text));
        Assert.All(kept, e => Assert.Equal("INVITE sip:+4989456@192.0.2.1 SIP/2.0", e.Name));
    }

    [Theory]
    [InlineData(true, "Signal=*")]
    [InlineData(false, "Signal=5")]
    public async Task Secrets_are_hidden_before_anything_is_written_and_digits_as_the_application_says(bool isRedacted, string digits)
    {
        Current = new([new() { Id = EngineRig.Tenant, Name = "one" }],
            [new()
            {
                Id = EngineRig.Connection, Tenant = EngineRig.Tenant, Kind = ConnectionKind.CallControl, Name = "app",
                IsDtmfRedacted = isRedacted
            }], [], [], [], []);
        byte[] info = Message("a", "INFO", "Authorization: Digest topsecret\r\nContent-Type: application/dtmf-relay\r\n", "Signal=5\r\n");
        byte[] before = [.. info];
        var kept = await RunAsync(box =>
        {
            box.Began(Leg(), "a");
            box.Received(info, Peer);
            box.Sent(info, Peer);
        });
        Assert.DoesNotContain("topsecret", kept[0].Text);
        Assert.Contains(digits, kept[0].Text);
        // Keys that the application sends are nobody's to read there.
        Assert.Contains("Signal=*", kept[1].Text);
        Assert.Equal(before, info);     // the shard's own bytes stay as they are
    }

    [Fact]
    public async Task One_call_cannot_fill_the_store()
    {
        var leg = Leg();
        var kept = await RunAsync(box =>
        {
            box.Began(leg, "a");
            for (int i = 0; i < CallTraceLimits.EntriesPerCall + 5; i++) box.Received(Message("a", "OPTIONS"), Peer);
        });
        Assert.Equal(CallTraceLimits.EntriesPerCall + 1, kept.Length);
        Assert.Equal(TraceKind.Note, kept[^1].Kind);

        _kept.Clear();
        kept = await RunAsync(box =>
        {
            box.Began(leg, "a");
            for (int i = 0; i < 20; i++) box.Received(Message("a", "INFO", body: new string('x', CallTraceLimits.BytesPerCall / 8)), Peer);
        });
        Assert.Equal((7, 1), (kept.Count(e => e.Kind is TraceKind.Sip), kept.Count(e => e.Kind is TraceKind.Note)));
    }

    [Fact]
    public async Task Notes_beyond_the_queue_are_dropped_and_the_caller_goes_on()
    {
        var kept = await RunAsync(box =>
        {
            box.Began(Leg(), "a");
            for (int i = 0; i < CallTraceLimits.QueuedNotes * 2; i++)
                box.Commanded(Leg(7).Id, "answer", null, EngineClock.Now, Ack.Accepted);
            box.Received(Message("a"), Peer);
        });
        Assert.Empty(kept);
    }

    [Fact]
    public async Task A_store_that_fails_costs_the_record_and_nothing_else()
    {
        _isBroken = true;
        Assert.Empty(await RunAsync(box =>
        {
            box.Began(Leg(), "a");
            box.Received(Message("a"), Peer);
        }));
    }

    [Fact]
    public async Task An_engine_without_a_store_has_no_call_trace_and_one_with_it_keeps_both_directions()
    {
        await using var rig = new EngineRig(change: options => options with { Traces = this });
        await rig.Engine.StartAsync(TestContext.Current.CancellationToken);
        using var peer = new SipPeer(rig.Engine.Local);
        peer.Send(peer.Invite("+4989456"));
        await peer.HearAsync("SIP/2.0 180");
        await Eventually.TrueAsync(() => _kept.Count >= 3, "INVITE, 100 and 180 are kept");
        Assert.Equal(["INVITE", "SIP/2.0 100", "SIP/2.0 180"], _kept.Take(3).Select(e => e.IsOutgoing ? e.Name[..11] : e.Name[..6]));
    }

    [Fact]
    public async Task The_end_of_a_call_is_heard_even_when_the_queue_is_full()
    {
        CallTraceRecorder? used = null;
        await RunAsync(box =>
        {
            used = box;
            box.Began(Leg(), "a");
            for (int i = 0; i < CallTraceLimits.QueuedNotes; i++) box.Received(Message("a"), Peer);
            box.Ended(Leg().Id);
            Assert.Equal(CallTraceLimits.QueuedNotes + 1, box.Waiting);
        });
        Assert.Equal((0, 0), (used!.Waiting, used.Followed));      // set above
    }
}
