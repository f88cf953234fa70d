using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Resources;

namespace Ringwright.Chakra.Calling;

/// <summary>
/// What a client resolves ids by, and the dispositions of the team. A team that has any, and demands one, asks for it of each call that was
/// answered and began since: what was over before keeps its word.
/// </summary>
internal sealed class ChakraConfig(ChakraParts parts)
{
    private static readonly ResourceKind Kind = new("chakra_config");

    private const string Required = "dispositionRequired", Users = "users", CallerId = "callerId";

    public static async ValueTask<DateTimeOffset?> SinceAsync(Database store, TenantId tenant, CancellationToken stop) =>
        await RowAsync(store, tenant, stop) is { } row && (string?)row.Body["since"] is { } since
            ? DateTimeOffset.Parse(since, CultureInfo.InvariantCulture) : null;

    public async ValueTask<bool> HasAsync(TenantId tenant, string disposition, CancellationToken stop) =>
        NamesOf(await RowAsync(parts.Store, tenant, stop)).Contains(disposition);

    /// <summary>Where a user is called, and what is shown to customers where a call does not say; null for what is not set.</summary>
    public async ValueTask<(string? Device, string? CallerId)> DeviceOfAsync(TenantId tenant, string user, CancellationToken stop)
    {
        var row = await RowAsync(parts.Store, tenant, stop);
        var known = UsersOf(row).FirstOrDefault(one => string.Equals((string?)one["id"], user, StringComparison.OrdinalIgnoreCase));
        return ((string?)known?["device"], (string?)row?.Body[CallerId]);
    }

    /// <summary>Who is called at which device.</summary>
    public static async ValueTask<IReadOnlyDictionary<string, string>> UsersByDeviceAsync(Database store, TenantId tenant,
        CancellationToken stop)
    {
        var users = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var user in UsersOf(await RowAsync(store, tenant, stop))) users.TryAdd((string)user["device"]!, (string)user["id"]!);
        return users;
    }

    public async ValueTask<Reply> Get(OperationContext op) => op.Ok(Show(op, await RowAsync(parts.Store, op.Tenant, op.Stop)));

    public async ValueTask<Reply> Update(OperationContext op)
    {
        if (ChakraCalls.UnknownField(op) is { } unknown) return op.Fail(unknown);
        string[] names = [.. op.ReadObject()["dispositions"]!.AsArray().Select(name => ((string)name!).Trim())];      // required
        if (names.Any(name => name.Length == 0) || names.Distinct().Count() != names.Length)
            return op.Fail(ChakraCalls.Invalid("dispositions", "dispositions must be different names."));
        var given = op.ReadObject();
        SaidParties.Read(parts, given, CallerId);
        foreach (var user in given[Users] as JsonArray ?? []) SaidParties.Read(parts, user!.AsObject(), "device");     // the schema says so
        bool isRequired = (bool?)given[Required] ?? true;
        if (CheckDevices(given) is { } wrong) return op.Fail(wrong);
        var rows = parts.Store.Documents.Rows(Kind);
        for (int tries = 0; tries < 5; tries++)
        {
            var before = await RowAsync(parts.Store, op.Tenant, op.Stop);
            var body = new JsonObject
            {
                ["dispositions"] = new JsonArray([.. names.Select(name => (JsonNode)name)]), [Required] = isRequired,
            };
            // What is not said stays.
            foreach (string name in new[] { Users, CallerId })
                if ((given[name] ?? before?.Body[name]) is { } kept) body[name] = kept.DeepClone();
            if (names.Length > 0 && isRequired) body["since"] = (string?)before?.Body["since"] ?? Times.Text(op.Now);
            var (id, now) = (op.Tenant.ToString(), op.Now);
            var row = before is null ? new() { Id = id, Tenant = op.Tenant, Body = body, CreatedAt = now, UpdatedAt = now }
                : before with { Body = body, UpdatedAt = now };
            var note = op.Note(before is null ? "created" : "updated", Kind.RecordType, id, before?.Body);
            var outcome = before is null ? await rows.InsertAsync(row, note, op.Stop) : await rows.UpdateAsync(row, note, op.Stop);
            if (outcome is WriteOutcome.Done) return op.Ok(Show(op, row));
        }
        return op.Fail(Fault.Conflict, "Others are changing this. Try again.");
    }

    private static ValueTask<ResourceRow?> RowAsync(Database store, TenantId tenant, CancellationToken stop) =>
        store.Documents.Rows(Kind).FindAsync(tenant, tenant.ToString(), stop);

    private static string[] NamesOf(ResourceRow? row) =>
        [.. (row?.Body["dispositions"] as JsonArray ?? []).Select(name => (string)name!)];      // written by us

    private static IEnumerable<JsonObject> UsersOf(ResourceRow? row) =>
        (row?.Body[Users] as JsonArray ?? []).Select(user => user!.AsObject());      // written by us

    private static Problem? CheckDevices(JsonObject given)
    {
        var users = (given[Users] as JsonArray ?? []).Select(user => user!.AsObject()).ToList();      // the schema says so
        if (users.Select(user => ((string)user["id"]!).ToUpperInvariant()).Distinct().Count() != users.Count)
            return ChakraCalls.Invalid(Users, "users must have different ids.");
        return users.Select(user => ChakraCommands.CheckParty(Users, (string)user["device"]!)).FirstOrDefault(wrong => wrong is not null)
            ?? ((string?)given[CallerId] is { } callerId ? ChakraCommands.CheckParty(CallerId, callerId) : null);
    }

    private static JsonObject Show(OperationContext op, ResourceRow? row)
    {
        var team = new JsonObject { ["id"] = op.Tenant.ToString(), ["name"] = op.Routing.FindTenant(op.Tenant)?.Name ?? "" };
        var shown = new JsonObject
        {
            ["team"] = team,
            ["teams"] = new JsonArray(team.DeepClone()),
            [Users] = new JsonArray([.. UsersOf(row).Select(user => (JsonNode)user.DeepClone())]),
            ["procedures"] = new JsonArray(),
            [Required] = NamesOf(row).Length > 0 && ((bool?)row?.Body[Required] ?? true),
            ["dispositions"] = new JsonArray([.. NamesOf(row).Select(name =>
                (JsonNode)new JsonObject { ["id"] = name, ["name"] = name })]),
        };
        if (row?.Body[CallerId] is { } callerId) shown[CallerId] = callerId.DeepClone();
        return shown;
    }
}
