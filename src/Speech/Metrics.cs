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
}
