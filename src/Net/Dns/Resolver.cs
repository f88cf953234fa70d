using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Ringwright.Core;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;
using Ringwright.Switch.Recovery;
using Ringwright.Switch.Routing;

namespace Ringwright.Net.Dns;

/// <summary>
/// Finds where to send a request, and by which transport (RFC 3263): an address literal as it is; with a port the name's addresses; without
/// one NAPTR when the transport is open too, then SRV, then the name's addresses at 5060 or 5061. Names of /etc/hosts come first.
/// Answers are kept for their time to live, and longer while no name server answers. Of a host with addresses of both IP versions those
/// come first that a route leads to, then by RFC 6724 section 2.1 (RFC 7984); none is given of a version that no network of the node has.
/// </summary>
internal sealed class Resolver(DnsClient client, SipNetworks networks, TimeProvider clock, string hostsFile = "/etc/hosts")
{
    private const int MaxFlows = 8, MaxCached = 4_096, MaxAliases = 8;
    /// <summary>What a name without NAPTR records is asked for, one after the other.</summary>
    private static readonly SipTransport[] Transports = [SipTransport.Udp, SipTransport.Tcp, SipTransport.Tls];
    private static readonly TimeSpan ShortestLife = TimeSpan.FromSeconds(1), LongestLife = TimeSpan.FromMinutes(10),
        FailureLife = TimeSpan.FromSeconds(5);
    /// <summary>Where no name server has answered nobody waits for that again for so long.</summary>
    private static readonly TimeSpan SilenceLife = TimeSpan.FromSeconds(30);
    /// <summary>How old an answer may be that stands in for one that does not come; RFC 8767 section 5 says a day to three.</summary>
    private static readonly TimeSpan OldestAnswer = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<(string Name, DnsType Type),
        (long At, TimeSpan Life, List<DnsRecord> Records, DnsStatus Status, long Answered)> _cache = new();
    private readonly WatchedFile<Dictionary<string, List<IPAddress>>> _hosts = new(hostsFile, ReadHosts([], []), ReadHosts, clock);

    /// <param name="seed">For the choice among SRV records of one priority by weight.</param>
    public async Task<IReadOnlyList<SipFlow>> ResolveAsync(SipPlace place, ulong seed, CancellationToken stop)
    {
        if (InitialInvite.TryLiteral(place, out var literal)) return networks.On(literal, EngineClock.At(clock)) is { } way ? [way] : [];
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

    /// <summary>The addresses of a host, as far as the node has networks for them. For RTP, so no other records count.</summary>
    public async Task<IReadOnlyList<IPAddress>> AddressesOfAsync(string host, CancellationToken stop) =>
        [.. (await AddressesAsync(host, port: 0, stop)).Select(found => found.Address)];

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
        if (InitialInvite.TryLiteral(place, out var literal))
            return networks.FirstOf(literal.Remote.AddressFamily) is null
                ? $"it is an {VersionOf(literal.Remote.AddressFamily)} address, and the node listens on {Versions} alone (--sip)"
                : null;
        string name = place.Host.TrimEnd('.').ToLowerInvariant();
        List<DnsStatus> said = [];
        foreach (var family in Families)
            if (_cache.TryGetValue((name, RecordOf(family)), out var kept)) said.Add(kept.Status);
        if (said.Count == 0) return null;
        return said.Contains(DnsStatus.NoSuchName) ? "there is no such name"
            : said.TrueForAll(status => status is DnsStatus.Ok) ? $"the name has no {Versions} address"
            : "no name server answered for it";
    }

    private IEnumerable<AddressFamily> Families => networks.All.Select(network => network.Family).Distinct();

    /// <summary>What the node listens on, in words.</summary>
    private string Versions => string.Join(" or ", Families.Select(VersionOf));

    private static string VersionOf(AddressFamily family) => family is AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4";

    private static DnsType RecordOf(AddressFamily family) => family is AddressFamily.InterNetworkV6 ? DnsType.Aaaa : DnsType.A;

    /// <summary>What a look-up may end in besides an answer.</summary>
    public static bool IsFailure(Exception e) =>
        e is SocketException or IOException or OperationCanceledException or InvalidOperationException;

