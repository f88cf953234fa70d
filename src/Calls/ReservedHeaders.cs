using System.Collections.Frozen;

namespace Ringwright.Calls;

/// <summary>
/// SIP headers that no customer writes. Those of the protocol (IANA, "SIP Parameters") would make another message of the one that is sent;
/// those of identities say who calls or who pays, which we write from settings. All other names are his.
/// </summary>
public static class ReservedHeaders
{
    /// <summary>With what begins so, whatever else is defined later.</summary>
    private static readonly string[] Families =
        ["Accept", "Authentication", "Content-", "Geolocation", "Min-", "Policy-", "Priority", "Proxy-", "Refer", "Resource-", "Security-",
            "SIP-"];

    private static readonly FrozenSet<string> Protocol = FrozenSet.ToFrozenSet(
    [
        "Additional-Identity", "Alert-Info", "Allow", "Allow-Events", "Answer-Mode", "Authorization", "Call-ID", "Cellular-Network-Info",
        "Contact", "CSeq", "DC-Info", "Date", "Encryption", "Error-Info", "Event", "Expires", "Feature-Caps", "Flow-Timer", "Hide",
        "Info-Package", "In-Reply-To", "Join", "Max-Breadth", "Max-Forwards", "MIME-Version", "Organization", "Path", "Permission-Missing",
        "Priv-Answer-Mode", "RAck", "Reason", "Reason-Phrase", "Record-Route", "Recv-Info", "Reject-Contact", "Relayed-Charge", "Replaces",
        "Reply-To", "Request-Disposition", "Require", "Response-Key", "Response-Source", "Restoration-Info", "Retry-After", "Route", "RSeq",
        "Server", "Service-Interact-Info", "Service-Route", "Session-Expires", "Session-ID", "Subject", "Subscription-State", "Supported",
        "Suppress-If-Match", "Target-Dialog", "Timestamp", "To", "Trigger-Consent", "Unsupported", "User-Agent", "Via", "Warning",
        "WWW-Authenticate",
    ], StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Identities = FrozenSet.ToFrozenSet(
    [
        "From", "f", "Remote-Party-ID", "RPID-Privacy", "Anonymity", "Identity", "y", "Identity-Info", "n", "Diversion", "CC-Diversion",
        "History-Info", "Referred-By", "b", "Privacy", "Geolocation", "Call-Info", "Charge-Info", "Origination-Id", "Verstat",
        "Attestation-Info",
    ], StringComparer.OrdinalIgnoreCase);

    /// <summary>What carriers take for the caller's identity or for who pays, all P- headers among it.</summary>
    public static bool IsIdentity(string name) => CallerAttestation.Headers.Contains(name)
        || name.StartsWith("P-", StringComparison.OrdinalIgnoreCase) || Identities.Contains(name);

    /// <summary>One of either kind; a name of one letter is short for one.</summary>
    public static bool Has(string name) => name.Length == 1 || IsIdentity(name) || Protocol.Contains(name)
        || Array.Exists(Families, family => name.StartsWith(family, StringComparison.OrdinalIgnoreCase));
}
