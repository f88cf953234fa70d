namespace Ringwright.Media;

/// <summary>The numbers of ITU-T G.722, each under the recommendation's name for it.</summary>
internal static class G722Tables
{
    /// <summary>Half of the mirror filter; the other half is its reverse.</summary>
    public static ReadOnlySpan<int> Filter => [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];

    /// <summary>Q6: decision levels of the lower band.</summary>
    public static ReadOnlySpan<int> LowLevels =>
    [
        0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650,
        714, 786, 858, 940, 1023, 1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919,
    ];

    /// <summary>ILN: code of each level below zero.</summary>
    public static ReadOnlySpan<byte> LowNegativeCodes =>
        [0, 63, 62, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4];

    /// <summary>ILP: code of each level above zero.</summary>
    public static ReadOnlySpan<byte> LowPositiveCodes =>
        [0, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32];

    /// <summary>QM6: value of each six-bit code.</summary>
    public static ReadOnlySpan<int> LowValues =>
    [
        -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856,
        -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040, -728,
        24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456,
        4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
    ];

    /// <summary>QM4: value of the upper four bits alone.</summary>
    public static ReadOnlySpan<int> LowCoarseValues =>
        [0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0];

    /// <summary>WL over RL42: how a four-bit code moves the step.</summary>
    public static ReadOnlySpan<int> LowWeights =>
        [-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60];

    /// <summary>QM2.</summary>
    public static ReadOnlySpan<int> HighValues => [-7408, -1616, 7408, 1616];

    /// <summary>WH over RH2.</summary>
    public static ReadOnlySpan<int> HighWeights => [798, -214, 798, -214];

    /// <summary>ILB: antilogarithms.</summary>
    public static ReadOnlySpan<int> Antilog =>
    [
        2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
        2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
    ];
}
