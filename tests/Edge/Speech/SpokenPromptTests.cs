using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.MediaHost;
using Ringwright.Speech;
using Ringwright.Speech.Prompts;
using Ringwright.Switch.Activities;
using Ringwright.Testing;

namespace Ringwright.Edge.Speech;

/// <summary>The whole road with real parts: espeak-ng, the WAV reader, the codecs, the cache.</summary>
public sealed class SpokenPromptTests
{
    private static readonly TenantId Tenant = new(Guid.Parse("11111111-1111-1111-1111-111111111111"));

    [Fact]
    public async Task A_sentence_becomes_frames_of_every_codec()
    {
        Tool.Require("espeak-ng");
        using var folder = new TempFolder();
        using var egress = new EgressClient(TargetPolicy.Strict, TimeProvider.System);
        var options = new SpeechOptions { Folder = folder.Path };
        var preparer = new PromptPreparer(options, new PromptEncoder(), egress, SpeechProviders.Create(options, egress,
            NullLogger.Instance), library: null, TimeProvider.System, NullLogger<PromptPreparer>.Instance);
        var sentence = new PromptSource.Speech("Your appointment is tomorrow at nine.", "AWS.Polly.Joanna", null, IsSsml: false);

        List<PreparedPrompt> prompts = [];
        foreach (string codec in new[] { "PCMU", "PCMA", "G722" })
        {
            var result = await preparer.PrepareAsync(Tenant, sentence, codec, TestContext.Current.CancellationToken);
            Assert.Equal((PromptFailure.None, null), (result.Failure, result.Detail));
            prompts.Add(Assert.IsType<PreparedPrompt>(result.Prompt));
        }

        Assert.All(prompts, p => Assert.Equal(prompts[0].Duration, p.Duration));
        Assert.All(prompts, p => Assert.Equal(0, new FileInfo(p.File).Length % 160));
        Assert.InRange(prompts[0].Duration.TotalSeconds, 1, 6);
        // Not silence: mu-law silence is one value all along.
        Assert.InRange((await File.ReadAllBytesAsync(prompts[0].File, TestContext.Current.CancellationToken)).Distinct().Count(), 50, 256);
    }

    [Fact, Depth("the gate has the other signs of a voice, and prompts in pieces that sound")]
    public async Task A_long_text_sounds_in_pieces_as_it_does_in_one_and_begins_sooner()
    {
        Tool.Require("espeak-ng");
        using var folder = new TempFolder();
        using var egress = new EgressClient(TargetPolicy.Strict, TimeProvider.System);
        var options = new SpeechOptions { Folder = folder.Path };
        var preparer = new PromptPreparer(options, new PromptEncoder(), egress, SpeechProviders.Create(options, egress,
            NullLogger.Instance), library: null, TimeProvider.System, NullLogger<PromptPreparer>.Instance);
        string text = string.Concat(Enumerable.Range(1, 70).Select(i => $"This is sentence number {i} of a rather long text. "));
        var whole = new PromptSource.Speech(text[..3_000], "female", "en-US", IsSsml: false);

        var begun = Stopwatch.StartNew();
        byte[] one = await FramesAsync(whole);
        TestContext.Current.TestOutputHelper?.WriteLine($"whole: {begun.ElapsedMilliseconds} ms to the first sound");
        var pieces = SpeechPieces.Of(whole);
        Assert.InRange(pieces.Count, 5, 15);
        begun.Restart();
        byte[] joined = await FramesAsync(pieces[0]);
        TestContext.Current.TestOutputHelper?.WriteLine($"in {pieces.Count} pieces: {begun.ElapsedMilliseconds} ms");
        foreach (var piece in pieces.Skip(1)) joined = [.. joined, .. await FramesAsync(piece)];

        Assert.InRange(joined.Length / (double)one.Length, 0.95, 1.05);
        Assert.InRange(LongestSilence(joined), 0, LongestSilence(one) + 5);

        async Task<byte[]> FramesAsync(PromptSource source)
        {
            var result = await preparer.PrepareAsync(Tenant, source, "PCMU", TestContext.Current.CancellationToken);
            Assert.Null(result.Detail);
            return await File.ReadAllBytesAsync(result.Prompt!.File, TestContext.Current.CancellationToken);
        }

        // In frames of 20 ms; of mu-law a large number is a small sample.
        static int LongestSilence(byte[] frames)
        {
            int longest = 0, now = 0;
            foreach (byte[] frame in frames.Chunk(160))
            {
                now = frame.All(sample => (sample | 0x80) >= 0xD0) ? now + 1 : 0;
                longest = Math.Max(longest, now);
            }
            return longest;
        }
    }

