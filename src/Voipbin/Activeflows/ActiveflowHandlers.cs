using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>Runs of flows: they are begun by calls, by campaigns, and here without either.</summary>
internal sealed class ActiveflowHandlers(VoipbinParts parts, Schema shape, ResourceKind flows)
{
    public const string RecordType = "voipbin_" + ActiveflowView.Noun;

    private const string Id = "id";

    public async ValueTask<Reply> List(OperationContext op)
    {
        var (rows, total) = await parts.Store.FlowRuns.ListAsync(op.Tenant, MomentPages.Before(op.List), op.List.Size, op.Stop);
        return op.Page([.. rows.Select(run => (JsonNode)ActiveflowView.Of(shape, run))], total);
    }

    public async ValueTask<Reply> Get(OperationContext op) =>
        await FindAsync(op) is { } run ? op.Ok(ActiveflowView.Of(shape, run)) : await UnknownAsync(op);

    /// <summary>Without a call: what needs one is passed over.</summary>
    public async ValueTask<Reply> Create(OperationContext op)
    {
        var body = op.ReadObject();
        var flow = IdOf(body["flow_id"]);
        var actions = body["actions"] as JsonArray;
        if (await CheckAsync(op, body, flow, actions) is { } problem) return op.Fail(problem);
        var (variables, _) = GivenVariables.Read(body["variables"]);     // checked
        var order = new FlowOrder
        {
            Id = IdOf(body[Id]) ?? Guid.NewGuid(), Tenant = op.Tenant, Flow = flow,
            // One of the two is there. Actions are for where no flow is named, and beside one they do nothing, as in an order of a call.
            Script = flow is null ? new(null, FlowAction.ReadAll(actions!), null) : null,
            ReferenceType = FlowOrder.OfApi, Variables = variables,
            Hook = (string?)body["webhook_uri"] is { Length: > 0 } url
                ? new(url, (string?)body["webhook_method"] is "GET" ? "GET" : "POST") : null,
        };
        if (parts.Flows is not { } running) return op.Fail(Fault.Unavailable, "No flow runs here.");
        switch (await running.Host.StartAsync(order))
        {
            case FlowStart.NoRoom:
                return op.Fail(new Problem("RESOURCE_LIMIT_EXCEEDED", $"{FlowLimits.RunsAtOnce} flows without a call run already."));
            case FlowStart.Stopping:
                return op.Fail(Fault.Unavailable, "The node stops, and begins no flow.");
            case FlowStart.IdTaken:
                return op.Fail(VoipbinShape.Bad(Id, "id is that of another one."));
            case FlowStart.Begun:
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
        return await parts.Store.FlowRuns.FindAsync(op.Tenant, order.Id, op.Stop) is { } run
            ? op.Ok(ActiveflowView.Of(shape, run)) : op.Unknown(Id);
    }

    /// <summary>A call of it is hung up. Of one that is over nothing is changed.</summary>
    public async ValueTask<Reply> Stop(OperationContext op)
    {
        if (await FindAsync(op) is not { DeletedAt: null } run) return await UnknownAsync(op);
        if (run.State is FlowRunState.Running) await EndAsync(op, run);
        return await FindAsync(op) is { } now ? op.Ok(ActiveflowView.Of(shape, now)) : op.Unknown(Id);
    }

    /// <summary>Of one that runs: it is written down that it is over, and then it ends.</summary>
    public async ValueTask EndAsync(OperationContext op, FlowRun run)
    {
        await Records.ChangeAsync(run with
        {
            State = FlowRunState.Ended,
            Outcome = FlowOutcome.Stopped,
            Facts = Stopped(run),
            UpdatedAt = op.Now,
        });
        await CutOffAsync(op, run);
    }

    public async ValueTask<Reply> Delete(OperationContext op)
    {
        if (await FindAsync(op) is not { DeletedAt: null } run) return await UnknownAsync(op);
        var at = op.Now;
        var deleted = run with { State = FlowRunState.Ended, DeletedAt = at, UpdatedAt = at, Facts = Stopped(run) };
        if (!await Records.DeleteAsync(deleted, at)) return op.Unknown(Id);
        await CutOffAsync(op, run);
        return op.Ok(ActiveflowView.Of(shape, deleted));
    }

    private FlowRecords Records => field ??= new(parts.Store, new VoipbinEvents(parts), shape);

    private async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject body, Guid? flow, JsonArray? actions)
    {
        if (flow is null && actions is not { Count: > 0 }) return VoipbinShape.Bad("flow_id", "One of flow_id and actions is needed.");
        if (await VoipbinShape.CheckReferencesAsync(op, flows, "flow_id", [body["flow_id"]]) is { } unknown) return unknown;
        if (flow is null && await Flows.CheckAsync(op, parts, actions!, "actions") is { } wrong) return wrong;     // or flow_id is there
        if (GivenVariables.Read(body["variables"]).Problem is { } given) return given;
        string url = (string?)body["webhook_uri"] ?? "";
        return url.Length > 0 && await parts.Egress.CheckUrlAsync(url, TargetUse.Webhook, op.Stop) is { IsAllowed: false } verdict
            ? VoipbinShape.Bad("webhook_uri", $"webhook_uri is refused: {verdict.Detail}") : null;
    }

    /// <summary>Here at once; on another node its call, by which it ends too.</summary>
    private async ValueTask CutOffAsync(OperationContext op, FlowRun run)
    {
        if (parts.Flows?.Host.Stop(run.Id) is true || run is not { ReferenceType: FlowOrder.OfCall, Reference: { } call }) return;
        if (await parts.Store.Legs.FindByUuidAsync(op.Tenant, call, op.Stop) is { IsAlive: true } leg)
            await op.Calls.SendAsync(leg.Id, new LegCommand.Hangup { Evidence = "Its flow was stopped." }, op.Stop);
    }

    private static JsonObject Stopped(FlowRun run)
    {
        var facts = (JsonObject)run.Facts.DeepClone();
        facts[FlowJournal.Current] = null;
        return facts;
    }

    private ValueTask<FlowRun?> FindAsync(OperationContext op) =>
        parts.Store.FlowRuns.FindAsync(op.Tenant, Guid.Parse(op.Path(Id)), op.Stop);

    private async ValueTask<Reply> UnknownAsync(OperationContext op) =>
        await parts.Store.FlowRuns.IsOthersAsync(op.Tenant, Guid.Parse(op.Path(Id)), op.Stop)
            ? op.Fail(Fault.ForeignResource, "This belongs to another account.") : op.Unknown(Id);

    private static Guid? IdOf(JsonNode? node) => Guid.TryParse((string?)node, out var id) && id != Guid.Empty ? id : null;
}
