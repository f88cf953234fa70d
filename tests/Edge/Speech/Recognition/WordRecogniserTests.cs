using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Edge.Detection;
using Ringwright.Speech.EspeakNg;
using Ringwright.Speech.Recognition;
using Ringwright.Speech.Recognition.BuiltIn;
using Ringwright.Testing;

namespace Ringwright.Edge.Speech.Recognition;

/// <summary>The built-in recogniser hears voices that share nothing with its templates, and noise, all through G.711.</summary>
public sealed class WordRecogniserTests : IClassFixture<WordRecogniserTests.Ears>
{
    private const int Rate = 8_000;
    private static readonly string[] Voices = ["kal", "awb", "rms", "slt"];
    private static readonly double[] Stretches = [0.85, 1, 1.2];
    private static readonly string[] Strangers =
    [
        "goodbye", "banana", "agent", "representative", "sure", "yellow", "window", "computer", "eleven", "twelve", "north", "apple",
        "morning", "telephone", "correct",
    ];

    private readonly Ears _ears;

    public WordRecogniserTests(Ears ears) => _ears = ears;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>One recogniser for the run: its templates are said by twenty processes, and take seconds.</summary>
    public sealed class Ears
    {
        private static readonly IRecogniser OfThisRun = Create("espeak-ng");

        public IRecogniser Recogniser => OfThisRun;
    }

    [Fact, Depth("a recogniser is examined whole; the gate has it hear digits")]
    public async Task It_hears_other_voices_as_well_as_the_page_says()
    {
        Tool.Require("flite", "sox", "espeak-ng");
        var known = new List<HeardWord>();
        var others = new List<HeardWord>();
        foreach (string voice in Voices)
        {
            foreach (double stretch in Stretches)
            {
                foreach (var (word, heard) in await HearAsync(WordTemplates.Words, word => Say(voice, word, stretch)))
                    known.Add(new(voice, word, heard));
            }
            foreach (var (word, heard) in await HearAsync(Strangers, word => Say(voice, word, 1))) others.Add(new(voice, word, heard));
        }
        if (Golden.IsWriting) WordPage.Save(WordPage.Write(known, others, WordTemplates.Words));

        // Another processor rounds otherwise, and a word or two may change sides.
        var (right, wrong, taken) = WordPage.ReadTotals();
        Assert.InRange(known.Count(WordPage.IsRight), right - 4, known.Count);
        Assert.InRange(known.Count(one => one.Heard is not null && !WordPage.IsRight(one)), 0, wrong + 3);
        Assert.InRange(others.Count(one => one.Heard is not null), 0, taken + 3);
        // And whatever the page says: most words are understood, and a result is mostly right.
        Assert.True(known.Count(WordPage.IsRight) > 0.6 * known.Count);
        Assert.True(known.Count(WordPage.IsRight) > 8 * known.Count(one => one.Heard is not null && !WordPage.IsRight(one)));
    }

    [Fact]
    public async Task A_number_said_digit_by_digit_comes_in_order_with_its_times()
    {
        Tool.Require("flite", "sox", "espeak-ng");
        await using var recognition = await OpenAsync();
        foreach (string word in (string[])["five", "two", "eight"])
            recognition.Say(Rate, Sounds.Silence(Rate, 1_000), Say("rms", word, 1));
        recognition.Say(Rate, Sounds.Silence(Rate, 1_000));
        recognition.Finish();
        var results = await recognition.ReadAllAsync();
        Assert.Equal(["five", "two", "eight"], results.Select(r => r.Text));
        Assert.All(results, r => Assert.True(r is { IsFinal: true, Confidence: null }));
        Assert.InRange(results[0].From!.Value.TotalSeconds, 0.7, 1.1);
        Assert.True(results[0].To < results[1].From && results[1].To < results[2].From);
    }

    [Theory]
    [InlineData("whitenoise", "vol", "0.3")]
    [InlineData("brownnoise", "vol", "0.8")]
    [InlineData("sine", "440", "vol", "0.5")]
    [InlineData("sine", "350", "sine", "440", "vol", "0.3")]
    public async Task Noise_and_tones_are_no_word(params string[] sound)
    {
        Tool.Require("sox", "espeak-ng");
        short[] half = Array.ConvertAll(Sox.Synth(["synth", "0.6", .. sound]), sample => (short)Math.Clamp(sample, -32_000, 32_000));
        await using var recognition = await OpenAsync();
        recognition.Say(Rate, Sounds.Silence(Rate, 500), half, Sounds.Silence(Rate, 1_000));
        recognition.Finish();
        Assert.Empty(await recognition.ReadAllAsync());
    }

    [Fact]
    public async Task A_whole_sentence_is_hardly_ever_a_word()
    {
        Tool.Require("flite", "sox", "espeak-ng");
        await using var recognition = await OpenAsync();
        recognition.Say(Rate, Say("rms", "Good afternoon, I would like to speak with somebody about my last invoice, if you please.", 1),
            Sounds.Silence(Rate, 1_000));
        recognition.Finish();
        Assert.Empty(await recognition.ReadAllAsync());
    }

    [Fact]
    public async Task Without_espeak_it_says_what_is_missing_by_name()
    {
        var failed = await Assert.ThrowsAsync<RecognitionException>(
            () => Create("/nowhere/espeak-ng").OpenAsync(new("en", HasInterim: false), Stop));
        Assert.Equal("the built-in recogniser has no templates: The program /nowhere/espeak-ng is not installed on this node: "
            + "apt-get install espeak-ng", failed.Message);
    }

    [Theory]
    [InlineData("en", true)]
    [InlineData("en-GB", true)]
    [InlineData("de", false)]
    [InlineData("", false)]
    public void It_knows_English_only(string language, bool isKnown) => Assert.Equal(isKnown, _ears.Recogniser.Knows(language));

    private static WordRecogniser Create(string program) =>
        new(new EspeakNgSpeech(program, TimeSpan.FromSeconds(30), NullLogger.Instance), NullLogger.Instance);

    private Task<IRecognition> OpenAsync() => _ears.Recogniser.OpenAsync(new("en", HasInterim: false), Stop);

    /// <summary>Each word to a speaker of its own, since one that is rejected leaves no trace.</summary>
    private async Task<List<(string Word, string? Heard)>> HearAsync(string[] words, Func<string, short[]> say)
    {
        var heard = new List<(string, string?)>();
        foreach (string word in words)
        {
            await using var recognition = await OpenAsync();
            recognition.Say(Rate, Sounds.Silence(Rate, 400), say(word), Sounds.Silence(Rate, 600));
            recognition.Finish();
            heard.Add((word, (await recognition.ReadAllAsync()).FirstOrDefault()?.Text));
        }
        return heard;
    }

    private static short[] Say(string voice, string text, double stretch)
    {
        string slower = $"duration_stretch={stretch.ToString(CultureInfo.InvariantCulture)}";
        double[] sound = Sox.Say("flite", "-voice", voice, "--setf", slower, "-t", text, "-o", "/dev/stdout");
        return Sox.Through("ul", Array.ConvertAll(sound, sample => (short)sample));
    }
}
