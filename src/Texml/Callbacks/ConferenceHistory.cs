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

    public IReadOnlyList<KeyValuePair<string, string>> More { get; init; } = [];

    /// <summary>How he takes part, as fields.</summary>
    public IEnumerable<KeyValuePair<string, string>> OfPart() => As is not { } part || Who is not { } who ? [] :
    [
        new("Muted", StatusFields.Word(part.IsMuted)), new("Hold", StatusFields.Word(part.IsOnHold)),
        new("Coaching", StatusFields.Word(part.Role is SupervisorRole.Whisper)),
        new("StartConferenceOnEnter", StatusFields.Word(who.Labels[TexmlLabels.StartsConference] is not "false")),
        new("EndConferenceOnExit", StatusFields.Word(part.EndsConference || part.EndsSoftly)),
    ];

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
    private ConferenceParty? _speaker;
    private int _told;

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
            case ConferenceEvent.ConferencePlaybackEnded { Who: null, Status: var status }:
                return Announced(status);
            case ConferenceEvent.ConferenceSpeakEnded { Who: null, Status: var status }:
                return Announced(status);
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

    /// <summary>To all; one that was stopped has no word.</summary>
    private static ConferenceStep[] Announced(PlayStatus status) => status switch
    {
        PlayStatus.Completed => [new("announcement-end", null)],
        PlayStatus.FileNotFound or PlayStatus.Failed => [new("announcement-fail", null)],
        _ => [],
    };

    private static string ReasonOf(ConferenceEnd why) => why switch
    {
        ConferenceEnd.AllLeft => "last-participant-left",
        ConferenceEnd.HostLeft => "participant-with-end-conference-on-exit-left",
        ConferenceEnd.TimeExceeded => "time-limit",
        ConferenceEnd.Commanded => "conference-ended-via-api",
        _ => "internal-error",
    };
}
