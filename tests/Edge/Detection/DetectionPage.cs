using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Ringwright.Calls;

namespace Ringwright.Edge.Detection;

/// <summary>The measured part of docs/reference/answering-machine-detection.md: what the classifier makes of the corpus.</summary>
internal static partial class DetectionPage
{
    public const string Begin = "<!-- measured: ./ringwright golden rewrites this part -->", End = "<!-- end of the measured part -->";

    /// <summary>"1.51": another espeak-ng has other voices, and other figures.</summary>
    public static string SpeechVersion()
    {
        // a process of our own always starts or throws
        using var program = Process.Start(new ProcessStartInfo("espeak-ng", "--version") { RedirectStandardOutput = true })!;
        return Version().Match(program.StandardOutput.ReadToEnd()).Value;
    }

    /// <param name="items">All of the corpus, of which half are held out.</param>
    public static string Write(int items, IReadOnlyList<DetectionRun> heldOut, string speechVersion)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            {items} items, {heldOut.Count} of them held out from tuning (other seeds, other words, other voices), spoken by espeak-ng {speechVersion}; default parameters.

            | held out | items | right | |
            |---|---:|---:|---:|

            """);
        foreach (bool isClean in (bool[])[true, false])
        {
            var part = Judged(heldOut, isClean);
            text.Append(CultureInfo.InvariantCulture,
                $"| {(isClean ? "clean" : "noisy")} | {part.Count} | {part.Count(r => r.IsRight)} | {100.0 * Share(part):F1} % |\n");
        }
        text.Append("\n## Confusion\n\nHeld-out items: what answered, and what the verdict was.\n");
        foreach (bool isClean in (bool[])[true, false])
        {
            text.Append(CultureInfo.InvariantCulture,
                $"\n| {(isClean ? "clean" : "noisy")} | human | machine | not sure | mean time of the verdict "
                + $"|\n|---|---:|---:|---:|---:|\n");
            foreach (var kind in Enum.GetValues<SoundKind>())
            {
                var part = heldOut.Where(r => r.Item.IsClean == isClean && r.Item.Kind == kind).ToList();
                if (part.Count == 0) continue;
                text.Append(CultureInfo.InvariantCulture,
                    $"| {Words(kind)} | {Count(part, MachineVerdict.Human)} | {Count(part, MachineVerdict.Machine)} | "
                    + $"{Count(part, MachineVerdict.NotSure)} | {part.Average(r => r.VerdictAt):F1} s |\n");
            }
        }
        text.Append("\n## By noise\n\n| held out, noisy | items | right |\n|---|---:|---:|\n");
        foreach (var group in Judged(heldOut, isClean: false).GroupBy(r => (r.Item.Noise, r.Item.SignalToNoise)).OrderBy(g => g.Key))
            text.Append(CultureInfo.InvariantCulture,
                $"| {Words(group.Key.Noise)}, {group.Key.SignalToNoise} dB below the voice | {group.Count()} | "
                + $"{group.Count(r => r.IsRight)} |\n");

        var beeps = heldOut.Where(r => r.Item.BeepEnd is not null && r.Verdict is MachineVerdict.Machine).ToList();
        var without = heldOut.Where(r => r.Item.Kind is SoundKind.Greeting or SoundKind.Person or SoundKind.Silence).ToList();
        text.Append(CultureInfo.InvariantCulture, $"""

            ## Beeps

            Of {beeps.Count} beeps behind greetings of held-out machines {beeps.Count(r => r.FoundBeep)} were told, on average {1000 * beeps.Where(r => r.FoundBeep).Average(r => r.BeepAt - r.Item.BeepEnd):F0} ms after their end.
            Of {without.Count} held-out items with voices and no beep {without.Count(r => r.BeepAt is not null)} were told to have one.

            """);
        return text.ToString();
    }

    public static List<DetectionRun> Judged(IEnumerable<DetectionRun> runs, bool isClean) =>
        [.. runs.Where(r => r.Item.IsHeldOut && r.Item.IsClean == isClean && r.Item.Kind is not SoundKind.Silence)];

    public static double Share(IReadOnlyCollection<DetectionRun> runs) => (double)runs.Count(r => r.IsRight) / runs.Count;

    private static int Count(List<DetectionRun> runs, MachineVerdict verdict) => runs.Count(r => r.Verdict == verdict);

    private static string Words(SoundKind kind) => kind switch
    {
        SoundKind.Person => "a person",
        SoundKind.Greeting => "a recorded greeting",
        SoundKind.GreetingAndBeep => "a recorded greeting and a beep",
        SoundKind.Music => "music",
        SoundKind.Tone => "fax, ringback or busy tone",
        _ => "nothing",
    };

    private static string Words(NoiseKind noise) => noise switch
    {
        NoiseKind.White => "white noise",
        NoiseKind.Pink => "pink noise",
        NoiseKind.Hum => "mains hum",
        _ => "five people talking",
    };

    [GeneratedRegex(@"\d+\.\d+(\.\d+)?")]
    private static partial Regex Version();
}
