using System.Text.Json.Nodes;

namespace Ringwright.Texml.Twiml;

/// <summary>The body of a request about a call, in the words of the provider's own API for documents.</summary>
internal static class TwimlCallBody
{
    /// <summary>Fields that say the same under another name there.</summary>
    private static readonly (string Ours, string Theirs)[] Names = [("Twiml", "Texml"), ("Method", "UrlMethod")];

    /// <summary>What means something else there, or nothing, and is read here.</summary>
    private static readonly HashSet<string> Own =
        new(["CallerId", "SendDigits", "Timeout", "TimeLimit", "ApplicationSid"], StringComparer.Ordinal);

    /// <summary>Of a new call.</summary>
    public static JsonObject OfNew(JsonObject body)
    {
        var theirs = new JsonObject();
        foreach (var (name, value) in body)
        {
            if (value is null || Own.Contains(name)) continue;
            string field = Array.Find(Names, pair => pair.Ours == name).Theirs ?? name;
            theirs[field] = name switch
            {
                "StatusCallbackEvent" or "RecordingStatusCallbackEvent" => Joined(value),
                "RecordingChannels" => (string?)value is "dual" ? "dual" : "single",
                "MachineDetectionTimeout" => (int)value * 1_000,       // seconds here
                _ => value.DeepClone(),
            };
        }
        if ((string?)body["CallerId"] is { Length: > 0 } shown) theirs["From"] = shown;
        return theirs;
    }

    /// <summary>Of a change of one: there the method has the same name.</summary>
    public static JsonObject OfChange(JsonObject body)
    {
        var theirs = (JsonObject)body.DeepClone();
        if (theirs.Remove("Twiml", out var text)) theirs["Texml"] = text;
        return theirs;
    }

    public static string NameOf(string theirs) => Array.Find(Names, pair => pair.Theirs == theirs).Ours ?? theirs;

    /// <summary>A form has the field once for each.</summary>
    private static string Joined(JsonNode list) => string.Join(' ', list.AsArray().Select(item => (string?)item ?? ""));
}
