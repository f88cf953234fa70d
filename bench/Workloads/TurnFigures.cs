using Ringwright.Bench.Driving;
using Ringwright.Bench.Nodes;

namespace Ringwright.Bench.Workloads;

/// <summary>
/// How long callers waited for what an assistant answered, in milliseconds, as the node counts it: of the whole, and of that what was
/// neither the recogniser's, the model's nor the voice's, nor the silence that ends a turn.
/// </summary>
internal sealed record TurnFigures(double Count, double OwnP95, double WholeP50, double WholeP95)
{
    private const string Histogram = "ringwright_agents_turn_seconds";

    /// <summary>Of all turns, so many are answered in a run that counts.</summary>
    private const double LeastAnswered = 0.9;

    /// <returns>Null when nobody was answered.</returns>
    public static TurnFigures? Between(MetricReading before, MetricReading after)
    {
        var own = after.BucketsSince(before, Histogram, "part=\"own\"");
        var whole = after.BucketsSince(before, Histogram, "part=\"whole\"");
        return Lateness.ShareOf(own, 0.95) is { } ownP95 && Lateness.ShareOf(whole, 0.5) is { } half
            && Lateness.ShareOf(whole, 0.95) is { } most ? new(whole[^1].Count, ownP95, half, most) : null;
    }

    public static IReadOnlyList<string> Faults(CallPlan plan, TurnFigures? turns)
    {
        int all = plan.Turns * plan.Calls;
        double answered = turns?.Count ?? 0;
        return answered >= LeastAnswered * all ? [] : [FormattableString.Invariant($"{answered:F0} of {all} turns were answered")];
    }
}
