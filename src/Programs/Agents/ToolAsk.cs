using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Conversations;
using Ringwright.Conversations.Models;

namespace Ringwright.Programs.Agents;

/// <summary>One call of a tool as the request that its server gets.</summary>
internal static class ToolAsk
{
    /// <summary>What is read of an answer.</summary>
    private const int MostBytes = 64 * 1024;

    /// <param name="written">A JSON object that fits the tool's schema.</param>
    public static WebAsk Of(ModelTool.Webhook tool, IReadOnlyDictionary<string, string> variables, string written)
    {
        var arguments = ArgumentSchema.ObjectOf(written)!;      // it fits
        string url = ToolUrl.Take(tool, variables, arguments);
        var headers = tool.Headers.Select(one => KeyValuePair.Create(one.Key, OneLine(Template.Fill(one.Value, variables))));
        foreach (var (name, value) in tool.PresetBody ?? []) arguments[name] = Filled(value, variables);
        // As the model wrote them, where all are in the body, and nothing else is.
        string json = tool is { InPath.Count: 0, InQuery.Count: 0, PresetBody: null } ? written : arguments.ToJsonString();
        return new(url, tool.Method is ModelTool.Webhook.Get ? [] : Encoding.UTF8.GetBytes(json))
        {
            Method = tool.Method, Headers = [.. headers], Timeout = tool.Timeout, MaxBytes = MostBytes,
        };
    }

    /// <summary>With the variables of all its texts.</summary>
    private static JsonNode? Filled(JsonNode? value, IReadOnlyDictionary<string, string> variables) => value switch
    {
        JsonObject members => new JsonObject(members.Select(one => KeyValuePair.Create(one.Key, Filled(one.Value, variables)))),
        JsonArray items => new JsonArray([.. items.Select(one => Filled(one, variables))]),
        JsonValue text when text.TryGetValue(out string? words) => JsonValue.Create(Template.Fill(words, variables)),
        _ => value?.DeepClone(),
    };

    /// <summary>A caller's name may be anything.</summary>
    private static string OneLine(string text) => new([.. text.Where(c => c is >= ' ' and <= '~')]);
}
