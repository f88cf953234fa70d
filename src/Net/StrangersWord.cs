namespace Ringwright.Net;

/// <summary>What a stranger says of himself, as it is shown and logged: it is not to move the cursor of whoever reads it.</summary>
internal static class StrangersWord
{
    /// <param name="most">Characters that are kept.</param>
    public static string Of(string text, int most)
    {
        if (text.Length > most) text = text[..most];
        return text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) : text;
    }
}
