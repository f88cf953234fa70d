namespace Ringwright.Speech.Recognition.BuiltIn;

/// <summary>Cuts sound that a program has made, in which words stand far apart, into these words. Pure.</summary>
internal static class SpokenList
{
    /// <summary>Made silence is silent, but for what rounding leaves of an echo; a breath is louder.</summary>
    private const int Rounding = 2;

    /// <summary>Longer than any within a word, such as before the "t" of "eight".</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    /// <summary>Of silence, left on both sides: a word is heard to begin and to end.</summary>
    private static readonly TimeSpan Rim = TimeSpan.FromMilliseconds(50);

    /// <returns>The samples of each word, in their order; none of silence.</returns>
    public static IReadOnlyList<short[]> Cut(short[] samples, int rate)
    {
        int pause = (int)(Pause.TotalSeconds * rate), rim = (int)(Rim.TotalSeconds * rate);
        var words = new List<short[]>();
        int? from = null;
        int last = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            if (Math.Abs((int)samples[i]) <= Rounding) continue;
            if (from is { } first && i - last > pause)
            {
                words.Add(Word(first));
                from = i;
            }
            from ??= i;
            last = i;
        }
        if (from is { } begun) words.Add(Word(begun));
        return words;

        short[] Word(int start) => samples[Math.Max(0, start - rim)..Math.Min(samples.Length, last + rim + 1)];
    }
}
