namespace Ringwright.Speech;

/// <summary>Where prompts are kept and who speaks.</summary>
public sealed record SpeechOptions
{
    /// <summary>The prompt cache: <c>DATA/prompts</c>, absolute.</summary>
    public required string Folder { get; init; }

    /// <summary>
    /// How much the cache may hold. Above, the files used longest ago go, but none used within <see cref="CacheGrace"/> (a leg may be about
    /// to play it) unless the cache has grown to twice this size. 1 MiB to 1 TiB.
    /// </summary>
    public long CacheBytes { get; init; } = 1024L * 1024 * 1024;

    public TimeSpan CacheGrace { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a fetched URL is used again without asking its server.</summary>
    public TimeSpan UrlLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Largest file that is fetched. 1 KiB to 100 MiB.</summary>
    public int FetchBytes { get; init; } = 20 * 1024 * 1024;

    /// <summary>For the whole fetch, redirects included.</summary>
    public TimeSpan FetchTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest file that comes with the command itself.</summary>
    public int ContentBytes { get; init; } = 1024 * 1024;

    /// <summary>A row of <see cref="SpeechProviders.All"/>.</summary>
    public string Provider { get; init; } = EspeakNg.EspeakNgSpeech.Name;

    /// <summary>Names that customers use to the provider's; one that ends with a star is of all names that begin so.</summary>
    public IReadOnlyList<(string Name, string Voice)> VoiceAliases { get; init; } = [];

    /// <summary>Vendors' voices that have no alias are not spoken by another one.</summary>
    public bool IsStrictWithVoices { get; init; }

    /// <summary>For one text.</summary>
    public TimeSpan SpeechTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The espeak-ng program: a name on PATH or a path.</summary>
    public string EspeakProgram { get; init; } = "espeak-ng";

    /// <summary>Needed when <see cref="Provider"/> is "elevenlabs".</summary>
    public ElevenLabs.ElevenLabsSpeechOptions? ElevenLabs { get; init; }

    /// <summary>Needed when <see cref="Provider"/> is "azure".</summary>
    public Azure.AzureSpeechOptions? Azure { get; init; }

    /// <summary>Needed when <see cref="Provider"/> is "polly".</summary>
    public Polly.PollySpeechOptions? Polly { get; init; }

    /// <summary>Needed when <see cref="Provider"/> is "openai".</summary>
    public OpenAi.OpenAiSpeechOptions? OpenAi { get; init; }
}
