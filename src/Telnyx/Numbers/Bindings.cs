using Ringwright.Http;
using static Ringwright.Http.Bind;

namespace Ringwright.Telnyx.Numbers;

/// <summary>Numbers of the account, what they do with calls and texts, and those that are proved to be its own.</summary>
internal static class Bindings
{
    /// <param name="texts">By which a number is told the code that proves it.</param>
    public static IEnumerable<Binding> Rows(NumberParts parts, CodeTeller texts)
    {
        var numbers = PhoneNumbers.Kind(parts);
        var messaging = MessagingSettings.Kind(parts);
        return
        [
            Crud("ListPhoneNumbers", numbers),
            Crud("RetrievePhoneNumber", numbers),
            Crud("UpdatePhoneNumber", numbers),
            Crud("DeletePhoneNumber", numbers),
            Handle("VerifyPhoneNumberOwnership", op => NumberOwnership.Verify(op, parts)),
            Crud("ListPhoneNumbersWithVoiceSettings", VoiceSettings.Kind),
            Crud("GetPhoneNumberVoiceSettings", VoiceSettings.Kind),
            Crud("UpdatePhoneNumberVoiceSettings", VoiceSettings.Kind),
            Handle("SlimListPhoneNumbers", op => SlimNumbers.List(op, parts)),
            Handle("ListCsvDownloads", op => NumberCsv.List(op, parts)),
            Handle("CreateCsvDownload", op => NumberCsv.Create(op, parts)),
            Handle("GetCsvDownload", op => NumberCsv.Get(op, parts)),
            Handle("LookupNumber", op => NumberLookup.Find(op, parts)),
            Crud("ListPhoneNumbersWithMessagingSettings", messaging),
            Crud("GetPhoneNumberMessagingSettings", messaging),
            Crud("UpdatePhoneNumberMessagingSettings", messaging),
            Handle("ListProfilePhoneNumbers", op => MessagingSettings.ListOfProfile(op, parts)),
            Handle("AddProfilePhoneNumber", op => MessagingSettings.AddToProfile(op, parts)),
            Handle("BulkUpdateMessagingSettingsOnPhoneNumbers", op => MessagingBulk.Create(op, parts)),
            Handle("GetBulkUpdateMessagingSettingsOnPhoneNumbersStatus", op => MessagingBulk.Get(op, parts)),
            Handle("ListPhoneNumbersJobs", op => NumberJobs.List(op, parts)),
            Handle("RetrievePhoneNumbersJob", op => NumberJobs.Get(op, parts)),
            Handle("CreateUpdatePhoneNumbersJob", op => NumberJobs.Create(op, parts, NumberJobs.Update)),
            Handle("CreateDeletePhoneNumbersJob", op => NumberJobs.Create(op, parts, NumberJobs.Delete)),
            Handle("GetVoicemail", op => VoicemailSettings.Get(op, parts)),
            Handle("CreateVoicemail", op => VoicemailSettings.Create(op, parts)),
            Handle("UpdateVoicemail", op => VoicemailSettings.Update(op, parts)),
            Handle("ListVerifiedNumbers", op => VerifiedNumbers.List(op, parts)),
            Handle("CreateVerifiedNumber", op => VerifiedNumbers.Create(op, parts, texts)),
            Handle("GetVerifiedNumber", op => VerifiedNumbers.Get(op, parts)),
            Handle("DeleteVerifiedNumber", op => VerifiedNumbers.Delete(op, parts)),
            Handle("VerifyVerificationCode", op => VerifiedNumbers.Verify(op, parts)),
            Handle("ListInboundChannels", VoiceChannels.Get),
            Handle("UpdateOutboundChannels", op => VoiceChannels.Update(op, parts)),
            Handle("GetChannelZones", VoiceChannels.ListZones),
            Handle("PatchChannelZone", op => VoiceChannels.UpdateZone(op, parts)),
            Handle("GetAllNumbersChannelZones", op => VoiceChannels.ListNumbers(op, parts)),
            Handle("GetNumbersChannelZones", op => VoiceChannels.ListNumbersOfZone(op, parts)),
        ];
    }
}
