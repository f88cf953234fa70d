using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Campaigns.Dialling;
using Ringwright.Campaigns.Lists;
using Ringwright.Campaigns.Windows;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Voipbin.Queueing;

namespace Ringwright.Voipbin;

/// <summary>A target's document, and what whoever dials reads of it.</summary>
internal static class TargetDocument
{
    /// <summary>
    /// The first address, where the list has it once: of one that a CSV has brought and nobody has changed, and of each on a list that says
    /// so. Not shown.
    /// </summary>
    public const string ImportKey = "import_key";

    private static readonly string[] Places = [.. Enumerable.Range(0, Target.MostDestinations).Select(place => $"destination_{place}")];

    public static TargetFace Read(ResourceRow row) => new(
        VoipbinShape.IdOf(row.Body["outdial_id"]) ?? throw new FormatException("A target names no outdial."),
        (string?)row.Body["name"] ?? "", (string?)row.Body["data"],
        (string?)row.Body["timezone"] is { Length: > 0 } zone ? zone : null,
        [.. Places.Select(place => row.Body[place] is JsonObject address ? TextOf(address) : null)], ResourceKind.DeletedAt(row))
    {
        Identity = (string?)row.Body[ImportKey],
    };

    /// <summary>What is wrong with it; null when nothing is. Addresses that say nothing are none afterwards.</summary>
    public static Problem? Check(JsonObject body)
    {
        int count = 0;
        foreach (string place in Places)
        {
            if (body[place] is not { } given)
            {
                body[place] = null;
                continue;
            }
            if (given is not JsonObject address || address.Any(member => member.Value is not null and not JsonValue))
                return VoipbinShape.Bad(place, $"{place} must be an address.", "INVALID_JSON_BODY");
            foreach (var (name, value) in address.ToArray())
                if (value is null) address.Remove(name);
                else if (value.GetValueKind() is not System.Text.Json.JsonValueKind.String)
                    return VoipbinShape.Bad(place, $"{place}: {name} must be a text.", "INVALID_JSON_BODY");
            if (AgentAddress.NameOf(address).Length == 0)
            {
                body[place] = null;
                continue;
            }
            if ((string?)address["type"] is null or "") return VoipbinShape.Bad(place, $"{place} must say its type.");
            if (VoipbinAddress.Check(place, address) is { } wrong) return wrong;
            // The list would have who is called there twice, and a do-not-call list would not know it.
            if ((string)address["type"]! is "tel"
                    && NumberCell.Read((string)address["target"]!, home: null, out _) is NumberFault.TrunkZero)
                return VoipbinShape.Bad(place, $"{place}: {NumberCell.Sentence(NumberFault.TrunkZero)}.");
            count++;
        }
        if (count == 0) return VoipbinShape.Bad(Places[0], "A target must have at least one destination with a target.");
        if ((string?)body["timezone"] is not { Length: > 0 } zone) body.Remove("timezone");
        else if (!ZoneSet.TryParse(zone, out _, out string? fault)) return VoipbinShape.Bad("timezone", $"timezone: {fault}.");
        return null;
    }

    /// <summary>The first address of one that was checked, as it is compared.</summary>
    public static string KeyOf(JsonObject body)
    {
        string text = TextOf(Places.Select(place => body[place]).OfType<JsonObject>().First());
        if (TargetAddress.TryParse(text, out string compared)) return compared;
        // Anything can stand there that is never called, and an index has no room for all of it.
        return text.Length <= TargetAddress.MostCharacters ? text
            : "sha256 " + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Its addresses, each by a name of the telephone there.</summary>
    public static IEnumerable<string> TelephonesOf(JsonObject body) =>
        Places.Select(place => body[place]).OfType<JsonObject>().Select(TextOf).Select(TelephoneOf);

    /// <param name="text">An address as it is dialled.</param>
    public static string TelephoneOf(string text) =>
        TargetAddress.TelephoneOf(TargetAddress.TryParse(text, out string compared) ? compared : text);

    /// <summary>
    /// An address as it is dialled. Extensions and agents are looked for when they are tried; what no call can be made to is refused then,
    /// and costs nobody else's call.
    /// </summary>
    public static string TextOf(JsonObject address)
    {
        string type = VoipbinAddress.TypeOf(address), target = (string?)address["target"] ?? "";
        return type switch
        {
            "tel" => target,
            "sip" => target.StartsWith("sip:", StringComparison.OrdinalIgnoreCase)
                || target.StartsWith("sips:", StringComparison.OrdinalIgnoreCase) ? target : "sip:" + target,
            _ => $"{type}:{AgentAddress.NameOf(address)}",
        };
    }

    public static JsonObject Show(Schema schema, ResourceRow row)
    {
        var shown = VoipbinShape.Of(schema, row);
        // It is never null: a target that nobody has touched was changed when it was made.
        shown["tm_update"] = VoipbinTime.Text(row.UpdatedAt);
        return shown;
    }
}
