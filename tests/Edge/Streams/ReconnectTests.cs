using System.Text;
using System.Text.Json;
using Ringwright.Calls;
using Ringwright.Streams;
using Ringwright.Testing;

namespace Ringwright.Edge.Streams;

/// <summary>Streams whose connection is lost, by a server that shares no code with the product.</summary>
public sealed class ReconnectTests
{
    private static readonly TimeSpan[] Soon = [.. new[] { 50, 60, 70 }.Select(ms => TimeSpan.FromMilliseconds(ms))];

    private static StreamRig Rig(TimeSpan[]? waits = null, TimeSpan? steady = null, TimeSpan? farewell = null) => new(change: o => o with
    {
        ReconnectWaits = waits ?? Soon,
        SteadyAfter = steady ?? o.SteadyAfter,
        FarewellTimeout = farewell ?? o.FarewellTimeout,
    });

    private static StreamOrder Lasting(StreamRig rig, string url)
    {
        var order = rig.Order(url);
        return order with { Terms = order.Terms with { Reconnects = true } };
    }

    private static async Task<JsonElement> NextAsync(RawPeer peer, string name)
    {
        while (true)
        {
            var (opcode, payload) = await peer.ReadAsync();
            if (opcode != RawPeer.Text) continue;
            var frame = JsonDocument.Parse(payload).RootElement;
            Assert.Equal(name, frame.GetProperty("event").GetString());
            return frame;
        }
    }

    private static long Number(JsonElement frame) => long.Parse(frame.GetProperty("sequence_number").GetString()!);

    private static Task SayAsync(RawPeer peer, string json) => peer.SendAsync(RawPeer.Text, Encoding.UTF8.GetBytes(json));

    [Fact, Failure("stream-fails")]
    public async Task It_begins_anew_on_the_next_connection_and_loses_neither_what_was_sent_nor_its_marks()
    {
        using var peer = new RawPeer();
        await using var rig = Rig(farewell: TimeSpan.FromMinutes(1));
        rig.Host.Open(Lasting(rig, peer.Url), rig.News.Enqueue);
        await peer.OpenAsync();
        await NextAsync(peer, "connected");
        var first = await NextAsync(peer, "start");
        await Eventually.TrueAsync(() => !rig.Taps.Opened.IsEmpty, "a tap");
        var tap = rig.Taps.Only;
        tap.Say(TapTracks.Said, Waves.Sine(440, 8_000, 20));
        Assert.Equal("1", (await NextAsync(peer, "media")).GetProperty("media").GetProperty("chunk").GetString());
        string payload = Convert.ToBase64String(new byte[1_600]);
        await SayAsync(peer, $$$"""{"event":"media","media":{"payload":"{{{payload}}}"}}""");
        await SayAsync(peer, """{"event":"mark","mark":{"name":"said"}}""");
        await Eventually.TrueAsync(() => tap.Waiting == 1_600, "what was sent");

        peer.Cut();
        await Eventually.TrueAsync(() => rig.Logged.Any(line => line.Contains("was cut", StringComparison.Ordinal)), "it notices");
        tap.Say(TapTracks.Said, Waves.Sine(440, 8_000, 20));        // nobody hears it
        tap.Play(200);                                              // and the caller what was sent before
        await Eventually.TrueAsync(() => tap.Unread == 0, "all is read");

        await peer.OpenAsync();
        await NextAsync(peer, "connected");
        var second = await NextAsync(peer, "start");
        Assert.Equal(first.GetProperty("stream_id").GetString(), second.GetProperty("stream_id").GetString());
        Assert.Equal(first.GetProperty("start").GetRawText(), second.GetProperty("start").GetRawText());
        Assert.True(Number(second) > Number(first));
        Assert.Equal(100002, (await NextAsync(peer, "error")).GetProperty("payload").GetProperty("code").GetInt32());
        Assert.Equal("said", (await NextAsync(peer, "mark")).GetProperty("mark").GetProperty("name").GetString());
        tap.Say(TapTracks.Said, Waves.Sine(440, 8_000, 20));
        Assert.Equal("3", (await NextAsync(peer, "media")).GetProperty("media").GetProperty("chunk").GetString());

        rig.Host.Close(rig.Id);
        await NextAsync(peer, "stop");
        peer.Cut();
        Assert.IsType<LiveAudioNews.Connected>(Assert.Single(rig.News));
        await Eventually.TrueAsync(() => rig.Host.Count == 0, "nothing left");
        Assert.True(tap.IsDisposed);
    }

