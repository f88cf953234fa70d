namespace Ringwright.Bench.Driving.Sound;

/// <summary>A codec that the driver's phones speak.</summary>
internal enum Codec { Pcmu, Pcma, G722, Opus }

/// <summary>How a codec is named, counted, written and read; frames of 20 ms.</summary>
internal sealed record AudioFormat(Codec Codec, byte PayloadType, string SdpName, int ClockRate, int SampleRate)
{
    private const int FramesPerSecond = 50;

    /// <summary>As the operator's trunks name it.</summary>
    public string TrunkName => SdpName.Split('/')[0].ToUpperInvariant();

    /// <summary>As a customer's connections name it.</summary>
    public string ConnectionName => Codec switch
    {
        Codec.Pcmu => "G711U",
        Codec.Pcma => "G711A",
        Codec.G722 => "G722",
        _ => "OPUS",
    };

    public int FrameSamples => SampleRate / FramesPerSecond;

    /// <summary>By which the timestamp of each packet is larger.</summary>
    public uint FrameTicks => (uint)(ClockRate / FramesPerSecond);

    public static AudioFormat Of(Codec codec) => codec switch
    {
        Codec.Pcmu => new(codec, 0, "PCMU/8000", 8_000, 8_000),
        Codec.Pcma => new(codec, 8, "PCMA/8000", 8_000, 8_000),
        Codec.G722 => new(codec, 9, "G722/8000", 8_000, 16_000),        // RFC 3551 section 4.5.2: the clock is not the rate
        _ => new(codec, 111, "opus/48000/2", 48_000, 48_000),
    };

    /// <exception cref="BenchFailure">Opus is not installed.</exception>
    public byte[][] Encode(ReadOnlySpan<short> samples)
    {
        if (Codec is Codec.Opus) return LibOpus.Encode(samples, FrameSamples);
        byte[] bytes = Codec is Codec.G722 ? new G722Encoder().Encode(samples) : new byte[samples.Length];
        for (int i = 0; i < samples.Length && Codec is not Codec.G722; i++)
            bytes[i] = Codec is Codec.Pcmu ? MuLaw.Encode(samples[i]) : ALaw.Encode(samples[i]);
        return bytes.Chunk(bytes.Length * FrameSamples / samples.Length).ToArray();
    }

    /// <summary>Payloads that follow each other, by a decoder that begins with them.</summary>
    public short[] Decode(IReadOnlyList<byte[]> payloads)
    {
        if (Codec is Codec.Opus) return LibOpus.Decode(payloads);
        byte[] bytes = [.. payloads.SelectMany(p => p)];
        return Codec is Codec.G722 ? new G722Decoder().Decode(bytes)
            : Array.ConvertAll<byte, short>(bytes, Codec is Codec.Pcmu ? MuLaw.Decode : ALaw.Decode);
    }
}
