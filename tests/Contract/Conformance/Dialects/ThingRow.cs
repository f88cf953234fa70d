using Ringwright.Http;

namespace Ringwright.Contract.Conformance.Dialects;

/// <summary>
/// One kind of thing that an account makes, and the operations that go with it. The walk makes one, lists, reads, changes and deletes it,
/// and has another account try the same first. Words begin with <c>$</c>: <c>$unique</c> and <c>$digits</c>, <c>$account</c> and
/// <c>$name</c> of the owner, a <c>$uuid</c>, a <c>$file</c> that is not there yet, and the id of what the create of another row has made
/// (<c>$CreateTrunk</c>). What is none of these is a word of the first provider's rows (<c>$call</c>), and the node's first account has
/// what it means. In one row a word means one thing; <c>$unique2</c> is another one.
/// </summary>
/// <param name="Create">Operation that makes one.</param>
/// <param name="Body">JSON, laid over the smallest body that fits the schema.</param>
internal sealed record ThingRow(string Create, string Body)
{
    /// <summary>What the names in the create's path stand for beside those that say whose things are meant.</summary>
    public IReadOnlyList<string> Path { get; init; } = [];

    /// <summary>The field that is its id.</summary>
    public string Id { get; init; } = "id";

    public string? List { get; init; }
    public string? Read { get; init; }
    public string? Update { get; init; }

    /// <summary>JSON of a change; what it says is read afterwards.</summary>
    public string Change { get; init; } = "{}";

    /// <summary>What else is done with it or read of it, in this order, before it is deleted.</summary>
    public IReadOnlyList<Act> Acts { get; init; } = [];

    public string? Delete { get; init; }

    /// <summary>What was deleted is shown for ever, as deleted.</summary>
    public bool StaysRead { get; init; }

    /// <summary>One is felt by every account, or takes long to make: none is made of what nobody would send by mistake.</summary>
    public bool IsDear { get; init; }

    /// <summary>Deleting what is deleted is a success that changes nothing.</summary>
    public bool IsDeletedAgain { get; init; }

    public IEnumerable<string> Operations =>
        new[] { Create, List, Read, Update, Delete }.OfType<string>().Concat(Acts.Select(act => act.Operation));
}

/// <summary>One operation on a thing.</summary>
/// <param name="Body">JSON; nothing is sent where the operation has no body.</param>
/// <param name="Query">Without the question mark.</param>
internal sealed record Act(string Operation, string Body = "{}", string Query = "")
{
    /// <summary>
    /// What the names in its path stand for beside those that say whose things are meant; nothing for those of the thing itself.
    /// </summary>
    public IReadOnlyList<string> Path { get; init; } = [];

    /// <summary>Of a body that is no JSON: it is sent as it stands.</summary>
    public string? MediaType { get; init; }

    /// <summary>Of the node's first account, which has what the words of the first provider's rows make.</summary>
    public bool IsOfFirst { get; init; }

    /// <summary>It is answered on the data folder's socket alone.</summary>
    public bool IsOnSocket { get; init; }

    /// <summary>What the answer must hold, where the contract's form of it does not say that anything was done.</summary>
    public string? Shows { get; init; }

    /// <summary>How it is refused after what was done before; null where it succeeds.</summary>
    public Fault? Fault { get; init; }
}
