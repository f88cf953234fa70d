using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Edge.Detection;
using Ringwright.Edge.Speech.Recognition;
using Ringwright.Edge.Streams;
using Ringwright.Edge.Telnyx;
using Ringwright.Speech.Transcription;
using Ringwright.Testing;

namespace Ringwright.Edge.Speech.Transcription;

/// <summary>
/// What a gather is told of somebody who speaks, by the recogniser that the node has in itself and a voice that it does not know.
/// </summary>
public sealed class VoiceSignTests : IClassFixture<WordRecogniserTests.Ears>, IAsyncDisposable
{
    private const int Rate = 8_000;

    private readonly FakeTaps _taps = new();
    private readonly ConcurrentQueue<LiveAudioNews> _news = new();
    private readonly TranscriptionHost _host;

    public VoiceSignTests(WordRecogniserTests.Ears ears) => _host = new(_taps, _ => ears.Recogniser, _ => { },
        new() { OpenTimeout = TimeSpan.FromMinutes(2) }, TimeProvider.System, NullLogger.Instance);

    private async Task<FakeTap> OpenAsync(bool tellsVoice)
    {
        Tool.Require("flite", "sox", "espeak-ng");
        _host.Open(new TranscriptionOrder(Guid.NewGuid(), Samples.Facts(), new("en", TapTracks.Said), StreamFormat.Pcmu)
        {
            TellsVoice = tellsVoice
        }, _news.Enqueue);
        await Eventually.TrueAsync(() => !_news.IsEmpty, "the templates are made", TimeSpan.FromMinutes(2));
        Assert.IsType<LiveAudioNews.Connected>(_news.First());
        return _taps.Only;
    }

    /// <summary>A word of a person of flite's, with silence around it, as it comes through a call.</summary>
    private static async Task SayAsync(FakeTap tap, string word)
    {
        double[] sound = Sox.Say("flite", "-voice", "awb", "-t", word, "-o", "/dev/stdout");
        short[] spoken = Sox.Through("ul", Array.ConvertAll(sound, sample => (short)sample));
        short[] silence = new short[Rate];
        foreach (short[] tick in silence.Concat(spoken).Concat(silence).Chunk(Rate / 50))
        {
            await Eventually.TrueAsync(() => tap.Unread < 40, "room in the tap");
            if (tick.Length == Rate / 50) tap.Say(TapTracks.Said, tick);
        }
    }

    private string[] Told => [.. _news.Skip(1).Select(news => news switch
    {
        LiveAudioNews.Voice voice => voice.IsSpeaking ? "speaks" : "pauses",
        LiveAudioNews.Transcribed said => said.Text,
        _ => throw new UnreachableException(),
    })];

    [Fact]
    public async Task Somebody_who_speaks_is_noticed_before_he_is_understood_and_his_pause_is_too()
    {
        var tap = await OpenAsync(tellsVoice: true);
        await SayAsync(tap, "five");
        await Eventually.TrueAsync(() => Told.Length == 3, () => string.Join(", ", Told));
        Assert.Equal("speaks", Told[0]);
        // A recogniser may take a shorter pause for the end than we do.
        Assert.Equal(["five", "pauses"], Told[1..].Order());
    }

    [Fact, Depth("the gate has the other signs of a voice, and prompts in pieces that sound")]
    public async Task Who_is_not_understood_has_spoken_all_the_same()
    {
        var tap = await OpenAsync(tellsVoice: true);
        await SayAsync(tap, "banana");
        await SayAsync(tap, "five");
        await Eventually.TrueAsync(() => Told.Contains("five") && Told.Length == 5, () => string.Join(", ", Told));
        Assert.Equal(["speaks", "pauses", "speaks"], Told[..3]);
    }

    [Fact]
    public async Task A_transcription_that_did_not_ask_hears_of_words_alone()
    {
        var tap = await OpenAsync(tellsVoice: false);
        await SayAsync(tap, "five");
        await Eventually.TrueAsync(() => Told.Length > 0, "the word");
        await SayAsync(tap, "three");
        await Eventually.TrueAsync(() => Told.Length > 1, "the other");
        Assert.Equal(["five", "three"], Told);
    }

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();
}
