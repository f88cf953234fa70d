using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Voipbin.Activeflows;
using Ringwright.Voipbin.Queueing;

namespace Ringwright.Voipbin.Calling;

/// <summary>What is asked for by a new call or group of calls, checked.</summary>
internal sealed record CallOrder
{
    private const int MostDestinations = 50;
    private const string Hidden = "yes";

    /// <summary>Nobody has called whose wish could be followed: "auto" shows the caller, as "no" does.</summary>
    private static readonly string[] Anonymous = ["", Hidden, "no", "auto"];
    private static readonly TimeSpan Rings = TimeSpan.FromSeconds(60), Talks = TimeSpan.FromHours(1);

    /// <summary>Numbers and SIP URIs.</summary>
    public required IReadOnlyList<string> To { get; init; }
    public required string From { get; init; }
    public string? CallerName { get; init; }
    /// <summary>Whoever is called does not learn the caller.</summary>
    public bool IsPrivate { get; init; }
    public required Guid Flow { get; init; }
    /// <summary>Of the customer's: each flow that begins here knows them.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <param name="variables">Where they wait; null for none.</param>
    private DialRequest Request(TenantId tenant, string? variables) => new()
    {
        Tenant = tenant, Connection = default, To = To[0], From = From, CallerName = CallerName, IsPrivate = IsPrivate, RingTimeout = Rings,
        TimeLimit = Talks, Application = new(ApplicationKind.Flow, Flow.ToString()),
        Labels = Labels.Of((CallLabels.Flow, Flow.ToString()), (CallLabels.Variables, variables)),
    };

    public static async ValueTask<(CallOrder? Order, Problem? Problem)> ReadAsync(OperationContext op, JsonObject body, VoipbinParts parts,
        ResourceKind flows)
    {
        string anonymous = (string?)body["anonymous"] ?? "";
        if (!Anonymous.Contains(anonymous))
            return (null, VoipbinShape.Bad("anonymous", "anonymous is one of yes, no, auto.", "INVALID_ANONYMOUS_VALUE"));
        if (body["source"] is not JsonObject source) body["source"] = source = [];
        if (VoipbinAddress.Check("source", source) is { } wrong) return (null, wrong);
        if (AgentAddress.Dial(source, op.Tenant, op.Routing, parts.SipHome) is not { } from)
            return (null, VoipbinShape.Bad("source", "source must be a number (tel) or a SIP address (sip) of the account."));
        var (to, problem) = await DestinationsAsync(op, NamedIn(body), parts);
        if (problem is not null) return (null, problem);
        if (await VoipbinShape.CheckReferencesAsync(op, flows, "flow_id", [body["flow_id"]]) is { } unknown) return (null, unknown);
        var (variables, unfit) = GivenVariables.Read(body["variables"]);
        if (unfit is not null) return (null, unfit);
        var (flow, bad) = await FlowAsync(op, body, parts, flows);
        return bad is not null ? (null, bad) : (new CallOrder
        {
            To = to, From = from, Flow = flow, IsPrivate = anonymous is Hidden, Variables = variables,
            CallerName = VoipbinAddress.CallerNameOf(source),
        }, null);
    }

    /// <summary>One call: the flow commands it.</summary>
    public async ValueTask<Dialled> PlaceAsync(OperationContext op, VoipbinParts parts)
    {
        string? given = parts.Flows?.Given.Keep(Variables);
        var dialled = await op.Calls.DialAsync(Request(op.Tenant, given) with
        {
            AskedBy = op.Dialect.Name,
            HasAskerLeft = op.HasClientLeft,
        }, op.Stop);
        if (!dialled.Ack.IsAccepted) parts.Flows?.Given.Forget(given);
        return dialled;
    }

    /// <summary>Several, which are one resource; there is none where nobody could be called.</summary>
    public async ValueTask<(RingGroup? Group, Reply? Refused)> PlaceGroupAsync(OperationContext op, VoipbinParts parts, bool isLinear,
        bool hangsUpOthers)
    {
        if (parts.Work is not { } work) return (null, op.Fail(Fault.Unavailable, "No call lives here."));
        var terms = new RingTerms
        {
            Tenant = op.Tenant, To = To, IsLinear = isLinear, HangsUpOthers = hangsUpOthers,
            Flow = new(ApplicationKind.Flow, Flow.ToString()), Template = Request(op.Tenant, variables: null),
        };
        var row = await work.Groupcalls.AddAsync(op.Tenant, Groupcalls.NewBody(terms), op.Stop);
        var calls = op.Calls;
        string? given = parts.Flows?.Given.Keep(Variables);
        var group = new RingGroup(work, terms with { Template = Request(op.Tenant, given) with { AskedBy = op.Dialect.Name } }, row,
            request => calls.DialAsync(request, CancellationToken.None));
        group.Start();
        if (given is not null) _ = ForgetAsync(group, parts, given);
        var placed = await group.Placed;
        return placed.Ack.IsAccepted ? (group, null) : (null, op.Refuse(placed.Ack.Refusal, placed.Detail));
    }

