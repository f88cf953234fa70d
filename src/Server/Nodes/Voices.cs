using Ringwright.Calls;
using Ringwright.Egress;
using Ringwright.Server.Settings;
using Ringwright.Speech;
using Ringwright.Speech.Azure;
using Ringwright.Speech.ElevenLabs;
using Ringwright.Speech.EspeakNg;
using Ringwright.Speech.OpenAi;
using Ringwright.Speech.Polly;
using Ringwright.Speech.Prompts;

namespace Ringwright.Server.Nodes;

/// <summary>Prompts with the voice that the settings chose.</summary>
internal static class Voices
{
    /// <param name="library">The tenants' kept files; null where there are none.</param>
    /// <returns>What calls play, and what customers get as files.</returns>
    public static (IPrompts Prompts, ISpeech Speech) Create(ServeSettings settings, IPromptEncoder encoder, EgressClient egress,
        IMediaLibrary? library, TimeProvider clock, ILoggerFactory loggers)
    {
        var options = Options(settings);
        var provider = SpeechProviders.Create(options, egress, loggers.CreateLogger("Ringwright.Speech"));
        // On this machine, so that a network's failure is none of its own.
        var standIn = provider is EspeakNgSpeech ? null
            : new EspeakNgSpeech(options.EspeakProgram, options.SpeechTimeout, loggers.CreateLogger("Ringwright.Speech"));
        return (new PromptPreparer(options, encoder, egress, provider, library, clock, loggers.CreateLogger<PromptPreparer>(), standIn),
            new Synthesis(provider, new(provider, options), encoder));
    }

    /// <exception cref="StartRefused">Something that the provider needs is not set.</exception>
    private static SpeechOptions Options(ServeSettings settings)
    {
        string provider = settings.SpeechProvider ?? (settings.SpeechUrl is null ? EspeakNgSpeech.Name : OpenAiSpeech.Name);
        string? url = settings.SpeechUrl?.ToString().TrimEnd('/');
        var options = new SpeechOptions
        {
            Folder = Path.Combine(settings.Data, "prompts"), Provider = provider, VoiceAliases = settings.VoiceAliases,
            IsStrictWithVoices = settings.IsStrictWithVoices,
        };
        return provider switch
        {
            OpenAiSpeech.Name => options with { OpenAi = OpenAi(settings, url ?? throw Missing("--speech-url")) },
            ElevenLabsSpeech.Name => options with { ElevenLabs = ElevenLabs(settings, url) },
            AzureSpeech.Name => options with
            {
                Azure = Azure(settings, url ?? throw Missing("--speech-url"), settings.SpeechKey ?? throw Missing("--speech-key"))
            },
            PollySpeech.Name => options with { Polly = Polly(settings, url) },
            _ => options,
        };

        StartRefused Missing(string flag) => new($"--speech-provider {provider} needs {flag}");
    }

    private static OpenAiSpeechOptions OpenAi(ServeSettings settings, string url)
    {
        var options = new OpenAiSpeechOptions { BaseUrl = url, Key = settings.SpeechKey };
        if (settings.SpeechModel is { Length: > 0 } model) options = options with { Model = model };
        return settings.SpeechVoice is { Length: > 0 } voice ? options with { DefaultVoice = voice } : options;
    }

    private static ElevenLabsSpeechOptions ElevenLabs(ServeSettings settings, string? url)
    {
        var options = new ElevenLabsSpeechOptions
        {
            Key = settings.SpeechKey ?? throw new StartRefused("--speech-provider elevenlabs needs --speech-key")
        };
        if (url is not null) options = options with { BaseUrl = url };
        if (settings.SpeechModel is { Length: > 0 } model) options = options with { Model = model };
        return settings.SpeechVoice is { Length: > 0 } voice ? options with { DefaultVoice = voice } : options;
    }

    private static AzureSpeechOptions Azure(ServeSettings settings, string url, string key)
    {
        var options = new AzureSpeechOptions { BaseUrl = url, Key = key };
        return settings.SpeechVoice is { Length: > 0 } voice ? options with { DefaultVoice = voice } : options;
    }

    private static PollySpeechOptions Polly(ServeSettings settings, string? url)
    {
        string[] key = settings.SpeechKey?.Split(':', 2) ?? [];
        if (key is not [{ Length: > 0 } id, { Length: > 0 } secret])
            throw new StartRefused("--speech-provider polly needs --speech-key ID:SECRET, an access key of AWS");
        var options = new PollySpeechOptions { AccessKey = id, Secret = secret };
        if (url is not null) options = options with { BaseUrl = url };
        if (settings.SpeechModel is { Length: > 0 } engine) options = options with { Engine = engine };
        return settings.SpeechVoice is { Length: > 0 } voice ? options with { DefaultVoice = voice } : options;
    }
}
