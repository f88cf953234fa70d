using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Transactions;

/// <summary>The two requests that a transaction makes itself: they copy from the INVITE and share its Via.</summary>
internal static class TransactionRequests
{
    /// <summary>For a final response other than 2xx (RFC 3261 §17.1.1.3).</summary>
    public static SipRequest Ack(SipRequest invite, SipResponse response) =>
        Like(invite, SipMethod.Ack, response.First(SipHeader.To).AsText()).Build();

    /// <summary>RFC 3261 §9.1; Reason as in RFC 3326.</summary>
    public static SipRequest Cancel(SipRequest invite, string? reason)
    {
        var cancel = Like(invite, SipMethod.Cancel, invite.First(SipHeader.To).AsText());
        if (reason is not null) cancel.Add(SipHeader.Reason, reason);
        return cancel.Build();
    }

    private static SipRequestBuilder Like(SipRequest invite, SipMethod method, string to)
    {
        var request = new SipRequestBuilder(method, invite.RequestUri.AsText());
        foreach (var via in invite.Values(SipHeader.Via))
        {
            request.Add(SipHeader.Via, via.AsText());
            break;
        }
        foreach (var route in invite.Values(SipHeader.Route)) request.Add(SipHeader.Route, route.AsText());
        return request
            .Add(SipHeader.From, invite.First(SipHeader.From).AsText())
            .Add(SipHeader.To, to)
            .Add(SipHeader.CallId, invite.CallId.AsText())
            .Add(SipHeader.CSeq, $"{invite.CSeq.Number} {method.Wire().AsText()}");
    }
}
