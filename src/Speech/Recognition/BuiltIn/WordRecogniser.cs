using Microsoft.Extensions.Logging;
using Ringwright.Speech.EspeakNg;
using Ringwright.Speech.Recognition.Segments;

namespace Ringwright.Speech.Recognition.BuiltIn;

/// <summary>
/// Isolated digits, yes and no, in English, and nothing else: each word on its own, by its likeness to what espeak-ng says. What is like
/// none of them gets no result. Needs no network; how well it hears is in docs/reference/recognition.md.
/// </summary>
internal sealed class WordRecogniser(EspeakNgSpeech espeak, ILogger log) : IRecogniser
{
    public const string ProviderName = "built-in";

    /// <summary>A word is short, and so is the pause behind it.</summary>
    private static readonly SegmentTerms Terms = new() { Pause = 400, Before = 200, After = 160, Most = 3_000, Seam = 1_000 };

    /// <summary>Likenesses of a word that are averaged.</summary>
    private const int Nearest = 3;

    /// <summary>
    /// How far the nearest word may be, measured by the distance of the nearest other word: known ones, and words that are none of them.
    /// </summary>
    private const double MostOfKnown = 0.99, MostOfOthers = 0.975;

    /// <summary>
    /// And how far at all. Of 48 words by voices that the templates do not have these three let 38 pass as what they are and one as
    /// another, and of 64 that are none of the twelve nine.
    /// </summary>
    private const double Farthest = 2.9;

    private readonly WordTemplates _templates = new(espeak, log);
    private readonly Cepstra _ear = new(1);

    public string Name => ProviderName;

    public int SampleRate => Cepstra.SampleRate;

    public bool Knows(string language) => language.Split('-')[0].Equals("en", StringComparison.OrdinalIgnoreCase);

    /// <summary>Has the templates made, so that the first who speaks need not wait for them.</summary>
    public void Prepare() => _ = _templates.GetAsync().ContinueWith(static made => _ = made.Exception, TaskScheduler.Default);

    /// <summary>The first takes some seconds when nobody prepared it.</summary>
    public async Task<IRecognition> OpenAsync(RecognitionTerms terms, CancellationToken stop)
    {
        var templates = await _templates.GetAsync().WaitAsync(stop);
        return new SegmentedRecognition(this, Terms, (segment, token) => RecogniseAsync(segment, templates, token), log);
    }

    private async ValueTask<Recognised?> RecogniseAsync(SpeechSegment segment, IReadOnlyList<WordTemplate> templates,
        CancellationToken stop)
    {
        // Tens of milliseconds of work: not on the reader's thread.
        string? word = await Task.Run(() => Recognise(segment.Samples, templates), stop);
        return word is null ? null : new(word, IsFinal: true, Confidence: null);
    }

    /// <returns>Null when it is like no word, or like two.</returns>
    internal string? Recognise(ReadOnlySpan<short> samples, IReadOnlyList<WordTemplate> templates)
    {
        float[][] heard = _ear.Of(samples);
        var words = (
            from template in templates
            let distance = Warp.Distance(heard, template.Frames)
            group distance by (template.Word, template.IsKnown) into word
            select (word.Key.Word, word.Key.IsKnown, Distance: word.Order().Take(Nearest).Average()) into found
            orderby found.Distance
            select found).ToList();
        var known = words.Where(word => word.IsKnown).Take(2).ToList();
        double best = known[0].Distance;
        if (best > Farthest || best > MostOfKnown * known[1].Distance) return null;
        return words.FirstOrDefault(word => !word.IsKnown) is { Word: not null } other && best > MostOfOthers * other.Distance
            ? null : known[0].Word;
    }
}
