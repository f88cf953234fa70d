using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Telnyx.Speech;

namespace Ringwright.Telnyx.Voice;

/// <summary>
/// Reads the body of a voice command. Types were checked against the schema before; this checks values and collects what is wrong.
/// </summary>
/// <param name="egress">Says which URLs may be named.</param>
internal sealed class VoiceBody(JsonObject json, EgressClient egress)
{
    private static readonly SearchValues<char> DigitCharacters = SearchValues.Create("0123456789ABCDabcd*#");
    private static readonly SearchValues<char> Base64Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    private readonly List<Problem> _problems = [];

    public static VoiceBody Of(OperationContext op, VoiceParts parts) => Of(op.ReadObject(), parts);

    public static VoiceBody Of(JsonObject json, VoiceParts parts) => new(json, parts.Egress)
    {
        Missing = parts.Files.Missing, VoiceFault = voice => VoiceNames.FaultOf(voice, parts.Speech), Speeds = parts.Speech.Speeds,
        CannotTranscribe = parts.Transcriber.ProblemOf, CannotTranscribeFile = parts.Transcriber.ProblemOf,
        GreetingAnalysis = parts.GreetingAnalysis,
    };

    public IReadOnlyList<Problem> Problems => _problems;

    /// <summary>Why recordings in a format cannot be made on this node; null when they can.</summary>
    public Func<RecordFormat, string?> Missing { get; init; } = static _ => null;

    /// <inheritdoc cref="VoiceNames.FaultOf"/>
    public Func<string, string?> VoiceFault { get; init; } = static _ => null;

    /// <summary>How fast voices can speak.</summary>
    public SpeedRange Speeds { get; init; } = new(1, 1);

    /// <inheritdoc cref="ITranscriber.ProblemOf(string, string)"/>
    public Func<string?, string, string?> CannotTranscribe { get; init; } = static (_, _) => null;

    /// <inheritdoc cref="ITranscriber.ProblemOf(RecordFormat)"/>
    public Func<RecordFormat, string?> CannotTranscribeFile { get; init; } = static _ => null;

    /// <inheritdoc cref="VoiceParts.GreetingAnalysis"/>
    public TimeSpan? GreetingAnalysis { get; init; }

    /// <summary>Names what the command begins.</summary>
    public Func<Guid> MintId { get; init; } = Guid.NewGuid;

    /// <summary>The field that the object stands in, for problems; null of a whole body.</summary>
    public string? Under { get; init; }

    public JsonObject Json => json;

    public bool Has(string name) => json[name] is not null;

    public void Refuse(string code, string name, string detail) =>
        Refuse(new(code, detail) { Pointer = Under is null ? $"/{name}" : $"/{Under}/{name}" });

    public void Refuse(Problem problem) => _problems.Add(problem);

    public string? Text(string name) =>
        json[name] is JsonValue value && value.GetValueKind() is JsonValueKind.String ? value.GetValue<string>() : null;

    public bool Flag(string name) => json[name] is JsonValue value && value.GetValueKind() is JsonValueKind.True;

    public int Whole(string name, int fallback, int least, int most, string code) => Whole(json[name], name, fallback, least, most, code);

    /// <param name="name">Where the number stands, for the problem: a field, or a path of fields.</param>
    public int Whole(JsonNode? number, string name, int fallback, int least, int most, string code)
    {
        if (number is null) return fallback;
        if (number is JsonValue value && TryWhole(value, out int whole) && whole >= least && whole <= most) return whole;
        Refuse(code, name, $"{name[(name.LastIndexOf('/') + 1)..]} must be a whole number from {least} to {most}.");
        return fallback;
    }

    /// <summary>A number of seconds; 0 stands for the usual number, as the vendor's own examples write it.</summary>
    public TimeSpan Seconds(string name, int usual, int least, int most, string code) =>
        TimeSpan.FromSeconds(
            json[name] is JsonValue value && TryWhole(value, out int none) && none == 0 ? usual : Whole(name, usual, least, most, code));

    /// <summary>The same of a number of milliseconds.</summary>
    public TimeSpan Millis(string name, int usual, int least, int most, string code) =>
        TimeSpan.FromMilliseconds(
            json[name] is JsonValue value && TryWhole(value, out int none) && none == 0 ? usual : Whole(name, usual, least, most, code));

