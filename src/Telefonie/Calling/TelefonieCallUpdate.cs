using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telefonie.Calling;

/// <summary>
/// Ends calls: by the status that they are to have, or by deleting them. The same asked again changes nothing and is no error. A call that
/// a document commands may be given another one, and one that is answered is held, muted or handed on.
/// </summary>
internal static class TelefonieCallUpdate
{
    private static readonly string[] Known = ["status", "url", "method", "muted", "hold", "transfer_to"];

    public static async ValueTask<Reply> HandleAsync(OperationContext op, TelefonieParts parts)
    {
        if (await TelefonieCalls.FindAsync(op, parts) is not { } leg) return TelefonieCalls.Unknown(op);
        var body = op.ReadObject();
        if (TelefonieFields.Unknown(body, Known).ToList() is { Count: > 0 } unknown) return op.Fail(unknown);
        if (await TelefonieDocuments.CheckAsync(parts, body, op.Stop) is { } bad) return op.Fail(bad);
        TelefonieCallChange.Read(body);
        if (TelefonieCallChange.Check(body).ToList() is { Count: > 0 } wrong) return op.Fail(wrong);
        if (TelefonieCallChange.IsAsked(body))
        {
            return await TelefonieCallChange.SendAsync(op, parts, body, leg, IsCommanded(op, leg)) is { } refused ? op.Fail(refused)
                : await ShowAsync(op, parts, leg);
        }
        if (TelefonieDocuments.Read(body) is { } document) return await RunAsync(op, parts, leg, document);
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

    /// <summary>In place of what runs.</summary>
    private static async ValueTask<Reply> RunAsync(OperationContext op, TelefonieParts parts, LegRow leg,
        (string Method, string Url) document)
    {
        if (op.ReadObject()["status"] is not null)
            return op.Fail(TelefonieErrors.Bad("status", "A call that ends runs no document: give a status, or a url."));
        if (!leg.IsAlive)
            return op.Fail(new Problem(TelefonieErrors.State, $"The call is over, and {TelefonieStatus.Of(leg)}.") { Pointer = "/url" });
        if (!IsCommanded(op, leg))
        {
            return op.Fail(new Problem(TelefonieErrors.State, "No document commands this call: there is none that another could take the "
                + "place of.")
            { Pointer = "/url" });
        }
        var command = new LegCommand.SetLabels { Labels = Labels.Of(TelefonieDocuments.Of(document)) };
        var ack = await op.Calls.SendAsync(leg.Id, command, op.Stop);
        if (!ack.IsAccepted) return op.Refuse(ack.Refusal);
        return await ShowAsync(op, parts,
            await SettleAsync(op, parts, leg, row => !row.IsAlive || row.Labels[TelefonieLabels.Url] == document.Url));
    }

    /// <summary>By a document: of a call that came to a number its application says which.</summary>
    private static bool IsCommanded(OperationContext op, LegRow leg) => leg.Labels[TelefonieLabels.Url] is not null
        || op.Routing.FindConnection(leg.Tenant, leg.Connection)?.Application == Application.PlainDocument;

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
    private static ValueTask<LegRow> SettleAsync(OperationContext op, TelefonieParts parts, LegRow leg) =>
        SettleAsync(op, parts, leg, row => !row.IsAlive);

    private static ValueTask<LegRow> SettleAsync(OperationContext op, TelefonieParts parts, LegRow leg, Func<LegRow, bool> isSettled) =>
        TelefonieSettling.WaitAsync(op, leg, () => TelefonieCalls.FindAsync(op, parts), isSettled);

    private static async ValueTask<Reply> ShowAsync(OperationContext op, TelefonieParts parts, LegRow leg) =>
        op.Ok((await TelefonieCalls.Rows(op, parts).CompleteAsync(leg, op.Stop)).Write());
}
