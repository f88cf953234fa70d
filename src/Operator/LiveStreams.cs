using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;

namespace Ringwright.Operator;

/// <summary>Audio of calls that this node carries elsewhere while they run, whosever they are.</summary>
internal static class LiveStreams
{
    /// <summary>What goes on, the newest first; with <c>state=ended</c> the last that have ended; of one account, if asked.</summary>
    public static Reply List(OperationContext op, ICarriedAudio? audio)
    {
        if (LiveCalls.Read(op) is not { } query) return LiveCalls.UnknownAccount(op);
        bool isEnded = op.Query["state"] is "ended";
        var rows = (audio?.List() ?? []).Where(one => one.EndedAt.HasValue == isEnded)
            .Where(one => query.Tenant is not { } account || one.Leg.Tenant == account).ToList();
        return op.Page([.. rows.Skip(op.List.Offset).Take(op.List.Size).Select(row => (JsonNode)Show(op, row))], rows.Count);
    }

    private static JsonObject Show(OperationContext op, CarriedAudio audio) => new()
    {
        ["id"] = audio.Id.ToString(),
        ["record_type"] = "carried_audio",
        ["account"] = op.Routing.FindTenant(audio.Leg.Tenant)?.Name ?? "",
        ["account_id"] = audio.Leg.Tenant.ToString(),
        ["kind"] = audio.Kind,
        ["state"] = audio.EndedAt is not null ? "ended" : audio.ConnectedAt is null ? "connecting" : "open",
        ["leg_id"] = audio.Leg.Uuid.ToString(),
        ["session_id"] = audio.Leg.Session.ToString(),
        ["direction"] = audio.Leg.Direction.ToString().ToLowerInvariant(),
        ["from"] = audio.Leg.From,
        ["to"] = audio.Leg.To,
        ["carried_to"] = audio.To,
        ["started_at"] = OperatorTime.Write(audio.StartedAt),
        ["connected_at"] = audio.ConnectedAt is { } connected ? OperatorTime.Write(connected) : null,
        ["ended_at"] = audio.EndedAt is { } ended ? OperatorTime.Write(ended) : null,
        ["failure"] = audio.Failure,
    };
}
