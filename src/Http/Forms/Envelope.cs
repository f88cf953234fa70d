using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>What stands around the one thing that a reply is about.</summary>
/// <param name="Item">Member of the reply's object that holds it; null where replies are the thing itself.</param>
public sealed record Envelope(string? Item)
{
    /// <summary>The thing is the member <c>data</c>, and nothing stands beside it.</summary>
    public static readonly Envelope Data = new("data");

    /// <summary>Member that holds the items of a list; the same unless said otherwise.</summary>
    public string? List { get; init; } = Item;

    /// <summary>What every reply with a JSON object says beside it, before it.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Beside { get; init; } = [];

    /// <summary>True when the contract describes a reply without the envelope, or says nothing of it.</summary>
    public bool IsBare(Schema reply) => Item is null
        || (reply.FindProperty(Item) is null
            && (reply.HasProperties || reply.Types is JsonTypes.Array or JsonTypes.Any || reply.AnyOf.Count > 0));

    /// <summary>The schema of what is inside, or the reply's own.</summary>
    public Schema? Inside(Schema? reply) => Find(reply, Item) ?? FindList(reply) ?? reply;

    /// <summary>What is inside of a reply, or the reply.</summary>
    public JsonNode? Inside(JsonNode reply) => reply is not JsonObject fields ? reply
        : Item is not null && fields.TryGetPropertyValue(Item, out var item) ? item
        : List is not null && fields.TryGetPropertyValue(List, out var list) && list is JsonArray ? list : reply;

    /// <summary>A thing may have a field of the same name.</summary>
    private Schema? FindList(Schema? reply) => Find(reply, List) is { } list && list.FindItems() is not null ? list : null;

    private static Schema? Find(Schema? reply, string? name) => name is null ? null : reply?.FindProperty(name);

    public JsonNode Around(JsonNode? item) => Item is null && item is not null ? item : new JsonObject { [Item ?? Data.Item!] = item };

    /// <summary>The reply with what stands beside.</summary>
    public JsonNode With(JsonNode reply)
    {
        if (reply is JsonObject fields)
            for (int i = 0; i < Beside.Count; i++)
                if (!fields.ContainsKey(Beside[i].Key)) fields.Insert(i, Beside[i].Key, JsonNode.Parse(Beside[i].Value));
        return reply;
    }
}
