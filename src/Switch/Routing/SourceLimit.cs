using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Ringwright.Core;

namespace Ringwright.Switch.Routing;

/// <summary>
/// At most so many answers a second per address, then nothing. A table of fixed size, in which a few addresses share a place:
/// a flood from everywhere, whose addresses are forged, neither fills memory nor keeps the answers from everybody else.
/// </summary>
internal sealed class SourceLimit(int perSecond, NodeIdentity identity, string purpose)
{
    /// <summary>Secret, so that nobody can choose whose place he shares.</summary>
    private readonly ulong _seed =
        BinaryPrimitives.ReadUInt64BigEndian(HMACSHA256.HashData(identity.TokenKey.Span, Encoding.UTF8.GetBytes($"places of {purpose}")));
    private readonly (Instant Until, int Sent)[] _places = new (Instant, int)[Limits.SourcePlaces];

    public bool TryTake(IPAddress source, Instant now) => TryTake(PlaceOf(source, 0), now);

    /// <summary>For a limit of each port, or of each group of ports.</summary>
    public bool TryTake(IPAddress source, int port, Instant now) => TryTake(PlaceOf(source, port), now);

    private bool TryTake(int index, Instant now)
    {
        ref var place = ref _places[index];
        if (place.Until <= now) place = (now + TimeSpan.FromSeconds(1), 0);
        return ++place.Sent <= perSecond;
    }

    private int PlaceOf(IPAddress source, int port)
    {
        Span<byte> bytes = stackalloc byte[16];
        source.TryWriteBytes(bytes, out int length);        // sixteen bytes hold every address
        ulong hash = Mixed(_seed ^ (uint)port);
        foreach (byte at in bytes[..length]) hash = Mixed(hash ^ at);
        return (int)(hash % (ulong)_places.Length);
    }

    /// <summary>The finisher of splitmix64: each bit of what goes in changes half of what comes out.</summary>
    private static ulong Mixed(ulong value)
    {
        value += 0x9E37_79B9_7F4A_7C15;
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }
}
