using System.Text.Json.Nodes;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Media.Dsp;
using Ringwright.Speech;
using Ringwright.Speech.Azure;
using Ringwright.Speech.ElevenLabs;
using Ringwright.Speech.Polly;
using Ringwright.Testing;

namespace Ringwright.Edge.Speech;

/// <summary>ElevenLabs, Azure and Amazon Polly as their documents describe them, by a server that looks at every byte it gets.</summary>
public sealed class RemoteVoiceTests : IDisposable
{
    // The strict policy: an endpoint that the operator configured is exempt from it.
    private readonly EgressClient _egress = new(TargetPolicy.Strict, TimeProvider.System);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _egress.Dispose();

    private ElevenLabsSpeech ElevenLabs(TestServer server) =>
        new(new() { BaseUrl = server.Url, Key = "xi-secret", DefaultVoice = "usual" }, TimeSpan.FromSeconds(5), _egress);

    private AzureSpeech Azure(TestServer server) =>
        new(new() { BaseUrl = server.Url + "/", Key = "az-secret" }, TimeSpan.FromSeconds(5), _egress);

    private PollySpeech Polly(TestServer server, string? engine = null) =>
        new(new() { BaseUrl = server.Url, AccessKey = "AKID", Secret = "aws-secret", Engine = engine }, TimeSpan.FromSeconds(5), _egress);

    private ISpeechProvider Any(string name, TestServer server) => name switch
    {
        ElevenLabsSpeech.Name => ElevenLabs(server),
        AzureSpeech.Name => Azure(server),
        _ => Polly(server),
    };

    [Theory]
    [InlineData("ElevenLabs.eleven_flash_v2_5.Rachel", "Rachel", "eleven_flash_v2_5")]
    [InlineData("elevenlabs.default.Rachel", "Rachel", "eleven_multilingual_v2")]
    [InlineData("ElevenLabs.Rachel", "Rachel", "eleven_multilingual_v2")]
    [InlineData("female", "usual", "eleven_multilingual_v2")]
    [InlineData("AWS.Polly.Joanna", "usual", "eleven_multilingual_v2")]
    public async Task ElevenLabs_gets_the_text_and_the_voice_and_answers_with_samples(string name, string voice, string model)
    {
        string line = "", body = "";
        // As many samples as the text has characters: the answer comes of the request.
        await using var server = await TestServer.StartAsync(async c =>
        {
            line = $"{c.Request.Method} {c.Request.Path}{c.Request.QueryString} {c.Request.ContentType} {c.Request.Headers["xi-api-key"]}";
            var json = await JsonNode.ParseAsync(c.Request.Body);
            body = json!.ToJsonString();
            await c.Response.Body.WriteAsync(new byte[2 * ((string)json["text"]!).Length]);
        });
        var result = await ElevenLabs(server).RenderAsync(new("Hello", name, null, IsSsml: false), Stop);
        Assert.Equal($"POST /v1/text-to-speech/{voice}?output_format=pcm_24000 application/json xi-secret", line);
        Assert.Equal($$"""{"text":"Hello","model_id":"{{model}}"}""", body);
        Assert.True(WavReader.TryRead(result.Bytes, out short[] samples, out int rate, out _));
        Assert.Equal((5, 24_000), (samples.Length, rate));
    }

    [Theory]
    [InlineData("ElevenLabs.Default...")]
    [InlineData("ElevenLabs.Default.../history")]
    [InlineData("ElevenLabs.Rachel?output_format=mp3")]
    public async Task A_voice_that_would_lead_elsewhere_is_not_asked_for_by_the_operators_key(string name)
    {
        bool isAsked = false;
        await using var server = await TestServer.StartAsync(_ =>
        {
            isAsked = true;
            return Task.CompletedTask;
        });
        var result = await ElevenLabs(server).RenderAsync(new("Hello", name, null, IsSsml: false), Stop);
        Assert.Equal(PromptFailure.BadAudio, result.Failure);
        Assert.False(isAsked);
    }

