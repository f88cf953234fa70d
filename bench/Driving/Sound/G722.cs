namespace Ringwright.Bench.Driving.Sound;

/// <summary>One of the two bands of G.722: what encoder and decoder both know of it (ITU-T G.722 section 3.5, blocks 3 to 4).</summary>
internal sealed class G722Band(int step)
{
    private readonly int[] _r = new int[3], _a = new int[3], _p = new int[3], _d = new int[7], _b = new int[7];
    private int _zeros, _log;

    /// <summary>What the next sample is thought to be.</summary>
    public int Estimate { get; private set; }

    /// <summary>How large one step of the quantizer is.</summary>
    public int Step { get; private set; } = step;

    /// <param name="weight">By which the code changes the step.</param>
    /// <param name="most">The largest logarithm of the step.</param>
    /// <param name="shift">From the logarithm to the step.</param>
    public void Scale(int weight, int most, int shift)
    {
        _log = Math.Clamp((_log * 127 >> 7) + weight, 0, most);
        int mantissa = G722.StepMantissas[_log >> 6 & 31], down = shift - (_log >> 11);
        Step = (down < 0 ? mantissa << -down : mantissa >> down) << 2;
    }

    /// <param name="difference">As both sides know it: behind the quantizer.</param>
    public void Adapt(int difference)
    {
        (_d[0], _r[0], _p[0]) = (difference, Fit(Estimate + difference), Fit(_zeros + difference));
        AdaptPoles();
        int pull = difference == 0 ? 0 : 128;
        for (int i = 6; i > 0; i--)
        {
            _b[i] = Fit((_d[i] < 0 == difference < 0 ? pull : -pull) + (_b[i] * 32_640 >> 15));
            _d[i] = _d[i - 1];
        }
        for (int i = 2; i > 0; i--) (_r[i], _p[i]) = (_r[i - 1], _p[i - 1]);
        int poles = Fit((_a[1] * Fit(2 * _r[1]) >> 15) + (_a[2] * Fit(2 * _r[2]) >> 15));
        _zeros = 0;
        for (int i = 6; i > 0; i--) _zeros += _b[i] * Fit(2 * _d[i]) >> 15;
        _zeros = Fit(_zeros);
        Estimate = Fit(poles + _zeros);
    }

    private void AdaptPoles()
    {
        bool isLikeLast = _p[0] < 0 == _p[1] < 0, isLikeThat = _p[0] < 0 == _p[2] < 0;
        int turned = Fit(_a[1] << 2);
        int second = (Math.Min(isLikeLast ? -turned : turned, short.MaxValue) >> 7) + (isLikeThat ? 128 : -128) + (_a[2] * 32_512 >> 15);
        second = Math.Clamp(second, -12_288, 12_288);
        int first = Fit((isLikeLast ? 192 : -192) + (_a[1] * 32_640 >> 15)), most = Fit(15_360 - second);
        (_a[1], _a[2]) = (Math.Clamp(first, -most, most), second);
    }

    public static int Fit(int value) => Math.Clamp(value, short.MinValue, short.MaxValue);
}

/// <summary>ITU-T G.722 at 64 kbit/s: 16 kHz, a byte for two samples. Written for the driver alone.</summary>
internal static class G722
{
    public static ReadOnlySpan<int> StepMantissas =>
    [
        2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896, 2960, 3025, 3091, 3158, 3228,
        3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
    ];

    /// <summary>The mirror filter's coefficients, one half of them.</summary>
    public static ReadOnlySpan<int> Mirror => [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];

    public static ReadOnlySpan<int> LowLevels =>
    [
        0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219, 1339, 1458, 1612, 1765,
        1980, 2195, 2557, 2919,
    ];

    public static ReadOnlySpan<int> LowSteps =>
        [0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0];

    private static ReadOnlySpan<int> LowWeights => [-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60];
    private static ReadOnlySpan<int> HighSteps => [-7408, -1616, 7408, 1616];
    private static ReadOnlySpan<int> HighWeights => [798, -214, 798, -214];