    public TimeSpan Millis(string name, int fallback, int most, string code) =>
        TimeSpan.FromMilliseconds(Whole(name, fallback, 1, most, code));

    /// <summary>The text when it is one of <paramref name="allowed"/>, else a problem and null.</summary>
    public string? OneOf(string name, string code, params ReadOnlySpan<string> allowed)
    {
        if (!Has(name)) return null;
        if (Text(name) is { } text && allowed.Contains(text)) return text;
        Refuse(code, name, $"{name} must be one of: {string.Join(", ", allowed!)}.");
        return null;
    }

    /// <summary>
    /// Builders of workflows and clients with types send ids that nobody has filled in: an empty one is none, and so is a UUID of noughts.
    /// Taken for an id, it would make each dial of such a client a repeat of its first.
    /// </summary>
    public string? WrittenCommandId => Json.Filled("command_id") is { } id
        && !(Guid.TryParseExact(id, "D", out var uuid) && uuid == Guid.Empty) ? id : null;

    public string? CommandId()
    {
        if (WrittenCommandId is not { } id) return null;
        if (id.Length <= VoiceLimits.CommandIdLength) return id;
        Refuse(VoiceErrors.BadLength, "command_id", $"command_id may have at most {VoiceLimits.CommandIdLength} characters.");
        return null;
    }

    /// <summary>
    /// Base64 text, kept as it was written but for line breaks, which some encoders set: it comes back in every later webhook of the leg.
    /// </summary>
    public string? ClientState(string name = "client_state")
    {
        if (Text(name) is not { } written) return null;
        string state = string.Concat(written.Split('\r', '\n'));
        if (state.Length > VoiceLimits.ClientStateLength)
            Refuse(VoiceErrors.ClientState, name, $"{name} may have at most {VoiceLimits.ClientStateLength} characters.");
        else if (!IsBase64(state))
            Refuse(VoiceErrors.ClientState, name, $"{name} must be a valid Base64 encoded string.");
        return state;
    }

    /// <summary>Alphabet, length and padding. Unused bits of the last character may be anything: the text is kept, never decoded.</summary>
    private static bool IsBase64(string text)
    {
        var digits = text.AsSpan().TrimEnd('=');
        return text.Length % 4 == 0 && text.Length - digits.Length <= 2 && !digits.ContainsAnyExcept(Base64Characters);
    }

    /// <summary>client_state as labels, with webhook_url and its method where the command has them for the same leg.</summary>
    public Labels? Labels(bool hasWebhook = false) => Labels("client_state", hasWebhook);

    /// <param name="clientState">The field that is the leg's client state.</param>
    public Labels? Labels(string clientState, bool hasWebhook)
    {
        string? state = ClientState(clientState);
        if (!hasWebhook) return TelnyxLabels.Of(state);
        var labels = TelnyxLabels.Of(state, Url("webhook_url", TargetUse.Webhook),
            OneOf("webhook_url_method", VoiceErrors.BadRequest, "POST", "GET"));
        return TypedWebhooks() is { } typed ? (labels ?? Ringwright.Calls.Labels.Empty).With(typed) : labels;
    }

    /// <summary><c>webhook_urls</c>: for types of events a list of URLs, of which there may be one.</summary>
    private Labels? TypedWebhooks()
    {
        if (json["webhook_urls"] is not JsonObject { Count: > 0 } types) return null;
        var urls = new List<(string, string?)>
        {
            (TelnyxLabels.WebhookMethodOfTypes, OneOf("webhook_urls_method", VoiceErrors.BadRequest, "POST", "GET"))
        };
        foreach (var (type, list) in types)
        {
            string field = $"webhook_urls/{type}";
            if (!TelnyxProjector.EventTypes.Contains(type))
                Refuse(VoiceErrors.UnknownEventType, field,
                    $"There are no webhooks of the type {type} here: {string.Join(", ", TelnyxProjector.EventTypes)}.");
            else if (list is not JsonArray { Count: 1 } one)
                Refuse(VoiceErrors.BadRequest, field, "10041: more than one URL for a type of events is not built yet: give one.");
            else if (one[0] is not JsonValue value || value.GetValueKind() is not JsonValueKind.String)
                Refuse(VoiceErrors.InvalidUrl, field, "A URL must be a text.");
            else if (egress.CheckUrl(value.GetValue<string>(), TargetUse.Webhook) is { IsAllowed: false } verdict)
                Refuse(VoiceErrors.InvalidUrl, field, verdict.Detail ?? "This is no URL that may be used.");
            else urls.Add((TelnyxLabels.WebhookUrlOf + type, value.GetValue<string>()));
        }
        return Ringwright.Calls.Labels.Of([.. urls]);
    }

