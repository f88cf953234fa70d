using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ringwright.Agency.Privacy;

/// <summary>
/// Cuts what nobody is to keep out of what was said, before it is written anywhere: each piece becomes the name of its kind. What cannot
/// be looked through in time is cut whole. Pure.
/// </summary>
internal sealed partial class Redactor
{
    /// <summary>The agency's setting.</summary>
    public const string Setting = "redaction";

    private const string Enabled = "enabled", Entities = "entities", All = "[REDACTED]";
    private const int Patience = 1_000;

    /// <summary>Kinds, and how each is cut; in this order, for what is one kind is not looked at as another.</summary>
    private static readonly (string Kind, Func<string, IReadOnlyList<string>, string> Cut)[] Kinds =
    [
        ("secret", static (text, _) => Secret().Replace(text, static found => Within(found, "value", "[SECRET]"))),
        ("iban", static (text, _) => Iban().Replace(text, static found => RedactedNumbers.WithoutIban(found.Value))),
        ("card", static (text, _) => RedactedNumbers.WithoutSpokenCards(
            Card().Replace(text, static found => RedactedNumbers.IsCard(found.Value) ? "[CARD]" : found.Value))),
        ("ssn", static (text, _) => Ssn().Replace(text, "[SSN]")),
        ("routing", static (text, _) => Nine().Replace(text,
            static found => RedactedNumbers.IsRouting(found.Value) ? "[ROUTING]" : found.Value)),
        ("email", static (text, _) => SpokenMail().Replace(Mail().Replace(text, "[EMAIL]"), "[EMAIL]")),
        ("date_of_birth", static (text, _) => Birth().Replace(text, static found => Within(found, "date", "[DATE_OF_BIRTH]"))),
        ("phone", static (text, parties) => Phone().Replace(text,
            found => parties.Contains(RedactedNumbers.DigitsOf(found.Value)) ? found.Value : "[PHONE]")),
        ("digits", static (text, _) => RedactedNumbers.WithoutSpokenDigits(text)),
    ];

    private readonly HashSet<string> _kinds;
    private readonly string[] _parties;

    private Redactor(IEnumerable<string> kinds, IEnumerable<string> parties)
    {
        _kinds = [.. kinds];
        _parties = [.. parties.Select(RedactedNumbers.DigitsOf)];
    }

    /// <param name="settings">The agency's.</param>
    /// <param name="parties">Their own numbers stay.</param>
    /// <returns>Null where the agency keeps what was said as it was said.</returns>
    public static Redactor? Of(JsonObject settings, params IEnumerable<string> parties) =>
        settings[Setting] is JsonObject redaction && redaction[Enabled] is JsonValue on && on.TryGetValue(out bool isOn) && isOn
            ? new(redaction[Entities] is JsonArray some ? some.Select(one => (string)one!) : Kinds.Select(one => one.Kind), parties) : null;

    /// <summary>What is wrong with the setting; null when nothing is.</summary>
    public static string? FaultOf(JsonNode setting)
    {
        if (setting is not JsonObject given || given[Enabled] is not JsonValue on || !on.TryGetValue(out bool _))
            return "It is an object with 'enabled', which is true or false.";
        if (given.FirstOrDefault(one => one.Key is not (Enabled or Entities)) is { Key: { } other }) return $"There is no '{other}' of it.";
        return given[Entities] is null || given[Entities] is JsonArray some && some.All(one =>
            one is JsonValue word && word.TryGetValue(out string? name) && Kinds.Any(known => known.Kind == name))
            ? null : "entities are some of: " + string.Join(", ", Kinds.Select(one => one.Kind)) + ".";
    }

    public string Cut(string text)
    {
        if (text.Length == 0) return text;
        try
        {
            foreach (var (kind, cut) in Kinds)
                if (_kinds.Contains(kind)) text = cut(text, _parties);
            return text;
        }
        catch (RegexMatchTimeoutException)
        {
            return All;
        }
    }

    private static string Within(Match found, string name, string mark)
    {
        var part = found.Groups[name];
        int from = part.Index - found.Index;
        return found.Value[..from] + mark + found.Value[(from + part.Length)..];
    }

    [GeneratedRegex(@"\b(?:pin|passwords?|passcode|passphrase|security code|cvv|cvc)\b(?:\s+(?:number|code)\b)?[""']?"
        + @"(?:\s*(?:\bis\b|:|=)\s*[""']?|\s+(?=\S*[0-9]))(?<value>[^\s""',}]+)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Patience)]
    private static partial Regex Secret();

    [GeneratedRegex(@"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?: ?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])", RegexOptions.CultureInvariant, Patience)]
    private static partial Regex Iban();

    [GeneratedRegex(@"(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9])", RegexOptions.CultureInvariant, Patience)]
    private static partial Regex Card();

    [GeneratedRegex(@"(?<![0-9])(?!000|666|9)[0-9]{3}([ -])(?!00)[0-9]{2}\1(?!0000)[0-9]{4}(?![0-9])", RegexOptions.CultureInvariant,
        Patience)]
    private static partial Regex Ssn();

    [GeneratedRegex(@"(?<![0-9+])[0-9]{9}(?![0-9])", RegexOptions.CultureInvariant, Patience)]
    private static partial Regex Nine();

    [GeneratedRegex(@"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}", RegexOptions.CultureInvariant, Patience)]
    private static partial Regex Mail();

    [GeneratedRegex(@"\b[\w.+-]+ at [\w-]+(?: dot [\w-]+)+\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Patience)]
    private static partial Regex SpokenMail();

    [GeneratedRegex(@"\b(?:born|birth(?:day|date)?|dob)\b[^.?!\n]{0,30}?(?<date>[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{2,4}"
        + @"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* [0-9]{1,2}(?:st|nd|rd|th)?,? [0-9]{4})",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Patience)]
    private static partial Regex Birth();

    [GeneratedRegex(@"(?<![\w+])(?<![0-9][ ().-]{1,3})(?![0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9]))"
        + @"\+?[0-9](?:[ ().-]{0,3}[0-9]){6,14}(?![ ().-]{0,3}[0-9])",
        RegexOptions.CultureInvariant, Patience)]
    private static partial Regex Phone();
}
