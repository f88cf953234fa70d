using System.Globalization;
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
        if (page is null) return CursorPage.Unknown(op);
        var now = op.Now;
        return new CursorPage([.. page.Rows.Select(leg => CallObject.OfLive(leg, parts.Ids, now))], page.Before, page.After, page.Total)
            .Write(op, $"/connections/{connection.Id}/active_calls");
    }
}
