using System.Net;
using System.Security.Cryptography;
using System.Text;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Messages;

namespace Ringwright.Switch.Registrations;

/// <summary>
/// The mark in the Contact that we register with a trunk: <c>;line=…</c>. Only the trunk's registrar learns it, so whoever calls that
/// Contact calls for the trunk, wherever his requests come from.
/// </summary>
internal static class TrunkLine
{
    private const int Digits = 24;

    public static string Of(TrunkId trunk, ReadOnlyMemory<byte> key)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Span, Encoding.UTF8.GetBytes($"trunk line {trunk}"), mac);
        return Convert.ToHexStringLower(mac)[..Digits];
    }

    /// <summary>The trunk whose mark the URI carries.</summary>
    public static Trunk? Find(RoutingSnapshot routing, SipUri uri, ReadOnlyMemory<byte> key)
    {
        if (!uri.Parameters.TryFind("line"u8, out var line) || line.Length != Digits) return null;
        foreach (var trunk in routing.Trunks)
            if (trunk is { IsEnabled: true, Registers: true }
                && CryptographicOperations.FixedTimeEquals(line, Encoding.ASCII.GetBytes(Of(trunk.Id, key)))) return trunk;
        return null;
    }

    /// <summary>
    /// The trunk whose registrar leaves the parameters of a Contact out, the mark among them: our login is what is left of it. It counts
    /// from the trunk's own addresses only, for a login is no secret.
    /// </summary>
    public static Trunk? FindByLogin(RoutingSnapshot routing, SipUri uri, IPAddress source)
    {
        string user = uri.UserText;
        foreach (var trunk in routing.Trunks)
            if (trunk is { IsEnabled: true, Registers: true, Login: { Length: > 0 } login } && login == user
                && trunk.NarrowestSource(source) is not null) return trunk;
        return null;
    }
}
