using System.Collections.Frozen;

namespace Ringwright.Http;

/// <summary>What customers may rely on: the operations, schemas and events of one API, read from <c>contracts/</c>.</summary>
public sealed class Contract
{
    private readonly FrozenDictionary<string, Operation> _byId;
    private readonly FrozenSet<string> _heads;

    internal Contract(Envelope envelope, IReadOnlyList<Operation> operations, IReadOnlyList<ContractEvent> events, SchemaSet schemas,
        IReadOnlyList<Operation> extensions, IReadOnlyList<PathAlias> aliases)
    {
        Envelope = envelope;
        Operations = operations;
        Events = events;
        Schemas = schemas;
        Extensions = extensions;
        Aliases = aliases;
        SaysParameters = operations.Any(o => o.Rules.Count > 0);
        _heads = operations.Where(o => o.Method is "HEAD").Select(o => o.Path).ToFrozenSet(StringComparer.Ordinal);
        _byId = operations.Concat(extensions).ToFrozenDictionary(o => o.Id, StringComparer.Ordinal);
    }

    /// <summary>What stands around the one thing of each reply.</summary>
    public Envelope Envelope { get; }
    public IReadOnlyList<Operation> Operations { get; }
    public IReadOnlyList<ContractEvent> Events { get; }
    /// <summary>The shared schemas by name.</summary>
    public SchemaSet Schemas { get; }
    /// <summary>Operations of ours beside the contract's; they are bound like the others and never counted.</summary>
    public IReadOnlyList<Operation> Extensions { get; }
    /// <summary>Other paths of the contract's operations.</summary>
    public IReadOnlyList<PathAlias> Aliases { get; }

    /// <summary>True when it says what becomes of the parameters of each operation that is there.</summary>
    public bool SaysParameters { get; }

    /// <summary>Whether an operation is asked for by HEAD at this path.</summary>
    internal bool HasHead(string path) => _heads.Contains(path);

    /// <summary>An operation or extension by its id.</summary>
    public Operation? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>Reads the contract's JSON and the tables that lie beside it; a table that does not exist is the empty text.</summary>
    public static Contract Read(
        Stream json, Envelope envelope, string quirks = "", string fields = "", string extensions = "", string roles = "",
        string parameters = "", string defaults = "") =>
        ContractReader.Read(json, envelope, quirks, fields, extensions, roles, parameters, defaults);
}

/// <summary>Each operation at <paramref name="StandsFor"/> also answers at <paramref name="Path"/>.</summary>
/// <param name="Method">Only that of this method does, where another operation has the path; null is each.</param>
/// <param name="AskedBy">By which method it answers there; null is its own.</param>
public sealed record PathAlias(string Path, string StandsFor, string? Method, string? AskedBy = null)
{
    public bool Includes(Operation operation) => operation.Path == StandsFor && (Method is null || operation.Method == Method);
}
