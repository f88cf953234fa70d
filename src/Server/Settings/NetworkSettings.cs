using System.Net;

namespace Ringwright.Server.Settings;

/// <summary>One network that the node is on.</summary>
internal sealed record NetworkSettings
{
    public required IPEndPoint Sip { get; init; }
    /// <summary>Where SIP over TLS is taken; off when null.</summary>
    public IPEndPoint? SipTls { get; init; }
    public required PortRange Rtp { get; init; }
    /// <summary>The address that SIP and SDP tell others; the listener's own when not set.</summary>
    public IPAddress? Advertise { get; init; }
    /// <summary>Legs that it has ports for.</summary>
    public int Channels => (Rtp.Last - Rtp.First + 1) / 2;

    /// <summary>More pairs have no numbers.</summary>
    private const int MostPairs = 65_536;

    /// <summary>
    /// What belongs together: <c>--sip</c> makes a network; ranges, TLS listeners and advertised addresses find theirs by its host.
    /// What names no host is for all networks (a range), or for the first of its IP version (an address).
    /// </summary>
    /// <param name="rtp">Without a host where it is null.</param>
    /// <param name="advertise">With the local host that it stands for, or without.</param>
    /// <exception cref="StartRefused">Two of them contradict each other, or one belongs to none.</exception>
    public static IReadOnlyList<NetworkSettings> Join(IReadOnlyList<IPEndPoint> sip, IReadOnlyList<IPEndPoint> sipTls,
        IReadOnlyList<(IPAddress? Host, int First, int Last)> rtp, IReadOnlyList<(IPAddress? Local, IPAddress Told)> advertise)
    {
        CheckDistinct(sip);
        var free = rtp.Where(r => r.Host is null).ToList();
        if (free.Count > 1) throw new StartRefused("two --rtp name no host: give each the host of its --sip");
        if (free.Count > 0 && rtp.Count > sip.Count)
            throw new StartRefused("--rtp names more ranges than there are networks: each has one");
        // The only one may have its ports elsewhere, as it always could.
        if (sip.Count > 1)
        {
            foreach (var (host, first, last) in rtp.Where(r => r.Host is not null && !sip.Any(s => s.Address.Equals(r.Host))))
                throw new StartRefused($"--rtp {new PortRange(host!, first, last)} belongs to no --sip: none listens on that host");
            foreach (var secure in sipTls.Where(t => !sip.Any(s => s.Address.Equals(t.Address))))
                throw new StartRefused($"--sip-tls {secure} belongs to no --sip: none listens on that host");
        }
        var told = new IPAddress?[sip.Count];
        foreach (var (local, address) in advertise)
        {
            int network = NetworkOf(sip, local, address);
            if (told[network] is { } other && !other.Equals(address))
                throw new StartRefused($"--advertise says both {other} and {address} for --sip {sip[network]}");
            told[network] = address;
        }
        NetworkSettings[] all = [.. sip.Select((where, number) => new NetworkSettings
        {
            Sip = where,
            SipTls = Only("--sip-tls", where, [.. sipTls.Where(t => sip.Count == 1 || t.Address.Equals(where.Address))]),
            Rtp = Only("--rtp", where, [.. rtp.Where(r => r.Host is { } host && (sip.Count == 1 || host.Equals(where.Address)))
                .Select(r => new PortRange(r.Host!, r.First, r.Last))]) ?? Usual(where, free),
            Advertise = told[number],
        })];
        int pairs = all.Sum(network => (network.Rtp.Last - network.Rtp.First + 1) / 2);
        return pairs <= MostPairs ? all
            : throw new StartRefused(
                $"--rtp has {pairs} pairs of ports on all networks together, and a node serves {MostPairs}: give less");
    }

    private static void CheckDistinct(IReadOnlyList<IPEndPoint> sip)
    {
        for (int i = 0; i < sip.Count; i++)
            foreach (var other in sip.Take(i).Where(other => other.AddressFamily == sip[i].AddressFamily))
            {
                if (other.Address.Equals(sip[i].Address))
                    throw new StartRefused($"--sip {other} and --sip {sip[i]} are on one host: a network has one port");
                if (IsEvery(other.Address) || IsEvery(sip[i].Address))
                    throw new StartRefused($"--sip {other} and --sip {sip[i]} overlap: one of them listens on every address");
            }
    }

    private static int NetworkOf(IReadOnlyList<IPEndPoint> sip, IPAddress? local, IPAddress told)
    {
        for (int i = 0; i < sip.Count; i++)
            if (local is null ? sip[i].AddressFamily == told.AddressFamily : sip[i].Address.Equals(local)) return i;
        if (local is not null) throw new StartRefused($"--advertise {local}={told} belongs to no --sip: none listens on {local}");
        // Of the first one it is said what is wrong with it.
        return sip.Count == 1 ? 0 : throw new StartRefused($"--advertise {told} belongs to no --sip: none is of its IP version");
    }

    private static T? Only<T>(string flag, IPEndPoint network, IReadOnlyList<T> found) where T : class =>
        found.Count < 2 ? found.FirstOrDefault()
            : throw new StartRefused($"{flag} {found[0]} and {flag} {found[1]} are both for --sip {network}: give one");

    private static PortRange Usual(IPEndPoint network, List<(IPAddress? Host, int First, int Last)> free) =>
        free is [var (_, first, last)] ? new(network.Address, first, last)
            : new(network.Address, PortRange.UsualFirst, PortRange.UsualLast);

    private static bool IsEvery(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
