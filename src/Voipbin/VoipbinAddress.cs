using System.Net.Mail;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Http;

namespace Ringwright.Voipbin;

/// <summary>An address: <c>type</c>, <c>target</c>, <c>target_name</c>, <c>name</c>, <c>detail</c>.</summary>
internal static partial class VoipbinAddress
{
    private static readonly string[] Types = ["", "tel", "sip", "extension", "agent", "conference", "email", "line", "whatsapp", "ai",
        "ai_team", "webchat", "web_session"];

    private const int MostMailCharacters = 254;

    private static readonly string[] Members = ["type", "target", "target_name", "name", "detail"];

    /// <summary>What is wrong with it; null when nothing is. Members that are not there are empty afterwards, and no others are.</summary>
    /// <param name="field">Of the body, by which it is named.</param>
    public static Problem? Check(string field, JsonObject address)
    {
        foreach (var (name, _) in address.ToArray())
            if (!Members.Contains(name)) address.Remove(name);
        foreach (string name in Members) address[name] ??= "";
        address["type"] = TypeOf(address);
        FoldId(address);
        string type = (string)address["type"]!, target = (string)address["target"]!;
        if (!Types.Contains(type)) return VoipbinShape.Bad(field, $"{field} has the type '{type}', which is none.");
        if (type == "tel" && !Number().IsMatch(target))
            return VoipbinShape.Bad(field, $"{field} is no number in +E.164 format: '{target}'.");
        return type == "sip" && !target.Contains('@', StringComparison.Ordinal)
            ? VoipbinShape.Bad(field, $"{field} is no SIP address: '{target}'.") : null;
    }

    /// <summary>What it says; of one that says nothing, what it cannot but be: a number, or a SIP URI with its scheme.</summary>
    public static string TypeOf(JsonObject address)
    {
        string type = (string?)address["type"] ?? "", target = (string?)address["target"] ?? "";
        return type.Length > 0 ? type : Number().IsMatch(target) ? "tel"
            : target.StartsWith("sip:", StringComparison.OrdinalIgnoreCase)
                || target.StartsWith("sips:", StringComparison.OrdinalIgnoreCase) ? "sip" : "";
    }

    /// <summary>Agents are found by one writing of their ids alone.</summary>
    public static void FoldId(JsonObject address)
    {
        if ((string?)address["type"] is "agent" && (string?)address["target"] is { } id) address["target"] = FoldedIds.Of(id);
    }

    /// <summary>One bare mail address: nothing that could become another line of a mail's head.</summary>
    public static bool IsMail(string text) => text.Length <= MostMailCharacters && text.All(c => c is > ' ' and < (char)127)
        && MailAddress.TryCreate(text, out var address) && address.Address == text;

    /// <summary>What whoever is called is shown beside the number; null for nothing.</summary>
    public static string? CallerNameOf(JsonObject? source) => (string?)source?["target_name"] is { Length: > 0 } name ? name : null;

    /// <summary>A party of a call: a number, or a SIP URI with its scheme or without.</summary>
    /// <param name="name">That it is shown by; null where it has none.</param>
    public static JsonObject OfParty(string party, string? name)
    {
        bool isNumber = Number().IsMatch(party);
        int scheme = party.StartsWith("sip", StringComparison.OrdinalIgnoreCase) ? party.IndexOf(':', StringComparison.Ordinal) : -1;
        string target = isNumber ? party : party[(scheme + 1)..];
        return new()
        {
            ["type"] = isNumber ? "tel" : target.Contains('@', StringComparison.Ordinal) ? "sip" : "",
            ["target"] = target,
            ["target_name"] = name ?? "",
            ["name"] = "",
            ["detail"] = "",
        };
    }

    [GeneratedRegex(@"^\+[1-9][0-9]{5,14}\z")]
    private static partial Regex Number();
}
