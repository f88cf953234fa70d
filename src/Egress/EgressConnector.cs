using System.Net;
using System.Net.Sockets;
using Ringwright.Core;

namespace Ringwright.Egress;

/// <summary>
/// Connects to names and addresses that the target policy allows: it is asked for each address that is really connected to. Addresses that
/// failed come last (ADR 147).
/// </summary>
/// <param name="time">Of connections: the wall clock, whatever the time is for calls.</param>
/// <param name="lookUp">Asks for the addresses of a name.</param>
internal sealed class EgressConnector(TargetPolicy policy, TimeProvider time,
    Func<string, CancellationToken, Task<IPAddress[]>> lookUp)
{
    /// <summary>
    /// What an address has to accept in when another one is left, or when it failed before. One packet that is lost is sent again after a
    /// second.
    /// </summary>
    private static readonly TimeSpan Brief = TimeSpan.FromSeconds(1.5);

    private readonly FailedWays<IPEndPoint> _failed = new(time);

    /// <param name="isTrusted">The operator configured it: its address is not checked.</param>
    /// <param name="places">One of these is taken while the connection is open; null takes none.</param>
    /// <exception cref="EgressException">There is no way there.</exception>
    public async ValueTask<OutgoingSocket> ConnectAsync(DnsEndPoint target, TargetUse use, bool isTrusted, SemaphoreSlim? places,
        CancellationToken stop)
    {
        bool isLiteral = IPAddress.TryParse(target.Host, out var literal);
        if (!isLiteral && !isTrusted && !policy.MayLookUp(target.Host))
            throw new EgressException(EgressFailure.Forbidden, $"{target.Host}:{target.Port}: {TargetPolicy.OnlyInside}.");
        var addresses = isLiteral ? [literal!] : await LookUpAsync(target.Host, stop).ConfigureAwait(false);
        var refused = TargetVerdict.Allowed;
        Exception? last = null;
        if (addresses.Length > 1) addresses = [.. addresses.OrderBy(address => _failed.IsIll(new(address, target.Port)))];
        var allowed = new List<IPAddress>(addresses.Length);
        foreach (var address in addresses)
        {
            var verdict = isTrusted ? TargetVerdict.Allowed : policy.Check(address, target.Port, use);
            if (verdict is TargetVerdict.Allowed) allowed.Add(address);
            else refused = verdict;
        }
        for (int i = 0; i < allowed.Count; i++)
        {
            var address = allowed[i];
            await TakePlaceAsync(places, stop).ConfigureAwait(false);
            Socket? socket = null;
            try
            {
                socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await ConnectAsync(socket, new(address, target.Port), hasOthers: i < allowed.Count - 1, stop).ConfigureAwait(false);
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

    /// <exception cref="SocketException">It was refused, or not accepted in time.</exception>
    private async ValueTask ConnectAsync(Socket socket, IPEndPoint address, bool hasOthers, CancellationToken stop)
    {
        bool isBrief = !_failed.MayTakeItsTime(address) || hasOthers;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var connecting = socket.ConnectAsync(address, limit.Token).AsTask();
        try
        {
            try
            {
                await connecting.WaitAsync(Brief, time, stop).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // Remembered at once: a request may have less time than a connection, and leave it behind.
                _failed.Fail(address);
                if (isBrief) throw new SocketException((int)SocketError.TimedOut);
                await connecting.ConfigureAwait(false);
            }
            _failed.Forget(address);
        }
        catch (Exception failed)
        {
            if (failed is SocketException) _failed.Fail(address);
            await limit.CancelAsync().ConfigureAwait(false);
            await connecting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private static async ValueTask TakePlaceAsync(SemaphoreSlim? places, CancellationToken stop)
    {
        if (places is null || places.Wait(0, CancellationToken.None)) return;
        Metrics.Waited.Add(1);
        await places.WaitAsync(stop).ConfigureAwait(false);
    }

    private async ValueTask<IPAddress[]> LookUpAsync(string host, CancellationToken stop)
    {
        try
        {
            return await lookUp(host, stop).ConfigureAwait(false);
        }
        catch (SocketException unknown)
        {
            throw new EgressException(EgressFailure.Dns, $"{host}: {unknown.Message}");
        }
    }
}
