using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Voipbin.Activeflows;
using Ringwright.Voipbin.Activeflows.Actions;

namespace Ringwright.Voipbin;

/// <summary>Lists of actions; those that customers make have the type <c>flow</c>.</summary>
internal static class Flows
{
    public const string Noun = "flow";

    private const string WrongAction = "INVALID_ACTION_TYPE";

    /// <summary>Members of options that name a flow of the customer's.</summary>
    private static readonly string[] FlowIds = ["flow_id", "on_end_flow_id"];

    private static readonly string[] ActionMembers = ["id", "next_id", "type", "option", "tm_execute"];

    private static readonly string[] AssistantIds = [Assistance.Id, Assistance.OldId];

    /// <summary>And those that name a server, with what it is asked for.</summary>
    private static readonly (string Name, TargetUse Use)[] Urls = [("uri", TargetUse.Webhook), ("event_url", TargetUse.Document)];

    /// <summary>As its rows are found outside of a request.</summary>
    public static readonly ResourceKind Stored = new("voipbin_" + Noun) { Deletes = DeleteStyle.Keep };

    public static ResourceKind Kind(Contract contract, VoipbinEvents events, VoipbinParts parts)
    {
        var kind = VoipbinShape.Kind(contract, events, "Flow", Noun);
        return kind with
        {
            Validate = async (op, body, _) =>
            {
                if (body["actions"] is not JsonArray actions) body["actions"] = actions = [];
                return await CheckAsync(op, parts, actions, "actions")
                    ?? await VoipbinShape.CheckReferencesAsync(op, kind, "on_complete_flow_id", [body["on_complete_flow_id"]]);
            },
            BeforeDelete = CheckUseAsync,
        };
    }

    /// <summary>A campaign without its flow would hang up on everybody who answers.</summary>
    private static async ValueTask<Problem?> CheckUseAsync(OperationContext op, ResourceRow flow)
    {
        if ((string?)flow.Body["type"] is not "campaign") return null;
        var campaigns = DialerRows.AllAsync(op.Dialect.Rows(DialerRows.Campaign), op.Tenant, op.Stop,
            new ResourceFilter(CampaignDocument.Flow, "eq", [flow.Id]), new ResourceFilter(ResourceKind.DeletedField, "exists", ["false"]));
        return await campaigns.FirstOrDefaultAsync(op.Stop) is { } campaign
            ? op.Dialect.Errors.Problem(Fault.InUse, $"These are the actions of the campaign {campaign.Id}, and go with it.") : null;
    }

    /// <summary>The same, and what they name: flows of the customer's, and servers that may be asked.</summary>
    public static async ValueTask<Problem?> CheckAsync(OperationContext op, VoipbinParts parts, JsonArray actions, string field,
        bool isNamed = true)
    {
        if (Check(actions, field, isNamed, parts.Flows) is { } problem) return problem;
        foreach (var option in OptionsIn(actions))
        {
            foreach (string name in AssistantIds)
                if (Known(option[name]) is { } text && Guid.TryParse(text, out var assistant) && assistant != Guid.Empty
                    && parts.Flows?.Assistants is { } assistants && !await assistants.HasAsync(op.Tenant, assistant, op.Stop))
                    return VoipbinShape.Bad(field, $"{field}: {name} names no assistant of this customer: {text}.");
            foreach (string name in FlowIds)
                if (Known(option[name]) is { } flow
                    && await VoipbinShape.CheckReferencesAsync(op, Stored, field, [JsonValue.Create(flow)]) is { } unknown) return unknown;
            foreach (var (name, use) in Urls)
                if (Known(option[name]) is { Length: > 0 } url
                    && await parts.Egress.CheckUrlAsync(url, use, op.Stop) is { IsAllowed: false } verdict)
                    return VoipbinShape.Bad(field, $"{field}: {name} is refused: {verdict.Detail}");
            foreach (string name in PlayAction.Names)
                foreach (var url in option[name] as JsonArray ?? [])
                    if (Known(url) is { } sound
                        && await parts.Egress.CheckUrlAsync(sound, TargetUse.Media, op.Stop) is { IsAllowed: false } no)
                        return VoipbinShape.Bad(field, $"{field}: {name} is refused: {no.Detail}");
        }
        return null;
    }

