using System.Collections.Frozen;

namespace Ringwright.Telnyx;

/// <summary>
/// Why an operation answers 501: what is not built, in the words of its family, or of the operation where the family is partly there.
/// </summary>
internal static class UnbuiltOperations
{
    public static string Reason(string operation, string family) =>
        $"Not built yet: {ByOperation.GetValueOrDefault(operation) ?? ByFamily.GetValueOrDefault(family) ?? family}.";

    private static readonly FrozenDictionary<string, string> ByOperation = new Dictionary<string, string>
    {
        ["PostSummary"] = "summaries of stored files, which need object storage",
        ["CreatePhoneNumbersJobUpdateEmergencySettings"] = "emergency calling",
        ["EnablePhoneNumberEmergency"] = "emergency calling",
        ["PhoneNumberBundleStatusChange"] = "bundles",
        ["CreateOpenAiEmbedding"] = "embeddings",
        ["JoinAssistant"] = "a second person in the talk of an assistant",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> ByFamily = new Dictionary<string, string>
    {
        ["Access Tokens"] = "access tokens of telephony credentials",
        ["Advanced Number Orders"] = "number orders",
        ["Assistants"] = "AI assistants",
        ["Audio"] = "AI inference",
        ["Brands"] = "10DLC registration",
        ["Bucket"] = "object storage",
        ["Bucket SSL Certificate"] = "object storage",
        ["Bucket Usage"] = "object storage",
        ["Bulk Phone Number Campaigns"] = "10DLC registration",
        ["Campaign"] = "10DLC registration",
        ["Chat"] = "AI inference",
        ["Clusters"] = "AI inference",
        ["Coverage"] = "networking",
        ["Customer Service Record"] = "porting",
        ["Data Migration"] = "data migration",
        ["Dialogflow Integration"] = "Dialogflow",
        ["Documents"] = "documents",
        ["Dynamic Emergency Addresses"] = "emergency calling",
        ["Dynamic Emergency Endpoints"] = "emergency calling",
        ["Embeddings"] = "AI inference",
        ["Enum"] = "10DLC registration",
        ["External Connections"] = "external connections",
        ["Fine Tuning"] = "AI inference",
        ["Global IPs"] = "networking",
        ["Messaging Hosted Number"] = "hosted numbers",
        ["Messaging URL Domains"] = "links that are shortened",
        ["Mobile Network Operators"] = "SIM cards",
        ["Networks"] = "networking",
        ["Number Portout"] = "porting",
        ["OTA updates"] = "SIM cards",
        ["Object"] = "object storage",
        ["Phone Number Campaigns"] = "10DLC registration",
        ["Phone Number Configurations"] = "this setting of numbers",
        ["Phone Number Porting"] = "porting",
        ["Porting Orders"] = "porting",
        ["Presigned Object URLs"] = "object storage",
        ["Private Wireless Gateways"] = "SIM cards",
        ["Programmable Fax Applications"] = "fax",
        ["Programmable Fax Commands"] = "fax",
        ["Public Internet Gateways"] = "networking",
        ["Push Credentials"] = "push credentials",
        ["RCS messaging"] = "RCS messages",
        ["Regions"] = "networking",
        ["Regulatory Requirements"] = "regulatory requirements",
        ["Requirement Groups"] = "regulatory requirements",
        ["Requirement Types"] = "regulatory requirements",
        ["Requirements"] = "regulatory requirements",
        ["Room Compositions"] = "video rooms",
        ["Room Participants"] = "video rooms",
        ["Room Recordings"] = "video rooms",
        ["Room Sessions"] = "video rooms",
        ["Rooms"] = "video rooms",
        ["Rooms Client Tokens"] = "video rooms",
        ["SIM Card Actions"] = "SIM cards",
        ["SIM Card Group Actions"] = "SIM cards",
        ["SIM Card Groups"] = "SIM cards",
        ["SIM Card Orders"] = "SIM cards",
        ["SIM Cards"] = "SIM cards",
        ["Shared Campaigns"] = "10DLC registration",
        ["TeXML REST Commands"] = "TeXML",
        ["Virtual Cross Connects"] = "networking",
        ["WireGuard Interfaces"] = "networking",
        ["Wireless Blocklists"] = "SIM cards",
        ["Wireless Regions"] = "SIM cards",
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
