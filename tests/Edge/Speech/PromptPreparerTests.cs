// Longer than others: one rig has cache, encoder and voices, and each way of a sound through them is one fact.
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Speech;
using Ringwright.Speech.Prompts;
using Ringwright.Testing;

namespace Ringwright.Edge.Speech;

public sealed class PromptPreparerTests : IDisposable
{
    private static readonly TenantId TenantA = new(Guid.Parse("11111111-1111-1111-1111-111111111111"));
    private static readonly TenantId TenantB = new(Guid.Parse("22222222-2222-2222-2222-222222222222"));

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly CountingEncoder _encoder = new();
    private readonly CountingVoice _voice = new();
    private readonly Shelf _library = new();
    private readonly EgressClient _egress = new(new TargetPolicy { IsLoopbackAllowed = true }, TimeProvider.System);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _egress.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Content_becomes_a_file_of_frames_named_by_its_hash()
    {
        byte[] wav = Wav.Make(samples: 8_000);

        var prompt = Ready(await Preparer().PrepareAsync(TenantA, new PromptSource.Content(wav), "PCMU", Stop));

        Assert.Equal(PromptCache.Hash(wav), prompt.Hash);
        Assert.Equal(_folder.File($"{prompt.Hash}.pcmu"), prompt.File);
        Assert.Equal(8_000, new FileInfo(prompt.File).Length);
        Assert.Equal(TimeSpan.FromSeconds(1), prompt.Duration);
    }

    [Fact]
    public async Task The_same_sound_is_encoded_once_per_codec()
    {
        var preparer = Preparer();
        var source = new PromptSource.Content(Wav.Make(800));

        var first = Ready(await preparer.PrepareAsync(TenantA, source, "PCMU", Stop));
        var again = Ready(await preparer.PrepareAsync(TenantB, source, "PCMU", Stop));
        var other = Ready(await preparer.PrepareAsync(TenantA, source, "G722", Stop));

        Assert.Equal(first, again);
        Assert.Equal(first.Hash, other.Hash);
        Assert.NotEqual(first.File, other.File);
        Assert.Equal(2, _encoder.Encoded);
    }

    [Fact]
    public async Task Several_sounds_are_one_file_without_what_cannot_be_had()
    {
        var preparer = Preparer();
        var (one, other) = (new PromptSource.Content(Wav.Make(800)), new PromptSource.Content(Wav.Make(1_600)));
        var result = await preparer.PrepareAsync(TenantA,
            new PromptSource.Sequence([one, new PromptSource.Stored("gone"), other, one]), "PCMU", Stop);
        Assert.Equal("A sound is left out: No media file has this name.", result.Warning);
        var joined = Ready(result);
        var (first, second) = (Ready(await preparer.PrepareAsync(TenantA, one, "PCMU", Stop)),
            Ready(await preparer.PrepareAsync(TenantA, other, "PCMU", Stop)));
        byte[] short1 = await File.ReadAllBytesAsync(first.File, Stop), long1 = await File.ReadAllBytesAsync(second.File, Stop);
        byte[] together = [.. short1, .. long1, .. short1];
        Assert.Equal(together, await File.ReadAllBytesAsync(joined.File, Stop));
        Assert.Equal(first.Duration + second.Duration + first.Duration, joined.Duration);
        Assert.Equal(joined, Ready(await preparer.PrepareAsync(TenantB, new PromptSource.Sequence([one, other, one]), "PCMU", Stop)));

        result = await preparer.PrepareAsync(TenantA, new PromptSource.Sequence([new PromptSource.Stored("gone")]), "PCMU", Stop);
        Assert.Equal(PromptFailure.NotFound, result.Failure);
    }

