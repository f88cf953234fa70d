using System.Runtime.InteropServices;

namespace Ringwright.Media.Native;

/// <summary>libopus (BSD, loaded dynamically, optional).</summary>
internal static unsafe partial class OpusLibrary
{
    public const string Name = "libopus.so.0";
    public const int SampleRate = 16_000;

    // opus_defines.h
    public const int ApplicationVoip = 2048;
    public const int ResetState = 4028;
    public const int SetBitrate = 4002, SetMaxBandwidth = 4004, SetComplexity = 4010, SetInbandFec = 4012, SetPacketLossPercent = 4014;
    public const int Narrowband = 1101, Mediumband = 1102, Wideband = 1103;

    public static readonly bool IsPresent = NativeLibrary.TryLoad(Name, typeof(OpusLibrary).Assembly, null, out _);

    /// <summary>What a packet decodes to at our rate; 0 for nonsense.</summary>
    public static int CountSamples(ReadOnlySpan<byte> packet)
    {
        fixed (byte* bytes = packet) return packet.IsEmpty ? 0 : Math.Max(0, opus_packet_get_nb_samples(bytes, packet.Length, SampleRate));
    }

    [LibraryImport(Name)]
    public static partial nint opus_encoder_create(int rate, int channels, int application, out int error);

    [LibraryImport(Name)]
    public static partial void opus_encoder_destroy(nint encoder);

    [LibraryImport(Name)]
    public static partial int opus_encode(OpusHandle encoder, short* samples, int count, byte* into, int size);

    /// <summary>
    /// A C function of variable arguments; all requests here take one int, which the calling convention
    /// of our platforms puts where a fixed one goes.
    /// </summary>
    [LibraryImport(Name)]
    public static partial int opus_encoder_ctl(OpusHandle encoder, int request, int value);

    [LibraryImport(Name)]
    public static partial nint opus_decoder_create(int rate, int channels, out int error);

    [LibraryImport(Name)]
    public static partial void opus_decoder_destroy(nint decoder);

    /// <param name="packet">Null makes up what was lost.</param>
    [LibraryImport(Name)]
    public static partial int opus_decode(OpusHandle decoder, byte* packet, int length, short* into, int count, int isRedundant);

    [LibraryImport(Name)]
    private static partial int opus_packet_get_nb_samples(byte* packet, int length, int rate);
}

/// <summary>One encoder's or decoder's memory; freed even if nobody does.</summary>
internal sealed class OpusHandle : SafeHandle
{
    private readonly bool _isEncoder;

    private OpusHandle(nint state, bool isEncoder) : base(0, ownsHandle: true)
    {
        _isEncoder = isEncoder;
        SetHandle(state);
    }

    public override bool IsInvalid => handle == 0;

    public static OpusHandle Encoder(int rate = OpusLibrary.SampleRate) =>
        Checked(new(OpusLibrary.opus_encoder_create(rate, 1, OpusLibrary.ApplicationVoip, out _), isEncoder: true));

    public static OpusHandle Decoder() => Checked(new(OpusLibrary.opus_decoder_create(OpusLibrary.SampleRate, 1, out _), isEncoder: false));

    protected override bool ReleaseHandle()
    {
        if (_isEncoder) OpusLibrary.opus_encoder_destroy(handle);
        else OpusLibrary.opus_decoder_destroy(handle);
        return true;
    }

    private static OpusHandle Checked(OpusHandle made) =>
        made.IsInvalid ? throw new InvalidOperationException($"{OpusLibrary.Name} gave no memory.") : made;
}
