namespace Ringwright.Http;

/// <summary>
/// The least role that each operation needs, as rows of <c>roles.tsv</c>: scope (any, family, operation), name, method (or *), role, note.
/// The narrowest scope wins, within it the method. Without a table reading is for readers and all else for members.
/// And the least role that reads each secret field of replies: scope field, FAMILY/FIELD with dots, the reading role;
/// public where a field is only called like a secret.
/// </summary>
internal sealed class Roles
{
    private const string Any = "any", Family = "family", One = "operation", Field = "field", AnyMethod = "*";

    private readonly Dictionary<(string Scope, string Name, string Method), CallerRole> _rows = [];
    private readonly List<(string Family, SecretField Field)> _fields = [];

    public static Roles Read(string text)
    {
        var roles = new Roles();
        foreach (var row in Rows.Of(text, "scope", "name", "method", "role", "note"))
        {
            var role = Enum.Parse<CallerRole>(row[3], ignoreCase: true);
            if (row[0] is Field)
                roles._fields.Add((row[1][..row[1].IndexOf('/')], new(row[1][(row[1].IndexOf('/') + 1)..].Split('.'), role)));
            else if (row[0] is Any or Family or One) roles._rows.Add((row[0], row[1], row[2]), role);
            else throw new FormatException($"'{row[0]}' is no scope of a role.");
        }

        return roles;
    }

    public CallerRole Of(string operation, string family, string method)
    {
        foreach (var (scope, name) in ((string, string)[])[(One, operation), (Family, family), (Any, "-")])
            if (_rows.TryGetValue((scope, name, method), out var role) || _rows.TryGetValue((scope, name, AnyMethod), out role))
                return role;
        return method is "GET" or "HEAD" ? CallerRole.Reader : CallerRole.Member;
    }

    /// <summary>What not every reader of the family's replies may see.</summary>
    public IReadOnlyList<SecretField> SecretsOf(string family) =>
        [.. _fields.Where(f => f.Family == family && f.Field.Least > CallerRole.Public).Select(f => f.Field)];

    /// <summary>All rows of fields, for the test that none is missing.</summary>
    public IEnumerable<(string Family, SecretField Field)> Fields => _fields;

    /// <summary>Families and operations that have rows, for the test that each of them exists.</summary>
    public IEnumerable<(string Scope, string Name)> Named =>
        _rows.Keys.Where(k => k.Scope != Any).Select(k => (k.Scope, k.Name)).Distinct();
}
