using Ringwright.Calls;
using Ringwright.Telnyx.Voice.Conferences;

namespace Ringwright.Telnyx.Texml;

/// <summary>
/// Labels of legs that documents command. Where callbacks go is "METHOD EVENTS URL", the events with commas between them.
/// </summary>
internal static class TexmlLabels
{
    /// <summary>How the call goes.</summary>
    public const string Status = "texml.status";
    /// <summary>Of a recording's plan; what began it stands behind the dot: <see cref="RecordingSource"/>.</summary>
    public const string Recording = "texml.recording.";
    /// <summary>Of the plan of a Record: what is asked for when the call ends with it.</summary>
    public const string Action = "texml.action";
    public const string Conference = "texml.conference";
    public const string ParticipantLabel = ConferenceReads.Label;
    /// <summary>Of who takes part in a conference: "false" where it does not start with him.</summary>
    public const string StartsConference = "texml.starts";
    /// <summary>Of who takes part in a conference: which language its callbacks speak, where it is not this one.</summary>
    public const string Language = "texml.language";
    /// <summary>Of one that was dialled into it: its UUID.</summary>
    public const string Joins = "texml.joins";
    /// <summary>Of the same, until it is in: <see cref="EntryLabels"/>.</summary>
    public const string EntryMuted = "texml.entry.muted", EntryHeld = "texml.entry.hold";
    /// <inheritdoc cref="EntryMuted"/>
    public const string EntryEnds = "texml.entry.ends", EntryCoaches = "texml.entry.coaches";
    public const string Stream = "texml.stream";
    public const string StreamName = "texml.stream_name";
    public const string Siprec = "texml.siprec";
    public const string SiprecName = "texml.siprec_name";
    public const string Transcription = "texml.transcription";
    /// <summary>Of the one that a program of TwiML began last, and what it was called; empty for one that a document began.</summary>
    public const string TranscriptionSid = "texml.transcription_sid", TranscriptionName = "texml.transcription_name";
    /// <summary>What its program calls the tracks of that one; empty for nothing.</summary>
    public const string InboundTrack = "texml.transcription_inbound", OutboundTrack = "texml.transcription_outbound";
    public const string Partial = "texml.partial";
    /// <summary>Of a program that talks: its events have the talk's id.</summary>
    public const string Relay = "texml.relay";
    /// <summary>The call that a document dialled this one for.</summary>
    public const string Parent = "texml.parent";
    /// <summary>What is to run: a <see cref="DocumentOrder"/>.</summary>
    public const string Document = DocumentOrder.Label;
    /// <summary>Asked for when a document is not to be had: "METHOD URL".</summary>
    public const string Fallback = "texml.fallback";
    /// <summary>Among a callback's events: its verdict on machines is when they end.</summary>
    public const string AtEnd = "end";
    /// <summary>Of machine detection that the document does not wait for.</summary>
    public const string Detection = "texml.amd";
    /// <inheritdoc cref="DocumentOrder.AwaitsDetection"/>
    public const string AwaitsDetection = DocumentOrder.AwaitsDetection;
    /// <summary>Who answered, as the call's resource says it.</summary>
    public const string AnsweredBy = "texml.answered_by";
    /// <summary>The same in the words that a document of TwiML was told that waited for it: the call's last status repeats them.</summary>
    public const string ToldAnswerer = "texml.told_answerer";
    /// <summary>Of a call that proves a number: the number's name in TwiML, once it is proved.</summary>
    public const string Validated = "texml.validated";
    public const string ErrorCode = "texml.error_code", ErrorMessage = "texml.error_message";

    /// <summary>Among a callback's events: it is not told where the recording is fetched.</summary>
    public const string WithoutUrl = "without-url";

    /// <summary>Whether there is any of these.</summary>
    public static bool Have(Labels labels)
    {
        foreach (var (name, _) in labels.Values)
            if (name.StartsWith("texml.", StringComparison.Ordinal)) return true;
        return false;
    }

    public static string Of(string method, IEnumerable<string> events, string url) => $"{method} {string.Join(',', events)} {url}";
}

/// <summary>One of <see cref="TexmlLabels"/>, read.</summary>
internal sealed record CallbackTarget(string Method, IReadOnlyList<string> Events, string Url)
{
    public static CallbackTarget? Read(string? label)
    {
        string[] parts = label?.Split(' ', 3) ?? [];
        return parts.Length == 3 ? new(parts[0], parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries), parts[2]) : null;
    }

    public bool Wants(string name) => Events.Contains(name, StringComparer.OrdinalIgnoreCase);
}
