namespace Ringwright.Telnyx.Voice;

/// <summary>What a voice command may say at most. Each has a test at the limit and one above.</summary>
internal static class VoiceLimits
{
    public const int UrlLength = 2_000;
    /// <summary>Leaves room for a webhook URL among the leg's 8 KiB of labels.</summary>
    public const int ClientStateLength = 6_000;
    public const int CommandIdLength = 256;
    public const int PayloadLength = 3_000;
    public const int VoiceLength = 256;
    public const int DisplayNameLength = 128;
    /// <summary>A display name of fewer digits is an extension, not a telephone number.</summary>
    public const int NumberDigits = 7;
    public const int Digits = 128;
    public const int Tries = 128;
    public const int DigitsOnAnswer = 64;
    public const int Loops = 100;
    /// <summary>Of one document, each as often as it is repeated, that are heard again and again.</summary>
    public const int SoundsInTurn = 100;
    /// <summary>Up or down.</summary>
    public const int Semitones = 14, Octaves = 1;
    public const int SipUriLength = 1_024;
    /// <summary>Rung at the same time by one dial.</summary>
    public const int Destinations = 10;
    public const int InfoTypeLength = 128;
    /// <summary>The body of a SIP INFO: what fits a packet beside its headers.</summary>
    public const int InfoBytes = 1_400;
    public const int Headers = 32;
    public const int HeaderLength = 1_024;
    /// <summary>All custom headers of a message, as much as goes out with one.</summary>
    public const int HeaderBytes = 40_960;
    /// <summary>Bytes of playback_content after base64.</summary>
    public const int ContentBytes = 1024 * 1024;
    public const int DigitMillisMinimum = 100, DigitMillisMaximum = 500;
    public const int TimeoutMillis = 120_000;
    public const int GatherMillis = 600_000;
    /// <summary>Every time of machine detection.</summary>
    public const int DetectionMillis = 60_000;
    /// <summary>How long the end of a screening phone's question is waited for: the usual time, and what may be asked for.</summary>
    public const int PromptMillis = 30_000, PromptMillisMinimum = 1_000, PromptMillisMaximum = 120_000;
    /// <summary>As many as the contract's own examples of a dial and a transfer have.</summary>
    public const int DetectionWords = 1_000;
    public const int QueueNameLength = 255;
    /// <summary>Calls that may wait in one queue.</summary>
    public const int QueueSize = 10_000;
    public const int QueueWaitSeconds = 86_400;
    public const int RecordingSeconds = 14_400;
    public const int FileNameLength = 40;
    /// <summary>Those of a media stream, told in its first frames.</summary>
    public const int StreamParameters = 32;
    /// <summary>Of the name and of the value of each.</summary>
    public const int StreamParameterLength = 1_024;
    /// <summary>Beside what else stands in the head of the handshake.</summary>
    public const int StreamTokenLength = 4_096;
    /// <summary>Words that a recogniser is told beforehand, and the characters of each.</summary>
    public const int Hints = 500, HintLength = 100;
    public const int RingSecondsMinimum = 5, RingSecondsMaximum = 600;
    public const int LimitSecondsMinimum = 30, LimitSecondsMaximum = 14_400;
}
