using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>Ogg holds Opus.</summary>
public enum RecordFormat { Wav, Mp3, Ogg }

/// <summary>Whose voice is recorded: the leg's party (inbound), what that party hears (outbound), or both.</summary>
public enum RecordTrack { Both, Inbound, Outbound }

/// <summary>How a recording is to be made.</summary>
public sealed record RecordPlan
{
    /// <summary>Minted by whoever asks for the recording.</summary>
    public required Guid Id { get; init; }
    public RecordFormat Format { get; init; }
    public RecordTrack Track { get; init; }
    /// <summary>
    /// The party on the left channel and what it hears on the right; else both mixed into one. A single track has one channel in any case.
    /// </summary>
    public bool IsDual { get; init; }
    /// <summary>Of recorded time, pauses not counted; null for none.</summary>
    public TimeSpan? MaximumLength { get; init; }
    /// <summary>Ends the recording when nobody has spoken for this long, counted from when somebody has; null never does.</summary>
    public TimeSpan? SilenceLimit { get; init; }
    /// <summary>The party hears a beep first; the recording begins behind it.</summary>
    public bool Beeps { get; init; }
    /// <summary>Silence at the beginning and at the end is left out.</summary>
    public bool TrimsSilence { get; init; }
    /// <summary>It is a message in the mailbox of this number, and no recording of the account's.</summary>
    public string? Mailbox { get; init; }
    /// <summary>What the customer wants the download to be called, without extension.</summary>
    public string? FileName { get; init; }

    /// <summary>What is said on it is to be written down once it is saved; null for not.</summary>
    public RecordTranscription? Transcription { get; init; }

    /// <summary>Of the conference that it is of, what customers call that by; null for a leg's own.</summary>
    public Guid? Conference { get; init; }

    /// <summary>What dialects keep with it, as on a leg; neither the engine nor media reads them.</summary>
    public Labels? Labels { get; init; }

    public int Channels => IsDual && Track is RecordTrack.Both ? 2 : 1;
}

/// <summary>Who writes down what is said on a recording.</summary>
/// <param name="Language">BCP 47.</param>
public sealed record RecordTranscription(string Language)
{
    /// <inheritdoc cref="TranscriptionTerms.Recogniser"/>
    public string? Recogniser { get; init; }

    /// <inheritdoc cref="TranscriptionTerms.Model"/>
    public string? Model { get; init; }

    /// <summary>Whose words. Those of one side are heard on a channel of its own, or in a recording of that side.</summary>
    public RecordTrack Track { get; init; }

    /// <summary>Whoever ordered it gets this back with the text: <see cref="CallEvent.RecordingTranscribed.Tag"/>.</summary>
    public string? Tag { get; init; }
}

/// <summary>Why no more was recorded.</summary>
public enum RecordEndReason
{
    Stopped,
    MaxLength,
    Silence,
    Hangup,
    /// <summary>The file could not be written.</summary>
    Failed,
}

/// <summary>Why a saved recording is not brought to the customer's own bucket.</summary>
public enum UploadFault
{
    None,
    /// <summary>The bucket does not take it from us: wrong keys, no permission, no such bucket.</summary>
    Refused,
    /// <summary>Its server was not to be reached, or did not do what it was asked.</summary>
    Away,
}

/// <summary>A recording that media has ended, on its way to being kept.</summary>
/// <param name="StartedAt">The first recorded sample; the command's time when media never said.</param>
/// <param name="At">When the leg heard of its end; what is told later lies behind it.</param>
public sealed record RecordEnd(LegFacts Leg, RecordPlan Plan, RecordEndReason Reason, Instant StartedAt, Instant EndedAt, Instant At);

/// <summary>
/// Keeps what was recorded: the file goes to where customers fetch it, and the ledger hears of it exactly once. Implemented in Store.
/// </summary>
public interface IRecordings
{
    /// <summary>Never blocks; the outcome is a <see cref="CallEvent.RecordingSaved"/> or <see cref="CallEvent.RecordingFailed"/>.</summary>
    void Keep(RecordEnd ended);
}

/// <summary>The files that media writes. Implemented in MediaHost.</summary>
public interface IRecordingFiles
{
    /// <summary>Why recordings in that format cannot be made here, as a sentence for the customer; null when they can.</summary>
    string? Missing(RecordFormat format);

    /// <summary>Completes when the file of a recording that was begun is whole and on the disk.</summary>
    Task<RecordedFile> WhenWrittenAsync(Guid recording);

    /// <summary>How much a process that died has put on the disk of a recording; nothing where that cannot be told.</summary>
    TimeSpan LengthLeft(RecordPlan plan);

    /// <summary>Finishes what a process that died has left behind of a recording.</summary>
    Task<RecordedFile> RepairAsync(RecordPlan plan, CancellationToken stop);
}

/// <summary>A part of a recording that was lost, because the disk did not take it for too long.</summary>
/// <param name="At">From the recording's beginning, pauses and trimmed silence not counted.</param>
public readonly record struct RecordGap(TimeSpan At, TimeSpan Length);

/// <summary>A recording as a file; or, when <see cref="Error"/> says why, none.</summary>
public sealed record RecordedFile
{
    /// <summary>Absolute path; the file belongs to whoever asked.</summary>
    public string Path { get; init; } = "";
    public long Bytes { get; init; }
    public TimeSpan Length { get; init; }
    /// <summary>What is missing, in order; silence stands in its place.</summary>
    public IReadOnlyList<RecordGap> Gaps { get; init; } = [];
    public string? Error { get; init; }

    public static RecordedFile Failed(string error) => new() { Error = error };
}
