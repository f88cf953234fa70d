using Ringwright.Http;
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
            .. Numbers.Bindings.Rows(parts.Numbers, (op, to, words, life) =>
                Verify.CodeTexts.ProveAsync(op, parts.Verify, to, words, life)),
            .. Numbers.Ordering.Bindings.Rows(parts.Numbers),
            .. Messaging.Bindings.Rows(parts.Messaging),
            .. Verify.Bindings.Rows(parts.Verify),
            .. Assistants.Bindings.Rows(parts.Assistants),
            .. Inference.Bindings.Rows(parts.Assistants),
            .. Addresses.Bindings.Rows(parts.Store),
            .. Account.Bindings.Rows(parts.Account.Own),
            .. Account.OAuth.Bindings.Rows(parts.Account.OAuth),
            .. Account.Billing.Bindings.Rows(parts.Account.Billing),
            .. Account.Reports.Bindings.Rows(parts.Account.Reports),
            .. Account.Invoices.Bindings.Rows(parts.Account.Invoices),
            .. Account.Bundles.Bindings.Rows(parts.Account.Bundles),
            .. Account.Notifications.Bindings.Rows(parts.Account.Notifications),
        ];
        var bound = rows.Select(row => row.Operation).ToHashSet(StringComparer.Ordinal);
        foreach (var operation in contract.Operations.Concat(contract.Extensions))
            if (!bound.Contains(operation.Id)) rows.Add(Absent(operation.Id, UnbuiltOperations.Reason(operation.Id, operation.Family)));
        return rows;
    }

    /// <summary>The table for reading, as the coverage report does; its handlers do not run.</summary>
    public static BindingTable ReadOnly(Contract contract) => new(contract, Rows(contract, TelnyxParts.None));
}
