using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;

namespace Ringwright.Voipbin.Calling;

/// <summary>The account's calls, whichever API placed them, and new ones.</summary>
internal static class CallHandlers
{
    /// <summary>Calls that began in the same microsecond: a page is not cut between them.</summary>
    private const int Spare = 100;

    public static async ValueTask<Reply> ListAsync(OperationContext op, VoipbinParts parts)
    {
        var found = await new CallRows(parts.Store).ListAsync(op.Tenant, MomentPages.Before(op.List), op.List.Size + Spare, op.Stop);
        var page = found.Take(op.List.Size).ToList();
        if (found.Count > page.Count && found[page.Count].StartedAt == page[^1].StartedAt)
        {
            var cut = page[^1].StartedAt;
            var whole = page.TakeWhile(call => call.StartedAt != cut).ToList();
            page = whole.Count > 0 ? whole : [.. found.TakeWhile(call => call.StartedAt == cut)];
        }
        return op.Page([.. page.Select(call => (JsonNode)call.Write())], page.Count);
    }

    public static async ValueTask<Reply> CreateAsync(OperationContext op, VoipbinParts parts, ResourceKind flows)
    {
        var (order, problem) = await CallOrder.ReadAsync(op, op.ReadObject(), parts, flows);
        if (order is null) return op.Fail(problem!);         // one of the two
        if (order.To.Count > 1)
        {
            var (group, refused) = await order.PlaceGroupAsync(op, parts, isLinear: false, hangsUpOthers: false);
            if (group is null) return refused!;       // one of the two
            var row = await parts.Work!.Groupcalls.FindAsync(op.Tenant, group.Id, op.Stop);       // or there were no group
            return Answer(op, await group.Placed, row is null ? null : parts.Work.Groupcalls.Show(row));
        }
        return Answer(op, await order.PlaceAsync(op, parts), group: null);
    }

    public static async ValueTask<Reply> GetAsync(OperationContext op, VoipbinParts parts) =>
        await new CallRows(parts.Store).FindAsync(op.Tenant, IdOf(op), op.Stop) is { } call
            ? op.Ok(call.Write()) : await UnknownAsync(op, parts);

    public static async ValueTask<Reply> HangUpAsync(OperationContext op, VoipbinParts parts)
    {
        var rows = new CallRows(parts.Store);
        if (await rows.FindLegAsync(op.Tenant, IdOf(op), op.Stop) is not { } leg
                || await rows.FindAsync(op.Tenant, IdOf(op), op.Stop) is not { } call)
            return await UnknownAsync(op, parts);
        if (!leg.IsAlive) return op.Fail(Fault.WrongState, "The call is over.");
        var ack = await op.Calls.SendAsync(leg.Id, new LegCommand.Hangup
        {
            Cause = leg is { Direction: Direction.Outbound, State: not StoredLegState.Answered } ? HangupCause.ApiCancel
                : HangupCause.ApiHangup,
            Labels = Labels.Of((CallLabels.Ending, "asked")),
            Evidence = $"Request {op.RequestId} asked for it.",
        }, op.Stop);
        return ack.IsAccepted ? op.Ok((call with { Labels = call.Labels.With(Labels.Of((CallLabels.Ending, "asked"))) }).Write())
            : op.Refuse(ack.Refusal);
    }

    /// <summary>Why nothing can be commanded of the call that the path names; null when it is up.</summary>
    public static async ValueTask<Reply?> WhyNotAsync(OperationContext op, VoipbinParts parts) => (await FindUpAsync(op, parts)).WhyNot;

    /// <summary>Commands a call that is up; the answer is the call.</summary>
    /// <param name="accepted">Once the command is; says what there is to show of it beyond what is written down.</param>
    public static async ValueTask<Reply> SendAsync(OperationContext op, VoipbinParts parts, LegCommand command,
        Func<CallState, CallState>? accepted = null)
    {
        var (leg, whyNot) = await FindUpAsync(op, parts);
        if (leg is null) return whyNot!;        // one of the two
        var ack = await op.Calls.SendAsync(leg.Id, command, op.Stop);
        if (!ack.IsAccepted) return op.Refuse(ack.Refusal);
        return await new CallRows(parts.Store).FindAsync(op.Tenant, IdOf(op), op.Stop) is { } call
            ? op.Ok((accepted?.Invoke(call) ?? call).Write()) : op.Unknown("id");
    }

    public static async ValueTask<Reply> DeleteAsync(OperationContext op, VoipbinParts parts)
    {
        var rows = new CallRows(parts.Store);
        if (await rows.FindAsync(op.Tenant, IdOf(op), op.Stop) is not { } call) return await UnknownAsync(op, parts);
        if (call.DeletedAt is not null) return op.Unknown("id");
        if (call.EndedAt is null) return op.Fail(Fault.WrongState, "The call is not over.");
        var at = VoipbinForm.Moments.Next(CallRows.Deleted.RecordType, op.Tenant, op.Now);
        var gone = call with { DeletedAt = at };
        var customer = await Customers.FindAsync(parts, op.Tenant, op.Stop);
        var message = customer is null ? null
            : VoipbinEvents.MessageOf(customer, new("call", call.Id.ToString(), "call_deleted", gone.Write(), at), parts.Notation);
        var outcome = await rows.DeleteAsync(op.Tenant, call.Id, at, () => new UnitOfWork
        {
            Note = op.Note("deleted", CallRows.Deleted.RecordType, call.Id.ToString()), Messages = message is null ? [] : [message],
        }, op.Stop);
        return outcome is Store.Resources.WriteOutcome.Done ? op.Ok(gone.Write()) : op.Unknown("id");
    }

    /// <summary>The call as it is on its first row; and all that was placed, where clients of the original look for it.</summary>
    private static Reply Answer(OperationContext op, Dialled dialled, JsonObject? group)
    {
        if (dialled is not { Ack.IsAccepted: true, Leg: { } leg }) return op.Refuse(dialled.Ack.Refusal, dialled.Detail);
        var call = new CallState
        {
            Id = leg.Uuid, Tenant = leg.Tenant, Direction = leg.Direction, From = leg.From, To = leg.To, CallerName = leg.CallerName,
            Labels = leg.Labels, Application = leg.Application, StartedAt = op.Now,
        }.Write();
        var shown = call.DeepClone().AsObject();
        shown["calls"] = new JsonArray(call);
        shown["groupcalls"] = group is null ? new JsonArray() : new JsonArray(group);
        return op.Ok(shown);
    }

    /// <summary>The call that the path names, if it is up.</summary>
    /// <returns>One of the two.</returns>
    public static async ValueTask<(LegRow? Leg, Reply? WhyNot)> FindUpAsync(OperationContext op, VoipbinParts parts)
    {
        if (await new CallRows(parts.Store).FindLegAsync(op.Tenant, IdOf(op), op.Stop) is not { } leg)
            return (null, await UnknownAsync(op, parts));
        return leg.IsAlive ? (leg, null) : (null, op.Fail(Fault.WrongState, "The call is over."));
    }

    private static Guid IdOf(OperationContext op) => Guid.Parse(op.Path("id"), CultureInfo.InvariantCulture);

    private static async ValueTask<Reply> UnknownAsync(OperationContext op, VoipbinParts parts) =>
        await new CallRows(parts.Store).IsOthersAsync(op.Tenant, IdOf(op), op.Stop)
            ? op.Fail(Fault.ForeignResource, "This belongs to another account.") : op.Unknown("id", "The call was not found.");
}
