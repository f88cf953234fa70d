using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Simulation;

/// <summary>A webhook as the customer got it.</summary>
internal sealed class SimWebhook(LegId leg, OutboxMessage message)
{
    private JsonNode? _payload;

    public LegId Leg { get; } = leg;
    public string Name { get; } = message.EventType;

    /// <summary>The event's payload.</summary>
    public JsonNode Payload => _payload ??= JsonNode.Parse(message.Body)!["payload"]!;      // every projection has one

    public string CallControlId => this["call_control_id"] ?? "";

    /// <summary>A field of the payload as text.</summary>
    public string? this[string field] => Payload[field]?.ToString();

    public override string ToString() => Name;
}

/// <summary>What the API said to one command: the contract's error code, or null for 200.</summary>
internal sealed record SimReply(LegId Leg, string Command, string? Code);
