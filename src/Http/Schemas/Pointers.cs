namespace Ringwright.Http;

/// <summary>JSON pointers, RFC 6901.</summary>
public static class Pointers
{
    /// <summary>A pointer from field names, escaped.</summary>
    public static string Of(params ReadOnlySpan<string> names)
    {
        string pointer = "";
        foreach (var name in names) pointer += "/" + Escape(name);
        return pointer;
    }

    public static string Escape(string name) =>
        name.AsSpan().ContainsAny('~', '/') ? name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)
            : name;
}
