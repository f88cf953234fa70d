namespace Ringwright.Core;

/// <summary>Files as browsers have them at hand (RFC 2397).</summary>
public static class DataUri
{
    private const string Scheme = "data:", IsBase64 = ";base64";

    /// <summary>What is behind its comma, where that is base64; else the text as it is.</summary>
    public static string Base64Of(string text) =>
        text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && text.IndexOf(',', StringComparison.Ordinal) is >= 0 and var comma
        && text.AsSpan(0, comma).EndsWith(IsBase64, StringComparison.OrdinalIgnoreCase) ? text[(comma + 1)..] : text;
}
