using Ringwright.Core;

namespace Ringwright.Agency.Tables;

/// <summary>A number of the agency's account or of a client's, with what the agency says of it.</summary>
internal sealed record AgencyNumber
{
    public const string Pending = "pending", Active = "active", Inactive = "inactive", Released = "released";

    public required Guid Id { get; init; }
    public required string Text { get; init; }
    /// <summary>Whose it is; null for one that no account of the agency has any more.</summary>
    public TenantId? Account { get; init; }
    public required string Status { get; init; }
    public string? Country { get; init; }
    public string? FriendlyName { get; init; }
    public string? ClientId { get; init; }
    public Guid? Agent { get; init; }
    public string Direction { get; init; } = "inbound";
    public bool IsOutboundAllowed { get; init; } = true;
    /// <summary>Calls a day that batches begin from it; null for as many as anybody likes.</summary>
    public long? DailyCallCap { get; init; }
    /// <summary>Somebody of the agency has said that nothing is to call from it.</summary>
    public bool IsDisabled { get; init; }
    /// <summary>Its carrier keeps it: calls go out from it, and none comes in.</summary>
    public bool IsBrought { get; init; }
    /// <summary>When somebody of the agency disabled or enabled it last; null where nobody has.</summary>
    public DateTimeOffset? StatusAt { get; init; }
    /// <summary>By which it was bought; null for one that came otherwise, as the next two.</summary>
    public Guid? Order { get; init; }
    public string? CustomerReference { get; init; }
    public DateTimeOffset? PurchasedAt { get; init; }
    /// <summary>When the agency gave it back; null also where it was taken.</summary>
    public DateTimeOffset? ReleasedAt { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
}
