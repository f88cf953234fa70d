namespace Ringwright.Core;

/// <summary>
/// URLs with a user and a password as people write them: a user who is a mail address, a password as it was made, with all that ends such
/// a part elsewhere. The last '@' before a query ends both. Pure.
/// </summary>
public static class CredentialUrl
{
    private const string SchemeEnd = "://";

    private static readonly (string Plain, string Encoded)[] Ends = [("@", "%40"), ("/", "%2F"), ("#", "%23"), ("\\", "%5C")];

    /// <summary>With these characters of user and password encoded; what is encoded already, and all else, stays as it is.</summary>
    public static string Encoded(string text)
    {
        int scheme = text.IndexOf(SchemeEnd, StringComparison.Ordinal);
        if (scheme < 0) return text;
        int begin = scheme + SchemeEnd.Length, query = text.IndexOf('?', begin);
        int last = text.AsSpan(0, query < 0 ? text.Length : query).LastIndexOf('@');
        if (last <= begin) return text;
        string who = text[begin..last];
        foreach (var (plain, encoded) in Ends) who = who.Replace(plain, encoded, StringComparison.Ordinal);
        return text[..begin] + who + text[last..];
    }
}
