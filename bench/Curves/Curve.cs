using Ringwright.Bench.Driving;
using Ringwright.Bench.Workloads;

namespace Ringwright.Bench.Curves;

/// <summary>A workload at more and more load, on one node, until it fails.</summary>
/// <param name="Name">As <c>--curves</c> names it.</param>
/// <param name="Workload">Whose calls they are.</param>
/// <param name="Loads">Concurrent calls, or calls a second.</param>
internal sealed record Curve(string Name, string Workload, IReadOnlyList<int> Loads)
{
    private const int RampPerSecond = 50, SteadySeconds = 8, RateSeconds = 5;

    public static readonly IReadOnlyList<Curve> All =
    [
        new("bridges", "W3", [50, 100, 200, 300, 500, 1_000]),
        new("prompts", "W2", [50, 100, 200, 300, 500, 1_000]),
        new("rooms", "W4", [10, 50, 100, 400, 800]),
        new("calls", "W1", [100, 200, 500, 1_000, 2_000]),
    ];

    /// <summary>Its load is calls a second: none of them lasts.</summary>
    public bool IsRate => Workload == "W1";

    public Workload Of(bool isQuick)
    {
        var workload = Catalogue.All.First(w => w.Name == Workload);
        return isQuick ? workload.Quick() : workload;
    }

    private const string Nothing = "none";

    /// <param name="names">Null for all; "none" measures nothing, so that the points of a file are drawn again.</param>
    /// <exception cref="BenchFailure">There is no such curve.</exception>
    public static IReadOnlyList<Curve> Choose(string? names) => names is null ? All : names == Nothing ? []
        : [.. names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(name =>
            All.FirstOrDefault(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new BenchFailure($"there is no curve {name}: {string.Join(", ", All.Select(c => c.Name))}"))];

    /// <summary>Two points that show that all works.</summary>
    public Curve Quick() => this with { Loads = IsRate ? [5, 10] : [2, 4] };

    /// <summary>The calls of one point: all of them are up together for eight seconds, or come at that rate for five.</summary>
    public CallPlan At(int load, CallPlan plan, bool isQuick)
    {
        int steady = isQuick ? 1 : SteadySeconds;
        if (IsRate) return plan with { Calls = load * (isQuick ? 1 : RateSeconds), PerSecond = load };
        int milliseconds = 1_000 * load / RampPerSecond + 1_000 * steady;
        return plan with
        {
            Calls = load,
            PerSecond = RampPerSecond,
            HoldMilliseconds = plan.HoldMilliseconds > 0 ? milliseconds : 0,
            PromptMilliseconds = plan.HoldMilliseconds > 0 ? 0 : milliseconds,
        };
    }
}
