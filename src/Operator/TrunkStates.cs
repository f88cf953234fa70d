using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Operator;

/// <summary>How a trunk stands at this moment, in the words of the operator's API.</summary>
internal static class TrunkStates
{
    public static JsonObject? Describe(TrunkRegistrationStatus? status) => status is not { } known ? null : new()
    {
        ["state"] = known.State.ToString().ToLowerInvariant(),
        ["sip_status"] = known.SipStatus,
        ["trouble"] = known.Trouble,
        ["expires_at"] = Time(known.ExpiresAt),
    };

    public static JsonArray Describe(IReadOnlyList<TrunkTargetStatus> targets) =>
    [
        .. targets.Select(target => (JsonNode)new JsonObject
        {
            ["address"] = target.Address?.ToString(),
            ["transport"] = TrunkWays.Name(target.Transport),
            ["state"] = SnakeName.Of(target.State),
            ["since"] = Time(target.Since),
            ["because"] = target.Why,
            ["until"] = Time(target.Until),
            ["probed_at"] = Time(target.ProbedAt),
            ["probe_status"] = target.ProbeStatus,
            ["probe_trouble"] = target.ProbeTrouble,
        }),
    ];

    private static string? Time(DateTimeOffset? at) => at is { } known ? OperatorTime.Write(known) : null;
}
