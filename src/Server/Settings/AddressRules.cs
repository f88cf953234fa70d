using System.Net;
using System.Net.Sockets;
using Ringwright.Core;

namespace Ringwright.Server.Settings;

/// <summary>An address that cannot work with the others, and what to do about it.</summary>
internal readonly record struct AddressFault(string Says, string Advice);

/// <summary>
/// Addresses with which every call would be silent, or none come about, although each of them can be listened on.
/// <c>serve</c> refuses them, <c>doctor</c> tells of them.
/// </summary>
internal static class AddressRules
{
    /// <param name="own">The machine's addresses, loopback left out.</param>
    public static IEnumerable<AddressFault> Find(ServeSettings settings, IReadOnlyList<IPAddress> own) =>
        settings.Networks.SelectMany(network => Find(network, own));

    private static IEnumerable<AddressFault> Find(NetworkSettings network, IReadOnlyList<IPAddress> own)
    {
        var rtp = network.Rtp.Address;
        if (OpenSip(network) is { } open && IPAddress.IsLoopback(rtp))
            yield return new($"SIP is open on {open} and sound only on {rtp}, where nobody outside hears or is heard",
                "leave the host out of --rtp, or give it the one of --sip");
        if (rtp.AddressFamily != network.Sip.AddressFamily)
            yield return new(
                $"--sip is {Kind(network.Sip.Address)} and --rtp {Kind(rtp)}: a far end that reaches one does not reach the other",
                "give both an address of the same kind");
        if (network.Advertise is not { } told) yield break;
        if (Unusable(told) is { } what)
            yield return new($"--advertise {told} is {what}: nobody can answer to it",
                "give the address by which others reach this machine, or leave --advertise out");
        else if (told.AddressFamily != network.Sip.AddressFamily)
            yield return new($"--advertise {told} is {Kind(told)} and --sip {Kind(network.Sip.Address)}",
                "give both an address of the same kind");
        else if (IPAddress.IsLoopback(told) && OpenSip(network) is not null)
            yield return new($"--advertise {told} tells callers from outside to answer to themselves",
                "give the address by which others reach this machine, or leave --advertise out");
        else
        {
            if (Misses(rtp, told, own))
                yield return new($"--advertise {told} tells others to send sound there, and --rtp listens on {rtp} alone",
                    $"give --rtp {told} or 0.0.0.0 for a host, or advertise {rtp}");
            if (Misses(network.Sip.Address, told, own))
                yield return new($"--advertise {told} tells others to call there, and --sip listens on {network.Sip.Address} alone",
                    $"give --sip {told} or 0.0.0.0 for a host, or advertise {network.Sip.Address}");
        }
    }

    /// <summary>
    /// What is told is an address of this machine, or a place outside, and not where the listener is.
    /// Of an address elsewhere a NAT may lead to it, unless that is loopback.
    /// </summary>
    private static bool Misses(IPAddress listener, IPAddress told, IReadOnlyList<IPAddress> own) =>
        !listener.Equals(told) && !IsEvery(listener)
            && (IPAddress.IsLoopback(listener) || IPAddress.IsLoopback(told) || own.Contains(told));

    private static IPEndPoint? OpenSip(NetworkSettings network) =>
        !IPAddress.IsLoopback(network.Sip.Address) ? network.Sip
            : network.SipTls is { } secure && !IPAddress.IsLoopback(secure.Address) ? secure : null;

    private static string? Unusable(IPAddress address) =>
        IsEvery(address) ? "no address of anybody's" : TargetPolicy.Strict.Check(address, 0, TargetUse.Signalling) switch
        {
            TargetVerdict.Multicast => "a multicast address",
            TargetVerdict.Broadcast => "the broadcast address",
            TargetVerdict.LinkLocal => "a link-local address",
            _ => null,
        };

    private static bool IsEvery(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static string Kind(IPAddress address) => address.AddressFamily is AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4";
}
