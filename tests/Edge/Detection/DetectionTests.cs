using Ringwright.Testing;

namespace Ringwright.Edge.Detection;

/// <summary>
/// The classifier against a corpus that is made anew each time: voices, greetings, music, tones,
/// beeps, noise at several levels, lost packets.
/// </summary>
public sealed class DetectionTests
{
    private const int Items = 480;
    private const double Clean = 0.95, Noisy = 0.88, Beeps = 0.95;

    [Fact, Depth("a detector is examined whole; the gate has its tests in Pure, and a machine on a real call in Interop")]
    public void Held_out_calls_are_judged_as_well_as_promised_and_the_page_says_so()
    {
        Tool.Require("espeak-ng");
        // What tuning may hear is in no figure and under no promise: it is not made.
        var runs = Corpus.HeldOut(Items).AsParallel().Select(seed => DetectionRun.Of(Corpus.Make(seed))).OrderBy(r => r.Item.Seed).ToList();
        Assert.Equal(Items / 2, runs.Count);

        List<DetectionRun> clean = DetectionPage.Judged(runs, isClean: true), noisy = DetectionPage.Judged(runs, isClean: false);
        Assert.True(DetectionPage.Share(clean) >= Clean, Wrong(clean));
        Assert.True(DetectionPage.Share(noisy) >= Noisy, Wrong(noisy));
        var beeps = runs.Where(r => r.Item is { IsHeldOut: true, BeepEnd: not null } && r.Verdict is Calls.MachineVerdict.Machine).ToList();
        Assert.True(beeps.Count(r => r.FoundBeep) >= Beeps * beeps.Count,
            $"{beeps.Count(r => r.FoundBeep)} of {beeps.Count} beeps were found");

        Compare(DetectionPage.Write(Items, runs, DetectionPage.SpeechVersion()));
    }

    /// <summary>The figures are those of one version of the voices: another one is only held to the promise above.</summary>
    private static void Compare(string measured)
    {
        string file = Repository.PathOf("docs", "reference", "answering-machine-detection.md"), page = File.ReadAllText(file);
        int start = page.IndexOf(DetectionPage.Begin, StringComparison.Ordinal) + DetectionPage.Begin.Length + 1,
            end = page.IndexOf(DetectionPage.End, StringComparison.Ordinal);
        string written = page[start..end], now = $"\n{measured}\n";
        if (Golden.IsWriting) File.WriteAllText(file, page[..start] + now + page[end..]);
        else if (written.Contains($"espeak-ng {DetectionPage.SpeechVersion()};", StringComparison.Ordinal))
            Assert.True(written == now,
                $"docs/reference/answering-machine-detection.md is old; ./ringwright golden rewrites it. It would say:\n{measured}");
    }

    private static string Wrong(List<DetectionRun> runs) => $"{100 * DetectionPage.Share(runs):F1} % are right; wrong are:\n" +
        string.Join('\n', runs.Where(r => !r.IsRight).Select(r =>
            $"  seed {r.Item.Seed}, {r.Item.Kind}, {r.Item.Noise} {r.Item.SignalToNoise} dB: {r.Verdict} at {r.VerdictAt:F2} s; "
            + $"'{r.Item.Words}'; {string.Join("; ", r.Evidence)}"));
}
