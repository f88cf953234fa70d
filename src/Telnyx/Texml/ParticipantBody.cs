using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Texml;

/// <summary>Reads what bodies say of one who takes, or is to take, part in a conference.</summary>
internal static class ParticipantBody
{
    /// <summary>What is of the moment, or of a beep that is said for coming and going together.</summary>
    private static readonly string[] OfThoseWithin = ["AnnounceUrl", "BeepOnExit"];

    /// <summary>Of one who takes part, or is dialled.</summary>
    /// <param name="before">As what he takes part, or is to.</param>
    /// <param name="isIn">False for one who has not answered.</param>
    public static async ValueTask<ParticipantChange> ChangeAsync(OperationContext op, VoiceParts parts, VoiceBody body, BodySounds sounds,
        LegId leg, Participation before, bool isIn)
    {
        if (!isIn)
            foreach (string name in OfThoseWithin.Where(body.Has))
                body.Refuse(VoiceErrors.BadRequest, name, $"{name} is for who takes part: whoever is called here has not answered yet.");
        var urls = new BodyUrls(op, parts, body);
        string call = parts.Ids.CallControl(op.Tenant, leg);
        bool isHeld = body.Has("Hold") ? body.Flag("Hold") : before.IsOnHold;
        bool hasMusic = body.Text("HoldUrl") is { Length: > 0 };
        if (hasMusic && !isHeld)
            body.Refuse(VoiceErrors.BadRequest, "HoldUrl", "HoldUrl is heard by who is on hold: Hold must be true.");
        return new()
        {
            IsMuted = Flag(body, "Muted"),
            IsOnHold = hasMusic ? true : Flag(body, "Hold"),
            HoldAudio = await sounds.MusicAsync("HoldUrl", urls.Method("HoldMethod"), call),
            WaitAudio = await sounds.MusicAsync("WaitUrl", WaitMethod(body), call),
            IsCoaching = Flag(body, "Coaching"),
            Coached = await CoachedAsync(op, parts, body),
            EndsConference = Flag(body, "EndConferenceOnExit"),
            BeepsOnExit = Flag(body, "BeepOnExit"),
            Announcement = await sounds.AllAsync("AnnounceUrl", urls.Method("AnnounceMethod"), call),
            AnnounceUrl = body.Text("AnnounceUrl") ?? "",
        };
    }

    /// <summary>The join of one who is dialled.</summary>
    public static async ValueTask<LegCommand.JoinConference> JoinAsync(OperationContext op, VoiceParts parts, VoiceBody body,
        BodySounds sounds, ConferenceRow conference)
    {
        var coached = await CoachedAsync(op, parts, body);
        int? most = body.Has("MaxParticipants")
            ? body.Whole("MaxParticipants", 0, 2, ConferenceTerms.MostParticipants, VoiceErrors.BadRange) : null;
        return new(conference.Id)
        {
            As = new()
            {
                IsMuted = body.Flag("Muted"),
                // As of those whom documents let in: the others go on with theirs.
                EndsSoftly = body.Flag("EndConferenceOnExit"),
                Role = coached is null ? SupervisorRole.None : SupervisorRole.Whisper,
                WhispersTo = coached is { } leg ? [leg] : [],
            },
            HoldAudio = await sounds.MusicAsync("WaitUrl", WaitMethod(body)),
            Starts = !body.Has("StartConferenceOnEnter") || body.Flag("StartConferenceOnEnter"),
            Beeps = body.Text("Beep") switch
            {
                "true" => ConferenceBeeps.Always,
                "false" => ConferenceBeeps.Never,
                "onEnter" => ConferenceBeeps.OnEnter,
                "onExit" => ConferenceBeeps.OnExit,
                _ => null,
            },
            MaxParticipants = most,
            Record = await RecordAsync(op, parts, body),
        };
    }

    /// <summary>How the conference is to be recorded; null when it is not, or the body's problems say why.</summary>
    private static async ValueTask<RecordPlan?> RecordAsync(OperationContext op, VoiceParts parts, VoiceBody body)
    {
        if (body.Text("ConferenceRecord") is not ("true" or "record-from-start")) return null;
        if (parts.Files.Missing(RecordFormat.Mp3) is { } missing) body.Refuse(VoiceErrors.Format, "ConferenceRecord", missing);
        int silence = body.Whole("ConferenceRecordingTimeout", 0, 0, VoiceLimits.RecordingSeconds, VoiceErrors.RecordingTimeout);
        return new()
        {
            Id = Guid.CreateVersion7(op.Now),
            Format = RecordFormat.Mp3,
            SilenceLimit = silence == 0 ? null : TimeSpan.FromSeconds(silence),
            TrimsSilence = body.Text("ConferenceTrim") is not "do-not-trim",
            Labels = await new BodyUrls(op, parts, body).RecordingAsync(RecordingSource.ConferenceApi, "ConferenceRecordingStatusCallback"),
        };
    }

    /// <summary>Whom one that coaches is heard by; null when it coaches nobody, or the body's problems say why.</summary>
    private static async ValueTask<LegId?> CoachedAsync(OperationContext op, VoiceParts parts, VoiceBody body)
    {
        string? text = body.Text("CallSidToCoach") is { Length: > 0 } said ? said : null;
        bool coaches = body.Flag("Coaching");
        if (coaches && text is null) body.Refuse(VoiceErrors.MissingParameter, "CallSidToCoach", "Coaching needs CallSidToCoach.");
        // Of who is to coach nobody any more programs say, too, whom he has coached.
        if (text is not null && !body.Has("Coaching"))
            body.Refuse(VoiceErrors.MissingParameter, "Coaching", "CallSidToCoach needs Coaching.");
        if (!coaches || text is null) return null;
        if (parts.Ids.TryReadCallControl(text, op.Tenant, out var leg)
            && await parts.Store.Legs.FindAsync(op.Tenant, leg, op.Stop) is { IsAlive: true }) return leg;
        body.Refuse(VoiceErrors.InvalidCallControlId, "CallSidToCoach", "CallSidToCoach names no live call of this account.");
        return null;
    }

    /// <summary>GET where nobody says it: most that is named there is a file, which is asked for by nothing else.</summary>
    private static string WaitMethod(VoiceBody body) => body.Text("WaitMethod") is "POST" ? "POST" : "GET";

    private static bool? Flag(VoiceBody body, string name) => body.Has(name) ? body.Flag(name) : null;
}
