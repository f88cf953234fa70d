using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>What members of an agency may beyond the table, because the agency has settled so.</summary>
internal sealed class Grants(AgencyParts parts)
{
    public const string MayAnnotate = "members_can_annotate", MayListen = "members_can_listen",
        SeesNoNumbers = "mask_numbers_for_members";

    /// <summary>Permission → the setting that gives it.</summary>
    private static readonly Dictionary<string, string> OfMembers = new(StringComparer.Ordinal)
    {
        ["calls.annotate"] = MayAnnotate, ["dnc.add"] = MayAnnotate, ["voices.sync"] = MayAnnotate, ["calls.recording.read"] = MayListen,
    };

    public static string? FaultOf(JsonNode setting) => BoolOf(setting) is null ? "It is true or false." : null;

    /// <summary>Asked where the table says no.</summary>
    public async ValueTask<bool> HasAsync(OperationContext op, string permission) => AgencyRoles.Of(op.Caller) is AgencyRoles.Member
        && OfMembers.TryGetValue(permission, out string? setting) && await IsOnAsync(op, setting, usual: false);

    /// <summary>Whether whoever asks sees the last digits of a contact's number alone.</summary>
    public async ValueTask<bool> IsMaskedAsync(OperationContext op) => AgencyRoles.Of(op.Caller) switch
    {
        AgencyRoles.Member => await IsOnAsync(op, SeesNoNumbers, usual: true),
        AgencyRoles.ClientViewer => true,
        _ => false,
    };

    /// <summary>All that the part may do by the table and by what is settled, by the alphabet.</summary>
    public static IReadOnlyList<string> Of(string role, JsonObject settings)
    {
        if (role is not AgencyRoles.Member) return Permissions.Of(role);
        return [.. Permissions.Of(role).Union(OfMembers.Where(one => BoolOf(settings[one.Value]) is true).Select(one => one.Key)).Order()];
    }

    private async ValueTask<bool> IsOnAsync(OperationContext op, string setting, bool usual) =>
        BoolOf((await parts.Tenancy.AgencyAsync(op.Caller.Root, op.Stop)).Settings[setting]) ?? usual;

    private static bool? BoolOf(JsonNode? value) => value is JsonValue one && one.TryGetValue(out bool on) ? on : null;
}
