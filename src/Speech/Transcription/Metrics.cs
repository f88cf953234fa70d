using System.Diagnostics.Metrics;

namespace Ringwright.Speech.Transcription;

internal static class Metrics
{
    private static readonly Meter Meter = new("Ringwright.Speech");

    public static readonly UpDownCounter<long> Active = Meter.CreateUpDownCounter<long>("ringwright.transcriptions.active",
        description: "Live calls that are being transcribed, or whose recogniser is being waited for");
    public static readonly Counter<long> Ended = Meter.CreateCounter<long>("ringwright.transcriptions.ended",
        description: "Live transcriptions that have ended, by outcome");
    public static readonly Counter<long> Results = Meter.CreateCounter<long>("ringwright.transcriptions.results",
        description: "Results of live transcriptions that were told, by kind");
    public static readonly Counter<long> Lost = Meter.CreateCounter<long>("ringwright.transcriptions.losses",
        description: "Times that a call's audio was lost on its way to a recogniser");
}
