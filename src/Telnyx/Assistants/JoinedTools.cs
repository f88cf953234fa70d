using System.Text.Json.Nodes;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// Tools of one type that an assistant has more than once, as one for each department: an agent has one of each kind, which may do what
/// all of them may.
/// </summary>
internal static class JoinedTools
{
    private const int LongestDescription = 3_000;

    private const string Kind = "kind", Targets = "targets", Description = "description";

    /// <summary>Lays the second over the first, both as agents have them.</summary>
    /// <returns>Why they cannot be one, as a sentence; null when they are.</returns>
    public static string? Join(JsonObject first, JsonObject second)
    {
        string type = first.Text(Kind) ?? "";
        foreach (string name in first.Concat(second).Select(member => member.Key).Distinct())
            if (name is not (Kind or Targets or Description) && !JsonNode.DeepEquals(first[name], second[name]))
                return $"10041: tools of the type {type} that differ in {WrittenAs(name)} are not built yet.";
        if (first.Child(Targets) is { } targets)
            foreach (var (name, target) in second.Child(Targets) ?? [])
            {
                if (targets[name] is { } other && !JsonNode.DeepEquals(other, target))
                    return $"Tools of the type {type} have two targets of one name, {name}.";
                targets[name] = target?.DeepClone();
            }
        if (second.Filled(Description) is not { } what || what == first.Text(Description)) return null;
        string both = first.Filled(Description) is { } before ? $"{before} {what}" : what;
        if (both.Length > LongestDescription)
            return $"The descriptions of all tools of the type {type} may have at most {LongestDescription} characters together.";
        first[Description] = both;
        return null;
    }

    /// <summary>As a request says it.</summary>
    private static string WrittenAs(string name) => name switch
    {
        "summary" => "warm_transfer_instructions",
        "changes_voice" => "voice_mode",
        "template" => "message_template",
        _ => name,
    };
}
