using System.Buffers.Binary;

namespace Ringwright.Streams;

/// <summary>
/// Puts samples of 16 bits together that are cut in two between messages: applications hand on what a service of voices sends as it comes.
/// </summary>
internal sealed class HalfSample(bool isLittleEndian)
{
    /// <summary>Samples that are looked at to find out where they begin.</summary>
    private const int Most = 1_000;

    private byte? _half;

    /// <summary>Whole samples, of what came now and of what was left before.</summary>
    public ReadOnlySpan<byte> Join(ReadOnlySpan<byte> sent)
    {
        var all = sent;
        if (_half is { } half)
        {
            byte[] joined = [half, .. sent];
            // Its other half may as well have been lost: all behind it would be noise then, whose steps are many times as large.
            if (Steps(joined) <= 2 * Steps(sent)) all = joined;
        }
        int rest = all.Length % sizeof(short);
        _half = rest == 0 ? null : all[^1];
        return all[..^rest];
    }

    /// <summary>What comes next is another sound.</summary>
    public void Clear() => _half = null;

    /// <summary>From each sample to the next: of sound that is cut at the right places these are smaller.</summary>
    private double Steps(ReadOnlySpan<byte> bytes)
    {
        long sum = 0;
        int count = Math.Min(bytes.Length / sizeof(short), Most);
        for (int i = 1; i < count; i++) sum += Math.Abs(At(bytes, i) - At(bytes, i - 1));
        return count < 2 ? 0 : sum / (double)(count - 1);
    }

    private int At(ReadOnlySpan<byte> bytes, int sample)
    {
        var one = bytes[(sample * sizeof(short))..];
        return isLittleEndian ? BinaryPrimitives.ReadInt16LittleEndian(one) : BinaryPrimitives.ReadInt16BigEndian(one);
    }
}
