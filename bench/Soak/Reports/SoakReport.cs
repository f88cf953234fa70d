using Ringwright.Bench.Soak.Calls;
using Ringwright.Bench.Soak.Faults;
using Ringwright.Bench.Soak.Judging;

namespace Ringwright.Bench.Soak.Reports;

/// <summary>What the lab's people heard.</summary>
/// <param name="Lost">On well-behaved lines that no fault touched.</param>
internal sealed record Heard(int Calls, long Received, long Lost, long Skipped);

/// <summary>A run and its verdict.</summary>
internal sealed record SoakReport
{
    public required SoakOptions Options { get; init; }
    public required Sample Baseline { get; init; }
    public required Sample End { get; init; }
    public required IReadOnlyList<Sample> Samples { get; init; }
    public required IReadOnlyList<Leak> Leaks { get; init; }
    public required IReadOnlyList<string> Problems { get; init; }
    public required IReadOnlyList<FaultNote> Faults { get; init; }
    public required IReadOnlyCollection<ScriptRow> Scripts { get; init; }
    public required int Legs { get; init; }
    public required int Webhooks { get; init; }
    public required int Repeated { get; init; }
    public required IReadOnlyDictionary<int, int> Statuses { get; init; }
    public required Heard Heard { get; init; }

    public bool IsClean => Leaks.Count == 0 && Problems.Count == 0;
}
