using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Ringwright.Server.Doctor;

/// <summary>Is the wall clock right, do ticks come on time, does sound cross the loopback?</summary>
internal static partial class ClockChecks
{
    private const int Ticks = 50, TickMilliseconds = 20;

    public static IEnumerable<Finding> Run()
    {
        yield return WallClock();
        yield return Rtp();
    }

    private static Finding WallClock()
    {
        var now = DateTimeOffset.UtcNow;
        if (now.Year < 2026)
            return Finding.Bad("clock", $"it says {now:yyyy-MM-dd HH:mm} UTC", "set the clock: signatures and tokens carry the time");
        int state = Adjtimex(new byte[512]);
        return state == TimeError
            ? Finding.Warning("clock", $"{now:yyyy-MM-dd HH:mm:ss} UTC, not kept in step by a time server",
                "run chrony or systemd-timesyncd, here or on the container's host")
            : Finding.Good("clock", $"{now:yyyy-MM-dd HH:mm:ss} UTC{(state >= 0 ? ", kept in step by a time server" : "")}");
    }

    /// <summary>A second of packets, one each 20 ms, sent and received on loopback.</summary>
    private static Finding Rtp()
    {
        using var receiver = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 200 };
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        receiver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        sender.Connect(receiver.LocalEndPoint!); // bound above, so it has one
        byte[] packet = new byte[172], into = new byte[512];
        var lateness = new List<double>(Ticks);
        int received = 0;
        long start = Stopwatch.GetTimestamp();
        for (int tick = 1; tick <= Ticks; tick++)
        {
            double wait = tick * TickMilliseconds - Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (wait > 0) Thread.Sleep((int)Math.Ceiling(wait));
            lateness.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds - tick * TickMilliseconds);
            sender.Send(packet);
            if (HasReceived(receiver, into, packet.Length)) received++;
        }
        // One that was only late is no lost one.
        receiver.ReceiveTimeout = 1_000;
        while (received < Ticks && HasReceived(receiver, into, packet.Length)) received++;
        double worst = lateness.Max();
        string text = $"{received} of {Ticks} packets came through, the latest tick was {worst:F1} ms late";
        if (received < Ticks) return Finding.Bad("RTP loopback", text, "a firewall drops UDP on the loopback interface; let it through");
        return worst > TickMilliseconds
            ? Finding.Warning("RTP loopback", text, "the machine is busy: sound may stutter under load")
            : Finding.Good("RTP loopback", text);
    }

    private static bool HasReceived(Socket receiver, byte[] into, int length)
    {
        try
        {
            return receiver.Receive(into) == length;
        }
        catch (SocketException)
        {
            return false;       // not in its time
        }
    }

    // TIME_ERROR of adjtimex(2): no time server disciplines the clock. -1 where the call is not allowed.
    private const int TimeError = 5;

    private static int Adjtimex(byte[] timex)
    {
        try
        {
            return adjtimex(timex);
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            return -1;
        }
    }

    [LibraryImport("libc")]
    private static partial int adjtimex(byte[] timex);
}