    /// <summary><c>park_after_unbridge</c> knows one word: self.</summary>
    public bool ParksAfterUnbridge() => OneOf("park_after_unbridge", VoiceErrors.BadRequest, "self") is not null;

    /// <summary>Whoever is bridged to somebody else already is left with him.</summary>
    public bool LeavesBridged() => Flag("prevent_double_bridge");

    public DigitMute MuteDigits() => OneOf("mute_dtmf", VoiceErrors.BadRequest, "none", "both", "self", "opposite") switch
    {
        "both" => DigitMute.Both,
        "self" => DigitMute.Self,
        "opposite" => DigitMute.Opposite,
        _ => DigitMute.None,
    };

    /// <summary>An http or https URL that we may connect to; an empty one is none.</summary>
    public string? Url(string name, TargetUse use)
    {
        if (Json.Filled(name) is not { } text) return null;
        if (egress.CheckUrl(text, use) is { IsAllowed: false } verdict)
            Refuse(VoiceErrors.InvalidUrl, name, verdict.Detail ?? $"{name} is no URL that may be used.");
        return text;
    }

    /// <summary>A ws or wss URL that we may connect to.</summary>
    public string? SocketUrl(string name)
    {
        if (Text(name) is not { } text) return null;
        // RFC 6455 section 3
        if (text.Contains('#', StringComparison.Ordinal)) Refuse(VoiceErrors.InvalidUrl, name, $"{name} must have no fragment.");
        else if (egress.CheckUrl(text, TargetUse.Socket) is { IsAllowed: false } verdict)
            Refuse(VoiceErrors.InvalidUrl, name, verdict.Detail ?? $"{name} is no URL that may be used.");
        return text;
    }

