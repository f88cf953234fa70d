namespace Ringwright.Core;

/// <summary>Texts that are cut where they are too long for their place.</summary>
public static class Clipped
{
    /// <summary>At most so many UTF-16 code units of it, without half of a surrogate pair at its end.</summary>
    public static ReadOnlySpan<char> Of(ReadOnlySpan<char> text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];

    /// <inheritdoc cref="Of(ReadOnlySpan{char}, int)"/>
    public static string Of(string text, int most) => text.Length <= most ? text : new(Of(text.AsSpan(), most));
}
