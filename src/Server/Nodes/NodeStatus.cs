using System.Text.Json.Serialization;
using Ringwright.Server.Settings;

namespace Ringwright.Server.Nodes;

/// <summary>What a running node says of itself to the commands of the program (<c>GET /node/status</c> on its socket).</summary>
internal sealed record NodeStatus
{
    public required string Version { get; init; }
    public required int Pid { get; init; }
    public required string Http { get; init; }
    public required string Admin { get; init; }
    public required string Sip { get; init; }
    public required string Rtp { get; init; }
    /// <summary>All networks that the node is on; <see cref="Sip"/> and <see cref="Rtp"/> are the first one's.</summary>
    public IReadOnlyList<NodeNetwork> Networks { get; init; } = [];
    /// <summary>wall or virtual.</summary>
    public string Clock { get; init; } = "wall";
    /// <summary>process or inline.</summary>
    public required string Media { get; init; }
    /// <summary>The media process; null when there is none, or none at the moment.</summary>
    public int? MediaPid { get; init; }
    public required bool IsReady { get; init; }
    /// <summary>Why it is not ready, in sentences.</summary>
    public IReadOnlyList<string> Troubles { get; init; } = [];
    /// <summary>Why the database cannot be written, in its driver's words; null when it can.</summary>
    public string? DatabaseTrouble { get; init; }
    /// <summary>How many seconds the oldest webhook without an attempt has waited; null without one.</summary>
    public double? OldestWebhookSeconds { get; init; }
    public required int Legs { get; init; }
    /// <summary>User names by which phones may register and call.</summary>
    public int Phones { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
}

/// <param name="Advertise">The address that SIP and SDP tell others, when it is not the one listened on.</param>
internal sealed record NodeNetwork(string Sip, string? SipTls, string Rtp, string? Advertise)
{
    public static NodeNetwork Of(NetworkSettings network) =>
        new(network.Sip.ToString(), network.SipTls?.ToString(), network.Rtp.ToString(), network.Advertise?.ToString());
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NodeStatus))]
internal sealed partial class NodeStatusJson : JsonSerializerContext;
