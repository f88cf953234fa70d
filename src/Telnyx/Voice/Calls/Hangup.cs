using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice.Calls;

internal static class Hangup
{
    public static LegCommand Map(VoiceBody body) =>
        new LegCommand.Hangup { Headers = body.Headers(), CommandId = body.CommandId(), Labels = body.Labels() };
}
