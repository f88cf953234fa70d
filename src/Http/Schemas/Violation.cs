namespace Ringwright.Http;

/// <summary>One thing that a body does wrong.</summary>
/// <param name="Pointer">JSON pointer (RFC 6901) into the body; empty for the body itself.</param>
/// <param name="Detail">A sentence that can be shown to the customer.</param>
/// <param name="Code">The field's own error code, from <see cref="FieldRule"/>; null takes the code of the kind.</param>
public sealed record Violation(string Pointer, ViolationKind Kind, string Detail, string? Code = null);

public enum ViolationKind
{
    Missing,
    /// <summary>A string was wanted.</summary>
    NotText,
    WrongType,
    NotInEnum,
    Length,
    Range,
    Pattern,
    BadId,
    BadUrl,
    BadEmail,
    BadNumber,
    BadFormat,
    Items,
    NoAlternative,
}
