using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Chakra.Calling;

/// <summary>What can be done to a call that goes on, whatever API placed it.</summary>
internal sealed class ChakraCommands(ChakraCalls calls, ChakraParts parts)
{
    public ValueTask<Reply> HangUp(OperationContext op) => SendAsync(op, leg => new LegCommand.Hangup
    {
        Cause = leg is { Direction: Direction.Outbound, State: not StoredLegState.Answered } ? HangupCause.ApiCancel
            : HangupCause.ApiHangup,
        Evidence = $"Request {op.RequestId} asked for it.",
    });

    /// <summary>The call's party hears nothing of the other one meanwhile, and is not heard.</summary>
    public async ValueTask<Reply> Hold(OperationContext op)
    {
        if (ChakraCalls.UnknownField(op) is { } unknown) return op.Fail(unknown);
        bool isOn = (bool?)op.ReadObject()["hold"] ?? true;
        return await SendAsync(op, _ => new LegCommand.Hold(isOn));
    }

    /// <summary>Somebody else is called, and takes the call's party over when he answers.</summary>
    public async ValueTask<Reply> Transfer(OperationContext op)
    {
        if (ChakraCalls.UnknownField(op) is { } unknown) return op.Fail(unknown);
        var given = op.ReadObject();
        SaidParties.Read(parts, given, "to", "from");
        string to = (string)given["to"]!;       // required
        if (CheckParty("to", to) is { } nobody) return op.Fail(nobody);
        string? from = (string?)given["from"];
        if (from is not null && CheckParty("from", from) is { } wrong) return op.Fail(wrong);
        // Of a call out, whom it was for is no number of ours: its caller is.
        return await SendAsync(op, leg => new LegCommand.Transfer
        {
            To = to, From = from ?? (leg.Direction is Direction.Outbound ? leg.From : null),
        });
    }

    private async ValueTask<Reply> SendAsync(OperationContext op, Func<LegRow, LegCommand> command)
    {
        if (await calls.FindAsync(op.Tenant, op.Path("id"), op.Stop) is not { } call) return op.Unknown("id");
        if ((call.Leg ?? await calls.FindClickLegAsync(op.Tenant, call, op.Stop)) is not { IsAlive: true } leg)
            return op.Fail(Fault.WrongState, "The call is over, or was only logged.");
        var ack = await op.Calls.SendAsync(leg.Id, command(leg), op.Stop);
        return ack.IsAccepted ? op.Ok(call.Write(op.Links)) : op.Refuse(ack.Refusal);
    }

    /// <summary>Nobody is called by an alias.</summary>
    public static Problem? CheckParty(string field, string party) =>
        party.StartsWith(PartyAlias.Prefix, StringComparison.Ordinal)
            ? ChakraCalls.Invalid(field, $"{field} is the alias of a party without a number, and cannot be called.")
        : PartyAlias.IsNumber(party) || party.StartsWith("sip:", StringComparison.Ordinal) ? null
        : ChakraCalls.Invalid(field, $"{field} must be a number in international form (+15550100000) or a sip: address.");
}
