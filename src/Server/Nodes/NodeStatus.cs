using System.Text.Json.Serialization;

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
    /// <summary>process or inline.</summary>
    public required string Media { get; init; }
    /// <summary>The media process; null when there is none, or none at the moment.</summary>
    public int? MediaPid { get; init; }
    public required bool IsReady { get; init; }
    /// <summary>Why it is not ready, in sentences.</summary>
    public IReadOnlyList<string> Troubles { get; init; } = [];
    /// <summary>Why the database cannot be written, in its driver's words; null when it can.</summary>
    public string? DatabaseTrouble { get; init; }
    public required int Legs { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NodeStatus))]
internal sealed partial class NodeStatusJson : JsonSerializerContext;
