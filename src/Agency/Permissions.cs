using System.Collections.Frozen;
using System.Text.Json;
using Ringwright.Agency.Platform;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>
/// Who may do what: <c>permissions.tsv</c> has a class for each permission and part, <c>guards.tsv</c> the permission of each operation. An
/// operation that is there and asks for none, and is not public, stops the start.
/// </summary>
internal static class Permissions
{
    private const string No = "no", Acting = "acting", Some = "some";

    private static readonly FrozenDictionary<string, FrozenDictionary<string, string>> Classes = Read();
    private static readonly FrozenDictionary<string, string> Guards = AgencyContract.ReadGuards();

    public static bool May(string role, string permission) =>
        role is AgencyRoles.Acting ? Classes[permission][AgencyRoles.Platform] is not No
        : Classes[permission].GetValueOrDefault(role, No) is not (No or Acting);

    /// <summary>A part of it alone, which the operation judges.</summary>
    public static bool MayInPart(string role, string permission) => Classes[permission].GetValueOrDefault(role) is Some;

    /// <summary>Whether the part may all that another may: client administrators may what members of the agency may not.</summary>
    public static bool Covers(string above, string role) => Classes.Keys.All(one => !May(role, one) || May(above, one));

    /// <summary>All that the part may do, by the alphabet.</summary>
    public static IReadOnlyList<string> Of(string role) => [.. Classes.Keys.Where(permission => May(role, permission)).Order()];

    public static IReadOnlyCollection<string> All => Classes.Keys;

    public static string ClassOf(string permission, string role) => Classes[permission][role];

    /// <summary>The operation that answers with a file.</summary>
    public const string Download = "GetRecording";

    /// <summary>The same operation, for those who may.</summary>
    /// <param name="guardedAs">The operation whose permission is asked; its own when null.</param>
    public static Binding Guarded(Contract contract, string operation, Func<OperationContext, ValueTask<Reply>> handler,
        ActingAdministrators acting, ClientGrants grants, string? guardedAs = null)
    {
        if (contract.Find(operation) is { IsPublic: true }) return Bind.Handle(operation, op => Checked(op, handler));
        string permission = Guards[guardedAs ?? operation];
        if (!Classes.ContainsKey(permission)) throw new InvalidOperationException($"'{permission}' is no row of permissions.tsv.");
        ValueTask<Reply> Asked(OperationContext op) =>
            ActingAdministrators.IsOne(op) ? acting.AskAsync(op, permission, Judged) : Judged(op);
        async ValueTask<Reply> Judged(OperationContext op) =>
            await grants.MayAsync(op, permission) ? await Checked(op, handler)
                : op.Fail(Fault.Forbidden, $"The part {AgencyRoles.Of(op.Caller)} does not have {permission}.");
        return operation is Download ? Bind.Download(operation, Asked) : Bind.Handle(operation, Asked);
    }

    /// <summary>
    /// A field or parameter that nobody reads is refused by name: a filter that does nothing shows what was not asked for. One that the
    /// contract has as a list may stand again, or have commas: what has either value is meant.
    /// </summary>
    private static ValueTask<Reply> Checked(OperationContext op, Func<OperationContext, ValueTask<Reply>> handler)
    {
        // A body may be ten thousand contacts: its names are looked at as they came.
        List<Problem> unknown = op.BodySchema is not { } schema || op.Body.ValueKind is not JsonValueKind.Object ? []
            : [.. op.Body.EnumerateObject().Select(field => field.Name).Where(name => schema.FindProperty(name) is null)
                .Select(name => Stray(name, $"There is no field '{name}' here."))];
        foreach (var same in op.Query.Pairs.Where(pair => pair.Key.Length > 0)
            .GroupBy(pair => NameOf(op.Operation, pair.Key), StringComparer.Ordinal))
            if (op.Operation.FindQuery(same.Key) is not { } known)
                unknown.Add(Stray(same.Key, $"There is no parameter '{same.Key}' here."));
            else if (known.Schema.FindItems() is { } one)
            {
                if (one.Texts is { } texts && !op.Query.List(same.Key).All(value => texts.Contains(value)))
                    unknown.Add(new("validation_error", $"{same.Key} has a value that is not allowed.") { Parameter = same.Key });
            }
            else if (same.Skip(1).Any()) unknown.Add(Stray(same.Key, $"{same.Key} is there twice: it has one value."));
        return unknown.Count > 0 ? new(op.Fail(unknown)) : handler(op);
    }

    /// <summary>The parameter that a key is: values of a list may have brackets behind its name, as Axios and PHP write them.</summary>
    private static string NameOf(Operation operation, string key)
    {
        string name = key.Split('[')[0];
        return name != key && QueryValues.IsOf(key, name) && operation.FindQuery(name)?.Schema.FindItems() is not null ? name : key;
    }

    private static Problem Stray(string name, string sentence) => new("validation_error", sentence) { Pointer = "/" + name };

    private static FrozenDictionary<string, FrozenDictionary<string, string>> Read()
    {
        const int first = 2;
        var rows = AgencyContract.ReadPermissions();
        string[] roles = rows[0][first..];
        return rows.Skip(1).ToFrozenDictionary(row => row[1],
            row => roles.Select((role, i) => KeyValuePair.Create(role, row[first + i])).ToFrozenDictionary());
    }
}
