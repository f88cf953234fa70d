using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Ringwright.Speech.Recognition;

namespace Ringwright.Server.Doctor;

/// <summary>What the machine gives us: libraries, speech, scheduling, file handles.</summary>
internal static class SystemChecks
{
    private const int CapSysNice = 23;
    private const int EnoughFiles = 4096;
    /// <summary>Of a stream at 48 kHz (ADR 103); one at 8 kHz takes a sixth.</summary>
    private const long TapBytes = 300_000;
    private const int FewTaps = 100;

    public static IEnumerable<Finding> Run()
    {
        yield return Library("libcrypto", "libcrypto.so.3", "signs webhooks and encrypts sound", isNeeded: false, "libssl3",
            "without it signatures are slower");
        yield return Library("libsodium", "libsodium.so.23", "signs webhooks sooner", isNeeded: false, "libsodium23",
            "without it a webhook's signature takes twice as long");
        yield return Library("libsqlite3", "libsqlite3.so.0", "the system's SQLite", isNeeded: false, "libsqlite3-0",
            "without it an older bundled one is used");
        yield return Library("libopus", "libopus.so.0", "calls in Opus", isNeeded: false, "libopus0",
            "calls use PCMU, PCMA, G.722 and L16");
        yield return Library("libmpg123", "libmpg123.so.0", "reads MP3 prompts", isNeeded: false, "libmpg123-0",
            "only WAV files can be played");
        yield return Library("libmp3lame", "libmp3lame.so.0", "writes MP3 recordings", isNeeded: false, "libmp3lame0",
            "only WAV files can be recorded");
        yield return Speech();
        yield return Scheduling();
        yield return Files();
        yield return LiveAudio();
    }

    private static Finding Library(string about, string file, string gives, bool isNeeded, string package, string otherwise)
    {
        if (NativeLibrary.TryLoad(file, out _)) return Finding.Good(about, $"{file} loads ({gives})");
        string advice = $"apt-get install -y {package}";
        return isNeeded ? Finding.Bad(about, $"{file} is missing: {otherwise}", advice)
            : Finding.Warning(about, $"{file} is missing: {otherwise}", advice);
    }

    private static Finding Speech()
    {
        try
        {
            using var program = Process.Start(
                new ProcessStartInfo("espeak-ng", ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true });
            string version = program?.StandardOutput.ReadLine() ?? "";
            if (program?.WaitForExit(5_000) is true && program.ExitCode == 0) return Finding.Good("espeak-ng", version.Trim());
        }
        catch (System.ComponentModel.Win32Exception) { /* not installed: said below */ }
        return Finding.Warning("espeak-ng", "not installed: the built-in text to speech is off",
            "apt-get install -y espeak-ng, or set --speech-url");
    }

    /// <summary>Who is set up; no vendor is asked, for that may cost money.</summary>
    public static Finding Recognition(RecognitionOptions options)
    {
        (string Name, RecogniserTarget? Target)[] all =
            [("openai", options.OpenAi), ("deepgram", options.Deepgram), ("assemblyai", options.AssemblyAi)];
        var there = all.Where(one => one.Target is not null).ToList();
        string usual = options.Default ?? there.FirstOrDefault().Name;
        const string always = "built-in knows isolated digits, yes and no";
        return Finding.Good("recogniser", usual is null ? $"none is set up (--recogniser-url, --deepgram-key, --assemblyai-key); {always}"
            : $"{usual} is asked; set up: {string.Join(", ", there.Select(one => $"{one.Name} ({one.Target})").Append(always))}");
    }

    /// <summary>May the audio threads run before others?</summary>
    private static Finding Scheduling()
    {
        const string about = "scheduling";
        string? status = ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("CapEff:", StringComparison.Ordinal));
        bool hasCapability = status is not null
            && ulong.TryParse(status[7..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong bits)
            && (bits >> CapSysNice & 1) == 1;
        if (hasCapability || SoftLimit("Max realtime priority") > 0)
            return Finding.Good(about, "audio threads may run at real-time priority");
        return Finding.Warning(about, "audio threads run at normal priority",
            "for many calls give the service CAP_SYS_NICE (systemd: AmbientCapabilities=CAP_SYS_NICE)");
    }

    /// <summary>How many files this process may open; -1 when any number.</summary>
    public static long OpenFiles => SoftLimit("Max open files");

    private static Finding LiveAudio()
    {
        const string shared = "/dev/shm";
        return LiveAudio(Directory.Exists(shared) ? new DriveInfo(shared).AvailableFreeSpace : null);
    }

    /// <summary>A container has 64 MB of this memory unless it is told otherwise.</summary>
    /// <param name="free">Bytes of the memory that the node's two processes share audio by; null where there is none.</param>
    internal static Finding LiveAudio(long? free)
    {
        const string about = "live audio";
        if (free is not { } bytes)
            return Finding.Warning(about, "there is no /dev/shm: audio of streams and transcriptions goes by files of the temporary folder",
                "mount a tmpfs there");
        string text = string.Create(CultureInfo.InvariantCulture,
            $"/dev/shm has {bytes / 1e6:F0} MB free: room for {bytes / TapBytes} streams and transcriptions at once");
        return bytes < FewTaps * TapBytes ? Finding.Warning(about, text, "make it larger (of a container: --shm-size, or shm_size)")
            : Finding.Good(about, text);
    }

    private static Finding Files()
    {
        long limit = OpenFiles;
        return limit is >= 0 and < EnoughFiles
            ? Finding.Warning("open files", $"at most {limit}: each call takes two, and connections have a part",
                $"ulimit -n {EnoughFiles * 4}")
            : Finding.Good("open files", limit < 0 ? "no limit" : $"at most {limit}");
    }

    /// <summary>A soft limit of this process; -1 when there is none.</summary>
    private static long SoftLimit(string name)
    {
        string? line = ReadLines("/proc/self/limits").FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
        string? soft = line?[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, CultureInfo.InvariantCulture, out long limit) ? limit : -1;
    }

    private static string[] ReadLines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];
}
