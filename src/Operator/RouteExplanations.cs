using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Operator;

/// <summary>What would become of a call, and why each candidate won or lost, in words.</summary>
internal static class RouteExplanations
{
    public static Reply Explain(OperationContext op, IRouteExplainer explainer)
    {
        IPAddress? source = null;
        if (op.Query["source"] is { Length: > 0 } text && !TypedAddress.TryRead(text, out source))
            return op.Fail(new Problem("invalid", "source must be an IP address.") { Parameter = "source" });
        SipUser? phone = null;
        if (op.Query["phone"] is { Length: > 0 } user && (phone = op.Routing.Sip.FindUser(user)) is null)
            return op.Fail(new Problem("unknown_reference", "phone names no SIP user.") { Parameter = "phone" });
        // A phone that says nothing of itself says its user name.
        if ((op.Query["from"] ?? phone?.Name) is not { Length: > 0 } from)
            return op.Fail(new Problem("missing", "from is missing: only a phone's call has a caller without it.") { Parameter = "from" });
        var question = new RouteQuestion(from, op.Query["to"]!, source) { Phone = phone };      // to is required
        var explanation = explainer.Explain(question);
        return op.Ok(new JsonObject
        {
            ["record_type"] = "route_explanation",
            ["from"] = question.From,
            ["to"] = question.To,
            ["source"] = source?.ToString(),
            ["phone"] = phone?.Name,
            ["outbound"] = explanation.Outbound is { } outbound ? Show(outbound) : null,
            ["inbound"] = explanation.Inbound is { } inbound ? Show(inbound, question) : null,
            ["connections"] = new JsonArray([.. explanation.Customers.Select(candidate => Show(candidate, source))]),
        });
    }

    private static JsonNode Show(ConnectionCandidate candidate, IPAddress? source) => new JsonObject
    {
        ["id"] = candidate.Connection.Id.ToString(),
        ["name"] = candidate.Connection.Name,
        ["kind"] = SnakeName.Of(candidate.Connection.Kind),
        ["outcome"] = SnakeName.Of(candidate.Outcome),
        ["reason"] = candidate.Outcome switch
        {
            ConnectionOutcome.Chosen => $"Its equipment is at {source}: the call is this customer's own.",
            ConnectionOutcome.Disabled => "It lists the source, but it is switched off.",
            ConnectionOutcome.NeedsPassword => "It lists the source, but its equipment must call with a user name and password.",
            ConnectionOutcome.NeedsMark =>
                "It lists the source, but the number does not begin with its tech prefix (a token in a header would do as well).",
            ConnectionOutcome.TrunksAddress =>
                "It lists the source, but a trunk vouches for it: there the customer needs a user name and password, or a token.",
            ConnectionOutcome.OthersAddress =>
                "It lists the source, but another account did so before and the address is not shared (ringwright address share).",
            ConnectionOutcome.OtherPort => "It lists the source, but another connection lists the very port.",
            _ => "It lists the source too; the call shows another connection's tech prefix, or another one has listed it for longer.",
        },
    };

    private static JsonArray Show(IReadOnlyList<ExplainedTarget> targets) =>
    [
        .. targets.Select(target => (JsonNode)new JsonObject
        {
            ["trunk"] = Party(target.Trunk?.Id.ToString(), target.Trunk?.Name),
            ["registered_user"] = target.RegisteredUser,
            ["is_here"] = target.IsInside,
            ["host"] = target.Host,
            ["port"] = target.Port,
            ["transport"] = TrunkWays.Name(target.Transport),
            ["user"] = target.User,
            ["caller_id"] = target.CallerUri,
        }),
    ];

    private static JsonObject Show(OutboundExplanation call) => new()
    {
        ["verdict"] = call.Refusal is not Refusal.None ? SnakeName.Of(call.Refusal) : call.IsParked ? "parked" : "dials",
        ["reason"] = call.Refusal is not Refusal.None ? Refused(call)
            : call.IsParked ? $"The connection {call.Connection?.Name} parks its calls: the account's commands say where it goes."
            : Dials(call),
        ["account"] = Party(call.Tenant?.Id.ToString(), call.Tenant?.Name),
        ["application"] = Party(call.Connection?.Id.ToString(), call.Connection?.Name),
        ["destination"] = new JsonObject { ["kind"] = SnakeName.Of(call.Destination.Kind), ["to"] = call.Destination.To },
        ["gate"] = Gate(call.Gate),
        ["routes"] = new JsonArray([.. call.Routes.Select(Show)]),
        ["targets"] = Show(call.Targets),
    };

    private static string Dials(OutboundExplanation call) => call.Targets.Count == 1
        ? $"The INVITE goes to {Where(call.Targets[0])}."
        : $"The INVITE goes to {Where(call.Targets[0])}; {call.Targets.Count - 1} more wait in case it fails.";

    private static string Refused(OutboundExplanation call) => call.Refusal switch
    {
        Refusal.EmergencyDestination => $"{call.Detail} Phones may call them: ask with the SIP user as phone.",
        Refusal.NoRoute when !call.Destination.To.StartsWith('+') =>
            $"{call.Detail} A short number needs a route whose prefix is that number: ringwright route add {call.Destination.To} TRUNK.",
        _ => call.Detail ?? "The call is refused.",
    };

