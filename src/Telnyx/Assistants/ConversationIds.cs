using System.Security.Cryptography;
using System.Text;
using Ringwright.Http;

namespace Ringwright.Telnyx.Assistants;

/// <summary>The ids of conversations that commands begin.</summary>
internal static class ConversationIds
{
    /// <summary>So long a call remembers a command.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(60);

    /// <summary>A command that is repeated is of the same conversation; one that nobody remembers any more is of the next.</summary>
    /// <param name="command">Its id, and whatever else tells it from others of the account.</param>
    public static async ValueTask<Guid> OfCommandAsync(OperationContext op, string command, AssistantParts parts)
    {
        for (int use = 0; ; use++)
        {
            byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{op.Tenant} {use} {command}"));
            var id = new Guid(hash.AsSpan(0, 16), bigEndian: true);
            if (await ConversationRecords.Rows(parts.Store).FindAsync(op.Tenant, id.ToString(), op.Stop) is not { } row
                || op.Now - row.CreatedAt < Remembered) return id;
        }
    }
}
