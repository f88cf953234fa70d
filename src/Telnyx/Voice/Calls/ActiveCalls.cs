using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Telnyx.Voice.Calls;

/// <summary>The live calls of an application, oldest first, paged by cursor (or by number, which the contract also allows).</summary>
internal static class ActiveCalls
{
    public static async ValueTask<Reply> Handle(OperationContext op, VoiceParts parts)
    {
        if (!long.TryParse(op.Path("connection_id"), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            || op.Routing.FindConnection(op.Tenant, new(number)) is not { } connection)
            return op.Unknown("connection_id");

        var list = op.List;
        var page = await parts.Store.Legs.ListLiveAsync(op.Tenant, connection.Id, new()
        {
            After = list.After,
            Before = list.Before,
            Offset = list.IsByCursor ? 0 : list.Offset,
            Limit = list.Limit ?? list.Size,
        }, op.Stop);
        if (page is null)
            return op.Fail(new Problem(VoiceErrors.BadRequest, "The cursor is not one that a page of this list gave.")
            {
                Parameter = list.After is null ? "page[before]" : "page[after]"
            });

        var cursors = new JsonObject();
        var meta = new JsonObject { ["cursors"] = cursors };
        string path = op.Links.To($"{op.Dialect.Root}/connections/{connection.Id}/active_calls?page[limit]={list.Limit ?? list.Size}");
        if (page.After is { } after)
        {
            cursors["after"] = after;
            meta["next"] = $"{path}&page[after]={after}";
        }
        if (page.Before is { } before)
        {
            cursors["before"] = before;
            meta["previous"] = $"{path}&page[before]={before}";
        }
        meta["total_items"] = page.Total;
        // The vendor's SDK turns the pages of this list by numbers, and would ask for ever where none says which is the last.
        if (!list.IsByCursor)
        {
            meta["page_number"] = list.Number;
            meta["page_size"] = list.Size;
            meta["total_pages"] = (page.Total + list.Size - 1) / list.Size;
        }

        var now = op.Now;
        return op.Bare(200, new JsonObject
        {
            ["data"] = new JsonArray([.. page.Rows.Select(leg => (JsonNode)CallObject.OfLive(leg, parts.Ids, now))]),
            ["meta"] = meta,
        });
    }
}
