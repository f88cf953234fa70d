using System.Collections.Frozen;
using System.Diagnostics;

namespace Ringwright.Http;

/// <summary>Exactly one binding for each operation of a contract. Made once at start-up; a wrong table is a bug and throws.</summary>
public sealed class BindingTable
{
    public const string NotBuilt = "This operation has no behaviour yet.";

    private readonly FrozenDictionary<string, Binding> _byOperation;

    /// <exception cref="InvalidOperationException">A row names an operation that the contract does not have,
    /// or one that has a row already.</exception>
    /// <param name="absence">Why an operation that no row names is absent; null says <see cref="NotBuilt"/>.</param>
    public BindingTable(Contract contract, IEnumerable<Binding> rows, Func<Operation, string>? absence = null)
    {
        var byOperation = new Dictionary<string, Binding>(StringComparer.Ordinal);
        var faults = new List<string>();
        foreach (var row in rows)
        {
            if (contract.Find(row.Operation) is not { } operation) faults.Add($"'{row.Operation}' is no operation of the contract");
            else if (!byOperation.TryAdd(row.Operation, row)) faults.Add($"'{row.Operation}' is bound twice");
            else if (Misfit(operation, row) is { } misfit) faults.Add($"'{row.Operation}': {misfit}");
            else if (contract.SaysParameters && row.IsReal && !contract.Extensions.Contains(operation))
                faults.AddRange(Unsaid(operation)
                    .Select(name => $"'{row.Operation}': nothing says what becomes of its parameter '{name}'"));
        }

        if (faults.Count > 0) throw new InvalidOperationException("The binding tables are wrong: " + string.Join("; ", faults) + ".");
        foreach (var operation in contract.Operations.Concat(contract.Extensions))
            if (!byOperation.ContainsKey(operation.Id))
                byOperation.Add(operation.Id, new Binding.Absent(operation.Id, absence?.Invoke(operation) ?? NotBuilt));
        _byOperation = byOperation.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public Binding this[Operation operation] => _byOperation[operation.Id];

    public IEnumerable<Binding> All => _byOperation.Values;

    /// <summary>The kinds of resources that are bound.</summary>
    public IEnumerable<ResourceKind> Kinds => All.Select(KindOf).OfType<ResourceKind>();

    private static ResourceKind? KindOf(Binding row) => row switch
    {
        Binding.Crud crud => crud.Kind,
        Binding.Part part => part.Kind,
        Binding.Move move => move.Kind,
        Binding.Act or Binding.Handle or Binding.Fixed or Binding.Upload or Binding.Download or Binding.Socket or Binding.Absent => null,
        _ => throw new UnreachableException(),
    };

    /// <summary>Parameters without a rule: they would be accepted, and perhaps dropped.</summary>
    private static IEnumerable<string> Unsaid(Operation operation)
    {
        var said = operation.Rules.Select(r => (r.In, r.Name)).ToHashSet();
        string[] whole = [.. operation.Refused.Where(r => r.In is ParameterPlace.Body).Select(r => r.Name + "/")];
        return ParameterNames.Of(operation).Where(p => !said.Contains(p)
            && !(p.In is ParameterPlace.Body && whole.Any(w => p.Name.StartsWith(w, StringComparison.Ordinal)))).Select(p => p.Name);
    }

    private static string? Misfit(Operation operation, Binding row) => row switch
    {
        _ when KindOf(row) is { } kind && StateRules.FaultOf(kind) is { } fault => fault,
        _ when KindOf(row)?.Under is { } under && !operation.PathNames.Contains(under.Parameter) =>
            $"the path does not name the {under.Kind.RecordType} that it is below of",
        Binding.Crud when operation.Method is "PATCH" or "PUT" or "DELETE" && operation.PathNames.Count == 0 =>
            "crud of one resource needs its id in the path",
        Binding.Move move when !move.Kind.Transitions.Any(t => t.Name == move.Transition && t.By.HasFlag(Mover.Api)) =>
            $"the kind has no transition '{move.Transition}'",
        Binding.Move when operation.PathNames.Count == 0 => "a move needs the resource's id in the path",
        Binding.Act when operation.PathNames.Count == 0 => "a command needs its subject's token in the path",
        Binding.Fixed when operation.Method is not "GET" => "a catalogue is only read",
        Binding.Upload when operation.Body is null => "an upload needs a body in the contract",
        Binding.Download or Binding.Socket when operation.Method is not "GET" => "a file or a socket is asked for by GET",
        Binding.Crud or Binding.Part or Binding.Move or Binding.Act or Binding.Handle or Binding.Fixed
            or Binding.Upload or Binding.Download or Binding.Socket or Binding.Absent => null,
        _ => throw new UnreachableException(),
    };
}
