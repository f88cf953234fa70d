using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Edge.Speech;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>A file is written down while the client waits. What is said in it are tones that the test's recogniser names.</summary>
public sealed class TranscriptionOfFileTests
{
    private const string Path = "/v2/ai/audio/transcriptions", Model = "distil-whisper/distil-large-v2";
    private const int Rate = 8_000;

    /// <summary>Yes for a second, no for another.</summary>
    private static readonly byte[] Said = WavFile.Make(2 * Rate, Rate,
        i => (short)(8_000 * Math.Sin(i * Math.Tau * (i < Rate ? ToneWords.Yes : ToneWords.No) / Rate)));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_said_in_a_file_is_told_with_its_times_and_what_cannot_be_heard_is_refused_by_name()
    {
        await using var node = await RunningNode.StartAsync(recognisers: name => name is null ? new ToneWords() : null);
        var (status, plain) = await SendAsync(node, Said);
        Assert.Equal((HttpStatusCode.OK, """{"text":"yes no"}"""), (status, plain.ToJsonString()));

        var (_, whole) = await SendAsync(node, Said, ("response_format", "verbose_json"), ("timestamp_granularities[]", "segment"),
            ("language", "en-US"));
        Assert.Equal(("yes no", 2.0), ((string?)whole["text"], (double)whole["duration"]!));
        Assert.Equal([(0, "yes"), (1, "no")], whole["segments"]!.AsArray().Select(one => ((int)one!["id"]!, (string)one["text"]!)));
        foreach (var segment in whole["segments"]!.AsArray())
            Assert.InRange((double)segment!["end"]!, (double)segment["start"]!, 2.1);

        await using var shop = await TestServer.StartAsync(c => c.Response.Body.WriteAsync(Said, Stop).AsTask());
        Assert.Equal("yes no", (string?)(await SendAsync(node, null, ("file_url", $"{shop.Url}/a.wav"))).Body["text"]);

        foreach (var (file, fields, says) in new (byte[]?, (string, string)[], string)[]
        {
            (null, [], "Exactly one of file and file_url"), (Said, [("file_url", "http://127.0.0.1:9/a.wav")], "Exactly one of"),
            (null, [("file", "tone.wav")], "file must be a file"), ([.. "OggS"u8, .. new byte[60]], [], "10041: only WAV"),
            (Said[..20], [], "cut off"), (Said, [("timestamp_granularities[]", "segment")], "needs response_format"),
            (null, [("file_url", "http://127.0.0.1:9/a.wav")], "could not be fetched"),
            (Said, [("model_config", "x")], "10041: model_config"),
        })
        {
            var (refused, body) = await SendAsync(node, file, fields);
            Assert.True(refused is HttpStatusCode.UnprocessableEntity, body.ToJsonString());
            Assert.Contains(says, body.ToJsonString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_node_that_hears_nothing_says_so()
    {
        await using var node = await RunningNode.StartAsync(recognisers: _ => null);
        var (status, body) = await SendAsync(node, Said);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("no recogniser is configured", body.ToJsonString(), StringComparison.Ordinal);
    }

    private static async Task<(HttpStatusCode Status, JsonNode Body)> SendAsync(RunningNode node, byte[]? file,
        params (string Name, string Value)[] fields)
    {
        using var form = new MultipartFormDataContent { { new StringContent(Model), "model" } };
        foreach (var (name, value) in fields) form.Add(new StringContent(value), name);
        if (file is not null) form.Add(new ByteArrayContent(file), "file", "said.wav");
        using var answer = await node.Api.PostAsync(Path, form, Stop);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!);
    }
}
