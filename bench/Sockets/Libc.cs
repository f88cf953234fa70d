using System.Runtime.InteropServices;

namespace Ringwright.Bench.Sockets;

/// <summary>The Linux calls of the load driver and of the baseline. The structures are those of 64-bit Linux.</summary>
internal static unsafe partial class Libc
{
    public const int AfInet = 2, SockDgram = 2, SockNonBlock = 0x800, SockCloseOnExec = 0x80000;
    public const int SolSocket = 1, SoReceiveBuffer = 8, SoReceiveTimeout = 20, SoTimestampNs = 35;
    public const int MsgDontWait = 0x40, EpollAdd = 1, EpollCloseOnExec = 0x80000, ErrorInterrupted = 4, ErrorAgain = 11;
    public const uint EpollIn = 1;
    public const int ClockRealTime = 0, ClockProcessCpu = 2;

    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public long Seconds, Nanos;

        public readonly long TotalNanos => Seconds * 1_000_000_000 + Nanos;
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
        private readonly uint _headerPadding;
        public uint Length;
        private readonly uint _padding;
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int socket, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    public static partial int SocketName(int socket, byte* address, uint* length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(int socket, int level, int name, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "sendto")]
    public static partial nint SendTo(int socket, byte* bytes, nuint length, int flags, byte* address, uint addressLength);

    [LibraryImport("libc", EntryPoint = "recvfrom", SetLastError = true)]
    public static partial nint ReceiveFrom(int socket, byte* bytes, nuint length, int flags, byte* address, uint* addressLength);

    [LibraryImport("libc", EntryPoint = "recvmmsg")]
    public static partial int ReceiveMany(int socket, Message* messages, uint count, int flags, TimeSpec* timeout);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int descriptor, byte* happening);

    [LibraryImport("libc", EntryPoint = "epoll_wait")]
    public static partial int EpollWait(int epoll, byte* happenings, int count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    public static partial int ClockTime(int clock, TimeSpec* time);
}
