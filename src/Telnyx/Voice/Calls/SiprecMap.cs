using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Telnyx.Connections;

namespace Ringwright.Telnyx.Voice.Calls;

/// <summary>The commands of sessions with recording servers.</summary>
internal static class SiprecMap
{
    private const string Connector = "connector_name", Timeout = "session_timeout_secs", Secure = "secure";
    private const int UsualSeconds = 1_800, LeastSeconds = 90, MostSeconds = 86_400;

    /// <summary>Null where the body's problems say why.</summary>
    public static async ValueTask<LegCommand?> StartAsync(OperationContext op, VoiceBody body, Database store)
    {
        var tracks = body.OneOf("siprec_track", VoiceErrors.BadRequest, "inbound_track", "outbound_track", "both_tracks") switch
        {
            "inbound_track" => TapTracks.Said,
            "outbound_track" => TapTracks.Heard,
            _ => TapTracks.Said | TapTracks.Heard,
        };
        // Who asks for keys and names no transport does not want the keys in the clear.
        bool isSecure = body.Flag(Secure);
        var transport = body.OneOf("sip_transport", VoiceErrors.BadRequest, "udp", "tcp", "tls") switch
        {
            "tcp" => SipTransport.Tcp,
            "tls" => SipTransport.Tls,
            "udp" => SipTransport.Udp,
            _ => isSecure ? SipTransport.Tls : SipTransport.Udp,
        };
        int seconds = body.Whole(Timeout, UsualSeconds, 0, MostSeconds, VoiceErrors.BadRequest);
        if (seconds is > 0 and < LeastSeconds)
            body.Refuse(VoiceErrors.BadRequest, Timeout, $"{Timeout} must be 0 for none, or {LeastSeconds} or more.");
        if (body.Text(Connector) is not { Length: > 0 } name)
        {
            body.Refuse(VoiceErrors.MissingParameter, Connector, $"{Connector} is required.");
            return null;
        }
        if (await SiprecConnectors.FindAsync(op.Tenant, name, store, op.Stop) is not var (host, port))
        {
            body.Refuse(VoiceErrors.BadRequest, Connector, $"{Connector} names no SIPREC connector of this account.");
            return null;
        }
        return new LegCommand.StartSiprec(new(name, host, port)
        {
            Tracks = tracks,
            Transport = transport,
            IsSecure = isSecure,
            SessionSeconds = seconds == 0 ? null : seconds,
            TellsHeaders = body.Flag("include_metadata_custom_headers"),
        })
        {
            CommandId = body.CommandId(), Labels = body.Labels(),
        };
    }

    public static LegCommand Stop(VoiceBody body) => new LegCommand.StopSiprec { CommandId = body.CommandId(), Labels = body.Labels() };
}
