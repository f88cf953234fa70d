using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Ringwright.Core;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Recovery;
using Ringwright.Switch.Routing;

namespace Ringwright.Net.Dns;

/// <summary>
/// Finds where to send a request, and by which transport (RFC 3263): an address literal as it is; with a port the name's addresses; without
/// one NAPTR when the transport is open too, then SRV, then the name's addresses at 5060 or 5061. Names of /etc/hosts come first.
/// Answers are kept for their time to live.
/// </summary>
internal sealed class Resolver(DnsClient client, AddressFamily family, TimeProvider clock)
{
    private const int MaxFlows = 8, MaxCached = 4_096, MaxAliases = 8;
    /// <summary>What a name without NAPTR records is asked for, one after the other.</summary>
    private static readonly SipTransport[] Transports = [SipTransport.Udp, SipTransport.Tcp, SipTransport.Tls];
    private static readonly TimeSpan ShortestLife = TimeSpan.FromSeconds(1), LongestLife = TimeSpan.FromMinutes(10),
        FailureLife = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(string Name, DnsType Type),
        (long At, TimeSpan Life, List<DnsRecord> Records, DnsStatus Status)> _cache = new();
    private readonly Lazy<Dictionary<string, List<IPAddress>>> _hosts = new(ReadHosts);

    /// <param name="seed">For the choice among SRV records of one priority by weight.</param>
    public async Task<IReadOnlyList<SipFlow>> ResolveAsync(SipPlace place, ulong seed, CancellationToken stop)
    {
        if (InitialInvite.TryLiteral(place, out var literal)) return [literal];
        var usual = place.Transport ?? SipTransport.Udp;
        if (place.Port is { } given) return await FlowsAsync(usual, place.Host, given, stop);

        var rng = new Rng(seed);
        List<SipFlow> found = [];
        // All at once: a name server that is silent costs its time only once.
        var services = (await ServicesAsync(place, stop))
            .Select(service => (service.Transport, Records: AskAsync(service.Name, DnsType.Srv, stop))).ToList();
        await Task.WhenAll(services.Select(service => service.Records));
        foreach (var (transport, records) in services)
        {
            foreach (var srv in InOrder(await records, rng))
            {
                if (found.Count >= MaxFlows) return found;
                found.AddRange(await FlowsAsync(transport, srv.Target ?? "", srv.Port, stop));
            }
        }
        return found.Count > 0 ? found : await FlowsAsync(usual, place.Host, usual.DefaultPort(), stop);
    }

    /// <summary>The first address of a host in our family; null when it has none. For RTP, so no other records count.</summary>
    public async Task<IPAddress?> AddressOfAsync(string host, CancellationToken stop) =>
        (await AddressesAsync(host, port: 0, stop)) is [var first, ..] ? first.Address : null;

    /// <summary>The names whose SRV records are asked for, in the order in which their transports are tried.</summary>
    private async Task<IReadOnlyList<(SipTransport Transport, string Name)>> ServicesAsync(SipPlace place, CancellationToken stop)
    {
        if (place.Transport is { } fixedOne) return [(fixedOne, ServiceOf(fixedOne) + place.Host)];

        List<(SipTransport, string)> named = [];
        foreach (var naptr in (await AskAsync(place.Host, DnsType.Naptr, stop)).Where(r => r.Type is DnsType.Naptr).OrderBy(r => r.Order)
            .ThenBy(r => r.Weight))
        {
            SipTransport? transport = naptr.Service?.ToUpperInvariant() switch
            {
                "SIP+D2U" => SipTransport.Udp,
                "SIP+D2T" => SipTransport.Tcp,
                "SIPS+D2T" => SipTransport.Tls,
                _ => null
            };
            if (transport is { } offered && "s".Equals(naptr.Flags, StringComparison.OrdinalIgnoreCase) && naptr.Target is { } target)
                named.Add((offered, target));
        }
        return named.Count > 0 ? named : [.. Transports.Select(transport => (transport, ServiceOf(transport) + place.Host))];
    }

