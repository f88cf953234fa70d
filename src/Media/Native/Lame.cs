using System.Runtime.InteropServices;

namespace Ringwright.Media.Native;

/// <summary>libmp3lame (LGPL, loaded dynamically, optional): samples to MP3.</summary>
internal static unsafe partial class Lame
{
    public const string Name = "libmp3lame.so.0";
    public const string Missing = $"MP3 cannot be written here: the library {Name} is not installed (Debian package libmp3lame0).";

    /// <summary>Plain stereo: joint stereo would let a little of one party into the other's channel.</summary>
    public const int Stereo = 0;
    public const int Mono = 3;

    public static readonly bool IsPresent = NativeLibrary.TryLoad(Name, typeof(Lame).Assembly, null, out _);

    [LibraryImport(Name)]
    public static partial nint lame_init();

    [LibraryImport(Name)]
    public static partial int lame_close(nint handle);

    [LibraryImport(Name)]
    public static partial int lame_set_in_samplerate(LameHandle handle, int rate);

    [LibraryImport(Name)]
    public static partial int lame_set_out_samplerate(LameHandle handle, int rate);

    [LibraryImport(Name)]
    public static partial int lame_set_num_channels(LameHandle handle, int channels);

    [LibraryImport(Name)]
    public static partial int lame_set_mode(LameHandle handle, int mode);

    [LibraryImport(Name)]
    public static partial int lame_set_brate(LameHandle handle, int kilobits);

    [LibraryImport(Name)]
    public static partial int lame_set_quality(LameHandle handle, int quality);

    // Without these the library writes its remarks to standard error.
    [LibraryImport(Name)]
    public static partial int lame_set_errorf(LameHandle handle, nint function);

    [LibraryImport(Name)]
    public static partial int lame_set_msgf(LameHandle handle, nint function);

    [LibraryImport(Name)]
    public static partial int lame_set_debugf(LameHandle handle, nint function);

    [LibraryImport(Name)]
    public static partial int lame_init_params(LameHandle handle);

    [LibraryImport(Name)]
    public static partial int lame_encode_buffer(LameHandle handle, short* left, short* right, int samples, byte* into, int size);

    [LibraryImport(Name)]
    public static partial int lame_encode_buffer_interleaved(LameHandle handle, short* samples, int count, byte* into, int size);

    [LibraryImport(Name)]
    public static partial int lame_encode_flush(LameHandle handle, byte* into, int size);

    [LibraryImport(Name)]
    public static partial nuint lame_get_lametag_frame(LameHandle handle, byte* into, nuint size);
}

internal sealed class LameHandle : SafeHandle
{
    public LameHandle() : base(0, ownsHandle: true) => SetHandle(Lame.lame_init());

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => Lame.lame_close(handle) == 0;
}
