using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telefonie.Calling;

/// <summary>What is done with an answered call that goes on: it is held, muted, talks again, or is handed on to somebody else.</summary>
internal static class TelefonieCallChange
{
    private const string Hold = "hold", Muted = "muted", TransferTo = "transfer_to";

    private static readonly string[] Changes = [Hold, Muted, TransferTo], Instead = ["status", "url"];

    public static bool IsAsked(JsonObject body) => Changes.Any(name => body[name] is not null);

    /// <summary>To be called before anything else is asked of the body.</summary>
    public static void Read(JsonObject body) => TelefonieFields.ReadTruths(body, Hold, Muted);

    /// <summary>The contract does not know these fields, so that its schema says nothing of them.</summary>
    public static IEnumerable<Problem> Check(JsonObject body)
    {
        foreach (string name in (string[])[Hold, Muted])
            if (body[name] is { } flag && flag.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
                yield return TelefonieErrors.Bad(name, $"{name} is true or false.");
        if (body[TransferTo] is { } target)
        {
            bool isNumber = target.GetValueKind() is JsonValueKind.String && (string)target! is var number && PartyAlias.IsNumber(number)
                && !number.StartsWith(PartyAlias.Prefix, StringComparison.Ordinal);
            if (!isNumber) yield return TelefonieErrors.Bad(TransferTo, "transfer_to is a number in E.164 format that can be called.");
        }
        if (Changes.Count(name => body[name] is not null) > 1)
            yield return TelefonieErrors.Bad(Changes.Last(name => body[name] is not null), "A call is held, muted or handed on by itself.");
        if (IsAsked(body) && Instead.FirstOrDefault(name => body[name] is not null) is { } other)
            yield return TelefonieErrors.Bad(other, $"{other} goes with none of {string.Join(", ", Changes)}: each is for itself.");
    }

    /// <param name="isCommanded">A document commands the call.</param>
    /// <returns>Why it is not done; null when it is.</returns>
    public static async ValueTask<Problem?> SendAsync(OperationContext op, TelefonieParts parts, JsonObject body, LegRow leg,
        bool isCommanded)
    {
        string field = Changes.First(name => body[name] is not null);
        if (!leg.IsAlive || leg.AnsweredAt is null)
            return TelefonieErrors.Of(leg.IsAlive ? Refusal.NotYetAnswered : Refusal.AlreadyEnded) with { Pointer = "/" + field };
        if (field is Muted) return await MuteAsync(op, parts, leg, (bool)body[Muted]!);
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

    /// <summary>Only who takes part in a conference has others who would hear him.</summary>
    private static async ValueTask<Problem?> MuteAsync(OperationContext op, TelefonieParts parts, LegRow leg, bool isOn)
    {
        var ack = await parts.Store.Conferences.FindOfLegAsync(op.Tenant, leg.Id, op.Stop) is { } room
            ? await op.Calls.SendAsync(Subject.Of(room), new ConferenceCommand.Mute([leg.Id], isOn), op.Stop)
            : new(Refusal.NotInConference);
        if (ack.IsAccepted) return null;
        return ack.Refusal is Refusal.NotInConference
            ? new(TelefonieErrors.State, "The call is in no conference: it is muted there alone.") { Pointer = "/" + Muted }
            : TelefonieErrors.Of(ack.Refusal) with { Pointer = "/" + Muted };
    }
}
