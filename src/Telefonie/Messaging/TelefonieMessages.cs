using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telefonie.Calling;

namespace Ringwright.Telefonie.Messaging;

/// <summary>Messages of every API of the account: listed, read and deleted.</summary>
internal static class TelefonieMessages
{
    /// <summary>For the trail.</summary>
    public const string RecordType = "message";

    public static async ValueTask<Reply> ListAsync(OperationContext op, TelefonieParts parts)
    {
        var query = new TextQuery { Offset = op.List.Offset, Limit = op.List.Size };
        if (op.Query["direction"] is { } direction)
            query = query with { Direction = direction is "inbound" ? Direction.Inbound : Direction.Outbound };
        if (op.Query["status"] is { } status)
        {
            query = query with { States = TelefonieMessage.StatesOf(status) };
            // No text here is ever in between.
            if (query.States.Count == 0) return op.Page([], 0);
        }
        foreach (string name in (string[])["from", "to"])
        {
            if (op.Query[name] is not { } said) continue;
            // A '+' that was not encoded is a space.
            string number = said.StartsWith(' ') ? "+" + said[1..] : said;
            if (!PartyAlias.IsNumber(number) && !ShortCode.IsOne(number))
                return op.Fail(new Problem(TelefonieErrors.Parameter, $"{name} must be a number in +E.164 format, or a short code.")
                {
                    Parameter = name,
                });
            query = name is "from" ? query with { From = number } : query with { To = number };
        }
        var (rows, total) = await parts.Store.Texts.ListAsync(op.Tenant, query, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)TelefonieMessage.Write(row))], total);
    }

    public static async ValueTask<Reply> GetAsync(OperationContext op, TelefonieParts parts) =>
        await FindAsync(op, parts) is { } text ? op.Ok(TelefonieMessage.Write(text)) : Unknown(op);

    public static async ValueTask<Reply> DeleteAsync(OperationContext op, TelefonieParts parts)
    {
        if (await FindAsync(op, parts) is not { } text) return Unknown(op);
        string id = text.Id.ToString();
        if (await parts.Store.Texts.HideAsync(op.Tenant, text.Id, op.Note("deleted", RecordType, id), op.Stop)) return op.NoContent();
        return await FindAsync(op, parts) is null ? Unknown(op)
            : op.Fail(new Problem(TelefonieErrors.State, "The message is on its way: it can be deleted when that is over."));
    }

    private static async ValueTask<TextMessage?> FindAsync(OperationContext op, TelefonieParts parts) =>
        TelefonieIds.ReadMessage(op.Path("message_id")) is { } id
        && await parts.Store.Texts.FindAsync(op.Tenant, id, op.Stop) is { IsHidden: false } text ? text : null;

    private static Reply Unknown(OperationContext op) => op.Unknown("message_id", "There is no such message.");
}
