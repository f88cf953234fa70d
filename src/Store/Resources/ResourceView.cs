namespace Ringwright.Store.Resources;

/// <summary>
/// How a dialect's resource looks onto a typed table: the body stays the dialect's, the columns that the call path reads are ours.
/// </summary>
public sealed record ResourceView<T>
{
    /// <summary>Whose document a body is, in a table that has one for each dialect; see <see cref="DialectFaces"/>.</summary>
    public string Dialect { get; init; } = "";

    /// <summary>The typed columns of a body, with the id and tenant of its row. Runs at each insert and update.</summary>
    public required Func<ResourceRow, T> Read { get; init; }

    /// <summary>
    /// At an update: what the record is afterwards, given what it was and what <see cref="Read"/> made of the body.
    /// What this dialect has no words for is to stay as it was.
    /// </summary>
    public Func<T, T, T> Keep { get; init; } = static (_, read) => read;

    /// <summary>
    /// Paths that filters and sorts use for a typed column, when the path is not simply one into the body: ("voice.connection_name",
    /// "connection_name"). The columns that may be named are listed at the table.
    /// </summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Top-level fields of the body that show a column's present value whatever the body was stored with; left out when the column is null.
    /// </summary>
    public IReadOnlyDictionary<string, string> Shown { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Top-level field of text that is stored encrypted, apart from the body, in a table that has a column
    /// <c>secret</c>; it cannot be filtered by.
    /// </summary>
    public string? Secret { get; init; }
}
