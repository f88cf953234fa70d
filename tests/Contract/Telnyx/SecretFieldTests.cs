using System.Text.RegularExpressions;
using Ringwright.Http;
using Ringwright.Telnyx;
using TelnyxFiles = Ringwright.Http.Tests.TelnyxFiles;

namespace Ringwright.Contract.Telnyx;

/// <summary>
/// Which role reads which secret is a row of roles.tsv: over everything that is bound, no field of a reply that
/// is called like a secret is without one.
/// </summary>
public sealed partial class SecretFieldTests
{
    private const int Depth = 8;

    private static readonly Http.Contract Contract = TelnyxContract.Read();
    private static readonly BindingTable Bindings = TelnyxBindings.ReadOnly(Contract);
    private static readonly Roles Table = Roles.Read(TelnyxFiles.Text("roles.tsv"));

    private static IEnumerable<Operation> Bound => Contract.Operations.Concat(Contract.Extensions).Where(o => Bindings[o].IsReal);

    public static TheoryData<string> Rows => [.. Table.Fields.Select(f => $"{f.Family}/{f.Field.Name}")];

    [Fact]
    public void Each_field_of_a_reply_that_is_called_like_a_secret_has_a_row()
    {
        var known = Table.Fields.Select(f => $"{f.Family}/{f.Field.Name}").ToHashSet(StringComparer.Ordinal);
        var missing = Bound.SelectMany(o => Replied(o).Where(n => Secret().IsMatch(n[(n.LastIndexOf('.') + 1)..]))
            .Select(n => $"{o.Family}/{n}")).Where(n => !known.Contains(n)).Distinct();
        Assert.Empty(missing);
    }

    [Fact]
    public void No_event_of_the_contract_carries_a_field_that_is_called_like_a_secret() =>
        Assert.Empty(Contract.Events.SelectMany(e => Names(e.Schema, "", Depth).Where(n => Secret().IsMatch(n[(n.LastIndexOf('.') + 1)..]))
            .Select(n => $"{e.Name}: {n}")));

    [Theory, MemberData(nameof(Rows))]
    public void A_row_names_a_field_that_some_bound_operation_shows_and_that_no_reply_must_have(string row)
    {
        var (family, field) = Of(row);
        var shown = Bound.Where(o => o.Family == family && Replied(o).Contains(field.Name)).ToList();
        Assert.NotEmpty(shown);
        if (field.Least is CallerRole.Public) return;
        // Where it is left out for some, the contract must not demand it.
        Assert.All(shown.Where(o => o.Role < field.Least), o => Assert.DoesNotContain(field.Path[^1], RequiredOf(o, field.Path)));
        Assert.All(shown, o => Assert.Contains(o.Secrets, s => s.Name == field.Name && s.Least == field.Least));
    }

    [Theory, MemberData(nameof(Rows))]
    public void A_secret_is_read_by_those_who_may_write_it(string row)
    {
        var (family, field) = Of(row);
        if (field.Least is CallerRole.Public) return;
        var writers = Bound.Where(o => o.Family == family && o.Method is "POST" or "PATCH" or "PUT").ToList();
        var taking = writers.Where(o => o.Body?.Content.Any(c => Names(c.Schema, "", Depth).Contains(field.Name)) is true).ToList();
        // What the node itself makes is written by whoever makes the resource.
        Assert.Equal((taking.Count > 0 ? taking : writers).Min(o => o.Role), field.Least);
    }

    private static (string Family, SecretField Field) Of(string row) => Table.Fields.Single(f => $"{f.Family}/{f.Field.Name}" == row);

    private static HashSet<string> Replied(Operation operation)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var reply in operation.Replies)
            foreach (var body in reply.Content)
                names.UnionWith(Names(body.Schema.FindProperty("data") ?? body.Schema, "", Depth));
        return names;
    }

    private static IEnumerable<string> RequiredOf(Operation operation, IReadOnlyList<string> path)
    {
        var schema = ResourceShape.ItemSchema(operation);
        foreach (string name in path.Take(path.Count - 1)) schema = schema?.FindProperty(name);
        return schema is null ? [] : schema.Required.Concat(schema.AllOf.SelectMany(p => p.Required));
    }

    /// <summary>Dotted names of all fields, those of a list's items and of all alternatives among them.</summary>
    private static IEnumerable<string> Names(Schema schema, string at, int depth)
    {
        if (depth == 0) yield break;
        foreach (var (name, property) in schema.AllProperties())
        {
            yield return at + name;
            foreach (string inner in Names(property, $"{at}{name}.", depth - 1)) yield return inner;
        }
        foreach (var part in schema.AnyOf.Concat(schema.AllOf).Append(schema.Items).Append(schema.Additional))
            if (part is not null)
                foreach (string inner in Names(part, at, depth - 1)) yield return inner;
    }

    [GeneratedRegex(
        "passw|passphrase|secret|token|api_?key|auth_?key|private_?key|(^|_)(key|pin|pwd|credential|credentials|cookie)$|^authorization$",
        RegexOptions.IgnoreCase)]
    private static partial Regex Secret();
}
