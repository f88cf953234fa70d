using System.Text;
using Ringwright.Calls;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Streams.Siprec;

/// <summary>What a dialog with a recording server is about.</summary>
/// <param name="To">Where the INVITE goes.</param>
/// <param name="Uri">Of the server.</param>
/// <param name="Own">How the server reaches us: host:port.</param>
/// <param name="Metadata">Written when it is wanted.</param>
/// <param name="SessionSeconds">Null for no session timer.</param>
internal sealed record SiprecCall(SipFlow To, string Uri, string Own, SiprecOffer Offer, Func<byte[]> Metadata, int? SessionSeconds)
{
    /// <summary>Of the request that begins it, beside those of the protocol.</summary>
    public IReadOnlyList<CustomSipHeader> Headers { get; init; } = [];
}

/// <summary>How recording clients speak.</summary>
internal static class SiprecWords
{
    public const string UserAgent = "Ringwright";
    /// <summary>RFC 7866 section 7.2.2: a server wants all metadata anew.</summary>
    public const string MetadataRequest = "application/rs-metadata-request";
    public const string Multipart = $"multipart/mixed;boundary={Boundary}";
    private const string Boundary = "ringwright-siprec";
    private const int MostReason = 60;

    public static readonly UserAgentPolicy Policy = new()
    {
        Methods = [SipMethod.Invite, SipMethod.Ack, SipMethod.Cancel, SipMethod.Bye, SipMethod.Options, SipMethod.Update, SipMethod.Info],
        Options = ["timer", "siprec"],
        Types = ["application/sdp", MetadataRequest],
    };

    /// <summary>The body of <see cref="Multipart"/>.</summary>
    public static byte[] Joined(byte[] offer, byte[] metadata) =>
    [
        .. Encoding.ASCII.GetBytes($"--{Boundary}\r\nContent-Type: application/sdp\r\n\r\n"), .. offer,
        .. Encoding.ASCII.GetBytes($"\r\n--{Boundary}\r\nContent-Type: {SiprecMetadata.MediaType}\r\n"
            + "Content-Disposition: recording-session\r\n\r\n"), .. metadata,
        .. Encoding.ASCII.GetBytes($"\r\n--{Boundary}--\r\n"),
    ];

    /// <summary>A server's words, as far as they may stand in a sentence of ours.</summary>
    public static string Shortened(string reason) => string.Concat(reason.Where(c => !char.IsControl(c)).Take(MostReason));
}
