using Ringwright.Core;

namespace Ringwright.MediaHost;

/// <summary>
/// Ticks by a clock that is not the system's: each is a timer of <paramref name="Clock"/>, and packets between the hosts of the process go
/// by <paramref name="Packets"/>.
/// </summary>
public sealed record MediaStepping(TimeProvider Clock, PacketExchange Packets)
{
    internal Instant Now => new(Clock.GetTimestamp() * (1_000_000_000 / Clock.TimestampFrequency));
}
