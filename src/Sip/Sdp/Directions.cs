using Ringwright.Core;

namespace Ringwright.Sip.Sdp;

/// <summary>The four direction attributes (RFC 8866 section 6.7) and what becomes of two of them (RFC 3264 section 6.1).</summary>
internal static class Directions
{
    public static string Attribute(StreamDirection direction) => direction switch
    {
        StreamDirection.SendOnly => "sendonly",
        StreamDirection.ReceiveOnly => "recvonly",
        StreamDirection.Inactive => "inactive",
        _ => "sendrecv",
    };

    /// <summary>What the section says, else the session, else sendrecv.</summary>
    public static StreamDirection Of(MediaDescription media, SessionDescription session) =>
        Find(media.Attributes) ?? Find(session.Attributes) ?? StreamDirection.SendReceive;

    /// <summary>Our direction when we want <paramref name="ours"/> and the peer, seen from there, <paramref name="peers"/>.</summary>
    public static StreamDirection Meet(StreamDirection ours, StreamDirection peers) =>
        From(Sends(ours) && Receives(peers), Receives(ours) && Sends(peers));

    /// <summary>The direction without its receiving half: what c=0.0.0.0 means (RFC 3264 section 8.4).</summary>
    public static StreamDirection Deaf(StreamDirection direction) => From(Sends(direction), receives: false);

    private static StreamDirection? Find(IReadOnlyList<SdpAttribute> attributes)
    {
        foreach (var (name, _) in attributes)
        {
            if (name.Equals("sendrecv", StringComparison.OrdinalIgnoreCase)) return StreamDirection.SendReceive;
            if (name.Equals("sendonly", StringComparison.OrdinalIgnoreCase)) return StreamDirection.SendOnly;
            if (name.Equals("recvonly", StringComparison.OrdinalIgnoreCase)) return StreamDirection.ReceiveOnly;
            if (name.Equals("inactive", StringComparison.OrdinalIgnoreCase)) return StreamDirection.Inactive;
        }
        return null;
    }

    private static bool Sends(StreamDirection direction) => direction is StreamDirection.SendReceive or StreamDirection.SendOnly;
    private static bool Receives(StreamDirection direction) => direction is StreamDirection.SendReceive or StreamDirection.ReceiveOnly;

    private static StreamDirection From(bool sends, bool receives) => (sends, receives) switch
    {
        (true, true) => StreamDirection.SendReceive,
        (true, false) => StreamDirection.SendOnly,
        (false, true) => StreamDirection.ReceiveOnly,
        _ => StreamDirection.Inactive,
    };
}
