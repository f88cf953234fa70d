using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Testing;

namespace Ringwright.Contract.Conformance.Dialects;

/// <summary>
/// One API as the walk of all dialects asks it: where it is, what opens it, and how its errors look. All else the walk reads from
/// <c>contracts/NAME</c>, and which operations are in from the node's own description of it.
/// </summary>
internal sealed class WalkedDialect
{
    private readonly Lazy<Http.Contract> _contract, _bare;
    private readonly Lazy<ErrorCatalogue> _errors;

    public WalkedDialect()
    {
        _contract = new(() => ReadContract(Text("parameters.tsv")));
        _bare = new(() => ReadContract(""));
        _errors = new(() => ErrorCatalogue.Read(Text("errors.tsv"), Text("faults.tsv")));
    }

    /// <summary>Of its folder below <c>contracts</c>.</summary>
    public required string Name { get; init; }
    public required string Root { get; init; }
    public Envelope Envelope { get; init; } = new(null);

    /// <summary>It is served on the operator's listener, where nobody is another account.</summary>
    public bool IsOperators { get; init; }

    /// <summary>Puts the credential of an account into a request. The account is what the operator was shown of it.</summary>
    public required Action<HttpRequestMessage, JsonNode> Show { get; init; }

    /// <summary>The code in an error of exactly this dialect's shape; null for any other body.</summary>
    public required Func<Answer, string?> CodeOf { get; init; }

    /// <summary>An id that nobody has, for a name in a path.</summary>
    public Func<string, string> UnknownId { get; init; } = static _ => "11111111-2222-4333-8444-555555555555";

    /// <summary>Names in paths that say whose things are meant → the member of an account that says it.</summary>
    public IReadOnlyDictionary<string, string> Scopes { get; init; } = new Dictionary<string, string>();

    /// <summary>Operations whose body is read by their handler: what it holds is not checked before.</summary>
    public IReadOnlySet<string> Uploads { get; init; } = new HashSet<string>();

    /// <summary>Operations whose path names nothing that an account has made.</summary>
    public IReadOnlySet<string> Everybodys { get; init; } = new HashSet<string>();

    /// <summary>A number is taken for a text.</summary>
    public bool ReadsLooseTypes { get; init; }

    /// <summary>Operations that are told by no body what was wrong, where that is the source's word.</summary>
    public IReadOnlySet<string> Silent { get; init; } = new HashSet<string>();

    /// <summary>The query by which a list has all that there is; empty where it has anyway.</summary>
    public Func<Operation, string> WholeList { get; init; } = static _ => "";

    public required IReadOnlyList<ThingRow> Things { get; init; }

    /// <summary>Operations about a lab, which the walk's node has not: <see cref="LabOperationTests"/> proves each of them.</summary>
    public IReadOnlySet<string> OfLab { get; init; } = new HashSet<string>();

    /// <summary>What the rows prove, and what is proven beside them, in the contract's order.</summary>
    public IReadOnlyList<Operation> Proven
    {
        get
        {
            var named = Things.SelectMany(row => row.Operations).Concat(OfLab).Select(Find).ToHashSet();
            return [.. Operations.Where(named.Contains)];
        }
    }

    /// <summary>Rows of <c>minimum.tsv</c>.</summary>
    public int Least(string what) => int.Parse(
        Http.Rows.Of(Text("minimum.tsv"), "what", "least").Single(row => row[0] == what)[1], CultureInfo.InvariantCulture);

    public Http.Contract Contract => _contract.Value;

    /// <summary>The contract without what is said of its parameters.</summary>
    public Http.Contract Bare => _bare.Value;

    /// <summary>Parameters of which a row says so.</summary>
    public int Count(ParameterEffect effect) =>
        Contract.Operations.SelectMany(operation => operation.Rules).Count(rule => rule.Effect == effect);

    public ErrorCatalogue Errors => _errors.Value;

    /// <summary>What its two listeners have: all but storage.</summary>
    public IEnumerable<Operation> Operations => Contract.Operations.Concat(Contract.Extensions)
        .Where(operation => operation.Place is not OperationPlace.Storage);

    public Operation Find(string id) =>
        Contract.Find(id) ?? throw new Xunit.Sdk.XunitException($"{Name} has no operation '{id}'.");

    /// <summary>Code and status of a fault, as the dialect's tables have them.</summary>
    public (string Code, int Status) Of(Fault fault)
    {
        string code = Errors.CodeOf(fault);
        return (code, Errors.Find(code)!.Status);       // the catalogue has read it
    }

    /// <summary>Ids in the operation's order of names → its address, from the host's root on.</summary>
    public string UrlOf(Operation operation, IReadOnlyList<string> ids, string query = "")
    {
        string path = operation.Path;
        for (int i = 0; i < operation.PathNames.Count; i++)
            path = path.Replace($"{{{operation.PathNames[i]}}}", Uri.EscapeDataString(ids[i]), StringComparison.Ordinal);
        return (operation.Place is OperationPlace.Host ? "" : Root) + path + (query.Length > 0 ? "?" + query : "");
    }

    /// <summary>The path with ids that nobody has; behind a name that says whose things are meant, that of the account.</summary>
    public IReadOnlyList<string> NobodysIds(Operation operation, JsonNode account) => [.. operation.PathNames.Select((name, i) =>
        i < operation.PathNames.Count - 1 && Scopes.TryGetValue(name, out string? member) ? (string)account[member]! : UnknownId(name))];

    /// <summary>The account's own collection; null where the path names something in it.</summary>
    public IReadOnlyList<string>? OwnIds(Operation operation, JsonNode account) =>
        operation.PathNames.All(Scopes.ContainsKey) ? [.. operation.PathNames.Select(name => (string)account[Scopes[name]]!)] : null;

    public override string ToString() => Name;

    private Http.Contract ReadContract(string parameters)
    {
        using var json = File.OpenRead(Repository.PathOf("contracts", Name, "contract.json"));
        return Http.Contract.Read(json, Envelope, quirks: Text("quirks.tsv"), fields: Text("fields.tsv"),
            extensions: Text("extensions.tsv"), roles: Text("roles.tsv"), parameters: parameters,
            defaults: Text("defaults.tsv"));
    }

    private string Text(string table)
    {
        string file = Repository.PathOf("contracts", Name, table);
        return File.Exists(file) ? File.ReadAllText(file) : "";
    }
}