    /// <summary>Where RTP may be sent, named as udp:ADDRESS:PORT; without its scheme.</summary>
    public string? UdpTarget(string name)
    {
        const string scheme = "udp:";
        if (Text(name) is not { } text) return null;
        if (!text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) || text.Contains('%', StringComparison.Ordinal)
            || !IPEndPoint.TryParse(text.AsSpan(scheme.Length), out var target) || target.Port == 0)
            Refuse(VoiceErrors.InvalidUrl, name, $"{name} must be udp:ADDRESS:PORT with an IP address, one of IPv6 in brackets.");
        else if (egress.Policy.Check(target, TargetUse.Rtp) is not TargetVerdict.Allowed and var verdict)
            Refuse(VoiceErrors.InvalidUrl, name, $"{name} is refused: {TargetPolicy.Describe(verdict)}.");
        else return target.ToString();
        return null;
    }

    public StopWhat Stop(StopWhat fallback = StopWhat.Nothing)
    {
        if (!Has("stop")) return fallback;
        return OneOf("stop", VoiceErrors.Stop, "current", "all", "overlay") switch
        {
            "current" => StopWhat.Current,
            "all" => StopWhat.All,
            "overlay" => StopWhat.Overlays,
            _ => fallback,
        };
    }

    public TargetLegs Targets() => OneOf("target_legs", VoiceErrors.BadRequest, "self", "opposite", "both") switch
    {
        "opposite" => TargetLegs.Opposite,
        "both" => TargetLegs.Both,
        _ => TargetLegs.Self,
    };

    /// <summary>A set of DTMF characters; at least <paramref name="least"/> and at most <paramref name="most"/> of them.</summary>
    public string DigitSet(string name, string fallback, int least, int most, string code)
    {
        if (Text(name) is not { } text) return fallback;
        if (text.Length >= least && text.Length <= most && !text.AsSpan().ContainsAnyExcept(DigitCharacters))
            return text.ToUpperInvariant();
        Refuse(code, name, least == 0 && most == 1
            ? $"{name} must be one of 0-9, A-D, * and #, or empty."
            : $"{name} must have {least} to {most} of the characters 0-9, A-D, * and #.");
        return fallback;
    }

    /// <summary>Loop counts arrive as numbers or as text; "infinity" is 0 in the engine's language.</summary>
    public int Loops()
    {
        if (json["loop"] is not JsonValue value) return 1;
        if (value.GetValueKind() is JsonValueKind.String)
        {
            string text = value.GetValue<string>();
            if (text is "infinity") return 0;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int written)
                && written is >= 1 and <= VoiceLimits.Loops) return written;
        }
        else if (TryWhole(value, out int number) && number is >= 1 and <= VoiceLimits.Loops)
        {
            return number;
        }
        Refuse(VoiceErrors.Loop, "loop", $"loop must be a whole number from 1 to {VoiceLimits.Loops}, or infinity.");
        return 1;
    }

    /// <summary>custom_headers and sip_headers in the order written; none that SIP itself needs.</summary>
    public IReadOnlyList<CustomSipHeader> Headers()
    {
        var headers = new List<CustomSipHeader>();
        Read("custom_headers", isStandard: false);
        Read("sip_headers", isStandard: true);
        if (HeaderRules.BytesOf(headers) > VoiceLimits.HeaderBytes)
            Refuse(VoiceErrors.BadLength, "custom_headers", $"All headers together may have at most {VoiceLimits.HeaderBytes} bytes.");
        return headers;

        void Read(string list, bool isStandard)
        {
            if (json[list] is not JsonArray items) return;
            if (items.Count > VoiceLimits.Headers)
                Refuse(VoiceErrors.BadLength, list, $"{list} may hold at most {VoiceLimits.Headers} headers.");
            for (int i = 0; i < items.Count; i++)
            {
                if (items[i] is not JsonObject item || item["name"]?.GetValue<string>() is not { } name
                    || item["value"]?.GetValue<string>() is not { } value) continue;
                if (HeaderRules.Refuse(name, value, isStandard) is { } why) Refuse(VoiceErrors.BadRequest, $"{list}/{i}", why);
                else headers.Add(new(name, value));
            }
        }
    }

    /// <summary>SRTP with keys in SDP, when it is asked for.</summary>
    public MediaEncryption Encryption()
    {
        string? asked = OneOf("media_encryption", VoiceErrors.BadRequest, "disabled", "SRTP", "DTLS");
        if (asked is "DTLS")
            Refuse(VoiceErrors.BadRequest, "media_encryption",
                "10041: media encryption by DTLS is not built yet: media_encryption must be disabled or SRTP.");
        return asked is "SRTP" ? MediaEncryption.Required : MediaEncryption.Disabled;
    }

    /// <summary>Codec names in order of preference; the engine leaves out those that it does not speak.</summary>
    public IReadOnlyList<string> Codecs()
    {
        if (Text("preferred_codecs") is not { Length: > 0 } text) return [];
        var names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (string name in names)
        {
            if (name.ToUpperInvariant() is "PCMU" or "PCMA" or "G722" or "G729" or "OPUS" or "VP8" or "H264") continue;
            Refuse(VoiceErrors.BadRequest, "preferred_codecs",
                "preferred_codecs must be a comma separated list of PCMU, PCMA, G722, G729, OPUS, VP8 and H264.");
            return [];
        }
        return [.. names.Select(name => name.ToUpperInvariant())];
    }

    private static bool TryWhole(JsonValue value, out int number)
    {
        number = 0;
        if (value.GetValueKind() is not JsonValueKind.Number) return false;
        // One that was made here, and not read, is of the type that it was made of.
        if (value.TryGetValue(out number)) return true;
        if (!value.TryGetValue(out double written) || written != Math.Floor(written)) return false;
        if (Math.Abs(written) > int.MaxValue) return false;
        number = (int)written;
        return true;
    }
}
