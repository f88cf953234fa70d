using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>
/// The addresses that an account has listed for its keys: the way back for who is shut out. Accounts list them by their own API.
/// </summary>
internal static class AccessNetworks
{
    public static async ValueTask<Reply> List(OperationContext op, AccessNetworkTable networks)
    {
        if (Accounts.Of(op) is not { } tenant) return op.Unknown("account_id");
        var all = await networks.ListAsync(tenant.Id, op.Stop);
        return op.Page([.. all.Skip(op.List.Offset).Take(op.List.Size).Select(entry => (JsonNode)Show(entry))], all.Count);
    }

    public static async ValueTask<Reply> Remove(OperationContext op, AccessNetworkTable networks)
    {
        if (Accounts.Of(op) is not { } tenant) return op.Unknown("account_id");
        var entries = (await networks.ListAsync(tenant.Id, op.Stop)).Where(entry => Id(entry) == op.Path("id")).ToList();
        return entries.Count == 0
            ? op.Unknown("id",
                $"account '{tenant.Name}' lists nothing under '{op.Path("id")}' (ringwright access list shows what it lists)")
            : await RemoveAsync(op, networks, tenant, entries);
    }

    /// <summary>All of them: the account's keys may be used from everywhere again.</summary>
    public static async ValueTask<Reply> Clear(OperationContext op, AccessNetworkTable networks) =>
        Accounts.Of(op) is { } tenant ? await RemoveAsync(op, networks, tenant, await networks.ListAsync(tenant.Id, op.Stop))
            : op.Unknown("account_id");

    private static async ValueTask<Reply> RemoveAsync(OperationContext op, AccessNetworkTable networks, Tenant tenant,
        IReadOnlyList<AccessEntry> entries)
    {
        int removed = await networks.RemoveAsync(tenant.Id, [.. entries.Select(entry => entry.Id)], id => Note(op, tenant,
            entries.First(entry => entry.Id == id)), op.Stop);
        return op.Ok(new JsonObject
        {
            ["record_type"] = "access_removal", ["account"] = tenant.Name, ["account_id"] = tenant.Id.ToString(),
            ["removed"] = removed
        });
    }

    /// <summary>In the trail of the account.</summary>
    private static AuditNote Note(OperationContext op, Tenant tenant, AccessEntry entry) =>
        op.Note("deleted", entry.Kind is AccessKind.Address ? "access_ip_address" : "access_ip_range", Id(entry),
            before: new() { ["network"] = entry.Network.ToString() }) with
        { Tenant = tenant.Id };

    private static string Id(AccessEntry entry) => entry.Id.ToString(CultureInfo.InvariantCulture);

    private static JsonObject Show(AccessEntry entry) => new()
    {
        ["id"] = Id(entry),
        ["record_type"] = "access_network",
        ["kind"] = entry.Kind.ToString().ToLowerInvariant(),
        ["network"] = entry.Network.ToString(),
        ["created_at"] = OperatorTime.Write(entry.CreatedAt),
    };
}
