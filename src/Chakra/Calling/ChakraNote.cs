using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Chakra.Calling;

/// <summary>What a team has said of a call. Of one that was only logged, that is all there is.</summary>
internal sealed record ChakraNote
{
    public required TenantId TenantId { get; init; }
    /// <summary>The leg's UUID, or an id of its own.</summary>
    public required string Id { get; init; }
    public bool IsLogged { get; init; }
    /// <summary>The fields that were said, by their names in the API, and the disposition.</summary>
    public JsonObject Document { get; init; } = [];
    /// <summary>Of a logged call, as the next ones.</summary>
    public string? FromParty { get; init; }
    public string? ToParty { get; init; }
    public string? Type { get; init; }
    public string? CallStatus { get; init; }
    public string? UserId { get; init; }
    public string? ForProcess { get; init; }
    public string? Provider { get; init; }
    public string? ProviderCallId { get; init; }
    public bool IsWrongNumber { get; init; }
    public DateTimeOffset? DisposedAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }
    public long Revision { get; init; }

    /// <summary>Later than every change before it, as the API shows moments too.</summary>
    public ChakraNote At(DateTimeOffset now) => this with
    {
        UpdatedAt = ChakraTime.Millis(now) > ChakraTime.Millis(UpdatedAt) ? now : UpdatedAt.AddMilliseconds(1),
    };

    /// <summary>With fields laid over those that were said, and the columns that lists go by.</summary>
    public ChakraNote Saying(JsonObject fields)
    {
        var document = Document.DeepClone().AsObject();
        foreach (var (name, value) in fields) document[name] = value?.DeepClone();
        return this with
        {
            Document = document,
            UserId = (string?)document["user"],
            ForProcess = (string?)document["forProcess"],
        };
    }
}
