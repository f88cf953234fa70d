using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;

namespace Ringwright.Telnyx.Assistants;

/// <summary>What an assistant's texts may name of a call: <c>{{telnyx_call_to}}</c> and the like.</summary>
internal static class CallVariables
{
    public const string Channel = "phone_call";

    public const string Now = "telnyx_current_time", CallId = "call_control_id";

    private const string HeaderPrefix = "X-", OurPrefix = "telnyx_";

    /// <summary>What an agent takes; a caller's header may be longer, and is not to keep it from talking.</summary>
    public const int LongestValue = 3_000;

    /// <summary>The node alone says it: who calls must stay true.</summary>
    public static bool IsOurs(string name) => name is CallId || name.StartsWith(OurPrefix, StringComparison.Ordinal);

    /// <summary>Headers of the INVITE that begin with X-, then what the command says, then what the node says of the call.</summary>
    /// <param name="said">By the command; null for nothing.</param>
    public static JsonObject Of(OrderedCall call, JsonObject? said)
    {
        var all = new JsonObject();
        foreach (var header in call.Headers)
            if (header.Name.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase) && header.Name.Length > HeaderPrefix.Length)
                all[header.Name[HeaderPrefix.Length..].ToLowerInvariant().Replace('-', '_')] =
                    header.Value[..Math.Min(header.Value.Length, LongestValue)];
        foreach (var (name, value) in said ?? []) all[name] = value?.DeepClone();
        all[Now] = "";      // told when the talk begins
        all["telnyx_conversation_channel"] = Channel;
        all["telnyx_agent_target"] = call.Agent;
        all["telnyx_end_user_target"] = call.EndUser;
        // Who calls can say any number; whom we have called is who he is.
        all["telnyx_end_user_target_verified"] = call.Direction is Direction.Outbound ? "true" : "false";
        all["telnyx_call_to"] = call.To;
        all["telnyx_call_from"] = call.From;
        all["telnyx_call_caller_id_name"] = call.CallerName ?? call.From;
        all[CallId] = call.ControlId ?? "";      // of one that is still to be dialled, when it is
        return all;
    }

    /// <summary>Of a conversation in writing: what its metadata says of it.</summary>
    public static JsonObject Of(JsonObject metadata, DateTimeOffset now)
    {
        var all = new JsonObject { [Now] = Time(now) };
        foreach (string name in new[] { "telnyx_conversation_channel", "telnyx_agent_target", "telnyx_end_user_target" })
            if (metadata.Filled(name) is { } value) all[name] = value[..Math.Min(value.Length, LongestValue)];
        return all;
    }

    /// <summary>As a model is told it.</summary>
    public static string Time(DateTimeOffset now) => now.ToString("dddd, MMMM dd yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
