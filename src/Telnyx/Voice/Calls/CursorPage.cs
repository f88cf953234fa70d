using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Telnyx.Voice.Calls;

/// <summary>
/// A page of a list that is paged by cursor, or by number, which the contract also allows. Cursors are null where nothing lies beyond.
/// </summary>
internal sealed record CursorPage(IReadOnlyList<JsonObject> Items, string? Before, string? After, long Total)
{
    /// <param name="path">Of the list, below the dialect's root.</param>
    public Reply Write(OperationContext op, string path)
    {
        var list = op.List;
        var cursors = new JsonObject();
        var meta = new JsonObject { ["cursors"] = cursors };
        // What the list was asked for beside its page holds for the others too.
        string asked = string.Concat(op.Query.Pairs.Where(p => !p.Key.StartsWith("page[", StringComparison.Ordinal))
            .Select(p => $"&{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}"));
        string here = op.Links.To($"{op.Dialect.Root}{path}?page[limit]={list.Limit ?? list.Size}{asked}");
        if (After is { } after)
        {
            cursors["after"] = after;
            meta["next"] = $"{here}&page[after]={after}";
        }
        if (Before is { } before)
        {
            cursors["before"] = before;
            meta["previous"] = $"{here}&page[before]={before}";
        }
        meta["total_items"] = Total;
        // The vendor's SDK turns the pages of this list by numbers, and would ask for ever where none says which is the last.
        if (!list.IsByCursor)
        {
            meta["page_number"] = list.Number;
            meta["page_size"] = list.Size;
            meta["total_pages"] = (Total + list.Size - 1) / list.Size;
        }
        return op.Bare(200, new JsonObject { ["data"] = new JsonArray([.. Items]), ["meta"] = meta });
    }

    public static Reply Unknown(OperationContext op) =>
        op.Fail(new Problem(VoiceErrors.BadRequest, "The cursor is not one that a page of this list gave.")
        {
            Parameter = op.List.After is null ? "page[before]" : "page[after]"
        });
}
