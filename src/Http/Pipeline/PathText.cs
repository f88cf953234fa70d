namespace Ringwright.Http;

/// <summary>Parts of paths as the client means them. The server decodes them, but for the slash: one of a name stays %2F.</summary>
internal static class PathText
{
    private const string Slash = "%2F";

    /// <param name="value">One part as the server gives it.</param>
    /// <param name="target">The request's, as it came: it alone tells %2F from %252F.</param>
    public static string Of(string value, string target)
    {
        if (!value.Contains(Slash, StringComparison.OrdinalIgnoreCase)) return value;
        foreach (string part in target.Split('?')[0].Split('/'))
            if (Decoded(part) == value) return Uri.UnescapeDataString(part);
        return value;
    }

    /// <summary>As the server does it.</summary>
    private static string Decoded(string part) => Uri.UnescapeDataString(
        part.Replace("%2F", "%252F", StringComparison.Ordinal).Replace("%2f", "%252f", StringComparison.Ordinal));
}
