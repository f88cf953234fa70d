using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.MediaHost;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>Speech without a call, and what the installation says of itself, over HTTP at a whole node.</summary>
public sealed class SpeechAndSelfTestTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_text_comes_back_as_an_MP3_that_has_speech_in_it()
    {
        Tool.Require("espeak-ng");
        await using var node = await RunningNode.StartAsync();
        using var response = await PostAsync(node,
            """{"text": "The quick brown fox jumps over the lazy dog.", "voice": "AWS.Polly.Joanna"}""");
        Assert.Equal((HttpStatusCode.OK, "audio/mpeg"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        var sound = new PromptEncoder().Decode(await response.Content.ReadAsByteArrayAsync(Stop));
        Assert.Equal(PromptFailure.None, sound.Failure);
        Assert.InRange(sound.Samples.Length / (double)sound.SampleRate, 1.5, 6);
        Assert.True(Math.Sqrt(sound.Samples.Average(s => (double)s * s)) > 300);
    }

    [Fact]
    public async Task A_text_or_voice_that_cannot_be_spoken_is_said()
    {
        await using var node = await RunningNode.StartAsync();
        foreach (var (body, code, pointer) in new[]
            {
                ("""{"text": "", "voice": "female"}""", "10025", "/text"),
                ("""{"text": "  ", "voice": "female"}""", "10025", "/text"),
                ("""{"text": "one", "voice": "a b"}""", "90012", "/voice"),
                ("""{"text": "one"}""", "10004", "/voice"),
            })
        {
            using var response = await PostAsync(node, body);
            var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!["errors"]![0]!;
            Assert.Equal((body, HttpStatusCode.UnprocessableEntity, code, pointer),
                (body, response.StatusCode, (string)error["code"]!, (string)error["source"]!["pointer"]!));
        }
    }

    [Fact]
    public async Task The_voices_are_those_that_speak()
    {
        await using var node = await RunningNode.StartAsync();
        var all = await GetAsync(node, "/v2/text-to-speech/voices");
        Assert.Contains(all["voices"]!.AsArray(),
            v => (string)v!["id"]! == "AWS.Polly.Joanna" && (string)v["language"]! == "en-US" && (string)v["gender"]! == "female");
        var own = await GetAsync(node, "/v2/text-to-speech/voices?provider=telnyx");
        Assert.Equal(["female", "male"], own["voices"]!.AsArray().Select(v => (string)v!["id"]!));
        Assert.Empty((await GetAsync(node, "/v2/text-to-speech/voices?provider=elevenlabs"))["voices"]!.AsArray());
    }

    [Fact]
    public async Task The_node_says_how_its_own_tests_went()
    {
        Tool.Require("espeak-ng");
        await using var node = await RunningNode.StartAsync();
        var sets = (await GetAsync(node, "/v2/seti/black_box_test_results"))["data"]!.AsArray();
        Assert.Equal(["call_control", "text_to_speech"], sets.Select(s => (string)s!["product"]!));
        Assert.All(sets.SelectMany(s => s!["black_box_tests"]!.AsArray()), t => Assert.True((double)t!["result"]! == 1, t.ToJsonString()));
        var one = (await GetAsync(node, "/v2/seti/black_box_test_results?filter[product]=call_control"))["data"]!.AsArray();
        Assert.Equal(["call_control_ledger_takes_a_write", "call_control_signalling_runs", "call_control_media_is_up"],
            Assert.Single(one)!["black_box_tests"]!.AsArray().Select(t => (string)t!["id"]!));
    }

    private static Task<HttpResponseMessage> PostAsync(RunningNode node, string body) =>
        node.Api.PostAsync("/v2/text-to-speech/speech", new StringContent(body, Encoding.UTF8, "application/json"), Stop);

    private static async Task<JsonNode> GetAsync(RunningNode node, string path)
    {
        using var response = await node.Api.GetAsync(path, Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!;
    }
}
