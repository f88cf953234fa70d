namespace Ringwright.Core;

/// <summary>Where machines get their randomness, so that a seed reproduces a run. Not for secrets. One thread at a time.</summary>
public sealed class Rng(ulong seed)
{
    private ulong _state = seed;

    /// <summary>SplitMix64 (Steele, Lea, Flood 2014).</summary>
    public ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to <paramref name="below"/> - 1.</summary>
    public int Next(int below) => (int)(Next() % (uint)below);

    /// <summary>True with the given probability, 0 to 1.</summary>
    public bool Chance(double probability) => (Next() >> 11) * (1.0 / (1UL << 53)) < probability;

    /// <summary>A double from 0 (inclusive) to 1 (exclusive).</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    public void Fill(Span<byte> into)
    {
        for (int i = 0; i < into.Length; i += 8)
        {
            ulong value = Next();
            for (int j = i; j < Math.Min(i + 8, into.Length); j++, value >>= 8)
                into[j] = (byte)value;
        }
    }

    /// <summary>Lower-case hex text of <paramref name="digits"/> digits.</summary>
    public string Hex(int digits)
    {
        Span<byte> bytes = stackalloc byte[(digits + 1) / 2];
        Fill(bytes);
        return Convert.ToHexStringLower(bytes)[..digits];
    }
}