    private static async Task ForgetAsync(RingGroup group, VoipbinParts parts, string given)
    {
        // Whatever has become of them.
        await ((Task)group.Done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        parts.Flows?.Given.Forget(given);
    }

    /// <summary>Whom it is to call; the first tutorials of the API name one alone, as <c>destination</c>.</summary>
    private static JsonArray NamedIn(JsonObject body) => body["destinations"] is JsonArray { Count: > 0 } named ? named
        : body["destination"] is JsonObject alone && alone.All(one => one.Value is null || one.Value.GetValueKind() is JsonValueKind.String)
            ? new JsonArray(alone.DeepClone()) : [];

    private static async ValueTask<(IReadOnlyList<string> To, Problem? Problem)> DestinationsAsync(OperationContext op, JsonArray given,
        VoipbinParts parts)
    {
        var to = new List<string>();
        foreach (var node in given)
        {
            if (node is not JsonObject address)
                return ([], VoipbinShape.Bad("destinations", "destinations has something that is no address."));
            if (VoipbinAddress.Check("destinations", address) is { } wrong) return ([], wrong);
            if ((string?)address["type"] is "agent")
            {
                var (addresses, problem) = await AgentAsync(op, (string)address["target"]!);        // checked: has all its members
                if (problem is not null) return ([], problem);
                to.AddRange(addresses.Select(one => AgentAddress.Dial(one, op.Tenant, op.Routing, parts.SipHome)).OfType<string>());
            }
            else if (AgentAddress.Dial(address, op.Tenant, op.Routing, parts.SipHome) is { } one) to.Add(one);
            else
                return ([], VoipbinShape.Bad("destinations",
                    $"destinations has '{address["target"]}' of the type '{address["type"]}', which cannot be called."));
        }
        if (to.Count == 0) return ([], VoipbinShape.Bad("destinations", "destinations must name somebody who can be called."));
        return to.Count > MostDestinations ? ([], VoipbinShape.Bad("destinations", $"destinations may be {MostDestinations} at most."))
            : ([.. to.Distinct(StringComparer.OrdinalIgnoreCase)], null);
    }

    private static async ValueTask<(IEnumerable<JsonObject> Addresses, Problem? Problem)> AgentAsync(OperationContext op, string id)
    {
        var agent = await op.Dialect.Rows(Agents.Stored).FindAsync(op.Tenant, id, op.Stop);
        return agent is null || ResourceKind.DeletedAt(agent) is not null
            ? ([], VoipbinShape.Bad("destinations", $"destinations names an agent that this customer does not have: {id}."))
            : ((agent.Body["addresses"] as JsonArray ?? []).OfType<JsonObject>(), null);
    }

    /// <summary>The one that is named, or the actions that are given, which are kept as a flow of their own.</summary>
    private static async ValueTask<(Guid Flow, Problem? Problem)> FlowAsync(OperationContext op, JsonObject body, VoipbinParts parts,
        ResourceKind flows)
    {
        if (Guid.TryParse((string?)body["flow_id"], out var named) && named != Guid.Empty) return (named, null);
        var actions = (body["actions"] as JsonArray)?.DeepClone().AsArray() ?? [];
        if (await Flows.CheckAsync(op, parts, actions, "actions") is { } wrong) return (default, wrong);
        var id = Guid.NewGuid();
        var at = VoipbinForm.Moments.Next(flows.RecordType, op.Tenant, op.Now);
        var kept = new ResourceRow
        {
            Id = id.ToString(), Tenant = op.Tenant, CreatedAt = at, UpdatedAt = at,
            Body = new() { ["type"] = "flow", ["name"] = "", ["detail"] = "", ["actions"] = actions },
        };
        await op.Dialect.Rows(flows).InsertAsync(kept, op.Note("created", flows.RecordType, kept.Id), op.Stop);
        return (id, null);
    }
}
