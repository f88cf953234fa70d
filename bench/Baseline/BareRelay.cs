using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Ringwright.Bench.Machine;
using Ringwright.Bench.Sockets;

namespace Ringwright.Bench.Baseline;

/// <summary>What the baseline shall move: the datagrams that a workload moved.</summary>
/// <param name="Ports">Sockets; packets come to them in turn.</param>
/// <param name="WarmUp">Packets before those that count.</param>
internal sealed record RelayPlan(int Ports, long WarmUp, long In, int InBytes, long Out, int OutBytes)
{
    /// <summary>Messages of one TLS connection instead.</summary>
    public bool IsTls { get; init; }
}

/// <summary>The baseline says on which ports it listens, then what it cost.</summary>
internal sealed record RelayWord(IReadOnlyList<int> Ports)
{
    public double? CpuMs { get; init; }
    public long Received { get; init; }
    public long Sent { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RelayWord)), JsonSerializable(typeof(RelayPlan))]
internal sealed partial class RelayJson : JsonSerializerContext;

/// <summary>
/// The floor under every figure: one thread, blocking <c>recvfrom</c> and <c>sendto</c> on raw sockets, nothing else.
/// It is never changed together with the program that it is compared with.
/// </summary>
internal static unsafe class BareRelay
{
    private const int LongestWaitSeconds = 10, MostBytes = 4096;

    /// <param name="say">Gets the ports as soon as they are bound.</param>
    /// <exception cref="BenchFailure">Packets did not come.</exception>
    public static RelayWord Run(RelayPlan plan, Action<RelayWord> say)
    {
        var sockets = new UdpPort[plan.Ports];
        long* limit = stackalloc long[2] { LongestWaitSeconds, 0 };     // struct timeval
        for (int i = 0; i < sockets.Length; i++)
        {
            sockets[i] = UdpPort.Open(new(0x7F000001, 0), blocks: true);
            Libc.SetOption(sockets[i].Descriptor, Libc.SolSocket, Libc.SoReceiveTimeout, limit, 2 * sizeof(long));
        }
        int[] ports = [.. sockets.Select(s => (int)s.Local.Port)];
        say(new(ports));

        Relay(sockets, 0, plan.WarmUp, plan);
        long before = CpuClock.OwnNanos;
        long sent = Relay(sockets, plan.WarmUp, plan.In, plan);
        double milliseconds = (CpuClock.OwnNanos - before) / 1e6;
        foreach (var socket in sockets) socket.Dispose();
        return new(ports) { CpuMs = milliseconds, Received = plan.In, Sent = sent };
    }

    /// <returns>Packets sent: as many in relation to those received as the workload did.</returns>
    private static long Relay(UdpPort[] sockets, long first, long count, RelayPlan plan)
    {
        byte* packet = stackalloc byte[MostBytes];
        byte* from = stackalloc byte[Place.RawBytes];
        long sent = 0, owed = 0;
        for (long i = 0; i < count; i++)
        {
            int socket = sockets[(first + i) % sockets.Length].Descriptor;
            uint length = Place.RawBytes;
            if (Libc.ReceiveFrom(socket, packet, MostBytes, 0, from, &length) < 0)
                throw new BenchFailure($"the baseline waited in vain for packet {i} of {count} (error {Marshal.GetLastPInvokeError()})");
            for (owed += plan.Out; owed >= plan.In; owed -= plan.In, sent++)
                Libc.SendTo(socket, packet, (nuint)plan.OutBytes, 0, from, Place.RawBytes);
        }
        return sent;
    }
}
