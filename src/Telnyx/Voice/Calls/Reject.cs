using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice.Calls;

internal static class Reject
{
    public static LegCommand Map(VoiceBody body)
    {
        string? cause = body.OneOf("cause", VoiceErrors.BadRequest, "CALL_REJECTED", "USER_BUSY");
        return new LegCommand.Reject(IsBusy: cause is "USER_BUSY") { CommandId = body.CommandId(), Labels = body.Labels() };
    }
}
