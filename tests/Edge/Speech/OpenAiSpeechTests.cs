using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Speech;
using Ringwright.Speech.OpenAi;
using Ringwright.Testing;

namespace Ringwright.Edge.Speech;

public sealed class OpenAiSpeechTests : IDisposable
{
    // The strict policy: an endpoint that the operator configured is exempt from it.
    private readonly EgressClient _egress = new(TargetPolicy.Strict, TimeProvider.System);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _egress.Dispose();

    [Fact]
    public async Task The_request_is_what_the_interface_wants()
    {
        (string Line, string? Key, JsonNode? Body) seen = default;
        await using var server = await TestServer.StartAsync(async c =>
        {
            seen = ($"{c.Request.Method} {c.Request.Path} {c.Request.ContentType}", c.Request.Headers.Authorization,
                await JsonNode.ParseAsync(c.Request.Body));
            await c.Response.Body.WriteAsync(Wav.Make(800));
        });
        var speech = Speech(server,
            o => o with { Key = "sk-secret", Model = "kokoro", Voices = new Dictionary<string, string> { ["AWS.Polly.Joanna"] = "nova" } });

        var result = await speech.RenderAsync(new("Hello", "aws.polly.joanna", "en-US", IsSsml: false), Stop);

        Assert.Equal(PromptFailure.None, result.Failure);
        Assert.Equal("POST /v1/audio/speech application/json", seen.Line);
        Assert.Equal("Bearer sk-secret", seen.Key);
        Assert.Equal("""{"model":"kokoro","input":"Hello","voice":"nova","response_format":"wav"}""", seen.Body?.ToJsonString());
    }

    [Fact]
    public async Task A_speed_is_sent_when_it_is_asked_for()
    {
        JsonNode? seen = null;
        await using var server = await TestServer.StartAsync(async c =>
        {
            seen = await JsonNode.ParseAsync(c.Request.Body);
            await c.Response.Body.WriteAsync(Wav.Make(800));
        });
        await Speech(server).RenderAsync(new("Hello", "female", null, IsSsml: false) { Speed = 1.5 }, Stop);
        Assert.Equal(1.5, (double?)seen?["speed"]);
    }

    [Fact]
    public async Task Without_a_key_none_is_sent_and_an_unknown_voice_is_the_default()
    {
        (bool HasKey, string? Voice) seen = default;
        await using var server = await TestServer.StartAsync(async c =>
        {
            seen = (c.Request.Headers.ContainsKey("Authorization"), (string?)(await JsonNode.ParseAsync(c.Request.Body))?["voice"]);
            await c.Response.Body.WriteAsync(Wav.Make(800));
        });

        await Speech(server).RenderAsync(new("Hello", "Telnyx.NaturalHD.astra", null, IsSsml: false), Stop);

        Assert.Equal((false, "alloy"), seen);
    }

    [Theory]
    [InlineData("<speak>Hello <break time=\"1s\"/><emphasis>big</emphasis> world &amp; all</speak>", "Hello big world & all")]
    [InlineData("Hello <b>there", "Hello there")]
    [InlineData("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><speak>Hi</speak>", "]> Hi")]
    public async Task SSML_is_reduced_to_its_words(string ssml, string expected)
    {
        string? input = null;
        await using var server = await TestServer.StartAsync(async c =>
        {
            input = (string?)(await JsonNode.ParseAsync(c.Request.Body))?["input"];
            await c.Response.Body.WriteAsync(Wav.Make(800));
        });

        await Speech(server).RenderAsync(new(ssml, "female", null, IsSsml: true), Stop);

        Assert.Equal(expected, input);
    }

    [Fact]
    public async Task Open_sizes_of_a_streamed_WAV_are_mended()
    {
        byte[] wav = Wav.Make(800);
        wav.AsSpan(4, 4).Fill(0xFF);
        wav.AsSpan(40, 4).Fill(0xFF);
        await using var server = await TestServer.StartAsync(c => c.Response.Body.WriteAsync(wav).AsTask());

        var result = await Speech(server).RenderAsync(new("Hello", "female", null, IsSsml: false), Stop);

        Assert.Equal(Wav.Make(800), result.Bytes);
    }

