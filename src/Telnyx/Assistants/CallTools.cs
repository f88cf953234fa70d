using System.Text.Json.Nodes;
using Ringwright.Telnyx.Voice;
using Ringwright.Telnyx.Voice.Calls;

namespace Ringwright.Telnyx.Assistants;

/// <summary>Tools of an assistant in the words in which agents have them.</summary>
internal static class CallTools
{
    /// <summary>As models want names.</summary>
    private const int LongestName = 64;
    /// <summary>As agents want them.</summary>
    private const int LongestInstructions = 3_000;
    private const string CallHeader = "x-telnyx-call-control-id";

    private const string Gather = "gather", Handoff = "handoff", Texts = "send_message";

    /// <summary>Words while a tool runs, by both names that clients have for them.</summary>
    private const string Messages = "messages", OtherMessages = "filler_messages";

    /// <summary>What a webhook sends beside what the model says.</summary>
    public const string PresetBody = "preset_body_fields", PresetQuery = "preset_query_params";

    /// <summary>Until the model hears of a tool in the background that it was submitted.</summary>
    private const int UsualBackground = 300;

    /// <summary>Where a message that waits says no time.</summary>
    private const int UsualFiller = 3_000;

    /// <summary>Of agents that call people.</summary>
    private static readonly string[] OfCampaigns = ["mark_do_not_call", "schedule_callback"];

    private static readonly string[] BuiltIn = ["hangup", "transfer", "refer", Handoff, "send_dtmf", "skip_turn", Texts];

