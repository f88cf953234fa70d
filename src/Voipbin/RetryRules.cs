using System.Text.Json.Nodes;
using Ringwright.Campaigns.Dialling;
using Ringwright.Http;

namespace Ringwright.Voipbin;

/// <summary>Of a plan: after attempts that ended so, another gap, and only so often: <c>{"reason","interval","max"}</c>.</summary>
internal static class RetryRules
{
    private const int Most = 20;

    public static Problem? Check(JsonArray rules)
    {
        if (rules.Count > Most) return VoipbinShape.Bad("retry_rules", $"retry_rules may be {Most} at most.");
        var reasons = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in rules)
        {
            if (node is not JsonObject rule) return VoipbinShape.Bad("retry_rules", "retry_rules has something that is no rule.");
            foreach (var (name, value) in rule)
                if (name is not ("reason" or "interval" or "max"))
                    return VoipbinShape.Bad("retry_rules", $"retry_rules: there is no '{name}' in a rule.");
                else if (name is not "reason" && !(value is JsonValue number && number.TryGetValue(out int whole) && whole >= 0))
                    return VoipbinShape.Bad("retry_rules", $"retry_rules: {name} must be a whole number from 0 on.");
            if (rule["reason"] is not JsonValue word || !word.TryGetValue(out string? reason) || AttemptReasons.CausesOf(reason).Count == 0)
                return VoipbinShape.Bad("retry_rules",
                    $"retry_rules: reason must be one of {string.Join(", ", AttemptReasons.Retried)}.");
            if (rule["interval"] is null) return VoipbinShape.Bad("retry_rules", "retry_rules: a rule must have an interval.");
            rule["reason"] = reason = AttemptReasons.Canonical(reason);
            if (!reasons.Add(reason)) return VoipbinShape.Bad("retry_rules", $"retry_rules: there are two rules for {reason}.");
        }
        return null;
    }

    /// <summary>As whoever dials knows them: by each of the causes that have the reason, which are counted together.</summary>
    public static IReadOnlyList<OutcomeRule> Read(JsonArray? rules) =>
    [
        .. from rule in rules ?? []
           from cause in AttemptReasons.CausesOf((string)rule!["reason"]!) // they were checked when they were stored
           select new OutcomeRule(cause, TimeSpan.FromMilliseconds((int)rule["interval"]!), (int?)rule["max"])
           {
               Group = (string)rule["reason"]!,
           },
    ];
}
