using Ringwright.Bench.Driving;

namespace Ringwright.Bench.Workloads;

/// <summary>What the node must know before the calls of a workload can be.</summary>
internal enum NodeNeeds { EchoLine, Application, Equipment }

/// <summary>One workload: its name, what a figure of it counts, its bars, its calls.</summary>
internal sealed record Workload(string Name, string Title, string Unit)
{
    /// <summary>CPU-milliseconds per unit that must be met, and that are wished for.</summary>
    public required double FirstBar { get; init; }
    public required double Goal { get; init; }
    public required NodeNeeds Needs { get; init; }
    public required bool IsPerSecond { get; init; }

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
            HoldMilliseconds = Math.Min(plan.HoldMilliseconds, 1_000)
        };
}

/// <summary>The workloads that there are.</summary>
internal static class Catalogue
{
    // W4, one room of a hundred, is to come with conferences.
    public const string Missing = "W4";

    private static readonly string[] CallHooks = ["call.initiated", "call.answered", "call.hangup"];
    private static readonly CallPlan Nowhere =
        new() { Calls = 0, PerSecond = 1, Node = "", Api = new("http://127.0.0.1"), Key = "", Number = "", PromptMilliseconds = 0 };

    public static readonly IReadOnlyList<Workload> All =
    [
        new("W1", "signalling: INVITE, 200, ACK, BYE at 200 calls a second", "call")
        {
            FirstBar = 0.8, Goal = 0.3, Needs = NodeNeeds.EchoLine, IsPerSecond = false, WarmUpCalls = 2_000,
            Plan = Nowhere with { Calls = 2_000, PerSecond = 200, Ends = HangsUp.Caller },
        },
        new("W2", "a prompt of 10 s to 100 callers who talk", "call-second")
        {
            FirstBar = 1.0, Goal = 0.35, Needs = NodeNeeds.Application, IsPerSecond = true, WarmUpCalls = 500,
            Plan = Nowhere with
            {
                Calls = 100, PerSecond = 50, Ends = HangsUp.Node, CallerTalks = true, Habit = ApplicationHabit.Plays,
                PromptMilliseconds = 10_000, Webhooks = [.. CallHooks, "call.playback.started", "call.playback.ended"],
            },
        },
        new("W3", "100 bridges, both sides talk, 10 s each", "bridged call-second")
        {
            FirstBar = 1.1, Goal = 0.65, Needs = NodeNeeds.Equipment, IsPerSecond = true, WarmUpCalls = 500,
            Plan = Nowhere with
            {
                Calls = 100,
                PerSecond = 50,
                Ends = HangsUp.Caller,
                HoldMilliseconds = 10_000,
                CallerTalks = true,
                CalleeTalks = true,
                HasCallee = true
            },
        },
        new("W5", "calls of 1 s dialled through the API, 50 a second", "call")
        {
            FirstBar = 1.9, Goal = 0.8, Needs = NodeNeeds.Application, IsPerSecond = false, WarmUpCalls = 500,
            Plan = Nowhere with
            {
                Calls = 500,
                PerSecond = 50,
                Start = CallStart.ByApi,
                Ends = HangsUp.Callee,
                HoldMilliseconds = 1_000,
                HasCallee = true,
                Webhooks = CallHooks
            },
        },
    ];
}
