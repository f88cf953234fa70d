using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Speech.Recognition;
using Ringwright.Speech.Recognition.Live;
using Ringwright.Testing;

namespace Ringwright.Edge.Speech.Recognition;

public sealed class LiveRecogniserTests : IDisposable
{
    private const int Rate = 16_000;

    // The strict policy: a server that the operator configured is exempt from it.
    private readonly EgressClient _egress = new(TargetPolicy.Strict, TimeProvider.System);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _egress.Dispose();

    [Fact]
    public async Task Deepgram_hears_all_samples_and_its_results_come_back()
    {
        await using var vendor = await DeepgramAsync();
        var recogniser = Deepgram(vendor, target => target with { Key = "dg-secret" });
        var terms = new RecognitionTerms("en-GB", HasInterim: true) { Hints = ["Ringwright", "dial plan"] };
        await using var recognition = await recogniser.OpenAsync(terms, Stop);
        short[] said = [.. Sounds.Tone(Rate, 1_000), .. Sounds.Silence(Rate, 555)];
        recognition.Say(Rate, said);
        recognition.Finish();

        var results = await recognition.ReadAllAsync();

        Assert.Equal([("another big", false), ("Another big problem", true)], results.Select(r => (r.Text, r.IsFinal)));
        Assert.Equal((0.99366415, TimeSpan.Zero, TimeSpan.FromSeconds(3.3)), (results[1].Confidence, results[1].From, results[1].To));
        Assert.Equal(said, vendor.Samples);
        Assert.Equal(["""{"type":"CloseStream"}"""], vendor.Texts);
        Assert.Equal(("/v1/listen", "Token dg-secret"), (vendor.Path, vendor.Key));
        Assert.Equal("model=nova-3 encoding=linear16 sample_rate=16000 channels=1 punctuate=true endpointing=300 interim_results=true "
            + "language=en-GB keyterm=Ringwright,dial plan", string.Join(' ', vendor.Query.Select(q => $"{q.Key}={q.Value}")));
    }

    [Fact]
    public async Task Deepgram_finds_out_which_language_it_is()
    {
        await using var vendor = await DeepgramAsync();
        await using var recognition = await Deepgram(vendor).OpenAsync(new(RecognitionTerms.Undetermined, HasInterim: false), Stop);
        recognition.Finish();
        await recognition.ReadAllAsync();
        Assert.Equal("multi", vendor.Query["language"]);
    }

    [Fact]
    public async Task Deepgram_is_told_that_there_will_be_more_when_there_is_no_audio()
    {
        await using var vendor = await DeepgramAsync();
        await using var recognition = await Deepgram(vendor, keepAlive: TimeSpan.FromMilliseconds(200))
            .OpenAsync(new("en", HasInterim: false), Stop);
        await Eventually.TrueAsync(() => vendor.Texts.Count >= 2, "it is kept alive");
        Assert.All(vendor.Texts, text => Assert.Equal("""{"type":"KeepAlive"}""", text));
        recognition.Finish();
        Assert.Single(await recognition.ReadAllAsync());
        Assert.Empty(vendor.Audio);
    }

    [Fact]
    public async Task Deepgram_is_asked_to_finalise_behind_what_was_said_until_then()
    {
        await using var vendor = await DeepgramAsync();
        await using var recognition = await Deepgram(vendor).OpenAsync(new("en", HasInterim: true), Stop);
        Assert.Equal(TimeSpan.Zero, recognition.FinalisesAfter);
        recognition.Say(Rate, Sounds.Tone(Rate, 250));
        recognition.Finalise();
        await Eventually.TrueAsync(() => !vendor.Texts.IsEmpty, "it is asked");
        Assert.Equal("""{"type":"Finalize"}""", Assert.Single(vendor.Texts));
        // The last of it was less than a message has else.
        Assert.Equal(250 * Rate / 1000, vendor.Samples.Count());
        recognition.Finalise();
        await Eventually.TrueAsync(() => vendor.Texts.Count == 2, "it is asked without anything new");
        recognition.Finish();
        await recognition.ReadAllAsync();
        Assert.Equal("""{"type":"CloseStream"}""", vendor.Texts.Last());
    }

    [Fact]
    public async Task AssemblyAI_is_asked_later_and_by_whole_messages()
    {
        await using var vendor = await AssemblyAiAsync([LiveSamples.AssemblyAiPartial]);
        await using var recognition = await AssemblyAi(vendor).OpenAsync(new("en", HasInterim: true), Stop);
        Assert.Equal(TimeSpan.FromSeconds(1.1), recognition.FinalisesAfter);
        recognition.Say(Rate, Sounds.Tone(Rate, 120));
        recognition.Finalise();
        recognition.Say(Rate, Sounds.Silence(Rate, 80));
        await Eventually.TrueAsync(() => !vendor.Texts.IsEmpty, "it is asked");
        Assert.Equal("""{"type":"ForceEndpoint"}""", Assert.Single(vendor.Texts));
        Assert.Equal([3_200, 3_200], vendor.Audio.Select(bytes => bytes.Length));
    }

