namespace Ringwright.Contract.Conformance;

/// <summary>
/// How one operation is proven: what the contract's schemas cannot know of a good request. The create (or the list) of a resource stands
/// for all operations of its kind: list, read, update and delete follow from it, unless they have rows of their own.
/// <para>
/// Texts hold words: <c>$CreateIpConnection</c> is the id of a thing that this operation has just made,
/// <c>$CreateIpConnection.connection_name</c> another field of it, <c>$CreateX.path0</c> the first value of the path it was made with;
/// <c>$unique</c>, <c>$hook</c> and others are in <see cref="CommonWords"/> and beside the rows. In one request a word means the same thing
/// wherever it stands; <c>$unique2</c> is another one.
/// </para>
/// </summary>
/// <param name="Operation">Id in the contract.</param>
/// <param name="Body">JSON, laid over the smallest body that fits the schema; a null takes a field out.</param>
internal sealed record Row(string Operation, string Body = "{}")
{
    /// <summary>
    /// JSON, laid over the body that has every field and over <see cref="Body"/>;
    /// a null takes a field out that does not go with the others.
    /// </summary>
    public string Full { get; init; } = "{}";

    /// <summary>The same for the update that follows from this row.</summary>
    public string Update { get; init; } = "{}";
    public string FullUpdate { get; init; } = "{}";

    /// <summary>What the names in the path stand for, in their order; of a resource without the id itself, which is the last one.</summary>
    public IReadOnlyList<string> Path { get; init; } = [];

    /// <summary>Of each request, and of the lists that follow.</summary>
    public string Query { get; init; } = "";

    /// <summary>The id of a thing that no create makes; the row then names its list, or its read where there is none.</summary>
    public string? Thing { get; init; }

    /// <summary>The field that is its id, from the root of an item; points lead inwards.</summary>
    public string Id { get; init; } = "id";

    /// <summary>
    /// Filters of the list whose value is not the field of their name: where it is in an item (<c>inbound.codec</c>), or <c>=TEXT</c>.
    /// </summary>
    public IReadOnlyDictionary<string, string> Filters { get; init; } = new Dictionary<string, string>();

    /// <summary>Filters that the contract declares and nothing here can match.</summary>
    public IReadOnlyList<string> Unmatched { get; init; } = [];

    /// <summary>
    /// Fields that are answered otherwise than they were sent, because they should be:
    /// a secret that is masked, a text that is brought into form.
    /// </summary>
    public IReadOnlyList<string> Unlike { get; init; } = [];

    /// <summary>JSON pointers of fields whose schema says more than is meant: their violations are not tried.</summary>
    public IReadOnlyList<string> Open { get; init; } = [];

    /// <summary>The path names nothing that belongs to an account: everybody gets an answer.</summary>
    public bool IsEverybodys { get; init; }

    /// <summary>Stays a row for one operation, although others are on its path.</summary>
    public bool IsAlone { get; init; }

    /// <summary>What else must be so after a success.</summary>
    public Func<Words, Ask, Answer, Task>? Then { get; init; }
}
