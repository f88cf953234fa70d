using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Sip.Dialogs;

/// <summary>What a response meant to an <see cref="OutgoingInvite"/>.</summary>
public abstract record InviteNews
{
    private InviteNews() { }

    /// <summary>Handled: 100, a retransmission, a fork that was hung up.</summary>
    public sealed record Nothing : InviteNews
    {
        public static readonly Nothing Value = new();
    }

    /// <summary>101 to 199. <paramref name="Early"/> is null without a To tag.</summary>
    /// <param name="IsReliable">It wants a PRACK: <see cref="OutgoingInvite.CreatePrack"/>.</param>
    public sealed record Progress(SipResponse Response, Dialog? Early, bool IsReliable) : InviteNews;

    /// <summary>The first 2xx. Call <see cref="OutgoingInvite.Acknowledge"/>.</summary>
    public sealed record Answered(SipResponse Response, Dialog Dialog) : InviteNews;

    /// <summary>300 to 699; the ACK has been sent.</summary>
    public sealed record Failed(SipResponse Response) : InviteNews;

    /// <summary>A 2xx crossed our CANCEL: it has been acknowledged and hung up. The call is over as if cancelled.</summary>
    public sealed record AnsweredTooLate(SipResponse Response) : InviteNews;

    /// <summary>
    /// A 2xx to a restored INVITE. Nothing has been sent: call <see cref="OutgoingInvite.Acknowledge(Dialog)"/>, and hang up.
    /// </summary>
    /// <param name="Path">Where ACK and BYE go.</param>
    public sealed record Unwanted(Dialog Dialog, SipFlow Path) : InviteNews;
}
