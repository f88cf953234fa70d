using System.Text;
using Ringwright.Calls;

namespace Ringwright.Switch.Subscriptions;

/// <summary>The document of a message lamp (RFC 3842 section 5).</summary>
internal static class MessageSummary
{
    public const string Type = "application/simple-message-summary";

    /// <param name="waiting">Null when there are none.</param>
    /// <param name="account">URI of the mailbox, which a phone may call.</param>
    public static byte[] Write(WaitingMessages? waiting, string account)
    {
        waiting ??= new(default, "");
        string urgent = waiting is { UrgentNew: 0, UrgentOld: 0 } ? "" : $" ({waiting.UrgentNew}/{waiting.UrgentOld})";
        return Encoding.UTF8.GetBytes(
            $"Messages-Waiting: {(waiting.New > 0 ? "yes" : "no")}\r\nMessage-Account: {account}\r\n"
            + $"Voice-Message: {waiting.New}/{waiting.Old}{urgent}\r\n");
    }
}