    [Fact]
    public async Task Where_a_voice_fails_and_somebody_waits_the_other_one_speaks_and_is_not_taken_for_it_later()
    {
        using var folder = new TempFolder();
        using var egress = new EgressClient(TargetPolicy.Strict, TimeProvider.System);
        var (voice, other) = (new Voice("one"), new Voice("other"));
        voice.IsBroken = true;
        var preparer = new PromptPreparer(new() { Folder = folder.Path }, new PromptEncoder(), egress, voice, library: null,
            TimeProvider.System, NullLogger<PromptPreparer>.Instance, other);
        var patient = new PromptSource.Speech("Hello.", "some", "de-AT", IsSsml: false);
        Assert.Equal(PromptFailure.SpeechUnavailable, (await PrepareAsync(patient)).Failure);
        Assert.Empty(other.Spoken);

        var result = await PrepareAsync(patient with { HasStandIn = true });
        Assert.Equal((PromptFailure.None, "The voice failed, and other speaks."), (result.Failure, result.Warning));
        Assert.Equal(("", "de-AT"), (Assert.Single(other.Spoken).Voice, other.Spoken[0].Language));
        voice.IsBroken = false;
        result = await PrepareAsync(patient with { HasStandIn = true });
        Assert.Equal((PromptFailure.None, null), (result.Failure, result.Warning));
        Assert.Equal((3, 1), (voice.Spoken.Count, other.Spoken.Count));

        async Task<PromptResult> PrepareAsync(PromptSource source) =>
            await preparer.PrepareAsync(Tenant, source, "PCMU", TestContext.Current.CancellationToken);
    }

    /// <summary>Documents say how fast without knowing who speaks.</summary>
    [Fact]
    public async Task Nobody_is_asked_to_speak_slower_or_faster_than_he_can()
    {
        using var folder = new TempFolder();
        using var egress = new EgressClient(TargetPolicy.Strict, TimeProvider.System);
        var voice = new Voice("one");
        var preparer = new PromptPreparer(new() { Folder = folder.Path }, new PromptEncoder(), egress, voice, library: null,
            TimeProvider.System, NullLogger<PromptPreparer>.Instance);
        foreach (double speed in (double[])[0.1, 1.5, 4])
        {
            await preparer.PrepareAsync(Tenant, new PromptSource.Speech("Hello.", "some", null, IsSsml: false) { Speed = speed }, "PCMU",
                TestContext.Current.CancellationToken);
        }
        Assert.Equal([0.5, 1.5, 2], voice.Spoken.Select(speech => speech.Speed));
    }

    private sealed class Voice(string name) : ISpeechProvider
    {
        public bool IsBroken { get; set; }
        public List<PromptSource.Speech> Spoken { get; } = [];
        public string Identity => name;
        public IReadOnlyList<SpeechVoice> Voices => [];
        public SpeedRange Speeds => new(0.5, 2);

        public ValueTask<AudioResult> RenderAsync(PromptSource.Speech speech, CancellationToken stop)
        {
            Spoken.Add(speech);
            return new(IsBroken ? AudioResult.Failed(PromptFailure.SpeechUnavailable, "It is broken.")
                : AudioResult.Of(WavFile.Make(8_000, 8_000, i => (short)(i % 50 * 100))));
        }
    }

    [Fact]
    public async Task A_tone_becomes_frames()
    {
        using var folder = new TempFolder();
        using var egress = new EgressClient(TargetPolicy.Strict, TimeProvider.System);
        var options = new SpeechOptions { Folder = folder.Path };
        var preparer = new PromptPreparer(options, new PromptEncoder(), egress, SpeechProviders.Create(options, egress,
            NullLogger.Instance), library: null, TimeProvider.System, NullLogger<PromptPreparer>.Instance);

        var result = await preparer.PrepareAsync(Tenant, new PromptSource.Tone(440, 480, 2_000, 4_000, 6_000), "PCMA",
            TestContext.Current.CancellationToken);

        Assert.Equal(TimeSpan.FromSeconds(6), result.Prompt?.Duration);
    }
}
