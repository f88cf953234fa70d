using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>One action of a flow, as it is written: its options with their variables.</summary>
internal sealed record FlowAction(Guid Id, Guid Next, string Type, JsonObject Option)
{
    /// <summary>Ids that name no action: the first one of the list, the end of the flow, and the one that follows anyway.</summary>
    public static readonly Guid Start = Reserved(1), Finish = Reserved(2), Following = Reserved(3);

    /// <summary>Of actions that <see cref="Flows.Check"/> found right.</summary>
    public static IReadOnlyList<FlowAction> ReadAll(JsonArray actions) => [.. actions.OfType<JsonObject>().Select(Read)];

    public static FlowAction Read(JsonObject action) => new(IdOf(action["id"]), IdOf(action["next_id"]),
        action["type"]?.GetValueKind() is JsonValueKind.String ? (string)action["type"]! : "",
        action["option"] as JsonObject ?? []);

    /// <summary>As replies and events have it.</summary>
    /// <param name="hasOption">Else it is left out.</param>
    public JsonObject Show(string? at, bool hasOption = true)
    {
        var shown = new JsonObject { ["id"] = Id.ToString(), ["next_id"] = Next.ToString(), ["type"] = Type };
        if (hasOption) shown["option"] = Option.DeepClone();
        shown["tm_execute"] = at;
        return shown;
    }

    private static Guid IdOf(JsonNode? node) =>
        node?.GetValueKind() is JsonValueKind.String && Guid.TryParse((string)node!, out var id) ? id : Guid.Empty;

    private static Guid Reserved(byte last) => new(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last);
}

/// <summary>A list of actions and what follows its end.</summary>
/// <param name="Id">Of the flow; null for actions that were given themselves.</param>
/// <param name="OnComplete">The flow that begins when a run of this one has ended; null for none.</param>
internal sealed record FlowScript(Guid? Id, IReadOnlyList<FlowAction> Actions, Guid? OnComplete);
