namespace Ringwright.Telnyx.Voice;

/// <summary>
/// The contract's codes for voice commands: one per parameter, and the general ones. Titles and statuses are in the error catalogue.
/// </summary>
internal static class VoiceErrors
{
    public const string InvalidUrl = "10003";
    public const string MissingParameter = "10004";
    public const string BadRequest = "10015";
    public const string NotE164 = "10016";
    public const string BadLength = "10025";
    public const string BadRange = "10033";

    public const string Format = "90000";
    public const string Channels = "90001";
    public const string TerminatingDigit = "90007";
    public const string ValidDigits = "90008";
    public const string Loop = "90009";
    public const string Payload = "90010";
    public const string PayloadType = "90011";
    public const string Voice = "90012";
    public const string Language = "90013";
    public const string Digits = "90014";
    public const string InvalidCallControlId = "90015";
    public const string Stop = "90016";
    public const string ClientState = "90017";
    public const string AlreadyEnded = "90018";
    public const string MinimumDigits = "90022";
    public const string MaximumDigits = "90023";
    public const string MaximumTries = "90024";
    public const string TimeoutMillis = "90025";
    public const string InterDigitTimeout = "90026";
    public const string DurationMillis = "90027";
    public const string TimeoutSeconds = "90028";
    public const string TimeLimitSeconds = "90029";
    public const string ServiceLevel = "90030";
    public const string RecordingTimeout = "90049";
    public const string RecordedBySilence = "90053";
    public const string InitialTimeout = "90056";
    public const string UnknownEventType = "90057";
    public const string RecordingTrack = "90059";
}
