using System.Diagnostics;

namespace Ringwright.Media.Dsp;

/// <summary>
/// Makes steady noise behind a voice quieter: in spectra of 20 ms, half of each shared with the next, each frequency is lowered by how
/// little of it is above the noise there (Ephraim and Malah's decision-directed estimate, a Wiener gain). What is noise is learnt from
/// the quietest moments of each frequency (minimum statistics), also while somebody speaks. No network and no model: noise that is
/// speech itself, or that comes and goes, stays. Allocates nothing.
/// </summary>
public sealed class NoiseSuppressor
{
    /// <summary>What is left of noise at least: less makes it sound like water.</summary>
    private const float Floor = 0.1f;
    /// <summary>How much the last spectrum says of the present one.</summary>
    private const float Memory = 0.93f;
    private const float LeastSnr = 0.003f;
    /// <summary>Of powers, over time; and of the noise, while there is no voice.</summary>
    private const float Smoothing = 0.6f, NoiseSmoothing = 0.85f;
    /// <summary>The quietest moment of about a second and a half is looked for in parts of an eighth of it.</summary>
    private const int Parts = 8, PartFrames = 18;
    /// <summary>The minimum of a noise's power is below its mean by so much; above that much over the minimum there is a voice.</summary>
    private const float Bias = 2.6f, VoiceOverMinimum = 8;
    /// <summary>Noise is taken for that much more than it is.</summary>
    private const float Excess = 1.5f;

    private readonly int _hop, _bins;
    private readonly Fourier _fourier;
    private readonly float[] _window, _input, _output, _real, _imaginary;
    private readonly float[] _smooth, _noise, _clean, _least, _partLeast;
    private readonly float[][] _parts;
    private int _frames, _part;

    public NoiseSuppressor(int sampleRate)
    {
        _hop = sampleRate / 100;
        int size = 1;
        while (size < 2 * _hop) size *= 2;
        (_fourier, _bins) = (new(size), size / 2 + 1);
        _window = new float[2 * _hop];
        for (int i = 0; i < _window.Length; i++) _window[i] = (float)Math.Sin(Math.PI * (i + 0.5) / _window.Length);
        (_input, _output, _real, _imaginary) = (new float[2 * _hop], new float[2 * _hop], new float[size], new float[size]);
        (_smooth, _noise, _clean, _least, _partLeast) =
            (new float[_bins], new float[_bins], new float[_bins], new float[_bins], new float[_bins]);
        _parts = [.. Enumerable.Range(0, Parts).Select(_ => new float[_bins])];
        Clear();
    }

    /// <summary>How far what comes out is behind what goes in: half a spectrum.</summary>
    public static TimeSpan Delay => TimeSpan.FromMilliseconds(10);

    /// <summary>What came before is forgotten, and with it what noise is.</summary>
    public void Clear()
    {
        foreach (float[] all in (float[][])[_input, _output, _smooth, _noise, _clean]) Array.Clear(all);
        foreach (float[] all in (float[][])[_least, _partLeast, .. _parts]) Array.Fill(all, float.MaxValue);
        (_frames, _part) = (0, 0);
    }

    /// <param name="input">Whole hundredths of a second.</param>
    /// <param name="output">As long as the input, and may be the same.</param>
    public void Process(ReadOnlySpan<short> input, Span<short> output)
    {
        Debug.Assert(input.Length % _hop == 0);
        for (int at = 0; at < input.Length; at += _hop) Step(input.Slice(at, _hop), output.Slice(at, _hop));
    }

    private void Step(ReadOnlySpan<short> input, Span<short> output)
    {
        Array.Copy(_input, _hop, _input, 0, _hop);
        for (int i = 0; i < _hop; i++) _input[_hop + i] = input[i];
        Array.Clear(_real);
        Array.Clear(_imaginary);
        for (int i = 0; i < _window.Length; i++) _real[i] = _input[i] * _window[i];
        _fourier.Forward(_real, _imaginary);
        Listen();
        Lower();
        _fourier.Inverse(_real, _imaginary);
        for (int i = 0; i < _window.Length; i++) _output[i] += _real[i] * _window[i];
        for (int i = 0; i < _hop; i++) output[i] = (short)Math.Clamp(MathF.Round(_output[i]), short.MinValue, short.MaxValue);
        Array.Copy(_output, _hop, _output, 0, _hop);
        Array.Clear(_output, _hop, _hop);
    }

    /// <summary>Learns what is noise.</summary>
    private void Listen()
    {
        bool isFirst = _frames == 0;
        for (int bin = 0; bin < _bins; bin++)
        {
            float power = PowerOf(bin);
            _smooth[bin] = isFirst ? power : Smoothing * _smooth[bin] + (1 - Smoothing) * power;
            _partLeast[bin] = Math.Min(_partLeast[bin], _smooth[bin]);
            _least[bin] = Math.Min(_least[bin], _smooth[bin]);
            if (isFirst) _noise[bin] = power;
            float quietest = _least[bin] * Bias;
            // Near the quietest it is all noise. Far above it is a voice: of the noise is known only that it is no less than the quietest.
            if (_smooth[bin] < VoiceOverMinimum * _least[bin]) _noise[bin] = NoiseSmoothing * _noise[bin] + (1 - NoiseSmoothing) * power;
            else if (_noise[bin] > VoiceOverMinimum * quietest) _noise[bin] = quietest;
            _noise[bin] = Math.Max(_noise[bin], quietest);
        }
        if (++_frames % PartFrames != 0) return;
        _partLeast.CopyTo(_parts[_part], 0);
        _part = (_part + 1) % Parts;
        Array.Fill(_partLeast, float.MaxValue);
        for (int bin = 0; bin < _bins; bin++)
        {
            float least = float.MaxValue;
            foreach (float[] part in _parts) least = Math.Min(least, part[bin]);
            _least[bin] = least;
        }
    }

    private void Lower()
    {
        int size = _fourier.Size;
        for (int bin = 0; bin < _bins; bin++)
        {
            float noise = Excess * _noise[bin] + 1, power = PowerOf(bin);
            float snr = Math.Max(LeastSnr, Memory * _clean[bin] / noise + (1 - Memory) * Math.Max(0, power / noise - 1));
            float gain = Math.Max(Floor, snr / (1 + snr));
            _clean[bin] = gain * gain * power;
            _real[bin] *= gain;
            _imaginary[bin] *= gain;
            if (bin == 0 || bin == size / 2) continue;
            (_real[size - bin], _imaginary[size - bin]) = (_real[bin], -_imaginary[bin]);
        }
    }

    private float PowerOf(int bin) => _real[bin] * _real[bin] + _imaginary[bin] * _imaginary[bin];
}