    [Fact]
    public async Task ElevenLabs_is_asked_for_a_speed_and_gets_words_without_markup()
    {
        JsonNode? body = null;
        await using var server = await TestServer.StartAsync(async c =>
        {
            body = await JsonNode.ParseAsync(c.Request.Body);
            await c.Response.Body.WriteAsync(new byte[101]);
        });
        var speech = new PromptSource.Speech("<speak>Well <break time=\"1s\"/>then</speak>", "female", null, IsSsml: true) { Speed = 1.1 };
        var result = await ElevenLabs(server).RenderAsync(speech, Stop);
        Assert.Equal(("Well then", 1.1), ((string?)body?["text"], (double?)body?["voice_settings"]?["speed"]));
        // Half a sample at the end is nothing.
        Assert.Equal(44 + 100, result.Bytes!.Length);
    }

    [Theory]
    [InlineData("Azure.de-DE-KatjaNeural", null, "de-DE-KatjaNeural", "de-DE")]
    [InlineData("female", "en-GB", "en-US-JennyNeural", "en-GB")]
    public async Task Azure_gets_markup_with_the_voice_around_the_text(string name, string? language, string voice, string said)
    {
        string line = "";
        XElement? body = null;
        await using var server = await TestServer.StartAsync(async c =>
        {
            line = $"{c.Request.Method} {c.Request.Path} {c.Request.ContentType} {c.Request.Headers["Ocp-Apim-Subscription-Key"]} "
                + $"{c.Request.Headers["X-Microsoft-OutputFormat"]} {c.Request.Headers.UserAgent}";
            body = await XElement.LoadAsync(c.Request.Body, LoadOptions.PreserveWhitespace, Stop);
            await c.Response.Body.WriteAsync(Wav.Make(100 * body.Value.Length));
        });
        var result = await Azure(server).RenderAsync(new("Tom & Jerry <3", name, language, IsSsml: false), Stop);
        Assert.Equal("POST /cognitiveservices/v1 application/ssml+xml az-secret riff-24khz-16bit-mono-pcm ringwright", line);
        XNamespace markup = "http://www.w3.org/2001/10/synthesis";
        Assert.Equal((markup + "speak", "1.0", said),
            (body!.Name, (string?)body.Attribute("version"), (string?)body.Attribute(XNamespace.Xml + "lang")));
        var inner = Assert.Single(body.Elements());
        Assert.Equal((markup + "voice", voice, "Tom & Jerry <3"), (inner.Name, (string?)inner.Attribute("name"), inner.Value));
        Assert.Equal(Wav.Make(1_400), result.Bytes);
    }

    [Fact]
    public async Task Azure_gets_the_texts_own_markup_and_its_speed()
    {
        string body = "";
        await using var server = await TestServer.StartAsync(async c =>
        {
            using var reader = new StreamReader(c.Request.Body);
            body = await reader.ReadToEndAsync();
            await c.Response.Body.WriteAsync(Wav.Make(100));
        });
        var speech = new PromptSource.Speech("<speak>Well <break time=\"1s\"/><script>x</script></speak>", "female", null, IsSsml: true)
        {
            Speed = 0.8
        };
        await Azure(server).RenderAsync(speech, Stop);
        Assert.Contains("<prosody rate=\"-20%\">Well <break time=\"1s\" />", body, StringComparison.Ordinal);
        Assert.DoesNotContain("script", body, StringComparison.Ordinal);
    }

    /// <summary>A word processor's end of a line, as texts have it that were copied from one.</summary>
    [Theory, InlineData("Hello\u000BWorld 👍", false), InlineData("<speak>Hello&#x0B;World 👍</speak>", true)]
    [InlineData("<speak>Hello <sub alias=\"wide&#xFFFE;world\">World 👍</sub></speak>", true)]
    public async Task Signs_that_XML_cannot_have_are_blanks(string text, bool isSsml)
    {
        var bodies = new List<string>();
        await using var server = await TestServer.StartAsync(async c =>
        {
            using var reader = new StreamReader(c.Request.Body);
            bodies.Add(await reader.ReadToEndAsync());
            await c.Response.Body.WriteAsync(Wav.Make(100));
        });
        var speech = new PromptSource.Speech(text, "female", null, isSsml) { Speed = 0.9 };
        Assert.NotNull((await Azure(server).RenderAsync(speech, Stop)).Bytes);
        Assert.NotNull((await Polly(server).RenderAsync(speech, Stop)).Bytes);
        Assert.Equal("Hello World 👍", XElement.Parse(bodies[0]).Value);
        Assert.Equal("Hello World 👍", XElement.Parse((string)JsonNode.Parse(bodies[1])!["Text"]!).Value);
    }

