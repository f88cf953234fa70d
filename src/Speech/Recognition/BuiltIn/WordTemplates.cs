using Microsoft.Extensions.Logging;
using Ringwright.Media.Dsp;
using Ringwright.Speech.EspeakNg;

namespace Ringwright.Speech.Recognition.BuiltIn;

/// <summary>
/// What words sound like, said by several voices of espeak-ng, each heard with mouths of several lengths. Made once, in some
/// seconds, and kept as long as the node runs: some 10 MB.
/// </summary>
internal sealed class WordTemplates(EspeakNgSpeech espeak, ILogger log)
{
    /// <summary>Those that are recognised.</summary>
    public static readonly string[] Words =
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "yes", "no"];

    /// <summary>What people say instead. Whoever sounds like one of these is rejected.</summary>
    private static readonly string[] Others =
    [
        "hello", "maybe", "operator", "thank", "please", "okay", "what", "help", "stop", "right", "monday", "green", "table", "water",
        "seventeen",
    ];

    /// <summary>Men and women, American, English and Scottish, each slowly and quickly.</summary>
    private static readonly string[] Voices =
    [
        "en-us", "en-us+f3", "en-gb+m3", "en-us+m7", "en-gb+f2", "en-gb-x-rp", "en-us+klatt2", "en-gb-scotland+f4", "en-us+m1", "en-us+f1",
    ];
    private static readonly int[] Speeds = [140, 175];

    /// <summary>A longer mouth has all its resonances lower, by the same share.</summary>
    private static readonly double[] Lengths = [0.88, 1, 1.12];

    private readonly Lock _lock = new();
    private Task<IReadOnlyList<WordTemplate>>? _made;

    /// <exception cref="RecognitionException">There is no espeak-ng, or it does not speak.</exception>
    public Task<IReadOnlyList<WordTemplate>> GetAsync()
    {
        lock (_lock)
        {
            // A failure is tried again by the next who asks: the program may be there by then.
            if (_made is null or { IsFaulted: true }) _made = Task.Run(MakeAsync);
            return _made;
        }
    }

    private async Task<IReadOnlyList<WordTemplate>> MakeAsync()
    {
        Cepstra[] ears = [.. Lengths.Select(length => new Cepstra(length))];
        string[] all = [.. Words, .. Others];
        var templates = new List<WordTemplate>();
        // One after the other: whoever speaks on a call has the same few places for the program, and comes first.
        foreach (string voice in Voices)
            foreach (int speed in Speeds)
                foreach (var (word, samples) in all.Zip(await SayAsync(new(voice, speed), all)))
                    foreach (var ear in ears) templates.Add(new(word, Words.Contains(word), ear.Of(samples)));
        log.TemplatesMade(templates.Count, Words.Length);
        return templates;
    }

    /// <summary>All by one process: to begin one for each word takes longer than to say it.</summary>
    private async Task<IReadOnlyList<short[]>> SayAsync(EspeakManner manner, string[] words)
    {
        string list = string.Join("<break time=\"700ms\"/>", words);
        var (samples, rate) = await SayAsync(manner, $"<speak>{list}</speak>", isSsml: true);
        var said = SpokenList.Cut(samples, rate).ToList();
        if (said.Count != words.Length)
        {
            // A version that pauses otherwise.
            said.Clear();
            foreach (string word in words) said.Add((await SayAsync(manner, word, isSsml: false)).Samples);
        }
        return [.. said.Select(one => Resampler.Convert(one, rate, Cepstra.SampleRate))];
    }

    private async Task<(short[] Samples, int Rate)> SayAsync(EspeakManner manner, string text, bool isSsml)
    {
        var result = await espeak.RenderAsync(manner, text, isSsml, CancellationToken.None);
        if (result.Bytes is not { } wav)
            throw new RecognitionException($"the built-in recogniser has no templates: {result.Detail?.TrimEnd('.')}");
        if (!WavReader.TryRead(wav, out short[] samples, out int rate, out string? detail))
            throw new RecognitionException($"the built-in recogniser has no templates: {detail?.TrimEnd('.')}");
        return (samples, rate);
    }
}

/// <param name="IsKnown">Whether it is one of <see cref="WordTemplates.Words"/>.</param>
/// <param name="Frames">As <see cref="Cepstra"/> makes them.</param>
internal sealed record WordTemplate(string Word, bool IsKnown, float[][] Frames);
