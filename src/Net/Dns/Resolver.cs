using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Ringwright.Core;
using Ringwright.Switch.Routing;

namespace Ringwright.Net.Dns;

/// <summary>
/// Finds where to send a request (RFC 3263, UDP only): an address literal as it is; with a port the name's addresses; without one
/// NAPTR, then SRV, then the name's addresses at 5060. Names of /etc/hosts come first. Answers are kept for their time to live.
/// </summary>
internal sealed class Resolver(DnsClient client, AddressFamily family, TimeProvider clock)
{
    private const int SipPort = 5060, MaxAddresses = 8, MaxCached = 4_096, MaxAliases = 8;
    private static readonly TimeSpan ShortestLife = TimeSpan.FromSeconds(1), LongestLife = TimeSpan.FromMinutes(10), FailureLife = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(string Name, DnsType Type), (DateTimeOffset Until, List<DnsRecord> Records)> _cache = new();
    private readonly Lazy<Dictionary<string, List<IPAddress>>> _hosts = new(ReadHosts);

    /// <param name="seed">For the choice among SRV records of one priority by weight.</param>
    public async Task<IReadOnlyList<IPEndPoint>> ResolveAsync(string host, int? port, ulong seed, CancellationToken stop)
    {
        if (HostLiteral.TryParse(host, out var literal)) return [new(literal, port ?? SipPort)];
        if (port is { } given) return await AddressesAsync(host, given, stop);

        string service = "_sip._udp." + host;
        foreach (var naptr in (await AskAsync(host, DnsType.Naptr, stop)).Where(r => r.Type is DnsType.Naptr).OrderBy(r => r.Order).ThenBy(r => r.Weight))
        {
            if (!"SIP+D2U".Equals(naptr.Service, StringComparison.OrdinalIgnoreCase) || !"s".Equals(naptr.Flags, StringComparison.OrdinalIgnoreCase)) continue;
            service = naptr.Target ?? service;
            break;
        }

        List<IPEndPoint> found = [];
        foreach (var srv in InOrder(await AskAsync(service, DnsType.Srv, stop), new Rng(seed)))
        {
            if (found.Count >= MaxAddresses) break;
            found.AddRange(await AddressesAsync(srv.Target ?? "", srv.Port, stop));
        }
        return found.Count > 0 ? found : await AddressesAsync(host, SipPort, stop);
    }

    private async Task<IReadOnlyList<IPEndPoint>> AddressesAsync(string host, int port, CancellationToken stop)
    {
        if (_hosts.Value.TryGetValue(host, out var listed)) return [.. listed.Where(a => a.AddressFamily == family).Select(a => new IPEndPoint(a, port))];
        var type = family is AddressFamily.InterNetworkV6 ? DnsType.Aaaa : DnsType.A;
        string name = host;
        for (int alias = 0; alias < MaxAliases; alias++)
        {
            var records = await AskAsync(name, type, stop);
            var addresses = records.Where(r => r.Type == type && r.Address is not null).Take(MaxAddresses).Select(r => new IPEndPoint(r.Address!, port)).ToList();
            if (addresses.Count > 0) return addresses;
            if (records.FirstOrDefault(r => r.Type is DnsType.Cname) is not { Target: { } target }) return [];
            name = target;
        }
        return [];
    }

    /// <summary>RFC 2782: lower priority first; within one priority a draw by weight.</summary>
    private static IEnumerable<DnsRecord> InOrder(IEnumerable<DnsRecord> records, Rng rng)
    {
        foreach (var group in records.Where(r => r is { Type: DnsType.Srv, Target: not (null or "") }).GroupBy(r => r.Order).OrderBy(g => g.Key))
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
        var now = clock.GetUtcNow();
        if (_cache.TryGetValue(key, out var kept) && kept.Until > now) return kept.Records;

        var (status, records) = await client.AskAsync(name, type, stop);
        Metrics.NameLookups.Add(1, new KeyValuePair<string, object?>("outcome", status.ToString()));
        var life = records.Count == 0 ? FailureLife : TimeSpan.FromSeconds(records.Min(r => r.Ttl));
        if (life < ShortestLife) life = ShortestLife;
        if (life > LongestLife) life = LongestLife;
        if (_cache.Count >= MaxCached) _cache.Clear();
        _cache[key] = (now + life, records);
        return records;
    }

    private static Dictionary<string, List<IPAddress>> ReadHosts()
    {
        const string path = "/etc/hosts";
        Dictionary<string, List<IPAddress>> hosts = new(StringComparer.OrdinalIgnoreCase) { ["localhost"] = [IPAddress.Loopback, IPAddress.IPv6Loopback] };
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
