using System.Collections.Frozen;

namespace Ringwright.Texml.Twiml;

/// <summary>Why an operation answers 501.</summary>
internal static class TwimlUnbuilt
{
    public static string Reason(string operation, string family) =>
        ByOperation.GetValueOrDefault(operation) ?? $"Not built yet: {ByFamily.GetValueOrDefault(family) ?? family}.";

    private static readonly FrozenDictionary<string, string> ByOperation = new Dictionary<string, string>
    {
        ["DeleteCall"] = "Not built: a call's events stand in a ledger from which nothing is taken before its time.",
        ["CreateAccount"] = "Not built yet: accounts below an account, made here (the operator and the call API make them).",
        ["UpdateAccount"] = "Not built yet: changes of accounts (the operator and the call API make them).",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> ByFamily = new Dictionary<string, string>
    {
        ["Addresses"] = "addresses",
        ["Applications"] = "applications",
        ["AuthorizedConnectApps"] = "applications of others",
        ["AvailablePhoneNumbers"] = "lists of countries, and of other kinds of numbers for sale",
        ["Calls Events"] = "requests that a call has led to",
        ["Calls Notifications"] = "notifications of a call",
        ["Calls Payments"] = "payments on calls",
        ["Calls Recordings"] = "recordings of a call",
        ["Calls UserDefinedMessages"] = "messages to clients",
        ["Calls UserDefinedMessageSubscriptions"] = "messages of clients",
        ["Conferences"] = "conferences",
        ["Conferences Participants"] = "participants of conferences",
        ["Conferences Recordings"] = "recordings of conferences",
        ["ConnectApps"] = "applications for others",
        ["IncomingPhoneNumbers"] = "numbers by kind, and their add-ons",
        ["Keys"] = "keys made by keys (the operator makes them)",
        ["Messages"] = "changes of texts that were sent",
        ["Messages Feedback"] = "messaging",
        ["Messages Media"] = "messaging",
        ["Notifications"] = "notifications",
        ["Queues Members"] = "members of queues",
        ["Recordings"] = "recordings",
        ["Recordings AddOnResults"] = "results of add-ons",
        ["SIP Domains"] = "SIP domains (connections of the call API are their like)",
        ["SIP CredentialLists"] = "lists of SIP credentials (connections of the call API are their like)",
        ["SIP IpAccessControlLists"] = "lists of addresses (connections of the call API are their like)",
        ["SMS"] = "messaging",
        ["SigningKeys"] = "keys made by keys (the operator makes them)",
        ["Tokens"] = "tokens for clients",
        ["Usage Records"] = "records of use (the call API has them)",
        ["Usage Triggers"] = "triggers of use",
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
