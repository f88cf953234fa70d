using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>The options of one action, filled and found right. What is not there is its zero value.</summary>
/// <param name="written">As they were before variables were filled in; null where that is the same.</param>
internal sealed class FlowOptions(JsonObject values, JsonObject? written = null)
{
    /// <summary>A text as whoever wrote the flow wrote it, with the names of its variables.</summary>
    public string Written(string name) =>
        (written ?? values)[name] is { } value && value.GetValueKind() is JsonValueKind.String ? (string)value! : "";

    public string Text(string name) => values[name] is { } value && value.GetValueKind() is JsonValueKind.String ? (string)value! : "";

    /// <summary>Null for the empty text.</summary>
    public string? Filled(string name) => Text(name) is { Length: > 0 } text ? text : null;

    public int Whole(string name, int otherwise = 0) => values[name] is { } value ? WholeOf(value) ?? otherwise : otherwise;

    /// <summary>Of a text that is no number, null.</summary>
    public double? Number(string name) => values[name] is { } value && !IsEmpty(value) ? NumberOf(value) : 0;

    public bool Flag(string name) => values[name] is { } value && FlagOf(value) is true;

    /// <summary>Null for none and for the zero id.</summary>
    public Guid? Id(string name) => Guid.TryParse(Text(name), out var id) && id != Guid.Empty ? id : null;

    public IReadOnlyList<string> Texts(string name) =>
        [.. (values[name] as JsonArray ?? []).Where(item => item?.GetValueKind() is JsonValueKind.String).Select(item => (string)item!)];

    public IReadOnlyList<int> Wholes(string name) =>
        [.. (values[name] as JsonArray ?? []).Select(item => item is null ? null : WholeOf(item)).OfType<int>()];

    public JsonObject? Object(string name) => values[name] as JsonObject;

    public IReadOnlyList<JsonObject> Objects(string name) => [.. (values[name] as JsonArray ?? []).OfType<JsonObject>()];

    public JsonArray? List(string name) => values[name] as JsonArray;

    /// <summary>A number, or the text of one, as variables bring it.</summary>
    public static int? WholeOf(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.Number => value.AsValue().TryGetValue(out int number) ? number : PlainOf(value.ToJsonString()),
        JsonValueKind.String => WholeOf((string)value!),
        _ => null,
    };

    /// <summary>A number with or without a fraction, or the text of one; null for anything else.</summary>
    public static double? NumberOf(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.Number => NumberOf(value.ToJsonString()),
        JsonValueKind.String => NumberOf((string)value!),
        _ => null,
    };

    public static double? NumberOf(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number : null;

    public static bool? FlagOf(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String when (string)value! is "true" => true,
        JsonValueKind.String when (string)value! is "false" or "" => false,
        _ => null,
    };

    private static bool IsEmpty(JsonNode value) => value.GetValueKind() is JsonValueKind.String && ((string)value!).Length == 0;

    /// <summary>JSON lets anybody write 500 as 500.0 or 5e2, as programs do that have reckoned it.</summary>
    private static int? PlainOf(string number) =>
        decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal said) && decimal.Truncate(said) == said
            && said >= int.MinValue && said <= int.MaxValue ? (int)said : null;

    private static int? WholeOf(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : null;
}
