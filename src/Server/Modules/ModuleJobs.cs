using Ringwright.Jobs;

namespace Ringwright.Server.Modules;

/// <summary>
/// Kinds of jobs that a module has outside of any dialect, and how they are run: beside those of the dialects and of other modules, so
/// that nobody waits for them. They are added to <see cref="Ringwright.Store.Database.Jobs"/> under their names, which are unique on the
/// node.
/// </summary>
internal sealed record ModuleJobs(IReadOnlyList<JobKind> Kinds)
{
    public JobOptions Options { get; init; } = new();

    /// <summary>They tell the ledger what became of calls' things, so they end before it does; others end when listeners have.</summary>
    public bool TellsLedger { get; init; }
}
