using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Telnyx.Texml;

namespace Ringwright.Texml.Callbacks;

/// <summary>One callback's worth of what happens to a conference.</summary>
/// <param name="Name">As StatusCallbackEvent has it.</param>
/// <param name="Who">Whom it is about; null for the conference itself.</param>
internal sealed record ConferenceStep(string Name, ConferenceParty? Who)
{
    /// <summary>How he takes part; null where that is not known.</summary>
    public Participation? As { get; init; }

    /// <summary>Why he takes part no more; null for any other step, and where that is not known.</summary>
    public LeaveReason? Left { get; init; }

    /// <summary>What was heard; null for any other step, and where nobody knows where it came from.</summary>
    public ConferenceAnnouncement? Announcement { get; init; }

    /// <summary>Why it was not heard; null where it was.</summary>
    public PlayStatus? Unheard { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> More { get; init; } = [];

    /// <summary>How he takes part, as fields.</summary>
    public IEnumerable<KeyValuePair<string, string>> OfPart() => As is not { } part || Who is not { } who ? [] :
    [
        new("Muted", StatusFields.Word(part.IsMuted)), new("Hold", StatusFields.Word(part.IsOnHold)),
        new("Coaching", StatusFields.Word(part.Role is SupervisorRole.Whisper)),
        new("StartConferenceOnEnter", StatusFields.Word(who.Labels[TexmlLabels.StartsConference] is not "false")),
        new("EndConferenceOnExit", StatusFields.Word(part.EndsConference || part.EndsSoftly)),
    ];

    /// <summary>What is told of an announcement, as fields.</summary>
    public IEnumerable<KeyValuePair<string, string>> OfAnnouncement()
    {
        if (Announcement is { Url: { Length: > 0 } url }) yield return new("AnnounceUrl", url);
        if (Unheard is { } why)
            yield return new("ReasonAnnouncementFailed", why is PlayStatus.FileNotFound ? "file_not_found" : "playback_failed");
    }

    /// <summary>What is told of who has left, as fields.</summary>
    public IEnumerable<KeyValuePair<string, string>> OfLeaving() => Left is not { } why ? [] :
    [
        new("ParticipantCallStatus", why is LeaveReason.CallEnded ? "completed" : "in-progress"),
        new("ReasonParticipantLeft", why switch
        {
            LeaveReason.CallEnded => "participant_hung_up",
            LeaveReason.HostLeft => "moderator_ended_conference",
            LeaveReason.ConferenceEnded => "conference_ended_via_api",
            _ => "participant_updated_via_api",     // he has another document now, or none
        }),
    ];
}

/// <summary>
/// What callbacks must know of a conference from one event to the next, while it lasts. What is forgotten by a crash begins anew, and so
/// do conferences.
/// </summary>
internal sealed class ConferenceHistory
{
    private readonly Dictionary<LegId, Part> _members = [];
    /// <summary>Announcements of several sounds of which one was not heard: they end with their last.</summary>
    private readonly Dictionary<Guid, PlayStatus> _unheard = [];
    /// <summary>By where they are told.</summary>
    private readonly Dictionary<string, ConferenceParty> _asking = [];
    private ConferenceParty? _speaker;
    private int _told;

    private const int MostAsking = 100;

    /// <summary>Those who were dialled into it, and of whom was said then where it is told what happens to it.</summary>
    public IEnumerable<ConferenceParty> Asking => _asking.Values;

    private sealed record Part(ConferenceParty Who, Participation As);

    /// <summary>Callbacks of one conference are numbered, whoever gets them.</summary>
    public int NextNumber() => _told++;

