using Ringwright.Media.Dsp;

namespace Ringwright.Speech.VoiceActivity;

/// <summary>
/// What Silero's model makes of one speaker, reckoned as its graph says: the strength of each frequency in four moments of a window, four
/// convolutions over these, a cell (LSTM) that remembers, and one number. No window allocates anything.
/// </summary>
internal sealed class SileroNetwork(SileroModel model)
{
    /// <summary>Samples of a window, with those before it.</summary>
    public const int Samples = 576;

    /// <summary>They stand behind the window in the opposite order.</summary>
    private const int Mirrored = 64;
    private const int Part = 256, Hop = 128, Frequencies = Part / 2 + 1, Moments = (Samples + Mirrored - Part) / Hop + 1;
    private const int Cells = 128, Gates = 4;

    private readonly float[] _samples = new float[Samples + Mirrored];
    private readonly float[] _one = new float[Moments * Frequencies], _other = new float[Moments * Frequencies];
    private readonly float[] _taken = new float[Frequencies * Convolution.Taps];
    private readonly float[] _gates = new float[Gates * Cells];
    private readonly float[] _told = new float[Cells], _kept = new float[Cells];

    /// <returns>From 0 to 1: how likely there is a voice in the window.</returns>
    public float Score(ReadOnlySpan<float> samples)
    {
        samples.CopyTo(_samples);
        for (int i = 0; i < Mirrored; i++) _samples[Samples + i] = _samples[Samples - 2 - i];
        Transform();
        var (from, into) = (_one, _other);
        int moments = Moments;
        foreach (var convolution in model.Encoders)
        {
            moments = Convolve(convolution, from, moments, into);
            (from, into) = (into, from);
        }
        Remember(from.AsSpan(0, Cells));
        float sum = model.Bias;
        for (int i = 0; i < Cells; i++) sum += model.Weights[i] * Math.Max(0, _told[i]);
        return Share(sum);
    }

    private void Transform()
    {
        for (int moment = 0; moment < Moments; moment++)
        {
            var part = _samples.AsSpan(moment * Hop, Part);
            for (int frequency = 0; frequency < Frequencies; frequency++)
            {
                float real = DotProduct.Of(model.Basis.AsSpan(frequency * Part, Part), part);
                float imaginary = DotProduct.Of(model.Basis.AsSpan((Frequencies + frequency) * Part, Part), part);
                _one[moment * Frequencies + frequency] = MathF.Sqrt(real * real + imaginary * imaginary);
            }
        }
    }

    /// <returns>How many moments there are behind it.</returns>
    private int Convolve(Convolution convolution, float[] from, int moments, float[] into)
    {
        int channels = convolution.Channels, made = convolution.Bias.Length, count = 0;
        var taken = _taken.AsSpan(0, channels * Convolution.Taps);
        for (int moment = 0; moment < moments; moment += convolution.Stride, count++)
        {
            // The moment before, itself, and the one behind; before the first and behind the last there is nothing.
            for (int i = 0; i < taken.Length; i++)
            {
                int at = moment - 1 + i % Convolution.Taps;
                taken[i] = at < 0 || at >= moments ? 0 : from[at * channels + i / Convolution.Taps];
            }
            for (int i = 0; i < made; i++)
                into[count * made + i] =
                    Math.Max(0, convolution.Bias[i] + DotProduct.Of(convolution.Weights.AsSpan(i * taken.Length, taken.Length), taken));
        }
        return count;
    }

    private void Remember(ReadOnlySpan<float> given)
    {
        for (int i = 0; i < _gates.Length; i++)
            _gates[i] = model.GateBias[i] + DotProduct.Of(model.Given.AsSpan(i * Cells, Cells), given)
                + DotProduct.Of(model.Remembered.AsSpan(i * Cells, Cells), _told);
        // In the file's order: what is let in, what is kept, what is new, and what is told.
        for (int i = 0; i < Cells; i++)
        {
            _kept[i] = Share(_gates[Cells + i]) * _kept[i] + Share(_gates[i]) * MathF.Tanh(_gates[2 * Cells + i]);
            _told[i] = Share(_gates[3 * Cells + i]) * MathF.Tanh(_kept[i]);
        }
    }

    private static float Share(float value) => 1 / (1 + MathF.Exp(-value));
}
