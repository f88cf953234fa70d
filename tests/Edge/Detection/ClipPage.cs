using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Ringwright.Calls;
using Ringwright.Testing;

namespace Ringwright.Edge.Detection;

/// <summary>The part of docs/reference/answering-machine-detection.md about the clips of others.</summary>
internal static class ClipPage
{
    public const string Begin = "<!-- measured on the clips of others: ./ringwright golden rewrites this part -->",
        End = "<!-- end of the part about the clips of others -->";

    /// <param name="digest">Of all samples.</param>
    public static string Write(IReadOnlyList<ClipRun> runs, string digest)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{runs.Count} clips, half of them held out; the digest of their samples is {digest}.\n");
        foreach (bool isHeldOut in (bool[])[true, false])
        {
            text.Append(CultureInfo.InvariantCulture,
                $"\n| {(isHeldOut ? "held out" : "for tuning")} | clips | human | machine | not sure | beep told | beep told that was none "
                + $"| greeting ended by silence |\n|---|---:|---:|---:|---:|---:|---:|---:|\n");
            foreach (var kind in Enum.GetValues<ClipKind>())
            {
                var part = runs.Where(r => r.Clip.IsHeldOut == isHeldOut && r.Clip.Kind == kind).ToList();
                string told = part.Exists(r => r.Clip.HasBeep) ? Number(part.Count(r => r.IsTold)) : "";
                text.Append(CultureInfo.InvariantCulture,
                    $"| {Words(kind)} | {part.Count} | {Count(part, MachineVerdict.Human)} | {Count(part, MachineVerdict.Machine)} | "
                    + $"{Count(part, MachineVerdict.NotSure)} | ")
                    .Append(CultureInfo.InvariantCulture,
                        $"{told} | {part.Count(r => r.IsInvented)} | {part.Count(r => r.Heard.End is GreetingEnd.Ended)} |\n");
            }
        }
        text.Append("\n| held out, level | clips | verdict right | beeps | told |\n|---|---:|---:|---:|---:|\n");
        Table(text, runs, r => r.Clip.Level, level => $"{level} dB", isDescending: true);
        text.Append("\n| held out, by way | clips | verdict right | beeps | told |\n|---|---:|---:|---:|---:|\n");
        Table(text, runs, r => r.Clip.Codec, codec => Way(codec));
        text.Append("\n| held out, packets lost | clips | verdict right | beeps | told |\n|---|---:|---:|---:|---:|\n");
        Table(text, runs, r => r.Clip.Loss, loss => $"{100 * loss:F0} %");
        text.Append("\n| held out, noise | clips | verdict right | beeps | told |\n|---|---:|---:|---:|---:|\n");
        Table(text, runs, r => r.Clip.SignalToNoise, noise => noise == 0 ? "none" : $"{noise} dB below the voice");
        return text.ToString();
    }

    /// <summary>Holds a part of the page to what was measured. Figures of other clips are only held to the promise.</summary>
    public static void Compare(string measured, string digest, string begin = Begin, string finish = End)
    {
        string file = Repository.PathOf("docs", "reference", "answering-machine-detection.md"), page = File.ReadAllText(file);
        int start = page.IndexOf(begin, StringComparison.Ordinal) + begin.Length + 1, end = page.IndexOf(finish, StringComparison.Ordinal);
        string written = page[start..end], now = $"\n{measured}\n";
        if (Golden.IsWriting) File.WriteAllText(file, page[..start] + now + page[end..]);
        else if (written.Contains(digest, StringComparison.Ordinal))
            Assert.True(written == now,
                $"docs/reference/answering-machine-detection.md is old; ./ringwright golden rewrites it. It would say:\n{measured}");
    }

    /// <summary>Other versions of the programs make other clips, and other figures.</summary>
    public static string Digest(IEnumerable<short[]> clips)
    {
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (short[] samples in clips) sum.AppendData(MemoryMarshal.AsBytes(samples.AsSpan()));
        return Convert.ToHexStringLower(sum.GetHashAndReset())[..12];
    }

    private static void Table<T>(StringBuilder text, IReadOnlyList<ClipRun> runs, Func<ClipRun, T> key, Func<T, string> words,
        bool isDescending = false)
    {
        var groups = runs.Where(r => r.Clip.IsHeldOut).GroupBy(key).OrderBy(g => g.Key).ToList();
        if (isDescending) groups.Reverse();
        foreach (var group in groups)
            text.Append(CultureInfo.InvariantCulture,
                $"| {words(group.Key)} | {group.Count()} | {group.Count(r => r.IsRight)} | {group.Count(r => r.Clip.HasBeep)} | "
                + $"{group.Count(r => r.IsTold)} |\n");
    }

    private static int Count(List<ClipRun> runs, MachineVerdict verdict) => runs.Count(r => r.Heard.Verdict == verdict);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Way(string codec) => codec switch
    {
        "gsm" => "GSM 06.10, 13 kbit/s",
        "vox" => "Dialogic ADPCM, 32 kbit/s",
        "cvsd" => "CVSD, 16 kbit/s",
        "al" => "A-law",
        _ => "PCMU alone",
    };

    private static string Words(ClipKind kind) => kind switch
    {
        ClipKind.Person => "a person",
        ClipKind.Greeting => "a greeting without a beep",
        ClipKind.Ringback => "a burst of ringback, half of them with a person behind",
        ClipKind.Fax => "fax",
        ClipKind.Music => "music on hold",
        ClipKind.Steady => "greeting and a tone, 400 to 2400 Hz, 0.12 to 1 s",
        ClipKind.Low => "greeting and a tone, 350 to 700 Hz, 0.1 s",
        ClipKind.Pair => "greeting and two equal tones",
        ClipKind.Chime => "greeting and a chime",
        ClipKind.Sweep => "greeting and a sweep",
        ClipKind.Row => "greeting and a row of short tones",
        ClipKind.Wave => "greeting and a square or triangle wave, or plucked strings",
        _ => "greeting and a recorded beep",
    };
}
