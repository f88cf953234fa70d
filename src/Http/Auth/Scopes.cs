using System.Buffers;

namespace Ringwright.Http;

/// <summary>A right that a token may carry.</summary>
/// <param name="Id">As it is asked for.</param>
/// <param name="Role">What its bearer may do here.</param>
public sealed record Scope(string Id, CallerRole Role, string Name, string Description);

/// <summary>
/// The scopes of access tokens. Three are ours, one for each role of a key; others may be registered and are carried in tokens for
/// the customer's own services: here they open nothing.
/// </summary>
public static class Scopes
{
    public static readonly IReadOnlyList<Scope> Known =
    [
        new("read", CallerRole.Reader, "Read", "See calls, recordings, numbers and settings of the account."),
        new("write", CallerRole.Member, "Read and change", "Make and control calls, and change numbers and settings of the account."),
        new("admin", CallerRole.Owner, "Everything", "All that an owner's key may do, other accounts, their keys and payments included."),
    ];

    // RFC 6749 section 3.3: printable ASCII without space, quotation mark and backslash.
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c).Where(c => c is not ('"' or '\\'))]);

    public static Scope? Find(string id) => Known.FirstOrDefault(scope => scope.Id == id);

    /// <summary>The highest role among them; Public when none is ours.</summary>
    public static CallerRole RoleOf(IEnumerable<string> scopes) =>
        scopes.Select(id => Find(id)?.Role ?? CallerRole.Public).Append(CallerRole.Public).Max();

    /// <summary>The scope that the role takes.</summary>
    public static string For(CallerRole role) => Known.FirstOrDefault(scope => scope.Role >= role)?.Id ?? Known[^1].Id;

    public static bool IsToken(string text) =>
        text.Length is > 0 and <= Limits.ScopeCharacters && !text.AsSpan().ContainsAnyExcept(TokenCharacters);

    /// <summary>The scopes of a parameter, each once; null when one of them can be none.</summary>
    public static IReadOnlyList<string>? Read(string text)
    {
        string[] scopes = [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];
        return scopes.All(IsToken) ? scopes : null;
    }
}
