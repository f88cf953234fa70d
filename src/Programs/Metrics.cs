using System.Diagnostics.Metrics;

namespace Ringwright.Programs;

internal static class Metrics
{
    private static readonly Meter Meter = new("Ringwright.Programs");

    public static readonly Histogram<double> Turns = Meter.CreateHistogram("ringwright.agents.turn", "s",
        "How long callers waited for an agent's answer, by part", null, new InstrumentAdvice<double>
        {
            // Our own part has some ms; a whole answer is good below a second.
            HistogramBucketBoundaries =
                [0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9, 1.2, 1.5, 2, 3, 5, 10],
        });
}
