using System.Text.Json.Nodes;

namespace Ringwright.Server.Events;

/// <summary>Why a webhook was not delivered, for people.</summary>
internal static class DeliveryWords
{
    /// <param name="attempt">The newest, as both APIs show it; null where none is kept.</param>
    /// <returns>A few words; - of one that was delivered.</returns>
    public static string Why(JsonNode? attempt)
    {
        if (attempt is null || (string?)attempt["status"] is "delivered") return "-";
        if (attempt["http"]?["response"]?["status"] is { } status) return $"HTTP {status}";
        return (int?)attempt["errors"]?.AsArray().FirstOrDefault() switch
        {
            null => "-",
            75001 => "no address",
            75002 => "no answer",
            75003 => "TLS",
            _ => "not allowed, or not understood",
        };
    }
}
