using System.Diagnostics.Metrics;

namespace Ringwright.Speech;

internal static class Metrics
{
    private static readonly Meter Meter = new("Ringwright.Speech");

    public static readonly Counter<long> Prepared = Meter.CreateCounter<long>("ringwright.prompts.prepared",
        description: "Prompts ready to play, by kind and whether they came from the cache");
    public static readonly Counter<long> Failed = Meter.CreateCounter<long>("ringwright.prompts.failed",
        description: "Prompts that could not be prepared, by failure");
    public static readonly Counter<long> Evicted = Meter.CreateCounter<long>("ringwright.prompts.evicted",
        description: "Files removed from the prompt cache for room");

    public static readonly Counter<long> Recognised = Meter.CreateCounter<long>("ringwright.recognition.results",
        description: "Final results of speech recognition, by recogniser");
    public static readonly Counter<double> Unheard = Meter.CreateCounter<double>("ringwright.recognition.dropped", unit: "s",
        description: "Seconds of audio that a recogniser was too slow for, by recogniser");
    public static readonly Counter<long> Tones = Meter.CreateCounter<long>("ringwright.recognition.tones",
        description: "Sounds of networks and of mains that no recogniser was asked about, by recogniser");
    public static readonly Counter<long> RecogniserRetries = Meter.CreateCounter<long>("ringwright.recognition.retries",
        description: "Pieces of speech that were sent to a recogniser once more, by recogniser");
    public static readonly Counter<long> RecognitionFailed = Meter.CreateCounter<long>("ringwright.recognition.failed",
        description: "Recognitions that ended because the recogniser refused, hung, broke off or spoke nonsense, by recogniser");
}
