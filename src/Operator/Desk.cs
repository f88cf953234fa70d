using System.Diagnostics;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Work;

namespace Ringwright.Operator;

/// <summary>What waits for the operator's decision, whosever it is, and the decision. The account's trail says who made it.</summary>
/// <param name="cycles">Of all dialects of the node; null where no node runs.</param>
internal sealed class Desk(StateTable states, Moves moves, IReadOnlyList<LifeCycle>? cycles)
{
    private const string NoNode = "Decisions are made while the node runs.";

    public async ValueTask<Reply> List(OperationContext op)
    {
        if (cycles is null) return op.Fail(Fault.Unavailable, NoNode);
        var page = await states.ListWaitingAsync([.. cycles.Select(c => c.Kind.RecordType)], op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. page.Rows.Select(row => (JsonNode)Show(row, KindOf(row.Kind)))], page.Total);

        ResourceKind KindOf(string name) => cycles.First(c => c.Kind.RecordType == name).Kind;
    }

    /// <summary>Of the revision that the operator has seen: what the account changed meanwhile is not decided on.</summary>
    public async ValueTask<Reply> Decide(OperationContext op)
    {
        if (cycles is null) return op.Fail(Fault.Unavailable, NoNode);
        if (!Guid.TryParseExact(op.Path("account_id"), "D", out var id) || op.Routing.FindTenant(new(id)) is not { } account)
            return op.Unknown("account_id");
        if (cycles.FirstOrDefault(c => c.Kind.RecordType == op.Path("kind")) is not { } cycle) return op.Unknown("kind");
        var body = op.ReadObject();
        string move = (string)body["move"]!;                 // the schema demands it
        var ofThisName = cycle.Kind.Transitions.Where(t => t.Name == move && t.By.HasFlag(Mover.Operator)).ToList();
        if (ofThisName.Count == 0)
            return op.Invalid("/move", "invalid", $"The operator has no move '{move}' of a {cycle.Kind.RecordType}.");
        if (body["reason"] is not null && ofThisName.TrueForAll(t => t.Says is null))
            return op.Invalid("/reason", "invalid", $"The move '{move}' takes no reason.");

        var result = await moves.RunAsync(cycle, new(account.Id, op.Path("id"), move, Mover.Operator)
        {
            At = op.Now,
            Said = (string?)body["reason"],
            Revision = (long)body["revision"]!, // the schema demands it
            Note = op.Note(move, cycle.Kind.RecordType, op.Path("id")) with { Tenant = account.Id },
        }, op.Stop);
        if (result.Row is not { } row) return op.Unknown("id");
        string state = (string?)row.Body[cycle.Kind.StateField] ?? "";
        DateTimeOffset? since = cycle.Kind.Awaits.Contains(state) ? op.Now : null;
        return result.Outcome switch
        {
            MoveOutcome.Done => op.Ok(Show(new(row.Tenant, cycle.Kind.RecordType, row.Id, row.Body, row.Revision, since), cycle.Kind)),
            MoveOutcome.WrongState => op.Fail(Fault.WrongState, $"The move '{move}' is not possible in the state '{state}'."),
            MoveOutcome.NothingSaid => op.Invalid("/reason", "missing", "This move needs a reason, which the account reads."),
            MoveOutcome.Conflict => op.Fail(Fault.Conflict, $"It is at revision {row.Revision} by now: look at it again."),
            MoveOutcome.Refused => op.Fail(Fault.Conflict),
            _ => throw new UnreachableException(),
        };
    }

    private static JsonObject Show(WaitingResource row, ResourceKind kind)
    {
        string state = (string?)row.Body[kind.StateField] ?? "";
        return new()
        {
            ["id"] = row.Id,
            ["record_type"] = kind.RecordType,
            ["account_id"] = row.Tenant.ToString(),
            ["state"] = state,
            ["revision"] = row.Revision,
            ["waits_since"] = row.Since is { } at ? OperatorTime.Write(at) : null,
            ["moves"] = new JsonArray([.. kind.OfOperator(state)
                .Select(t => (JsonNode)new JsonObject { ["move"] = t.Name, ["to"] = t.To, ["needs_reason"] = t.Says is not null })]),
            ["resource"] = row.Body.DeepClone(),
        };
    }
}