    private static string ServiceOf(SipTransport transport) =>
        transport switch { SipTransport.Tcp => "_sip._tcp.", SipTransport.Tls => "_sips._tcp.", _ => "_sip._udp." };

    private async Task<IReadOnlyList<SipFlow>> FlowsAsync(SipTransport transport, string host, int port, CancellationToken stop) =>
    [
        .. (await AddressesAsync(host, port, stop)).Select(address => networks.On(new(transport, address), EngineClock.At(clock)))
            .OfType<SipFlow>(),
    ];

    private async Task<IReadOnlyList<IPEndPoint>> AddressesAsync(string host, int port, CancellationToken stop)
    {
        if (_hosts.Value.TryGetValue(host, out var listed))
            return InOrder(listed.Where(a => networks.FirstOf(a.AddressFamily) is not null).Select(a => new IPEndPoint(a, port)));
        // All at once: a name server that is silent costs its time only once.
        return InOrder((await Task.WhenAll(Families.Select(family => AddressesAsync(host, RecordOf(family), port, stop))))
            .SelectMany(found => found));
    }

    private async Task<IReadOnlyList<IPEndPoint>> AddressesAsync(string host, DnsType type, int port, CancellationToken stop)
    {
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

    /// <summary>Of one family as they came; of two those first that a route leads to, and then by precedence.</summary>
    private IReadOnlyList<IPEndPoint> InOrder(IEnumerable<IPEndPoint> found)
    {
        List<IPEndPoint> all = [.. found];
        var now = EngineClock.At(clock);
        return all.TrueForAll(one => one.AddressFamily == all[0].AddressFamily) ? all
            : [.. all.OrderByDescending(one => networks.IsRouted(one.Address, now)).ThenByDescending(one => Precedence(one.Address))];
    }

    /// <summary>RFC 6724 section 2.1: IPv6, then IPv4, then what is nobody's but a site's.</summary>
    private static int Precedence(IPAddress address) =>
        IPAddress.IsLoopback(address) ? 50 : address.AddressFamily is AddressFamily.InterNetwork ? 35 : address.IsIPv6UniqueLocal ? 3 : 40;

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
        bool isKnown = _cache.TryGetValue(key, out var kept);
        if (isKnown && clock.GetElapsedTime(kept.At, asked) < kept.Life) return kept.Records;

        var (status, records) = await client.AskAsync(name, type, stop);
        Metrics.NameLookups.Add(1, new KeyValuePair<string, object?>("outcome", status.ToString()));
        if (_cache.Count >= MaxCached) _cache.Clear();
        if (status is not (DnsStatus.Ok or DnsStatus.NoSuchName))
        {
            // Counted from now on: where they were silent the question itself has taken seconds.
            long now = clock.GetTimestamp();
            var again = clock.GetElapsedTime(asked, now) >= ShortestLife ? SilenceLife : FailureLife;
            bool isStandIn = isKnown && kept.Records.Count > 0 && clock.GetElapsedTime(kept.Answered, asked) < OldestAnswer;
            _cache[key] = isStandIn ? (now, again, kept.Records, DnsStatus.Ok, kept.Answered) : (now, again, records, status, asked);
            return isStandIn ? kept.Records : records;
        }
        var life = records.Count == 0 ? FailureLife : TimeSpan.FromSeconds(records.Min(r => r.Ttl));
        if (life < ShortestLife) life = ShortestLife;
        if (life > LongestLife) life = LongestLife;
        _cache[key] = (asked, life, records, status, asked);
        return records;
    }

    /// <summary>A name that is taken out of the file is in it no more.</summary>
    private static Dictionary<string, List<IPAddress>> ReadHosts(IEnumerable<string> lines, Dictionary<string, List<IPAddress>> before)
    {
        Dictionary<string, List<IPAddress>> hosts =
            new(StringComparer.OrdinalIgnoreCase) { ["localhost"] = [IPAddress.Loopback, IPAddress.IPv6Loopback] };
        foreach (string line in lines)
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