    [Fact]
    public async Task A_turn_of_AssemblyAI_is_final_once_with_its_punctuation()
    {
        await using var vendor = await AssemblyAiAsync([LiveSamples.AssemblyAiPartial, LiveSamples.AssemblyAiEnded,
            LiveSamples.AssemblyAiFormatted]);
        var recogniser = AssemblyAi(vendor, target => target with { Key = "aai-secret" });
        var terms = new RecognitionTerms("en-US", HasInterim: true) { Hints = ["Ringwright", "Sonny"] };
        await using var recognition = await recogniser.OpenAsync(terms, Stop);
        short[] said = [.. Sounds.Tone(Rate, 1_000), .. Sounds.Tone(Rate, 20)];
        recognition.Say(Rate, said);
        recognition.Finish();

        var results = await recognition.ReadAllAsync();

        Assert.Equal([("hi my", false), ("Hi, my name is Sonny.", true)], results.Select(r => (r.Text, r.IsFinal)));
        Assert.Equal(0.85, results[1].Confidence!.Value, 1e-9);
        Assert.Equal((TimeSpan.FromSeconds(1.92), TimeSpan.FromSeconds(3.4)), (results[1].From!.Value, results[1].To!.Value));
        // No message has less than 50 ms: the last is filled with silence.
        Assert.All(vendor.Audio, audio => Assert.InRange(audio.Length, 2 * Rate / 20, 2 * Rate));
        Assert.Equal([.. said, .. new short[30 * 16]], vendor.Samples);
        Assert.Equal(["""{"type":"Terminate"}"""], vendor.Texts);
        Assert.Equal(("/v3/ws", "aai-secret"), (vendor.Path, vendor.Key));
        Assert.Equal("sample_rate=16000 encoding=pcm_s16le format_turns=true speech_model=universal-streaming-english "
            + """keyterms_prompt=["Ringwright","Sonny"]""", string.Join(' ', vendor.Query.Select(q => $"{q.Key}={q.Value}")));
    }

    [Fact]
    public async Task Without_interim_results_there_are_none_and_a_turn_without_punctuation_is_not_lost()
    {
        await using var vendor = await AssemblyAiAsync([LiveSamples.AssemblyAiPartial, LiveSamples.AssemblyAiEnded]);
        await using var recognition = await AssemblyAi(vendor).OpenAsync(new("de", HasInterim: false), Stop);
        recognition.Say(Rate, Sounds.Tone(Rate, 500));
        recognition.Finish();
        var result = Assert.Single(await recognition.ReadAllAsync());
        Assert.Equal(("hi my name is sonny", true), (result.Text, result.IsFinal));
        Assert.Equal("universal-streaming-multilingual", vendor.Query["speech_model"]);
    }

    [Theory]
    [InlineData(null, "en-US", true)]
    [InlineData(null, "pt-BR", true)]
    [InlineData(null, "ja", false)]
    [InlineData(null, "und", true)]
    [InlineData("universal-streaming-english", "de", false)]
    [InlineData("whisper-rt", "ja", true)]
    public void AssemblyAI_knows_the_languages_of_its_model(string? model, string language, bool isKnown)
    {
        var provider = AssemblyAiProtocol.Provider(new() { Url = "ws://127.0.0.1", Model = model });
        Assert.Equal(isKnown, provider.Knows(language));
    }

    [Fact]
    public void Hints_that_do_not_fit_are_counted()
    {
        string[] hints = [.. Enumerable.Range(0, 200).Select(i => $"a rather long hint number {i}"), new string('x', 51)];
        foreach (var provider in (LiveProvider[])[DeepgramProtocol.Provider(new() { Url = "wss://x" }),
            AssemblyAiProtocol.Provider(new() { Url = "wss://x" })])
        {
            var protocol = provider.Begin(new("en", HasInterim: false) { Hints = hints }, Rate);
            Assert.InRange(protocol.Url.Length, 1_500, 1_900);
            int sent = protocol.Url.Split("number").Length - 1;
            Assert.Equal(hints.Length - sent, protocol.HintsLeftOut);
            Assert.True(Uri.TryCreate(protocol.Url, UriKind.Absolute, out _));
        }
        var older = DeepgramProtocol.Provider(new() { Url = "wss://x" })
            .Begin(new("en", HasInterim: false) { Hints = ["one"], Model = "nova-2" }, Rate);
        Assert.EndsWith("&keywords=one", older.Url, StringComparison.Ordinal);
    }

