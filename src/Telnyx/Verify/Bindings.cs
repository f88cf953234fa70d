using Ringwright.Http;
using Ringwright.Store.Tables;
using static Ringwright.Http.Bind;

namespace Ringwright.Telnyx.Verify;

/// <summary>Codes by text and by call that prove that somebody has a number, and the profiles whose rules they follow.</summary>
internal static class Bindings
{
    public static IEnumerable<Binding> Rows(VerifyParts parts)
    {
        var profiles = VerifyProfiles.Kind(parts);
        var templates = VerifyTemplates.Kind();
        return
        [
            Handle("CreateVerificationSms", op => Verifications.Create(op, parts, CodeWay.Sms)),
            Handle("CreateVerificationCall", op => Verifications.Create(op, parts, CodeWay.Call)),
            Handle("CreateFlashcallVerification", op => Verifications.Create(op, parts, CodeWay.Flashcall)),
            Handle("CreateVerification", op => Verifications.CreateByType(op, parts)),
            Handle("RetrieveVerification", op => Verifications.Get(op, parts)),
            Handle("ListVerifications", op => Verifications.List(op, parts)),
            Handle("VerifyVerificationCodeById", op => Verifications.Verify(op, parts)),
            Handle("VerifyVerificationCodeByPhoneNumber", op => Verifications.VerifyNumber(op, parts)),
            Crud("ListProfiles", profiles),
            Crud("CreateVerifyProfile", profiles),
            Crud("GetVerifyProfile", profiles),
            Crud("UpdateVerifyProfile", profiles),
            Crud("DeleteProfile", profiles),
            Handle("ListProfileMessageTemplates", op => VerifyTemplates.List(op, parts)),
            Crud("CreateMessageTemplate", templates),
            Crud("UpdateMessageTemplate", templates),
        ];
    }
}
