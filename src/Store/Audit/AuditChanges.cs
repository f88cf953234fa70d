using System.Globalization;
using System.Text.Json.Nodes;

namespace Ringwright.Store.Audit;

/// <summary>What differs between two states of a resource, field by field.</summary>
internal static class AuditChanges
{
    /// <summary>Stands for a secret that is there.</summary>
    public const string Mask = "***";

    /// <summary>Characters of JSON that one value may have; longer ones are named by their length.</summary>
    public const int LongestValue = 10_000;

    public static JsonArray Of(AuditNote note)
    {
        var changes = new JsonArray();
        var names = (note.Before ?? []).Select(field => field.Key).Union((note.After ?? []).Select(field => field.Key), StringComparer.Ordinal);
        foreach (string name in names)
        {
            var (from, to) = (note.Before?[name], note.After?[name]);
            if (JsonNode.DeepEquals(from, to)) continue;
            bool isMasked = note.Masked.Contains(name);
            changes.Add((JsonNode)new JsonObject { ["field"] = name, ["from"] = Shown(from, isMasked), ["to"] = Shown(to, isMasked) });
        }
        return changes;
    }

    private static JsonNode? Shown(JsonNode? value, bool isMasked)
    {
        if (value is null) return null;
        if (isMasked) return Mask;
        int length = value.ToJsonString().Length;
        return length <= LongestValue ? value.DeepClone() : string.Create(CultureInfo.InvariantCulture, $"({length} characters)");
    }
}
