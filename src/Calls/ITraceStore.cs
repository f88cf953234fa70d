using System.Text;
using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>One thing that the call trace of a call keeps, secrets already hidden.</summary>
public sealed record TraceEntry
{
    public required TenantId Tenant { get; init; }
    public required LegId Leg { get; init; }
    public required DateTimeOffset At { get; init; }
    public required TraceKind Kind { get; init; }
    /// <summary>A message that we sent.</summary>
    public bool IsOutgoing { get; init; }
    /// <summary>How a message went.</summary>
    public SipTransport? Transport { get; init; }
    /// <summary>Our address and the peer's, with ports, of a message.</summary>
    public string? Local { get; init; }
    public string? Remote { get; init; }
    /// <summary>A message's first line; a command's name in snake case; a note's sentence.</summary>
    public required string Name { get; init; }
    public string? CommandId { get; init; }
    /// <summary>What the engine said to a command: "accepted", or the refusal in snake case.</summary>
    public string? Outcome { get; init; }
    /// <summary>The whole message.</summary>
    public string? Text { get => field ?? (Utf8.IsEmpty ? null : Encoding.UTF8.GetString(Utf8.Span)); init; }
    /// <summary>The same as bytes, in place of <see cref="Text"/>: UTF-8, and its first line is <see cref="Name"/>.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; init; }
}

public enum TraceKind { Sip, Command, Note }

/// <summary>Where call traces are kept. Implemented in Store.</summary>
public interface ITraceStore
{
    ValueTask WriteAsync(IReadOnlyList<TraceEntry> entries, CancellationToken stop);
}
