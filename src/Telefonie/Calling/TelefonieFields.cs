using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;

namespace Ringwright.Telefonie.Calling;

/// <summary>Fields that nobody knows: they are named and not dropped.</summary>
internal static class TelefonieFields
{
    public static IEnumerable<Problem> Unknown(JsonObject body, IReadOnlyList<string> known) =>
        body.Select(member => member.Key).Where(name => !known.Contains(name))
            .Select(name => TelefonieErrors.Bad(Escape(name), $"{name} is no field of this request."));

    /// <summary>
    /// Fields of ours that are true or false: the contract does not know them, and yet a truth may come as a text, as those that it knows.
    /// </summary>
    public static void ReadTruths(JsonObject body, params string[] names)
    {
        foreach (string name in names)
            if (body[name] is JsonValue said && said.TryGetValue(out string? text) && TruthOf(text) is { } truth) body[name] = truth;
    }

    /// <summary>Whom <c>to</c> stands for has no number; null where it is one.</summary>
    public static Problem? Uncallable(JsonObject body) => ((string)body["to"]!).StartsWith(PartyAlias.Prefix, StringComparison.Ordinal)
        ? TelefonieErrors.Bad("to", "to stands for somebody who has no number: it is never called.") : null;

    /// <summary>Python and PHP write truths in letters and digits of their own.</summary>
    private static bool? TruthOf(string text) => text switch
    {
        "true" or "True" or "1" => true,
        "false" or "False" or "0" => false,
        _ => null,
    };

    /// <summary>As a step of a JSON pointer (RFC 6901 section 3).</summary>
    private static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
