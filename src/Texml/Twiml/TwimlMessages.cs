using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Texts;

namespace Ringwright.Texml.Twiml;

/// <summary>Texts of the account, by whichever API or document they were sent.</summary>
internal static class TwimlMessages
{
    /// <summary>For the trail.</summary>
    public const string RecordType = "message";

    public static async ValueTask<Reply> List(OperationContext op, TwimlParts parts)
    {
        if (TwimlDates.Read(op, "DateSent") is not { } sent) return TwimlDates.Refuse(op, "DateSent");
        var query = new TextQuery
        {
            From = Party(op, "From"), To = Party(op, "To"), Moment = sent, Offset = op.List.Offset, Limit = op.List.Size,
        };
        var (rows, total) = await parts.Store.Texts.ListAsync(op.Tenant, query, op.Stop);
        bool hasMore = op.List.Offset + rows.Count < total;
        return TwimlPages.Of(op, "messages", "Messages.json", [.. rows.Select(row => Show(op, row))], hasMore, null);
    }

    public static async ValueTask<Reply> Get(OperationContext op, TwimlParts parts) =>
        await FindAsync(op, parts) is { } text ? op.Bare(200, Show(op, text)) : op.Unknown("Sid");

    public static async ValueTask<Reply> Delete(OperationContext op, TwimlParts parts)
    {
        if (await FindAsync(op, parts) is not { } text) return op.Unknown("Sid");
        var note = op.Note("deleted", RecordType, text.Id.ToString());
        if (await parts.Store.Texts.HideAsync(op.Tenant, text.Id, note, op.Stop)) return op.NoContent();
        return await FindAsync(op, parts) is null ? op.Unknown("Sid")
            : op.Fail(Fault.Conflict, "The text is on its way: it can be deleted when that is over.");
    }

    private static async ValueTask<TextMessage?> FindAsync(OperationContext op, TwimlParts parts)
    {
        string sid = op.Path("Sid");
        return (TwimlSids.Read("SM", sid) ?? TwimlSids.Read("MM", sid)) is { } id
            && await parts.Store.Texts.FindAsync(op.Tenant, id, op.Stop) is { IsHidden: false } text && TwimlSids.Message(text) == sid
                ? text : null;
    }

    public static JsonObject Show(OperationContext op, TextMessage text)
    {
        string sid = TwimlSids.Message(text);
        bool hasCome = text.Direction is Direction.Inbound;
        var sent = text.SentAt ?? (hasCome ? text.ReceivedAt : text.CompletedAt);
        return new()
        {
            ["sid"] = sid,
            ["account_sid"] = TwimlSids.Account(op.Tenant),
            ["api_version"] = TwimlLanguage.ApiVersion,
            ["body"] = text.Words,
            ["date_created"] = TexmlTime.Text(text.ReceivedAt),
            ["date_sent"] = sent is { } at ? TexmlTime.Text(at) : null,
            ["date_updated"] = TexmlTime.Text(text.CompletedAt ?? text.SentAt ?? text.ReceivedAt),
            // Documents count how many have been in answer to one another.
            ["direction"] = hasCome ? "inbound" : text.IsAutomatic || text.Hops > 0 ? "outbound-reply" : "outbound-api",
            ["error_code"] = TextWords.CodeOf(text) is { } code ? int.Parse(code, CultureInfo.InvariantCulture) : null,
            ["error_message"] = null,
            ["from"] = text.From,
            ["messaging_service_sid"] = null,
            ["num_media"] = text.Media.Count.ToString(CultureInfo.InvariantCulture),
            ["num_segments"] = text.Parts.ToString(CultureInfo.InvariantCulture),
            // What was paid is taken away.
            ["price"] = text.Cost is { } cost ? cost.Micros == 0 ? cost.Text : $"-{cost.Text}" : null,
            ["price_unit"] = text.Cost?.Currency,
            ["status"] = TextWords.StatusOf(text),
            ["subresource_uris"] = new JsonObject(),
            ["to"] = text.To,
            ["uri"] = TwimlPaths.Of(op, $"Messages/{sid}.json"),
        };
    }

    /// <summary>As texts have it, however it was written.</summary>
    private static string? Party(OperationContext op, string name) =>
        op.Query[name] is { Length: > 0 } said ? TwimlCallBody.PartyOf(said) : null;
}
