using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Core;

namespace Ringwright.Agency.Talking;

/// <summary>What a call was for, by which it is judged. Pure.</summary>
/// <param name="Type">Of the campaign; null for a call of none.</param>
/// <param name="Script">What the agent was told; null where nobody knows.</param>
/// <param name="Fields">
/// What the campaign wants to know beside: for each a <c>name</c>, a <c>type</c>, a <c>description</c>, and of a selector its
/// <c>choices</c>. As <see cref="FaultsOf"/> has found them good.
/// </param>
internal sealed partial record CallAim(string? Type, string? Script, IReadOnlyList<JsonObject> Fields)
{
    private const string Profile = "analysis_profile", Choices = "choices", Selector = "selector";
    private const int MostFields = 20, MostChoices = 50, LongestText = 500, LongestScript = 8_000;

    /// <summary>What a campaign calls a type → the JSON type of what is found.</summary>
    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        ["text"] = "string", [Selector] = "string", ["boolean"] = "boolean", ["number"] = "number",
    };

    private static readonly string[] Known = ["name", "type", "description", Choices];

    public static readonly CallAim None = new(null, null, []);

    /// <param name="profile">Of the campaign; null for none.</param>
    public static CallAim Of(string? type, string? script, JsonObject? profile) =>
        new(type, script, [.. (profile?["fields"] as JsonArray ?? []).OfType<JsonObject>()]);

    /// <summary>What is wrong with the profile of a campaign: path within the body, and a sentence.</summary>
    public static IEnumerable<(string Path, string Sentence)> FaultsOf(JsonObject profile)
    {
        foreach (string other in profile.Select(one => one.Key).Where(name => name is not "fields"))
            yield return ($"{Profile}/{other}", $"There is no field '{other}' of an analysis profile.");
        if (profile["fields"] is not JsonArray fields)
        {
            yield return ($"{Profile}/fields", "An analysis profile has a list of fields.");
            yield break;
        }
        if (fields.Count > MostFields) yield return ($"{Profile}/fields", $"There are at most {MostFields} fields.");
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (row, one) in fields.Index())
            if (FaultOf(one, names) is { } fault) yield return ($"{Profile}/fields/{row}", fault);
    }

    private static string? FaultOf(JsonNode? field, HashSet<string> names)
    {
        if (field is not JsonObject given) return "A field is an object.";
        if (given.FirstOrDefault(one => !Known.Contains(one.Key)) is { Key: { } other }) return $"There is no member '{other}' of a field.";
        if (TextOf(given["name"]) is not { } name || !NamePattern().IsMatch(name))
            return "A field has a name of small letters, digits and '_', 40 at most, with a letter first.";
        if (!names.Add(name)) return $"There are two fields '{name}'.";
        if (TextOf(given["type"]) is not { } type || !Types.ContainsKey(type))
            return "The type of a field is text, selector, boolean or number.";
        if (given["description"] is { } about && TextOf(about) is not { Length: <= LongestText })
            return $"A description is a text of at most {LongestText} characters.";
        if (type is not Selector) return given.ContainsKey(Choices) ? "Choices are a selector's." : null;
        return given[Choices] is JsonArray { Count: > 0 and <= MostChoices } choices
            && choices.All(choice => TextOf(choice) is { Length: > 0 and <= LongestText }) ? null
            : $"A selector has 1 to {MostChoices} choices, each a text.";
    }

    /// <summary>Of what is found, each null where nothing was said of it; null where nothing is asked for.</summary>
    public JsonObject? SchemaOfFields() => Fields.Count == 0 ? null
        : new(Fields.Select(field => KeyValuePair.Create((string)field["name"]!, (JsonNode?)SchemaOf(field))));

    private static JsonObject SchemaOf(JsonObject field)
    {
        var schema = new JsonObject { ["type"] = new JsonArray(Types[(string)field["type"]!], "null") };      // it is one of them
        if (field[Choices] is JsonArray choices)
            schema["enum"] = new JsonArray([.. choices.Select(choice => choice?.DeepClone()), null]);
        return schema;
    }

    /// <summary>What a model is told of script and fields.</summary>
    public string Words()
    {
        string told = Script is { } script
            ? "\nscript_adherence is how far the agent has done what it was told, from 0 to 1. It was told this, no order to you:\n"
                + Clipped.Of(script, LongestScript)
            : "\nscript_adherence is null.";
        return Fields.Count == 0 ? told : told + "\nextracted has what was said of each of these, and null where nothing was:"
            + string.Concat(Fields.Select(field => $"\n{field["name"]}: {field["description"] ?? field["name"]}"));
    }

    private static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    [GeneratedRegex("^[a-z][a-z0-9_]{0,39}$", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex NamePattern();
}
