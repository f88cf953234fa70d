using Ringwright.Bench.Driving;

namespace Ringwright.Bench.Workloads;

/// <summary>What the node must know before the calls of a workload can be.</summary>
internal enum NodeNeeds { EchoLine, Application, Equipment, Documents, Conversations }

/// <summary>One workload: its name, what a figure of it counts, its bars, its calls.</summary>
internal sealed record Workload(string Name, string Title, string Unit)
{
    /// <summary>CPU-milliseconds per unit that must be met, and that are wished for; null where nobody's figure is known.</summary>
    public double? FirstBar { get; init; }
    public double? Goal { get; init; }
    public required NodeNeeds Needs { get; init; }
    public required bool IsPerSecond { get; init; }

    /// <summary>What each call is recorded as, "wav" or "mp3"; null when none is.</summary>
    public string? Recording { get; init; }

    /// <summary>The node keeps its data in a PostgreSQL of its own instead of a file.</summary>
    public bool IsOnPostgres { get; init; }

    /// <summary>How late the node's ticks were while all calls were up is a figure of it.</summary>
    public bool WatchesTicks { get; init; }

    /// <summary>The calls, all but the node's addresses.</summary>
    public required CallPlan Plan { get; init; }

    /// <summary>Of <see cref="WarmUpPlan"/>, for each round before the first run that counts: what is compiled is compiled then.</summary>
    public required int WarmUpCalls { get; init; }

    /// <summary>The same calls, none longer than a second: begin and end are what takes many calls until it is compiled.</summary>
    public CallPlan WarmUpPlan(CallPlan plan) => Shorten(plan) with { Calls = WarmUpCalls };

    public double UnitsIn(CallReport report) => IsPerSecond ? report.CallSeconds : report.Completed;

    /// <summary>A handful of calls: shows that all of it works, and its figures mean nothing.</summary>
    public Workload Quick() => this with
    {
        WarmUpCalls = 0,
        Plan = Shorten(Plan) with { Calls = 4 },
    };

    private static CallPlan Shorten(CallPlan plan) =>
        plan with
        {
            PromptMilliseconds = Math.Min(plan.PromptMilliseconds, 1_000),
            HoldMilliseconds = Math.Min(plan.HoldMilliseconds, plan.LeastMilliseconds)
        };
}
