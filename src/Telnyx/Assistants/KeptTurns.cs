using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Telnyx.Assistants;

/// <summary>Turns of talks in writing as they are kept: all messages of one, or none of them.</summary>
internal static class KeptTurns
{
    /// <summary>Each try that fails is a change by somebody else.</summary>
    private const int Attempts = 20;

    /// <param name="messages">At least one, in order.</param>
    /// <param name="change">Of the conversation's document, and the jobs that follow; null for none. Asked again.</param>
    /// <param name="note">Null for what the account did not ask for.</param>
    /// <returns>False when the conversation is not there any more.</returns>
    public static async ValueTask<bool> KeepAsync(Database store, TenantId tenant, string conversation,
        IReadOnlyList<WrittenMessage> messages, Func<JsonObject, IReadOnlyList<NewJob>>? change, AuditNote? note, CancellationToken stop)
    {
        var rows = ConversationRecords.Rows(store);
        var now = store.Time.GetUtcNow();
        var work = new UnitOfWork
        {
            Note = note,
            Documents = [.. messages.Select(message => new DocumentWrite(ConversationMessages.Messages,
                ConversationMessages.Written(tenant, conversation, message, now)))],
        };
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (await rows.FindAsync(tenant, conversation, stop) is not { } row) return false;
            var after = row with { Body = ConversationMessages.After(row.Body, messages[^1].At), UpdatedAt = now };
            var following = work with { Jobs = change?.Invoke(after.Body) ?? [] };
            switch (await rows.UpdateAsync(after, following, stop))
            {
                case WriteOutcome.Done: return true;
                case WriteOutcome.Missing: return false;
            }
        }
        throw new InvalidOperationException($"Conversation {conversation} was changed {Attempts} times while a turn was kept.");
    }
}
