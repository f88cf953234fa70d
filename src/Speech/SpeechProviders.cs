using Microsoft.Extensions.Logging;
using Ringwright.Egress;
using Ringwright.Speech.Azure;
using Ringwright.Speech.ElevenLabs;
using Ringwright.Speech.EspeakNg;
using Ringwright.Speech.OpenAi;
using Ringwright.Speech.Polly;

namespace Ringwright.Speech;

/// <summary>Who can speak: one row per provider.</summary>
public static class SpeechProviders
{
    public static readonly IReadOnlyList<(string Name, Func<SpeechOptions, EgressClient, ILogger, ISpeechProvider> Create)> All =
    [
        (EspeakNgSpeech.Name, (options, _, log) => new EspeakNgSpeech(options.EspeakProgram, options.SpeechTimeout, log)),
        (OpenAiSpeech.Name, (options, egress, _) => new OpenAiSpeech(
            options.OpenAi ?? throw new ArgumentException("The provider openai needs a base URL."), options.SpeechTimeout, egress)),
        (ElevenLabsSpeech.Name, (options, egress, _) => new ElevenLabsSpeech(
            options.ElevenLabs ?? throw new ArgumentException("The provider elevenlabs needs a key."), options.SpeechTimeout, egress)),
        (AzureSpeech.Name, (options, egress, _) => new AzureSpeech(
            options.Azure ?? throw new ArgumentException("The provider azure needs a base URL and a key."), options.SpeechTimeout, egress)),
        (PollySpeech.Name, (options, egress, _) => new PollySpeech(
            options.Polly ?? throw new ArgumentException("The provider polly needs a key."), options.SpeechTimeout, egress)),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(row => row.Name)];

    /// <param name="egress">For providers on the network.</param>
    /// <exception cref="ArgumentException">No such provider, or its options are missing.</exception>
    public static ISpeechProvider Create(SpeechOptions options, EgressClient egress, ILogger log)
    {
        foreach (var (name, create) in All)
            if (name == options.Provider) return create(options, egress, log);
        throw new ArgumentException(
            $"There is no speech provider {options.Provider}; there are {string.Join(", ", Names)}.");
    }
}
