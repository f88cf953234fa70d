using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Telnyx.Voice.Calls;

/// <summary>Bridges the call with another one, or with the first of a queue.</summary>
internal static class BridgeAction
{
    /// <param name="find">The leg that a call control id of this account names, if it is one.</param>
    public static LegCommand? Map(VoiceBody body, Func<string, LegId?> find)
    {
        // Clients with types must say both, and leave the one empty that they do not mean.
        bool hasCall = body.Json.Filled("call_control_id") is not null;
        bool hasQueue = body.Has("queue") && !(hasCall && body.Json.Filled("queue") is null);
        if (hasQueue && hasCall)
        {
            body.Refuse(VoiceErrors.BadRequest, "queue", "Name a call by call_control_id or a queue, not both.");
            return null;
        }
        if (hasQueue)
        {
            return QueueActions.Name(body, "queue") is not { } queue ? null
                : new LegCommand.BridgeQueue(queue, Terms(body, default)) { CommandId = body.CommandId(), Labels = body.Labels() };
        }
        if (find(body.Text("call_control_id") ?? "") is { } peer)
            return Terms(body, peer) with { CommandId = body.CommandId(), Labels = body.Labels() };
        body.Refuse(VoiceErrors.InvalidCallControlId, "call_control_id", "The call_control_id provided is not valid.");
        return null;
    }

    private static LegCommand.Bridge Terms(VoiceBody body, LegId peer)
    {
        string country = body.OneOf("ringtone", VoiceErrors.BadRequest, [.. RingTone.Countries]) ?? "us";
        return new(peer)
        {
            ParksAfterUnbridge = body.ParksAfterUnbridge(),
            LeavesBridged = body.LeavesBridged(),
            Mute = body.MuteDigits(),
            Ringback = body.Flag("play_ringtone") ? RingTone.Find(country) : null,
            Record = RecordMap.FromAnswer(body),
        };
    }
}