    /// <summary>Why the last look-up of the place found nothing, as part of a sentence; null when that is not known.</summary>
    public string? Trouble(SipPlace place)
    {
        string name = place.Host.TrimEnd('.').ToLowerInvariant();
        if (!_cache.TryGetValue((name, family is AddressFamily.InterNetworkV6 ? DnsType.Aaaa : DnsType.A), out var kept)) return null;
        return kept.Status switch
        {
            DnsStatus.NoSuchName => "there is no such name",
            DnsStatus.Ok => $"the name has no {(family is AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4")} address",
            _ => "no name server answered for it",
        };
    }

    /// <summary>What a look-up may end in besides an answer.</summary>
    public static bool IsFailure(Exception e) =>
        e is SocketException or IOException or OperationCanceledException or InvalidOperationException;

    private static string ServiceOf(SipTransport transport) =>
        transport switch { SipTransport.Tcp => "_sip._tcp.", SipTransport.Tls => "_sips._tcp.", _ => "_sip._udp." };

    private async Task<IReadOnlyList<SipFlow>> FlowsAsync(SipTransport transport, string host, int port, CancellationToken stop) =>
        [.. (await AddressesAsync(host, port, stop)).Select(address => new SipFlow(transport, address))];

    private async Task<IReadOnlyList<IPEndPoint>> AddressesAsync(string host, int port, CancellationToken stop)
    {
        if (_hosts.Value.TryGetValue(host, out var listed))
            return [.. listed.Where(a => a.AddressFamily == family).Select(a => new IPEndPoint(a, port))];
        var type = family is AddressFamily.InterNetworkV6 ? DnsType.Aaaa : DnsType.A;
        string name = host;
        for (int alias = 0; alias < MaxAliases; alias++)
        {
            var records = await AskAsync(name, type, stop);
            var addresses = records.Where(r => r.Type == type && r.Address is not null).Take(MaxFlows)
                .Select(r => new IPEndPoint(r.Address!, port)).ToList();
            if (addresses.Count > 0) return addresses;
            if (records.FirstOrDefault(r => r.Type is DnsType.Cname) is not { Target: { } target }) return [];
            name = target;
        }
        return [];
    }

    /// <summary>RFC 2782: lower priority first; within one priority a draw by weight.</summary>
    private static IEnumerable<DnsRecord> InOrder(IEnumerable<DnsRecord> records, Rng rng)
    {
        foreach (var group in records.Where(r => r is { Type: DnsType.Srv, Target: not (null or "") })
            .GroupBy(r => r.Order).OrderBy(g => g.Key))
        {
            List<DnsRecord> rest = [.. group.OrderBy(r => r.Weight)];
            while (rest.Count > 0)
            {
                int draw = rng.Next(rest.Sum(r => r.Weight) + 1);
                int chosen = 0;
                for (int sum = rest[0].Weight; sum < draw; sum += rest[chosen].Weight) chosen++;
                yield return rest[chosen];
                rest.RemoveAt(chosen);
            }
        }
    }

    private async Task<List<DnsRecord>> AskAsync(string name, DnsType type, CancellationToken stop)
    {
        var key = (name.TrimEnd('.').ToLowerInvariant(), type);
        long asked = clock.GetTimestamp();
        if (_cache.TryGetValue(key, out var kept) && clock.GetElapsedTime(kept.At, asked) < kept.Life) return kept.Records;

        var (status, records) = await client.AskAsync(name, type, stop);
        Metrics.NameLookups.Add(1, new KeyValuePair<string, object?>("outcome", status.ToString()));
        var life = records.Count == 0 ? FailureLife : TimeSpan.FromSeconds(records.Min(r => r.Ttl));
        if (life < ShortestLife) life = ShortestLife;
        if (life > LongestLife) life = LongestLife;
        if (_cache.Count >= MaxCached) _cache.Clear();
        _cache[key] = (asked, life, records, status);
        return records;
    }

    private static Dictionary<string, List<IPAddress>> ReadHosts()
    {
        const string path = "/etc/hosts";
        Dictionary<string, List<IPAddress>> hosts =
            new(StringComparer.OrdinalIgnoreCase) { ["localhost"] = [IPAddress.Loopback, IPAddress.IPv6Loopback] };
        if (!File.Exists(path)) return hosts;
        foreach (string line in File.ReadLines(path))
        {
            string text = line.Split('#')[0];
            string[] words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || !IPAddress.TryParse(words[0], out var address)) continue;
            foreach (string name in words.AsSpan(1))
            {
                if (!hosts.TryGetValue(name, out var addresses)) hosts[name] = addresses = [];
                if (!addresses.Contains(address)) addresses.Add(address);
            }
        }
        return hosts;
    }
}
