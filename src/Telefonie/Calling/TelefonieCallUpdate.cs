using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telefonie.Calling;

/// <summary>
/// Ends calls: by the status that they are to have, or by deleting them. The same asked again changes nothing and is no error.
/// </summary>
internal static class TelefonieCallUpdate
{
    /// <summary>An end is shown in the reply where it comes at once, as it mostly does.</summary>
    private const int Looks = 40;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);

    private static readonly string[] Known = ["status", "url", "method", "muted", "hold", "transfer_to"];

    public static async ValueTask<Reply> HandleAsync(OperationContext op, TelefonieParts parts)
    {
        if (await TelefonieCalls.FindAsync(op, parts) is not { } leg) return TelefonieCalls.Unknown(op);
        var body = op.ReadObject();
        if (TelefonieFields.Unknown(body, Known).ToList() is { Count: > 0 } unknown) return op.Fail(unknown);
        if ((string?)body["status"] is not { } wanted) return await ShowAsync(op, parts, leg);
        if (Judge(leg, wanted) is { } problem) return op.Fail(problem);
        if (!leg.IsAlive) return await ShowAsync(op, parts, leg);
        if (await EndAsync(op, leg) is { } refusal)
        {
            // Somebody else was quicker: his end is the one that counts.
            leg = await TelefonieCalls.FindAsync(op, parts) ?? leg;
            return leg.IsAlive ? op.Refuse(refusal) : Judge(leg, wanted) is { } late ? op.Fail(late) : await ShowAsync(op, parts, leg);
        }
        return await ShowAsync(op, parts, await SettleAsync(op, parts, leg));
    }

    /// <summary>The call stays readable.</summary>
    public static async ValueTask<Reply> EndAsync(OperationContext op, TelefonieParts parts)
    {
        if (await TelefonieCalls.FindAsync(op, parts) is not { } leg) return TelefonieCalls.Unknown(op);
        if (!leg.IsAlive) return op.NoContent();
        if (await EndAsync(op, leg) is { } refusal && refusal is not Refusal.AlreadyEnded) return op.Refuse(refusal);
        await SettleAsync(op, parts, leg);
        return op.NoContent();
    }

    /// <summary>Who is not answered is canceled, who is answered is completed, and what is over stays what it is.</summary>
    private static Problem? Judge(LegRow leg, string wanted)
    {
        string status = TelefonieStatus.Of(leg);
        if (!leg.IsAlive)
            return status == wanted ? null : new(TelefonieErrors.State, $"The call is over, and {status}.") { Pointer = "/status" };
        bool isAnswered = leg.AnsweredAt is not null;
        return isAnswered == (wanted is TelefonieStatus.Completed) ? null : new(TelefonieErrors.State, isAnswered
            ? $"The call is {status}: only {TelefonieStatus.Completed} ends it."
            : $"The call is {status}: only {TelefonieStatus.Canceled} ends it.")
        { Pointer = "/status" };
    }

    private static async ValueTask<Refusal?> EndAsync(OperationContext op, LegRow leg)
    {
        var ack = await op.Calls.SendAsync(leg.Id, new LegCommand.Hangup
        {
            Cause = leg is { Direction: Direction.Outbound, AnsweredAt: null } ? HangupCause.ApiCancel : HangupCause.ApiHangup,
            Evidence = $"Request {op.RequestId} asked for it.",
        }, op.Stop);
        return ack.IsAccepted ? null : ack.Refusal;
    }

    /// <summary>The call as it is when its end is in the ledger, or in a second.</summary>
    private static async ValueTask<LegRow> SettleAsync(OperationContext op, TelefonieParts parts, LegRow leg)
    {
        for (int look = 0; look < Looks && leg.IsAlive; look++)
        {
            await Task.Delay(Look, op.Stop);
            leg = await TelefonieCalls.FindAsync(op, parts) ?? leg;
        }
        return leg;
    }

    private static async ValueTask<Reply> ShowAsync(OperationContext op, TelefonieParts parts, LegRow leg) =>
        op.Ok((await TelefonieCalls.Rows(op, parts).CompleteAsync(leg, op.Stop)).Write());
}
