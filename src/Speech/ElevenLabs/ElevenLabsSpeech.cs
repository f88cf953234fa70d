using System.Text.Json;
using System.Text.Json.Serialization;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;

namespace Ringwright.Speech.ElevenLabs;

/// <summary>How ElevenLabs is asked.</summary>
public sealed record ElevenLabsSpeechOptions
{
    /// <summary>Up to and without <c>/v1</c>.</summary>
    public string BaseUrl { get; init; } = "https://api.elevenlabs.io";

    public required string Key { get; init; }

    /// <summary>For voices whose name says none.</summary>
    public string Model { get; init; } = "eleven_multilingual_v2";

    /// <summary>The id of a voice, for names that are none of ElevenLabs'.</summary>
    public string DefaultVoice { get; init; } = "JBFqnCBsd6RMkjVDRZzb";
}

/// <summary>
/// Speaks by ElevenLabs (elevenlabs.io, API reference, "Create speech"). Its voices are named <c>ElevenLabs.MODEL.ID</c>, with Default for
/// the model of the settings. SSML is reduced to its words.
/// </summary>
public sealed class ElevenLabsSpeech(ElevenLabsSpeechOptions options, TimeSpan timeout, EgressClient egress) : ISpeechProvider
{
    public const string Name = "elevenlabs";

    private const string Prefix = "ElevenLabs.";
    private const int SampleRate = 24_000;

    private readonly string _url = options.BaseUrl.TrimEnd('/') + "/v1/text-to-speech/";

    public IReadOnlyList<SpeechVoice> Voices { get; } =
    [
        new($"{Prefix}Default.{options.DefaultVoice}", options.DefaultVoice, Name, "", IsMan: null, $"{Name} {options.Model}"),
    ];

    public bool Speaks(string voice) => voice.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    public SpeedRange Speeds => new(0.7, 1.2);

    public string Identity => $"{Name} {_url} {options.Model} {options.DefaultVoice}";

    public async ValueTask<AudioResult> RenderAsync(PromptSource.Speech speech, CancellationToken stop)
    {
        string text = speech.IsSsml ? Ssml.ToText(speech.Text) : speech.Text;
        if (string.IsNullOrWhiteSpace(text)) return AudioResult.Failed(PromptFailure.BadAudio, "There is no text to speak.");
        var (model, voice) = VoiceOf(speech.Voice);
        // It is a step of the path that is asked by the operator's key.
        if (!voice.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
            return AudioResult.Failed(PromptFailure.BadAudio, "The voice is no id of ElevenLabs.");
        var body = new ElevenLabsBody(text, model) { VoiceSettings = speech.Speed is 1 ? null : new(speech.Speed) };
        var result = await egress.SendAsync(new()
        {
            Url = $"{_url}{Uri.EscapeDataString(voice)}?output_format=pcm_{SampleRate}",
            Use = TargetUse.Document,
            IsOperatorConfigured = true,
            Method = "POST",
            Headers = [new("xi-api-key", options.Key)],
            Body = JsonSerializer.SerializeToUtf8Bytes(body, ElevenLabsJson.Default.ElevenLabsBody),
            ContentType = "application/json",
            Timeout = timeout,
            MaxBytes = Limits.RenderedBytes,
        }, stop);
        return SpeechAnswer.OfSamples(result, SampleRate);
    }

    private (string Model, string Voice) VoiceOf(string name)
    {
        if (!name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) return (options.Model, options.DefaultVoice);
        string[] parts = name[Prefix.Length..].Split('.', 2);
        if (parts.Length == 1) return (options.Model, parts[0]);
        return (parts[0].Equals("Default", StringComparison.OrdinalIgnoreCase) ? options.Model : parts[0], parts[1]);
    }
}

internal sealed record ElevenLabsBody(string Text, string ModelId)
{
    public ElevenLabsVoice? VoiceSettings { get; init; }
}

internal sealed record ElevenLabsVoice(double Speed);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ElevenLabsBody))]
internal sealed partial class ElevenLabsJson : JsonSerializerContext;
