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
        var names = (note.Before ?? []).Select(field => field.Key)
            .Union((note.After ?? []).Select(field => field.Key), StringComparer.Ordinal);
        foreach (string name in names)
        {
            var (from, to) = (note.Before?[name], note.After?[name]);
            if (JsonNode.DeepEquals(from, to)) continue;
            var masked = note.Masked.Where(m => m == name || m.StartsWith(name + ".", StringComparison.Ordinal)).ToList();
            changes.Add((JsonNode)new JsonObject { ["field"] = name, ["from"] = Shown(from, masked), ["to"] = Shown(to, masked) });
        }
        return changes;
    }

    private static JsonNode? Shown(JsonNode? value, List<string> masked)
    {
        if (value is null) return null;
        var shown = value.DeepClone();
        foreach (string path in masked)
        {
            string[] names = path.Split('.');
            if (names.Length == 1) return Mask;
            Cover(shown, names.AsSpan(1));
        }
        int length = shown.ToJsonString().Length;
        return length <= LongestValue ? shown : string.Create(CultureInfo.InvariantCulture, $"({length} characters)");
    }

    private static void Cover(JsonNode? node, ReadOnlySpan<string> path)
    {
        if (node is not JsonObject parent || parent[path[0]] is not { } inner) return;
        if (path.Length == 1) parent[path[0]] = Mask;
        else Cover(inner, path[1..]);
    }
}
