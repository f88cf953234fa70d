using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Speech.Recognition.Segments;

namespace Ringwright.Speech.Recognition.OpenAi;

/// <summary>
/// Recognises by any server with OpenAI's <c>POST /audio/transcriptions</c>, one of whisper on this machine included: each piece of speech
/// is a WAV file of its own. No interim results, and no confidence, which no such server tells. Asked for is the answer with segments, of
/// which each says how likely it is no speech; of a model that does not know that answer, the plain one.
/// </summary>
internal sealed class OpenAiRecogniser(RecogniserTarget target, RecognitionOptions options, EgressClient egress, TimeProvider clock,
    ILogger log) : IRecogniser
{
    public const string ProviderName = "openai";
    private const string UsualModel = "whisper-1";
    private const string WithSegments = "verbose_json", Plain = "json";
    private const int Tries = 3;
    /// <summary>Customers name models, and one that is not remembered is only asked twice.</summary>
    private const int MostModels = 100;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500), LongestWait = TimeSpan.FromSeconds(5);

    private readonly string _url = target.Url.TrimEnd('/') + "/audio/transcriptions";
    private readonly IReadOnlyList<KeyValuePair<string, string>> _headers =
        target.Key is { Length: > 0 } key ? [KeyValuePair.Create("Authorization", $"Bearer {key}")] : [];

    /// <summary>Models that know only the plain answer.</summary>
    private readonly ConcurrentDictionary<string, bool> _plain = new(StringComparer.Ordinal);

    public string Name => ProviderName;

    /// <summary>What whisper hears in.</summary>
    public int SampleRate => 16_000;

    public bool Knows(string language) => true;

    /// <summary>Asks nobody: whether somebody is there shows with the first piece of speech.</summary>
    public Task<IRecognition> OpenAsync(RecognitionTerms terms, CancellationToken stop) =>
        Task.FromResult<IRecognition>(
            new SegmentedRecognition(this, new(), (segment, token) => RecogniseAsync(segment, terms, token), log));

    private async ValueTask<Recognised?> RecogniseAsync(SpeechSegment segment, RecognitionTerms terms, CancellationToken stop)
    {
        string model = terms.Model ?? target.Model ?? UsualModel;
        string prompt = terms.Hints.Count > 0 ? string.Join(", ", Bounded(terms.Hints)) : "";
        long began = clock.GetTimestamp();
        bool isPlain = _plain.ContainsKey(model);
        var result = await SendAsync(FormOf(isPlain ? Plain : WithSegments), began, stop);
        if (!isPlain && result.Status is 400 or 422)
        {
            result = await SendAsync(FormOf(Plain), began, stop);
            if (result.IsSuccess && _plain.Count < MostModels) _plain[model] = true;
        }
        if (!result.IsSuccess) throw new RecognitionException($"the recogniser did not answer as it should: {result.Detail?.TrimEnd('.')}");
        if (!OpenAiAnswer.TryRead(result.Body.Span, out string text))
            throw new RecognitionException("the recogniser answered with something that is no transcription");
        return text.Length > 0 && !IsEcho(text, prompt, terms.Hints.Count) ? new(text, IsFinal: true, Confidence: null) : null;

        Form FormOf(string format)
        {
            var form = new Form();
            form.Add("model", model);
            form.Add("response_format", format);
            if (terms.Language is not ("" or RecognitionTerms.Undetermined))
                form.Add("language", HeardLanguage.OfWhisper(terms.Language));
            if (prompt.Length > 0) form.Add("prompt", prompt);
            form.AddFile("file", "speech.wav", "audio/wav", PlainWav.Write(segment.Samples, SampleRate));
            return form;
        }
    }

    /// <summary>Whisper says its prompt where it hears nothing. A single likely word may as well be said.</summary>
    private static bool IsEcho(string text, string prompt, int hints)
    {
        return hints > 1 && Letters(text).SequenceEqual(Letters(prompt));

        static IEnumerable<char> Letters(string words) => words.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant);
    }

    /// <summary>Tries again what may go better, as long as the time for one piece lets it.</summary>
    private async ValueTask<EgressResult> SendAsync(Form form, long began, CancellationToken stop)
    {
        byte[] body = form.Finish();
        var wait = FirstWait;
        for (int left = Tries - 1; ; left--, wait *= 2)
        {
            var result = await egress.SendAsync(new()
            {
                Url = _url,
                Use = TargetUse.Document,
                IsOperatorConfigured = true,
                Method = "POST",
                Headers = _headers,
                Body = body,
                ContentType = form.ContentType,
                Timeout = Left(began),
                MaxBytes = Limits.AnswerBytes,
            }, stop);
            if (result.IsSuccess || left == 0 || !MayGoBetter(result)) return result;
            var pause = Asked(result) ?? wait;
            if (pause > LongestWait || pause >= Left(began)) return result;
            Metrics.RecogniserRetries.Add(1, new KeyValuePair<string, object?>("recogniser", Name));
            await Task.Delay(pause, clock, stop);
        }
    }

    private TimeSpan Left(long began)
    {
        var left = options.SegmentTimeout - clock.GetElapsedTime(began);
        return left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1);
    }

    private static bool MayGoBetter(EgressResult result) =>
        result.Failure is EgressFailure.Connect or EgressFailure.Broken or EgressFailure.Dns || result.Status is 429 or >= 500;

    /// <summary>Retry-After in seconds; a date is taken as none.</summary>
    private static TimeSpan? Asked(EgressResult result) =>
        uint.TryParse(result.Header("Retry-After"), NumberStyles.None, CultureInfo.InvariantCulture, out uint seconds)
            ? TimeSpan.FromSeconds(seconds) : null;

    private IEnumerable<string> Bounded(IReadOnlyList<string> hints)
    {
        string[] kept = [.. hints.Where(hint => hint.Length <= Limits.HintCharacters).Take(Limits.Hints)];
        if (kept.Length < hints.Count) log.HintsLeftOut(Name, hints.Count - kept.Length);
        return kept;
    }
}
