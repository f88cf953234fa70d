// Longer than others: one host has a tap and a recogniser for each of its uses, and what becomes of each is one fact.
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Edge.Streams;
using Ringwright.Edge.Telnyx;
using Ringwright.Speech.Recognition;
using Ringwright.Speech.Transcription;
using Ringwright.Speech.VoiceActivity;
using Ringwright.Testing;

namespace Ringwright.Edge.Speech.Transcription;

/// <summary>Live transcription between taps and a recogniser of the test's: what is heard and told, and what a bad one can do.</summary>
public sealed class TranscriptionHostTests : IAsyncDisposable
{
    /// <summary>Each is another one, so that a test can tell for which of them somebody waits.</summary>
    private static readonly TranscriptionOptions Usual = new()
    {
        OpenTimeout = TimeSpan.FromMilliseconds(300), FarewellTimeout = TimeSpan.FromMilliseconds(200),
        TapGrace = TimeSpan.FromMilliseconds(400), LastWords = TimeSpan.FromSeconds(2)
    };

    /// <summary>It stands, so nothing is late because a thread of the test was.</summary>
    private readonly FakeTimeProvider _time = new();
    private readonly FakeTaps _taps = new();
    private readonly ConcurrentQueue<LiveAudioNews> _news = new();
    private readonly ConcurrentQueue<CallEvent> _late = new();
    private readonly List<TranscriptionHost> _hosts = [];

    private static TranscriptionOrder Order(TapTracks tracks = TapTracks.Said, bool hasInterim = false, string? recogniser = null,
        string language = "en") => new(Guid.NewGuid(), Samples.Facts(),
            new(language, tracks) { HasInterim = hasInterim, Recogniser = recogniser, Model = "m-1", Hints = ["Ringwright"] },
            StreamFormat.Pcmu);

    private TranscriptionHost Host(ScriptedRecogniser? recogniser, TranscriptionOptions? options = null)
    {
        var host = new TranscriptionHost(_taps, name => name is null || name == recogniser?.Name ? recogniser : null,
            make => _late.Enqueue(make(new(1))), options ?? Usual, _time, NullLogger.Instance);
        _hosts.Add(host);
        return host;
    }

    /// <summary>As soon as somebody waits for so much time, it passes.</summary>
    private async Task PassAsync(TimeSpan span)
    {
        await Eventually.TrueAsync(() => _time.HasTimer(span), "somebody waits for it");
        _time.Advance(span);
    }

    private async Task<FakeTap> OpenAsync(TranscriptionHost host, TranscriptionOrder order)
    {
        host.Open(order, _news.Enqueue);
        await Eventually.TrueAsync(() => !_news.IsEmpty, "news");
        Assert.IsType<LiveAudioNews.Connected>(_news.First());
        return _taps.Opened.Last();
    }

    private async Task<string?> EndAsync(TranscriptionHost host)
    {
        await Eventually.TrueAsync(() => _news.Any(n => n is LiveAudioNews.Ended), "its end");
        await Eventually.TrueAsync(() => host.Count == 0, "nothing left");
        Assert.All(_taps.Opened, tap => Assert.True(tap.IsDisposed));
        return Assert.IsType<LiveAudioNews.Ended>(Assert.Single(_news, n => n is LiveAudioNews.Ended)).Failure;
    }

    private List<(TapTracks, string, bool, double?)> Told =>
        [.. _news.OfType<LiveAudioNews.Transcribed>().Select(t => (t.Track, t.Text, t.IsFinal, t.Confidence))];

