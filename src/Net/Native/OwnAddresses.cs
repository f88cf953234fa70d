using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Ringwright.Net.Native;

/// <summary>Which of its addresses this machine uses for what, as its routes and interfaces stand.</summary>
internal static class OwnAddresses
{
    /// <summary>Any port does: nothing is sent.</summary>
    private const int Somewhere = 5060;

    /// <summary>From which address the machine sends to another; null when no route leads there.</summary>
    public static IPAddress? Towards(IPAddress remote)
    {
        try
        {
            using var socket = new Socket(remote.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(new IPEndPoint(remote, Somewhere));
            return BoundSockets.Local(socket).Address;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>
    /// Both are addresses of one interface: of several there the machine chooses one to send from, and we may listen on another.
    /// </summary>
    public static bool AreNeighbours(IPAddress one, IPAddress other) =>
        NetworkInterface.GetAllNetworkInterfaces().Any(i => i.GetIPProperties().UnicastAddresses is var own
            && own.Any(a => a.Address.Equals(one)) && own.Any(a => a.Address.Equals(other)));
}
