using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Ringwright.Egress;

/// <summary>
/// Asks the system's resolver for names that customers wrote. It holds a thread until somebody answers, which the owner of a name may
/// never do: so each has a thread of its own in place of one of the pool's, and names with one ending have few at once (ADR 207).
/// </summary>
/// <param name="lookUp">Null asks the system.</param>
public sealed class NameLookups(Func<string, IPAddress[]>? lookUp = null)
{
    /// <summary>Names of one ending that are asked for at once, and how many shares the endings have.</summary>
    internal const int AtOnce = 8, Shares = 64;

    private readonly SemaphoreSlim[] _shares = [.. Enumerable.Range(0, Shares).Select(_ => new SemaphoreSlim(AtOnce))];
    private readonly ConcurrentDictionary<string, Lazy<Task<(IPAddress[]? Addresses, SocketException? Fault)>>> _underWay =
        new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whoever asks for a name that is just asked for waits for that answer.</summary>
    /// <exception cref="SocketException">There is no such name, or nobody says so.</exception>
    public async Task<IPAddress[]> FindAsync(string host, CancellationToken stop)
    {
        if (!_underWay.TryGetValue(host, out var asked))
        {
            var share = _shares[ShareOf(host)];
            // Whoever gives up while others hold it asks for nothing.
            await share.WaitAsync(stop).ConfigureAwait(false);
            var own = new Lazy<Task<(IPAddress[]? Addresses, SocketException? Fault)>>(() => AskAsync(host, share));
            asked = _underWay.GetOrAdd(host, own);
            if (asked != own) share.Release();
        }
        var (addresses, fault) = await asked.Value.WaitAsync(stop).ConfigureAwait(false);
        return addresses ?? throw fault!;       // one of the two is there
    }

    /// <summary>By the last two labels, which cost money; what stands before them does not. Other endings share it, by chance.</summary>
    internal static int ShareOf(string host)
    {
        var name = host.AsSpan().TrimEnd('.');
        int last = name.LastIndexOf('.'), before = last < 0 ? -1 : name[..last].LastIndexOf('.');
        return (int)((uint)string.GetHashCode(name[(before + 1)..], StringComparison.OrdinalIgnoreCase) % Shares);
    }

    /// <summary>Gives the share back. It goes on when nobody waits for it any more, for nothing interrupts the resolver.</summary>
    private async Task<(IPAddress[]? Addresses, SocketException? Fault)> AskAsync(string host, SemaphoreSlim share)
    {
        try
        {
            var addresses = await Task.Factory.StartNew(() => (lookUp ?? Dns.GetHostAddresses)(host), CancellationToken.None,
                TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default).ConfigureAwait(false);
            return (addresses, null);
        }
        catch (SocketException unknown)
        {
            return (null, unknown);
        }
        catch (ArgumentException)
        {
            return (null, new SocketException((int)SocketError.HostNotFound));
        }
        finally
        {
            _underWay.TryRemove(host, out _);
            share.Release();
        }
    }
}
