namespace Ringwright.Store.Documents;

/// <summary>What the store must know of a kind of plain resources.</summary>
/// <param name="Name">Separates its rows from those of other kinds.</param>
public sealed record DocumentKind(string Name)
{
    /// <summary>
    /// Paths into the body ("name", "settings.address") whose value no second resource of the tenant may have.
    /// What is empty or not there is nobody's.
    /// </summary>
    public IReadOnlyList<string> Unique { get; init; } = [];
    /// <summary>Top-level fields that are stored sealed, apart from the body; no filter finds them.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];
    /// <summary>A field that only what was deleted has; its unique values are nobody's any more.</summary>
    public string? DeletedField { get; init; }
    /// <summary>
    /// Paths into the body that lists are filtered or sorted by through an index, where a tenant may have very many. At each is one text,
    /// number or truth value, never a list. A migration makes the index (<c>-- @filter PATH</c>, ADR 80).
    /// </summary>
    public IReadOnlyList<string> Indexed { get; init; } = [];
}
