namespace Ringwright.Media.Dsp.Detection;

/// <summary>Butterworth high-pass of second order: takes hum and rumble away, which telephones do not carry but networks do.</summary>
internal sealed class HighPass(double hertz)
{
    private double _b0, _b1, _a1, _a2, _state1, _state2;

    public void Start(int sampleRate)
    {
        double k = Math.Tan(Math.PI * hertz / sampleRate), norm = 1 / (1 + Math.Sqrt(2) * k + k * k);
        (_b0, _b1, _a1, _a2) = (norm, -2 * norm, 2 * (k * k - 1) * norm, (1 - Math.Sqrt(2) * k + k * k) * norm);
        (_state1, _state2) = (0, 0);
    }

    /// <param name="into">As long as <paramref name="samples"/>.</param>
    /// <returns>The mean amplitude of what comes out.</returns>
    public double Filter(ReadOnlySpan<short> samples, Span<float> into)
    {
        double sum = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            double sample = samples[i], result = _b0 * sample + _state1;
            _state1 = _b1 * sample - _a1 * result + _state2;
            _state2 = _b0 * sample - _a2 * result;
            into[i] = (float)result;
            sum += Math.Abs(result);
        }
        return samples.IsEmpty ? 0 : sum / samples.Length;
    }
}