    /// <summary>A minute of silence as often as there is room for it, and once more.</summary>
    [Fact]
    public async Task Together_they_last_no_longer_than_they_may()
    {
        int most = (int)Limits.Sequence.TotalMinutes;
        var minute = new PromptSource.Tone(0, 0, 0, 60_000, 60_000);
        var result = await Preparer().PrepareAsync(TenantA, new PromptSource.Sequence([.. Enumerable.Repeat(minute, most)]), "PCMU", Stop);
        Assert.Equal((Limits.Sequence, null), (Ready(result).Duration, result.Warning));
        result = await Preparer().PrepareAsync(TenantA, new PromptSource.Sequence([.. Enumerable.Repeat(minute, most + 1)]), "PCMU", Stop);
        Assert.Equal(Limits.Sequence, Ready(result).Duration);
        Assert.StartsWith("Together they may last 20 minutes", result.Warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_start_finds_the_cache_of_the_last()
    {
        var source = new PromptSource.Speech("hello", "female", null, IsSsml: false);
        var before = Ready(await Preparer().PrepareAsync(TenantA, source, "PCMA", Stop));

        var after = Ready(await Preparer().PrepareAsync(TenantA, source, "PCMA", Stop));

        Assert.Equal(before, after);
        Assert.Equal((1, 1), (_voice.Spoken, _encoder.Encoded));
    }

    [Theory]
    [InlineData("not audio at all", PromptFailure.BadAudio, "neither WAV nor MP3")]
    [InlineData("OggS....", PromptFailure.UnsupportedFormat, "Ogg")]
    [InlineData("RIFF....WAVE", PromptFailure.BadAudio, "cut off")]
    [InlineData("", PromptFailure.BadAudio, "neither WAV nor MP3")]
    public async Task What_cannot_be_played_is_told_in_a_sentence(string content, PromptFailure failure, string part)
    {
        var result = await Preparer()
            .PrepareAsync(TenantA, new PromptSource.Content(System.Text.Encoding.Latin1.GetBytes(content)), "PCMU", Stop);

        Assert.Equal(failure, result.Failure);
        Assert.Contains(part, result.Detail, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task A_damaged_file_is_fetched_anew_the_next_time()
    {
        byte[] file = "RIFF....WAVE"u8.ToArray();
        await using var server = await TestServer.StartAsync(c => c.Response.Body.WriteAsync(file).AsTask());
        var preparer = Preparer();
        var source = new PromptSource.Url(server.Url + "/hello.wav");
        Assert.Equal(PromptFailure.BadAudio, (await preparer.PrepareAsync(TenantA, source, "PCMU", Stop)).Failure);

        file = Wav.Make(800);

        Ready(await preparer.PrepareAsync(TenantA, source, "PCMU", Stop));
    }

    [Fact]
    public async Task A_WAV_without_samples_is_bad_audio() =>
        Assert.Equal(PromptFailure.BadAudio,
            (await Preparer().PrepareAsync(TenantA, new PromptSource.Content(Wav.Make(0)), "PCMU", Stop)).Failure);

    [Fact]
    public async Task The_content_limit_holds()
    {
        byte[] wav = Wav.Make(800);
        var source = new PromptSource.Content(wav);

        Assert.Equal(PromptFailure.None,
            (await Preparer(Options() with { ContentBytes = wav.Length }).PrepareAsync(TenantA, source, "PCMU", Stop)).Failure);
        Assert.Equal(PromptFailure.TooLarge,
            (await Preparer(Options() with { ContentBytes = wav.Length - 1 }).PrepareAsync(TenantA, source, "PCMA", Stop)).Failure);
    }

    [Fact]
    public async Task A_codec_without_prompts_is_refused() =>
        Assert.Equal(PromptFailure.UnsupportedFormat,
            (await Preparer().PrepareAsync(TenantA, new PromptSource.Content(Wav.Make(1)), "opus", Stop)).Failure);

    [Fact]
    public async Task A_tone_is_rendered_and_kept()
    {
        var preparer = Preparer();
        var tone = new PromptSource.Tone(440, 0, 200, 0, 200);

        var first = Ready(await preparer.PrepareAsync(TenantA, tone, "PCMU", Stop));
        var again = Ready(await preparer.PrepareAsync(TenantA, tone, "PCMU", Stop));

        Assert.Equal(TimeSpan.FromMilliseconds(200), first.Duration);
        Assert.Equal(first, again);
        Assert.Equal(1, _encoder.Encoded);
    }

    [Fact]
    public async Task Speech_is_rendered_once_for_all_codecs_and_again_for_another_voice()
    {
        var preparer = Preparer();
        var source = new PromptSource.Speech("Hello", "female", "en-US", IsSsml: false);

        await preparer.PrepareAsync(TenantA, source, "PCMU", Stop);
        await preparer.PrepareAsync(TenantB, source, "G722", Stop);
        Assert.Equal(1, _voice.Spoken);

        await preparer.PrepareAsync(TenantA, source with { Voice = "male" }, "PCMU", Stop);
        await preparer.PrepareAsync(TenantA, source with { Language = null }, "PCMU", Stop);
        await preparer.PrepareAsync(TenantA, source with { IsSsml = true }, "PCMU", Stop);
        Assert.Equal(4, _voice.Spoken);
    }

    [Fact]
    public async Task The_text_limit_holds()
    {
        var preparer = Preparer();

        Assert.Equal(PromptFailure.None, (await preparer.PrepareAsync(TenantA, Say(Limits.TextCharacters), "PCMU", Stop)).Failure);
        Assert.Equal(PromptFailure.TooLarge, (await preparer.PrepareAsync(TenantA, Say(Limits.TextCharacters + 1), "PCMU", Stop)).Failure);

        static PromptSource Say(int characters) => new PromptSource.Speech(new string('a', characters), "female", null, IsSsml: false);
    }

    [Fact]
    public async Task A_provider_that_fails_is_asked_again_the_next_time()
    {
        var preparer = Preparer();
        var source = new PromptSource.Speech("Hello", "female", null, IsSsml: false);
        _voice.Failure = AudioResult.Failed(PromptFailure.SpeechUnavailable, "No voice today.");

        var failed = await preparer.PrepareAsync(TenantA, source, "PCMU", Stop);
        _voice.Failure = null;
        var spoken = await preparer.PrepareAsync(TenantA, source, "PCMU", Stop);

        Assert.Equal((PromptFailure.SpeechUnavailable, "No voice today."), (failed.Failure, failed.Detail));
        Assert.Equal(PromptFailure.None, spoken.Failure);
    }

    [Fact]
    public async Task A_provider_that_throws_fails_the_prompt_and_nothing_else()
    {
        _voice.Throws = true;

        var result = await Preparer().PrepareAsync(TenantA, new PromptSource.Speech("Hello", "female", null, IsSsml: false), "PCMU", Stop);

        Assert.Equal(PromptFailure.Failed, result.Failure);
    }

    [Fact, Failure("prompts-disk-full")]
    public async Task A_cache_that_cannot_be_written_fails_the_prompt_with_the_systems_words()
    {
        var preparer = Preparer();
        var known = new PromptSource.Speech("Hello", "female", null, IsSsml: false);
        Ready(await preparer.PrepareAsync(TenantA, known, "PCMU", Stop));
        // A file in the folder's place takes nothing, also from root.
        string aside = _folder.Path + "-aside";
        Directory.Move(_folder.Path, aside);
        await File.WriteAllTextAsync(_folder.Path, "", Stop);
        var failed = await preparer.PrepareAsync(TenantA, known with { Text = "Goodbye" }, "PCMU", Stop);
        Assert.Equal(PromptFailure.Failed, failed.Failure);
        Assert.StartsWith("The prompt cannot be kept: ", failed.Detail);
        File.Delete(_folder.Path);
        Directory.Move(aside, _folder.Path);
        Ready(await preparer.PrepareAsync(TenantA, known, "PCMU", Stop));
    }

    [Fact]
    public async Task A_URL_is_fetched_once_until_its_time_is_over()
    {
        byte[] wav = Wav.Make(800, value: 1);
        await using var server = await TestServer.StartAsync(c => c.Response.Body.WriteAsync(wav).AsTask());
        var preparer = Preparer();
        var source = new PromptSource.Url(server.Url + "/hello.wav");

        var first = Ready(await preparer.PrepareAsync(TenantA, source, "PCMU", Stop));
        wav = Wav.Make(800, value: 2);
        Assert.Equal(first, Ready(await preparer.PrepareAsync(TenantA, source, "PCMU", Stop)));
        Assert.Equal(first.Hash, Ready(await preparer.PrepareAsync(TenantA, source, "PCMA", Stop)).Hash);
        Assert.Equal(1, server.Requests);

        var fresh = Ready(await preparer.PrepareAsync(TenantA, source with { IsCached = false }, "PCMU", Stop));
        Assert.NotEqual(first.Hash, fresh.Hash);
        Assert.Equal(2, server.Requests);
        Assert.Equal(fresh, Ready(await preparer.PrepareAsync(TenantA, source, "PCMU", Stop)));

        _clock.Advance(Options().UrlLifetime);
        Assert.Equal(fresh, Ready(await preparer.PrepareAsync(TenantA, source, "PCMU", Stop)));
        Assert.Equal(3, server.Requests);

        _clock.Step(-Options().UrlLifetime);            // kept "in the future": nobody knows how old it is
        await preparer.PrepareAsync(TenantA, source, "PCMU", Stop);
        Assert.Equal(4, server.Requests);
    }

    [Fact]
    public async Task One_tenants_URL_is_not_anothers()
    {
        await using var server = await TestServer.StartAsync(c => c.Response.Body.WriteAsync(Wav.Make(800)).AsTask());
        var preparer = Preparer();
        var source = new PromptSource.Url(server.Url + "/hello.wav");

        await preparer.PrepareAsync(TenantA, source, "PCMU", Stop);
        await preparer.PrepareAsync(TenantB, source, "PCMU", Stop);

        Assert.Equal(2, server.Requests);
        Assert.Equal(1, _encoder.Encoded);
    }

    [Theory]
    [InlineData(404, PromptFailure.NotFound)]
    [InlineData(410, PromptFailure.NotFound)]
    [InlineData(403, PromptFailure.Failed)]
    [InlineData(500, PromptFailure.Failed)]
    public async Task A_status_is_a_failure(int status, PromptFailure expected)
    {
        await using var server = await TestServer.StartAsync(c =>
        {
            c.Response.StatusCode = status;
            return Task.CompletedTask;
        });

        var result = await Preparer().PrepareAsync(TenantA, new PromptSource.Url(server.Url + "/x.wav"), "PCMU", Stop);

        Assert.Equal(expected, result.Failure);
        Assert.Contains($"{status}", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_web_page_is_bad_audio()
    {
        await using var server = await TestServer.StartAsync(c => c.Response.WriteAsync("<html>not here</html>"));

        Assert.Equal(PromptFailure.BadAudio,
            (await Preparer().PrepareAsync(TenantA, new PromptSource.Url(server.Url), "PCMU", Stop)).Failure);
    }

    [Fact]
    public async Task A_link_that_leads_to_a_page_is_told_so_and_a_sound_of_that_type_is_played()
    {
        byte[] body = "<!doctype html><title>welcome.mp3</title>"u8.ToArray();
        await using var server = await TestServer.StartAsync(c =>
        {
            c.Response.ContentType = "text/html; charset=utf-8";
            return c.Response.Body.WriteAsync(body).AsTask();
        });
        var preparer = Preparer();
        var result = await preparer.PrepareAsync(TenantA, new PromptSource.Url(server.Url), "PCMU", Stop);
        Assert.Equal(PromptFailure.BadAudio, result.Failure);
        Assert.Contains("web page", result.Detail, StringComparison.Ordinal);

        body = Wav.Make(800);

        Ready(await preparer.PrepareAsync(TenantA, new PromptSource.Url(server.Url), "PCMU", Stop));
    }

    [Fact]
    public async Task The_fetch_limit_holds()
    {
        byte[] wav = Wav.Make(800);
        await using var server = await TestServer.StartAsync(c => c.Response.Body.WriteAsync(wav).AsTask());
        var source = new PromptSource.Url(server.Url + "/x.wav") { IsCached = false };

        Assert.Equal(PromptFailure.None,
            (await Preparer(Options() with { FetchBytes = wav.Length }).PrepareAsync(TenantA, source, "PCMU", Stop)).Failure);
        Assert.Equal(PromptFailure.TooLarge,
            (await Preparer(Options() with { FetchBytes = wav.Length - 1 }).PrepareAsync(TenantA, source, "PCMA", Stop)).Failure);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_a_timeout()
    {
        await using var server = await TestServer.StartAsync(c => Task.Delay(Timeout.Infinite, c.RequestAborted));

        var result = await Preparer(Options() with { FetchTimeout = TimeSpan.FromMilliseconds(200) })
            .PrepareAsync(TenantA, new PromptSource.Url(server.Url), "PCMU", Stop);

        Assert.Equal(PromptFailure.TimedOut, result.Failure);
    }

    [Theory]
    [InlineData("ftp://example.com/x.wav")]
    [InlineData("file:///etc/passwd")]
    [InlineData("hello")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://10.0.0.1/x.wav")]
    public async Task A_forbidden_target_is_never_asked(string address) =>
        Assert.Equal(PromptFailure.Forbidden,
            (await Preparer().PrepareAsync(TenantA, new PromptSource.Url(address), "PCMU", Stop)).Failure);

    [Fact]
    public async Task A_redirect_is_followed_and_checked()
    {
        await using var server = await TestServer.StartAsync(c =>
        {
            if (c.Request.Path == "/there") return c.Response.Body.WriteAsync(Wav.Make(800)).AsTask();
            c.Response.Redirect(c.Request.Path == "/ok" ? "/there" : "http://169.254.169.254/");
            return Task.CompletedTask;
        });
        var preparer = Preparer();

        Assert.Equal(PromptFailure.None,
            (await preparer.PrepareAsync(TenantA, new PromptSource.Url(server.Url + "/ok"), "PCMU", Stop)).Failure);
        Assert.Equal(PromptFailure.Forbidden,
            (await preparer.PrepareAsync(TenantA, new PromptSource.Url(server.Url + "/evil"), "PCMU", Stop)).Failure);
    }

    [Fact]
    public async Task All_who_ask_at_once_share_one_fetch_and_one_who_gives_up_stops_nobody()
    {
        var release = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(async c =>
        {
            await release.Task;
            await c.Response.Body.WriteAsync(Wav.Make(800));
        });
        var preparer = Preparer();
        var source = new PromptSource.Url(server.Url + "/x.wav");
        using var impatient = new CancellationTokenSource();

        var gaveUp = preparer.PrepareAsync(TenantA, source, "PCMU", impatient.Token).AsTask();
        var asked = Enumerable.Range(0, 20)
            .Select(i => preparer.PrepareAsync(TenantA, source, i % 2 == 0 ? "PCMU" : "PCMA", Stop).AsTask()).ToArray();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gaveUp);
        release.SetResult();

        Assert.All(await Task.WhenAll(asked), r => Assert.Equal(PromptFailure.None, r.Failure));
        Assert.Equal(1, server.Requests);
        Assert.Equal(2, _encoder.Encoded);
    }

    [Fact]
    public async Task A_file_that_somebody_removed_is_made_again()
    {
        var preparer = Preparer();
        var source = new PromptSource.Speech("Hello", "female", null, IsSsml: false);
        var prompt = Ready(await preparer.PrepareAsync(TenantA, source, "PCMU", Stop));

        File.Delete(prompt.File);

        Assert.Equal(prompt, Ready(await preparer.PrepareAsync(TenantA, source, "PCMU", Stop)));
        Assert.True(File.Exists(prompt.File));
        Assert.Equal(1, _voice.Spoken);
    }

    [Fact]
    public async Task A_kept_file_is_played_by_its_name_and_by_its_owner_only()
    {
        _library.Keep(TenantA, "hello", _folder.File("kept"), Wav.Make(8_000));
        var preparer = Preparer();

        var prompt = Ready(await preparer.PrepareAsync(TenantA, new PromptSource.Stored("hello"), "PCMU", Stop));
        var strangers = await preparer.PrepareAsync(TenantB, new PromptSource.Stored("hello"), "PCMU", Stop);

        Assert.Equal(TimeSpan.FromSeconds(1), prompt.Duration);
        Assert.Equal((PromptFailure.NotFound, "No media file has this name."), (strangers.Failure, strangers.Detail));
    }

    [Fact]
    public async Task A_name_that_got_another_file_plays_that_one_at_once()
    {
        _library.Keep(TenantA, "hello", _folder.File("kept"), Wav.Make(800, value: 1));
        var preparer = Preparer();
        var first = Ready(await preparer.PrepareAsync(TenantA, new PromptSource.Stored("hello"), "PCMU", Stop));

        _library.Keep(TenantA, "hello", _folder.File("kept too"), Wav.Make(1_600, value: 2));

        Assert.NotEqual(first.Hash, Ready(await preparer.PrepareAsync(TenantA, new PromptSource.Stored("hello"), "PCMU", Stop)).Hash);
    }

    [Fact]
    public async Task A_kept_file_that_is_no_audio_or_is_just_gone_fails_with_a_sentence()
    {
        _library.Keep(TenantA, "page", _folder.File("page"), "<html>"u8.ToArray());
        _library.Keep(TenantA, "gone", _folder.File("gone"), Wav.Make(800));
        File.Delete(_folder.File("gone"));

        Assert.Equal(PromptFailure.BadAudio,
            (await Preparer().PrepareAsync(TenantA, new PromptSource.Stored("page"), "PCMU", Stop)).Failure);
        Assert.Equal(PromptFailure.NotFound,
            (await Preparer().PrepareAsync(TenantA, new PromptSource.Stored("gone"), "PCMU", Stop)).Failure);
    }

    [Fact]
    public async Task A_recording_is_played_for_its_owner_only_and_not_when_it_is_very_long()
    {
        var id = Guid.NewGuid();
        _library.Keep(TenantA, id.ToString(), _folder.File("kept"), Wav.Make(8_000));
        var preparer = Preparer();

        var prompt = Ready(await preparer.PrepareAsync(TenantA, new PromptSource.Recording(id), "PCMU", Stop));
        var strangers = await preparer.PrepareAsync(TenantB, new PromptSource.Recording(id), "PCMU", Stop);
        Assert.Equal(TimeSpan.FromSeconds(1), prompt.Duration);
        Assert.Equal((PromptFailure.NotFound, "There is no such recording."), (strangers.Failure, strangers.Detail));

        _library.BytesOfRecordings = Options().FetchBytes + 1;
        Assert.Equal(PromptFailure.TooLarge,
            (await preparer.PrepareAsync(TenantA, new PromptSource.Recording(id), "PCMA", Stop)).Failure);
    }

    private SpeechOptions Options() => new() { Folder = _folder.Path };

    [Fact]
    public async Task A_voice_of_another_vendor_is_its_alias_or_is_warned_of_or_is_not_spoken()
    {
        var foreign = new PromptSource.Speech("Hello", "ElevenLabs.Default.x", null, IsSsml: false);
        var plain = Ready(await Preparer().PrepareAsync(TenantA, foreign with { Voice = "female" }, "PCMU", Stop));
        var aliased = await Preparer(Options() with { VoiceAliases = [("ElevenLabs.*", "female")] })
            .PrepareAsync(TenantA, foreign, "PCMU", Stop);
        // One file: the alias is that voice.
        Assert.Equal((plain, null), (Ready(aliased), aliased.Warning));
        Assert.Equal(1, _voice.Spoken);
        Assert.NotNull((await Preparer().PrepareAsync(TenantA, foreign, "PCMU", Stop)).Warning);
        var refused = await Preparer(Options() with { IsStrictWithVoices = true }).PrepareAsync(TenantA, foreign, "PCMU", Stop);
        Assert.Equal((null, PromptFailure.SpeechUnavailable, 2), (refused.Prompt, refused.Failure, _voice.Spoken));
    }

    private PromptPreparer Preparer(SpeechOptions? options = null) =>
        new(options ?? Options(), _encoder, _egress, _voice, _library, _clock, NullLogger<PromptPreparer>.Instance);

    private static PreparedPrompt Ready(PromptResult result)
    {
        Assert.Equal((PromptFailure.None, null), (result.Failure, result.Detail));
        return Assert.IsType<PreparedPrompt>(result.Prompt);
    }

    private sealed class Shelf : IMediaLibrary
    {
        private readonly Dictionary<(TenantId, string), StoredMedia> _kept = [];

        public void Keep(TenantId tenant, string name, string file, byte[] content)
        {
            File.WriteAllBytes(file, content);
            _kept[(tenant, name)] = new(PromptCache.Hash(content),
                async stop => File.Exists(file) ? await File.ReadAllBytesAsync(file, stop) : null);
        }

        public ValueTask<StoredMedia?> FindAsync(TenantId tenant, string name, CancellationToken stop) =>
            new(_kept.GetValueOrDefault((tenant, name)));

        public ValueTask<StoredMedia?> FindMessageAsync(TenantId tenant, Guid message, CancellationToken stop) =>
            FindAsync(tenant, message.ToString(), stop);

        public async ValueTask<StoredMedia?> FindRecordingAsync(TenantId tenant, Guid recording, CancellationToken stop) =>
            await FindAsync(tenant, recording.ToString(), stop) is { } found ? found with { Bytes = BytesOfRecordings } : null;

        /// <summary>As their rows have it.</summary>
        public long BytesOfRecordings { get; set; }
    }

    private sealed class CountingVoice : ISpeechProvider
    {
        private int _spoken;

        public int Spoken => Volatile.Read(ref _spoken);
        public AudioResult? Failure { get; set; }
        public bool Throws { get; set; }
        public string Identity => "counting";
        public IReadOnlyList<SpeechVoice> Voices => [];
        public SpeedRange Speeds => new(0.5, 2);

        public ValueTask<AudioResult> RenderAsync(PromptSource.Speech speech, CancellationToken stop)
        {
            if (Throws) throw new InvalidOperationException("a bug");
            Interlocked.Increment(ref _spoken);
            return new(Failure ?? AudioResult.Of(Wav.Make(800, value: (short)speech.GetHashCode())));
        }
    }
}
