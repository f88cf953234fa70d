using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Xml.Linq;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;

namespace Ringwright.Speech.Polly;

/// <summary>How Amazon Polly is asked.</summary>
public sealed record PollySpeechOptions
{
    /// <summary>Of a region, up to and without <c>/v1</c>.</summary>
    public string BaseUrl { get; init; } = "https://polly.us-east-1.amazonaws.com";

    /// <summary>The id of an access key.</summary>
    public required string AccessKey { get; init; }

    public required string Secret { get; init; }

    /// <summary>For names that are none of Polly's.</summary>
    public string DefaultVoice { get; init; } = "Joanna";

    /// <summary>"neural", for voices whose name says none; null leaves it to Polly, which takes standard.</summary>
    public string? Engine { get; init; }
}

/// <summary>
/// Speaks by Amazon Polly (docs.aws.amazon.com/polly, API reference, SynthesizeSpeech). Its voices are named <c>AWS.Polly.Joanna</c> or
/// <c>Polly.Joanna-Neural</c>, with the engine behind the last hyphens. SSML goes along.
/// </summary>
public sealed class PollySpeech(PollySpeechOptions options, TimeSpan timeout, EgressClient egress) : ISpeechProvider
{
    public const string Name = "polly";

    private const string Vendor = "AWS.", Prefix = "Polly.";
    private const int SampleRate = 16_000;

    private static readonly string[] Engines = ["Standard", "Neural", "Long-Form", "Generative"];

    private readonly string _url = options.BaseUrl.TrimEnd('/') + "/v1/speech";

    public IReadOnlyList<SpeechVoice> Voices { get; } =
        [new($"{Vendor}{Prefix}{options.DefaultVoice}", options.DefaultVoice, "aws", "", IsMan: null, Name)];

    public bool Speaks(string voice) => voice.StartsWith(Vendor + Prefix, StringComparison.OrdinalIgnoreCase)
        || voice.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    public SpeedRange Speeds => new(0.5, 2);

    public string Identity => $"{Name} {_url} {options.DefaultVoice} {options.Engine}";

    public async ValueTask<AudioResult> RenderAsync(PromptSource.Speech speech, CancellationToken stop)
    {
        string words = speech.IsSsml ? Ssml.ToText(speech.Text) : speech.Text;
        if (string.IsNullOrWhiteSpace(words)) return AudioResult.Failed(PromptFailure.BadAudio, "There is no text to speak.");
        var (voice, engine) = VoiceOf(speech.Voice);
        var (text, type) = Compose(speech, words);
        var asked = new PollyBody(text, type, voice, engine, "pcm", SampleRate.ToString(CultureInfo.InvariantCulture));
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(asked, PollyJson.Default.PollyBody);
        var result = await egress.SendAsync(new()
        {
            Url = _url,
            Use = TargetUse.Document,
            IsOperatorConfigured = true,
            Method = "POST",
            // Servers judge the signature's time by their own clock, whatever the node's is.
            Headers = PollySignature.Of(new(_url), body, options, TimeProvider.System.GetUtcNow()),
            Body = body,
            ContentType = PollySignature.ContentType,
            Timeout = timeout,
            MaxBytes = Limits.RenderedBytes,
        }, stop);
        return SpeechAnswer.OfSamples(result, SampleRate);
    }

    private (string Voice, string? Engine) VoiceOf(string name)
    {
        if (name.StartsWith(Vendor, StringComparison.OrdinalIgnoreCase)) name = name[Vendor.Length..];
        if (!name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) return (options.DefaultVoice, options.Engine);
        name = name[Prefix.Length..];
        foreach (string engine in Engines)
            if (name.EndsWith("-" + engine, StringComparison.OrdinalIgnoreCase))
                return (name[..^(engine.Length + 1)], engine.ToLowerInvariant());
        return (name, options.Engine);
    }

    /// <summary>Markup where there is some or a speed is asked for, else the words as they are.</summary>
    private static (string Text, string Type) Compose(PromptSource.Speech speech, string words)
    {
        XNode[]? markup = speech.IsSsml ? Ssml.Parse(speech.Text) : null;
        if (markup is null && speech.Speed is 1) return (words, "text");
        object[] content = markup is null ? [Ssml.ForXml(words)] : markup;
        if (speech.Speed is not 1)
        {
            string rate = (speech.Speed * 100).ToString("0", CultureInfo.InvariantCulture) + "%";
            content = [new XElement("prosody", new XAttribute("rate", rate), content)];
        }
        return (new XElement("speak", content).ToString(SaveOptions.DisableFormatting), "ssml");
    }
}

internal sealed record PollyBody(string Text, string TextType, string VoiceId, string? Engine, string OutputFormat, string SampleRate);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PollyBody))]
internal sealed partial class PollyJson : JsonSerializerContext;
