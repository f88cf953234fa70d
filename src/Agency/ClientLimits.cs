using System.Diagnostics;
using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Agency;

/// <summary>How much of what its agency has a client may use: its calls at a time, which are its account's channels.</summary>
internal sealed class ClientLimits(AgencyParts parts)
{
    public const string Field = "limits";

    private const string MaxConcurrent = "max_concurrent";
    private const int Most = 10_000;

    public static JsonObject Show(ClientRow row) => new() { [MaxConcurrent] = row.MaxConcurrent };

    /// <summary>What is wrong with limits; a client's own administrators set none.</summary>
    public static List<Problem> FaultsOf(OperationContext op, JsonObject body)
    {
        if (!body.ContainsKey(Field)) return [];
        if (!Permissions.May(AgencyRoles.Of(op.Caller), "clients.limits"))
            return [new("client_permission_denied", "What a client may use is its agency's to say.") { Pointer = "/" + Field }];
        var given = body[Field] as JsonObject ?? [];
        var faults = new List<Problem>();
        foreach (var (name, value) in given)
            if (name is not MaxConcurrent)
                faults.Add(AgencyText.Bad($"{Field}/{name}", $"A client is limited in {MaxConcurrent}, and not in '{name}'."));
            else if (value is not null && NumberOf(value) is not (>= 0 and <= Most))
                faults.Add(AgencyText.Bad($"{Field}/{name}", $"It is a whole number from 0 to {Most}, or null for no limit."));
        return faults;
    }

    /// <summary>As the body has them; what it does not have stays.</summary>
    /// <returns>Why not: all clients together have no more than their agency, where that has a limit.</returns>
    public async ValueTask<Problem?> SetAsync(OperationContext op, Guid client, JsonObject body)
    {
        var given = body[Field] as JsonObject;
        if (!body.ContainsKey(Field) || given?.ContainsKey(MaxConcurrent) is false) return null;
        var (agency, account, id) = (op.Caller.Root, new TenantId(client), client.ToString());
        if (NumberOf(given?[MaxConcurrent]) is not { } most)
        {
            await parts.Store.ChildTenants.UnshareAsync(agency, account, (_, _) => [op.Note("updated", "managed_account", id)], op.Stop);
            return null;
        }
        var done = await parts.Store.ChildTenants.ShareAsync(agency, account, most, int.MaxValue,
            (_, _) => [op.Note("updated", "managed_account", id)], op.Stop);
        return done switch
        {
            ShareGiven.TooMany over => new Problem("plan_limit",
                $"At most {over.Free} calls at a time are left for this client of what its agency has.")
            {
                Pointer = $"/{Field}/{MaxConcurrent}",
            },
            ShareGiven.Done => null,
            ShareGiven.Missing => null,
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>With the limits that its account has by now.</summary>
    public ClientRow Now(ClientRow row) => row with
    {
        MaxConcurrent = parts.Store.Routing.Current.FindTenant(new(row.Id))?.Limits.Channels,
    };

    private static int? NumberOf(JsonNode? value) => value is JsonValue one && one.TryGetValue(out int number) ? number : null;
}
