namespace Ringwright.Media;

/// <summary>
/// The adaptive part of one band (G.722 section 6.2, blocks 3 and 4): the step of the quantiser, and a predictor of two poles and six
/// zeros. Encoder and decoder run the same arithmetic on the same codes and so stay in step.
/// </summary>
internal sealed class G722Band(int step)
{
    public const int LowStep = 32, HighStep = 8;
    private const int LowScaleLimit = 18432, HighScaleLimit = 22528;

    private readonly int[] _zeros = new int[6], _differences = new int[6];
    private int _pole1, _pole2;
    private int _partial1, _partial2;
    private int _restored;
    private int _scale;
    private int _zeroPrediction;

    /// <summary>DET: the quantiser's step.</summary>
    public int Step { get; private set; } = step;
    /// <summary>S: what the band's next sample is expected to be.</summary>
    public int Prediction { get; private set; }

    public static int Saturate(int value) => Math.Clamp(value, short.MinValue, short.MaxValue);

    /// <param name="code">The upper four of the six bits: adaptation must not depend on bits that a network may take away.</param>
    public void AdaptLow(int code)
    {
        int difference = Step * G722Tables.LowCoarseValues[code] >> 15;
        _scale = Math.Clamp((_scale * 127 >> 7) + G722Tables.LowWeights[code], 0, LowScaleLimit);
        Step = StepOf(8);
        Predict(difference);
    }

    public void AdaptHigh(int code)
    {
        int difference = Step * G722Tables.HighValues[code] >> 15;
        _scale = Math.Clamp((_scale * 127 >> 7) + G722Tables.HighWeights[code], 0, HighScaleLimit);
        Step = StepOf(10);
        Predict(difference);
    }

    /// <summary>SCALEL and SCALEH: from the logarithm back to linear.</summary>
    private int StepOf(int shift)
    {
        int mantissa = G722Tables.Antilog[(_scale >> 6) & 31];
        int down = shift - (_scale >> 11);
        return (down < 0 ? mantissa << -down : mantissa >> down) << 2;
    }

    private void Predict(int difference)
    {
        int restored = Saturate(Prediction + difference);           // RECONS
        int partial = Saturate(_zeroPrediction + difference);       // PARREC
        bool isSame1 = (partial ^ _partial1) >= 0, isSame2 = (partial ^ _partial2) >= 0;

        // UPPOL2, then UPPOL1 with its limit taken from the new second pole.
        int quadrupled = Saturate(_pole1 << 2);
        int turned = isSame1 ? Math.Min(-quadrupled, short.MaxValue) : quadrupled;
        int second = Math.Clamp((turned >> 7) + (isSame2 ? 128 : -128) + (_pole2 * 32512 >> 15), -12288, 12288);
        int limit = Saturate(15360 - second);
        int first = Math.Clamp(Saturate((isSame1 ? 192 : -192) + (_pole1 * 32640 >> 15)), -limit, limit);

        // UPZERO, DELAYA and FILTEZ in one pass from the oldest difference.
        int gain = difference == 0 ? 0 : 128;
        int zeroPrediction = 0;
        for (int i = 5; i >= 0; i--)
        {
            int change = (_differences[i] ^ difference) >= 0 ? gain : -gain;
            _zeros[i] = Saturate(change + (_zeros[i] * 32640 >> 15));
            _differences[i] = i > 0 ? _differences[i - 1] : difference;
            zeroPrediction += _zeros[i] * Saturate(2 * _differences[i]) >> 15;
        }

        // FILTEP and PREDIC.
        int polePrediction = Saturate((first * Saturate(2 * restored) >> 15) + (second * Saturate(2 * _restored) >> 15));
        _zeroPrediction = Saturate(zeroPrediction);
        Prediction = Saturate(polePrediction + _zeroPrediction);
        (_pole1, _pole2, _restored) = (first, second, restored);
        (_partial2, _partial1) = (_partial1, partial);
    }
}

/// <summary>The quadrature mirror filter of 24 taps (G.722 tables 11 and 6.1); the same one splits and joins.</summary>
internal sealed class G722Filter
{
    private const int Taps = 24, Room = 256;
    private readonly int[] _history = new int[Taps + Room];
    private int _start;

    /// <summary>Takes two values; gives the sums over even and odd taps.</summary>
    public (int Even, int Odd) Push(int first, int second)
    {
        if (_start + 2 + Taps > _history.Length)
        {
            Array.Copy(_history, _start, _history, 0, Taps);
            _start = 0;
        }
        _start += 2;
        var window = _history.AsSpan(_start, Taps);
        (window[22], window[23]) = (first, second);
        int even = 0, odd = 0;
        for (int i = 0; i < Taps / 2; i++)
        {
            odd += window[2 * i] * G722Tables.Filter[i];
            even += window[2 * i + 1] * G722Tables.Filter[11 - i];
        }
        return (even, odd);
    }
}
