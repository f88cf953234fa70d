using System.Collections.Frozen;

namespace Ringwright.Http;

/// <summary>
/// What a family demands of a field beyond the schema, and the error code that the field has of its own. A row of <c>rules.tsv</c>.
/// </summary>
public sealed record FieldRule
{
    internal static readonly IReadOnlyDictionary<string, FieldRule> None = FrozenDictionary<string, FieldRule>.Empty;

    public required string Field { get; init; }
    /// <summary>Used in place of the code of the violation's kind; null keeps that.</summary>
    public string? Code { get; init; }
    public decimal? Minimum { get; init; }
    public decimal? Maximum { get; init; }
    public int? MinLength { get; init; }
    public int? MaxLength { get; init; }
    /// <summary>The text must be base64.</summary>
    public bool IsBase64 { get; init; }
    /// <summary>Texts that are legal outside the range, such as "infinity".</summary>
    public IReadOnlyList<string> Also { get; init; } = [];
    /// <summary>Characters that the text may have; null allows any.</summary>
    public string? Alphabet { get; init; }
}
