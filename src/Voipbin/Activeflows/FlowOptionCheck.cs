using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>
/// Whether the options of an action are such as it has. Asked when they are saved, where a text with a variable may still become
/// anything, and again when they are filled.
/// </summary>
internal static class FlowOptionCheck
{
    /// <summary>What is wrong, as a sentence without its end; null when nothing is.</summary>
    /// <param name="isFilled">Variables have their values.</param>
    public static string? FaultOf(IFlowAction action, JsonObject option, bool isFilled)
    {
        foreach (var (name, value) in option)
        {
            if (action.Options.FirstOrDefault(known => known.Name == name) is not { } known)
                return $"{action.Type} has no option '{name}'";
            if (value is null || !isFilled && IsOpen(value)) continue;
            // What a variable has brought need be no number: a comparison with it does not hold, and the call goes on.
            if (isFilled && known.Kind is OptionKind.Number) continue;
            if (FaultOf(known, value) is { } fault) return $"{action.Type}: {name} {fault}";
        }
        foreach (var needed in action.Options.Where(needed => needed.IsRequired))
            if (IsEmpty(option[needed.Name])) return $"{action.Type} needs {needed.Name}";
        return option.Any(one => !isFilled && one.Value is not null && IsOpen(one.Value)) ? null : action.FaultOf(new(option));
    }

    /// <summary>It is known only when it is filled.</summary>
    private static bool IsOpen(JsonNode value) => value switch
    {
        JsonArray list => list.Any(item => item is not null && IsOpen(item)),
        JsonObject members => members.Any(member => member.Key != "actions" && member.Value is not null && IsOpen(member.Value)),
        _ => value.GetValueKind() is JsonValueKind.String && ((string)value!).Contains("${", StringComparison.Ordinal),
    };

    private static bool IsEmpty(JsonNode? value) => value is null or JsonArray { Count: 0 }
        || value.GetValueKind() is JsonValueKind.String && (((string)value!).Length == 0 || (string)value! == VoipbinShape.Nobody);

    private static string? FaultOf(FlowOption option, JsonNode value) => option.Kind switch
    {
        OptionKind.Text => FaultOfText(option, value),
        OptionKind.Whole => FlowOptions.WholeOf(value) is { } number && number >= option.Least && number <= option.Most ? null
            : option is { Least: int.MinValue } ? "is a whole number"
            : string.Create(CultureInfo.InvariantCulture, $"is a whole number from {option.Least} to {option.Most}"),
        OptionKind.Number => FlowOptions.NumberOf(value) is not null || TextOf(value) is "" ? null : "is a number",
        OptionKind.Flag => FlowOptions.FlagOf(value) is null ? "is true or false" : null,
        OptionKind.Id => TextOf(value) is { } id && (id.Length == 0 || Guid.TryParseExact(id, "D", out _)) ? null : "is a UUID",
        OptionKind.Word => TextOf(value) is { } word && (word.Length == 0 || option.Words.Contains(word)) ? null
            : $"is one of {string.Join(", ", option.Words)}",
        OptionKind.Url => FaultOfUrl(value),
        OptionKind.Texts => FaultOfList(option, value, item => FaultOfText(option, item)),
        OptionKind.Urls => FaultOfList(option, value, FaultOfUrl),
        OptionKind.Wholes => FaultOfList(option, value, item => FlowOptions.WholeOf(item) is null ? "is a list of whole numbers" : null),
        OptionKind.Address => FaultOfAddress(value),
        OptionKind.Addresses => FaultOfList(option, value, FaultOfAddress),
        OptionKind.Recordings => FaultOfList(option, value, FaultOfRecording),
        OptionKind.Actions => value is JsonArray ? null : "is a list of actions",       // which are checked as such
        OptionKind.Targets => value is JsonObject targets && targets.Count <= option.MostLength
            && targets.All(one => one.Value is { } id && TextOf(id) is { } text && Guid.TryParseExact(text, "D", out _)) ? null
                : $"is an object of at most {option.MostLength} values with ids of actions",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string? FaultOfText(FlowOption option, JsonNode value) => TextOf(value) is not { } text ? "is a text"
        : text.Length > option.MostLength ? $"has more than {option.MostLength} characters" : null;

    private static string? FaultOfUrl(JsonNode value) => TextOf(value) is { } url && (url.Length == 0
        || Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https") ? null : "is an http or https URL";

    private static string? FaultOfAddress(JsonNode value) =>
        value is not JsonObject address || address.Any(member => member.Value is { } text && TextOf(text) is null) ? "is an address"
        : VoipbinAddress.Check("it", (JsonObject)address.DeepClone())?.Detail is { } wrong ? $"is no address: {wrong.TrimEnd('.')}" : null;

    /// <summary>Of the type recording, or of none and then nothing.</summary>
    private static string? FaultOfRecording(JsonNode value)
    {
        if (value is not JsonObject one || one.Any(member => member.Key is not ("reference_type" or "reference_id")
            || member.Value is { } text && TextOf(text) is null)) return "has an entry other than a reference_type and a reference_id";
        string id = (string?)one["reference_id"] ?? "";
        return (string?)one["reference_type"] switch
        {
            null or "" => null,
            "recording" => Guid.TryParseExact(id, "D", out var named) && named != Guid.Empty ? null
                : "has a recording whose reference_id is no UUID",
            _ => "has a reference_type other than recording",
        };
    }

    private static string? FaultOfList(FlowOption option, JsonNode value, Func<JsonNode, string?> faultOf)
    {
        if (value is not JsonArray list) return "is a list";
        if (list.Count > option.MostLength) return $"has more than {option.MostLength} entries";
        return list.Select(item => item is null ? "has an entry that is null" : faultOf(item)).FirstOrDefault(fault => fault is not null);
    }

    private static string? TextOf(JsonNode value) => value.GetValueKind() is JsonValueKind.String ? (string)value! : null;
}
