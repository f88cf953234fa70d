using System.Net;
using System.Net.Sockets;
using Ringwright.Core;

namespace Ringwright.Egress;

/// <summary>
/// Connects to names and addresses that the target policy allows: it is asked for each address that is really connected to.
/// </summary>
internal sealed class EgressConnector(TargetPolicy policy)
{
    /// <param name="isTrusted">The operator configured it: its address is not checked.</param>
    /// <param name="places">One of these is taken while the connection is open; null takes none.</param>
    /// <exception cref="EgressException">There is no way there.</exception>
    public async ValueTask<OutgoingSocket> ConnectAsync(DnsEndPoint target, TargetUse use, bool isTrusted, SemaphoreSlim? places,
        CancellationToken stop)
    {
        var addresses =
            IPAddress.TryParse(target.Host, out var literal) ? [literal] : await LookUpAsync(target.Host, stop).ConfigureAwait(false);
        var refused = TargetVerdict.Allowed;
        Exception? last = null;
        foreach (var address in addresses)
        {
            var verdict = isTrusted ? TargetVerdict.Allowed : policy.Check(address, target.Port, use);
            if (verdict is not TargetVerdict.Allowed)
            {
                refused = verdict;
                continue;
            }
            await TakePlaceAsync(places, stop).ConfigureAwait(false);
            Socket? socket = null;
            try
            {
                socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(new IPEndPoint(address, target.Port), stop).ConfigureAwait(false);
                Metrics.Connections.Add(1);
                return use is TargetUse.Socket ? new CountingSocket(socket, places) : new OutgoingSocket(socket, places);
            }
            catch (Exception failed)
            {
                socket?.Dispose();
                places?.Release();
                if (failed is not SocketException) throw;
                last = failed;
            }
        }
        if (last is not null) throw new EgressException(EgressFailure.Connect, $"{target.Host}:{target.Port}: {last.Message}");
        if (refused is not TargetVerdict.Allowed)
            throw new EgressException(EgressFailure.Forbidden, $"{target.Host}:{target.Port}: {TargetPolicy.Describe(refused)}.");
        throw new EgressException(EgressFailure.Dns, $"{target.Host} has no address.");
    }

    private static async ValueTask TakePlaceAsync(SemaphoreSlim? places, CancellationToken stop)
    {
        if (places is null || places.Wait(0, CancellationToken.None)) return;
        Metrics.Waited.Add(1);
        await places.WaitAsync(stop).ConfigureAwait(false);
    }

    private static async ValueTask<IPAddress[]> LookUpAsync(string host, CancellationToken stop)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(host, stop).ConfigureAwait(false);
        }
        catch (SocketException unknown)
        {
            throw new EgressException(EgressFailure.Dns, $"{host}: {unknown.Message}");
        }
    }
}
