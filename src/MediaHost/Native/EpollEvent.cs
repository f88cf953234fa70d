using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ringwright.MediaHost.Native;

/// <summary>struct epoll_event: packed to 12 bytes on x86-64, 16 elsewhere.</summary>
internal static unsafe class EpollEvent
{
    private static readonly int KeyOffset = RuntimeInformation.ProcessArchitecture is Architecture.X64 ? 4 : 8;

    public static readonly int Bytes = KeyOffset + 8;

    public static void Write(byte* into, uint events, ulong key)
    {
        Unsafe.WriteUnaligned(into, events);
        Unsafe.WriteUnaligned(into + KeyOffset, key);
    }

    public static ulong Key(byte* from) => Unsafe.ReadUnaligned<ulong>(from + KeyOffset);
}