    [Theory]
    [InlineData("AWS.Polly.Joanna", null, "Joanna", null)]
    [InlineData("AWS.Polly.Joanna", "neural", "Joanna", "neural")]
    [InlineData("aws.polly.Ruth-Neural", null, "Ruth", "neural")]
    [InlineData("Polly.Danielle-Long-Form", "neural", "Danielle", "long-form")]
    [InlineData("Polly.Matthew-Generative", null, "Matthew", "generative")]
    [InlineData("female", null, "Joanna", null)]
    [InlineData("ElevenLabs.Rachel", "neural", "Joanna", "neural")]
    public async Task Polly_gets_the_text_the_voice_and_its_engine_and_answers_with_samples(string name, string? usual, string voice,
        string? engine)
    {
        string line = "", authorization = "";
        JsonNode? body = null;
        await using var server = await TestServer.StartAsync(async c =>
        {
            line = $"{c.Request.Method} {c.Request.Path}{c.Request.QueryString} {c.Request.ContentType}";
            authorization = c.Request.Headers.Authorization.ToString();
            body = await JsonNode.ParseAsync(c.Request.Body);
            await c.Response.Body.WriteAsync(new byte[2 * ((string)body!["Text"]!).Length]);
        });
        var result = await Polly(server, usual).RenderAsync(new("Tom & Jerry", name, null, IsSsml: false), Stop);
        Assert.Equal("POST /v1/speech application/json", line);
        Assert.Matches("^AWS4-HMAC-SHA256 Credential=AKID/[0-9]{8}/us-east-1/polly/aws4_request, SignedHeaders=[a-z0-9;-]+, "
            + "Signature=[0-9a-f]{64}$", authorization);
        Assert.Equal(("Tom & Jerry", "text", voice, engine, "pcm", "16000"), ((string?)body!["Text"], (string?)body["TextType"],
            (string?)body["VoiceId"], (string?)body["Engine"], (string?)body["OutputFormat"], (string?)body["SampleRate"]));
        Assert.True(WavReader.TryRead(result.Bytes, out short[] samples, out int rate, out _));
        Assert.Equal((11, 16_000), (samples.Length, rate));
    }

    [Theory]
    [InlineData("<speak>Well <break time=\"1s\"/><script>x</script></speak>", true, 1,
        "<speak>Well <break time=\"1s\" />x</speak>", "ssml")]
    [InlineData("Tom & Jerry", false, 0.8, "<speak><prosody rate=\"80%\">Tom &amp; Jerry</prosody></speak>", "ssml")]
    [InlineData("Tom <b>& Jerry", true, 1, "Tom & Jerry", "text")]
    public async Task Polly_gets_the_texts_own_markup_and_its_speed(string text, bool isSsml, double speed, string expected, string type)
    {
        JsonNode? body = null;
        await using var server = await TestServer.StartAsync(async c =>
        {
            body = await JsonNode.ParseAsync(c.Request.Body);
            await c.Response.Body.WriteAsync(new byte[100]);
        });
        await Polly(server).RenderAsync(new(text, "female", null, isSsml) { Speed = speed }, Stop);
        Assert.Equal((expected, type), ((string?)body?["Text"], (string?)body?["TextType"]));
    }

