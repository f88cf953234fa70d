using Ringwright.Http;
using static Ringwright.Http.Bind;

namespace Ringwright.Telnyx.Messaging;

/// <summary>What numbers need before messages are sent from them.</summary>
internal static class Bindings
{
    public static IEnumerable<Binding> Rows(MessagingParts parts)
    {
        var verifications = TollFreeVerifications.Kind(parts);
        return
        [
            Crud("ListVerificationRequests", verifications),
            Crud("SubmitVerificationRequest", verifications),
            Crud("GetVerificationRequest", verifications),
            Crud("UpdateVerificationRequest", verifications),
            Crud("DeleteVerificationRequest", verifications),
        ];
    }
}
