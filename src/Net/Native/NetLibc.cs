using System.Runtime.InteropServices;

namespace Ringwright.Net.Native;

/// <summary>The Linux calls that a signalling thread lives on. All structures are those of 64-bit Linux.</summary>
internal static unsafe partial class NetLibc
{
    public const int EventFdNonBlocking = 0x800, EventFdCloseOnExec = 0x80000;
    public const int MsgDontWait = 0x40, MsgNoSignal = 0x4000;
    public const int ErrorInterrupted = 4;
    public const ushort AfInet = 2, AfInet6 = 10;
    public const short PollIn = 1;

    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public long Seconds;
        public long Nanos;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Happened;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public byte* Start;
        public nuint Length;
    }

    /// <summary>mmsghdr: a msghdr and the length received.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Message
    {
        public byte* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
        // msghdr ends on the alignment of its pointers; so does mmsghdr.
        private readonly uint _headerPadding;
        public uint Length;
        private readonly uint _padding;
    }

    [LibraryImport("libc", EntryPoint = "ppoll")]
    public static partial int Poll(PollEntry* entries, nuint count, TimeSpec* atMost, void* signals);

    [LibraryImport("libc", EntryPoint = "recvmmsg")]
    public static partial int ReceiveMany(SafeHandle socket, Message* messages, uint count, int flags, TimeSpec* timeout);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    public static partial nint SendTo(SafeHandle socket, byte* bytes, nuint length, int flags, byte* address, uint addressLength);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint start, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    public static partial nint Read(SafeHandle descriptor, void* into, nuint length);

    [LibraryImport("libc", EntryPoint = "write")]
    public static partial nint Write(SafeHandle descriptor, void* from, nuint length);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);
}
