using Ringwright.Sip.Auth;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Switch.Legs;

/// <summary>
/// The requests other than INVITE that we send within a dialog. A challenge is answered here; the last response is the asker's.
/// </summary>
internal sealed class LegRequests(ShardContext shard, LegDialog dialog)
{
    private readonly Dictionary<ClientTransactionId, Pending> _pending = [];

    /// <param name="onFinal">Gets null when nothing answered or nothing could be sent.</param>
    /// <param name="credentials">For this request; null takes the call's.</param>
    public void Send(Dialog within, SipRequestBuilder request, Action<SipResponse?>? onFinal = null, DigestClient? credentials = null)
    {
        var unsigned = request.Build();
        credentials ??= dialog.Credentials;
        if (credentials is null) Send(within, unsigned, onFinal, credentials, answered: 0);
        else Send(within, Authorized(credentials, unsigned, unsigned.CSeq.Number), onFinal, credentials, answered: 0);
    }

    /// <summary>True when the transaction is one of these.</summary>
    public bool OnResponse(ClientTransactionId transaction, SipResponse response)
    {
        if (!_pending.TryGetValue(transaction, out var pending)) return false;
        if (response.IsProvisional) return true;
        _pending.Remove(transaction);
        if (response.Status is 401 or 407 && pending.Answered < Limits.DigestAnswers && pending.Credentials is { } credentials
            && credentials.Learn(response, pending.Request) is DigestOutcome.TryAgain)
            Send(pending.Within, Authorized(credentials, pending.Request, pending.Within.NextCSeq()),
                pending.OnFinal, credentials, pending.Answered + 1);
        else pending.OnFinal?.Invoke(response);
        return true;
    }

    public bool OnFailed(ClientTransactionId transaction)
    {
        if (!_pending.Remove(transaction, out var pending)) return false;
        pending.OnFinal?.Invoke(null);
        return true;
    }

    private void Send(Dialog within, SipRequest request, Action<SipResponse?>? onFinal, DigestClient? credentials, int answered)
    {
        var transaction = shard.Transactions.SendRequest(request, dialog.NextHop(within), shard.Now);
        dialog.Own(transaction);
        _pending.Add(transaction, new(within, request, onFinal, credentials, answered));
    }

    private static SipRequest Authorized(DigestClient credentials, SipRequest request, uint cseq)
    {
        var again = SipRequestBuilder.Again(request, cseq);
        credentials.Authorize(again, request.MethodName.AsText(), request.RequestUri.AsText(), request.Body);
        return again.Build();
    }

    /// <param name="Answered">Challenges that were answered already.</param>
    private sealed record Pending(Dialog Within, SipRequest Request, Action<SipResponse?>? OnFinal, DigestClient? Credentials,
        int Answered);
}
