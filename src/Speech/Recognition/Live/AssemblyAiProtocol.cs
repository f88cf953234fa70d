using System.Text.Json;

namespace Ringwright.Speech.Recognition.Live;

/// <summary>
/// AssemblyAI's universal streaming, <c>/v3/ws</c> (assemblyai.com/docs/streaming/message-sequence): Begin, raw samples one way and Turns
/// the other, Terminate at the end, which Termination answers. A Turn is told as it grows, when it has ended, and once more with
/// punctuation; the last of these is the final one.
/// </summary>
internal sealed class AssemblyAiProtocol : LiveProtocol
{
    public const string ProviderName = "assemblyai";
    private const string English = "universal-streaming-english", Multilingual = "universal-streaming-multilingual";

    /// <summary>What <see cref="Multilingual"/> knows.</summary>
    private static readonly string[] Languages = ["en", "es", "fr", "de", "it", "pt"];

    private readonly string? _key;
    private readonly bool _hasInterim;
    /// <summary>A turn that has ended, and waits for its punctuation.</summary>
    private (double Order, Recognised Result)? _ended;

    private AssemblyAiProtocol(RecogniserTarget target, RecognitionTerms terms, int sampleRate)
    {
        (_key, _hasInterim) = (target.Key, terms.HasInterim);
        string model = terms.Model ?? target.Model ?? (First(terms.Language) is "en" or "" ? English : Multilingual);
        string url = $"{target.Url.TrimEnd('/')}/v3/ws?sample_rate={sampleRate}&encoding=pcm_s16le&format_turns=true"
            + $"&speech_model={Uri.EscapeDataString(model)}";
        var kept = new List<string>();
        Url = WithHints(url, terms.Hints, (_, one) =>
        {
            string list = JsonSerializer.Serialize([.. kept, one], LiveJson.Default.StringArray);
            string longer = $"{url}&keyterms_prompt={Uri.EscapeDataString(list)}";
            if (longer.Length <= Limits.LiveUrlCharacters) kept.Add(one);
            return longer;
        });
    }

    public override string Url { get; }

    public override IReadOnlyList<KeyValuePair<string, string>> Headers =>
        _key is { Length: > 0 } ? [KeyValuePair.Create("Authorization", _key)] : [];

    public override bool HasGreeting => true;

    /// <summary>Messages of less than 50 ms or more than a second end the session.</summary>
    public override TimeSpan LeastAudio => TimeSpan.FromMilliseconds(50);

    public override string FinaliseMessage => """{"type":"ForceEndpoint"}""";

    /// <summary>
    /// It ends a turn by what was said, and with it decides upon its punctuation: it is asked when its own longest silence (1.28 s) has
    /// passed, where it takes some noise for speech.
    /// </summary>
    public override TimeSpan FinalisesAfter => TimeSpan.FromSeconds(1.1);

    public override string EndMessage => """{"type":"Terminate"}""";

    public static LiveProvider Provider(RecogniserTarget target) => new()
    {
        Name = ProviderName, SampleRate = 16_000, Begin = (terms, rate) => new AssemblyAiProtocol(target, terms, rate),
        Knows = language => target.Model switch
        {
            null or Multilingual => language is RecognitionTerms.Undetermined || Languages.Contains(First(language)),
            English => First(language) == "en",
            _ => true,
        },
    };

    public override IReadOnlyList<Recognised> Rest() => Settle(double.PositiveInfinity);

    protected override LiveNews Read(JsonElement message)
    {
        // Some errors have no type.
        if (Text(message, "error") is { } error) return new LiveNews.Refused((int?)Number(message, "error_code"), error);
        return Text(message, "type") switch
        {
            "Begin" => new LiveNews.Begun(),
            "Turn" => Turn(message),
            "Termination" => new LiveNews.Ended(Rest()),
            null => new LiveNews.Nonsense(),
            // SpeechStarted, Heartbeat, Warning, and what is added one day.
            _ => new LiveNews.Nothing(),
        };
    }

    private LiveNews Turn(JsonElement message)
    {
        if (Text(message, "transcript") is not { } transcript || Number(message, "turn_order") is not { } order
                || transcript.Length > Limits.RecognisedCharacters)
            return new LiveNews.Nonsense();
        var results = new List<Recognised>(Settle(order));
        bool hasEnded = IsTrue(message, "end_of_turn");
        var result = Result(message, transcript, hasEnded);
        if (hasEnded && IsTrue(message, "turn_is_formatted"))
        {
            _ended = null;
            if (IsSaid(result.Text)) results.Add(result);
        }
        else if (hasEnded)
        {
            _ended = IsSaid(result.Text) ? (order, result) : null;
        }
        else if (_hasInterim && IsSaid(result.Text))
        {
            results.Add(result);
        }
        return results.Count > 0 ? new LiveNews.Heard(results) : new LiveNews.Nothing();
    }

    /// <summary>An earlier turn whose punctuation will not come any more.</summary>
    private IReadOnlyList<Recognised> Settle(double order)
    {
        if (_ended is not { } ended || ended.Order >= order) return [];
        _ended = null;
        return [ended.Result];
    }

    /// <summary>
    /// Words tell when and how surely; the transcript has only those that are final, so an interim one is made of all words.
    /// </summary>
    private static Recognised Result(JsonElement message, string transcript, bool isFinal)
    {
        double sum = 0;
        int count = 0;
        double? from = null, to = null;
        var texts = new List<string>();
        if (message.TryGetProperty("words", out var words) && words.ValueKind is JsonValueKind.Array)
        {
            foreach (var word in words.EnumerateArray())
            {
                if (word.ValueKind is not JsonValueKind.Object) continue;
                (from, to) = (from ?? Number(word, "start"), Number(word, "end") ?? to);
                if (Confidence(Number(word, "confidence")) is { } confidence) (sum, count) = (sum + confidence, count + 1);
                if (Text(word, "text") is { } text) texts.Add(text);
            }
        }
        string all = isFinal || texts.Count == 0 ? transcript : string.Join(' ', texts);
        return new(all, isFinal, count > 0 ? sum / count : null) { From = Time(from / 1000), To = Time(to / 1000) };
    }

    private static string First(string language) => language.Split('-')[0].ToLowerInvariant();
}