    /// <summary>What a tool of each type may say of itself. Shared ones are kept as newer clients write them.</summary>
    private static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        ["hangup"] = ["description"], ["send_dtmf"] = [],
        ["transfer"] = ["description", "from", "targets", "custom_headers", "warm_transfer_instructions"],
        ["webhook"] =
        [
            "name", "description", "url", "method", "headers", "body_parameters", "path_parameters", "query_parameters", "timeout_ms",
            "async", "async_timeout_ms", Messages, OtherMessages, "store_fields_as_variables", PresetBody, PresetQuery,
        ],
        ["skip_turn"] = ["description"], ["handoff"] = ["description", "ai_assistants", "voice_mode"],
        ["refer"] = ["description", "targets", "custom_headers", "sip_headers"], [Texts] = ["description", "message_template"],
    };

    /// <param name="call">Told to the servers of tools; null where there is none.</param>
    /// <param name="refuse">Hears of each tool that cannot be.</param>
    /// <param name="isGather">The agent has a tool of its own, which writes down what it gathers.</param>
    public static JsonArray Write(IEnumerable<JsonObject> tools, string? call, Action<string> refuse, bool isGather = false)
    {
        var written = new JsonArray();
        var names = new HashSet<string>(BuiltIn, StringComparer.Ordinal);
        // Webhooks had this name before there was such a tool, and instructions say it.
        if (!tools.Any(tool => tool.Text("type") is Texts)) names.Remove(Texts);
        if (isGather) names.Add(Gather);
        var firsts = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var tool in tools)
        {
            string type = tool.Text("type") ?? "";
            var said = tool.Child(type) ?? [];
            if (Known.TryGetValue(type, out string[]? known))
                foreach (var (name, value) in said)
                    if (!known.Contains(name) && value?.ToJsonString() is not (null or "false" or "\"\"" or "[]" or "{}"))
                        refuse($"10041: {name} of tools of the type {type} is not built yet.");
            if (Write(type, said, tool, call, names, refuse) is not { } one) continue;
            if (!BuiltIn.Contains(type) || firsts.TryAdd(type, one)) written.Add((JsonNode)one);
            else if (JoinedTools.Join(firsts[type], one) is { } unlike) refuse(unlike);
        }
        return written;
    }

    private static JsonObject? Write(string type, JsonObject said, JsonObject tool, string? call, HashSet<string> names,
        Action<string> refuse)
    {
        switch (type)
        {
            case "hangup" or "skip_turn":
                var plain = new JsonObject { ["kind"] = type };
                if (said.Filled("description") is { } what) plain["description"] = what;
                return plain;
            case "send_dtmf":
                return new() { ["kind"] = type };
            case "transfer":
                return Transfer(said, refuse);
            case "refer":
                return Refer(said, refuse);
            case Handoff:
                return HandoffOf(said, refuse);
            case Texts:
                var message = new JsonObject { ["kind"] = type };
                if (said.Filled("description") is { } about) message["description"] = about;
                if (said.Filled("message_template") is { } template)
                {
                    if (template.Length > LongestInstructions)
                        refuse($"message_template of a tool of the type send_message has at most {LongestInstructions} characters.");
                    message["template"] = template;
                }
                return message;
            case "webhook":
                return Webhook(said, tool, call, names, refuse);
            default:
                refuse($"10041: tools of the type {type} are not built yet.");
                return null;
        }
    }

    private static JsonObject? Transfer(JsonObject said, Action<string> refuse)
    {
        if (said["custom_headers"] is JsonArray { Count: > 0 })
        {
            refuse("10041: transfers with headers of their own are not built yet.");
            return null;
        }
        var targets = new JsonObject();
        foreach (var target in (said["targets"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (target.Filled("to") is not { } to) continue;
            if (DialDestination.NamesEncryption(to))
            {
                refuse("10041: transfers with encrypted media (secure of the SIP URI in to) are not built yet.");
                return null;
            }
            string name = target.Filled("name") ?? to;
            if (targets.ContainsKey(name))
            {
                refuse($"A tool of the type transfer has two targets of one name, {name}.");
                return null;
            }
            targets[name] = to;
        }
        if (targets.Count == 0)
        {
            refuse("A tool of the type transfer needs targets, each with the number or SIP URI in to.");
            return null;
        }
        var transfer = new JsonObject { ["kind"] = "transfer", ["targets"] = targets };
        if (said.Filled("description") is { } what) transfer["description"] = what;
        if (said.Filled("from") is { } from) transfer["from"] = from;
        if (said.Filled("warm_transfer_instructions") is { } instructions)
        {
            if (instructions.Length > LongestInstructions)
                refuse($"warm_transfer_instructions of a tool of the type transfer have at most {LongestInstructions} characters.");
            transfer["summary"] = instructions;
        }
        return transfer;
    }

    private static JsonObject? Refer(JsonObject said, Action<string> refuse)
    {
        var (targets, headers) = (new JsonObject(), new JsonObject());
        foreach (var target in (said["targets"] as JsonArray ?? []).OfType<JsonObject>())
        {
            string address = target.Text("sip_address") ?? "";
            if (!address.StartsWith("sip", StringComparison.OrdinalIgnoreCase) || !DialDestination.IsCallable(address))
            {
                refuse("A tool of the type refer needs a SIP URI in sip_address of each target: sip:user@host.");
                return null;
            }
            targets[target.Filled("name") ?? address] = address;
        }
        if (targets.Count == 0)
        {
            refuse("A tool of the type refer needs targets, each with name and sip_address.");
            return null;
        }
        foreach (var (list, isStandard) in new[] { ("custom_headers", false), ("sip_headers", true) })
            foreach (var header in (said[list] as JsonArray ?? []).OfType<JsonObject>())
            {
                if (header.Filled("name") is not { } name || header.Text("value") is not { } value) continue;
                if (HeaderRules.Refuse(name, value, isStandard) is { } why) refuse($"A tool of the type refer: {why}");
                else headers[name] = value;
            }
        var refer = new JsonObject { ["kind"] = "refer", ["targets"] = targets, ["headers"] = headers };
        if (said.Filled("description") is { } what) refer["description"] = what;
        return refer;
    }

    private static JsonObject? HandoffOf(JsonObject said, Action<string> refuse)
    {
        var targets = new JsonObject();
        foreach (var other in (said["ai_assistants"] as JsonArray ?? []).OfType<JsonObject>())
            if (other.Filled("id") is { } id) targets[other.Filled("name") ?? id] = id;
        if (targets.Count == 0)
        {
            refuse("A tool of the type handoff needs ai_assistants, each with id and name.");
            return null;
        }
        var handoff = new JsonObject
        {
            ["kind"] = Handoff, ["targets"] = targets, ["changes_voice"] = said.Text("voice_mode") is "distinct",
        };
        if (said.Filled("description") is { } what) handoff["description"] = what;
        return handoff;
    }

    /// <summary>The assistants that an agent's tools leave callers to.</summary>
    /// <param name="agent">As it is written.</param>
    public static IEnumerable<string> HandoffsOf(JsonObject agent) => (agent["tools"] as JsonArray ?? []).OfType<JsonObject>()
        .Where(tool => tool.Text("kind") is Handoff).SelectMany(tool => tool.Child("targets") ?? [])
        .Select(target => (string)target.Value!);       // it was written so

    private static JsonObject? Webhook(JsonObject said, JsonObject tool, string? call, HashSet<string> names, Action<string> refuse)
    {
        var (schema, places) = (new JsonObject { ["type"] = "object" }, new Dictionary<string, JsonArray>());
        var (properties, required) = (new JsonObject(), new JsonArray());
        foreach (string place in new[] { "body", "path", "query" })
        {
            var all = said.Child($"{place}_parameters");
            var here = places[place] = [];
            foreach (var (name, property) in all?.Child("properties") ?? [])
            {
                if (properties.ContainsKey(name))
                {
                    refuse($"10041: a webhook with two parameters of one name, {name}, is not built yet.");
                    return null;
                }
                properties[name] = property?.DeepClone() ?? new JsonObject();
                here.Add((JsonNode)name);
            }
            foreach (string name in all?.Texts("required") ?? []) required.Add((JsonNode)name);
        }
        schema["properties"] = properties;
        if (required.Count > 0) schema["required"] = required;
        var headers = new JsonObject();
        if (call is not null) headers[CallHeader] = call;
        foreach (var header in (said["headers"] as JsonArray ?? []).OfType<JsonObject>())
            if (header.Filled("name") is { } name) headers[name] = header.Text("value") ?? "";
        var webhook = new JsonObject
        {
            ["kind"] = "webhook", ["name"] = Unique(said.Text("name") ?? "", names), ["description"] = said.Text("description") ?? "",
            ["url"] = said.Text("url") ?? "", ["method"] = said.Filled("method") ?? "POST", ["headers"] = headers, ["parameters"] = schema,
        };
        if (places["path"].Count > 0) webhook["in_path"] = places["path"];
        if (places["query"].Count > 0) webhook["in_query"] = places["query"];
        if (said.Child(PresetBody) is { Count: > 0 } preset) webhook["preset_body"] = preset.DeepClone();
        // Texts as they are, all else as its JSON.
        if (said.Child(PresetQuery) is { Count: > 0 } query) webhook["preset_query"] = AssistantAgent.Variables(query);
        // Of shared tools, which newer clients know.
        if ((said["timeout_ms"] ?? tool["timeout_ms"]) is JsonValue timeout) webhook["timeout_ms"] = timeout.DeepClone();
        if (said.Flag("async", fallback: false))
            webhook["background_ms"] = (said["async_timeout_ms"] as JsonValue)?.DeepClone() ?? UsualBackground;
        else if (Fillers(said) is { Count: > 0 } fillers) webhook["fillers"] = fillers;
        var stores = new JsonObject();
        foreach (var field in (said["store_fields_as_variables"] as JsonArray ?? []).OfType<JsonObject>())
            if (field.Filled("name") is { } name && field.Filled("value_path") is { } place && !CallVariables.IsOurs(name))
                stores[name] = place;
        if (stores.Count > 0) webhook["stores"] = stores;
        return webhook;
    }

    /// <summary>Said at once, or when the answer has not come by then.</summary>
    private static JsonArray Fillers(JsonObject said)
    {
        var fillers = new JsonArray();
        foreach (var message in ((said[Messages] ?? said[OtherMessages]) as JsonArray ?? []).OfType<JsonObject>())
        {
            if (message.Filled("content") is not { } text) continue;
            var filler = new JsonObject { ["text"] = text };
            if (message.Text("type") is not "request_start")
                filler["after_ms"] = (message["timing_ms"] as JsonValue)?.DeepClone() ?? UsualFiller;
            fillers.Add((JsonNode)filler);
        }
        return fillers;
    }

    /// <summary>What tools of an agent are called, and what none of others may be called beside them.</summary>
    /// <param name="tools">As agents have them.</param>
    public static HashSet<string> NamesOf(JsonArray tools) => new(
        [.. BuiltIn, Gather, .. OfCampaigns, .. tools.OfType<JsonObject>().Select(tool => tool.Filled("name")).OfType<string>()],
        StringComparer.Ordinal);

    /// <summary>A name as models take it, which is taken with that.</summary>
    public static string Unique(string name, HashSet<string> names)
    {
        string valid = new([.. name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_')]);
        if (valid.Length == 0) valid = "tool";
        if (valid.Length > LongestName) valid = valid[..LongestName];
        string unique = valid;
        for (int i = 2; !names.Add(unique); i++)
        {
            string end = $"_{i}";
            unique = valid[..Math.Min(valid.Length, LongestName - end.Length)] + end;
        }
        return unique;
    }
}
