namespace Ringwright.Http;

/// <summary>One thing that a body does wrong.</summary>
/// <param name="Pointer">JSON pointer (RFC 6901) into the body; empty for the body itself.</param>
/// <param name="Detail">A sentence that can be shown to the customer.</param>
public sealed record Violation(string Pointer, ViolationKind Kind, string Detail)
{
    /// <summary>The name of the field that is wrong; null for an item of an array or the body itself.</summary>
    public string? Field =>
        Pointer.LastIndexOf('/') is >= 0 and var slash && !char.IsAsciiDigit(Pointer[^1]) ? Pointer[(slash + 1)..] : null;
}

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
