using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Media.Dsp;
using Ringwright.Speech.Recognition;
using Ringwright.Speech.Recognition.OpenAi;
using Ringwright.Testing;

namespace Ringwright.Edge.Speech.Recognition;

public sealed class OpenAiRecogniserTests : IDisposable
{
    private const int Rate = 16_000;

    // The strict policy: a server that the operator configured is exempt from it.
    private readonly EgressClient _egress = new(TargetPolicy.Strict, TimeProvider.System);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _egress.Dispose();

    [Fact]
    public async Task Each_piece_of_speech_is_a_WAV_file_of_its_own_and_its_words_come_back()
    {
        var forms = new List<IFormCollection>();
        var sounds = new List<(short[] Samples, int Rate)>();
        string? path = null, key = null;
        await using var server = await TestServer.StartAsync(async context =>
        {
            (path, key) = (context.Request.Path, context.Request.Headers.Authorization);
            var form = await context.Request.ReadFormAsync();
            forms.Add(form);
            using var file = new MemoryStream();
            await form.Files["file"]!.CopyToAsync(file);
            Assert.True(WavReader.TryRead(file.ToArray(), out short[] samples, out int rate, out _));
            sounds.Add((samples, rate));
            await context.Response.WriteAsync($$"""{"text": " Piece {{forms.Count}}. ", "usage": {"type": "duration"} }""");
        });
        await using var recognition = await OpenAsync(server, new("de-AT", HasInterim: true) { Hints = ["Ringwright", "Telefon"] },
            target => target with { Key = "sk-secret", Model = "large-v3" });

        recognition.Say(Rate, Sounds.Silence(Rate, 3_000), Sounds.Voice(Rate, 1_000), Sounds.Silence(Rate, 1_500), Sounds.Voice(Rate, 700),
            Sounds.Silence(Rate, 3_000));
        recognition.Finish();
        var results = await recognition.ReadAllAsync();

        Assert.Equal(["Piece 1.", "Piece 2."], results.Select(r => r.Text));
        Assert.All(results, r => Assert.True(r is { IsFinal: true, Confidence: null }));
        Assert.Equal(2.8, results[0].From!.Value.TotalSeconds, 0.1);
        Assert.Equal(4.2, results[0].To!.Value.TotalSeconds, 0.1);
        Assert.Equal(("/v1/audio/transcriptions", "Bearer sk-secret"), (path, key));
        Assert.All(forms, form => Assert.Equal(("large-v3", "de", "verbose_json", "Ringwright, Telefon"),
            ((string?)form["model"], (string?)form["language"], (string?)form["response_format"], (string?)form["prompt"])));
        Assert.All(forms, form => Assert.Equal(("speech.wav", "audio/wav"), (form.Files[0].FileName, form.Files[0].ContentType)));
        Assert.All(sounds, sound => Assert.Equal(Rate, sound.Rate));
        Assert.InRange(sounds[0].Samples.Length, Rate * 1.3, Rate * 1.6);
    }

    [Fact]
    public async Task Silence_is_never_sent()
    {
        await using var server = await TestServer.StartAsync(context => context.Response.WriteAsync("""{"text": "Thank you."}"""));
        await using var recognition = await OpenAsync(server);
        recognition.Say(Rate, Sounds.Silence(Rate, 60_000));
        recognition.Finish();
        Assert.Empty(await recognition.ReadAllAsync());
        Assert.Equal(0, server.Requests);
    }

    [Theory]
    [InlineData("""{"text": ""}""")]
    [InlineData("""{"text": " \n"}""")]
    [InlineData("""{"text": "[BLANK_AUDIO]"}""")]
    [InlineData("""{"text": " [BLANK_AUDIO]\n [BLANK_AUDIO]"}""")]
    [InlineData("""{"text": "(wind blowing) *sighs*"}""")]
    [InlineData("""{"text": "♪ Oh baby ♪ ♪"}""")]
    [InlineData("""{"text": "【音楽】"}""")]
    [InlineData("""{"text": "..."}""")]
    [InlineData("""{"text": null}""")]
    [InlineData("""{"text": null, "segments": []}""")]
    [InlineData("""{"text": "Untertitel der Amara.org-Community"}""")]
    [InlineData("""{"text": " I'll be right back. I'll be right back. I'll be right back. I'll be right back. I'll be right back. I'll be right back. I'll be right back. I'll be right back."}""")]
    public async Task What_means_nothing_is_no_result(string answer)
    {
        await using var server = await TestServer.StartAsync(context => context.Response.WriteAsync(answer));
        Assert.Empty(await OneAsync(server));
    }

    [Fact]
    public async Task Ring_back_and_hum_are_never_sent()
    {
        await using var server = await TestServer.StartAsync(context => context.Response.WriteAsync("""{"text": "Thank you."}"""));
        await using var recognition = await OpenAsync(server);
        recognition.Say(Rate, Sounds.Silence(Rate, 500), Sounds.Tone(Rate, 1_000, hertz: 425), Sounds.Silence(Rate, 2_000),
            Sounds.Tone(Rate, 2_000, hertz: 50), Sounds.Silence(Rate, 1_000));
        recognition.Finish();
        Assert.Empty(await recognition.ReadAllAsync());
        Assert.Equal(0, server.Requests);
    }

