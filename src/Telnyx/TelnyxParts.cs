using Ringwright.Store;
using Ringwright.Telnyx.Account;
using Ringwright.Telnyx.Account.Billing;
using Ringwright.Telnyx.Account.Bundles;
using Ringwright.Telnyx.Account.Invoices;
using Ringwright.Telnyx.Account.Notifications;
using Ringwright.Telnyx.Account.OAuth;
using Ringwright.Telnyx.Account.Reports;
using Ringwright.Telnyx.Assistants;
using Ringwright.Telnyx.Connections;
using Ringwright.Telnyx.Messaging;
using Ringwright.Telnyx.Numbers;
using Ringwright.Telnyx.Speech;
using Ringwright.Telnyx.Storage;
using Ringwright.Telnyx.Verify;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx;

/// <summary>What this dialect's handlers use beside the pipeline's services: each family its own, and nothing of another's.</summary>
public sealed record TelnyxParts
{
    /// <summary>For who reads the rows only: their handlers do not run.</summary>
    public static readonly TelnyxParts None = new()
    {
        Store = null!, Voice = null!, Connections = null!, Storage = null!, Speech = null!, Numbers = null!, Messaging = null!,
        Verify = null!, Assistants = null!,
        Account = new()
        {
            Own = null!, OAuth = null!, Billing = null!, Reports = null!, Invoices = null!, Bundles = null!, Notifications = null!
        },
    };

    /// <summary>For the rows of resources.</summary>
    public required Database Store { get; init; }
    public required VoiceParts Voice { get; init; }
    public required ConnectionParts Connections { get; init; }
    public required StorageParts Storage { get; init; }
    public required SpeechParts Speech { get; init; }
    public required NumberParts Numbers { get; init; }
    public required MessagingParts Messaging { get; init; }
    public required VerifyParts Verify { get; init; }
    public required AssistantParts Assistants { get; init; }
    public required AccountFamilyParts Account { get; init; }
}

/// <summary>Those of the families below <c>Account</c>.</summary>
public sealed record AccountFamilyParts
{
    public required AccountParts Own { get; init; }
    public required OAuthParts OAuth { get; init; }
    public required BillingParts Billing { get; init; }
    public required ReportParts Reports { get; init; }
    public required InvoiceParts Invoices { get; init; }
    public required BundleParts Bundles { get; init; }
    public required NotificationParts Notifications { get; init; }
}
