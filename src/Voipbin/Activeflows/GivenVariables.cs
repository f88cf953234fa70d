using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Voipbin.Calling;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>
/// Variables that a request gives to the flow of what it begins. Those of a call may be longer than what a leg keeps: they wait here, and a
/// label of the leg says where. Any thread.
/// </summary>
internal sealed class GivenVariables
{
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> _kept = new(StringComparer.Ordinal);

    /// <summary>Of calls that are not over.</summary>
    public int Count => _kept.Count;

    /// <summary>As a body says them, or what is wrong with them.</summary>
    public static (IReadOnlyDictionary<string, string> Variables, Problem? Problem) Read(JsonNode? given)
    {
        var fitting = new FlowVariables();
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in given as JsonObject ?? [])
        {
            if (value?.GetValueKind() is not JsonValueKind.String) return (None, Bad($"variables: '{name}' is no text."));
            string text = (string)value!;       // just asked for
            if (fitting.TrySet(name, text) is { } fault) return (None, Bad($"variables: '{name}' {fault}."));
            read[name] = text;
        }
        return (read, null);
    }

    /// <returns>What the leg's label says; null for none, which nobody must keep.</returns>
    public string? Keep(IReadOnlyDictionary<string, string> variables)
    {
        if (variables.Count == 0) return null;
        string id = Guid.NewGuid().ToString("N");
        _kept[id] = variables;
        return id;
    }

    public IReadOnlyDictionary<string, string> Of(Labels leg) =>
        leg[CallLabels.Variables] is { } id ? _kept.GetValueOrDefault(id) ?? None : None;

    /// <param name="id">Null for none.</param>
    public void Forget(string? id)
    {
        if (id is not null) _kept.TryRemove(id, out _);
    }

    private static Problem Bad(string detail) => VoipbinShape.Bad("variables", detail);
}
