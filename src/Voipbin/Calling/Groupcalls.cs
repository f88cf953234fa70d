using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Resources;

namespace Ringwright.Voipbin.Calling;

/// <summary>Calls that are placed together.</summary>
internal static class Groupcalls
{
    public const string RingAll = "ring_all", Linear = "linear", HangUpOthers = "hangup_others";

    /// <summary>As its rows are found outside of a request.</summary>
    public static readonly ResourceKind Stored = new("voipbin_groupcall") { Deletes = DeleteStyle.Keep };

    public static ResourceKind Kind(Contract contract, VoipbinEvents events) =>
        VoipbinShape.Kind(contract, events, "Groupcall", "groupcall") with
        {
            BeforeDelete = static (op, row) => new((string?)row.Body["status"] is RingGroup.Hangup ? null
                : op.Dialect.Errors.Problem(Fault.WrongState, "The calls of the group are not over.")),
        };

    public static JsonObject NewBody(RingTerms terms) => new()
    {
        ["source"] = VoipbinAddress.OfParty(terms.Template.From, terms.Template.CallerName),
        ["destinations"] = new JsonArray([.. terms.To.Select(static to => VoipbinAddress.OfParty(to, name: null))]),
        ["ring_method"] = terms.IsLinear ? Linear : RingAll, ["answer_method"] = terms.HangsUpOthers ? HangUpOthers : "",
        ["status"] = RingGroup.Progressing, ["call_ids"] = new JsonArray(), ["answer_call_id"] = VoipbinShape.Nobody,
        ["groupcall_ids"] = new JsonArray(), ["answer_groupcall_id"] = VoipbinShape.Nobody, ["call_count"] = 0, ["groupcall_count"] = 0,
        ["dial_index"] = 0,
    };

    public static async ValueTask<Reply> CreateAsync(OperationContext op, VoipbinParts parts, ResourceKind flows)
    {
        var body = op.ReadObject();
        string ring = (string?)body["ring_method"] ?? "", answer = (string?)body["answer_method"] ?? "";
        if (ring is not ("" or RingAll or Linear))
            return op.Fail(VoipbinShape.Bad("ring_method", $"ring_method must be {RingAll} or {Linear}."));
        if (answer is not ("" or HangUpOthers))
            return op.Fail(VoipbinShape.Bad("answer_method", $"answer_method must be {HangUpOthers} or empty."));
        var (order, problem) = await CallOrder.ReadAsync(op, body, parts, flows);
        if (order is null) return op.Fail(problem!);         // one of the two
        var (group, refused) = await order.PlaceGroupAsync(op, parts, ring is Linear, answer is HangUpOthers);
        return refused ?? op.Ok(parts.Work!.Groupcalls.Show(
            await parts.Work.Groupcalls.FindAsync(op.Tenant, group!.Id, op.Stop)
                ?? throw new InvalidOperationException("It was just made.")));
    }

    public static async ValueTask<Reply> HangUpAsync(OperationContext op, VoipbinParts parts, ResourceKind kind)
    {
        if (parts.Work is not { } work || await work.Groupcalls.FindAsync(op.Tenant, op.Path("id"), op.Stop) is not { } row)
            return await op.UnknownAsync(kind, "id");
        if ((string?)row.Body["status"] is RingGroup.Hangup) return op.Fail(Fault.WrongState, "The calls of the group are over already.");
        // Maybe at another node, which looks for that.
        if (await work.Groupcalls.ChangeAsync(op.Tenant, row.Id, static body =>
            {
                body[LiveRows.Kicked] = true;
                if ((string?)body["status"] is RingGroup.Progressing) body["status"] = RingGroup.HangingUp;
                return true;
            }, name: null, op.Stop) is not (var marked, _)) return op.Unknown("id");
        work.End(isQueuecall: false, marked);
        return op.Ok(work.Groupcalls.Show(marked));
    }
}
