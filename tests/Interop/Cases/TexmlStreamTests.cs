using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>Streams of documents whose application goes away.</summary>
public sealed class TexmlStreamTests(RunningNode node) : DocumentCase(node)
{
    private static string Connect(SocketServer application, string more = "") => $"""
        <Connect><Stream url="{application.Url}" name="voice" bidirectionalMode="rtp" statusCallback="stream" {more}/></Connect>
        <Say>After it.</Say>
        """;

    private IReadOnlyList<string> Told => [.. Web.All.Where(asked => asked.Path == "stream").Select(asked => asked["StreamEvent"])];

    [Fact]
    public async Task A_connection_that_breaks_is_made_again_and_the_stream_has_one_end()
    {
        await using var application = await SocketServer.StartAsync();
        Apply(Connect(application));
        var phone = await CallAsync();
        var first = await application.NextAsync(1);
        await first.SendAsync(new() { ["event"] = "media", ["media"] = new JsonObject { ["payload"] = Tone(2_000) } });
        await first.SendAsync(new() { ["event"] = "mark", ["mark"] = new JsonObject { ["name"] = "said" } });
        await phone.Audio.HearsSomethingAsync();
        first.Break();
        var second = await application.NextAsync(2);
        Assert.Equal(["connected", "start", "error"], second.Events.Take(3));
        Assert.Equal((string?)first.Of("start").Single()["stream_id"], (string?)second.Of("start").Single()["stream_id"]);
        Assert.Equal(100002, (int)second.Of("error").First()["payload"]!["code"]!);
        await Eventually.TrueAsync(() => second.Of("mark").Any(), "the mark comes back");
        Assert.True((long.Parse((string)second.Of("media").First()["media"]!["chunk"]!))
            > long.Parse((string)first.Of("media").Last()["media"]!["chunk"]!));
        int position = phone.Audio.Position;
        await second.CloseAsync();
        await phone.Audio.HearsSomethingAsync(position);
        await CompletedAsync();
        Assert.Equal(["stream-started", "stream-stopped"], Told);
        Assert.Equal(2, application.Count);
    }

    [Fact, Depth("ReconnectTests in Edge have one that never comes back; in the gate a document goes on behind a stream")]
    public async Task An_application_that_never_comes_back_fails_it_and_the_document_goes_on()
    {
        var application = await SocketServer.StartAsync();
        Apply(Connect(application));
        var phone = await CallAsync();
        var first = await application.NextAsync(1);
        var gone = application.DisposeAsync().AsTask();
        first.Break();
        await gone;
        await Eventually.TrueAsync(() => Told.Count == 2, "it has an end");
        // Nothing was said by the stream.
        await phone.Audio.HearsSomethingAsync();
        await CompletedAsync();
        Assert.Equal(["stream-started", "stream-error"], Told);
        string why = Web.All.Last(asked => asked.Path == "stream")["StreamError"];
        Assert.Contains("no WebSocket could be opened", why, StringComparison.Ordinal);
    }

    [Fact, Depth("the gate has one of each: a view of rooms, a refer that completes")]
    public Task One_that_breaks_is_connected_to_once_where_that_is_all_it_may() => BreaksAlwaysAsync(reconnects: false, connections: 1);

    [Fact, Depth("ReconnectTests in Edge count the connections of one that breaks for ever")]
    public Task One_that_breaks_for_ever_is_connected_to_so_often_and_no_more() => BreaksAlwaysAsync(reconnects: true, connections: 6);

    private async Task BreaksAlwaysAsync(bool reconnects, int connections)
    {
        await using var application = await SocketServer.StartAsync();
        application.BreaksAlways = true;
        Apply(Connect(application, $"enableReconnect=\"{reconnects}\""));
        await CallAsync();
        await CompletedAsync();
        Assert.Equal(["stream-started", "stream-error"], Told);
        Assert.Equal(connections, application.Count);
    }

    /// <summary>A sine in µ-law, by its definition.</summary>
    private static string Tone(int millis) => Convert.ToBase64String([.. Enumerable.Range(0, 8 * millis).Select(i =>
    {
        int sample = (int)(12_000 * Math.Sin(2 * Math.PI * 440 * i / 8_000)), magnitude = Math.Abs(sample) + 0x84, segment = 7;
        while (segment > 0 && (magnitude & (0x80 << segment)) == 0) segment--;
        return (byte)~((sample < 0 ? 0x80 : 0) | (segment << 4) | ((magnitude >> (segment + 3)) & 0x0F));
    })]);
}
