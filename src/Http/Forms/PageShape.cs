using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>What a reply may say of its page.</summary>
public enum PageFact
{
    Number,
    Size,
    /// <summary>How many pages there are.</summary>
    Pages,
    /// <summary>How many items there are on all of them.</summary>
    Total,
    /// <summary>Of the first item, counted from 0; of the last one; of the first one of the next page, which may be none.</summary>
    First,
    Last,
    Next,
    ThisPage,
    FirstPage,
    PreviousPage,
    NextPage,
}

/// <summary>
/// Where the items of a list stand in its reply, and which facts about the page stand beside them:
/// the reply's schema says so, in the dialect's words.
/// </summary>
public sealed record PageShape
{
    /// <summary>The member that holds the items, unless the reply's only array is called otherwise.</summary>
    public required string Items { get; init; }
    /// <summary>The member whose members are facts; null where they stand beside the items alone.</summary>
    public string? Meta { get; init; }
    /// <summary>What the facts are called.</summary>
    public required IReadOnlyDictionary<string, PageFact> Facts { get; init; }
    /// <summary>Those of <see cref="Meta"/> where the schema does not name them.</summary>
    public IReadOnlyList<string> Usual { get; init; } = [];

    /// <param name="link">The link to the page with that number.</param>
    public JsonNode Write(PageReply page, Func<int, JsonNode> link)
    {
        var array = new JsonArray([.. page.Items]);
        var schema = page.Operation?.FindReply(page.Operation.SuccessStatus)?.Json;
        if (schema is { Types: JsonTypes.Array }) return array;
        string field = FieldOf(schema);
        var reply = new JsonObject { [field] = array };
        foreach (var (name, _) in schema?.AllProperties() ?? [])
            if (!reply.ContainsKey(name) && TryGet(page, name, link, out var value)) reply[name] = value;
        if (Meta is null) return reply;
        // Clients look for it beside the items, also where the contract forgets it.
        if (schema?.FindProperty(Meta) is { HasProperties: true } meta)
            reply[Meta] = Those(page, meta.AllProperties().Select(p => p.Key), link);
        else if (field == Items || schema?.FindProperty(Meta) is not null) reply[Meta] = Those(page, Usual, link);
        return reply;
    }

    /// <summary>The reply's only array where it is not called as usual.</summary>
    private string FieldOf(Schema? schema) =>
        schema is null || schema.FindProperty(Items) is not null ? Items
            : schema.AllProperties().FirstOrDefault(p => p.Value.Items is not null).Key ?? Items;

    private JsonObject Those(PageReply page, IEnumerable<string> names, Func<int, JsonNode> link)
    {
        var those = new JsonObject();
        foreach (string name in names)
            if (TryGet(page, name, link, out var value)) those[name] = value;
        return those;
    }

    private bool TryGet(PageReply page, string name, Func<int, JsonNode> link, out JsonNode? value)
    {
        value = null;
        if (!Facts.TryGetValue(name, out var fact)) return false;
        var list = page.List;
        int next = list.Offset + page.Items.Count;
        value = fact switch
        {
            PageFact.Number => list.Number,
            PageFact.Size => list.Size,
            PageFact.Pages => (page.Total + list.Size - 1) / list.Size,
            PageFact.Total => page.Total,
            PageFact.First => list.Offset,
            PageFact.Last => Math.Max(list.Offset, next - 1),
            PageFact.Next => next < page.Total ? next : null,
            PageFact.ThisPage => link(list.Number),
            PageFact.FirstPage => link(list.First),
            PageFact.PreviousPage => list.Number > list.First ? link(list.Number - 1) : null,
            PageFact.NextPage => next < page.Total ? link(list.Number + 1) : null,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return true;
    }
}
