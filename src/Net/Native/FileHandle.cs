using System.Runtime.InteropServices;

namespace Ringwright.Net.Native;

/// <summary>A file descriptor that is closed once nobody uses it any longer.</summary>
internal sealed class FileHandle : SafeHandle
{
    public FileHandle(int descriptor) : base(-1, ownsHandle: true) => SetHandle(descriptor);

    public override bool IsInvalid => handle < 0;

    protected override bool ReleaseHandle() => NetLibc.Close((int)handle) == 0;
}
