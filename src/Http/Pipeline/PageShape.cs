using System.Globalization;
using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>
/// Where the items of a list stand in its reply, and which facts about the page stand beside them: the reply's schema says so. Most lists have data and meta;
/// others name their one array and their facts as they like.
/// </summary>
internal static class PageShape
{
    private const string Data = "data", Meta = "meta";

    /// <param name="path">The request's path, for lists that link their neighbours.</param>
    public static JsonNode Write(Operation? operation, IReadOnlyList<JsonNode> items, ListRequest list, long total, string path)
    {
        var array = new JsonArray([.. items]);
        var schema = operation?.FindReply(operation.SuccessStatus)?.Json;
        if (schema is { Types: JsonTypes.Array }) return array;
        string field = FieldOf(schema);
        var reply = new JsonObject { [field] = array };
        var facts = new PageFacts(list, items.Count, total, path);
        foreach (var (name, _) in schema?.AllProperties() ?? [])
            if (!reply.ContainsKey(name) && facts.TryGet(name, out var value)) reply[name] = value;
        // Clients look for meta beside data, also where the contract forgets it.
        if (schema?.FindProperty(Meta) is { HasProperties: true } meta) reply[Meta] = facts.Those(meta);
        else if (field == Data || schema?.FindProperty(Meta) is not null) reply[Meta] = facts.All();
        return reply;
    }

    /// <summary>The reply's only array where it is not called data.</summary>
    private static string FieldOf(Schema? schema) =>
        schema is null || schema.FindProperty(Data) is not null ? Data : schema.AllProperties().FirstOrDefault(p => p.Value.Items is not null).Key ?? Data;

    /// <summary>What a list may say of its page, under each of the names that the contract has for it.</summary>
    private sealed class PageFacts(ListRequest list, int count, long total, string path)
    {
        private static readonly string[] Usual = ["page_number", "page_size", "total_pages", "total_results"];

        public JsonObject All()
        {
            var all = new JsonObject();
            foreach (string name in Usual)
                if (TryGet(name, out var value)) all[name] = value;
            return all;
        }

        public JsonObject Those(Schema meta)
        {
            var those = new JsonObject();
            foreach (var (name, _) in meta.AllProperties())
                if (TryGet(name, out var value)) those[name] = value;
            return those;
        }

        public bool TryGet(string name, out JsonNode? value)
        {
            value = name switch
            {
                "page_number" or "page" => list.Number,
                "page_size" => list.Size,
                "total_pages" => (total + list.Size - 1) / list.Size,
                "total_results" or "total_items" or "totalRecords" or "total_records" => total,
                "start" => list.Offset,
                "end" => Math.Max(list.Offset, list.Offset + count - 1),
                "uri" => Link(list.Number),
                "first_page_uri" => Link(list.First),
                "previous_page_uri" when list.Number > list.First => Link(list.Number - 1),
                "next_page_uri" when list.Offset + count < total => Link(list.Number + 1),
                _ => null,
            };
            return value is not null || name is "previous_page_uri" or "next_page_uri";
        }

        private JsonNode Link(int number) => string.Create(CultureInfo.InvariantCulture, $"{path}?{list.NumberName}={number}&{list.SizeName}={list.Size}");
    }
}