    [Theory, InlineData("elevenlabs", "audio/mpeg"), InlineData("polly", "audio/mpeg"), InlineData("elevenlabs", "audio/pcm")]
    public async Task An_MP3_in_place_of_samples_is_kept_as_one(string name, string type)
    {
        // Two frames of 128 kbit/s at 44,100 Hz.
        byte[] file = new byte[2 * 417];
        foreach (int at in (int[])[0, 417]) ((byte[])[0xFF, 0xFB, 0x90, 0x64]).CopyTo(file, at);
        await using var server = await TestServer.StartAsync(async c =>
        {
            c.Response.ContentType = type;
            await c.Response.Body.WriteAsync(file);
        });
        Assert.Equal(file, (await Any(name, server).RenderAsync(new("Hello", "female", null, IsSsml: false), Stop)).Bytes);
    }

    [Fact]
    public async Task Samples_that_begin_as_an_MP3_does_are_samples_whatever_they_are_called()
    {
        byte[] sound = new byte[2_000];
        ((byte[])[0, 0, 0xFF, 0xFB, 0x90, 0x64]).CopyTo(sound, 0);
        await using var server = await TestServer.StartAsync(async c =>
        {
            c.Response.ContentType = "audio/mpeg";
            await c.Response.Body.WriteAsync(sound);
        });
        var result = await ElevenLabs(server).RenderAsync(new("Hello", "female", null, IsSsml: false), Stop);
        Assert.True(WavReader.TryRead(result.Bytes, out short[] samples, out _, out _));
        Assert.Equal(1_000, samples.Length);
    }

    [Theory, InlineData("elevenlabs"), InlineData("polly")]
    public async Task A_whole_WAV_in_place_of_samples_is_kept_and_an_Ogg_is_a_failure_in_words(string name)
    {
        byte[] file = Wav.Make(100);
        await using var server = await TestServer.StartAsync(async c => await c.Response.Body.WriteAsync(file));
        var speech = new PromptSource.Speech("Hello", "female", null, IsSsml: false);
        Assert.Equal(file, (await Any(name, server).RenderAsync(speech, Stop)).Bytes);
        file = [.. "OggS"u8, .. new byte[100]];
        var result = await Any(name, server).RenderAsync(speech, Stop);
        Assert.Equal((PromptFailure.Failed, "The speech provider answered with Ogg."), (result.Failure, result.Detail));
    }

    public static TheoryData<string, int, PromptFailure> Refusals
    {
        get
        {
            var rows = new TheoryData<string, int, PromptFailure>();
            foreach (string name in (string[])[ElevenLabsSpeech.Name, AzureSpeech.Name, PollySpeech.Name])
            {
                foreach (int status in (int[])[401, 403, 404]) rows.Add(name, status, PromptFailure.SpeechUnavailable);
                foreach (int status in (int[])[200, 302, 400, 429, 500, 503]) rows.Add(name, status, PromptFailure.Failed);
            }
            return rows;
        }
    }

    [Theory, MemberData(nameof(Refusals))]
    public async Task What_is_no_audio_is_a_failure_in_words(string name, int status, PromptFailure expected)
    {
        await using var server = await TestServer.StartAsync(c =>
        {
            c.Response.StatusCode = status;
            c.Response.ContentType = "application/json";
            return c.Response.WriteAsync("{\"detail\":{\"status\":\"no\"}}");
        });
        var result = await Any(name, server).RenderAsync(new("Hello", "female", null, IsSsml: false), Stop);
        Assert.Equal(expected, result.Failure);
        Assert.NotEmpty(result.Detail!);
        Assert.DoesNotContain("secret", result.Detail, StringComparison.Ordinal);
    }

    [Theory, InlineData("elevenlabs"), InlineData("azure"), InlineData("polly")]
    public async Task One_that_never_ends_and_one_that_is_not_there_are_bounded(string name)
    {
        await using var server = await TestServer.StartAsync(async c =>
        {
            while (!c.RequestAborted.IsCancellationRequested) await c.Response.Body.WriteAsync(new byte[1 << 20]);
        });
        var result = await Any(name, server).RenderAsync(new("Hello", "female", null, IsSsml: false), Stop);
        Assert.Contains(result.Failure, (PromptFailure[])[PromptFailure.TooLarge, PromptFailure.TimedOut]);
        Assert.Equal(PromptFailure.BadAudio, (await Any(name, server).RenderAsync(new(" ", "female", null, IsSsml: false), Stop)).Failure);
    }
}