    /// <summary>Follows a code of the lower band, of which both sides use the upper four bits.</summary>
    public static void FollowLow(G722Band band, int code)
    {
        int difference = band.Step * LowSteps[code >> 2] >> 15;
        band.Scale(LowWeights[code >> 2], 18_432, 8);
        band.Adapt(difference);
    }

    /// <returns>The sample of the upper band.</returns>
    public static int FollowHigh(G722Band band, int code)
    {
        int difference = band.Step * HighSteps[code] >> 15, sample = Math.Clamp(difference + band.Estimate, -16_384, 16_383);
        band.Scale(HighWeights[code], 22_528, 10);
        band.Adapt(difference);
        return sample;
    }
}

/// <inheritdoc cref="G722"/>
internal sealed class G722Encoder
{
    private readonly G722Band _low = new(32), _high = new(8);
    private readonly int[] _past = new int[24];

    /// <param name="samples">An even number, at 16 kHz.</param>
    public byte[] Encode(ReadOnlySpan<short> samples)
    {
        byte[] codes = new byte[samples.Length / 2];
        for (int i = 0; i < codes.Length; i++)
        {
            Array.Copy(_past, 2, _past, 0, 22);
            (_past[22], _past[23]) = (samples[2 * i], samples[2 * i + 1]);
            int odd = 0, even = 0;
            for (int k = 0; k < 12; k++)
            {
                odd += _past[2 * k] * G722.Mirror[k];
                even += _past[2 * k + 1] * G722.Mirror[11 - k];
            }
            int low = Low(even + odd >> 14), high = High(even - odd >> 14);
            G722.FollowLow(_low, low);
            G722.FollowHigh(_high, high);
            codes[i] = (byte)(high << 6 | low);
        }
        return codes;
    }

    private int Low(int sample)
    {
        int difference = G722Band.Fit(sample - _low.Estimate), size = difference < 0 ? ~difference : difference, level = 1;
        while (level < 30 && size >= G722.LowLevels[level] * _low.Step >> 12) level++;
        // Codes count down from the largest step; of negative ones the two smallest have the highest numbers.
        return difference >= 0 ? 62 - level : level < 3 ? 64 - level : 34 - level;
    }

    private int High(int sample)
    {
        int difference = G722Band.Fit(sample - _high.Estimate), size = difference < 0 ? ~difference : difference;
        bool isLarge = size >= 564 * _high.Step >> 12;
        return difference < 0 ? isLarge ? 0 : 1 : isLarge ? 2 : 3;
    }
}

/// <inheritdoc cref="G722"/>
internal sealed class G722Decoder
{
    private static readonly int[] Fine =
    [
        -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856, -7192, -6576,
        -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040, -728, 24808, 21904, 19008, 16704, 14984,
        13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360,
        1040, 728, 432, 136, -432, -136,
    ];

    private readonly G722Band _low = new(32), _high = new(8);
    private readonly int[] _past = new int[24];

    /// <returns>Two samples for each byte, at 16 kHz.</returns>
    public short[] Decode(ReadOnlySpan<byte> codes)
    {
        short[] samples = new short[2 * codes.Length];
        for (int i = 0; i < codes.Length; i++)
        {
            int code = codes[i] & 0x3F, low = Math.Clamp(_low.Estimate + (_low.Step * Fine[code] >> 15), -16_384, 16_383);
            G722.FollowLow(_low, code);
            int high = G722.FollowHigh(_high, codes[i] >> 6);
            Array.Copy(_past, 2, _past, 0, 22);
            (_past[22], _past[23]) = (low + high, low - high);
            int first = 0, second = 0;
            for (int k = 0; k < 12; k++)
            {
                second += _past[2 * k] * G722.Mirror[k];
                first += _past[2 * k + 1] * G722.Mirror[11 - k];
            }
            (samples[2 * i], samples[2 * i + 1]) = ((short)G722Band.Fit(first >> 11), (short)G722Band.Fit(second >> 11));
        }
        return samples;
    }
}
