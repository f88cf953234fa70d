using System.Text.Json.Nodes;
using Ringwright.Voipbin.Activeflows;

namespace Ringwright.Voipbin;

/// <summary>How replies and events alike are written, where the operator wants something other than what is usual.</summary>
public sealed record VoipbinNotation
{
    private const string Created = "tm_create", Updated = "tm_update", Reason = "hangup_reason";

    /// <summary>As it is where nothing was said.</summary>
    public static readonly VoipbinNotation Usual = new();

    /// <summary>Moments go out in ISO form.</summary>
    public bool HasIsoTimes { get; init; }
    /// <summary>What was never changed was changed last when it was made.</summary>
    public bool HasUpdateTimes { get; init; }
    /// <summary>A call that nobody took ends as the documentation spells it, and not as clients know it.</summary>
    public bool SaysNoAnswer { get; init; }
    /// <summary>A campaigncall that ran a flow without a call refers to a flow.</summary>
    public bool HasFlowReferences { get; init; }

    /// <summary>Whether <see cref="Apply"/> changes nothing.</summary>
    internal bool IsPlain => this with { HasFlowReferences = false } == Usual;

    /// <summary>Rewrites a document in place, with all that is in it.</summary>
    internal void Apply(JsonNode document)
    {
        if (HasUpdateTimes || SaysNoAnswer) Rewrite(document);
        // Last, for what the others write is in the usual form.
        if (HasIsoTimes) VoipbinTime.ToIso(document);
    }

    private void Rewrite(JsonNode node)
    {
        switch (node)
        {
            case JsonArray items:
                foreach (var item in items)
                    if (item is not null) Rewrite(item);
                break;
            case JsonObject members:
                foreach (var (_, value) in members.ToArray())
                    if (value is not null and not JsonValue) Rewrite(value);
                if (HasUpdateTimes && members.ContainsKey(Updated) && members[Updated] is null)
                    members[Updated] = members[Created]?.DeepClone();
                if (SaysNoAnswer && members[Reason] is JsonValue said && said.TryGetValue(out string? word)
                        && word is HangupReasons.NoAnswer)
                    members[Reason] = AttemptReasons.SpeltOut;
                break;
        }
    }
}
