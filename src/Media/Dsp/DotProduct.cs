using System.Numerics;

namespace Ringwright.Media.Dsp;

/// <summary>What a filter or a network is made of.</summary>
public static class DotProduct
{
    /// <summary>By as many at once as the processor takes.</summary>
    /// <param name="b">As long as <paramref name="a"/>, or longer.</param>
    public static float Of(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sums = Vector<float>.Zero;
        int i = 0;
        for (; i <= a.Length - Vector<float>.Count; i += Vector<float>.Count) sums += new Vector<float>(a[i..]) * new Vector<float>(b[i..]);
        float sum = Vector.Sum(sums);
        for (; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }
}
