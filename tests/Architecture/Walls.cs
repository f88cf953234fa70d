namespace Ringwright.Architecture;

/// <summary>Who may reference whom: the walls of the tree. A new project needs a row here and an ADR.</summary>
internal static class Walls
{
    public static readonly string[] Pure = ["Core", "Sip", "Media", "Calls", "Switch", "Conversations"];
    public static readonly string[] Dialects = ["Telnyx", "Texml", "Voipbin", "Telefonie", "Chakra", "Agency", "Operator"];

    /// <summary>The second language of a provider says what the first says: its ids, its names, its causes.</summary>
    public static readonly (string Dialect, string Of)[] SameProvider = [("Texml", "Telnyx")];

    private static readonly string[] DialectMay = ["Core", "Calls", "Store", "Jobs", "Http", "Delivery", "Egress", "Admission",
        "Campaigns", "Speech", "Streams"];

    public static readonly IReadOnlyDictionary<string, string[]> MayReference = new Dictionary<string, string[]>
    {
        ["Core"] = [],
        ["Calls"] = ["Core"],
        ["Conversations"] = ["Core"],
        ["Sip"] = ["Core"],
        ["Media"] = ["Core", "Calls"],
        ["Switch"] = ["Core", "Calls", "Sip", "Media"],
        ["Net"] = ["Core", "Calls", "Sip", "Media", "Switch"],
        ["MediaHost"] = ["Core", "Calls", "Media"],
        ["Store"] = ["Core", "Calls"],
        ["Egress"] = ["Core"],
        ["Programs"] = ["Core", "Calls", "Conversations"],
        ["Delivery"] = ["Core", "Calls", "Store", "Egress"],
        ["Admission"] = ["Core", "Calls", "Store"],
        ["Campaigns"] = ["Core", "Calls", "Store", "Admission"],
        ["Speech"] = ["Core", "Calls", "Media", "Store", "Egress"],
        ["Streams"] = ["Core", "Calls", "Sip", "Media", "Egress"],
        ["Jobs"] = ["Core", "Calls", "Store"],
        ["Http"] = ["Core", "Calls", "Store", "Jobs"],
        ["Uploads"] = ["Core", "Calls", "Store", "Egress", "Jobs", "Http"],
        ["Telnyx"] = DialectMay,
        ["Texml"] = [.. DialectMay, "Telnyx"],
        ["Voipbin"] = DialectMay,
        ["Telefonie"] = DialectMay,
        ["Chakra"] = DialectMay,
        ["Agency"] = DialectMay,
        ["Operator"] = DialectMay,
        ["Lab"] = ["Core", "Calls", "Sip", "Media", "Switch", "Net", "MediaHost", "Programs"],
        ["Server"] = ["Core", "Calls", "Sip", "Media", "Switch", "Net", "MediaHost", "Store", "Egress", "Delivery", "Programs", "Admission",
            "Campaigns", "Speech", "Streams", "Uploads", "Jobs", "Http", "Telnyx", "Texml", "Voipbin", "Telefonie", "Chakra",
            "Agency", "Operator", "Lab"],
    };
}
