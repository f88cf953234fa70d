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
        var answers = AutorespConfigs.Kind(profiles, parts);
        return
        [
            Crud("ListMessagingProfiles", profiles),
            Crud("CreateMessagingProfile", profiles),
            Crud("RetrieveMessagingProfile", profiles),
            Crud("UpdateMessagingProfile", profiles),
            Crud("DeleteMessagingProfile", profiles),
            Handle("SendMessage", op => SendMessage.Send(op, parts, SendKind.Any)),
            Handle("CreateLongCodeMessage", op => SendMessage.Send(op, parts, SendKind.LongCode)),
            Handle("CreateShortCodeMessage", op => SendMessage.Send(op, parts, SendKind.ShortCode)),
            Handle("CreateNumberPoolMessage", op => SendMessage.Send(op, parts, SendKind.Pool)),
            Handle("CreateNamedMessage", op => SendMessage.Send(op, parts, SendKind.Name)),
            RequestKeys.Once("CreateGroupMmsMessage", () => parts.Store, op => GroupMms.Send(op, parts)),
            Handle("ListGroupMessages", op => GroupMms.Get(op, parts)),
            Handle("ScheduleMessage", op => SendMessage.Send(op, parts, SendKind.Scheduled)),
            Handle("GetMessage", op => Messages.Get(op, parts)),
            Handle("CancelMessage", op => Messages.Cancel(op, parts)),
            Handle("ListOptOuts", op => OptOuts.List(op, parts)),
            Handle("GetAutorespConfigs", op => AutorespConfigs.List(op, parts)),
            Crud("CreateAutorespConfig", answers),
            Crud("GetAutorespConfig", answers),
            Crud("UpdateAutoRespConfig", answers),
            Crud("DeleteAutorespConfig", answers),
            Handle("ListProfileShortCodes", op => ShortCodes.ListOfProfile(op, parts)),
            Handle("ListShortCodes", op => ShortCodes.List(op, parts)),
            Handle("RetrieveShortCode", op => ShortCodes.Get(op, parts)),
            Handle("UpdateShortCode", op => ShortCodes.Update(op, parts)),
            Crud("ListVerificationRequests", verifications),
            Crud("SubmitVerificationRequest", verifications),
            Crud("GetVerificationRequest", verifications),
            Crud("UpdateVerificationRequest", verifications),
            Crud("DeleteVerificationRequest", verifications),
        ];
    }
}
