using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Voice.Calls;

/// <summary>The call object of replies.</summary>
internal static class CallObject
{
    /// <summary>Dialling goes on after the reply, so the call is never alive in it.</summary>
    public static JsonObject OfDialled(LegFacts leg, Ids ids) =>
        Write(ids.CallControl(leg.Tenant, leg.Id), leg.Uuid, leg.Session, leg.Labels,
            fields => Dialled(fields, leg.Labels, isAlive: false));

    /// <summary>The reply to a dial that is said again.</summary>
    public static JsonObject OfDialled(LegRow leg, Ids ids) =>
        Write(ids.CallControl(leg.Tenant, leg.Id), leg.Uuid, leg.Session, leg.Labels, fields => Dialled(fields, leg.Labels, leg.IsAlive));

    /// <summary>With its times; <paramref name="now"/> ends the duration of a call that lives.</summary>
    public static JsonObject Of(LegRow leg, Ids ids, DateTimeOffset now) =>
        Write(ids.CallControl(leg.Tenant, leg.Id), leg.Uuid, leg.Session, leg.Labels, fields =>
        {
            fields["call_duration"] = Seconds(leg, now);
            if (leg.EndedAt is { } end) fields["end_time"] = TelnyxTime.Millis(end);
            fields["is_alive"] = leg.IsAlive;
            fields["start_time"] = TelnyxTime.Millis(leg.StartedAt);
        });

    /// <summary>An item of the list of live calls. The contract demands client_state here, and as text.</summary>
    public static JsonObject OfLive(LegRow leg, Ids ids, DateTimeOffset now) => new()
    {
        ["call_control_id"] = ids.CallControl(leg.Tenant, leg.Id),
        ["call_duration"] = Seconds(leg, now),
        ["call_leg_id"] = leg.Uuid.ToString(),
        ["call_session_id"] = leg.Session.ToString(),
        ["client_state"] = leg.Labels[TelnyxLabels.ClientState] ?? "",
        ["record_type"] = "call",
    };

    private static void Dialled(SortedDictionary<string, JsonNode?> fields, Labels labels, bool isAlive)
    {
        fields["is_alive"] = isAlive;
        if (labels[TelnyxLabels.Recording] is { } recording) fields["recording_id"] = recording;
    }

    private static JsonObject Write(string token, Guid leg, SessionId session, Labels labels,
        Action<SortedDictionary<string, JsonNode?>> more)
    {
        var fields = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal)
        {
            ["call_control_id"] = token,
            ["call_leg_id"] = leg.ToString(),
            ["call_session_id"] = session.ToString(),
            ["record_type"] = "call",
        };
        if (labels[TelnyxLabels.ClientState] is { } state) fields["client_state"] = state;
        more(fields);
        return new(fields);
    }

    /// <summary>Whole seconds from the start to the end, or until now.</summary>
    private static long Seconds(LegRow leg, DateTimeOffset now) => Math.Max(0, (long)((leg.EndedAt ?? now) - leg.StartedAt).TotalSeconds);
}