    public IReadOnlyList<ConferenceStep> See(ConferenceEvent happened)
    {
        switch (happened)
        {
            // One that waits for somebody has begun, and starts with him.
            case ConferenceEvent.ConferenceBegan { Terms.StartsAtOnce: true } or ConferenceEvent.ConferenceStarted:
                return [new("conference-start", null)];
            case ConferenceEvent.ParticipantJoined joined:
                _members[joined.Who.Leg] = new(joined.Who, joined.As);
                if (joined.Who.Labels[TexmlLabels.Joins] is not null && joined.Who.Labels[TexmlLabels.Conference] is { } target
                    && _asking.Count < MostAsking) _asking.TryAdd(target, joined.Who);
                return [new("participant-join", joined.Who) { As = joined.As }];
            case ConferenceEvent.ParticipantLeft left:
                _members.Remove(left.Who.Leg, out var gone);
                if (_speaker?.Leg == left.Who.Leg) _speaker = null;
                return [new("participant-leave", left.Who) { As = gone?.As, Left = left.Why }];
            case ConferenceEvent.ParticipantChanged changed:
                return _members.TryGetValue(changed.Leg, out var member) ? Change(member, changed.As) : [];
            case ConferenceEvent.FloorChanged floor:
                var before = _speaker;
                _speaker = floor.Who;
                return before is null || before.Leg == floor.Who.Leg ? [Speech("start", floor.Who)]
                    : [Speech("stop", before), Speech("start", floor.Who)];
            case ConferenceEvent.ConferencePlaybackEnded ended when ended.Who is null || ended.Announcement is not null:
                return Announced(ended.Who, ended.Status, ended.Announcement);
            case ConferenceEvent.ConferenceSpeakEnded ended when ended.Who is null || ended.Announcement is not null:
                return Announced(ended.Who, ended.Status, ended.Announcement);
            case ConferenceEvent.ConferenceEnded ended:
                return [new("conference-end", null) { More = [new("ReasonConferenceEnded", ReasonOf(ended.Why))] }];
            case ConferenceEvent.ConferenceBegan or ConferenceEvent.ConferencePlaybackStarted or ConferenceEvent.ConferencePlaybackEnded
                or ConferenceEvent.ConferenceSpeakStarted or ConferenceEvent.ConferenceSpeakEnded:
                return [];
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>As statusCallbackEvent has it: "start" of "conference-start".</summary>
    public static string Short(string name) => name switch
    {
        "conference-start" => "start",
        "conference-end" => "end",
        "participant-join" => "join",
        "participant-leave" => "leave",
        "participant-mute" or "participant-unmute" => "mute",
        "participant-hold" or "participant-unhold" => "hold",
        "participant-modify" => "modify",
        "announcement-end" or "announcement-fail" => "announcement",
        _ => "speaker",
    };

    private List<ConferenceStep> Change(Part member, Participation now)
    {
        var (who, was) = (member.Who, member.As);
        _members[who.Leg] = new(who, now);
        var names = new List<string>();
        if (was.IsMuted != now.IsMuted) names.Add(now.IsMuted ? "participant-mute" : "participant-unmute");
        if (was.IsOnHold != now.IsOnHold) names.Add(now.IsOnHold ? "participant-hold" : "participant-unhold");
        if (was with { IsMuted = now.IsMuted, IsOnHold = now.IsOnHold } != now) names.Add("participant-modify");
        return [.. names.Select(name => new ConferenceStep(name, who) { As = now })];
    }

    private ConferenceStep Speech(string what, ConferenceParty who) =>
        new($"participant-speech-{what}", who) { As = _members.GetValueOrDefault(who.Leg)?.As };

    /// <summary>Once, however many sounds it has; one that was stopped has no word.</summary>
    /// <param name="who">Who alone has heard it; null for all.</param>
    private ConferenceStep[] Announced(ConferenceParty? who, PlayStatus status, ConferenceAnnouncement? announcement)
    {
        bool isHeard = status is PlayStatus.Completed, isUnheard = status is PlayStatus.FileNotFound or PlayStatus.Failed;
        if (announcement is { IsLast: false })
        {
            if (isUnheard) _unheard.TryAdd(announcement.Id, status);
            return [];
        }
        PlayStatus? why = isUnheard ? status : null;
        if (announcement is not null && _unheard.Remove(announcement.Id, out var before)) why = before;
        if (!isHeard && !isUnheard) return [];
        var step = new ConferenceStep(why is null ? "announcement-end" : "announcement-fail", who)
        {
            Announcement = announcement, Unheard = why,
        };
        return [who is null ? step : step with { As = _members.GetValueOrDefault(who.Leg)?.As }];
    }

    private static string ReasonOf(ConferenceEnd why) => why switch
    {
        ConferenceEnd.AllLeft => "last-participant-left",
        ConferenceEnd.HostLeft => "participant-with-end-conference-on-exit-left",
        ConferenceEnd.TimeExceeded => "time-limit",
        ConferenceEnd.Commanded => "conference-ended-via-api",
        _ => "internal-error",
    };
}
