using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Telnyx.Voice.Calls;

internal static class BridgeAction
{
    /// <param name="find">The leg that a call control id of this account names, if it is one.</param>
    public static LegCommand? Map(VoiceBody body, Func<string, LegId?> find)
    {
        if (find(body.Text("call_control_id") ?? "") is not { } peer)
        {
            body.Refuse(VoiceErrors.InvalidCallControlId, "call_control_id", "The call_control_id provided is not valid.");
            return null;
        }
        string country = body.OneOf("ringtone", VoiceErrors.BadRequest, [.. RingTone.Countries]) ?? "us";
        return new LegCommand.Bridge(peer)
        {
            ParksAfterUnbridge = body.ParksAfterUnbridge(),
            Mute = body.MuteDigits(),
            Ringback = body.Flag("play_ringtone") ? RingTone.Find(country) : null,
            Record = RecordMap.FromAnswer(body),
            CommandId = body.CommandId(),
            Labels = body.Labels(),
        };
    }
}
