using System.Diagnostics;
using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Agency;

/// <summary>
/// How much of what its agency has a client may use. Its calls at a time are its account's channels, which hold whatever API calls; the
/// others are looked at by <see cref="ClientRoom"/>.
/// </summary>
internal sealed class ClientLimits(AgencyParts parts)
{
    public const string Field = "limits", Overage = "overage", Allow = "allow";
    public const string Agents = "max_agents", Numbers = "max_numbers", Contacts = "max_contacts", Minutes = "max_minutes_month";

    private const string MaxConcurrent = "max_concurrent", Block = "block";
    private const int MostCalls = 10_000, Most = 1_000_000_000;

    private static readonly string[] Counted = [Agents, Numbers, Minutes, Contacts];

    public static JsonObject Show(ClientRow row)
    {
        var shown = new JsonObject { [MaxConcurrent] = row.MaxConcurrent };
        foreach (string name in Counted) shown[name] = NumberOf(row.Limits?[name]);
        shown[Overage] = (string?)row.Limits?[Overage] ?? Block;
        return shown;
    }

    /// <summary>What is wrong with limits; a client's own administrators set none.</summary>
    public static List<Problem> FaultsOf(OperationContext op, JsonObject body)
    {
        if (DeniedTo(op, body, Field, "What a client may use") is { } denied) return [denied];
        var given = body[Field] as JsonObject ?? [];
        return [.. given.Select(one => (one.Key, Says: FaultOf(one.Key, one.Value))).Where(one => one.Says is not null)
            .Select(one => AgencyText.Bad($"{Field}/{one.Key}", one.Says!))];
    }

    /// <summary>That a body has a field which is the agency's to say, of whoever may not say it.</summary>
    public static Problem? DeniedTo(OperationContext op, JsonObject body, string field, string what) =>
        !body.ContainsKey(field) || Permissions.May(AgencyRoles.Of(op.Caller), "clients.limits") ? null
            : new("client_permission_denied", $"{what} is its agency's to say.") { Pointer = "/" + field };

    private static string? FaultOf(string name, JsonNode? value)
    {
        if (name is Overage)
            return value is null || value is JsonValue word && word.TryGetValue(out string? text) && text is Block or Allow ? null
                : $"It is {Block} or {Allow}.";
        if (name is not MaxConcurrent && !Counted.Contains(name)) return $"A client has no limit '{name}'.";
        int most = name is MaxConcurrent ? MostCalls : Most;
        return value is null || NumberOf(value) is { } number && number >= 0 && number <= most ? null
            : $"It is a whole number from 0 to {most}, or null for no limit.";
    }

    /// <summary>What a body says beside the calls at a time; what it does not say stays.</summary>
    /// <returns>Null for no limit at all.</returns>
    public static JsonObject? GivenBy(JsonObject body, JsonObject? before)
    {
        var after = AgencySettings.Given(body, Field, before);
        after?.Remove(MaxConcurrent);
        return after;
    }

    /// <summary>Calls at a time, as the body has them; where it does not have them they stay.</summary>
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

    /// <summary>With the calls at a time that its account has by now.</summary>
    public ClientRow Now(ClientRow row) => row with
    {
        MaxConcurrent = parts.Store.Routing.Current.FindTenant(new(row.Id))?.Limits.Channels,
    };

    public static int? NumberOf(JsonNode? value) => value is JsonValue one && one.TryGetValue(out int number) ? number : null;
}
