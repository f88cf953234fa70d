namespace Ringwright.Media.Dsp.Detection;

/// <summary>One stretch of sound, in ticks: from <paramref name="Start"/> to before <paramref name="End"/>.</summary>
internal readonly record struct Word(int Start, int End)
{
    public int Ticks => End - Start;
}

/// <summary>
/// The loudness of every tick since the start, and what it amounts to: words and silences. The noise floor is not known when the first word
/// comes, so the whole stretch, which is seconds, is divided anew whenever somebody asks.
/// </summary>
internal sealed class SpeechTrack
{
    public const int MostWords = 64;

    private const int Levels = 91;
    /// <summary>
    /// Mean amplitude below which a tick is digital silence: the line is not there yet, and says nothing about its noise.
    /// </summary>
    private const double NoLine = 12;
    /// <summary>So many of a hundred ticks are quieter than what is taken for the floor.</summary>
    private const int FloorPercent = 20;
    /// <summary>
    /// A line's noise is never taken to be louder than this, in decibels of mean amplitude (about
    /// -29 dB below full scale): it is sound then.
    /// </summary>
    private const int HighestFloor = 55;
    /// <summary>Decibels over the floor where sound begins, and where it still goes on.</summary>
    private const int Onset = 9, Hold = 5;
    /// <summary>Shorter sounds are clicks.</summary>
    private const int ShortestWord = 4;

    private readonly byte[] _levels = new byte[Limits.DetectionTicks];
    private readonly int[] _histogram = new int[Levels];
    private readonly Word[] _words = new Word[MostWords];
    private int _counted, _lineStart;

    /// <summary>Ticks since the start.</summary>
    public int Ticks { get; private set; }

    public ReadOnlySpan<Word> Words => _words.AsSpan(0, Math.Min(WordCount, MostWords));
    /// <summary>Words beyond <see cref="MostWords"/> are counted only.</summary>
    public int WordCount { get; private set; }
    /// <summary>Where the last word ends, or the current one has come to.</summary>
    public int LastEnd { get; private set; }
    /// <summary>Ticks of the longest word, the current one included.</summary>
    public int Longest { get; private set; }
    /// <summary>Ticks of all words.</summary>
    public int Spoken { get; private set; }
    /// <summary>Ticks from the first word's start to the last word's end.</summary>
    public int Greeting => WordCount == 0 ? 0 : LastEnd - _words[0].Start;
    /// <summary>Ticks of silence at the end; all of them where nothing was said.</summary>
    public int Quiet { get; private set; }

    /// <param name="silenceThreshold">Mean amplitude that is silence whatever the floor is.</param>
    public void Start(int silenceThreshold)
    {
        (Ticks, _counted, _lineStart, WordCount, LastEnd, Longest, Spoken, Quiet) = (0, 0, Limits.DetectionTicks, 0, 0, 0, 0, 0);
        Least = Decibels(silenceThreshold);
        Array.Clear(_histogram);
    }

    /// <summary>What is silence whatever the floor is, in decibels of mean amplitude.</summary>
    public int Least { get; private set; }

    /// <summary>Where sound begins, in decibels of mean amplitude.</summary>
    public int Threshold => Math.Max(Least, Math.Min(Floor(), HighestFloor) + Onset);

    /// <param name="mean">Mean amplitude of one tick.</param>
    public void Add(double mean)
    {
        if (Ticks == _levels.Length) return;
        int level = Decibels(mean);
        if (mean >= NoLine) _lineStart = Math.Min(_lineStart, Ticks);
        _levels[Ticks++] = (byte)level;
        if (Ticks <= _lineStart) return;
        _histogram[level]++;
        _counted++;
    }

    /// <summary>What was heard in these ticks was no voice, and no noise of the line either.</summary>
    public void Forget(int start, int end)
    {
        for (int at = start; at < Math.Min(end, Ticks); at++)
        {
            if (_levels[at] == 0) continue;
            if (at >= _lineStart)
            {
                _histogram[_levels[at]]--;
                _counted--;
            }
            _levels[at] = 0;
        }
    }

    /// <summary>Divides what was heard so far.</summary>
    /// <param name="gapTicks">A pause of so many ticks divides two words.</param>
    public void Divide(int gapTicks)
    {
        int onset = Threshold, hold = Math.Max(Least, onset - Onset + Hold);
        int start = -1, end = 0;
        (WordCount, LastEnd, Longest, Spoken) = (0, 0, 0, 0);
        for (int at = 0; at < Ticks; at++)
        {
            byte level = _levels[at];
            if (start < 0)
            {
                if (level >= onset) (start, end) = (at, at + 1);
            }
            else if (level >= hold) end = at + 1;
            else if (at + 1 - end >= gapTicks)
            {
                Keep(start, end);
                start = -1;
            }
        }
        if (start >= 0) Keep(start, end);
        Quiet = Ticks - LastEnd;
    }

    private void Keep(int start, int end)
    {
        if (end - start < ShortestWord) return;
        if (WordCount < MostWords) _words[WordCount] = new(start, end);
        (WordCount, LastEnd, Longest, Spoken) = (WordCount + 1, end, Math.Max(Longest, end - start), Spoken + end - start);
    }

    private int Floor()
    {
        int quieter = 0;
        for (int level = 0; level < Levels; level++)
        {
            quieter += _histogram[level];
            if (quieter * 100 > _counted * FloorPercent) return level;
        }
        return 0;
    }

    private static int Decibels(double amplitude) => amplitude < 1 ? 0 : Math.Min(Levels - 1, (int)Math.Round(20 * Math.Log10(amplitude)));
}
