using System.Numerics;

namespace Ringwright.Media.Dsp;

/// <summary>Sums of sounds. All spans of one call are of one length.</summary>
internal static class Mixing
{
    public static void Add(Span<int> sum, ReadOnlySpan<short> samples)
    {
        int i = 0;
        for (; i <= sum.Length - Vector<short>.Count; i += Vector<short>.Count)
        {
            Vector.Widen(new Vector<short>(samples[i..]), out var low, out var high);
            var first = sum[i..];
            var second = first[Vector<int>.Count..];
            (new Vector<int>(first) + low).CopyTo(first);
            (new Vector<int>(second) + high).CopyTo(second);
        }
        for (; i < sum.Length; i++) sum[i] += samples[i];
    }

    public static void Add(Span<int> sum, ReadOnlySpan<int> other)
    {
        int i = 0;
        for (; i <= sum.Length - Vector<int>.Count; i += Vector<int>.Count)
            (new Vector<int>(sum[i..]) + new Vector<int>(other[i..])).CopyTo(sum[i..]);
        for (; i < sum.Length; i++) sum[i] += other[i];
    }

    /// <summary>Saturated.</summary>
    public static void Saturate(ReadOnlySpan<int> sum, Span<short> into)
    {
        int i = 0;
        for (; i <= sum.Length - Vector<short>.Count; i += Vector<short>.Count)
            Vector.NarrowWithSaturation(new Vector<int>(sum[i..]), new Vector<int>(sum[(i + Vector<int>.Count)..])).CopyTo(into[i..]);
        for (; i < sum.Length; i++) into[i] = (short)Math.Clamp(sum[i], short.MinValue, short.MaxValue);
    }

    /// <summary>What one of those who are in the sum hears: the others, saturated.</summary>
    public static void Minus(ReadOnlySpan<int> sum, ReadOnlySpan<short> own, Span<short> into)
    {
        int i = 0;
        for (; i <= sum.Length - Vector<short>.Count; i += Vector<short>.Count)
        {
            Vector.Widen(new Vector<short>(own[i..]), out var low, out var high);
            Vector.NarrowWithSaturation(new Vector<int>(sum[i..]) - low, new Vector<int>(sum[(i + Vector<int>.Count)..]) - high)
                .CopyTo(into[i..]);
        }
        for (; i < sum.Length; i++) into[i] = (short)Math.Clamp(sum[i] - own[i], short.MinValue, short.MaxValue);
    }

    /// <summary>Two sounds at once, saturated.</summary>
    public static void Over(Span<short> samples, ReadOnlySpan<short> other)
    {
        int i = 0;
        for (; i <= samples.Length - Vector<short>.Count; i += Vector<short>.Count)
            Vector.AddSaturate(new Vector<short>(samples[i..]), new Vector<short>(other[i..])).CopyTo(samples[i..]);
        for (; i < samples.Length; i++) samples[i] = (short)Math.Clamp(samples[i] + other[i], short.MinValue, short.MaxValue);
    }

    /// <summary>The largest distance from zero.</summary>
    public static int Peak(ReadOnlySpan<short> samples)
    {
        var (most, least) = (Vector<short>.Zero, Vector<short>.Zero);
        int i = 0, peak = 0;
        for (; i <= samples.Length - Vector<short>.Count; i += Vector<short>.Count)
        {
            var some = new Vector<short>(samples[i..]);
            (most, least) = (Vector.Max(most, some), Vector.Min(least, some));
        }
        for (int lane = 0; lane < Vector<short>.Count; lane++) peak = Math.Max(peak, Math.Max((int)most[lane], -least[lane]));
        for (; i < samples.Length; i++) peak = Math.Max(peak, Math.Abs((int)samples[i]));
        return peak;
    }
}
