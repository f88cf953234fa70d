using System.Runtime.InteropServices;

namespace Ringwright.Media.Native;

/// <summary>
/// libmpg123 (LGPL, loaded dynamically, optional): MPEG audio to samples. Only its feed interface,
/// which does no input or output of its own.
/// </summary>
internal static unsafe partial class Mpg123
{
    public const string Name = "libmpg123.so.0";
    public const string Missing = $"MP3 cannot be read here: the library {Name} is not installed (Debian package libmpg123-0).";

    public const int Ok = 0, NeedMore = -10, NewFormat = -11, Done = -12;
    public const int Mono = 1, MonoOrStereo = 3;
    /// <summary>MPG123_ENC_SIGNED_16.</summary>
    public const int Signed16 = 0xD0;
    /// <summary>MPG123_ADD_FLAGS.</summary>
    public const int AddFlags = 2;
    public const int MonoMix = 0x4, Quiet = 0x20;

    public static readonly bool IsPresent = NativeLibrary.TryLoad(Name, typeof(Mpg123).Assembly, null, out _) && mpg123_init() == Ok;

    [LibraryImport(Name)]
    private static partial int mpg123_init();

    [LibraryImport(Name)]
    public static partial nint mpg123_new(nint decoder, int* error);

    [LibraryImport(Name)]
    public static partial void mpg123_delete(nint handle);

    [LibraryImport(Name)]
    public static partial int mpg123_param(Mpg123Handle handle, int type, CLong value, double real);

    [LibraryImport(Name)]
    public static partial int mpg123_format_none(Mpg123Handle handle);

    [LibraryImport(Name)]
    public static partial int mpg123_format(Mpg123Handle handle, CLong rate, int channels, int encodings);

    [LibraryImport(Name)]
    public static partial int mpg123_open_feed(Mpg123Handle handle);

    [LibraryImport(Name)]
    public static partial int mpg123_decode(Mpg123Handle handle, byte* input, nuint inputBytes, byte* output,
        nuint outputBytes, nuint* written);

    [LibraryImport(Name)]
    public static partial int mpg123_getformat(Mpg123Handle handle, CLong* rate, int* channels, int* encoding);
}

internal sealed class Mpg123Handle : SafeHandle
{
    public unsafe Mpg123Handle() : base(0, ownsHandle: true) => SetHandle(Mpg123.mpg123_new(0, null));

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        Mpg123.mpg123_delete(handle);
        return true;
    }
}
