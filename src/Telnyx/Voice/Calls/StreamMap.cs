using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Streams;

namespace Ringwright.Telnyx.Voice.Calls;

/// <summary>The commands of media streams, and the parameters that ask for one from the answer on.</summary>
internal static class StreamMap
{
    /// <summary>What asks for something that only a stream can have.</summary>
    private static readonly string[] OfStreamsOnly = ["stream_establish_before_call_originate", "stream_auth_token", "custom_parameters"];

    public static LegCommand? Start(VoiceBody body)
    {
        if (!body.Has("stream_url")) body.Refuse(VoiceErrors.MissingParameter, "stream_url", "stream_url is required.");
        string? id = body.CommandId();
        var labels = body.Labels();
        return Terms(body) is { } terms ? new LegCommand.StartStream(terms) { CommandId = id, Labels = labels } : null;
    }

    public static LegCommand Stop(VoiceBody body) =>
        // One that was never ours is no stream of the call either.
        new LegCommand.StopStream(body.Text("stream_id") is { Length: > 0 } text ? Guid.TryParse(text, out var id) ? id : Guid.Empty : null)
        {
            CommandId = body.CommandId(), Labels = body.Labels()
        };

    /// <summary>Of dial, answer and transfer; null when they ask for no stream, or for one that cannot be.</summary>
    public static StreamTerms? FromAnswer(VoiceBody body)
    {
        if (!string.IsNullOrEmpty(body.Text("stream_url"))) return Terms(body);
        foreach (string name in OfStreamsOnly)
            if (body.Flag(name) || body.Text(name) is { Length: > 0 } || body.Json[name] is JsonArray { Count: > 0 })
                body.Refuse(VoiceErrors.MissingParameter, "stream_url", $"{name} needs stream_url.");
        return null;
    }

    private static StreamTerms? Terms(VoiceBody body)
    {
        if (body.SocketUrl("stream_url") is not { } url) return null;
        string? mode = body.OneOf("stream_bidirectional_mode", VoiceErrors.BadRequest, "mp3", "rtp");
        var (outgoing, incoming) = (Outgoing(body), Incoming(body));
        RefuseUnsupported(body, "stream_codec", outgoing);
        if (mode is "rtp") RefuseUnsupported(body, "stream_bidirectional_codec", incoming);
        return new(url, Tracks(body))
        {
            Format = outgoing,
            Injection = mode is "rtp" ? StreamInjection.Rtp : StreamInjection.Mp3,
            InjectionFormat = incoming,
            InjectsInto = Targets(body),
            CustomParameters = Parameters(body),
            AuthToken = Token(body),
            // The contract has no word for it; the vendor's documents do so unless they say otherwise.
            Reconnects = true,
        };
    }

    private static void RefuseUnsupported(VoiceBody body, string name, StreamFormat? format)
    {
        if (format is not null && StreamFormats.ProblemOf(format) is { } problem) body.Refuse(VoiceErrors.BadRequest, name, problem);
    }

    private static TapTracks Tracks(VoiceBody body) =>
        body.OneOf("stream_track", VoiceErrors.BadRequest, "inbound_track", "outbound_track", "both_tracks") switch
        {
            "outbound_track" => TapTracks.Heard,
            "both_tracks" => TapTracks.Said | TapTracks.Heard,
            _ => TapTracks.Said,
        };

    /// <summary>Opposite is the far end of the streamed leg, self whoever that is bridged to.</summary>
    private static TapTracks Targets(VoiceBody body) =>
        body.OneOf("stream_bidirectional_target_legs", VoiceErrors.BadRequest, "opposite", "self", "both") switch
        {
            "self" => TapTracks.Said,
            "both" => TapTracks.Said | TapTracks.Heard,
            _ => TapTracks.Heard,
        };

    /// <summary>Null is the call's own. The contract gives what goes out no rate: the usual one of each codec.</summary>
    private static StreamFormat? Outgoing(VoiceBody body) => Codec(body, "stream_codec", "default") switch
    {
        null or "default" => null,
        "OPUS" => new("OPUS", 16_000),
        "L16" => new("L16", 16_000),
        var codec => Fixed(codec),
    };

    private static StreamFormat Incoming(VoiceBody body)
    {
        const string rateName = "stream_bidirectional_sampling_rate";
        string codec = Codec(body, "stream_bidirectional_codec") ?? "PCMU";
        int? rate = (int?)(body.Json[rateName] as JsonValue)?.GetValue<double>();
        if (rate is not (null or 8_000 or 16_000 or 24_000 or 48_000))
            body.Refuse(VoiceErrors.BadRequest, rateName, $"{rateName} must be one of: 8000, 16000, 24000, 48000.");
        if (codec is "OPUS" or "L16") return new(codec, rate ?? 8_000);
        var format = Fixed(codec);
        // G.722 is called 8000 by SDP, and is 16000 to the ear.
        if (rate is { } asked && asked != 8_000 && asked != format.SampleRate)
            body.Refuse(VoiceErrors.BadRequest, rateName, $"{codec} has no sampling rate of {asked}: OPUS and L16 have.");
        return format;
    }

    private static StreamFormat Fixed(string codec) => codec is "G722" ? new("G722", 16_000) : new(codec, 8_000);

    private static string? Codec(VoiceBody body, string name, params ReadOnlySpan<string> others)
    {
        string? codec = body.OneOf(name, VoiceErrors.BadRequest, ["PCMU", "PCMA", "G722", "OPUS", "AMR-WB", "L16", .. others]);
        if (codec is not "AMR-WB") return codec;
        body.Refuse(VoiceErrors.BadRequest, name, "10041: AMR-WB is not spoken here: PCMU, PCMA, G722, OPUS and L16 are.");
        return null;
    }

    private static IReadOnlyList<StreamParameter> Parameters(VoiceBody body)
    {
        if (body.Json["custom_parameters"] is not JsonArray items) return [];
        if (items.Count > VoiceLimits.StreamParameters)
            body.Refuse(VoiceErrors.BadLength, "custom_parameters",
                $"custom_parameters may hold at most {VoiceLimits.StreamParameters} parameters.");
        var parameters = new List<StreamParameter>();
        for (int i = 0; i < items.Count; i++)
        {
            string? name = (string?)items[i]?["name"], value = (string?)items[i]?["value"];
            if (string.IsNullOrEmpty(name))
                body.Refuse(VoiceErrors.MissingParameter, $"custom_parameters/{i}/name", "A custom parameter needs a name.");
            else if (name.Length > VoiceLimits.StreamParameterLength || value?.Length > VoiceLimits.StreamParameterLength)
                body.Refuse(VoiceErrors.BadLength, $"custom_parameters/{i}",
                    $"Name and value of a custom parameter may have at most {VoiceLimits.StreamParameterLength} characters each.");
            else parameters.Add(new(name, value ?? ""));
        }
        return parameters;
    }

    /// <summary>It becomes a header's value.</summary>
    private static string? Token(VoiceBody body)
    {
        if (body.Text("stream_auth_token") is not { Length: > 0 } token) return null;
        if (token.Length > VoiceLimits.StreamTokenLength)
            body.Refuse(VoiceErrors.BadLength, "stream_auth_token",
                $"stream_auth_token may have at most {VoiceLimits.StreamTokenLength} characters.");
        else if (token.AsSpan().ContainsAnyExceptInRange('!', '~'))
            body.Refuse(VoiceErrors.BadRequest, "stream_auth_token",
                "stream_auth_token is sent as a header: it may hold visible ASCII characters only.");
        return token;
    }
}
