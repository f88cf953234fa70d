using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice.Calls;

internal static class PlaybackStop
{
    public static LegCommand Map(VoiceBody body) =>
        new LegCommand.StopPlayback(body.Stop(StopWhat.All) is StopWhat.Current ? StopWhat.Current : StopWhat.All)
        {
            IsOfOverlays = body.Flag("overlay") || body.Text("stop") is "overlay", CommandId = body.CommandId(), Labels = body.Labels()
        };
}