    private static string Where(ExplainedTarget target) =>
        target.Trunk is { } trunk ? $"trunk {trunk.Name}" : target.RegisteredUser is { } user ? $"wherever {user} is registered"
            : target.IsInside ? "this node, whose number it is" : target.Host;

    private static JsonNode Show(RouteCandidate candidate) => new JsonObject
    {
        ["id"] = candidate.Route.Id.ToString(),
        ["prefix"] = candidate.Route.Prefix,
        ["priority"] = candidate.Route.Priority,
        ["weight"] = candidate.Route.Weight,
        ["trunk"] = Party(candidate.Trunk?.Id.ToString(), candidate.Trunk?.Name),
        ["outcome"] = SnakeName.Of(candidate.Outcome),
        ["reason"] = candidate.Outcome switch
        {
            RouteOutcome.Chosen => "It matches; routes go by the longest prefix, then the lower priority, then the higher weight.",
            RouteOutcome.OtherPrefix => $"The number does not begin with {candidate.Route.Prefix}.",
            RouteOutcome.RouteDisabled => "The route is switched off.",
            RouteOutcome.TrunkMissing => "Its trunk is gone.",
            RouteOutcome.TrunkDisabled => $"Trunk {candidate.Trunk?.Name} is switched off.",
            RouteOutcome.TrunkAlreadyChosen => $"A better route leads to trunk {candidate.Trunk?.Name} already.",
            RouteOutcome.CallerNotShown =>
                $"Trunk {candidate.Trunk?.Name} shows only own and verified numbers of the account that calls (its caller_id is owned).",
            RouteOutcome.PassedOver => $"{PassedOver(candidate)} Calls go elsewhere.",
            RouteOutcome.TrunkFull => candidate.Trouble ?? "",
            RouteOutcome.TriedLast => $"{PassedOver(candidate)} It is tried after all others.",
            _ => "One dial tries no more trunks than those before.",
        },
    };

    private static string PassedOver(RouteCandidate candidate) =>
        $"Trunk {candidate.Trunk?.Name} has failed calls and is passed over for {Math.Ceiling(candidate.For.TotalSeconds):0} s more: "
        + candidate.Trouble;

    private static JsonObject Show(InboundExplanation call, RouteQuestion question) => new()
    {
        ["verdict"] = SnakeName.Of(call.Verdict),
        ["status"] = call.Status,
        ["reason"] = Reason(call, question),
        ["caller_id"] = call.From,
        ["known_by"] = call.Source is null ? "not_asked" : call.Caller is not null ? "connection" : call.Trunk is not null ? "trunk"
            : call.IsKnownByLoopback ? "loopback" : null,
        ["trunk"] = Party(call.Trunk?.Id.ToString(), call.Trunk?.Name),
        ["trunks"] = new JsonArray([.. call.Trunks.Select(candidate => Show(candidate, call))]),
        ["number"] = call.Number?.Text,
        ["account"] = Party(call.Tenant?.Id.ToString(), call.Tenant?.Name),
        ["application"] = Party(call.Connection?.Id.ToString(), call.Connection?.Name),
        ["targets"] = Show(call.Targets),
        ["gate"] = call.Gate is { } gate ? Gate(gate) : null,
    };

    private static string Reason(InboundExplanation call, RouteQuestion question) => call.Verdict switch
    {
        InboundVerdict.Rings when call.Targets.Count > 0 => $"The call goes on to {Where(call.Targets[0])}.",
        InboundVerdict.NoTarget => $"The call comes to connection {call.Connection?.Name} and leads nowhere from there.",
        InboundVerdict.Rings => $"The call rings at application {call.Connection?.Name}.",
        InboundVerdict.Stranger => $"No trunk that is switched on lists {call.Source} as a source: a stranger gets 403.",
        InboundVerdict.UnknownNumber => $"No account owns {question.To}.",
        InboundVerdict.NumberWithoutConnection => $"The number {call.Number?.Text} is assigned to no application.",
        InboundVerdict.ConnectionInactive => $"Application {call.Connection?.Name} is switched off.",
        _ => call.Gate?.Detail ?? "The gate does not let it in.",
    };

    private static JsonNode Show(SourceCandidate candidate, InboundExplanation call) => new JsonObject
    {
        ["id"] = candidate.Trunk.Id.ToString(),
        ["name"] = candidate.Trunk.Name,
        ["network"] = candidate.Network?.ToString(),
        ["outcome"] = SnakeName.Of(candidate.Outcome),
        ["reason"] = candidate.Outcome switch
        {
            SourceOutcome.Chosen => $"{candidate.Network} is the narrowest network that has {call.Source} in it.",
            SourceOutcome.NoSuchSource => $"None of its sources has {call.Source} in it.",
            SourceOutcome.TrunkDisabled => $"{candidate.Network} would match, but the trunk is switched off.",
            SourceOutcome.WiderNetwork => $"{candidate.Network} is wider than the network of trunk {call.Trunk?.Name}.",
            _ => $"Trunk {call.Trunk?.Name} lists a network of the same size, and its name comes first.",
        },
    };

    private static JsonObject Gate(GateAnswer answer) =>
        new() { ["open"] = answer.IsOpen, ["rule"] = answer.Rule, ["detail"] = answer.Detail };

    private static JsonObject? Party(string? id, string? name) => id is null ? null : new() { ["id"] = id, ["name"] = name };
}