    [Theory, InlineData(0u, 0u), InlineData(36u, 0u), InlineData(uint.MaxValue, 0u), InlineData(uint.MaxValue, uint.MaxValue)]
    [InlineData(0x7FFFF024u, 0x7FFFF000u)]
    public async Task Heads_without_lengths_end_where_the_next_one_begins(uint whole, uint length)
    {
        byte[] Open(byte[] file)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(4), whole);
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(40), length);
            return file;
        }

        // Behind the first one half a sample was lost.
        byte[] sent = [.. Open(Wav.Make(800)), 7, .. Open(Wav.Make(400, value: 5))];
        await using var server = await TestServer.StartAsync(c => c.Response.Body.WriteAsync(sent).AsTask());

        var result = await Speech(server).RenderAsync(new("Hello", "female", null, IsSsml: false), Stop);

        Assert.Equal(WavFile.Make(1_200, 8_000, at => (short)(at < 800 ? 1_000 : 5)), result.Bytes);
    }

    [Fact]
    public async Task A_file_for_each_sentence_is_one()
    {
        byte[] first = Wav.Make(800), second = Wav.Make(400, value: 5), other = Wav.Make(8, sampleRate: 16_000);
        byte[] sent = [.. first, .. "LIST"u8, 2, 0, 0, 0, 1, 2, .. second, .. other];
        await using var server = await TestServer.StartAsync(c => c.Response.Body.WriteAsync(sent).AsTask());

        var result = await Speech(server).RenderAsync(new("Hello", "female", null, IsSsml: false), Stop);

        Assert.Equal(WavFile.Make(1_200, 8_000, at => (short)(at < 800 ? 1_000 : 5)), result.Bytes);
    }

    [Fact]
    public async Task An_MP3_is_taken_from_a_server_that_makes_nothing_else()
    {
        byte[] mp3 = [0xFF, 0xFB, 0x90, 0xC4, 0, 0, 0, 0];
        await using var server = await TestServer.StartAsync(c => c.Response.Body.WriteAsync(mp3).AsTask());

        var result = await Speech(server).RenderAsync(new("Hello", "female", null, IsSsml: false), Stop);

        Assert.Equal(PromptFailure.None, result.Failure);
        Assert.Equal(mp3, result.Bytes);
    }

    [Theory]
    [InlineData("audio/pcm;rate=24000", "E803E903EA", 1, 24_000, "E803E903")]
    [InlineData("audio/L16; rate=16000; channels=1", "03E803E9", 1, 16_000, "E803E903")]
    [InlineData("audio/L16;codec=pcm;rate=24000", "E803E903", 1, 24_000, "E803E903")]
    [InlineData("audio/basic", "FFFF7F7F", 7, 8_000, "FFFF7F7F")]
    [InlineData("audio/PCMA;rate=16000", "D5D55555", 6, 16_000, "D5D55555")]
    [InlineData("application/octet-stream", "2E736E6400000018FFFFFFFF0000000300001F400000000103E803E9", 1, 8_000, "E803E903")]
    [InlineData("audio/basic", "2E736E6400000018000000040000000100001F4000000001FFFF7F7F", 7, 8_000, "FFFF7F7F")]
    public async Task Samples_are_taken_as_the_server_names_them(string type, string sent, int coding, int rate, string samples)
    {
        await using var server = await TestServer.StartAsync(c =>
        {
            c.Response.ContentType = type;
            return c.Response.Body.WriteAsync(Convert.FromHexString(sent)).AsTask();
        });

        var result = await Speech(server).RenderAsync(new("Hello", "female", null, IsSsml: false), Stop);

        Assert.Null(result.Detail);
        byte[] wav = result.Bytes!;     // nothing was wrong
        int tag = wav[20], width = wav[32], bits = wav[34];
        Assert.Equal((coding, rate, samples), (tag, Wav.SampleRate(wav), Convert.ToHexString(wav.AsSpan(44))));
        Assert.Equal((coding == 1 ? 2 : 1, 8 * width, rate * width), (width, bits, BitConverter.ToInt32(wav, 28)));
    }

    [Theory]
    [InlineData("audio/pcm", "E803E903", "does not say at which rate")]
    [InlineData("audio/L16;rate=8000;channels=2", "E803E903", "audio/L16 of more than one channel")]
    [InlineData("audio/ogg", "4F67675300020000", "with Ogg")]
    [InlineData("audio/basic", "2E736E6400000018FFFFFFFF0000000500001F400000000103E803E9", "AU file of an encoding")]
    public async Task Samples_of_which_nobody_knows_what_they_are_are_refused_by_name(string type, string sent, string why)
    {
        await using var server = await TestServer.StartAsync(c =>
        {
            c.Response.ContentType = type;
            return c.Response.Body.WriteAsync(Convert.FromHexString(sent)).AsTask();
        });

        var result = await Speech(server).RenderAsync(new("Hello", "female", null, IsSsml: false), Stop);

        Assert.Equal(PromptFailure.Failed, result.Failure);
        Assert.Contains(why, result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, PromptFailure.SpeechUnavailable)]
    [InlineData(403, PromptFailure.SpeechUnavailable)]
    [InlineData(404, PromptFailure.SpeechUnavailable)]
    [InlineData(400, PromptFailure.Failed)]
    [InlineData(429, PromptFailure.Failed)]
    [InlineData(500, PromptFailure.Failed)]
    [InlineData(200, PromptFailure.Failed)]
    public async Task Anything_but_audio_is_a_failure(int status, PromptFailure expected)
    {
        await using var server = await TestServer.StartAsync(c =>
        {
            c.Response.StatusCode = status;
            return c.Response.WriteAsync("{\"error\":{}}");
        });

        var result = await Speech(server).RenderAsync(new("Hello", "female", null, IsSsml: false), Stop);

        Assert.Equal(expected, result.Failure);
        Assert.NotNull(result.Detail);
    }

    [Fact]
    public async Task An_endpoint_that_is_not_there_is_unavailable()
    {
        var speech = new OpenAiSpeech(new() { BaseUrl = $"http://127.0.0.1:{FreePort.Tcp()}" }, TimeSpan.FromSeconds(5), _egress);

        Assert.Equal(PromptFailure.SpeechUnavailable,
            (await speech.RenderAsync(new("Hello", "female", null, IsSsml: false), Stop)).Failure);
    }

    [Fact]
    public async Task A_slow_endpoint_is_a_timeout()
    {
        await using var server = await TestServer.StartAsync(c => Task.Delay(Timeout.Infinite, c.RequestAborted));
        var speech = new OpenAiSpeech(new() { BaseUrl = server.Url }, TimeSpan.FromMilliseconds(200), _egress);

        Assert.Equal(PromptFailure.TimedOut, (await speech.RenderAsync(new("Hello", "female", null, IsSsml: false), Stop)).Failure);
    }

    [Fact]
    public void The_registry_names_its_providers_and_refuses_others()
    {
        var options = new SpeechOptions { Folder = "/nowhere" };

        Assert.Equal("espeak-ng", SpeechProviders.Create(options, _egress, NullLogger.Instance).Identity);
        Assert.StartsWith("openai",
            SpeechProviders.Create(options with { Provider = "openai", OpenAi = new() { BaseUrl = "http://127.0.0.1:1/v1" } }, _egress,
                NullLogger.Instance).Identity, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => SpeechProviders.Create(options with { Provider = "openai" }, _egress, NullLogger.Instance));
        Assert.Contains("espeak-ng, openai", Assert.Throws<ArgumentException>(() => SpeechProviders.Create(options with { Provider = "x" },
            _egress, NullLogger.Instance)).Message, StringComparison.Ordinal);
    }

    private OpenAiSpeech Speech(TestServer server, Func<OpenAiSpeechOptions, OpenAiSpeechOptions>? change = null)
    {
        var options = new OpenAiSpeechOptions { BaseUrl = server.Url + "/v1/" };
        return new(change?.Invoke(options) ?? options, TimeSpan.FromSeconds(30), _egress);
    }
}
