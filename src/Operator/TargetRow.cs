using System.Text.Json.Serialization;

namespace Ringwright.Operator;

/// <summary>Targets as they come: a body that its schema was held against. There may be a million of them, so no nodes are made.</summary>
internal sealed record TargetsBody
{
    public const string Exceptions = "exceptions";

    public required IReadOnlyList<TargetRow> Targets { get; init; }
    /// <summary>Which rows are told: all, or with <see cref="Exceptions"/> those that were not added.</summary>
    public string? Report { get; init; }
}

internal sealed record TargetRow
{
    public required string PhoneNumber { get; init; }
    public string? Name { get; init; }
    [JsonPropertyName("destination_2")]
    public string? Second { get; init; }
    [JsonPropertyName("destination_3")]
    public string? Third { get; init; }
    [JsonPropertyName("destination_4")]
    public string? Fourth { get; init; }
    [JsonPropertyName("destination_5")]
    public string? Fifth { get; init; }
    public Dictionary<string, string>? Data { get; init; }
    public string? Timezone { get; init; }
    public string? DueAt { get; init; }
    /// <summary>Nobody is to call it.</summary>
    public bool? DoNotCall { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TargetsBody)), JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class TargetJson : JsonSerializerContext;
