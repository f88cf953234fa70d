using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>Mailboxes of numbers and the messages in them: which there are, their sound, and their deletion.</summary>
internal static class VoiceMessages
{
    private const string RecordType = "voice_message";

    /// <summary>By their numbers, whosever they are; of one account, or of one number, when that is asked for.</summary>
    public static async ValueTask<Reply> ListMailboxes(OperationContext op, Database store)
    {
        Tenant? account = null;
        if (op.Query["account_id"] is { } id && (account = Accounts.Find(op, id)) is null) return LiveCalls.UnknownAccount(op);
        var (rows, total) = await store.Messages.ListMailboxesAsync(account?.Id, op.Query["phone_number"], op.List.Offset, op.List.Size,
            op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(op, row))], total);
    }

    public static async ValueTask<Reply> List(OperationContext op, Database store)
    {
        if (await MailboxAsync(op, store) is not { } mailbox) return op.Unknown("id");
        var (messages, total) = await store.Messages.ListAsync(mailbox, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. messages.Select(message => (JsonNode)Show(mailbox, message))], total);
    }

    /// <summary>As a WAV file. To fetch one is not to have heard it: that is for who the message is for.</summary>
    public static async ValueTask<Reply> Fetch(OperationContext op, Database store) =>
        await MailboxAsync(op, store) is { } mailbox && IdOf(op) is { } id
        && await store.Mailboxes.ReadAsync(mailbox, id, op.Stop) is { } file
            ? op.Raw(200, "audio/wav", file) : op.Unknown("message_id");

    public static async ValueTask<Reply> Delete(OperationContext op, Database store)
    {
        if (await MailboxAsync(op, store) is not { } mailbox || IdOf(op) is not { } id
            || (await store.Mailboxes.ListAsync(mailbox, op.Stop)).FirstOrDefault(kept => kept.Id == id) is not { } message)
            return op.Unknown("message_id");
        var note = op.Note("deleted", RecordType, id.ToString(), before: Show(mailbox, message)) with { Tenant = mailbox.Tenant };
        return await store.Mailboxes.DeleteAsync(mailbox, id, note, op.Stop) ? op.Ok(Show(mailbox, message)) : op.Unknown("message_id");
    }

    /// <summary>Of a number of the account; it may never have had voicemail.</summary>
    private static async ValueTask<VoiceMailbox?> MailboxAsync(OperationContext op, Database store) =>
        Accounts.Of(op) is { } account && await store.Numbers.Records.FindAsync(account.Id, op.Path("id"), op.Stop) is { } number
            ? new(account.Id, number.Record.Text) : null;

    private static Guid? IdOf(OperationContext op) => Guid.TryParse(op.Path("message_id"), out var id) ? id : null;

    private static JsonObject Show(OperationContext op, ListedMailbox row) => new()
    {
        ["record_type"] = "mailbox",
        ["account"] = op.Routing.FindTenant(row.Mailbox.Tenant)?.Name ?? "",
        ["account_id"] = row.Mailbox.Tenant.ToString(),
        ["number_id"] = row.NumberId.ToString(CultureInfo.InvariantCulture),
        ["phone_number"] = row.Mailbox.Number,
        ["enabled"] = row.IsEnabled,
        ["new"] = row.New,
        ["old"] = row.Old,
    };

    private static JsonObject Show(VoiceMailbox mailbox, VoiceMessage message) => new()
    {
        ["id"] = message.Id.ToString(),
        ["record_type"] = RecordType,
        ["account_id"] = mailbox.Tenant.ToString(),
        ["phone_number"] = mailbox.Number,
        ["from"] = message.From,
        ["seconds"] = Math.Round(message.Length.TotalSeconds, 1),
        ["heard"] = message.IsHeard,
        ["created_at"] = OperatorTime.Write(message.At),
    };
}
