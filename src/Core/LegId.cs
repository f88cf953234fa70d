using System.Globalization;

namespace Ringwright.Core;

/// <summary>What the ids of all that lives on a shard begin with: node (8 bits), shard (8), start-up epoch (32), from the top.</summary>
/// <param name="Value">The whole id.</param>
public readonly record struct ShardAddress(UInt128 Value)
{
    public int Node => (int)(Value >> 120) & 0xFF;
    public int Shard => (int)(Value >> 112) & 0xFF;
    public uint Epoch => (uint)(Value >> 80);
}

/// <summary>Names one leg for ever and carries its <see cref="ShardAddress"/>; then a counter (32 bits) and random (48).</summary>
public readonly record struct LegId(UInt128 Value)
{
    public int Node => new ShardAddress(Value).Node;
    public int Shard => new ShardAddress(Value).Shard;
    public uint Epoch => new ShardAddress(Value).Epoch;

    public static LegId Compose(int node, int shard, uint epoch, uint counter, ulong random) =>
        new(((UInt128)(byte)node << 120) | ((UInt128)(byte)shard << 112) | ((UInt128)epoch << 80) | ((UInt128)counter << 48)
            | (random & 0xFFFF_FFFF_FFFF));

    /// <summary>Reads the 32 hex digits that <see cref="ToString"/> writes.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out LegId id)
    {
        id = default;
        if (text.Length != 32 || !UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            return false;
        id = new(value);
        return true;
    }

    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}

/// <summary>Names one bridge of two legs; built like <see cref="LegId"/>, so that messages to it find its shard.</summary>
public readonly record struct BridgeId(UInt128 Value)
{
    public int Shard => new ShardAddress(Value).Shard;

    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}

/// <summary>
/// Names one queue from its first call to its last; built like <see cref="LegId"/>. A later queue of the same name has another.
/// </summary>
public readonly record struct QueueId(UInt128 Value)
{
    public int Shard => new ShardAddress(Value).Shard;

    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}

/// <summary>Names one conference for ever; built like <see cref="LegId"/>.</summary>
public readonly record struct ConferenceId(UInt128 Value)
{
    public int Node => new ShardAddress(Value).Node;
    public int Shard => new ShardAddress(Value).Shard;

    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}

/// <summary>The set of legs that one original call gave rise to.</summary>
public readonly record struct SessionId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>The owner of everything: an account.</summary>
public readonly record struct TenantId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>A customer's connection or application: a 19-digit snowflake.</summary>
public readonly record struct ConnectionId(long Value)
{
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The operator's side: a carrier or PBX that we reach.</summary>
public readonly record struct TrunkId(Guid Value)
{
    public override string ToString() => Value.ToString();
}
