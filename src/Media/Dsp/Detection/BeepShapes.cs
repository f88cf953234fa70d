namespace Ringwright.Media.Dsp.Detection;

/// <summary>
/// What machines beep. A steady tone or pair keeps frequency and level and falls silent at once; a struck one (chime) begins at
/// once and dies away; a sweep glides evenly at one level. Vowels waver, glide and fade; digits and network tones are pairs of their own.
/// The bounds were chosen on synthetic speech and on recordings of three speakers: the voices' nearest likenesses are what they keep out.
/// </summary>
internal static class BeepShapes
{
    /// <summary>Ticks of silence behind a beep, after the one in which it ends.</summary>
    public const int QuietTicks = 3;

    private const float Lowest = 330, LowestOfPair = 380, Highest = 2_900;
    /// <summary>Below these a vowel can be nearly as pure, so that a tone must be cut off at both ends, or long.</summary>
    private const float LowTone = 700;
    /// <summary>A beep of 100 ms fills at least four ticks. What is not cut off at both ends must be longer.</summary>
    private const int Shortest = 4, ShortestNote = 3, ShortestHigh = 6, ShortestPair = 8, ShortestLow = 12, Longest = 110;
    private const int ShortestStruck = 6, ShortestLowStruck = 11, LongestStruck = 160, ShortestSweep = 3;
    /// <summary>
    /// Decibels by which a beep stands out of what is around it: behind it, a dying one where it is lost in the noise, and before it.
    /// </summary>
    private const float Fall = 8, StruckFall = 6, Rise = 10;
    /// <summary>
    /// A steady tone's ticks are so near in frequency and level; one that is cut off at both ends is still steadier,
    /// and as pure as the noise lets it be.
    /// </summary>
    private const float HertzApart = 12, LevelsApart = 3, CutOffApart = 5, CutOffWavers = 2.4f, CutOffShare = 0.85f, PureShare = 0.96f;
    /// <summary>A short tone has four ticks that are so near to its loudest; a vowel between two stops has three.</summary>
    private const float Even = 1, EvenInNoise = 8;
    /// <summary>A square wave's ticks: how many, how near in frequency, and above the networks' tones.</summary>
    private const int LeastUnwavering = 10, LowestUnwavering = 505;
    private const float UnwaveringApart = 3;
    /// <summary>
    /// Two overtones of a voice that follow one another lie so near, and the lower one is that nearly a multiple of the step between them.
    /// </summary>
    private const float VoiceStep = 430, VoiceApart = 0.06f, LowVoiceApart = 0.14f;
    private const float ToneShare = 0.72f, PairShare = 0.82f, PairWavers = 5, LeastOfPair = 0.1f;
    /// <summary>A struck tone's: what its level may rise and fall by from tick to tick, and the least by which it dies.</summary>
    private const float StruckShare = 0.7f, StruckMean = 0.8f, StruckApart = 9, StruckRise = 1.5f, StruckDrop = 5,
        Dying = 2.5f, NextNote = 40;
    /// <summary>
    /// A sweep's: all of a tick within 150 Hz, what each step may differ from those before, and how far it goes at least.
    /// </summary>
    private const float SweepShare = 0.8f, SweepLevels = 4, SweepStep = 250, StepApart = 20, StepPart = 0.35f, SweepHertz = 200;
    /// <summary>A fax's answer (ITU-T T.30: 2100 Hz within 15) is no beep, whatever its length.</summary>
    private const float FaxAnswer = 2_100, FaxApart = 30;
    /// <summary>
    /// Within a beep so many ticks in a row may be torn, of low and dying tones and sweeps one,
    /// and none is quieter than this below the loudest.
    /// </summary>
    private const int MostTorn = 2;
    private const float Torn = 6;

    private static ReadOnlySpan<float> Rows => [697, 770, 852, 941];
    private static ReadOnlySpan<float> Columns => [1_209, 1_336, 1_477, 1_633];

    private enum Kind { Tone, Pair, Struck }

    public static bool TryFind(ToneHistory history, int end, out Beep beep) =>
        TryFlat(history, end, Kind.Tone, out beep) || TryFlat(history, end, Kind.Pair, out beep) || TryStruck(history, end, out beep)
        || TrySweep(history, end, out beep);