    [Fact]
    public async Task Each_speaker_is_listened_to_by_himself_at_the_recognisers_rate()
    {
        var recogniser = new ScriptedRecogniser { SampleRate = 24_000 };
        var host = Host(recogniser);
        var order = Order(TapTracks.Said | TapTracks.Heard, hasInterim: true, language: "de-AT");
        var tap = await OpenAsync(host, order);
        Assert.Equal((new TapPlan(order.Id, order.Terms.Tracks, 24_000), new TapPlan(order.Id, order.Terms.Tracks, 24_000)),
            (tap.Plan, Assert.IsType<LiveAudioNews.Connected>(_news.First()).Tap));
        var (said, heard) = (recogniser.Opened.First(), recogniser.Opened.Last());
        foreach (var terms in new[] { said.Terms, heard.Terms })
            Assert.Equal(("de-AT", true, "m-1", "Ringwright"), (terms.Language, terms.HasInterim, terms.Model, Assert.Single(terms.Hints)));
        short[] one = Waves.Sine(440, 24_000, 20), other = Waves.Sine(600, 24_000, 20);
        tap.Say(TapTracks.Said, one);
        tap.Say(TapTracks.Heard, other);
        tap.Say(TapTracks.Said, one);
        await Eventually.TrueAsync(() => said.Heard.Length == 960 && heard.Heard.Length == 480, "the audio");
        Assert.Equal([.. one, .. one], said.Heard);
        Assert.Equal(other, heard.Heard);
        said.Say("hel", isFinal: false, confidence: 0.25);
        await Eventually.TrueAsync(() => Told.Count == 1, "a result");
        heard.Say("good morning", confidence: 0.5);
        await Eventually.TrueAsync(() => Told.Count == 2, "another");
        Assert.Equal([(TapTracks.Said, "hel", false, 0.25), (TapTracks.Heard, "good morning", true, 0.5)], Told);
        host.Close(order.Id);
        await Eventually.TrueAsync(() => host.Count == 0, "nothing left");
        Assert.All(recogniser.Opened, one => Assert.True(one.IsDisposed));
        Assert.True(tap.IsDisposed);
        said.Say("too late");
        Assert.Equal(3, _news.Count);
    }

    [Fact]
    public async Task Interim_results_are_told_only_where_they_were_asked_for()
    {
        var recogniser = new ScriptedRecogniser();
        await OpenAsync(Host(recogniser), Order());
        var one = recogniser.Opened.Single();
        Assert.False(one.Terms.HasInterim);
        one.Say("hel", isFinal: false);
        one.Say("hello");
        await Eventually.TrueAsync(() => Told.Count > 0, "a result");
        Assert.Equal([(TapTracks.Said, "hello", true, null)], Told);
    }

    private static TranscriptionOrder OfAgent()
    {
        var order = Order(hasInterim: true);
        return order with { Terms = order.Terms with { IsOfAgent = true } };
    }

    /// <summary>An agent's is opened beside its call's audio.</summary>
    private static async Task<ScriptedRecognition> OpenedAsync(ScriptedRecogniser recogniser)
    {
        await Eventually.TrueAsync(() => !recogniser.Opened.IsEmpty, "somebody listens");
        return recogniser.Opened.First();
    }

