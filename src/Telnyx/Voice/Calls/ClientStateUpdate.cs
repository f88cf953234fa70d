using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice.Calls;

internal static class ClientStateUpdate
{
    public static LegCommand Map(VoiceBody body) => new LegCommand.SetLabels { Labels = body.Labels() };
}
