using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice.Calls;

internal static class ReferAction
{
    public static LegCommand Map(VoiceBody body)
    {
        var (user, password) = DialMap.Credentials(body);
        return new LegCommand.Refer(DialDestination.SipAddress(body, "sip_address"))
        {
            Headers = body.Headers(),
            AuthUser = user,
            AuthPassword = password,
            CommandId = body.CommandId(),
            Labels = body.Labels(),
        };
    }
}
