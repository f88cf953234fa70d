using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Messaging;

/// <summary>Who has asked for no more messages, newest first.</summary>
internal static class OptOuts
{
    private const int Hidden = 4;

    public static async ValueTask<Reply> List(OperationContext op, MessagingParts parts)
    {
        var query = new TextBlockQuery
        {
            Sender = op.List.Filter("from"), Profile = op.List.Filter("messaging_profile_id"), Offset = op.List.Offset,
            Limit = op.List.Size,
        };
        foreach (string name in (string[])["created_at[gte]", "created_at[lte]"])
        {
            if (op.Query[name] is not { } text) continue;
            if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
                return op.Fail(op.Dialect.Errors.Problem(Fault.BadParameter, $"{name} must be a date and time (ISO 8601).") with
                {
                    Parameter = name,
                });
            query = name is "created_at[gte]" ? query with { From = at } : query with { Until = at };
        }
        var (rows, total) = await parts.Store.TextBlocks.ListAsync(op.Tenant, query, op.Stop);
        // A text to the contract: it comes as each language writes a truth.
        bool isRedacted = op.Query["redaction_enabled"] is "true" or "True" or "1";
        return op.Page([.. rows.Select(row => (JsonNode)new JsonObject
        {
            ["from"] = row.Sender,
            ["to"] = isRedacted && row.Number.Length > Hidden ? row.Number[..^Hidden] + new string('*', Hidden) : row.Number,
            ["messaging_profile_id"] = row.Profile.ToString(),
            ["keyword"] = row.Keyword,
            ["created_at"] = TelnyxTime.Millis(row.At),
        })], total);
    }
}
