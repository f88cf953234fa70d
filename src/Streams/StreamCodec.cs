using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Ringwright.Calls;
using Ringwright.Media;

namespace Ringwright.Streams;

/// <summary>One format's coders, and what its payloads look like.</summary>
internal sealed class StreamCodec
{
    /// <summary>Of RTP without extensions (RFC 3550 section 5.1).</summary>
    private const int RtpHeaderBytes = 12;
    /// <summary>Version 2, no padding, no extension, no contributing sources.</summary>
    private const byte PlainRtp = 0x80;
    private const int FirstDynamicType = 96, TypeBits = 0x7F;
    private const int WavLinear = 1, WavALaw = 6, WavMuLaw = 7;

    private readonly Codec? _codec;
    private readonly LinearCoder? _linear;

    /// <param name="format">One that <see cref="StreamFormats"/> supports.</param>
    public StreamCodec(StreamFormat format, bool isLittleEndian)
    {
        Encoding = format.Encoding.ToUpperInvariant();
        if (Encoding is StreamFormats.Linear)
        {
            _linear = new(isLittleEndian);
            (SampleRate, ToldRate) = (format.SampleRate, format.SampleRate);
            FrameBytes = FrameSamples * sizeof(short);
            WavTag = isLittleEndian ? WavLinear : null;
            return;
        }
        _codec = Codecs.Find(Encoding) ?? throw new ArgumentException($"There is no codec {Encoding}.", nameof(format));
        SampleRate = _codec.SampleRate;
        ToldRate = Encoding is StreamFormats.Opus ? format.SampleRate : _codec.ClockRate;
        FrameBytes = _codec.FrameBytes;
        WavTag = Encoding switch { "PCMA" => WavALaw, "PCMU" => WavMuLaw, _ => null };
    }

    public string Encoding { get; }

    /// <summary>Of the samples that its coders take and give.</summary>
    public int SampleRate { get; }

    /// <summary>As the customer knows it.</summary>
    public int ToldRate { get; }

    public int FrameSamples => SampleRate * Limits.FrameMilliseconds / 1_000;

    /// <summary>Of 20 ms, at most.</summary>
    public int FrameBytes { get; }

    /// <summary>What the header of a WAV file calls this coding; null where such a file has other bytes.</summary>
    public int? WavTag { get; }

    public int WavBits => _linear is null ? 8 : 16;

    /// <summary>Samples have two bytes each, between which they may be cut.</summary>
    public bool HasHalves => _linear is not null;

    /// <summary>One packet is one packet's audio, however long: several cannot be joined.</summary>
    private bool IsPacketed => _codec?.Inner is not null;

    public IAudioEncoder CreateEncoder() => _linear ?? _codec!.CreateEncoder();

    public IAudioDecoder CreateDecoder() => _linear ?? _codec!.CreateDecoder();

    /// <summary>How many samples a payload holds; null when it is not audio of this codec, or longer than it may be.</summary>
    public int? Count(ReadOnlySpan<byte> payload, int longestSeconds = Limits.LongestSeconds)
    {
        if (_linear is not null && payload.Length % sizeof(short) != 0) return null;
        long samples = _linear is not null ? payload.Length / sizeof(short) : _codec!.Samples(payload);
        return samples > 0 && samples <= (long)SampleRate * longestSeconds ? (int)samples : null;
    }

    /// <summary>How far such samples jump, on the average: sound changes little from one to the next.</summary>
    public double JumpOf(ReadOnlySpan<byte> samples) => _linear!.JumpOf(samples); // where there are halves

    /// <summary>
    /// What is there without the RTP header that some applications leave on. It is taken for one only where the audio could not begin so:
    /// version, payload type and length fit, and the length with it does not.
    /// </summary>
    public ReadOnlySpan<byte> WithoutHeader(ReadOnlySpan<byte> payload)
    {
        if (payload.Length <= RtpHeaderBytes || payload[0] != PlainRtp || !IsOurs(payload[1] & TypeBits)) return payload;
        var rest = payload[RtpHeaderBytes..];
        return !IsWhole(payload) && IsWhole(rest) ? rest : payload;
    }

    private bool IsOurs(int type) =>
        _linear is not null || _codec!.PayloadType >= FirstDynamicType ? type >= FirstDynamicType : type == _codec.PayloadType;

    /// <summary>As senders of packets cut it: a packet of 20 ms or more, else 10 ms or a multiple.</summary>
    private bool IsWhole(ReadOnlySpan<byte> payload) =>
        Count(payload) is { } count && (IsPacketed ? count >= FrameSamples : payload.Length % (FrameBytes / 2) == 0);

    /// <summary>Samples of 16 bits as they are, in either order of bytes.</summary>
    private sealed class LinearCoder(bool isLittleEndian) : IAudioEncoder, IAudioDecoder
    {
        private readonly bool _isTurned = isLittleEndian != BitConverter.IsLittleEndian;

        public int Encode(ReadOnlySpan<short> samples, Span<byte> into)
        {
            var to = MemoryMarshal.Cast<byte, short>(into)[..samples.Length];
            Copy(samples, to);
            return samples.Length * sizeof(short);
        }

        public int Decode(ReadOnlySpan<byte> payload, Span<short> into)
        {
            var from = MemoryMarshal.Cast<byte, short>(payload);
            Copy(from, into[..from.Length]);
            return from.Length;
        }

        public double JumpOf(ReadOnlySpan<byte> payload)
        {
            long sum = 0;
            for (int at = sizeof(short); at + 1 < payload.Length; at += sizeof(short))
                sum += Math.Abs(At(payload[at..]) - At(payload[(at - sizeof(short))..]));
            return sum / Math.Max(1.0, payload.Length / sizeof(short) - 1);
        }

        private short At(ReadOnlySpan<byte> payload)
        {
            short sample = MemoryMarshal.Read<short>(payload);
            return _isTurned ? BinaryPrimitives.ReverseEndianness(sample) : sample;
        }

        private void Copy(ReadOnlySpan<short> from, Span<short> to)
        {
            if (_isTurned) BinaryPrimitives.ReverseEndianness(from, to);
            else from.CopyTo(to);
        }
    }
}
