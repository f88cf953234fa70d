using Ringwright.Http;
using Ringwright.Telnyx.Numbers;
using static Ringwright.Http.Bind;

namespace Ringwright.Telnyx;

/// <summary>All tables of this dialect, joined; what none of them names is absent with its family's reason.</summary>
public static class TelnyxBindings
{
    /// <summary>A row for each operation of the contract and each extension of ours.</summary>
    public static IReadOnlyList<Binding> Rows(Contract contract, TelnyxParts parts)
    {
        List<Binding> rows =
        [
            .. Voice.Bindings.Rows(parts.Voice, parts.Assistants),
            .. Voice.Conferences.Bindings.Rows(parts.Voice),
            .. Texml.Bindings.Rows(parts.Voice),
            .. Connections.Bindings.Rows(parts.Connections),
            .. Storage.Bindings.Rows(parts.Storage),
            .. Speech.Bindings.Rows(parts.Speech),
            .. Numbers(parts.Numbers),
            .. Telnyx.Numbers.Ordering.Bindings.Rows(parts.Numbers),
            .. Messaging.Bindings.Rows(parts.Messaging),
            .. Verify.Bindings.Rows(parts.Verify),
            .. Assistants.Bindings.Rows(parts.Assistants),
            .. Inference.Bindings.Rows(parts.Assistants),
            .. Addresses.Bindings.Rows(),
            .. Account.Bindings.Rows(parts.Account.Own),
            .. Account.OAuth.Bindings.Rows(parts.Account.OAuth),
            .. Account.Billing.Bindings.Rows(parts.Account.Billing),
            .. Account.Reports.Bindings.Rows(parts.Account.Reports),
            .. Account.Invoices.Bindings.Rows(parts.Account.Invoices),
            .. Account.Bundles.Bindings.Rows(parts.Account.Bundles),
            .. Account.Notifications.Bindings.Rows(parts.Account.Notifications),
        ];
        var bound = rows.Select(row => row.Operation).ToHashSet(StringComparer.Ordinal);
        foreach (var operation in contract.Operations)
            if (!bound.Contains(operation.Id)) rows.Add(Absent(operation.Id, UnbuiltOperations.Reason(operation.Id, operation.Family)));
        return rows;
    }

    /// <summary>The table for reading, as the coverage report does; its handlers do not run.</summary>
    public static BindingTable ReadOnly(Contract contract) => new(contract, Rows(contract, TelnyxParts.None));

    private static IEnumerable<Binding> Numbers(NumberParts parts)
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
            Handle("CreateVerifiedNumber", op => VerifiedNumbers.Create(op, parts)),
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
