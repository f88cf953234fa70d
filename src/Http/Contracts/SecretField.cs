using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>A field of replies that opens something: a password, a token, a key. Whoever may not write it does not read it.</summary>
/// <param name="Path">Names from the resource inwards.</param>
/// <param name="Least">The least role that reads it; replies to others are without it.</param>
public sealed record SecretField(IReadOnlyList<string> Path, CallerRole Least)
{
    /// <summary>As filters and the trail of changes name it.</summary>
    public string Name { get; } = string.Join('.', Path);

    /// <summary>Takes the field out of a resource, or out of each of a list.</summary>
    /// <param name="inside">What is in the reply's envelope.</param>
    internal void TakeFrom(JsonNode? inside) => Take(inside, 0);

    private void Take(JsonNode? node, int at)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items) Take(item, at);
        }
        else if (node is JsonObject parent)
        {
            if (at == Path.Count - 1) parent.Remove(Path[at]);
            else Take(parent[Path[at]], at + 1);
        }
    }
}
