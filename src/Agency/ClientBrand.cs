using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>
/// How pages for a client look where that differs from its agency's: what it has of its own stands in place of the agency's. Its images are
/// addresses, for they are shown by whoever makes the pages.
/// </summary>
internal static partial class ClientBrand
{
    public const string Field = "branding";

    private const int MostLink = 2_000;

    private static readonly string[] Colours = ["primary_color", "accent_color"],
        Links = [.. AgencyBranding.Logos, "support_url", "terms_url", "privacy_url"];

    /// <summary>Texts, and how long each may be.</summary>
    private static readonly Dictionary<string, int> Texts = new(StringComparer.Ordinal)
    {
        ["product_name"] = 80, ["footer_text"] = 500, ["support_email"] = 320,
    };

    /// <summary>What is wrong with a brand; a client's own administrators say none.</summary>
    public static List<Problem> FaultsOf(OperationContext op, JsonObject body)
    {
        if (ClientLimits.DeniedTo(op, body, Field, "How pages for a client look") is { } denied) return [denied];
        return [.. FaultsOf(body[Field] as JsonObject ?? []).Select(one => AgencyText.Bad($"{Field}/{one.Name}", one.Sentence))];
    }

    /// <param name="given">One that is null is the agency's again.</param>
    public static IEnumerable<(string Name, string Sentence)> FaultsOf(JsonObject given)
    {
        foreach (var (name, value) in given)
            if (FaultOf(name, value) is { } fault) yield return (name, fault);
    }

    /// <summary>What a body says, with colours that white text can be read on; what it does not say stays.</summary>
    /// <returns>Null where it was taken away, or never said.</returns>
    public static JsonObject? GivenBy(JsonObject body, JsonObject? before)
    {
        if (AgencySettings.Given(body, Field, before)?.DeepClone().AsObject() is not { } after) return null;
        foreach (string field in Colours)
            if ((string?)after[field] is { } colour) after[field] = BrandText.Readable(colour);
        return after;
    }

    /// <param name="own">The client's; null for none, and for whoever is of the agency.</param>
    public static JsonObject Over(JsonObject? agency, JsonObject? own)
    {
        var shown = agency?.DeepClone().AsObject() ?? [];
        foreach (var (field, value) in own ?? []) shown[field] = value?.DeepClone();
        return shown;
    }

    private static string? FaultOf(string name, JsonNode? value)
    {
        if (name is "hide_powered_by")
            return value is null || value is JsonValue said && said.TryGetValue(out bool _) ? null : "It is true or false.";
        bool isColour = Colours.Contains(name), isLink = Links.Contains(name), isLocale = name is "locale";
        int most = Texts.GetValueOrDefault(name);
        if (!isColour && !isLink && !isLocale && most == 0) return $"A client's brand has no '{name}'.";
        if (value is null) return null;
        if (value is not JsonValue one || !one.TryGetValue(out string? text) || text.Trim().Length == 0) return "It is a text, or null.";
        if (isColour) return IsColour(text) ? null : "It is a colour such as #1a2b3c.";
        if (isLocale) return Locale().IsMatch(text) ? null : "It is a language such as en or de-AT.";
        if (isLink)
            return text.Length <= MostLink && text.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
                && Uri.TryCreate(text, UriKind.Absolute, out _)
                ? null : $"It is an address of at most {MostLink} characters that begins with https://.";
        if (text.Length > most) return $"It has at most {most} characters.";
        return name is "support_email" && !text.Contains('@', StringComparison.Ordinal) ? "It is a mail address." : null;
    }

    private static bool IsColour(string text) => text is ['#', _, _, _, _, _, _] && text.Skip(1).All(char.IsAsciiHexDigit);

    [GeneratedRegex(@"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}\z", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Locale();
}
