using Microsoft.Extensions.Logging;
using Ringwright.Egress;
using Ringwright.Speech.EspeakNg;
using Ringwright.Speech.Recognition.BuiltIn;
using Ringwright.Speech.Recognition.Live;
using Ringwright.Speech.Recognition.OpenAi;

namespace Ringwright.Speech.Recognition;

/// <summary>Who can recognise speech on this node: one row per provider, of which those are there that have what they need.</summary>
public sealed class Recognisers
{
    private sealed record Ground(RecognitionOptions Options, EspeakNgSpeech Espeak, EgressClient Egress, TimeProvider Clock, ILogger Log);

    /// <summary>In the order in which one becomes the default. Null where its settings are missing.</summary>
    private static readonly IReadOnlyList<(string Name, Func<Ground, IRecogniser?> Create)> All =
    [
        (OpenAiRecogniser.ProviderName, ground => ground.Options.OpenAi is { } target
            ? new OpenAiRecogniser(target, ground.Options, ground.Egress, ground.Clock, ground.Log) : null),
        (DeepgramProtocol.ProviderName, ground => ground.Options.Deepgram is { } target
            ? new LiveRecogniser(DeepgramProtocol.Provider(target), ground.Options, ground.Egress, ground.Clock, ground.Log) : null),
        (AssemblyAiProtocol.ProviderName, ground => ground.Options.AssemblyAi is { } target
            ? new LiveRecogniser(AssemblyAiProtocol.Provider(target), ground.Options, ground.Egress, ground.Clock, ground.Log) : null),
        (WordRecogniser.ProviderName, ground => new WordRecogniser(ground.Espeak, ground.Log)),
    ];

    private readonly IReadOnlyList<IRecogniser> _there;

    /// <param name="espeak">Makes the built-in one's templates.</param>
    /// <exception cref="ArgumentException">The default is none of them, or has no settings.</exception>
    public Recognisers(RecognitionOptions options, EspeakNgSpeech espeak, EgressClient egress, TimeProvider clock, ILogger log)
    {
        var ground = new Ground(options, espeak, egress, clock, log);
        _there = [.. All.Select(row => row.Create(ground)).OfType<IRecogniser>()];
        Default = options.Default is { } name
            ? Find(name) ?? throw new ArgumentException(Names.Contains(name)
                ? $"The recogniser {name} needs its settings."
                : $"There is no recogniser {name}; there are {string.Join(", ", Names)}.")
            : _there.FirstOrDefault(recogniser => recogniser.Name != WordRecogniser.ProviderName);
        (Default as WordRecogniser)?.Prepare();
    }

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(row => row.Name)];

    /// <summary>Whom the node asks when nobody was named; null when nobody was set up.</summary>
    public IRecogniser? Default { get; }

    /// <summary><see cref="Find"/>, or <see cref="Default"/> for null.</summary>
    public IRecogniser? Of(string? name) => name is null ? Default : Find(name);

    /// <summary>Null when there is none of this name, or it has no settings.</summary>
    public IRecogniser? Find(string name) => _there.FirstOrDefault(recogniser => recogniser.Name == name);
}
