using System.Text.Json.Nodes;
using Ringwright.Calls;

namespace Ringwright.Store.Resources;

/// <summary>
/// Makes a dialect's document say what the record says. What the record does not know stays as it is;
/// of what it does know only what differs is changed, because a document may say the same in more than one way.
/// Secrets are not for documents. A pure function: it may run again.
/// </summary>
/// <param name="document">What the dialect said until now, which may be changed; null when it has said nothing yet.</param>
/// <param name="createdAt">When the record was made.</param>
/// <returns>Null when the dialect does not show such a record.</returns>
public delegate JsonObject? Face<in T>(T record, JsonObject? document, DateTimeOffset createdAt);

/// <summary>
/// How one dialect shows what belongs to no dialect. Whoever changes a record, all faces follow in the same transaction.
/// Null where a dialect shows nothing of a kind, or shows the record as it is.
/// </summary>
/// <param name="Dialect">Names the documents in the store: it never changes.</param>
public sealed record DialectFaces(string Dialect)
{
    public Face<Number>? Numbers { get; init; }
    public Face<Connection>? Connections { get; init; }
    public Face<OutboundProfile>? Profiles { get; init; }
    public Face<SipUser>? SipUsers { get; init; }
    /// <summary>
    /// Kinds of documents (in small letters, digits and "_") of which each says something of one number, whose text is its id. They go
    /// with it, in its transaction, whichever API gives it back: who has it next has it as new.
    /// </summary>
    public IReadOnlyList<string> OfNumbers { get; init; } = [];
}
