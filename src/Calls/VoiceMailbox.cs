using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>A number with voicemail: calls to it that nobody takes may leave a message.</summary>
public sealed record VoiceMailbox(TenantId Tenant, string Number);

/// <summary>The bounds of voicemail.</summary>
public static class MailboxLimits
{
    /// <summary>A full mailbox says so and takes no more.</summary>
    public const int Messages = 100;
    public const int FewestPinDigits = 4, MostPinDigits = 10;
    /// <summary>In one call.</summary>
    public const int PinTries = 3;
    /// <summary>One after the other, of all calls together: then nobody gets in by the PIN for <see cref="PinLockAfter"/>.</summary>
    public const int PinFailures = 10;
    public static readonly TimeSpan PinLock = TimeSpan.FromMinutes(15), LongestPinLock = TimeSpan.FromDays(1);
    public static readonly TimeSpan LongestMessage = TimeSpan.FromMinutes(2);
    /// <summary>What is shorter is none: somebody has hung up.</summary>
    public static readonly TimeSpan ShortestMessage = TimeSpan.FromSeconds(1);
    /// <summary>Behind the last word.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(4);

    /// <summary>Twice as long each further time, until the right PIN is entered or a new one is set.</summary>
    /// <param name="failures">A multiple of <see cref="PinFailures"/>.</param>
    public static TimeSpan PinLockAfter(int failures)
    {
        var locked = PinLock;
        for (int left = failures / PinFailures; left > 1 && locked < LongestPinLock; left--) locked *= 2;
        return locked < LongestPinLock ? locked : LongestPinLock;
    }
}

/// <summary>A message that somebody has left.</summary>
/// <param name="At">When it began.</param>
public sealed record VoiceMessage(Guid Id, string From, DateTimeOffset At, TimeSpan Length, bool IsHeard);

/// <summary>
/// What became of a PIN. <see cref="Locked"/>: too many were wrong, and none counts for a while; <see cref="None"/>: the mailbox has none.
/// </summary>
public enum PinJudged { Right, Wrong, Locked, None }

/// <summary>The messages of mailboxes, for the program that answers their calls. Implemented in Store.</summary>
public interface IMailboxes
{
    /// <summary>Oldest first; at most <see cref="MailboxLimits.Messages"/> and those that came at the same time.</summary>
    ValueTask<IReadOnlyList<VoiceMessage>> ListAsync(VoiceMailbox mailbox, CancellationToken stop);

    /// <summary>Compares the PIN, and counts it when it is wrong.</summary>
    ValueTask<PinJudged> JudgeAsync(VoiceMailbox mailbox, string pin, CancellationToken stop);

    /// <summary>It counts as heard from now on; the lamps of the number's phone follow.</summary>
    ValueTask MarkHeardAsync(VoiceMailbox mailbox, Guid message, CancellationToken stop);

    /// <summary>With its file; the lamps follow.</summary>
    /// <returns>False when there is none.</returns>
    ValueTask<bool> DeleteAsync(VoiceMailbox mailbox, Guid message, CancellationToken stop);
}
