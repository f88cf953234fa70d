using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Voipbin.Queueing;

/// <summary>From an address of this API to what the engine dials.</summary>
internal static class AgentAddress
{
    /// <summary>It is of a type that can be rung, and says whom.</summary>
    public static bool IsRingable(JsonObject address) =>
        (string?)address["type"] is "tel" or "sip" or "extension" && NameOf(address).Length > 0;

    /// <param name="home">Where our own SIP users are called: host, and port where it is an address.</param>
    /// <returns>+E.164 or a SIP URI; null when it cannot be called, or is no extension of the account.</returns>
    public static string? Dial(JsonObject address, TenantId tenant, RoutingSnapshot routing, string home)
    {
        string name = NameOf(address);
        if (name.Length == 0) return null;
        return (string?)address["type"] switch
        {
            "tel" => name,
            "sip" => name.StartsWith("sip:", StringComparison.OrdinalIgnoreCase)
                    || name.StartsWith("sips:", StringComparison.OrdinalIgnoreCase)
                ? name : "sip:" + name,
            // A name of another account's is none of this one's extensions.
            "extension" => routing.Sip.FindUser(name)?.Tenant == tenant ? $"sip:{name}@{home}" : null,
            _ => null,
        };
    }

    /// <summary>An extension is found by its name, where it has one beside its target.</summary>
    public static string NameOf(JsonObject address)
    {
        string target = (string?)address["target"] ?? "", name = (string?)address["target_name"] ?? "";
        return (string?)address["type"] is "extension" && name.Length > 0 ? name : target;
    }
}
