using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice.Calls;

internal static class PlaybackStop
{
    public static LegCommand Map(VoiceBody body) =>
        new LegCommand.StopPlayback(body.Stop(StopWhat.All)) { CommandId = body.CommandId(), Labels = body.Labels() };
}
