namespace Ringwright.Speech.OpenAi;

/// <summary>An endpoint that speaks OpenAI's <c>POST /audio/speech</c>.</summary>
public sealed record OpenAiSpeechOptions
{
    /// <summary>Up to and without <c>/audio/speech</c>: "https://api.openai.com/v1".</summary>
    public required string BaseUrl { get; init; }

    /// <summary>Sent as a bearer token when there is one.</summary>
    public string? Key { get; init; }

    public string Model { get; init; } = "tts-1";

    /// <summary>For voices that <see cref="Voices"/> does not name.</summary>
    public string DefaultVoice { get; init; } = "alloy";

    /// <summary>Customers' voice names ("male", "AWS.Polly.Joanna") to the endpoint's; case does not matter.</summary>
    public IReadOnlyDictionary<string, string> Voices { get; init; } = new Dictionary<string, string>();
}
