using Ringwright.Testing;

namespace Ringwright.Simulation;

/// <summary>
/// A seed whose luck was too bad asks for nothing but the invariants (<see cref="SimWorld.IsExcused"/>). Where most seeds do that, a
/// scenario tests nothing any more, and nobody sees it: so they are counted.
/// </summary>
internal sealed class SeedFloor
{
    /// <summary>So many of a hundred seeds reach the end of their scenario.</summary>
    public const int Percent = 60;

    /// <summary>Fewer seeds than this say nothing of the rest.</summary>
    public const int Least = SeedsAttribute.Judged;

    private readonly Dictionary<string, (int Seeds, int Excused)> _counts = [];
    private readonly Lock _lock = new();

    /// <summary>One seed of the scenario has been run.</summary>
    /// <param name="seeds">How many this run has of it.</param>
    /// <returns>What is wrong, with the last of them; null before, and when nothing is.</returns>
    public string? Note(string scenario, int seeds, bool isExcused)
    {
        lock (_lock)
        {
            var (run, excused) = _counts.GetValueOrDefault(scenario);
            _counts[scenario] = (++run, excused += isExcused ? 1 : 0);
            return run == seeds && seeds >= Least && (seeds - excused) * 100 < seeds * Percent
                ? $"Of {seeds} seeds of {scenario} {excused} excuse themselves: at least {Percent} % are to reach its end." : null;
        }
    }
}
