using System.Buffers.Binary;
using System.Net;

namespace Ringwright.Simulation;

/// <summary>
/// Sends well-formed RTP to the node's media ports, all of them that calls could have. It has an address where nobody is: the world ends
/// with an exception when the node sends anything there.
/// </summary>
internal sealed class SimThief(SimWorld world, IPEndPoint from)
{
    public const string Says = "hands up";
    private const int FirstPort = 16_384, Ports = 8, FrameBytes = 160;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    private ushort _sequence;
    private bool _isOver;

    public static IPEndPoint Abroad { get; } = new(IPAddress.Parse("198.51.100.66"), 6_666);

    /// <summary>Sprays until it is told to stop.</summary>
    public SimThief Begin()
    {
        if (_isOver) return this;
        _sequence++;
        for (int port = 0; port < Ports; port++)
            world.Net.Handle(new(from, new(world.NodeAddress, FirstPort + 2 * port), Packet((uint)(0xBAD + port)), IsMedia: true),
                world.Now);
        world.After(Step, () => Begin());
        return this;
    }

    public void Stop() => _isOver = true;

    private byte[] Packet(uint source)
    {
        byte[] packet = new byte[12 + FrameBytes];
        packet[0] = 0x80;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), _sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)_sequence * FrameBytes);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), source);
        packet.AsSpan(12).Fill(world.Prompts.MarkOf(Says));
        return packet;
    }
}
