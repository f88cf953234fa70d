using Ringwright.Sip.Auth;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Recovery;

/// <summary>The BYE to one far end; again with credentials when it is challenged.</summary>
internal sealed class RecoveryByeDialog(ShardContext shard, Dialog dialog, SipFlow path, DigestClient? credentials)
{
    private SipRequest? _sent;
    private int _answered;

    public Dialog Dialog => dialog;
    public SipFlow Path => path;

    /// <summary>Of the BYE that has no answer yet.</summary>
    public ClientTransactionId? Transaction { get; private set; }

    /// <returns>False when it has been said before.</returns>
    public bool TrySay(string reason)
    {
        if (dialog.State is not DialogState.Confirmed) return false;
        Send(dialog.CreateRequest(SipMethod.Bye).Add(SipHeader.UserAgent, shard.Settings.UserAgent).Add(SipHeader.Reason, reason).Build());
        dialog.End();
        return true;
    }

    /// <returns>False while something is still to come: a final response, or the answer to the BYE that
    /// has just gone with credentials.</returns>
    public bool IsAnswered(SipResponse response)
    {
        if (response.IsProvisional) return false;
        Transaction = null;
        if (response.Status is not (401 or 407) || credentials is null || _sent is not { } bye || _answered >= Limits.DigestAnswers)
            return true;
        if (credentials.Learn(response, bye) is not DigestOutcome.TryAgain) return true;
        _answered++;
        var again = SipRequestBuilder.Again(bye, dialog.NextCSeq());
        credentials.Authorize(again, "BYE", bye.RequestUri.AsText(), bye.Body);
        Send(again.Build());
        return false;
    }

    public void GiveUp() => Transaction = null;

    private void Send(SipRequest bye)
    {
        _sent = bye;
        Transaction = shard.Transactions.SendRequest(bye, shard.NextHop(dialog, path), shard.Now);
    }
}
