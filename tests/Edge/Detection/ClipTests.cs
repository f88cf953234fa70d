using Ringwright.Testing;

namespace Ringwright.Edge.Detection;

/// <summary>The classifier on what it was not made for: clips of other programs and speakers.</summary>
public sealed class ClipTests(ITestOutputHelper output)
{
    /// <summary>
    /// Of the beeps on lines as most are, of all the others too, and of the voices in which one may be told that is none.
    /// </summary>
    private const double Usual = 0.98, All = 0.85, Invented = 0.01;

    private static int Count => LongRun.Times(806, 8_060);

    [Fact, Depth("a detector is examined whole; the gate has its tests in Pure, and a machine on a real call in Interop")]
    public void Beeps_of_others_are_told_as_promised_and_the_page_says_so()
    {
        Tool.Require(["sox", "flite", "espeak-ng", .. Recordings.Folders]);
        var runs = Enumerable.Range(1, Count).AsParallel().AsOrdered().Select(seed => ClipRun.Of(Clips.Make((ulong)seed))).ToList();
        string digest = ClipPage.Digest(runs.Select(r => r.Clip.Samples)), page = ClipPage.Write(runs, digest);
        output.WriteLine(page);
        foreach (var run in runs.Where(r => !r.IsRight || r.IsInvented || r.Clip.HasBeep && !r.IsTold)) output.WriteLine(run.ToString());
        if (!LongRun.IsOn) ClipPage.Compare(page, digest);

        var heldOut = runs.Where(r => r.Clip.IsHeldOut).ToList();
        Require(heldOut.Where(r => r.Clip is { HasBeep: true, IsUsual: true }), r => r.IsTold, Usual);
        Require(heldOut.Where(r => r.Clip.HasBeep), r => r.IsTold, All);
        Require(heldOut.Where(r => r.Clip.Kind is not (ClipKind.Music or ClipKind.Fax)), r => !r.IsInvented, 1 - Invented);
        Require(heldOut.Where(r => r.Clip.Kind is ClipKind.Ringback), r => r.IsRight && !r.IsInvented, 1);
    }

    /// <summary>Clear and at a tenth; a long run takes each through codecs too.</summary>
    [Fact, Depth("a detector is examined whole; the gate has its tests in Pure, and a machine on a real call in Interop")]
    public void No_beep_is_told_in_hours_of_recorded_speech()
    {
        Tool.Require(["sox", .. Recordings.Folders]);
        List<(string Name, short[] Samples)> pieces = [];
        foreach (var (name, sound) in Recordings.Speech())
        {
            foreach (double level in (double[])[1, 0.1])
                pieces.Add(($"{name} x {level}", [.. sound.Select(sample => (short)(sample * level))]));
            if (!LongRun.IsOn) continue;
            foreach (string codec in (string[])["gsm", "vox", "cvsd"])
                pieces.Add(($"{name} by {codec}", Sox.Through(codec, [.. sound.Select(sample => (short)(sample * 0.5))])));
        }
        var told = pieces.AsParallel().AsOrdered().Select(piece => (piece.Name, Heard: Hearing.Of(piece.Samples, () => false)))
            .Where(piece => piece.Heard.BeepAt is not null)
            .Select(piece => $"{piece.Name}: {piece.Heard.Rule} at {piece.Heard.EndAt:F2} s").ToList();
        output.WriteLine($"{pieces.Count} pieces of half a minute");
        Assert.Empty(told);
    }

    private static void Require(IEnumerable<ClipRun> runs, Func<ClipRun, bool> isGood, double share)
    {
        var list = runs.ToList();
        int good = list.Count(isGood);
        Assert.True(good >= share * list.Count,
            $"{good} of {list.Count}, where {100 * share:F0} % are promised; not so "
            + $"are:\n{string.Join('\n', list.Where(r => !isGood(r)))}");
    }
}
