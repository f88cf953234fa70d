namespace Ringwright.Http;

/// <summary>
/// The least role that each operation needs, as rows of <c>roles.tsv</c>: scope (any, family, operation), name, method (or *), role, note. The narrowest
/// scope wins, within it the method. Without a table reading is for readers and all else for members.
/// </summary>
internal sealed class Roles
{
    private const string Any = "any", Family = "family", One = "operation", AnyMethod = "*";

    private readonly Dictionary<(string Scope, string Name, string Method), CallerRole> _rows = [];

    public static Roles Read(string text)
    {
        var roles = new Roles();
        foreach (var row in Rows.Of(text, "scope", "name", "method", "role", "note"))
        {
            if (row[0] is not (Any or Family or One)) throw new FormatException($"'{row[0]}' is no scope of a role.");
            roles._rows.Add((row[0], row[1], row[2]), Enum.Parse<CallerRole>(row[3], ignoreCase: true));
        }

        return roles;
    }

    public CallerRole Of(string operation, string family, string method)
    {
        foreach (var (scope, name) in ((string, string)[])[(One, operation), (Family, family), (Any, "-")])
            if (_rows.TryGetValue((scope, name, method), out var role) || _rows.TryGetValue((scope, name, AnyMethod), out role)) return role;
        return method is "GET" or "HEAD" ? CallerRole.Reader : CallerRole.Member;
    }

    /// <summary>Families and operations that have rows, for the test that each of them exists.</summary>
    public IEnumerable<(string Scope, string Name)> Named => _rows.Keys.Where(k => k.Scope != Any).Select(k => (k.Scope, k.Name)).Distinct();
}
