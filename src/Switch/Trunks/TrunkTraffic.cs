using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Trunks;

/// <summary>The calls of one trunk that has limits: how many are up, and how many came within the last second.</summary>
internal sealed class TrunkTraffic
{
    private int _all, _inbound;
    private CallRate? _out, _in;

    /// <param name="usual">Calls a second that a trunk may bring which says nothing of it; null is no limit.</param>
    public static bool IsLimited(Trunk trunk, Direction direction, int? usual) => trunk.ChannelLimit is not null
        || (direction is Direction.Outbound ? trunk.CallsPerSecond is not null
            : (trunk.InboundChannelLimit ?? trunk.InboundCallsPerSecond ?? usual) is not null);

    /// <summary>Which limit a further call would meet at this moment; null when none.</summary>
    public TrunkLimit? Full(Trunk trunk, Direction direction, int? usual, Instant now) =>
        Volatile.Read(ref _all) >= trunk.ChannelLimit ? TrunkLimit.Channels
            : direction is Direction.Inbound && Volatile.Read(ref _inbound) >= trunk.InboundChannelLimit ? TrunkLimit.InboundChannels
            : Rate(trunk, direction, usual)?.HasRoom(now) is not false ? null
            : direction is Direction.Inbound ? TrunkLimit.InboundRate : TrunkLimit.Rate;

    /// <returns>Null when the call is counted from now on, until <see cref="Leave"/>.</returns>
    public TrunkLimit? Enter(Trunk trunk, Direction direction, int? usual, Instant now)
    {
        bool isInbound = direction is Direction.Inbound;
        if (Interlocked.Increment(ref _all) > trunk.ChannelLimit)
        {
            Interlocked.Decrement(ref _all);
            return TrunkLimit.Channels;
        }
        if (isInbound && Interlocked.Increment(ref _inbound) > trunk.InboundChannelLimit)
        {
            Leave(direction);
            return TrunkLimit.InboundChannels;
        }
        if (Rate(trunk, direction, usual)?.TryTake(now) is not false) return null;
        Leave(direction);
        return isInbound ? TrunkLimit.InboundRate : TrunkLimit.Rate;
    }

    public void Leave(Direction direction)
    {
        Interlocked.Decrement(ref _all);
        if (direction is Direction.Inbound) Interlocked.Decrement(ref _inbound);
    }

    private CallRate? Rate(Trunk trunk, Direction direction, int? usual) => direction is Direction.Inbound
        ? Rate(ref _in, trunk.InboundCallsPerSecond ?? usual)
        : Rate(ref _out, trunk.CallsPerSecond);

    /// <summary>A limit that was changed counts from the change on.</summary>
    private static CallRate? Rate(ref CallRate? rate, int? perSecond)
    {
        if (perSecond is not { } limit) return null;
        var known = Volatile.Read(ref rate);
        while (known?.PerSecond != limit)
        {
            var made = new CallRate(limit);
            var was = Interlocked.CompareExchange(ref rate, made, known);
            known = ReferenceEquals(was, known) ? made : was;
        }
        return known;
    }
}

/// <summary>What a trunk has no room for.</summary>
internal enum TrunkLimit
{
    Channels,
    InboundChannels,
    Rate,
    InboundRate,
}