    [Fact, Failure("stream-fails")]
    public async Task A_server_that_never_comes_back_fails_it_once()
    {
        using var peer = new RawPeer();
        await using var rig = Rig();
        rig.Host.Open(Lasting(rig, peer.Url), rig.News.Enqueue);
        await peer.OpenAsync();
        await NextAsync(peer, "connected");
        peer.Die();
        string? failure = await rig.EndAsync();
        Assert.StartsWith("the application dropped the connection without closing it, and no WebSocket could be opened: ", failure,
            StringComparison.Ordinal);
        Assert.Equal(2, rig.News.Count);
    }

    [Fact, Failure("stream-fails")]
    public async Task One_that_breaks_for_ever_is_connected_to_a_few_times_and_no_more()
    {
        using var peer = new RawPeer();
        await using var rig = Rig();
        rig.Host.Open(Lasting(rig, peer.Url), rig.News.Enqueue);
        for (int connection = 0; connection <= Soon.Length; connection++)
        {
            await peer.OpenAsync();
            await NextAsync(peer, "connected");
            peer.Cut();
        }
        Assert.Equal($"the application dropped the connection without closing it, and so it was with {Soon.Length} connections after that",
            await rig.EndAsync());
    }

    [Fact, Depth("the gate has connections that are made again, and readers of taps that fall behind")]
    public async Task One_that_lasts_for_a_while_each_time_is_always_connected_to_again()
    {
        using var peer = new RawPeer();
        await using var rig = Rig(steady: TimeSpan.Zero);
        rig.Host.Open(Lasting(rig, peer.Url), rig.News.Enqueue);
        for (int connection = 0; connection < 3 * Soon.Length; connection++)
        {
            await peer.OpenAsync();
            await NextAsync(peer, "connected");
            peer.Cut();
        }
        await peer.OpenAsync();
        await NextAsync(peer, "connected");
        rig.Host.Close(rig.Id);
        await Eventually.TrueAsync(() => rig.Host.Count == 0, "nothing left");
        Assert.Single(rig.News);
    }

    [Fact]
    public async Task A_stream_that_is_ended_while_nobody_is_there_leaves_nothing_behind()
    {
        using var peer = new RawPeer();
        await using var rig = Rig([TimeSpan.FromMinutes(1)]);
        rig.Host.Open(Lasting(rig, peer.Url), rig.News.Enqueue);
        await peer.OpenAsync();
        await NextAsync(peer, "connected");
        peer.Cut();
        await Eventually.TrueAsync(() => rig.Logged.Any(line => line.Contains("was cut", StringComparison.Ordinal)), "it notices");
        rig.Host.Close(rig.Id);
        await Eventually.TrueAsync(() => rig.Host.Count == 0, "nothing left");
        Assert.IsType<LiveAudioNews.Connected>(Assert.Single(rig.News));
        Assert.All(rig.Taps.Opened, tap => Assert.True(tap.IsDisposed));
    }

    [Theory]
    [InlineData("closed in order"), InlineData("no frames"), InlineData("not asked for")]
    public async Task Only_a_connection_that_was_lost_is_made_again(string how)
    {
        using var peer = new RawPeer();
        await using var rig = Rig();
        var order = Lasting(rig, peer.Url);
        if (how == "not asked for") order = order with { Terms = order.Terms with { Reconnects = false } };
        rig.Host.Open(order, rig.News.Enqueue);
        await peer.OpenAsync();
        await NextAsync(peer, "connected");
        if (how == "closed in order") await peer.SendAsync(RawPeer.Close, [0x03, 0xE8]);
        else if (how == "no frames") await peer.SendRawAsync("hello?");
        else peer.Cut();
        string? failure = await rig.EndAsync();
        Assert.Equal(how switch
        {
            "closed in order" => null,
            "no frames" => "the application sent what is no WebSocket frame",
            _ => "the application dropped the connection without closing it",
        }, failure);
        Assert.DoesNotContain(", and ", failure ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain(rig.Logged, line => line.Contains("was cut", StringComparison.Ordinal));
    }
}
