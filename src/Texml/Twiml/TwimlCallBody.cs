using System.Text.Json.Nodes;
using Ringwright.Texml.Languages;

namespace Ringwright.Texml.Twiml;

/// <summary>The body of a request about a call, in the words of the provider's own API for documents.</summary>
internal static class TwimlCallBody
{
    private const string Headers = "CustomHeaders";

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
                "To" or "From" => NumberOf(value),
                "StatusCallbackEvent" => TwimlWords.EventsOf(Joined(value)),
                "RecordingStatusCallbackEvent" => Joined(value),
                "RecordingChannels" => (string?)value is "dual" ? "dual" : "single",
                "MachineDetectionTimeout" => (int)value * 1_000,       // seconds here
                _ => value.DeepClone(),
            };
        }
        if (body["CallerId"] is { } caller && (string?)caller is { Length: > 0 }) theirs["From"] = NumberOf(caller);
        ReadHeaders(theirs);
        return theirs;
    }

    private static JsonNode? NumberOf(JsonNode value) => (string?)value is { } text ? PartyOf(text) : value.DeepClone();

    /// <summary>What has letters is no number, and stays as it is: its dashes and dots are a part of it.</summary>
    public static string PartyOf(string text) =>
        text.Any(char.IsLetter) ? text : WrittenNumber.Read(text, takesNational: true);

    /// <summary>Headers for whoever is called stand behind his SIP URI: ?X-…=value.</summary>
    private static void ReadHeaders(JsonObject theirs)
    {
        if ((string?)theirs["To"] is not { } to || !to.StartsWith("sip", StringComparison.OrdinalIgnoreCase)
            || to.Split('?', 2) is not [var uri, var query]) return;
        theirs["To"] = uri;
        theirs[Headers] = new JsonArray([.. query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(HeaderOf)]);
    }

    private static JsonObject HeaderOf(string pair)
    {
        string[] parts = pair.Split('=', 2);
        return new() { ["name"] = parts[0], ["value"] = parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "" };
    }

    /// <summary>Of a change of one: there the method has the same name.</summary>
    public static JsonObject OfChange(JsonObject body)
    {
        var theirs = (JsonObject)body.DeepClone();
        if (theirs.Remove("Twiml", out var text)) theirs["Texml"] = text;
        return theirs;
    }

    public static string NameOf(string theirs) => theirs.StartsWith(Headers, StringComparison.Ordinal) ? "To"
        : Array.Find(Names, pair => pair.Theirs == theirs).Ours ?? theirs;

    /// <summary>A form has the field once for each.</summary>
    private static string Joined(JsonNode list) => string.Join(' ', list.AsArray().Select(item => (string?)item ?? ""));
}
