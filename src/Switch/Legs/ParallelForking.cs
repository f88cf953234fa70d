using Ringwright.Core;

namespace Ringwright.Switch.Legs;

/// <summary>
/// Legs of this shard that ring for the same call at the same time. The first that is answered wins; one turn decides, so there is never
/// a second. A race is known by its first member and lives until each of its members is over, also those whose message is still on its way.
/// </summary>
internal sealed class ParallelForking
{
    private readonly Dictionary<LegId, Race> _races = [];

    public int Count => _races.Count;

    /// <returns>False when another member has won already.</returns>
    /// <param name="rivals">All members, this one among them; empty for a leg that is dialled alone.</param>
    public bool TryEnter(IReadOnlyList<LegId> rivals)
    {
        if (rivals.Count == 0) return true;
        if (!_races.TryGetValue(rivals[0], out var race)) _races.Add(rivals[0], race = new(rivals));
        return race.Winner is null;
    }

    /// <returns>False when another member was faster.</returns>
    public bool TryWin(IReadOnlyList<LegId> rivals, LegId leg)
    {
        if (rivals.Count == 0 || !_races.TryGetValue(rivals[0], out var race)) return true;
        race.Winner ??= leg;
        return race.Winner == leg;
    }

    public void Leave(IReadOnlyList<LegId> rivals, LegId leg)
    {
        if (rivals.Count == 0 || !_races.TryGetValue(rivals[0], out var race)) return;
        race.Open.Remove(leg);
        if (race.Open.Count == 0) _races.Remove(rivals[0]);
    }

    private sealed class Race(IReadOnlyList<LegId> members)
    {
        public HashSet<LegId> Open { get; } = [.. members];
        public LegId? Winner { get; set; }
    }
}
