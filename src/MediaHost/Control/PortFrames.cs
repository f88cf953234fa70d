using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.MediaHost.Control;

/// <summary>Which ports are bound, and which are leased to whom. A list is of indices.</summary>
internal static class PortFrames
{
    public static void Open(FrameWriter into, (PortId Port, Subject Owner) lease) =>
        into.Begin(FrameKind.Open).U64(lease.Port.Value).Subject(lease.Owner);

    public static (PortId Port, Subject Owner) Open(ref FrameReader from) => (new(from.U64()), from.Subject());

    public static void Bind(FrameWriter into, (int Network, int Pairs) more) =>
        into.Begin(FrameKind.Bind).I32(more.Network).I32(more.Pairs);

    public static (int Network, int Pairs) Bind(ref FrameReader from) => (from.I32(), from.I32());

    public static void Unbind(FrameWriter into, IReadOnlyList<ushort> ports) => List(into.Begin(FrameKind.Unbind), ports);

    public static void Bound(FrameWriter into, (int Network, ushort[] Ports) bound) =>
        List(into.Begin(FrameKind.Bound).I32(bound.Network), bound.Ports);

    public static (int Network, ushort[] Ports) Bound(ref FrameReader from) => (from.I32(), List(ref from));

    public static void Stay(FrameWriter into, bool isStopping) => into.Begin(FrameKind.Stay).Flag(isStopping);

    public static void List(FrameWriter into, IReadOnlyList<ushort> ports)
    {
        into.U16((ushort)ports.Count);
        foreach (ushort port in ports) into.U16(port);
    }

    public static ushort[] List(ref FrameReader from)
    {
        var ports = new ushort[from.Count(sizeof(ushort))];
        for (int i = 0; i < ports.Length; i++) ports[i] = from.U16();
        return ports;
    }
}
