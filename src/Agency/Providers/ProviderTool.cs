using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Core;

namespace Ringwright.Agency.Providers;

/// <summary>Reads a tool as its provider shows it, where the node's agents can ask it as the provider does. Pure.</summary>
internal static class ProviderTool
{
    private const int LongestDescription = 2_000, LongestWord = 100;
    private const decimal MostSeconds = 30, LeastSeconds = 0.1m, Thousand = 1_000;
    private const string Get = "GET", InQuery = "PARAMETER_LOCATION_QUERY", InBody = "PARAMETER_LOCATION_BODY";

    /// <summary>It has no id here, and its definition is in the words of the tools that are made here.</summary>
    /// <exception cref="FormatException">Nobody here can ask it, or a field is not what it is by the provider's description.</exception>
    public static ToolRow Read(JsonObject tool)
    {
        string id = IdOf(tool) ?? throw new FormatException("toolId is no text");
        var told = tool["definition"] as JsonObject ?? throw new FormatException("it has no definition");
        var http = told["http"] as JsonObject ?? throw new FormatException("it is not asked by HTTP");
        string method = http.TextOf("httpMethod")?.ToUpperInvariant() ?? throw new FormatException("httpMethod is not there");
        if (method is not (Get or "POST" or "PUT" or "PATCH" or "DELETE")) throw new FormatException($"httpMethod is {method}");
        string url = http.TextOf("baseUrlPattern") ?? throw new FormatException("baseUrlPattern is not there");
        if (url.Contains('{', StringComparison.Ordinal)) throw new FormatException("its URL has parameters");
        foreach (string own in (string[])["staticParameters", "automaticParameters"])
            if (told[own] is JsonArray { Count: > 0 }) throw new FormatException($"it has {own}");
        if (told["staticResponse"] is not null) throw new FormatException("it has staticResponse");
        // Behind its answer the node's agents speak, as the provider's do where nobody says otherwise.
        if (told.TextOf("defaultReaction") is { } reaction and not ("AGENT_REACTION_UNSPECIFIED" or "AGENT_REACTION_SPEAKS"))
            throw new FormatException($"its defaultReaction is {Clipped.Of(reaction, LongestWord)}");
        if (NeedsCredentials(told["requirements"])) throw new FormatException("it needs credentials");
        string? description = told.TextOf("description");
        if (description?.Length > LongestDescription) throw new FormatException($"description has more than {LongestDescription} letters");
        var definition = new JsonObject
        {
            ["url"] = url, ["method"] = method, ["parameters"] = ParametersOf(told, method is Get ? InQuery : InBody),
        };
        if (MillisOf(told.TextOf("timeout")) is { } patience) definition["timeout_ms"] = patience;
        return new()
        {
            ProviderToolId = id,
            Name = told.TextOf("modelToolName") ?? tool.TextOf("name") ?? throw new FormatException("it has no name"),
            Description = description, Definition = AgencyTools.Whole(definition),
        };
    }

    /// <returns>Null where it has none.</returns>
    public static string? IdOf(JsonObject tool) => ProviderField.IdOf(tool, "toolId");

    /// <summary>As a JSON schema of an object.</summary>
    /// <param name="location">Where all of them stand: the node puts them nowhere else.</param>
    private static JsonObject ParametersOf(JsonObject told, string location)
    {
        var (properties, required) = (new JsonObject(), new JsonArray());
        foreach (var one in told["dynamicParameters"] as JsonArray ?? [])
        {
            var parameter = one as JsonObject ?? throw new FormatException("a parameter is no object");
            string name = parameter.TextOf("name") ?? throw new FormatException("a parameter has no name");
            if (parameter.TextOf("location") != location) throw new FormatException($"{name} is not sent as the node's agents send it");
            properties[name] = parameter["schema"] is JsonObject schema ? schema.DeepClone() : new JsonObject();
            if (parameter["required"] is JsonValue value && value.TryGetValue(out bool isRequired) && isRequired)
                required.Add((JsonNode)name);
        }
        var parameters = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (required.Count > 0) parameters["required"] = required;
        return parameters;
    }

    /// <summary>Of several ways to be let in one may ask for nothing.</summary>
    private static bool NeedsCredentials(JsonNode? requirements)
    {
        if (requirements is not JsonObject asked) return false;
        if (asked["requiredParameterOverrides"] is JsonArray { Count: > 0 }) return true;
        return asked["httpSecurityOptions"] is JsonObject security && security["options"] is JsonArray { Count: > 0 } options
            && !options.Any(option => option is JsonObject way && way["requirements"] is not JsonObject { Count: > 0 }
                && way["ultravoxCallTokenRequirement"] is null);
    }

    /// <summary>Such as <c>20s</c>; within the bounds of tools that are made here.</summary>
    private static int? MillisOf(string? text) => text is null ? null
        : text.EndsWith('s') && decimal.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal read)
            ? (int)(Math.Clamp(read, LeastSeconds, MostSeconds) * Thousand) : throw new FormatException("timeout is no time");
}
