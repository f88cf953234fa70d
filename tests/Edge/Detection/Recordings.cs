using System.Collections.Concurrent;
using Ringwright.Core;

namespace Ringwright.Edge.Detection;

/// <summary>
/// What seven speakers have recorded for Asterisk, as Debian packs it: prompts, machines' sentences, beeps, and music on hold.
/// </summary>
internal static class Recordings
{
    private const string Sounds = "/usr/share/asterisk/sounds", Music = "/usr/share/asterisk/moh";

    // A speaker is heard in one half only. Some are clear, some come by GSM.
    private static readonly string[] Tuning = ["en_US_f_Allison", "es_MX_f_Allison", "fr_CA_f_June", "fr"],
        HeldOut = ["it_IT_m_Carlo", "ru_RU_f_IvrvoiceRU", "es"];

    // What a network or a voicemail says of itself, and what a person may say.
    private static readonly string[] Greetings =
    [
        "vm-isunavail", "vm-intro", "vm-nobodyavail", "vm-theperson", "vm-isonphone", "pls-try-call-later", "cannot-complete-as-dialed",
        "ss-noservice", "number-not-answering", "tt-allbusy", "queue-thankyou", "vm-msginstruct", "all-circuits-busy-now", "im-sorry",
        "pbx-invalid", "vm-leavemsg", "queue-periodic-announce", "check-number-dial-again",
    ];
    private static readonly string[] Brief = ["hello", "sorry", "goodbye", "vm-goodbye", "im-sorry", "one-moment-please",
        "hello-world", "extension"];
    private static readonly string[] Beeps = ["beep", "ascending-2tone", "descending-2tone"];
    // A buzzer, doors and a monkey.
    private static readonly string[] NoSpeech = [.. Beeps, "beeperr", "confbridge-join", "confbridge-leave", "tt-monkeys"];

    private static readonly ConcurrentDictionary<string, double[]> Known = new();

    public static IReadOnlyList<string> Folders { get; } = [.. Tuning.Concat(HeldOut).Select(name => Path.Combine(Sounds, name)), Music];

    public static (string Name, double[] Sound) Greeting(Rng random, bool isHeldOut)
    {
        string speaker = Speakers(isHeldOut)[random.Next(Speakers(isHeldOut).Length)];
        string[] files = Of([speaker], Greetings);
        List<double> said = [];
        for (int sentences = 0; sentences < 5 && (sentences < 2 || said.Count < 4 * Sox.Rate); sentences++)
            said.AddRange(Read(files[random.Next(files.Length)]));
        return (speaker, [.. said[..Math.Min(said.Count, 15 * Sox.Rate)]]);
    }

    public static (string Name, double[] Sound) BriefWord(Rng random, bool isHeldOut)
    {
        string[] files = Of(Speakers(isHeldOut), Brief);
        string file = files[random.Next(files.Length)];
        return (Path.GetFileName(file), Read(file));
    }

    /// <summary>A beep that somebody recorded, and what it is called.</summary>
    public static (string Name, double[] Sound) Beep(Rng random, bool isHeldOut)
    {
        string[] files = Of(Speakers(isHeldOut), Beeps);
        string file = files[random.Next(files.Length)];
        return (Path.GetFileName(file), Read(file));
    }

    public static string[] Songs() => [.. Directory.GetFiles(Music, "*.gsm").Order(StringComparer.Ordinal)];

    /// <summary>All that the speakers said, in pieces of half a minute.</summary>
    public static IEnumerable<(string Name, double[] Sound)> Speech()
    {
        const int piece = 30 * Sox.Rate;
        foreach (string name in Tuning.Concat(HeldOut))
        {
            string folder = Path.Combine(Sounds, name);
            string[] files = [.. Directory.GetFiles(folder)
                .Where(file => IsSound(file) && !NoSpeech.Contains(Path.GetFileNameWithoutExtension(file))).Order(StringComparer.Ordinal)];
            double[] all = Sox.Read(files);
            for (int at = 0; at + piece <= all.Length; at += piece) yield return ($"{name} from {at / Sox.Rate} s", all[at..(at + piece)]);
        }
    }

    public static double[] Read(string file) => Known.GetOrAdd(file, static name => Sox.Read(name));

    private static string[] Speakers(bool isHeldOut) => isHeldOut ? HeldOut : Tuning;

    /// <summary>Not every speaker has recorded everything.</summary>
    private static string[] Of(string[] speakers, string[] names) =>
        [.. speakers.SelectMany(speaker => names.SelectMany(name => new[] { $"{name}.wav", $"{name}.gsm" })
            .Select(name => Path.Combine(Sounds, speaker, name))).Where(File.Exists)];

    private static bool IsSound(string file) => Path.GetExtension(file) is ".wav" or ".gsm";
}
