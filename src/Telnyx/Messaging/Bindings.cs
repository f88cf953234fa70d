using Ringwright.Http;
using static Ringwright.Http.Bind;

namespace Ringwright.Telnyx.Messaging;

/// <summary>Text messages, the profiles whose rules they follow, and what toll-free numbers need before they are sent from them.</summary>
internal static class Bindings
{
    public static IEnumerable<Binding> Rows(MessagingParts parts)
    {
        var verifications = TollFreeVerifications.Kind(parts);
        var profiles = MessagingProfiles.Kind(parts);
        return
        [
            Crud("ListMessagingProfiles", profiles),
            Crud("CreateMessagingProfile", profiles),
            Crud("RetrieveMessagingProfile", profiles),
            Crud("UpdateMessagingProfile", profiles),
            Crud("DeleteMessagingProfile", profiles),
            Handle("ListProfileShortCodes", op => MessagingProfiles.ListShortCodes(op, parts)),
            Crud("ListVerificationRequests", verifications),
            Crud("SubmitVerificationRequest", verifications),
            Crud("GetVerificationRequest", verifications),
            Crud("UpdateVerificationRequest", verifications),
            Crud("DeleteVerificationRequest", verifications),
        ];
    }
}