    private static bool TryFlat(ToneHistory history, int end, Kind kind, out Beep beep)
    {
        beep = default;
        if (!TryGoBack(history, end, kind, out var walk)) return false;
        bool isPair = kind is Kind.Pair, isHigh = isPair || walk.Low >= LowTone;
        float rise = walk.Loudest - history.Before(walk.Start), fall = walk.Loudest - history.Behind(end + 1, QuietTicks);
        bool isNext = rise < Rise && IsNextTone(history, walk);
        // What it begins in is half the other tone.
        if (isNext) (walk.Share, walk.Apart) = (walk.InnerShare, walk.InnerApart);
        // Noise takes its share: all that is not tone while it sounds is there too when it does not.
        float pure = isHigh ? CutOffShare : PureShare - 1.1f * MathF.Pow(10, -Math.Max(rise, fall) / 10);
        // Two tones close together, as ringback has, are less pure than one, or swell and fade.
        // What has overtones and does not waver at all is a machine's still.
        if (!isHigh && (walk.Share < pure || walk.Wavers > CutOffWavers) && !IsUnwavering(walk)) return false;
        int ticks = end - walk.Start;
        bool isBegun = rise >= Rise || isNext, isCutOff = isBegun && (isHigh || fall >= Rise) && IsSteady(walk) && walk.Share >= pure;
        if (isPair ? IsVoices(walk.Low, walk.High)
                : CountEven(history, walk, end, Even + EvenInNoise * MathF.Pow(10, -Math.Max(rise, fall) / 20)) < Shortest)
            isCutOff = false;
        int least = isCutOff ? Shortest : walk.Low < LowTone ? ShortestLow : isPair ? ShortestPair : ShortestHigh;
        if (ticks < least || ticks > Longest || fall < Fall) return false;
        if (walk.Low < (isPair ? LowestOfPair : Lowest) || Math.Max(walk.Low, walk.High) > Highest) return false;
        if (isPair ? walk.Wavers > PairWavers || IsNetworks(walk.Low, walk.High) : Math.Abs(walk.Low - FaxAnswer) <= FaxApart) return false;
        beep = new(isPair ? BeepShape.Pair : BeepShape.Steady, walk.Start, end, walk.Low, walk.High);
        return true;
    }

    private static bool TryStruck(ToneHistory history, int end, out Beep beep)
    {
        beep = default;
        if (!TryGoBack(history, end, Kind.Struck, out var walk)) return false;
        if (walk.Fits < (walk.Low < LowTone ? ShortestLowStruck : ShortestStruck) || end - walk.Start > LongestStruck
            || walk.Low is < Lowest or > Highest) return false;
        if (walk.Apart > StruckApart || walk.Wavers < Dying || walk.Share < StruckMean
            || walk.Loudest - history.Behind(end + 1, QuietTicks) < StruckFall) return false;
        if (walk.Loudest - history.Before(walk.Start) < Rise && !IsNextNote(history, walk)) return false;
        beep = new(BeepShape.Struck, walk.Start, end, walk.Low, 0);
        return true;
    }

    private static bool IsSteady(Stretch walk) => walk.Fits >= ShortestNote && walk.Wavers <= CutOffWavers && walk.Apart <= CutOffApart;

    /// <summary>Another tone, as steady, sounded until this one began: a beep of two pitches.</summary>
    private static bool IsNextTone(ToneHistory history, Stretch walk) =>
        TryGoBack(history, walk.Start, Kind.Tone, out var before) && IsSteady(before with { Apart = before.InnerApart })
        && before.InnerShare >= CutOffShare && Math.Abs(before.Low - walk.Low) >= NextNote;

    private static bool IsUnwavering(Stretch walk) =>
        walk.Low >= LowestUnwavering && walk.Fits >= LeastUnwavering && walk.Wavers <= Even && walk.Apart <= UnwaveringApart;

    private static bool IsVoices(float low, float high)
    {
        float step = high - low, turns = low / step;
        return step <= VoiceStep && Math.Abs(turns - MathF.Round(turns)) <= (low < LowTone ? LowVoiceApart : VoiceApart);
    }

    private static int CountEven(ToneHistory history, Stretch walk, int end, float apart)
    {
        int even = 0;
        for (int at = walk.Start; at < end; at++)
            if (history[at].Level >= walk.Loudest - apart) even++;
        return even;
    }

    /// <summary>Another note of the chime still rang when this one was struck.</summary>
    private static bool IsNextNote(ToneHistory history, Stretch walk)
    {
        ref readonly var before = ref history[Math.Max(history.First, walk.Start - 2)];
        return before.IsTonal && Math.Abs(before.Lines.Hertz - walk.Low) >= NextNote && before.Level < walk.Loudest;
    }

