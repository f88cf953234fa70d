using System.Buffers;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Telnyx.Voice.Calls;

/// <summary>The body of a dial as a request to the engine.</summary>
internal static class DialMap
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_~!.+");

    /// <param name="linked">The leg that <c>link_to</c> names.</param>
    public static DialRequest Map(VoiceBody body, TenantId tenant, ConnectionId connection, LinkedCall? linked = null)
    {
        var (user, password) = Credentials(body);
        var record = RecordMap.FromAnswer(body);
        var destinations = DialDestination.All(body);
        CheckRegion(body);
        return new()
        {
            Tenant = tenant,
            Connection = connection,
            To = destinations[0],
            AlsoTo = [.. destinations.Skip(1)],
            From = linked is { } other && body.Flag("bridge_intent") ? other.From : DialDestination.From(body),
            BroughtCaller = linked?.Brought,
            IsPrivate = IsPrivate(body),
            CallerName = Name(body),
            RingTimeout = RingTimeout(body),
            TimeLimit = TimeLimit(body),
            Labels = TelnyxLabels.With(body.Labels(hasWebhook: true), record, body.Json.Filled("billing_group_id")) ?? Labels.Empty,
            Record = record,
            Stream = StreamMap.FromAnswer(body),
            OpensStreamFirst = body.Flag("stream_establish_before_call_originate"),
            Transcription = TranscriptionMap.FromAnswer(body, record),
            CommandId = body.CommandId(),
            PreferredCodecs = body.Codecs(),
            Headers = body.Headers(),
            Transport = DialDestination.Transport(body),
            AuthUser = user,
            AuthPassword = password,
            Encryption = DialDestination.Encryption(body, destinations),
            OmitsSilence = !body.Flag("send_silence_when_idle"),
            Sound = SoundMap.Map(body),
            PromptOnAnswer = AudioSource.Read(body),
            DigitsOnAnswer = SendDtmf.OnAnswer(body),
            MachineDetection = MachineDetectionMap.Map(body),
            Session = linked?.Session,
            Link = linked is { Leg: var leg }
                ? new(leg)
                {
                    JoinsOnAnswer = body.Flag("bridge_on_answer"),
                    HasRivals = true,
                    LeavesBridged = body.LeavesBridged(),
                    ParksDialled = body.ParksAfterUnbridge(),
                }
                : null,
        };
    }

    public static TimeSpan RingTimeout(VoiceBody body) => body.Seconds("timeout_secs", 30,
        VoiceLimits.RingSecondsMinimum, VoiceLimits.RingSecondsMaximum, VoiceErrors.TimeoutSeconds);

    public static TimeSpan TimeLimit(VoiceBody body) => body.Seconds("time_limit_secs", VoiceLimits.LimitSecondsMaximum,
        VoiceLimits.LimitSecondsMinimum, VoiceLimits.LimitSecondsMaximum, VoiceErrors.TimeLimitSeconds);

    public static (string? User, string? Password) Credentials(VoiceBody body)
    {
        string? user = body.Text("sip_auth_username"), password = body.Text("sip_auth_password");
        if (string.IsNullOrEmpty(user) && string.IsNullOrEmpty(password)) return (null, null);
        if (string.IsNullOrEmpty(user))
            body.Refuse(VoiceErrors.MissingParameter, "sip_auth_username", "sip_auth_password needs sip_auth_username.");
        else if (string.IsNullOrEmpty(password))
            body.Refuse(VoiceErrors.MissingParameter, "sip_auth_password", "sip_auth_username needs sip_auth_password.");
        else if (!IsUserName(user))
            body.Refuse(VoiceErrors.BadRequest, "sip_auth_username", "sip_auth_username has characters that SIP does not allow.");
        return (user, password);
    }

    /// <summary>Clients say where they are near; a node is where it is, and calls the same way for all of them.</summary>
    public static void CheckRegion(VoiceBody body) =>
        body.OneOf("sip_region", VoiceErrors.BadRequest, "US", "Europe", "Australia", "Canada", "Middle East");

    /// <summary>The called party does not learn the caller; who carries the call does where he wants to.</summary>
    public static bool IsPrivate(VoiceBody body) => body.OneOf("privacy", VoiceErrors.BadRequest, "id", "none") is "id";

    public static string? Name(VoiceBody body)
    {
        const string field = "from_display_name";
        if (body.Text(field) is not { Length: > 0 } name) return null;
        if (FaultOfName(name, body.Text("from")) is { } fault)
        {
            bool isLong = name.Length > VoiceLimits.DisplayNameLength;
            body.Refuse(isLong ? VoiceErrors.BadLength : VoiceErrors.BadRequest, field, $"{field} {fault}");
        }
        return name;
    }

    /// <summary>What is wrong with a name that is shown, as the end of a sentence; null when nothing is.</summary>
    public static string? FaultOfName(string name, string? from) =>
        name.Length > VoiceLimits.DisplayNameLength ? $"may have at most {VoiceLimits.DisplayNameLength} characters."
        : name.AsSpan().ContainsAnyExcept(NameCharacters) ? "may hold only letters, digits, spaces and -_~!.+"
        : IsForeignNumber(name, from) ? "may not be another telephone number than from."
        : null;

    /// <summary>What a header of a digest cannot carry.</summary>
    public static bool IsUserName(string user) => !user.AsSpan().ContainsAny("\r\n\"\\");

    /// <summary>Phones show the name before the number: one that reads as a number is a caller id that nobody judges.</summary>
    private static bool IsForeignNumber(string name, string? from)
    {
        string digits = string.Concat(name.Where(char.IsAsciiDigit));
        bool isNumber = digits.Length >= VoiceLimits.NumberDigits && !name.Any(char.IsAsciiLetter);
        return isNumber && digits != from?.TrimStart('+');
    }
}

/// <summary>A live call that another one is dialled for.</summary>
/// <param name="From">Its caller, who is also the new call's where the bridge is intended from the start.</param>
/// <param name="Brought">Whom the network brought into its session.</param>
internal readonly record struct LinkedCall(LegId Leg, SessionId Session, string From, string? Brought);
