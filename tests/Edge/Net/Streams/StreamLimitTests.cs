using System.Net;
using System.Net.Sockets;
using System.Text;
using Ringwright.Calls;
using Ringwright.Net.Streams;
using Ringwright.Testing;

namespace Ringwright.Edge.Net.Streams;

public sealed class StreamLimitTests
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20), Soon = TimeSpan.FromMilliseconds(50);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task<EngineRig> StartAsync(Func<StreamSettings, StreamSettings> change, bool knowsLoopback = true,
        Looks? looks = null)
    {
        var rig = new EngineRig(change: o => o with { IsLoopbackOnly = knowsLoopback, Streams = change(new() { Look = Look }) },
            clock: looks);
        await rig.Engine.StartAsync(Stop);
        return rig;
    }

    /// <summary>Has the engine look at deadlines until it has closed the connection.</summary>
    private static async Task ClosedAsync(StreamPeer peer, Looks looks)
    {
        var closed = peer.ClosedAsync();
        await Eventually.TrueAsync(() =>
        {
            looks.Go();
            return closed.IsCompleted;
        }, "it is closed");
        await closed;
    }

    [Fact]
    public async Task A_message_may_come_in_drops()
    {
        await using var rig = await StartAsync(s => s);
        await using var phone = await StreamPeer.ConnectAsync(rig.Engine.Local);
        foreach (byte[] drop in Encoding.UTF8.GetBytes(phone.Invite("+4989456").ReplaceLineEndings("\r\n")).Chunk(7))
            await phone.SendAsync(drop);
        await phone.HearAsync("SIP/2.0 180");
    }

    [Fact]
    public async Task Keep_alives_are_answered()
    {
        await using var rig = await StartAsync(s => s);
        await using var phone = await StreamPeer.ConnectAsync(rig.Engine.Local);
        await phone.SendAsync("\r\n\r\n"u8.ToArray());
        byte[] pong = new byte[2];
        await phone.Stream.ReadExactlyAsync(pong, Stop);
        Assert.Equal("\r\n"u8.ToArray(), pong);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("\u0016\u0003\u0001")]
    [InlineData("BYE sip:b@h SIP/2.0\r\nContent-Length: 99999999\r\n\r\n")]
    public async Task What_is_no_SIP_closes_the_connection(string text)
    {
        await using var rig = await StartAsync(s => s);
        await using var phone = await StreamPeer.ConnectAsync(rig.Engine.Local);
        await phone.SendAsync(Encoding.Latin1.GetBytes(text));
        await phone.ClosedAsync();
    }

    [Fact]
    public async Task Who_says_nothing_is_closed()
    {
        await using var rig = await StartAsync(s => s with { FirstMessage = TimeSpan.FromMilliseconds(50) });
        // One after the other: while there is none, nobody looks.
        for (int i = 0; i < 3; i++)
        {
            await using var silent = await StreamPeer.ConnectAsync(rig.Engine.Local);
            await silent.ClosedAsync();
        }
    }

    [Fact]
    public async Task Who_does_not_end_a_message_is_closed()
    {
        await using var rig = await StartAsync(s => s with { WholeMessage = TimeSpan.FromMilliseconds(50) });
        await using var slow = await StreamPeer.ConnectAsync(rig.Engine.Local);
        await slow.SendAsync(slow.Request("OPTIONS", "+4989456", "one", "<sip:a@b>", 1, null));
        await slow.HearAsync("SIP/2.0 200");
        await slow.SendAsync("OPTIONS "u8.ToArray());
        await slow.ClosedAsync();
    }

    [Fact]
    public async Task An_idle_connection_is_closed_and_a_call_opens_a_new_one()
    {
        var looks = new Looks();
        await using var rig = await StartAsync(s => s with { Idle = Soon }, looks: looks);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await rig.Engine.Calls.DialAsync(EngineRig.Request($"sip:bob@{listener.LocalEndpoint};transport=tcp"), Stop);
        await using (var phone = await StreamPeer.AcceptAsync(listener))
        {
            await phone.SendAsync(phone.Response(await phone.HearAsync("INVITE "), "486 Busy Here"));
            await ClosedAsync(phone, looks);
        }
        await rig.Engine.Calls.DialAsync(EngineRig.Request($"sip:bob@{listener.LocalEndpoint};transport=tcp"), Stop);
        await using var again = await StreamPeer.AcceptAsync(listener);
        await again.HearAsync("INVITE ");
    }

    [Fact]
    public async Task A_stranger_gets_a_bounded_number_of_connections_and_his_oldest_silent_one_goes_for_the_next()
    {
        await using var rig = await StartAsync(s => s with { Connections = new(All: 8, Untrusted: 6, PerUntrusted: 2) },
            knowsLoopback: false);
        await using var one = await StreamPeer.ConnectAsync(rig.Engine.Local);
        await using var two = await StreamPeer.ConnectAsync(rig.Engine.Local);
        await using var three = await StreamPeer.ConnectAsync(rig.Engine.Local);
        await one.ClosedAsync();
        await two.SendAsync(two.Invite("+4989456"));
        await two.HearAsync("SIP/2.0 403");
        await three.SendAsync(three.Invite("+4989456"));
        await three.HearAsync("SIP/2.0 403");
    }

    [Fact]
    public async Task A_known_peer_has_as_many_connections_as_there_are_places()
    {
        await using var rig = await StartAsync(s => s with { Connections = new(All: 8, Untrusted: 2, PerUntrusted: 1) });
        var peers = new List<StreamPeer>();
        for (int i = 0; i < 8; i++)
        {
            peers.Add(await StreamPeer.ConnectAsync(rig.Engine.Local));
            await peers[i].SendAsync(peers[i].Request("OPTIONS", "+4989456", $"c{i}", "<sip:a@b>", 1, null));
            await peers[i].HearAsync("SIP/2.0 200");
        }
        await using (var ninth = await StreamPeer.ConnectAsync(rig.Engine.Local)) await ninth.ClosedAsync();
        peers[0].Break();
        await Eventually.SomeAsync(async () =>
        {
            await using var next = await StreamPeer.ConnectAsync(rig.Engine.Local);
            try
            {
                await next.SendAsync(next.Request("OPTIONS", "+4989456", "next", "<sip:a@b>", 1, null));
            }
            catch (IOException)
            {
                return null;
            }
            return await next.TryHearAsync("SIP/2.0 200");
        }, "a place becomes free");
        foreach (var peer in peers) await peer.DisposeAsync();
    }

    [Fact]
    public async Task Who_is_only_refused_is_closed()
    {
        var looks = new Looks();
        await using var rig = await StartAsync(s => s with { FirstWelcome = Soon }, knowsLoopback: false, looks);
        await using var stranger = await StreamPeer.ConnectAsync(rig.Engine.Local);
        await stranger.SendAsync(stranger.Invite("+4989456"));
        await stranger.HearAsync("SIP/2.0 403");
        await stranger.SendAsync("\r\n\r\n"u8.ToArray());
        // It has read that, and answers; a welcome it is not.
        byte[] pong = new byte[2];
        await stranger.Stream.ReadExactlyAsync(pong, Stop);
        Assert.Equal("\r\n"u8.ToArray(), pong);
        await ClosedAsync(stranger, looks);
    }

    [Fact]
    public async Task Who_was_let_in_stays()
    {
        var looks = new Looks();
        await using var rig = await StartAsync(s => s with { FirstWelcome = Soon }, looks: looks);
        await using var phone = await StreamPeer.ConnectAsync(rig.Engine.Local);
        await phone.SendAsync(phone.Request("OPTIONS", "+4989456", "one", "<sip:a@b>", 1, null));
        await phone.HearAsync("SIP/2.0 200");
        await Task.Delay(2 * Soon, Stop);
        // When it waits again it has looked.
        for (int i = 0; i < 2; i++)
        {
            await Eventually.TrueAsync(() => looks.IsDue, "it looks from time to time");
            looks.Go();
        }
        await Eventually.TrueAsync(() => looks.IsDue, "it has looked");
        await phone.SendAsync(phone.Request("OPTIONS", "+4989456", "two", "<sip:a@b>", 2, null));
        await phone.HearAsync("SIP/2.0 200");
    }

    [Fact]
    public async Task A_stranger_who_goes_on_after_his_refusals_is_put_out()
    {
        await using var rig = await StartAsync(s => s, knowsLoopback: false);
        await using var stranger = await StreamPeer.ConnectAsync(rig.Engine.Local);
        await stranger.SendAsync(stranger.Invite("+4989456", "first"));
        await stranger.HearAsync("SIP/2.0 403");
        var flood = new StringBuilder();
        for (int i = 0; i < 2_000; i++) flood.Append(stranger.Request("OPTIONS", "x", $"c{i}", "<sip:a@b>", 1, null));
        try
        {
            await stranger.SendAsync(flood.ToString());
        }
        catch (IOException)
        {
            // It was put out before it had said all.
        }
        await stranger.ClosedAsync();
        Assert.Empty(rig.Events);
    }

    [Fact]
    public async Task A_flood_of_a_known_peer_is_held_back_and_nothing_of_it_is_lost()
    {
        await using var rig = await StartAsync(s => s);
        await using var peer = await StreamPeer.ConnectAsync(rig.Engine.Local);
        const int count = 6_000;       // more than a mailbox holds
        var reading = Task.Run(async () =>
        {
            for (int i = 0; i < count; i++) await peer.HearAsync("SIP/2.0 200");
        }, Stop);
        for (int i = 0; i < count; i += 100)
        {
            var some = new StringBuilder();
            for (int j = i; j < i + 100; j++) some.Append(peer.Request("OPTIONS", "+4989456", $"c{j}", "<sip:a@b>", 1, null));
            await peer.SendAsync(some.ToString());
        }
        await reading;
    }

    [Fact]
    public async Task A_peer_that_does_not_read_is_closed()
    {
        await using var rig = await StartAsync(s => s with { Writing = TimeSpan.FromMilliseconds(200) });
        await using var peer = await StreamPeer.ConnectAsync(rig.Engine.Local);
        var flood = new StringBuilder();
        for (int i = 0; i < 200; i++) flood.Append(peer.Request("OPTIONS", "+4989456", $"c{i}", "<sip:a@b>", 1, null));
        byte[] bytes = Encoding.UTF8.GetBytes(flood.ToString().ReplaceLineEndings("\r\n"));
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            while (true) await peer.SendAsync(bytes);
        });
    }

    /// <summary>
    /// The system's clock; but the engine looks at its deadlines when it is told to, and never else: a test that stands still for longer
    /// than they are finds all as it was.
    /// </summary>
    private sealed class Looks : TimeProvider
    {
        private Action? _next;

        /// <summary>The engine waits for its next look.</summary>
        public bool IsDue => Volatile.Read(ref _next) is not null;

        public void Go() => Interlocked.Exchange(ref _next, null)?.Invoke();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != Look) return base.CreateTimer(callback, state, dueTime, period);
            var never = base.CreateTimer(static _ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Volatile.Write(ref _next, () => callback(state));
            return never;
        }
    }
}
