using Ringwright.Bench.Driving;
using Ringwright.Bench.Workloads;

namespace Ringwright.Bench.Reports;

/// <summary>All figures of one <c>bench</c>.</summary>
/// <param name="Problems">Workloads that could not be measured, in sentences.</param>
internal sealed record BenchReport(IReadOnlyList<WorkloadFigures> Workloads, Lateness? Lateness, IReadOnlyList<string> Problems)
{
    public IEnumerable<string> Faults =>
        Problems.Concat(Workloads.SelectMany(w => w.Faults)).Concat(Lateness?.Faults.Select(f => $"tick lateness: {f}") ?? []);

    public double? IdleCpuMsPerSecond => Workloads.FirstOrDefault(w => w.IdleCpuMsPerSecond is not null)?.IdleCpuMsPerSecond;

    /// <summary>INVITE to 200 at the caller, at the rate of W1.</summary>
    public Spread? SetupMs => Of("W1")?.Times(r => r.SetupMs);

    /// <summary>POST of a dial to the INVITE at the callee, at the rate of W5.</summary>
    public Spread? DialMs => Of("W5")?.Times(r => r.DialMs);

    /// <summary>POST of a hang-up to the BYE at the caller, in W2.</summary>
    public Spread? HangupMs => Of("W2")?.Times(r => r.HangupMs);

    /// <summary>Of the workload that needs most, with a hundred calls up.</summary>
    public WorkloadFigures? Largest => Workloads.Where(w => w.ResidentMb is not null).MaxBy(w => w.ResidentMb);

    private WorkloadFigures? Of(string name) => Workloads.FirstOrDefault(w => w.Workload.Name == name);
}
