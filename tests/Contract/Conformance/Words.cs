using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ringwright.Contract.Conformance;

/// <summary>Fills in the words of one request: each means one thing, made when it is first met.</summary>
internal sealed partial class Words(ConformanceNode node)
{
    private readonly Dictionary<string, string> _meanings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Made> _made = new(StringComparer.Ordinal);

    public ConformanceNode Node => node;

    // an object stays one
    public async Task<JsonObject> BodyAsync(string json) => (JsonObject)(await FillAsync(JsonNode.Parse(json)))!;

    /// <summary>A thing of its own.</summary>
    /// <param name="over">JSON, laid over the body of the operation's row.</param>
    /// <returns>Its id.</returns>
    public async Task<string> MakeAsync(string operation, string over) => (await node.Arrangement.MakeAsync(operation, new(node), over)).Id;

    public async Task<JsonNode?> FillAsync(JsonNode? template)
    {
        switch (template)
        {
            case JsonObject fields:
                var filled = new JsonObject();
                foreach (var (name, value) in fields) filled[name] = await FillAsync(value);
                return filled;
            case JsonArray items:
                var list = new JsonArray();
                foreach (var item in items) list.Add(await FillAsync(item));
                return list;
            case JsonValue value when value.GetValueKind() is JsonValueKind.String: return await FillAsync((string)value!);
            default: return template?.DeepClone();
        }
    }

    public async Task<string> FillAsync(string text, bool isQuery = false)
    {
        int end = 0;
        var filled = new System.Text.StringBuilder();
        foreach (Match word in Word().Matches(text))
        {
            string meaning = await MeanAsync(word.Groups["word"].Value, word.Groups["field"].Value);
            filled.Append(text.AsSpan(end, word.Index - end)).Append(isQuery ? Uri.EscapeDataString(meaning) : meaning);
            // Only a thing has fields; behind another word the point is part of the text.
            var field = word.Groups["field"];
            end = field.Success && !_made.ContainsKey(word.Groups["word"].Value) ? field.Index - 1 : word.Index + word.Length;
        }
        return filled.Append(text.AsSpan(end)).ToString();
    }

    private async Task<string> MeanAsync(string word, string field)
    {
        if (_meanings.TryGetValue(word, out var known)) return known;
        string plain = word.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        if ((Rows.FindWord(word) ?? Rows.FindWord(plain)) is { } mean) return _meanings[word] = await mean(this);
        if (!_made.TryGetValue(word, out var made))
        {
            string operation = Rows.Find(word) is not null ? word : plain;
            _made[word] = made = await node.Arrangement.MakeAsync(operation, new(node));
        }
        if (field.Length == 0) return made.Id;
        if (field.StartsWith("path", StringComparison.Ordinal) && int.TryParse(field.AsSpan(4), out int index)) return made.Path[index];
        return made.Data[field] is { } value ? value.GetValueKind() is JsonValueKind.String ? (string)value! : value.ToJsonString()
            : throw new Xunit.Sdk.XunitException($"What {word} makes has no field '{field}': {made.Data.ToJsonString()}");
    }

    [GeneratedRegex(@"\$(?<word>[A-Za-z_]\w*)(?:\.(?<field>[a-z_]\w*))?")]
    private static partial Regex Word();
}

/// <summary>A thing that an operation made.</summary>
internal sealed record Made(string Id, JsonNode Data, IReadOnlyList<string> Path);
