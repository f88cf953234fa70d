using System.Text;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Legs;

/// <summary>SIP INFO both ways (RFC 6086, without packages): a digit is a digit, any other body is told as it is.</summary>
internal sealed class LegInfo(ShardContext shard, Leg leg, LegDialog dialog)
{
    public void OnRequest(TransactionOutput.RequestReceived received)
    {
        var info = received.Request;
        bool isTooLarge = info.Body.Length > Limits.InfoBytes;
        dialog.Respond(received, isTooLarge ? 413 : 200);
        if (isTooLarge || !leg.IsAnswered) return;
        if (InfoDigit.TryRead(info, out char key, out int milliseconds)) OnDigit(key, milliseconds);
        else if (!info.Body.IsEmpty) leg.Reports.Informed(info.First(SipHeader.ContentType).AsText(), info.Body.AsText());
    }

    /// <param name="onFinal">Gets null when nothing answered.</param>
    public void Send(Dialog within, LegCommand.SendInfo info, Action<SipResponse?>? onFinal) =>
        dialog.Requests.Send(within, within.CreateRequest(SipMethod.Info)
            .Add(SipHeader.UserAgent, shard.Settings.UserAgent)
            .Body(info.ContentType, Encoding.UTF8.GetBytes(info.Body)), onFinal);

    /// <summary>Told like any other digit, and pressed for a bridged peer, who hears nothing of an INFO.</summary>
    private void OnDigit(char key, int milliseconds)
    {
        leg.Activities.OnDigit(key, milliseconds, KeyWays.Signalling);
        shard.Emit(new Effect.Media(new MediaCommand.SignalledDtmf(leg.Media.Port, key, milliseconds)));
    }
}
