namespace Ringwright.Media.Rtp;

/// <summary>
/// Mean opinion score by a simplified E-model (ITU-T G.107): delay and loss are measured, everything else is at its default.
/// </summary>
internal static class VoiceQuality
{
    /// <summary>R without delay and loss.</summary>
    private const double Basic = 93.2;
    /// <summary>Packet loss robustness of G.711 with concealment (G.113 appendix I).</summary>
    private const double LossRobustness = 25.1;

    /// <param name="delayMilliseconds">One way, mouth to ear, as far as known.</param>
    /// <param name="lossRatio">0 to 1, packets that came too late included.</param>
    public static double Mos(double delayMilliseconds, double lossRatio)
    {
        double percent = Math.Clamp(lossRatio, 0, 1) * 100;
        double delayImpairment = 0.024 * delayMilliseconds + 0.11 * Math.Max(0, delayMilliseconds - 177.3);
        double lossImpairment = 95 * percent / (percent + LossRobustness);
        double r = Math.Clamp(Basic - delayImpairment - lossImpairment, 0, 100);
        double mos = 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6;
        return Math.Round(Math.Clamp(mos, 1, 4.5), 2);
    }
}
