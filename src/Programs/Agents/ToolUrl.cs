using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Conversations;
using Ringwright.Conversations.Models;

namespace Ringwright.Programs.Agents;

/// <summary>Where one call of a tool is sent. What a caller said, and what a model made of that, is percent-encoded.</summary>
internal static class ToolUrl
{
    /// <param name="arguments">Loses those that stand in the URL.</param>
    public static string Take(ModelTool.Webhook tool, IReadOnlyDictionary<string, string> variables, JsonObject arguments)
    {
        // First the variables, which a caller's headers may have brought: what they put in has no braces any more.
        var url = new StringBuilder(Template.Fill(tool.Url, variables, encode: Segment));
        foreach (string name in tool.InPath) url.Replace($"{{{name}}}", Segment(TakeText(arguments, name) ?? ""));
        char next = url.ToString().Contains('?', StringComparison.Ordinal) ? '&' : '?';
        foreach (string name in tool.InQuery)
            if (TakeText(arguments, name) is { } value && !tool.PresetQuery.ContainsKey(name)) Add(name, value);
        foreach (var (name, value) in tool.PresetQuery) Add(name, Template.Fill(value, variables));
        return url.ToString();

        void Add(string name, string value)
        {
            url.Append(next).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
            next = '&';
        }
    }

    /// <summary>Points alone would lead out of the path, encoded or not.</summary>
    private static string Segment(string value) => value.AsSpan().ContainsAnyExcept('.') ? Uri.EscapeDataString(value) : "";

    /// <summary>A text as it is, all else as JSON; null for what is not there.</summary>
    private static string? TakeText(JsonObject arguments, string name)
    {
        var value = arguments[name];
        arguments.Remove(name);
        return value is null ? null : value is JsonValue plain && plain.TryGetValue(out string? text) ? text : value.ToJsonString();
    }
}
