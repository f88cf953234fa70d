using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice.Calls;

/// <summary>The commands of recordings, and the parameters that ask for one from the answer on.</summary>
internal static class RecordMap
{
    public static LegCommand? Start(VoiceBody body)
    {
        return Plan(body, "") is { } plan
            ? new LegCommand.RecordStart(plan with
            {
                Beeps = body.Flag("play_beep"),
                Transcription = TranscriptionMap.OfRecording(body, plan.Format)
            })
            {
                CommandId = body.CommandId(), Labels = body.Labels()
            }
            : null;
    }

    public static LegCommand Pause(VoiceBody body) =>
        new LegCommand.RecordPause(Id(body)) { CommandId = body.CommandId(), Labels = body.Labels() };

    public static LegCommand Resume(VoiceBody body) =>
        new LegCommand.RecordResume(Id(body)) { CommandId = body.CommandId(), Labels = body.Labels() };

    public static LegCommand Stop(VoiceBody body) =>
        new LegCommand.RecordStop(Id(body)) { CommandId = body.CommandId(), Labels = body.Labels() };

    /// <summary>Of answer, bridge and dial; null when they ask for no recording, or for one that cannot be made.</summary>
    public static RecordPlan? FromAnswer(VoiceBody body) =>
        body.OneOf("record", VoiceErrors.BadRequest, "record-from-answer") is null ? null : Plan(body, "record_");

    /// <summary>All voices in one, on one channel.</summary>
    public static RecordPlan? OfConference(VoiceBody body) =>
        Plan(body, "", "single") is { } plan ? plan with { Beeps = body.Flag("play_beep") } : null;

    private static RecordPlan? Plan(VoiceBody body, string prefix, string? usualChannels = null)
    {
        // Where a format is not demanded, the contract's defaults hold.
        string? word = body.OneOf($"{prefix}format", VoiceErrors.Format, "wav", "mp3") ?? (prefix.Length > 0 ? "mp3" : null);
        string? channels = body.OneOf($"{prefix}channels", VoiceErrors.Channels, "single", "dual")
            ?? (prefix.Length > 0 ? "dual" : usualChannels);
        string? track = body.OneOf(prefix.Length > 0 ? "record_track" : "recording_track", VoiceErrors.RecordingTrack,
            "both", "inbound", "outbound");
        int most = body.Whole($"{prefix}max_length", 0, 0, VoiceLimits.RecordingSeconds, VoiceErrors.BadRange);
        int silence = body.Whole($"{prefix}timeout_secs", 0, 0, VoiceLimits.RecordingSeconds, VoiceErrors.RecordingTimeout);
        string? trim = body.OneOf($"{prefix}trim", VoiceErrors.BadRequest, "trim-silence");
        if (word is null || channels is null) return null;
        var format = word is "mp3" ? RecordFormat.Mp3 : RecordFormat.Wav;
        if (body.Missing(format) is { } missing)
        {
            body.Refuse(VoiceErrors.Format, $"{prefix}format", missing);
            return null;
        }
        return new()
        {
            Id = body.MintId(),
            Format = format,
            IsDual = channels is "dual",
            Track = track switch { "inbound" => RecordTrack.Inbound, "outbound" => RecordTrack.Outbound, _ => RecordTrack.Both },
            MaximumLength = most == 0 ? null : TimeSpan.FromSeconds(most),
            SilenceLimit = silence == 0 ? null : TimeSpan.FromSeconds(silence),
            TrimsSilence = trim is not null,
            FileName = FileName(body, $"{prefix}custom_file_name"),
        };
    }

    /// <summary>A name, no path.</summary>
    private static string? FileName(VoiceBody body, string field)
    {
        if (body.Text(field) is not { } name) return null;
        if (name.Length is 0 or > VoiceLimits.FileNameLength)
            body.Refuse(VoiceErrors.BadLength, field, $"{field} must have 1 to {VoiceLimits.FileNameLength} characters.");
        else if (name is "." or ".." || name.Any(c => char.IsControl(c) || c is '/' or '\\'))
            body.Refuse(VoiceErrors.BadRequest, field, $"{field} may hold no slashes and no control characters.");
        return name;
    }

    public static Guid? Id(VoiceBody body) => Guid.TryParse(body.Text("recording_id"), out var id) ? id : null;
}