    [Theory]
    [InlineData("""{"text": " Thank you.", "segments": [{"text": " Thank you.", "no_speech_prob": 0.93}]}""", null)]
    [InlineData("""{"text": " Two pizzas.", "segments": [{"text": " Two pizzas.", "no_speech_prob": 0.8}]}""", "Two pizzas.")]
    [InlineData("""
        {"text": "Two pizzas. Thanks for watching! Large ones.", "segments": [{"text": " Two pizzas.", "no_speech_prob": 0.01},
         {"text": " Thanks for watching!", "no_speech_prob": 0.99}, {"text": " Large ones.", "no_speech_prob": 0.2}]}
        """, "Two pizzas. Large ones.")]
    [InlineData("""{"text": "Two pizzas.", "segments": [{"text": "else", "no_speech_prob": "high"}]}""", "Two pizzas.")]
    [InlineData("""
        {"text": "Two pizzas. Thank you for watching!", "segments": [{"text": " Two pizzas."}, {"text": " Thank you for watching!"}]}
        """, "Two pizzas.")]
    [InlineData("""{"text": null, "segments": [{"text": " Two pizzas."}]}""", "Two pizzas.")]
    [InlineData("""{"text": "Two pizzas. [Music]", "segments": [{"text": " Two pizzas."}, {"text": " [Music]"}]}""", "Two pizzas.")]
    [InlineData("""{"text": "(555)"}""", "(555)")]
    [InlineData("""{"text": "(laughs) All right."}""", "(laughs) All right.")]
    [InlineData("""{"text": "Two pizzas.", "segments": null}""", "Two pizzas.")]
    [InlineData("""{"text": "Two pizzas.", "segments": [5]}""", "Two pizzas.")]
    public async Task What_is_more_likely_no_speech_is_not_understood(string answer, string? understood)
    {
        await using var server = await TestServer.StartAsync(context => context.Response.WriteAsync(answer));
        Assert.Equal(understood, (await OneAsync(server)).SingleOrDefault()?.Text);
    }

    [Fact]
    public async Task A_model_that_knows_only_the_plain_answer_is_asked_for_that_from_then_on()
    {
        var formats = new List<string>();
        await using var server = await TestServer.StartAsync(async context =>
        {
            string format = (await context.Request.ReadFormAsync())["response_format"]!;
            formats.Add(format);
            if (format is "json") await context.Response.WriteAsync("""{"text": "Hello."}""");
            else context.Response.StatusCode = 400;
        });
        var recogniser = Recogniser(server);
        for (int i = 0; i < 2; i++) Assert.Equal("Hello.", Assert.Single(await OneAsync(recogniser)).Text);
        Assert.Equal(["verbose_json", "json", "json"], formats);
    }

