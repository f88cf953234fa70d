using System.Text.Json;

namespace Ringwright.Speech.Recognition.Live;

/// <summary>
/// Deepgram's <c>/v1/listen</c> (developers.deepgram.com/reference/speech-to-text/listen-streaming): raw samples one way, Results the
/// other, KeepAlive in between, Finalize at a pause, CloseStream at the end, which Metadata answers.
/// </summary>
internal sealed class DeepgramProtocol : LiveProtocol
{
    public const string ProviderName = "deepgram";
    private const string UsualModel = "nova-3";
    /// <summary>All those that its newer models tell apart by themselves.</summary>
    private const string AnyLanguage = "multi";
    /// <summary>Silence after which what was said becomes final.</summary>
    private const int PauseMilliseconds = 300;

    private readonly string? _key;

    private DeepgramProtocol(RecogniserTarget target, RecognitionTerms terms, int sampleRate)
    {
        _key = target.Key;
        string model = terms.Model ?? target.Model ?? UsualModel;
        string url = $"{target.Url.TrimEnd('/')}/v1/listen?model={Uri.EscapeDataString(model)}&encoding=linear16&sample_rate={sampleRate}"
            + $"&channels=1&punctuate=true&endpointing={PauseMilliseconds}&interim_results={(terms.HasInterim ? "true" : "false")}";
        if (terms.Language.Length > 0)
        {
            string language = terms.Language is RecognitionTerms.Undetermined ? AnyLanguage : HeardLanguage.OfDeepgram(terms.Language);
            url += $"&language={Uri.EscapeDataString(language)}";
        }
        // The third generation takes key terms, those before it keywords.
        string hint = model.StartsWith("nova-3", StringComparison.Ordinal) ? "keyterm" : "keywords";
        Url = WithHints(url, terms.Hints, (so, one) => $"{so}&{hint}={Uri.EscapeDataString(one)}");
    }

    public override string Url { get; }

    public override IReadOnlyList<KeyValuePair<string, string>> Headers =>
        _key is { Length: > 0 } ? [KeyValuePair.Create("Authorization", $"Token {_key}")] : [];

    public override string KeepAlive => """{"type":"KeepAlive"}""";

    public override string FinaliseMessage => """{"type":"Finalize"}""";

    public override string EndMessage => """{"type":"CloseStream"}""";

    public static LiveProvider Provider(RecogniserTarget target) => new()
    {
        Name = ProviderName, SampleRate = 16_000, Knows = _ => true, Begin = (terms, rate) => new DeepgramProtocol(target, terms, rate),
    };

    protected override LiveNews Read(JsonElement message) => Text(message, "type") switch
    {
        "Results" => Results(message),
        // Sent once, when all is said.
        "Metadata" => new LiveNews.Ended([]),
        "Error" => new LiveNews.Refused(Code: null, Text(message, "description") ?? Text(message, "message") ?? ""),
        null => new LiveNews.Nonsense(),
        // UtteranceEnd, SpeechStarted, and what is added one day.
        _ => new LiveNews.Nothing(),
    };

    private static LiveNews Results(JsonElement message)
    {
        if (!message.TryGetProperty("channel", out var channel) || channel.ValueKind is not JsonValueKind.Object
                || !channel.TryGetProperty("alternatives", out var all) || all.ValueKind is not JsonValueKind.Array)
            return new LiveNews.Nonsense();
        if (all.GetArrayLength() == 0) return new LiveNews.Nothing();
        var best = all[0];
        if (Text(best, "transcript") is not { } text || text.Length > Limits.RecognisedCharacters) return new LiveNews.Nonsense();
        if (!IsSaid(text)) return new LiveNews.Nothing();
        double? start = Number(message, "start"), length = Number(message, "duration");
        var result = new Recognised(text, IsTrue(message, "is_final"), Confidence(Number(best, "confidence")));
        return new LiveNews.Heard([result with { From = Time(start), To = Time(start + length) }]);
    }
}