    [Fact]
    public async Task What_an_agents_caller_says_before_his_recogniser_is_there_is_heard()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var recogniser = new ScriptedRecogniser { Opening = _ => ready.Task };
        var tap = await OpenAsync(Host(recogniser, Usual with { OpenTimeout = TimeSpan.FromMinutes(1) }), OfAgent());
        short[] hello = Waves.Sine(440, 16_000, 20), again = Waves.Sine(600, 16_000, 20);
        tap.Say(TapTracks.Said, hello);
        await Eventually.TrueAsync(() => tap.Unread == 0, "it is kept");
        Assert.Empty(recogniser.Opened);
        ready.SetResult();
        var one = await OpenedAsync(recogniser);
        await Eventually.TrueAsync(() => one.Heard.Length == 320, "it is heard");
        tap.Say(TapTracks.Said, again);
        await Eventually.TrueAsync(() => one.Heard.Length == 640, "what follows is");
        Assert.Equal([.. hello, .. again], one.Heard);
    }

    [Fact]
    public async Task An_agents_recogniser_that_cannot_be_opened_is_told_with_its_reason()
    {
        var host = Host(new() { Opening = _ => throw new RecognitionException("the recogniser cannot be reached") });
        await OpenAsync(host, OfAgent());
        Assert.Equal("the recogniser cannot be reached", await EndAsync(host));
    }

    /// <summary>Returns when all of it is heard.</summary>
    private static async Task HearAsync(FakeTap tap, ScriptedRecognition one, int ticks, short[] tick)
    {
        int before = one.Heard.Length;
        for (int i = 0; i < ticks; i++) tap.Say(TapTracks.Said, tick);
        await Eventually.TrueAsync(() => one.Heard.Length == before + ticks * tick.Length, "the audio");
    }

    [Theory, InlineData(0, 10), InlineData(100, 15)]
    public async Task Words_that_may_still_change_are_asked_about_once_when_an_agents_caller_has_paused(int after, int silentTicks)
    {
        var recogniser = new ScriptedRecogniser { FinalisesAfter = TimeSpan.FromMilliseconds(after) };
        var tap = await OpenAsync(Host(recogniser), OfAgent());
        var one = await OpenedAsync(recogniser);
        short[] voice = Waves.Sine(440, 16_000, 20), silence = new short[320];
        await HearAsync(tap, one, 10, voice);
        one.Say("a large", isFinal: false);
        await Eventually.TrueAsync(() => Told.Count == 1, "what may change");
        await HearAsync(tap, one, silentTicks - 1, silence);
        Assert.Equal(0, one.Finalised);
        await HearAsync(tap, one, 10, silence);
        await Eventually.TrueAsync(() => one.Finalised == 1, "it is asked");
        await HearAsync(tap, one, 10, silence);
        Assert.Equal(1, one.Finalised);
        one.Say("A large pizza.");
        await Eventually.TrueAsync(() => Told.Count == 2, "what is sure");
        await HearAsync(tap, one, 10, voice);
        await HearAsync(tap, one, 30, silence);
        // Nothing was understood of the second sound, so that there is nothing to be sure of.
        Assert.Equal(1, one.Finalised);
    }

    [Fact]
    public async Task Words_that_come_in_a_pause_are_asked_about_as_they_come()
    {
        var recogniser = new ScriptedRecogniser { FinalisesAfter = TimeSpan.Zero };
        var tap = await OpenAsync(Host(recogniser), OfAgent());
        var one = await OpenedAsync(recogniser);
        await HearAsync(tap, one, 10, Waves.Sine(440, 16_000, 20));
        await HearAsync(tap, one, 20, new short[320]);
        Assert.Equal(0, one.Finalised);
        one.Say("a large", isFinal: false);
        await Eventually.TrueAsync(() => Told.Count == 1, "what may change");
        await HearAsync(tap, one, 1, new short[320]);
        await Eventually.TrueAsync(() => one.Finalised == 1, "it is asked");
    }

    [Fact]
    public async Task A_customers_transcription_has_its_recogniser_asked_nothing()
    {
        var recogniser = new ScriptedRecogniser { FinalisesAfter = TimeSpan.Zero };
        var tap = await OpenAsync(Host(recogniser), Order(hasInterim: true));
        var one = recogniser.Opened.Single();
        await HearAsync(tap, one, 10, Waves.Sine(440, 16_000, 20));
        one.Say("a large", isFinal: false);
        await Eventually.TrueAsync(() => Told.Count == 1, "what may change");
        await HearAsync(tap, one, 30, new short[320]);
        Assert.Equal(0, one.Finalised);
    }

    [Fact]
    public async Task What_a_recogniser_says_is_one_line_of_bounded_length_and_its_confidence_a_number()
    {
        var recogniser = new ScriptedRecogniser();
        await OpenAsync(Host(recogniser), Order());
        var one = recogniser.Opened.Single();
        one.Say(" \r\n ");
        one.Say(" one\r\ntwo\0 ", confidence: double.NaN);
        one.Say(new string('x', 3_999) + "🙂🙂", confidence: 7);
        one.Say(null!, confidence: 1);
        one.Say("end", confidence: -1);
        await Eventually.TrueAsync(() => Told.Count == 3, "results");
        Assert.Equal([(TapTracks.Said, "one  two", true, null), (TapTracks.Said, new string('x', 3_999), true, 1.0),
            (TapTracks.Said, "end", true, 0.0)], Told);
    }

    [Theory, InlineData(true, true), InlineData(true, false), InlineData(false, true)]
    public async Task An_agent_is_told_when_its_caller_speaks_where_the_node_has_a_detector_for_that(bool isOfAgent, bool hasDetector)
    {
        var recogniser = new ScriptedRecogniser();
        var detector = new LoudVoice();
        List<int> rates = [];
        var host = Host(recogniser, hasDetector ? Usual with { AgentVoice = Make } : null);
        var order = Order();
        var tap = await OpenAsync(host, order with { Terms = order.Terms with { IsOfAgent = isOfAgent } });
        bool isTold = isOfAgent && hasDetector;
        Assert.Equal(isTold, Assert.IsType<LiveAudioNews.Connected>(_news.First()).TellsVoice);
        foreach (short sample in (short[])[0, 5_000, 5_000, 0, 0])
        {
            short[] tick = [.. Enumerable.Repeat(sample, 320)];
            tap.Say(TapTracks.Said, tick);
        }
        await Eventually.TrueAsync(() => recogniser.Opened.FirstOrDefault()?.Heard.Length == 5 * 320, "all is heard");
        await Eventually.TrueAsync(() => _news.OfType<LiveAudioNews.Voice>().Count() == (isTold ? 2 : 0), "voices");
        bool[] told = isTold ? [true, false] : [];
        Assert.Equal(told, _news.OfType<LiveAudioNews.Voice>().Select(voice => voice.IsSpeaking));
        host.Close(order.Id);
        await Eventually.TrueAsync(() => host.Count == 0, "nothing left");
        Assert.Equal(isTold ? 16_000 : 0, rates.SingleOrDefault());

        IVoiceDetector Make(int rate)
        {
            rates.Add(rate);
            return detector;
        }
    }

    /// <summary>A voice is what is loud.</summary>
    private sealed class LoudVoice : IVoiceDetector
    {
        public bool IsTalking { get; private set; }

        public bool Handle(ReadOnlySpan<short> samples)
        {
            bool was = IsTalking;
            IsTalking = samples[0] > 1_000;
            return IsTalking != was;
        }
    }

    [Theory, InlineData(false, 250), InlineData(true, 2)]
    public async Task One_that_an_agent_loses_is_opened_once_more_and_hears_what_was_not_understood_of_the_last_five_seconds(
        bool isUnderstood, int ticks)
    {
        var recogniser = new ScriptedRecogniser();
        var host = Host(recogniser);
        var order = Order();
        var tap = await OpenAsync(host, order with { Terms = order.Terms with { IsOfAgent = true } });
        var first = await OpenedAsync(recogniser);
        await SayAsync(0, 350);
        if (isUnderstood)
        {
            first.Say("yes");
            await Eventually.TrueAsync(() => Told.Count == 1, "a result");
        }
        await SayAsync(350, 352);
        first.End(new RecognitionException("the connection was cut"));
        await Eventually.TrueAsync(() => recogniser.Opened.Count == 2 && recogniser.Opened.Last().Heard.Length > 0, "another one");
        var second = recogniser.Opened.Last();
        Assert.Equal((ticks * 320, (short)(352 - ticks)), (second.Heard.Length, second.Heard[0]));
        tap.Say(TapTracks.Said, Tick(352));
        second.Say("no");
        await Eventually.TrueAsync(() => Told.Count > 0 && Told[^1].Item2 == "no" && first.IsDisposed, "a result of the other one");
        await Eventually.TrueAsync(() => second.Heard[^1] == 352, "what is said behind that");
        second.End(new RecognitionException("the connection was cut again"));
        Assert.Equal("the connection was cut again", await EndAsync(host));
        Assert.Equal(2, recogniser.Opened.Count);

        async Task SayAsync(int from, int to)
        {
            for (int said = from + 1; said <= to; said++)
            {
                tap.Say(TapTracks.Said, Tick(said - 1));
                // A tap has room for a second.
                if (said % 25 == 0 || said == to) await Eventually.TrueAsync(() => first.Heard.Length == said * 320, "the audio");
            }
        }

        static short[] Tick(int number) => [.. Enumerable.Repeat((short)number, 320)];
    }

    /// <summary>As services do that end a socket after some minutes in which nothing was said.</summary>
    [Fact]
    public async Task One_that_is_lost_again_and_again_has_a_successor_each_time_that_it_has_listened_for_a_minute()
    {
        var recogniser = new ScriptedRecogniser();
        var host = Host(recogniser);
        await OpenAsync(host, OfAgent());
        for (int lost = 0; lost < 4; lost++)
        {
            await Eventually.TrueAsync(() => recogniser.Opened.Count == lost + 1, "one more");
            recogniser.Opened.Last().Say("yes");
            await Eventually.TrueAsync(() => Told.Count == lost + 1, "its result");
            _time.Advance(TimeSpan.FromMinutes(3));
            recogniser.Opened.Last().End(new RecognitionException("1001 idle timeout"));
        }
        await Eventually.TrueAsync(() => recogniser.Opened.Count == 5, "the last one");
        recogniser.Opened.Last().End(new RecognitionException("the key is not taken"));
        Assert.Equal("the key is not taken", await EndAsync(host));
        Assert.Equal(5, recogniser.Opened.Count);
    }

    [Fact]
    public async Task Without_a_recogniser_it_ends_at_once_and_says_which_is_missing()
    {
        var host = Host(null);
        host.Open(Order(), _news.Enqueue);
        Assert.Equal("no recogniser is configured on this node", await EndAsync(host));
        _news.Clear();
        host.Open(Order(recogniser: "deepgram"), _news.Enqueue);
        Assert.Equal("no recogniser deepgram is configured on this node", await EndAsync(host));
        Assert.Equal("no recogniser is configured on this node", host.ProblemOf(null, "en"));
    }

    [Fact]
    public async Task A_language_that_the_recogniser_does_not_know_is_named()
    {
        var host = Host(new() { KnowsLanguage = language => language == "en" });
        Assert.Null(host.ProblemOf(null, "en"));
        Assert.Equal("the recogniser scripted does not know the language tlh", host.ProblemOf("scripted", "tlh"));
        host.Open(Order(language: "tlh"), _news.Enqueue);
        Assert.Equal("the recogniser scripted does not know the language tlh", await EndAsync(host));
    }

    [Fact]
    public async Task One_that_refuses_is_passed_on_in_its_own_words()
    {
        var host = Host(new() { Opening = _ => throw new RecognitionException("it answered 401.\r\nSet-Cookie: x") });
        host.Open(Order(), _news.Enqueue);
        Assert.Equal("it answered 401.  Set-Cookie: x", await EndAsync(host));
        Assert.Empty(_taps.Opened);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task One_that_does_not_come_is_waited_for_no_longer_than_it_may(bool hearsStop)
    {
        var later = new TaskCompletionSource();
        var recogniser = new ScriptedRecogniser
        {
            Opening = stop => hearsStop ? Task.Delay(Timeout.Infinite, stop) : later.Task
        };
        var host = Host(recogniser);
        host.Open(Order(), _news.Enqueue);
        await PassAsync(Usual.OpenTimeout);
        Assert.Equal("the recogniser was not ready within 0.3 s", await EndAsync(host));
        later.SetResult();
        // One that comes after all is let go at once.
        if (!hearsStop) await Eventually.TrueAsync(() => recogniser.Opened.SingleOrDefault()?.IsDisposed is true, "its end");
    }

    [Fact]
    public async Task When_the_second_speaker_finds_nobody_the_first_is_let_go()
    {
        int count = 0;
        var recogniser = new ScriptedRecogniser
        {
            Opening = _ => ++count == 2 ? throw new RecognitionException("it has no more room") : Task.CompletedTask
        };
        var host = Host(recogniser);
        host.Open(Order(TapTracks.Said | TapTracks.Heard), _news.Enqueue);
        Assert.Equal("it has no more room", await EndAsync(host));
        Assert.True(recogniser.Opened.Single().IsDisposed);
    }

    [Fact]
    public async Task One_that_dies_ends_it_with_its_reason()
    {
        var recogniser = new ScriptedRecogniser();
        var host = Host(recogniser);
        await OpenAsync(host, Order(TapTracks.Said | TapTracks.Heard));
        recogniser.Opened.Last().End(new RecognitionException("the connection was cut"));
        Assert.Equal("the connection was cut", await EndAsync(host));
        Assert.All(recogniser.Opened, one => Assert.True(one.IsDisposed));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task One_that_goes_unasked_or_breaks_is_told_too(bool breaks)
    {
        var recogniser = new ScriptedRecogniser();
        var host = Host(recogniser);
        await OpenAsync(host, Order());
        recogniser.Opened.Single().End(breaks ? new InvalidOperationException("a bug") : null);
        Assert.Equal(breaks ? "of a fault inside the node" : "the recogniser ended it", await EndAsync(host));
    }

    [Fact]
    public async Task A_flood_of_results_ends_it()
    {
        var recogniser = new ScriptedRecogniser();
        var host = Host(recogniser);
        await OpenAsync(host, Order());
        var one = recogniser.Opened.Single();
        for (int i = 0; i < 1_000; i++) one.Say($"word {i}", isFinal: i % 2 == 0);
        Assert.Equal("the recogniser tells more than 20 results a second", await EndAsync(host));
        // 200 come at once. Interim ones count too, though nobody asked for them.
        Assert.Equal(100, Told.Count);
    }

    [Fact]
    public async Task One_that_hangs_in_the_end_holds_nothing_up()
    {
        var recogniser = new ScriptedRecogniser { HangsWhenDisposed = true, IgnoresStop = true };
        var host = Host(recogniser);
        var order = Order();
        await OpenAsync(host, order);
        host.Close(order.Id);
        await PassAsync(Usual.FarewellTimeout);
        await Eventually.TrueAsync(() => host.Count == 0, "nothing left");
        Assert.True(_taps.Only.IsDisposed);
        Assert.Single(_news);
    }

    [Fact]
    public async Task One_that_stalls_before_it_is_there_is_not_waited_for_by_who_closes()
    {
        var host = Host(new() { Opening = _ => new TaskCompletionSource().Task }, Usual with { OpenTimeout = TimeSpan.FromMinutes(1) });
        var order = Order();
        host.Open(order, _news.Enqueue);
        host.Close(order.Id);
        await Eventually.TrueAsync(() => host.Count == 0, "nothing left");
        Assert.Empty(_news);
    }

    [Fact]
    public async Task When_the_calls_audio_goes_the_last_words_are_told_and_then_its_end()
    {
        var recogniser = new ScriptedRecogniser();
        var host = Host(recogniser);
        var tap = await OpenAsync(host, Order());
        tap.Say(TapTracks.Said, Waves.Sine(440, 16_000, 20));
        recogniser.Opened.Single().Say("the last words");
        tap.End();
        await Eventually.TrueAsync(() => Told.Count > 0, "the last words");
        await PassAsync(Usual.TapGrace);
        Assert.Equal("the call's audio has gone", await EndAsync(host));
        Assert.True(recogniser.Opened.Single().IsFinished);
        Assert.Equal("the last words", Assert.Single(Told).Item2);
        Assert.Equal(320, recogniser.Opened.Single().Heard.Length);
    }

    private void SayGoodbye(FakeTap tap)
    {
        tap.Say(TapTracks.Said, Waves.Sine(440, 16_000, 20));
        tap.End();
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task What_was_said_last_is_told_when_the_recogniser_has_understood_it(bool isOver)
    {
        var recogniser = new ScriptedRecogniser { KeepsOpen = true };
        var host = Host(recogniser);
        var order = Order(hasInterim: true);
        var tap = await OpenAsync(host, order);
        host.Finish(order, isOver ? order.Leg : null);
        SayGoodbye(tap);
        await Eventually.TrueAsync(() => recogniser.Opened.Single().IsFinished, "all was said");
        recogniser.Opened.Single().Say("good", isFinal: false);
        recogniser.Opened.Single().Say("goodbye", confidence: 0.5);
        recogniser.Opened.Single().End();
        await Eventually.TrueAsync(() => host.Count == 0, "its end");
        if (isOver)
        {
            Assert.Single(_news);
            var said = Assert.IsType<CallEvent.SpeechTranscribed>(_late.First());
            Assert.Equal((order.Id, "goodbye", true, 0.5, LifeStage.Whenever, order.Leg),
                (said.Transcription, said.Text, said.IsFinal, said.Confidence, said.Stage, said.Leg));
            Assert.Null(Assert.IsType<CallEvent.TranscriptionEnded>(_late.Last()).Failure);
            Assert.Equal(2, _late.Count);
        }
        else
        {
            Assert.Empty(_late);
            Assert.Equal(["good", "goodbye"], Told.Select(told => told.Item2));
            Assert.Null(Assert.IsType<LiveAudioNews.Ended>(_news.Last()).Failure);
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Nobody_waits_longer_for_last_words_than_he_may(bool goesOn)
    {
        var recogniser = new ScriptedRecogniser { KeepsOpen = true, HangsWhenDisposed = true, IgnoresStop = true };
        var host = Host(recogniser);
        var order = Order();
        var tap = await OpenAsync(host, order);
        if (!goesOn) SayGoodbye(tap);
        host.Finish(order, order.Leg);
        await PassAsync(Usual.LastWords);
        await PassAsync(Usual.FarewellTimeout);
        await Eventually.TrueAsync(() => host.Count == 0, "its end");
        Assert.Equal("what was said last was not understood in time",
            Assert.IsType<CallEvent.TranscriptionEnded>(Assert.Single(_late)).Failure);
        recogniser.Opened.Single().Say("too late");
        Assert.Single(_late);
        Assert.True(tap.IsDisposed);
    }

    [Fact]
    public async Task One_that_has_ended_by_itself_when_its_leg_ends_is_told_once()
    {
        var recogniser = new ScriptedRecogniser();
        var host = Host(recogniser);
        var order = Order();
        await OpenAsync(host, order);
        recogniser.Opened.Single().End(new RecognitionException("the connection was cut"));
        Assert.Equal("the connection was cut", await EndAsync(host));
        host.Finish(order, null);
        Assert.Empty(_late);
        host.Finish(order, order.Leg);
        Assert.IsType<CallEvent.TranscriptionEnded>(Assert.Single(_late));
    }

    [Fact]
    public async Task A_node_that_stops_cuts_last_words_off_and_says_so()
    {
        var recogniser = new ScriptedRecogniser { KeepsOpen = true };
        var host = Host(recogniser, Usual with { LastWords = TimeSpan.FromMinutes(1) });
        var order = Order();
        SayGoodbye(await OpenAsync(host, order));
        host.Finish(order, order.Leg);
        await host.DisposeAsync();
        Assert.Equal(0, host.Count);
        Assert.IsType<CallEvent.TranscriptionEnded>(Assert.Single(_late));
    }

    [Fact]
    public async Task There_are_so_many_at_once_and_no_room_for_one_more()
    {
        var host = Host(new ScriptedRecogniser(), Usual with { Calls = 2 });
        var first = Order();
        await OpenAsync(host, first);
        host.Open(Order(), _ => { });
        host.Open(Order(), _news.Enqueue);
        await Eventually.TrueAsync(() => _news.Any(n => n is LiveAudioNews.Ended), "its refusal");
        Assert.Equal("2 calls are being transcribed, and the node transcribes no more",
            _news.OfType<LiveAudioNews.Ended>().Single().Failure);
        Assert.Equal(2, host.Count);
        host.Close(first.Id);
        await Eventually.TrueAsync(() => host.Count == 1, "room");
        _taps.IsFull = true;
        _news.Clear();
        host.Open(Order(), _news.Enqueue);
        await Eventually.TrueAsync(() => _news.Any(n => n is LiveAudioNews.Ended), "its failure");
        Assert.Equal("the node has no room for one more call's audio", _news.OfType<LiveAudioNews.Ended>().Single().Failure);
    }

    [Fact]
    public async Task A_node_that_stops_lets_all_go_and_takes_no_more()
    {
        var recogniser = new ScriptedRecogniser();
        var host = Host(recogniser);
        await OpenAsync(host, Order());
        await host.DisposeAsync();
        Assert.Equal((0, true), (host.Count, recogniser.Opened.Single().IsDisposed));
        host.Open(Order(), _news.Enqueue);
        await Eventually.TrueAsync(() => _news.Any(n => n is LiveAudioNews.Ended), "its refusal");
        Assert.Equal("the node is stopping", _news.OfType<LiveAudioNews.Ended>().Single().Failure);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts) await host.DisposeAsync();
    }
}
