using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>What a plain resource says of itself, in the dialect's words; a fact without a name is not shown.</summary>
public sealed record ResourceForm
{
    public string Id { get; init; } = "id";
    public string? RecordType { get; init; }
    public string? CreatedAt { get; init; }
    public string? UpdatedAt { get; init; }
    public string? DeletedAt { get; init; }

    /// <summary>Gives each resource of a kind a moment of its own, where pages are walked by them; null where two may share one.</summary>
    public UniqueMoments? Moments { get; init; }

    /// <summary>How a moment is written.</summary>
    public required Func<DateTimeOffset, JsonNode> Time { get; init; }

    /// <summary>The id of a new resource whose kind has no way of its own.</summary>
    public Func<ResourceKind, OperationContext, string> Mint { get; init; } =
        static (kind, op) => kind.Ids is IdStyle.Snowflake19 ? op.Snowflakes.Next().ToString() : Guid.NewGuid().ToString();

    /// <summary>The moment of a write.</summary>
    internal DateTimeOffset Moment(ResourceKind kind, OperationContext op) => Moments?.Next(kind.RecordType, op.Tenant, op.Now) ?? op.Now;

    /// <summary>What rows call the field.</summary>
    internal string Stored(string field) =>
        field == Id ? "id" : field == CreatedAt ? "created_at" : field == UpdatedAt ? "updated_at" : field;
}
