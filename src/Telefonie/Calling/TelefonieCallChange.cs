using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telefonie.Calling;

/// <summary>What is done with an answered call that goes on: it is held, taken off hold, or handed on to somebody else.</summary>
internal static class TelefonieCallChange
{
    private const string Hold = "hold", TransferTo = "transfer_to";

    private static readonly string[] Instead = ["status", "url"];

    public static bool IsAsked(JsonObject body) => body[Hold] is not null || body[TransferTo] is not null;

    /// <summary>The contract does not know these fields, so that its schema says nothing of them.</summary>
    public static IEnumerable<Problem> Check(JsonObject body)
    {
        if (body[Hold] is { } hold && hold.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
            yield return TelefonieErrors.Bad(Hold, "hold is true or false.");
        if (body[TransferTo] is { } target)
        {
            bool isNumber = target.GetValueKind() is JsonValueKind.String && (string)target! is var number && PartyAlias.IsNumber(number)
                && !number.StartsWith(PartyAlias.Prefix, StringComparison.Ordinal);
            if (!isNumber) yield return TelefonieErrors.Bad(TransferTo, "transfer_to is a number in E.164 format that can be called.");
            if (body[Hold] is not null) yield return TelefonieErrors.Bad(TransferTo, "A call is held, or handed on, by one request.");
        }
        if (IsAsked(body) && Instead.FirstOrDefault(name => body[name] is not null) is { } other)
            yield return TelefonieErrors.Bad(other, $"{other} does not go with hold or transfer_to: each is a request of its own.");
    }

    /// <param name="isCommanded">A document commands the call.</param>
    /// <returns>Why it is not done; null when it is.</returns>
    public static async ValueTask<Problem?> SendAsync(OperationContext op, LegRow leg, bool isCommanded)
    {
        var body = op.ReadObject();
        string field = body[Hold] is not null ? Hold : TransferTo;
        if (!leg.IsAlive || leg.AnsweredAt is null)
            return TelefonieErrors.Of(leg.IsAlive ? Refusal.NotYetAnswered : Refusal.AlreadyEnded) with { Pointer = "/" + field };
        if (field is TransferTo && isCommanded)
        {
            return new(TelefonieErrors.State, "A document commands this call: give it a url whose document dials.")
            {
                Pointer = "/" + field,
            };
        }
        LegCommand command = field is Hold ? new LegCommand.Hold((bool)body[Hold]!) : new LegCommand.Transfer
        {
            To = (string)body[TransferTo]!,
            // Else whoever was called would be who calls.
            From = leg.Direction is Direction.Outbound ? leg.From : null,
            InheritedLabels = [TelefonieLabels.StatusCallback],
        };
        var ack = await op.Calls.SendAsync(leg.Id, command, op.Stop);
        return ack.IsAccepted ? null : TelefonieErrors.Of(ack.Refusal) with { Pointer = "/" + field };
    }
}
