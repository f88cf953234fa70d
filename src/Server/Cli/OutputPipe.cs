using System.Runtime.InteropServices;

namespace Ringwright.Server.Cli;

/// <summary>Whether anybody still takes what this process prints.</summary>
internal static partial class OutputPipe
{
    private const int StandardOutput = 1;
    private const int Happened = 48;
    /// <summary>POLLERR, POLLHUP and POLLNVAL of poll(2), which nobody has to ask for.</summary>
    private const ulong Gone = 0x8 | 0x10 | 0x20;

    /// <summary>
    /// False for a pipe whose reader has ended, as <c>head</c> does. Writing does not tell: the framework drops what nobody takes.
    /// </summary>
    public static bool IsRead(int descriptor = StandardOutput)
    {
        // One struct pollfd: the descriptor, the events that are asked for (none), and those that there are.
        ulong asked = (uint)descriptor;
        return poll(ref asked, 1, 0) <= 0 || ((asked >> Happened) & Gone) == 0;
    }

    [LibraryImport("libc")]
    private static partial int poll(ref ulong descriptors, nuint count, int milliseconds);
}
