using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.MediaHost;
using Ringwright.Speech;
using Ringwright.Speech.Prompts;
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
