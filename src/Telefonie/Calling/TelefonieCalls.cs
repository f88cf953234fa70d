using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telefonie.Calling;

/// <summary>The account's calls, whichever API placed them.</summary>
internal static class TelefonieCalls
{
    private const string JsonType = "application/json; charset=utf-8";

    public static TelefonieCallRows Rows(OperationContext op, TelefonieParts parts) =>
        new(parts.Store, op.Links, op.Routing, parts.ShowsCalledUrls);

    /// <summary>The call that the path names; null when the account has none.</summary>
    public static async ValueTask<LegRow?> FindAsync(OperationContext op, TelefonieParts parts) =>
        TelefonieIds.ReadCall(op.Path("call_id")) is { } id ? await Rows(op, parts).FindLegAsync(op.Tenant, id, op.Stop) : null;

    public static Reply Unknown(OperationContext op) => op.Unknown("call_id", "There is no such call.");

    public static async ValueTask<Reply> GetAsync(OperationContext op, TelefonieParts parts)
    {
        if (await FindAsync(op, parts) is not { } leg) return Unknown(op);
        var call = await Rows(op, parts).CompleteAsync(leg, op.Stop);
        return IncludesNulls(op) ? Raw(op, call.WriteWhole()) : op.Ok(call.Write());
    }

    public static async ValueTask<Reply> ListAsync(OperationContext op, TelefonieParts parts)
    {
        var rows = Rows(op, parts);
        var search = new LegSearch { Offset = op.List.Offset, Limit = op.List.Size };
        if (op.Query["status"] is { } status) search = TelefonieStatus.Where(search, status);
        if (op.Query["direction"] is { } direction)
            search = search with { Direction = direction is "inbound" ? Direction.Inbound : Direction.Outbound };
        foreach (string name in (string[])["from", "to"])
        {
            if (op.Query[name] is not { } said) continue;
            // A '+' that was not encoded is a space.
            string number = said.StartsWith(' ') ? "+" + said[1..] : said;
            if (!PartyAlias.IsNumber(number))
            {
                return op.Fail(new Problem(TelefonieErrors.Parameter, $"{name} must be a number in E.164 format: + and 2 to 15 digits.")
                {
                    Parameter = name,
                });
            }
            string party = number.StartsWith(PartyAlias.Prefix, StringComparison.Ordinal)
                ? await rows.FindPartyAsync(op.Tenant, number, op.Stop) ?? number : number;
            search = name is "from" ? search with { From = party } : search with { To = party };
        }
        var found = await parts.Store.Legs.SearchAsync(op.Tenant, search, op.Stop);
        long total = await parts.Store.Legs.CountAsync(op.Tenant, search, op.Stop);
        var calls = found is null ? [] : await rows.CompleteAsync(op.Tenant, found.Rows, op.Stop);
        return IncludesNulls(op)
            ? Raw(op, new JsonObject
            {
                ["calls"] = new JsonArray([.. calls.Select(call => (JsonNode)call.WriteWhole())]), ["total"] = total,
                ["page"] = op.List.Number, ["page_size"] = op.List.Size,
            })
            : op.Page([.. calls.Select(call => (JsonNode)call.Write())], total);
    }

    private static bool IncludesNulls(OperationContext op) => op.Query["include_nulls"] is "true";

    /// <summary>With its nulls, which are left out of other replies.</summary>
    private static Reply Raw(OperationContext op, JsonObject body) =>
        op.Raw(200, JsonType, System.Text.Encoding.UTF8.GetBytes(body.ToJsonString()));
}
