using System.Numerics;

namespace Ringwright.Speech.Recognition.BuiltIn;

/// <summary>How unlike two words are, however fast each was said: dynamic time warping.</summary>
internal static class Warp
{
    /// <summary>A word said more than twice as fast as another is not compared with it.</summary>
    private const int MostStretch = 2;

    /// <returns>The mean distance of frames along the best path; infinite where one word is far longer than the other.</returns>
    public static double Distance(float[][] one, float[][] other)
    {
        if (one.Length == 0 || other.Length == 0 || one.Length > MostStretch * other.Length || other.Length > MostStretch * one.Length)
            return double.PositiveInfinity;
        var before = new double[other.Length + 1];
        var now = new double[other.Length + 1];
        Array.Fill(before, double.PositiveInfinity);
        before[0] = 0;
        for (int i = 0; i < one.Length; i++)
        {
            now[0] = double.PositiveInfinity;
            for (int j = 0; j < other.Length; j++)
            {
                double distance = Between(one[i], other[j]);
                // A step in both at once counts twice, so that no path is cheaper for being short (Sakoe and Chiba, 1978).
                now[j + 1] = Math.Min(before[j] + 2 * distance, Math.Min(before[j + 1], now[j]) + distance);
            }
            (before, now) = (now, before);
        }
        return before[other.Length] / (one.Length + other.Length);
    }

    private static double Between(float[] one, float[] other)
    {
        var sum = Vector<float>.Zero;
        int i = 0;
        for (; i <= one.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var difference = new Vector<float>(one, i) - new Vector<float>(other, i);
            sum += difference * difference;
        }
        float rest = Vector.Sum(sum);
        for (; i < one.Length; i++) rest += (one[i] - other[i]) * (one[i] - other[i]);
        return Math.Sqrt(rest);
    }
}
