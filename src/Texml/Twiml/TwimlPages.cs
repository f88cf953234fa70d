using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Texml.Twiml;

/// <summary>Pages of lists: by number, and where a list gives tokens, behind the last item of the page before.</summary>
internal static class TwimlPages
{
    /// <summary>Of a list that is there as a whole.</summary>
    /// <param name="name">The member that holds the items.</param>
    /// <param name="path">Of the list, below the account's or, for accounts, below the root.</param>
    public static Reply Of(OperationContext op, string name, string path, IReadOnlyList<JsonObject> all) =>
        Of(op, name, path, [.. all.Skip(op.List.Offset).Take(op.List.Size)], op.List.Offset + op.List.Size < all.Count, null);

    public static Reply UnknownToken(OperationContext op) =>
        op.Fail(TwimlErrors.Bad("PageToken", "PageToken is not one that a page of this list gave."));

    /// <param name="token">Of the next page; null where its number is enough.</param>
    public static Reply Of(OperationContext op, string name, string path, IReadOnlyList<JsonObject> items, bool hasMore, string? token)
    {
        var (number, size) = (op.List.Number, op.List.Size);
        int end = op.List.Offset + Math.Max(0, items.Count - 1);
        return op.Bare(200, new JsonObject
        {
            [name] = new JsonArray([.. items]),
            ["end"] = end,
            ["first_page_uri"] = Link(0, null),
            ["next_page_uri"] = hasMore ? Link(number + 1, token) : null,
            ["page"] = number,
            ["page_size"] = size,
            // Behind a token nothing leads back but by number.
            ["previous_page_uri"] = number > 0 ? Link(number - 1, null) : null,
            ["start"] = op.List.Offset,
            ["uri"] = Link(number, op.Query["PageToken"]),
        });

        string Link(int page, string? behind)
        {
            // With the filters that were asked for.
            var filters = op.Query.Pairs.Where(pair => pair.Key is not ("Page" or "PageSize" or "PageToken"))
                .Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}&");
            string tail = string.IsNullOrEmpty(behind) ? "" : $"&PageToken={Uri.EscapeDataString(behind)}";
            string list = name == "accounts" ? $"{TwimlDialect.Root}/{path}" : TwimlPaths.Of(op, path);
            return $"{list}?{string.Concat(filters)}PageSize={size}&Page={page}{tail}";
        }
    }
}
