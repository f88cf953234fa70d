using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>
/// How an API reads and writes what the engine says in its name: values of the dialect, for the engine has no words of its own. Its
/// <see cref="Envelope"/> comes with the contract.
/// </summary>
public sealed record ApiForm
{
    public required ErrorForm Errors { get; init; }
    public required Paging Paging { get; init; }
    public required ListWords Lists { get; init; }
    public required ResourceForm Resources { get; init; }
    public required Access Access { get; init; }
    /// <summary>What may stand in a path, by the parameter's name; null where any text may, and names nothing.</summary>
    public Func<string, string, bool>? IsId { get; init; }
    /// <summary>
    /// Ids in paths, bodies and queries are read in any writing of a UUID, and kept as <see cref="Guid.ToString()"/> writes them.
    /// </summary>
    public bool FoldsIds { get; init; }
    public HeaderNames Headers { get; init; } = new();
    /// <summary>
    /// A text that says a number, true or false is taken where the contract wants that: "5" for 5; and a body that is an empty list for
    /// an object without members.
    /// </summary>
    public bool ReadsWrittenValues { get; init; }
    /// <summary>
    /// A number is taken where the contract wants a text, and an empty list where it wants an object: programs that know no types send ids
    /// as numbers, and PHP an object without members as a list.
    /// </summary>
    public bool ReadsLooseTypes { get; init; }
    /// <summary>An empty text counts as not given where the contract wants an id, or one of some words.</summary>
    public bool PassesEmptyChoices { get; init; }
    /// <summary>And is a null where one may stand: a change by it empties the field.</summary>
    public bool ClearsByEmptyChoices { get; init; }
    /// <summary>A parameter of a query that is empty counts as not given, unless it is required: programs write each of theirs.</summary>
    public bool PassesEmptyQueries { get; init; }
    /// <summary>Whose fields may come as a form too, where the contract has JSON alone.</summary>
    public Func<Operation, bool> TakesForms { get; init; } = static _ => false;
    /// <summary>Fields of forms that are lists with blanks in between; they may also be written item by item.</summary>
    public IReadOnlyCollection<string> SpacedLists { get; init; } = [];
    /// <summary>What the API does to each whole reply but errors before it is written; null for nothing.</summary>
    public Action<JsonNode>? Finish { get; init; }
}

/// <summary>The response headers that are the API's own; one without a name is not sent.</summary>
public sealed record HeaderNames
{
    public string? RequestId { get; init; }
    /// <summary>Requests a second that the caller may make.</summary>
    public string? RateLimit { get; init; }
    public string? RateRemaining { get; init; }
    /// <summary>Seconds until all of them may be made again.</summary>
    public string? RateReset { get; init; }
    /// <summary>What an operation without behaviour says beside its error.</summary>
    public IReadOnlyDictionary<string, string> NotImplemented { get; init; } = new Dictionary<string, string>();
}