    [Fact]
    public void No_message_whatever_is_in_it_throws()
    {
        string[] samples = [LiveSamples.DeepgramInterim, LiveSamples.DeepgramMetadata, LiveSamples.AssemblyAiPartial,
            LiveSamples.AssemblyAiFormatted, LiveSamples.AssemblyAiError];
        var random = new Random(18);
        foreach (string sample in samples)
        {
            for (int i = 0; i < 3_000; i++)
            {
                byte[] bytes = System.Text.Encoding.UTF8.GetBytes(sample);
                for (int change = random.Next(1, 4); change > 0; change--) bytes[random.Next(bytes.Length)] = (byte)random.Next(32, 256);
                if (random.Next(4) == 0) bytes = bytes[..random.Next(bytes.Length)];
                foreach (var provider in (LiveProvider[])[DeepgramProtocol.Provider(new() { Url = "ws://x" }),
                    AssemblyAiProtocol.Provider(new() { Url = "ws://x" })])
                    Assert.NotNull(provider.Begin(new("en", HasInterim: true), Rate).Read(bytes));
            }
        }
        // What is JSON, with members of other types than they should have.
        foreach (string odd in (string[])["[]", "5", "{}", """{"type":5}""", """{"type":"Results","channel":[]}""",
            """{"type":"Results","channel":{"alternatives":[5]}}""", """{"type":"Turn","transcript":"a","turn_order":"0"}""",
            """{"type":"Results","channel":{"alternatives":[{"transcript":"\ud800"}]}}"""])
        {
            Assert.IsType<LiveNews.Nonsense>(DeepgramProtocol.Provider(new() { Url = "ws://x" }).Begin(new("en", true), Rate)
                .Read(System.Text.Encoding.UTF8.GetBytes(odd.Replace("Turn", "Results", StringComparison.Ordinal))));
            Assert.IsNotType<LiveNews.Heard>(AssemblyAiProtocol.Provider(new() { Url = "ws://x" }).Begin(new("en", true), Rate)
                .Read(System.Text.Encoding.UTF8.GetBytes(odd)));
        }
    }

    [Fact]
    public async Task What_a_backlog_has_no_room_for_is_dropped_and_counted()
    {
        using var backlog = new AudioBacklog(100);
        for (int round = 0; round < 3; round++)
        {
            backlog.Write(Enumerable.Range(0, 70).Select(i => (short)i).ToArray());
            backlog.Write(Enumerable.Range(70, 70).Select(i => (short)i).ToArray());
            Assert.Equal(40 * (round + 1), backlog.Dropped);
            var into = new short[100];
            Assert.Equal(100, await backlog.ReadAsync(into, TimeSpan.FromSeconds(5), Stop));
            Assert.Equal(Enumerable.Range(0, 100).Select(i => (short)i), into);
        }
        Assert.Equal(0, await backlog.ReadAsync(new short[10], TimeSpan.FromMilliseconds(10), Stop));
        backlog.Write(new short[13]);
        backlog.Mark(1);
        backlog.Write([1, 2, 3]);
        Assert.Equal(10, await backlog.ReadAsync(new short[10], TimeSpan.FromSeconds(5), Stop));
        Assert.False(backlog.TakeMark());
        Assert.Equal(3, await backlog.ReadAsync(new short[10], TimeSpan.FromSeconds(5), Stop));
        Assert.True(backlog.TakeMark());
        Assert.False(backlog.TakeMark());
        backlog.Finish(isDropped: false);
        Assert.Equal(3, await backlog.ReadAsync(new short[10], TimeSpan.FromSeconds(5), Stop));
        Assert.Equal(-1, await backlog.ReadAsync(new short[10], TimeSpan.FromSeconds(5), Stop));
    }

    private static Task<Vendor> DeepgramAsync() => Vendor.StartAsync([],
        [LiveSamples.DeepgramSpeechStarted, LiveSamples.DeepgramInterim, LiveSamples.DeepgramEmpty], "CloseStream",
        [LiveSamples.DeepgramFinal, LiveSamples.DeepgramMetadata]);

    private static Task<Vendor> AssemblyAiAsync(string[] turns) =>
        Vendor.StartAsync([LiveSamples.AssemblyAiBegin], turns, "Terminate", [LiveSamples.AssemblyAiTermination]);

    private LiveRecogniser Deepgram(Vendor vendor, Func<RecogniserTarget, RecogniserTarget>? change = null, TimeSpan? keepAlive = null) =>
        Recogniser(DeepgramProtocol.Provider, vendor, change, keepAlive);

    private LiveRecogniser AssemblyAi(Vendor vendor, Func<RecogniserTarget, RecogniserTarget>? change = null) =>
        Recogniser(AssemblyAiProtocol.Provider, vendor, change);

    private LiveRecogniser Recogniser(Func<RecogniserTarget, LiveProvider> provider, Vendor vendor,
        Func<RecogniserTarget, RecogniserTarget>? change, TimeSpan? keepAlive = null)
    {
        var target = new RecogniserTarget { Url = vendor.Url };
        // Unless it is what a test is about, nothing is sent because the test is slow to speak.
        var options = new RecognitionOptions { KeepAlive = keepAlive ?? TimeSpan.FromMinutes(1) };
        return new(provider(change?.Invoke(target) ?? target), options, _egress, TimeProvider.System, NullLogger.Instance);
    }
}
