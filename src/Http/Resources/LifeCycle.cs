using System.Text.Json.Nodes;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Http;

/// <summary>A kind with a state table, and where its rows live.</summary>
public sealed record LifeCycle(ResourceKind Kind, IResourceRows Rows)
{
    /// <summary>Those of a dialect's kinds that have states.</summary>
    public static IReadOnlyList<LifeCycle> Of(Dialect dialect) =>
    [
        .. dialect.Bindings.Kinds.Where(kind => kind.Transitions.Count > 0).DistinctBy(kind => kind.RecordType)
            .Select(kind => new LifeCycle(kind, dialect.Rows(kind))),
    ];
}

/// <summary>What a state table says.</summary>
public static class StateRules
{
    internal static string StateOf(this ResourceKind kind, ResourceRow row) => row.Body[kind.StateField]?.GetValue<string>() ?? "";

    internal static bool Has(this ResourceKind kind, string move) => kind.Transitions.Any(t => t.Name == move);

    /// <summary>The row of this name that leads out of the state; null when there is none.</summary>
    internal static Transition? Find(this ResourceKind kind, string move, Mover by, string state) =>
        kind.Transitions.FirstOrDefault(t => t.Name == move && t.By.HasFlag(by) && t.LeadsFrom(state));

    /// <summary>The move that is made when the state has lasted long enough: the one that the resource names, else the usual.</summary>
    internal static Transition? Timed(this ResourceKind kind, ResourceRow row)
    {
        string state = kind.StateOf(row);
        string? named = kind.NextMove is { } field ? row.Body[field]?.GetValue<string>() : null;
        return kind.Transitions.FirstOrDefault(t =>
            t.After is not null && t.LeadsFrom(state) && (named is null ? !t.IsNamed : t.Name == named));
    }

    /// <summary>Moves that the operator may make.</summary>
    public static IEnumerable<Transition> OfOperator(this ResourceKind kind, string state) =>
        kind.Transitions.Where(t => t.By.HasFlag(Mover.Operator) && t.LeadsFrom(state));

    /// <summary>The body after the move.</summary>
    internal static void Step(this ResourceKind kind, JsonObject body, Transition move, string? said)
    {
        foreach (var (name, value) in move.Sets)
            if (value is null) body.Remove(name);
            else body[name] = value.DeepClone();
        if (move.Says is { } field && said is not null) body[field] = said;
        body[kind.StateField] = move.To;
    }

    /// <summary>The state of <paramref name="row"/>, whatever a request says: only moves change it.</summary>
    internal static void Keep(this ResourceKind kind, JsonObject body, ResourceRow row)
    {
        if (kind.Transitions.Count == 0) return;
        if (row.Body[kind.StateField] is { } state) body[kind.StateField] = state.DeepClone();
        else body.Remove(kind.StateField);
    }

    /// <summary>What is written when a change brings a resource into a state, be it the one that it had; null when it stays.</summary>
    internal static StateEntry? EntryOf(this ResourceKind kind, ResourceChange change)
    {
        if (change.After is not { } after || (kind.Awaits.Count == 0 && !kind.Transitions.Any(t => t.After is not null))) return null;
        string state = kind.StateOf(after);
        if (change.Name is Transition.Updated && change.Before is { } before && kind.StateOf(before) == state) return null;
        DateTimeOffset? dueAt = kind.Timed(after)?.After is { } span ? change.At + span : null;
        return new(kind.RecordType, after.Id, dueAt, kind.Awaits.Contains(state) ? change.At : null);
    }

    /// <summary>What is wrong with a kind's table; null when nothing is.</summary>
    internal static string? FaultOf(ResourceKind kind)
    {
        foreach (var move in kind.Transitions)
        {
            if (move.By is Mover.None) return $"nobody makes the move '{move.Name}'";
            if (move.By.HasFlag(Mover.Timer) != move.After is not null)
                return $"the move '{move.Name}' must say after what time, and that a timer makes it";
            if (move.IsNamed && (move.After is null || kind.NextMove is null))
                return $"nothing names the move '{move.Name}', or no timer makes it";
            if (move.After is not null && !move.IsNamed && (move.From.Count == 0 || move.From.Any(state => TimedFrom(kind, state) > 1)))
                return $"the move '{move.Name}' is not the only one that its states are left by in time";
            if (move.Says is not null && move.By.HasFlag(Mover.Timer)) return $"a timer says nothing in the move '{move.Name}'";
        }
        string? idle = kind.Awaits.FirstOrDefault(state => !kind.OfOperator(state).Any());
        return idle is null ? null : $"'{idle}' waits for an operator who has no move out of it";
    }

    private static int TimedFrom(ResourceKind kind, string state) =>
        kind.Transitions.Count(t => t is { After: not null, IsNamed: false } && t.LeadsFrom(state));
}
