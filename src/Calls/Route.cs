using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>Numbers with this prefix go to this trunk.</summary>
public sealed record Route
{
    public required Guid Id { get; init; }
    public required TrunkId Trunk { get; init; }
    /// <summary>"+", "+49", "+1555"; "+" matches every number.</summary>
    public string Prefix { get; init; } = "+";
    public int Priority { get; init; } = 100;
    public int Weight { get; init; } = 1;
    public bool IsEnabled { get; init; } = true;
    /// <summary>Replaces the caller id when set.</summary>
    public string? CallerId { get; init; }
}
