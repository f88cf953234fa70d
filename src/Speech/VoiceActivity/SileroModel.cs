namespace Ringwright.Speech.VoiceActivity;

/// <summary>
/// The numbers of Silero's model of voices at 16 kHz, as its file has them; <see cref="SileroNetwork"/> reckons with them. All speakers
/// share one.
/// </summary>
internal sealed class SileroModel
{
    private SileroModel(Dictionary<string, float[]> weights)
    {
        float[] Of(string name) => weights["model." + name];

        Convolution Encoder(int place, int stride) =>
            new(Of($"encoder.{place}.reparam_conv.weight"), Of($"encoder.{place}.reparam_conv.bias"), stride);

        Basis = Of("stft.forward_basis_buffer");
        Encoders = [Encoder(0, stride: 1), Encoder(1, stride: 2), Encoder(2, stride: 2), Encoder(3, stride: 1)];
        (Given, Remembered) = (Of("decoder.rnn.weight_ih"), Of("decoder.rnn.weight_hh"));
        GateBias = [.. Of("decoder.rnn.bias_ih").Zip(Of("decoder.rnn.bias_hh"), (one, other) => one + other)];
        (Weights, Bias) = (Of("decoder.decoder.2.weight"), Of("decoder.decoder.2.bias")[0]);
    }

    /// <summary>Of the Fourier transform: a row for the real part of each frequency, and then one for its imaginary part.</summary>
    public float[] Basis { get; }

    public Convolution[] Encoders { get; }

    /// <summary>Of the cell's gates: a row of what is given for each, and one of what it told last.</summary>
    public float[] Given { get; }
    /// <inheritdoc cref="Given"/>
    public float[] Remembered { get; }
    public float[] GateBias { get; }

    /// <summary>What the cell tells makes one number by these.</summary>
    public float[] Weights { get; }
    public float Bias { get; }

    public static SileroModel Read(ReadOnlySpan<byte> file) => new(OnnxWeights.Read(file));
}

/// <summary>Over three moments of what comes before it, for each moment or for every second one.</summary>
/// <param name="Weights">A row for each number that it makes: of each channel three.</param>
internal sealed record Convolution(float[] Weights, float[] Bias, int Stride)
{
    public const int Taps = 3;

    public int Channels { get; } = Weights.Length / Bias.Length / Taps;
}
