namespace Ringwright.Http;

/// <summary>How much of a contract answers: by family, and in all. Extensions of ours are not counted.</summary>
public sealed class Coverage
{
    private Coverage(IReadOnlyList<FamilyCoverage> families, IReadOnlyList<EventCoverage> events)
    {
        Families = families;
        Events = events;
        Real = families.Sum(f => f.Real);
        Proven = families.Sum(f => f.Proven);
        Total = families.Sum(f => f.Total);
        Parameters = ParameterCount.Of(families.SelectMany(f => f.Operations));
        RealEvents = events.Count(e => e.IsReal);
    }

    /// <summary>By name.</summary>
    public IReadOnlyList<FamilyCoverage> Families { get; }
    public IReadOnlyList<EventCoverage> Events { get; }
    public int Real { get; }
    /// <summary>Those that a test walks from end to end.</summary>
    public int Proven { get; }
    public int Total { get; }
    /// <summary>Of the operations that are real.</summary>
    public ParameterCount Parameters { get; }
    public int RealEvents { get; }
    public int TotalEvents => Events.Count;

    /// <param name="events">Names or event types (call.answered) of the events that the dialect sends.</param>
    /// <param name="proven">Ids of the operations that the tests prove; none when null.</param>
    /// <exception cref="InvalidOperationException">An event is not in the contract.</exception>
    public static Coverage Of(Contract contract, BindingTable bindings, IReadOnlyCollection<string> events,
        IReadOnlySet<string>? proven = null)
    {
        var families = contract.Operations.GroupBy(o => o.Family).OrderBy(g => g.Key, StringComparer.OrdinalIgnoreCase)
            .Select(g => new FamilyCoverage(g.Key,
                [.. g.Select(o => new OperationCoverage(o, bindings[o], proven?.Contains(o.Id) is true))]));
        var sent = events.ToHashSet(StringComparer.Ordinal);
        var covered = contract.Events.Select(e => new EventCoverage(e, sent.Contains(e.Name) || e.Types.Any(sent.Contains))).ToList();
        sent.ExceptWith(contract.Events.SelectMany(e => e.Types.Append(e.Name)));
        return sent.Count == 0
            ? new([.. families], covered)
            : throw new InvalidOperationException($"Not events of the contract: {string.Join(", ", sent.Order(StringComparer.Ordinal))}.");
    }

    /// <summary>The line that a tally ends with: "23 of 822".</summary>
    public override string ToString() => $"{Real} of {Total}";
}

public sealed record OperationCoverage(Operation Operation, Binding Binding, bool IsProven)
{
    /// <summary>Why it is absent; null when it is real.</summary>
    public string? Reason => (Binding as Binding.Absent)?.Reason;
}

public sealed record FamilyCoverage(string Family, IReadOnlyList<OperationCoverage> Operations)
{
    public int Real => Operations.Count(o => o.Binding.IsReal);
    public int Proven => Operations.Count(o => o.IsProven);
    public int Total => Operations.Count;
    public ParameterCount Parameters { get; } = ParameterCount.Of(Operations);
}

/// <summary>What becomes of parameters: so many act, are stored without effect, or are refused by name.</summary>
public readonly record struct ParameterCount(int Acting, int Stored, int Refused)
{
    public int Total => Acting + Stored + Refused;

    internal static ParameterCount Of(IEnumerable<OperationCoverage> operations)
    {
        var rules = operations.SelectMany(o => o.Operation.Rules).ToList();
        return new(Count(ParameterEffect.Acts), Count(ParameterEffect.Stored), Count(ParameterEffect.Refused));

        int Count(ParameterEffect effect) => rules.Count(r => r.Effect == effect);
    }

    public override string ToString() => $"{Acting} act, {Stored} stored, {Refused} refused";
}

public sealed record EventCoverage(ContractEvent Event, bool IsReal);
