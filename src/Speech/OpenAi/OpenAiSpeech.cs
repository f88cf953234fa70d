using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;

namespace Ringwright.Speech.OpenAi;

/// <summary>
/// Speaks by any endpoint that is compatible with OpenAI's <c>/audio/speech</c>. SSML is reduced to its words: the interface has none.
/// </summary>
public sealed class OpenAiSpeech(OpenAiSpeechOptions options, TimeSpan timeout, EgressClient egress) : ISpeechProvider
{
    public const string Name = "openai";

    private readonly string _url = options.BaseUrl.TrimEnd('/') + "/audio/speech";
    private readonly FrozenDictionary<string, string> _voices = options.Voices.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    private readonly IReadOnlyList<KeyValuePair<string, string>> _headers =
        options.Key is { Length: > 0 } key ? [KeyValuePair.Create("Authorization", $"Bearer {key}")] : [];

    public IReadOnlyList<SpeechVoice> Voices { get; } =
        [.. options.Voices.Keys.Append(options.DefaultVoice).Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(v => new SpeechVoice(v, v, "telnyx", "", IsMan: null, $"{Name} {options.Model}"))];

    public SpeedRange Speeds => new(0.25, 4);

    public string Identity => $"{Name} {_url} {options.Model} {options.DefaultVoice}";

    public async ValueTask<AudioResult> RenderAsync(PromptSource.Speech speech, CancellationToken stop)
    {
        string text = speech.IsSsml ? Ssml.ToText(speech.Text) : speech.Text;
        if (string.IsNullOrWhiteSpace(text)) return AudioResult.Failed(PromptFailure.BadAudio, "There is no text to speak.");
        var body = new SpeechBody(options.Model, text, _voices.GetValueOrDefault(speech.Voice, options.DefaultVoice), "wav")
        {
            Speed = speech.Speed is 1 ? null : speech.Speed
        };
        var result = await egress.SendAsync(new()
        {
            Url = _url,
            Use = TargetUse.Document,
            IsOperatorConfigured = true,
            Method = "POST",
            Headers = _headers,
            Body = JsonSerializer.SerializeToUtf8Bytes(body, OpenAiJson.Default.SpeechBody),
            ContentType = "application/json",
            Timeout = timeout,
            MaxBytes = Limits.RenderedBytes,
        }, stop);
        return SpeechAnswer.OfFile(result);
    }
}

internal sealed record SpeechBody(string Model, string Input, string Voice, string ResponseFormat)
{
    /// <summary>Not every model knows it: sent when it is asked for.</summary>
    public double? Speed { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SpeechBody))]
internal sealed partial class OpenAiJson : JsonSerializerContext;
