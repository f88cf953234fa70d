using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>
/// What parts may beyond the table, or may not within it: members by what their agency has settled, users of a client by what it has
/// granted the client.
/// </summary>
internal sealed class ClientGrants(AgencyParts parts)
{
    public const string MayAnnotate = "members_can_annotate", MayListen = "members_can_listen",
        SeesNoNumbers = "mask_numbers_for_members", OfClient = "permissions";

    /// <summary>Permission → the setting that gives it.</summary>
    private static readonly Dictionary<string, string> OfMembers = new(StringComparer.Ordinal)
    {
        ["calls.annotate"] = MayAnnotate, ["dnc.add"] = MayAnnotate, ["voices.sync"] = MayAnnotate, ["calls.recording.read"] = MayListen,
    };

    /// <summary>Permission → the parts to whom a client's own word applies, in place of the table's.</summary>
    private static readonly Dictionary<string, string[]> OfClients = new(StringComparer.Ordinal)
    {
        ["batches.create"] = [AgencyRoles.ClientAdmin], ["batches.pause"] = [AgencyRoles.ClientAdmin],
        ["calls.export"] = [AgencyRoles.ClientAdmin], ["calls.place"] = [AgencyRoles.ClientAdmin],
        ["calls.price.read"] = [AgencyRoles.ClientViewer], ["calls.recording.read"] = [AgencyRoles.ClientAdmin, AgencyRoles.ClientViewer],
        ["calls.transcript.read"] = [AgencyRoles.ClientAdmin, AgencyRoles.ClientViewer], ["campaigns.write"] = [AgencyRoles.ClientAdmin],
        ["contacts.export"] = [AgencyRoles.ClientAdmin], ["contacts.write"] = [AgencyRoles.ClientAdmin],
    };

    public static string? FaultOf(JsonNode setting) => BoolOf(setting) is null ? "It is true or false." : null;

    /// <param name="given">Grants that are to be; one that is null is as if nobody had ever said anything.</param>
    /// <returns>Path within the body, and a sentence.</returns>
    public static IEnumerable<(string Path, string Sentence)> FaultsOf(JsonObject given)
    {
        foreach (var (name, value) in given)
            if (!OfClients.ContainsKey(name))
                yield return ($"{OfClient}/{name}", $"A client is granted {string.Join(", ", OfClients.Keys)}, and not '{name}'.");
            else if (value is not null && FaultOf(value) is { } fault) yield return ($"{OfClient}/{name}", fault);
    }

    public async ValueTask<bool> MayAsync(OperationContext op, string permission)
    {
        string role = AgencyRoles.Of(op.Caller);
        // Most ask for what nobody but the table decides.
        if (role is AgencyRoles.Member && OfMembers.ContainsKey(permission))
            return May(role, permission, (await parts.Tenancy.AgencyAsync(op.Caller.Root, op.Stop)).Settings, granted: null);
        if (op.Caller.Child is { } child && OfClients.ContainsKey(permission))
        {
            var client = await parts.Tenancy.ClientAsync(op.Caller.Root, child.ToString(), op.Stop);
            return May(role, permission, settings: [], client?.Permissions);
        }
        return Permissions.May(role, permission);
    }

    /// <summary>Whether whoever asks sees the last digits of a contact's number alone.</summary>
    public async ValueTask<bool> IsMaskedAsync(OperationContext op) => AgencyRoles.Of(op.Caller) switch
    {
        AgencyRoles.Member =>
            BoolOf((await parts.Tenancy.AgencyAsync(op.Caller.Root, op.Stop)).Settings[SeesNoNumbers]) ?? true,
        AgencyRoles.ClientViewer => true,
        _ => false,
    };

    /// <summary>All that a user of the part may do, by the alphabet.</summary>
    /// <param name="settings">The agency's.</param>
    /// <param name="granted">The client's; null for nothing.</param>
    public static IReadOnlyList<string> Of(string role, JsonObject settings, JsonObject? granted) =>
        [.. Permissions.All.Where(permission => May(role, permission, settings, granted)).Order()];

    private static bool May(string role, string permission, JsonObject settings, JsonObject? granted)
    {
        bool may = Permissions.May(role, permission);
        if (role is AgencyRoles.Member)
            return may || (OfMembers.TryGetValue(permission, out string? setting) && BoolOf(settings[setting]) is true);
        return OfClients.TryGetValue(permission, out string[]? roles) && roles.Contains(role) ? BoolOf(granted?[permission]) ?? may : may;
    }

    private static bool? BoolOf(JsonNode? value) => value is JsonValue one && one.TryGetValue(out bool on) ? on : null;
}
