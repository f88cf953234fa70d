using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Account;
using Ringwright.Telnyx.Assistants;
using Ringwright.Telnyx.Voice.Conferences;

namespace Ringwright.Telnyx.Voice.Calls;

internal static class Dial
{
    public static async ValueTask<Reply> Handle(OperationContext op, VoiceParts parts, AssistantParts talks)
    {
        var body = new VoiceBody(op.ReadObject(), parts.Egress)
        {
            Missing = parts.Files.Missing, CannotTranscribe = parts.Transcriber.ProblemOf, GreetingAnalysis = parts.GreetingAnalysis,
        };
        var assistants = new AnsweringAssistant(talks);
        var connection = Application(op, body);
        var linked = await LinkedAsync(op, body, parts);
        var conference = await DialConference.ReadAsync(op, parts, body);
        var supervision = await SupervisorActions.OfDialAsync(op, parts, body);
        var request = DialMap.Map(body, op.Tenant, connection, linked) with
        {
            Conference = conference,
            ConfersEarly = DialConference.IsEarly(body),
            Supervises = supervision
        };
        string? use = request.CommandId is { } once ? $"dial {once}" : null;
        var ordered = await assistants.ReadAsync(op, body, new(ControlId: null, Direction.Outbound, request.From, request.To), use,
            request.Record);
        var program = await CallRelay.ReadAsync(op, talks, body, request);
        if (body.Problems.Count > 0) return op.Fail(body.Problems);
        if (await BillingGroups.CheckReferenceAsync(op, body.Json, before: null, parts.Store) is { } nobody) return op.Fail(nobody);

        if (await FindEarlierAsync(op, parts, request.CommandId) is { } made) return op.Ok(CallObject.OfDialled(made, parts.Ids));
        bool isKept = ordered is not null && await assistants.KeepAsync(op, ordered);
        if (program is not null && !CallRelay.TryOrder(op, talks, program)) return op.Refuse(Refusal.Overloaded);
        var dialled = await op.Calls.DialAsync(request with
        {
            AskedBy = op.Dialect.Name,
            HasAskerLeft = op.HasClientLeft,
            Agent = ordered?.Terms ?? program?.Agent,
        }, op.Stop);
        if (dialled.Leg is { } leg && dialled.Ack.IsAccepted) return op.Ok(CallObject.OfDialled(leg, parts.Ids));
        if (ordered is not null && isKept) await assistants.WithdrawAsync(op, ordered, dialled.Ack.Refusal);
        if (program is not null) CallRelay.Withdraw(talks, program, dialled.Ack.Refusal);
        return op.Fail(Errors.Of(dialled));
    }

    /// <summary>
    /// The engine remembers its own dials; what was said to an earlier process, or to another node,
    /// is in the store, and must not ring twice.
    /// </summary>
    private static async ValueTask<LegRow?> FindEarlierAsync(OperationContext op, VoiceParts parts, string? commandId)
    {
        if (commandId is null) return null;
        var leg = await parts.Store.Legs.FindByCommandAsync(op.Tenant, commandId, op.Stop);
        var me = parts.Store.Node;
        return leg is { Direction: Direction.Outbound } && (leg.Id.Epoch != me.Epoch || leg.Id.Node != me.Node) ? leg : null;
    }

    /// <summary>The call that <c>link_to</c> names; the two bridging flags mean nothing without one.</summary>
    private static async ValueTask<LinkedCall?> LinkedAsync(OperationContext op, VoiceBody body, VoiceParts parts)
    {
        if (body.Text("link_to") is not { Length: > 0 } text)
        {
            foreach (string flag in (string[])["bridge_on_answer", "bridge_intent"])
                if (body.Flag(flag)) body.Refuse(VoiceErrors.MissingParameter, "link_to", $"{flag} needs link_to.");
            return null;
        }
        if (!parts.Ids.TryReadCallControl(text, op.Tenant, out var id))
            body.Refuse(VoiceErrors.InvalidCallControlId, "link_to", "link_to names no call of this account.");
        else if (await parts.Store.Legs.FindAsync(op.Tenant, id, op.Stop) is not { IsAlive: true } leg)
            body.Refuse(VoiceErrors.AlreadyEnded, "link_to", "The call that link_to names has ended.");
        else
            return new(id, leg.Session, leg.From, leg.BroughtCaller);
        return null;
    }

    private static ConnectionId Application(OperationContext op, VoiceBody body)
    {
        if (body.Json.Id("connection_id") is { } id
            && op.Routing.FindConnection(op.Tenant, new(id)) is { Kind: ConnectionKind.CallControl } found) return found.Id;
        body.Refuse(VoiceErrors.BadRequest, "connection_id", "connection_id names no call control application of this account.");
        return default;
    }
}
