using System.Text;
using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Models;

/// <summary>
/// What a model's server sends along with the message of its calls, and wants back with it: DeepSeek and Kimi what was thought before
/// them, OpenRouter the parts of that.
/// </summary>
internal sealed class SentAlong
{
    private const string Thoughts = "reasoning_content", Details = "reasoning_details";
    /// <summary>Who thinks longer is asked without it.</summary>
    private const int Most = 64 * 1024;

    private readonly StringBuilder _thoughts = new();
    private readonly List<string> _details = [];
    private int _length;

    public void Take(JsonObject delta)
    {
        if (delta[Thoughts] is JsonValue value && value.TryGetValue(out string? bit) && Fits(bit)) _thoughts.Append(bit);
        foreach (var detail in (delta[Details] as JsonArray ?? []).OfType<JsonObject>())
            if (detail.ToJsonString() is var part && Fits(part)) _details.Add(part);
    }

    /// <summary>As a JSON object; null where there is none, or too much.</summary>
    public string? Written()
    {
        if (_length is 0 or > Most) return null;
        var members = new JsonObject();
        if (_thoughts.Length > 0) members[Thoughts] = _thoughts.ToString();
        if (_details.Count > 0) members[Details] = new JsonArray([.. _details.Select(detail => JsonNode.Parse(detail))]);
        return members.ToJsonString();
    }

    private bool Fits(string bit)
    {
        // An answer has fewer characters than an integer counts.
        _length += bit.Length;
        return _length <= Most;
    }
}
