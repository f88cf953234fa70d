using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Streams;
using Ringwright.Telnyx.Voice;
using Ringwright.Texml.Twiml;

namespace Ringwright.Server.Modules;

/// <summary>Frames of media streams, as programs written for TwiML know them.</summary>
internal static class TwimlFrames
{
    private static readonly FrameWords Words = new()
    {
        Stream = JsonEncodedText.Encode("streamSid"),
        Number = JsonEncodedText.Encode("sequenceNumber"),
        Parameters = JsonEncodedText.Encode("customParameters"),
        Format = JsonEncodedText.Encode("mediaFormat"),
        Rate = JsonEncodedText.Encode("sampleRate"),
        Encodings = new Dictionary<string, string> { [StreamFormat.Pcmu.Encoding] = "audio/x-mulaw" }
            .ToFrozenDictionary(StringComparer.Ordinal),
        AlwaysHasParameters = true,
        Protocol = "Call",
        KeyTrack = "inbound_track",
    };

    public static StreamIdentity Of(StreamOrder order)
    {
        var leg = order.Leg;
        string account = TwimlNames.Account(leg.Tenant), call = TwimlNames.Call(leg.Id), stream = TwimlNames.Stream(order.Id);
        var tracks = new JsonArray();
        if (order.Terms.Tracks.HasFlag(TapTracks.Said)) tracks.Add((JsonNode)"inbound");
        if (order.Terms.Tracks.HasFlag(TapTracks.Heard)) tracks.Add((JsonNode)"outbound");
        return new()
        {
            Words = Words,
            Stream = stream,
            // Of one that the other API has begun on such a call.
            TokenHeader = StreamIdentities.TokenHeader,
            Start = new() { ["accountSid"] = account, ["streamSid"] = stream, ["callSid"] = call, ["tracks"] = tracks },
            Stop = new() { ["accountSid"] = account, ["callSid"] = call },
        };
    }
}
