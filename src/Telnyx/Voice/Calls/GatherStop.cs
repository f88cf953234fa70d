using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice.Calls;

internal static class GatherStop
{
    public static LegCommand Map(VoiceBody body) => new LegCommand.StopGather { CommandId = body.CommandId(), Labels = body.Labels() };
}