    /// <summary>What is wrong with actions; null when nothing is.</summary>
    /// <param name="isNamed">Actions without an id get one.</param>
    /// <param name="parts">What the node has for them; null where nobody asks for that.</param>
    public static Problem? Check(JsonArray actions, string field, bool isNamed, FlowParts? parts = null)
    {
        if (actions.Count > FlowLimits.Actions) return VoipbinShape.Bad(field, $"{field} has more than {FlowLimits.Actions} actions.");
        foreach (var node in actions)
        {
            if (node is not JsonObject action) return VoipbinShape.Bad(field, $"{field} has something that is no action.", WrongAction);
            string type = Text(action["type"]) ?? "";
            if (FlowActions.Find(type) is not { } known)
                return VoipbinShape.Bad(field, $"{field}: there is no action '{type}'.", WrongAction);
            if (known.Lacks is { } lacks)
                return VoipbinShape.Bad(field, $"{field}: '{type}' cannot be done yet: there are no {lacks}.", WrongAction);
            if (known.Action is null) return VoipbinShape.Bad(field, $"{field}: '{type}' cannot be done yet.", WrongAction);
            if (parts is not null && known.Action.LackOf(parts) is { } missing)
                return VoipbinShape.Bad(field, $"{field}: '{type}' cannot be done: {missing}.", WrongAction);
            foreach (string name in new[] { "id", "next_id" })
                if (action[name] is { } id && (Text(id) is not { } text || text.Length > 0 && !Guid.TryParseExact(text, "D", out _)))
                    return VoipbinShape.Bad(field, $"{field}: {name} of '{type}' is a UUID.");
            if (isNamed && Text(action["id"]) is null or "" or "00000000-0000-0000-0000-000000000000")
                action["id"] = Guid.NewGuid().ToString();
            if (action["option"] is not (null or JsonObject)) return VoipbinShape.Bad(field, $"{field}: option of '{type}' is an object.");
            if (Misplaced(known.Action, action) is { } astray) return VoipbinShape.Bad(field, $"{field}: {astray}.");
            var option = action["option"] as JsonObject ?? [];
            if (option["actions"] is JsonArray inner && Check(inner, "actions", isNamed: false, parts) is { } problem) return problem;
            if (AnonymousFault(known.Action, option) is { } unsaid)
                return VoipbinShape.Bad(field, $"{field}: {type}: anonymous is one of {unsaid}.", "INVALID_ANONYMOUS_VALUE");
            if (FlowOptionCheck.FaultOf(known.Action, option, isFilled: false) is { } fault)
                return VoipbinShape.Bad(field, $"{field}: {fault}.");
            if (parts is not null && known.Action.LackOf(parts, new(option)) is { } lack)
                return VoipbinShape.Bad(field, $"{field}: '{type}' cannot be done: {lack}.");
        }
        return null;
    }

    /// <summary>
    /// What stands beside <c>option</c>, where nobody reads it, though it is an option of the action; null where nothing does. What is no
    /// option of it may be a note of whoever drew the flow.
    /// </summary>
    private static string? Misplaced(IFlowAction action, JsonObject written)
    {
        foreach (var (name, value) in written)
        {
            if (value is null || ActionMembers.Contains(name)) continue;
            if (name is "options") return $"'{action.Type}' has its options in 'option', and not in 'options'";
            if (action.Options.Any(known => known.Name == name))
                return $"'{name}' of '{action.Type}' stands beside 'option', and must stand in it";
        }
        return null;
    }

    /// <summary>The words that it may have, where it has another: clients look for a reason of its own.</summary>
    private static string? AnonymousFault(IFlowAction action, JsonObject option)
    {
        if (option["anonymous"] is not { } said || action.Options.FirstOrDefault(known => known.Name == "anonymous") is not { } known)
            return null;
        bool isFit = Text(said) is { } word
            && (word.Length == 0 || word.Contains("${", StringComparison.Ordinal) || known.Words.Contains(word));
        return isFit ? null : string.Join(", ", known.Words);
    }

    private static IEnumerable<JsonObject> OptionsIn(JsonArray actions)
    {
        foreach (var option in actions.OfType<JsonObject>().Select(action => action["option"]).OfType<JsonObject>())
        {
            yield return option;
            foreach (var inner in OptionsIn(option["actions"] as JsonArray ?? [])) yield return inner;
        }
    }

    /// <summary>Null for none, and for what is known only when its variables are.</summary>
    private static string? Known(JsonNode? node) =>
        Text(node) is { Length: > 0 } text && !text.Contains("${", StringComparison.Ordinal) ? text : null;

    private static string? Text(JsonNode? node) => node?.GetValueKind() is JsonValueKind.String ? (string)node! : null;
}
