using System.Text.RegularExpressions;
using Ringwright.Http;

namespace Ringwright.Interop.Cases;

/// <summary>
/// Which parameters of bodies name things of an account: those of <c>parameters.tsv</c> that are not refused and are called like an id or a
/// name. What a thing's own id names is derived (<c>recording_id</c>); what else one names stands here, or the tests of isolation fail with
/// the line to add.
/// </summary>
internal static partial class References
{
    /// <summary>By the parameter's last word, or by the operation and it.</summary>
    private static readonly Dictionary<string, Thing> Named = new(StringComparer.Ordinal)
    {
        ["connection_id"] = Thing.IpConnection,
        ["outbound_voice_profile_id"] = Thing.Profile,
        ["call_control_id"] = Thing.Call,
        ["link_to"] = Thing.Call,
        ["supervise_call_control_id"] = Thing.Call,
        ["whisper_call_control_ids"] = Thing.Call,
        ["DeleteRecordings/ids"] = Thing.Recording,
        ["connector_name"] = Thing.SiprecConnector,
        ["media_name"] = Thing.Media,
        ["invalid_media_name"] = Thing.Media,
        ["hold_media_name"] = Thing.Media,
        ["default_primary_ip_id"] = Thing.Ip,
        ["default_secondary_ip_id"] = Thing.Ip,
        ["default_tertiary_ip_id"] = Thing.Ip,
        ["default_primary_fqdn_id"] = Thing.Fqdn,
        ["default_secondary_fqdn_id"] = Thing.Fqdn,
        ["default_tertiary_fqdn_id"] = Thing.Fqdn,

        // Names that the sender chooses; what of them is unique on the node has a test of its own.
        ["name"] = Thing.None, ["application_name"] = Thing.None, ["connection_name"] = Thing.None, ["friendly_name"] = Thing.None,
        ["user_name"] = Thing.None, ["custom_file_name"] = Thing.None, ["record_custom_file_name"] = Thing.None,
        ["from_display_name"] = Thing.None, ["conference_name"] = Thing.None, ["command_id"] = Thing.None, ["gather_id"] = Thing.None,
        ["queue_name"] = Thing.None, ["CreateMediaStorage/media_name"] = Thing.None,
        // Assistants are looked up in their account alone; the walk of conformance asks for another's.
        ["CallStartAIAssistant/id"] = Thing.None, ["AnswerCall/id"] = Thing.None,
        // Looked for among the streams of the call that the path names.
        ["stream_id"] = Thing.None,
        // A kind of things that nobody on this node has: of a conference; of an assistant, which is looked up in its account alone.
        ["DialCall/id"] = Thing.None,
    };

    public static IEnumerable<string> Lines => Named.Keys;

    /// <summary>JSON pointers of the body's parameters that name things; a step into each item of a list is <c>0</c>.</summary>
    public static IEnumerable<(string Pointer, Thing Thing, bool IsList)> Of(Operation operation)
    {
        if (Arrangement.SchemaOf(operation) is not { } schema) yield break;
        foreach (string[] steps in NamingOf(operation))
            if (Find(operation, steps[^1]) is { } found)
            {
                if (found.Thing is not Thing.None) yield return (PointerOf(schema, steps, out bool isList), found.Thing, isList);
            }
            else
            {
                throw new Xunit.Sdk.XunitException(
                    $"{operation} takes {string.Join('/', steps)}: say what it names. A line for {nameof(Named)} of {nameof(References)}:\n"
                    + $"        [\"{steps[^1]}\"] = {nameof(Thing)}.None,");
            }
    }

    /// <summary>The lines here by which an operation's parameters are known.</summary>
    public static IEnumerable<string> LinesFor(Operation operation) =>
        NamingOf(operation).Select(steps => Find(operation, steps[^1])?.Line).OfType<string>();

    private static (Thing Thing, string? Line)? Find(Operation operation, string name)
    {
        foreach (string line in new[] { $"{operation.Id}/{name}", name })
            if (Named.TryGetValue(line, out var thing)) return (thing, line);
        return FindThing(name) is { } own ? (own, null) : null;
    }

    /// <summary>The thing of which this is the id: <c>billing_group_id</c>, <c>recording_ids</c>.</summary>
    public static Thing? FindThing(string name)
    {
        var id = Id().Match(name);
        return id.Success && Enum.TryParse(id.Groups[1].Value.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out Thing thing)
            && thing is not Thing.None ? thing : null;
    }

    /// <summary>An extension of ours has no rows: all that it takes acts.</summary>
    private static IEnumerable<string[]> NamingOf(Operation operation)
    {
        var names = operation.Rules.Count == 0 ? ParameterNames.Of(operation)
            : operation.Rules.Where(rule => rule.Effect is not ParameterEffect.Refused).Select(rule => (rule.In, rule.Name));
        return names.Where(p => p.In is ParameterPlace.Body).Select(p => p.Name.Split('/')).Where(steps => Naming().IsMatch(steps[^1]));
    }

    /// <summary>What only newer clients know has no schema: a list is told by its name.</summary>
    private static string PointerOf(Schema schema, string[] steps, out bool isList)
    {
        string pointer = "";
        isList = false;
        for (int i = 0; i < steps.Length; i++)
        {
            var known = ParameterNames.Find(schema, steps[..(i + 1)]);
            isList = known.Count > 0 ? known.Any(s => s.Items is not null) : steps[i].EndsWith("_ids", StringComparison.Ordinal);
            pointer += isList && i < steps.Length - 1 ? $"/{steps[i]}/0" : $"/{steps[i]}";
        }
        return pointer;
    }

    [GeneratedRegex("(^|_)(id|ids|name)$|^link_to$")]
    private static partial Regex Naming();

    [GeneratedRegex("^(.+)_ids?$")]
    private static partial Regex Id();
}
