using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Models;

/// <summary>What an agent is there to gather, and what it has of it: a model writes it down bit by bit.</summary>
public sealed class GatherBook
{
    private readonly JsonObject _schema, _part;
    private readonly IReadOnlyList<string> _needed;
    private readonly JsonObject _result = [];

    /// <param name="schema">A JSON schema of an object.</param>
    public GatherBook(JsonObject schema)
    {
        (_schema, _part, _needed) = (schema, PartOf(schema), NeededOf(schema));
    }

    /// <summary>As a JSON object.</summary>
    public string Result => _result.ToJsonString();

    public bool IsComplete { get; private set; }

    /// <summary>One of what is missing is said with pauses in it.</summary>
    public bool IsDictated => Missing.Any(name => Dictation.IsAskedBy(name, (_schema["properties"] as JsonObject)?[name]));

    private IEnumerable<string> Missing => _needed.Where(name => !_result.ContainsKey(name));

    /// <summary>The schema of one bit: nothing of it must be there.</summary>
    public static JsonObject PartOf(JsonObject schema)
    {
        var part = schema.DeepClone().AsObject();
        part.Remove("required");
        part["type"] = "object";
        return part;
    }

    /// <summary>What must be there in the end: what the schema demands, or all of it where it demands nothing.</summary>
    public static IReadOnlyList<string> NeededOf(JsonObject schema)
    {
        string[] demanded = [.. (schema["required"] as JsonArray ?? []).OfType<JsonValue>()
            .Select(name => name.TryGetValue(out string? text) ? text : null).OfType<string>()];
        return demanded.Length > 0 ? demanded : [.. (schema["properties"] as JsonObject ?? []).Select(property => property.Key)];
    }

    /// <summary>Writes down those that are what the schema says; one that was there is replaced.</summary>
    /// <returns>What the model is told, and whether anything is other than before.</returns>
    public (string Told, bool IsChanged) Take(string arguments)
    {
        try
        {
            return ArgumentSchema.ObjectOf(arguments) is { } given ? Take(given) : ("Not done: the arguments are no JSON object.", false);
        }
        // JSON may escape half of a pair of surrogates, which is no text.
        catch (InvalidOperationException)
        {
            return ("Not done: the arguments have a text that is none.", false);
        }
    }

    private (string Told, bool IsChanged) Take(JsonObject given)
    {
        var faults = new List<string>();
        bool isChanged = false;
        foreach (var (name, value) in given)
        {
            // A model writes so that it does not know it.
            if (value is null) continue;
            if (FaultOf(name, value) is { } fault) faults.Add(fault);
            else if (!JsonNode.DeepEquals(_result[name], value))
            {
                _result[name] = value.DeepClone();
                isChanged = true;
            }
        }
        string[] missing = [.. Missing];
        string? wrong = missing.Length > 0 ? null : ArgumentSchema.FaultOf(_schema, Result);
        IsComplete = missing.Length == 0 && wrong is null;
        string told = faults.Count == 0 ? "Written down." : $"Not written down: {string.Join("; ", faults)}.";
        if (missing.Length > 0) told += $" Still missing: {string.Join(", ", missing)}.";
        else if (wrong is not null) told += $" Not right yet: {wrong}.";
        else told += " All is there.";
        return (told, isChanged);
    }

    private string? FaultOf(string name, JsonNode value)
    {
        if (_part["properties"] is JsonObject properties && !properties.ContainsKey(name)) return $"{name} is not asked for";
        return ArgumentSchema.FaultOf(_part, new JsonObject { [name] = value.DeepClone() }.ToJsonString());
    }
}
