using System.Collections.Concurrent;
using System.Globalization;
using Ringwright.Core;

namespace Ringwright.Edge.Detection;

/// <summary>
/// Who speaks in the clips: flite's voices, espeak-ng's with variants and ways that the other corpus lacks, and recorded speakers.
/// </summary>
internal static class Speaker
{
    private static readonly ConcurrentDictionary<string, double[]> Said = new();

    // The halves share neither voices nor words.
    private static readonly string[] TuningFlite = ["kal", "awb"], HeldOutFlite = ["rms", "slt"];
    private static readonly string[] TuningVariants = ["Annie", "Mario", "klatt", "f4"],
        HeldOutVariants = ["Andrea", "boris", "klatt4", "m8"];

    private static readonly string[] TuningPeople = ["Hello?", "Yes, hello?", "Hi, Tom here.", "Good afternoon.", "Who is it?"];
    private static readonly string[] HeldOutPeople = ["Hello, Sarah.", "Hey.", "Yes?", "Good evening, Carter.", "Speaking."];
    private static readonly string[] TuningMachines =
    [
        "You have reached the Hendersons. We are out walking the dog, so leave us a few words and we will ring you back this evening.",
        "The customer you have dialled cannot take your call. To leave a voice message, stay on the line and speak after the signal.",
        "Hi, it is Lucy. I am either driving or asleep. Tell me who you are and what you want.",
        "Welcome to Northern Plumbing. All of our staff are helping other customers. Please say your name, your number "
            + "and what has gone wrong.",
    ];
    private static readonly string[] HeldOutMachines =
    [
        "This is the voice mail of Robert Ellis at Green Valley Insurance. I am in a meeting or away from my desk. "
            + "Please leave a detailed message.",
        "Sorry, nobody can come to the phone. After the chime you have two minutes to record what you would like to say.",
        "The mailbox of six one seven, nine nine zero is ready. Begin to speak when you hear the beep, and press hash when you are done.",
        "Hey there, you know what to do and when to do it. If this is about the car, yes, it is still for sale.",
    ];

    private static readonly string[] TuningHomes =
        ["Hello?", "Hi, Tom here.", "Yes, hello?", "Who is it?", "Baker.", "Hello, who is this?"],
        HeldOutHomes = ["Hello.", "Hey, what is up?", "Yes?", "Sarah speaking.", "Carter here.", "Hi, this is Anna."];
    private static readonly string[] TuningOffices =
    [
        "Miller and Sons, good morning, Karen speaking.", "Thank you for calling Northern Plumbing. This is Paul.",
        "Good afternoon, Green Valley Insurance, how may I help you?", "City Taxis, where shall we pick you up?",
        "Doctor Brown's surgery, good morning. Can you hold the line?",
    ];
    private static readonly string[] HeldOutOffices =
    [
        "Baker and Partners, this is Linda, good morning.", "Westside Dental, how can I help you?",
        "Thanks for calling the Grand Hotel. Robert speaking.", "Customer service, my name is Peter.",
        "Hill Street Library, good afternoon, how may I direct your call?",
    ];

    /// <summary>Who picks up at home.</summary>
    public static (string Name, double[] Sound) Home(Rng random, bool isHeldOut) =>
        Any(isHeldOut ? HeldOutHomes : TuningHomes, random, isHeldOut);

    /// <summary>Who picks up for a business.</summary>
    public static (string Name, double[] Sound) Office(Rng random, bool isHeldOut) =>
        Any(isHeldOut ? HeldOutOffices : TuningOffices, random, isHeldOut);

    public static (string Name, double[] Sound) Person(Rng random, bool isHeldOut)
    {
        if (random.Chance(0.2)) return Recordings.BriefWord(random, isHeldOut);
        return Any(isHeldOut ? HeldOutPeople : TuningPeople, random, isHeldOut);
    }

    public static (string Name, double[] Sound) Machine(Rng random, bool isHeldOut)
    {
        if (random.Chance(0.5)) return Recordings.Greeting(random, isHeldOut);
        return Any(isHeldOut ? HeldOutMachines : TuningMachines, random, isHeldOut);
    }

    private static (string Name, double[] Sound) Any(string[] texts, Rng random, bool isHeldOut)
    {
        string text = texts[random.Next(texts.Length)];
        if (random.Chance(0.5)) return Flite((isHeldOut ? HeldOutFlite : TuningFlite)[random.Next(2)], text);
        string[] variants = isHeldOut ? HeldOutVariants : TuningVariants;
        string variant = variants[random.Next(variants.Length)];
        // Slow, quick, high and deep: the other corpus has 130 to 200 words a minute and the middle of the pitch.
        int speed = random.Next(2) == 0 ? 110 : 215, pitch = random.Next(2) == 0 ? 15 : 88;
        return ($"{variant} {speed} {pitch}", Said.GetOrAdd($"{variant}/{speed}/{pitch}/{text}",
            _ => Sox.Say("espeak-ng", "-v", $"en+{variant}", "-s", Number(speed), "-p", Number(pitch), "--stdout", text)));
    }

    private static (string Name, double[] Sound) Flite(string voice, string text) =>
        (voice, Said.GetOrAdd($"{voice}/{text}", _ => Sox.Say("flite", "-voice", voice, "-t", text, "-o", "/dev/stdout")));

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
