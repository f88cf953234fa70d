using Ringwright.Http;
using Ringwright.Telnyx.Account;
using Ringwright.Telnyx.Numbers;
using Ringwright.Telnyx.Voice.Calls;
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
            .. Voice.Bindings.Rows(parts),
            .. Connections.Bindings.Rows(parts),
            .. Storage.Bindings.Rows(parts),
            .. Speech.Bindings.Rows(parts),
            .. Numbers(),
            .. Account(parts),
            .. Ringwright.Telnyx.Account.OAuth.Bindings.Rows(parts),
            .. Ringwright.Telnyx.Account.Billing.Bindings.Rows(parts),
        ];
        var bound = rows.Select(row => row.Operation).ToHashSet(StringComparer.Ordinal);
        foreach (var operation in contract.Operations)
            if (!bound.Contains(operation.Id)) rows.Add(Absent(operation.Id, Absences.Reason(operation.Id, operation.Family)));
        return rows;
    }

    /// <summary>The table for reading, as the coverage report does; its handlers do not run.</summary>
    public static BindingTable ReadOnly(Contract contract) => new(contract, Rows(contract, parts: null!));     // rows only close over the parts

    private static IEnumerable<Binding> Numbers() =>
    [
        Crud("ListPhoneNumbers", PhoneNumbers.Kind),
        Crud("RetrievePhoneNumber", PhoneNumbers.Kind),
        Crud("UpdatePhoneNumber", PhoneNumbers.Kind),
        Crud("ListPhoneNumbersWithVoiceSettings", VoiceSettings.Kind),
        Crud("GetPhoneNumberVoiceSettings", VoiceSettings.Kind),
        Crud("UpdatePhoneNumberVoiceSettings", VoiceSettings.Kind),
    ];

    private static IEnumerable<Binding> Account(TelnyxParts parts) =>
    [
        Handle("GetWebhookDeliveries", op => WebhookDeliveries.List(op, parts)),
        Handle("GetWebhookDelivery", op => WebhookDeliveries.Get(op, parts)),
        Handle("GetBlackBoxTestResults", op => SelfTests.List(op, parts.SelfTest)),
        Handle("GetPublicKey", op => PublicKey.Handle(op, parts)),
        Handle("RetrieveCallTrace", op => RetrieveCallTrace.Handle(op, parts)),
    ];
}