    private static bool TrySweep(ToneHistory history, int end, out Beep beep)
    {
        beep = default;
        int last = end - 2, start = last, fits = 0, torn = 0;
        if (last < history.First) return false;
        float loudest = history[last].Level, step = 0;
        for (int at = last - 1; at >= Math.Max(history.First, end - Longest); at--)
        {
            ref readonly var heard = ref history[at];
            float next = (history[start].Lines.Centre - heard.Lines.Centre) / (start - at);
            bool isEven = Math.Abs(next) <= SweepStep && (fits == 0 || Math.Abs(next - step) <= StepApart + StepPart * Math.Abs(step));
            if (heard.Lines.Around < SweepShare || Math.Abs(heard.Level - loudest) > SweepLevels || !isEven)
            {
                if (++torn > 1 || heard.Level < loudest - Torn) break;
                continue;
            }
            (start, torn) = (at, 0);
            step += (next - step) / Math.Min(++fits, 4);
            loudest = Math.Max(loudest, heard.Level);
        }
        float from = history[start].Lines.Centre, to = history[last].Lines.Centre;
        if (fits < ShortestSweep || Math.Abs(from - to) < SweepHertz || Math.Min(from, to) < Lowest) return false;
        if (history.Behind(end + 1, QuietTicks) > loudest - Fall || history.Before(start) > loudest - Fall) return false;
        beep = new(BeepShape.Sweep, start, end, from, to);
        return true;
    }

    /// <summary>A key's pair (ITU-T Q.23), or the busy tone of North America.</summary>
    private static bool IsNetworks(float low, float high)
    {
        if (Math.Abs(low - 480) < 25 && Math.Abs(high - 620) < 25) return true;
        bool isRow = false, isColumn = false;
        foreach (float row in Rows) isRow |= Math.Abs(low - row) <= row * 0.025f;
        foreach (float column in Columns) isColumn |= Math.Abs(high - column) <= column * 0.025f;
        return isRow && isColumn;
    }

    /// <summary>Ticks before an end that are one tone or pair.</summary>
    private struct Stretch
    {
        public int Start, Fits;
        /// <summary>Means; <see cref="High"/> of a pair only.</summary>
        public float Low, High;
        /// <summary>Decibels; and those of the quietest tick below, without the oldest, which may hold the tone's beginning.</summary>
        public float Loudest, Wavers;
        /// <summary>Mean share, and the farthest from the mean frequency; and both without the oldest tick.</summary>
        public float Share, Apart, InnerShare, InnerApart;
    }

    /// <summary>Walks back from an end while it is one tone. Ticks may be torn in between: packets were lost.</summary>
    private static bool TryGoBack(ToneHistory history, int end, Kind kind, out Stretch walk)
    {
        walk = default;
        bool isPair = kind is Kind.Pair, isDying = kind is Kind.Struck;
        // The tone may end within the tick before the end; a dying tone's last ticks are half noise.
        int last = end - 2;
        while (isDying && last > end - 12 && last > history.First && history[last].Lines.Pair < StruckMean) last--;
        if (last < history.First) return false;

        int torn = 0;
        float level = history[last].Level, quietest = float.MaxValue, share = isPair ? PairShare : isDying ? StruckShare : ToneShare;
        walk.Loudest = level;
        for (int at = last; at >= history.First; at--)
        {
            ref readonly var heard = ref history[at];
            var lines = heard.Lines;
            float low = isPair ? lines.Low : lines.Hertz, high = isPair ? lines.High : 0,
                part = isPair || isDying ? lines.Pair : lines.Share;
            float apart = walk.Fits == 0 ? 0 : Math.Max(Math.Abs(low - walk.Low), Math.Abs(high - walk.High));
            bool isLevel = isDying ? heard.Level >= level - StruckRise && heard.Level <= level + StruckDrop
                : Math.Abs(heard.Level - walk.Loudest) <= LevelsApart;
            if (part < share || isPair && lines.Weaker < LeastOfPair || apart > HertzApart || !isLevel)
            {
                if (++torn > (isDying || walk.Low < LowTone ? 1 : MostTorn) || walk.Fits == 0 || heard.Level < walk.Loudest - Torn) break;
                continue;
            }
            if (walk.Fits > 0) quietest = Math.Min(quietest, level);
            torn = 0;
            (walk.InnerShare, walk.InnerApart) = (walk.Share, walk.Apart);
            walk.Fits++;
            (walk.Start, level) = (at, heard.Level);
            (walk.Low, walk.High) = (walk.Low + (low - walk.Low) / walk.Fits, walk.High + (high - walk.High) / walk.Fits);
            walk.Share += (part - walk.Share) / walk.Fits;
            (walk.Apart, walk.Loudest) = (Math.Max(walk.Apart, apart), Math.Max(walk.Loudest, heard.Level));
        }
        walk.Wavers = walk.Loudest - quietest;
        return walk.Fits > 0;
    }
}