    [Theory]
    [InlineData("Ringwright, Telefon.", 0), InlineData("Telefon.", 1)]
    public async Task A_prompt_that_comes_back_was_not_said(string answer, int results)
    {
        await using var server = await TestServer.StartAsync(context => context.Response.WriteAsync($$"""{"text": "{{answer}}"}"""));
        await using var recognition = await OpenAsync(server, new("de", HasInterim: false) { Hints = ["Ringwright", "Telefon"] });
        recognition.Say(Rate, Sounds.Voice(Rate, 500));
        recognition.Finish();
        Assert.Equal(results, (await recognition.ReadAllAsync()).Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>It works!</html>")]
    [InlineData("""{"text": 5}""")]
    [InlineData("""{"words": []}""")]
    [InlineData("""["text"]""")]
    [InlineData("""{"text": "one"} and more""")]
    [InlineData("""{"text": "\ud800"}""")]
    [InlineData("""{"text": "cut of""")]
    public async Task Nonsense_ends_the_recognition(string answer)
    {
        await using var server = await TestServer.StartAsync(context => context.Response.WriteAsync(answer));
        var failed = await Assert.ThrowsAsync<RecognitionException>(() => OneAsync(server));
        Assert.Equal("the recogniser answered with something that is no transcription", failed.Message);
    }

    [Fact]
    public async Task A_transcription_longer_than_anybody_speaks_is_nonsense()
    {
        await using var server = await TestServer.StartAsync(c => c.Response.WriteAsync($$"""{"text": "{{new string('a', 10_001)}}"}"""));
        await Assert.ThrowsAsync<RecognitionException>(() => OneAsync(server));
    }

    [Fact]
    public async Task An_answer_without_end_is_refused_at_its_limit()
    {
        await using var server = await TestServer.StartAsync(async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(new byte[64 * 1024]);
        });
        var failed = await Assert.ThrowsAsync<RecognitionException>(() => OneAsync(server));
        Assert.Contains("longer than", failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_server_that_is_busy_is_asked_again(int status)
    {
        await using var server = await BusyAsync(times: 2, status);
        var results = await OneAsync(server);
        Assert.Equal(("At last.", 3), (Assert.Single(results).Text, server.Requests));
    }

    [Theory]
    [InlineData(503, 3)]
    [InlineData(401, 1)]
    // Whoever does not know the answer with segments is asked for the plain one.
    [InlineData(400, 2)]
    public async Task A_server_that_refuses_is_asked_so_often_and_no_more(int status, int requests)
    {
        await using var server = await BusyAsync(times: 99, status);
        var failed = await Assert.ThrowsAsync<RecognitionException>(() => OneAsync(server));
        Assert.Contains($"{status}", failed.Message, StringComparison.Ordinal);
        Assert.Equal(requests, server.Requests);
    }

    [Fact]
    public async Task Who_asks_for_more_patience_than_there_is_gets_none()
    {
        await using var server = await BusyAsync(times: 99, 429, retryAfter: "3600");
        await Assert.ThrowsAsync<RecognitionException>(() => OneAsync(server));
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task A_server_that_hangs_ends_the_recognition_in_time()
    {
        await using var server = await TestServer.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        long began = Stopwatch.GetTimestamp();
        await Assert.ThrowsAsync<RecognitionException>(() => OneAsync(server, TimeSpan.FromSeconds(1)));
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0.9, 25);
    }

    [Fact, Depth("the gate has a message that never ends, a frame that does not, and who gives no sign of life")]
    public async Task Nobody_there_and_a_server_that_dies_half_way_end_the_recognition()
    {
        var nobody = new OpenAiRecogniser(new() { Url = $"http://127.0.0.1:{FreePort.Tcp()}" }, new(), _egress, TimeProvider.System,
            NullLogger.Instance);
        await Assert.ThrowsAsync<RecognitionException>(() => OneAsync(nobody));
        await using var server = await TestServer.StartAsync(async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("""{"text": """);
            context.Abort();
        });
        await Assert.ThrowsAsync<RecognitionException>(() => OneAsync(server));
    }

    [Fact]
    public async Task While_a_server_is_slow_few_pieces_wait_and_the_rest_is_dropped()
    {
        var go = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(async context =>
        {
            await go.Task;
            await context.Response.WriteAsync("""{"text": "one"}""");
        });
        await using var recognition = await OpenAsync(server);
        var reading = recognition.ReadAllAsync();
        recognition.Say(Rate, Sounds.Voice(Rate, 300), Sounds.Silence(Rate, 1_000));
        await Eventually.TrueAsync(() => server.Requests == 1, "the first piece is asked about");
        for (int i = 0; i < 10; i++) recognition.Say(Rate, Sounds.Voice(Rate, 300), Sounds.Silence(Rate, 1_000));
        recognition.Finish();
        go.SetResult();
        Assert.Equal(1 + 4, (await reading).Count);
    }

    [Fact]
    public async Task Who_stops_reading_is_not_kept_waiting()
    {
        await using var server = await TestServer.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var recognition = await OpenAsync(server);
        recognition.Say(Rate, Sounds.Voice(Rate, 300));
        recognition.Finish();
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in recognition.ReadAsync(stop.Token)) Assert.Fail("it says nothing");
        });
    }

    private static Task<TestServer> BusyAsync(int times, int status, string retryAfter = "0")
    {
        int asked = 0;
        return TestServer.StartAsync(context =>
        {
            if (Interlocked.Increment(ref asked) > times) return context.Response.WriteAsync("""{"text": "At last."}""");
            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = retryAfter;
            return Task.CompletedTask;
        });
    }

    private OpenAiRecogniser Recogniser(TestServer server, TimeSpan? timeout = null,
        Func<RecogniserTarget, RecogniserTarget>? change = null)
    {
        var target = new RecogniserTarget { Url = server.Url + "/v1" };
        return new(change?.Invoke(target) ?? target, new() { SegmentTimeout = timeout ?? TimeSpan.FromSeconds(30) }, _egress,
            TimeProvider.System, NullLogger.Instance);
    }

    private Task<IRecognition> OpenAsync(TestServer server, RecognitionTerms? terms = null,
        Func<RecogniserTarget, RecogniserTarget>? change = null) =>
        Recogniser(server, change: change).OpenAsync(terms ?? new("en", HasInterim: false), Stop);

    private Task<List<Recognised>> OneAsync(TestServer server, TimeSpan? timeout = null) => OneAsync(Recogniser(server, timeout));

    private static async Task<List<Recognised>> OneAsync(OpenAiRecogniser recogniser)
    {
        await using var recognition = await recogniser.OpenAsync(new("en", HasInterim: false), Stop);
        recognition.Say(Rate, Sounds.Voice(Rate, 500));
        recognition.Finish();
        return await recognition.ReadAllAsync();
    }
}
