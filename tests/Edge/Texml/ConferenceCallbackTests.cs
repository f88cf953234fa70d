using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Edge.Store;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Twiml;

namespace Ringwright.Edge.Texml;

/// <summary>What is told of a conference, and of who takes part how, by what has happened before.</summary>
public sealed class ConferenceCallbackTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    private const string Everything = "start,end,join,leave,mute,hold,modify,speaker,announcement";
    private static readonly Participation Plain = new();

    /// <param name="events">Null for one whose document names no URL.</param>
    private static ConferenceParty Party(uint counter, string? events, string? language, string? starts = null)
    {
        string? target = events is null ? null : TexmlLabels.Of("POST", events.Split(','), "http://127.0.0.1:9/room");
        var labels = Labels.Of((TexmlLabels.Conference, target), (TexmlLabels.Language, language),
            (TexmlLabels.ParticipantLabel, $"label {counter}"), (TexmlLabels.StartsConference, starts));
        return ConferenceParty.Of(new Script(new(Guid.NewGuid()), counter).Facts with { Labels = labels });
    }

    private List<JsonNode> Tell(ConferenceParty creator, params Func<ConferenceFacts, ConferenceEvent>[] events)
    {
        var (projector, at) = (rig.Projector, Script.Anchor.Wall);
        var facts = new ConferenceFacts(default, Guid.NewGuid(), new(Guid.NewGuid()), "room", Script.At(1), creator);
        return [.. events.SelectMany(happened => projector.Project(happened(facts), at, at)).Select(one => JsonNode.Parse(one.Body)!)];
    }

    private static Func<ConferenceFacts, ConferenceEvent> Joins(ConferenceParty who, Participation how) =>
        room => new ConferenceEvent.ParticipantJoined(who, Guid.Empty, how) { Conference = room, At = Script.At(2) };

    private static Func<ConferenceFacts, ConferenceEvent> Changes(ConferenceParty who, Participation how) =>
        room => new ConferenceEvent.ParticipantChanged(who.Leg, Guid.Empty, how) { Conference = room, At = Script.At(3) };

    private static Func<ConferenceFacts, ConferenceEvent> Speaks(ConferenceParty who) =>
        room => new ConferenceEvent.FloorChanged(who) { Conference = room, At = Script.At(3) };

    private static Func<ConferenceFacts, ConferenceEvent> Heard(PlayStatus status) => room =>
        new ConferenceEvent.ConferencePlaybackEnded(Guid.Empty, new PromptSource.Url("http://127.0.0.1:9/"), null, status)
        {
            Conference = room, At = Script.At(4),
        };

    private static Func<ConferenceFacts, ConferenceEvent> Announced(Guid id, PlayStatus status, bool isLast, ConferenceParty? who = null) =>
        room => new ConferenceEvent.ConferencePlaybackEnded(Guid.Empty, new PromptSource.Url("http://127.0.0.1:9/"), who, status)
        {
            Conference = room, At = Script.At(4), Announcement = new(id, "http://127.0.0.1:9/announce", isLast),
        };

    private static IEnumerable<string> Names(IEnumerable<JsonNode> told) => told.Select(one => (string)one["StatusCallbackEvent"]!);

    [Theory, InlineData(null), InlineData(TwimlLanguage.Target)]
    public void Each_change_of_a_participant_has_its_name(string? language)
    {
        var one = Party(1, Everything, language);
        var (muted, held) = (Plain with { IsMuted = true }, Plain with { IsMuted = true, IsOnHold = true });
        var told = Tell(one, Joins(one, Plain), Changes(one, muted), Changes(one, held), Changes(one, muted), Changes(one, Plain),
            Changes(one, Plain with { EndsSoftly = true }));
        Assert.Equal(["participant-join", "participant-mute", "participant-hold", "participant-unhold", "participant-unmute",
            "participant-modify"], Names(told));
        Assert.Equal(["0", "1", "2", "3", "4", "5"], told.Select(field => (string?)field["SequenceNumber"]));
        Assert.All(told, field => Assert.Equal("label 1", (string?)field["ParticipantLabel"]));
    }

    [Fact]
    public void In_TwiML_it_is_told_how_he_takes_part()
    {
        var one = Party(1, "join,mute", TwimlLanguage.Target);
        var told = Tell(one, Joins(one, Plain with { EndsSoftly = true }), Changes(one, Plain with { EndsSoftly = true, IsMuted = true }));
        Assert.Equal(["false", "true"], told.Select(field => (string?)field["Muted"]));
        Assert.All(told, field => Assert.Equal(("false", "false", "true", TwimlSids.Call(one.Leg)), ((string?)field["Hold"],
            (string?)field["Coaching"], (string?)field["EndConferenceOnExit"], (string?)field["CallSid"])));
    }

    [Theory, InlineData(null, "true"), InlineData("true", "true"), InlineData("false", "false")]
    public void In_TwiML_it_is_told_whether_the_conference_starts_with_him(string? starts, string told)
    {
        var one = Party(1, "join,leave", TwimlLanguage.Target, starts);
        var all = Tell(one, Joins(one, Plain), room =>
            new ConferenceEvent.ParticipantLeft(one, Guid.Empty) { Conference = room, At = Script.At(9), Why = LeaveReason.CallEnded });
        Assert.Equal([told, told], all.Select(field => (string?)field["StartConferenceOnEnter"]));
    }

    [Fact]
    public void Who_stops_speaking_is_told_of_and_so_is_an_announcement_that_all_have_heard()
    {
        var (one, two) = (Party(1, "speaker,announcement", null), Party(2, "speaker", null));
        var told = Tell(one, Joins(one, Plain), Joins(two, Plain), Speaks(one), Speaks(two), Heard(PlayStatus.Completed),
            Heard(PlayStatus.Cancelled), Heard(PlayStatus.Failed));
        Assert.Equal(["participant-speech-start", "participant-speech-stop", "participant-speech-start", "announcement-end",
            "announcement-fail"], Names(told));
        Assert.Equal(["label 1", "label 1", "label 2", null, null], told.Select(field => (string?)field["ParticipantLabel"]));
    }

    [Theory, InlineData(TwimlLanguage.Target, "file_not_found", "playback_failed", "http://127.0.0.1:9/announce")]
    [InlineData(null, null, null, null)]
    public void An_announcement_is_told_once_to_all_or_to_one_and_in_TwiML_with_its_URL(string? language, string? lost, string? failed,
        string? url)
    {
        var one = Party(1, "announcement", language);
        Guid heard = Guid.NewGuid(), unheard = Guid.NewGuid();
        var told = Tell(one, Joins(one, Plain), Announced(heard, PlayStatus.Completed, isLast: false),
            Announced(heard, PlayStatus.Completed, isLast: true), Announced(unheard, PlayStatus.FileNotFound, isLast: false),
            Announced(unheard, PlayStatus.Completed, isLast: true), Announced(Guid.NewGuid(), PlayStatus.Failed, isLast: true, one),
            Announced(Guid.NewGuid(), PlayStatus.Completed, isLast: true, one));
        Assert.Equal(["announcement-end", "announcement-fail", "announcement-fail", "announcement-end"], Names(told));
        Assert.Equal([null, lost, failed, null], told.Select(field => (string?)field["ReasonAnnouncementFailed"]));
        Assert.Equal([null, null, "label 1", "label 1"], told.Select(field => (string?)field["ParticipantLabel"]));
        Assert.All(told, field => Assert.Equal(url, (string?)field["AnnounceUrl"]));
    }

    [Theory]
    [InlineData(LeaveReason.CallEnded, "completed", "participant_hung_up")]
    [InlineData(LeaveReason.WentOn, "in-progress", "participant_updated_via_api")]
    [InlineData(LeaveReason.TakenOut, "in-progress", "participant_updated_via_api")]
    [InlineData(LeaveReason.HostLeft, "in-progress", "moderator_ended_conference")]
    [InlineData(LeaveReason.ConferenceEnded, "in-progress", "conference_ended_via_api"), InlineData(null, null, null)]
    public void In_TwiML_it_is_told_why_somebody_has_left(LeaveReason? why, string? status, string? reason)
    {
        foreach (string? language in (string?[])[TwimlLanguage.Target, null])
        {
            var one = Party(1, "leave", language);
            var told = Assert.Single(Tell(one, Joins(one, Plain), room =>
                new ConferenceEvent.ParticipantLeft(one, Guid.Empty) { Conference = room, At = Script.At(9), Why = why }));
            Assert.Equal(language is null ? (null, null) : (status, reason),
                ((string?)told["ParticipantCallStatus"], (string?)told["ReasonParticipantLeft"]));
        }
    }

    [Theory, InlineData(null, null), InlineData(TwimlLanguage.Target, "label 1")]
    public void In_TwiML_its_end_names_who_ended_it(string? language, string? label)
    {
        var one = Party(1, "end", language);
        var told = Assert.Single(Tell(one, Joins(one, Plain), room =>
            new ConferenceEvent.ConferenceEnded(ConferenceEnd.HostLeft, one) { Conference = room, At = Script.At(9) }));
        Assert.Equal(label, (string?)told["ParticipantLabelEndingConference"]);
        Assert.Equal(label is null ? null : TwimlSids.Call(one.Leg), (string?)told["CallSidEndingConference"]);
    }

    /// <summary>The contract's own example asks for all of these, and programs of contact centres do.</summary>
    [Theory]
    [InlineData(null, null, "participant-join participant-leave conference-end")]
    [InlineData(TwimlLanguage.Target, null, "participant-join participant-leave conference-end")]
    [InlineData(null, "start,end", "participant-join participant-leave conference-end")]
    [InlineData(null, "start", "participant-join participant-leave conference-end")]
    public void Who_was_dialled_into_it_is_told_of_its_end_too_and_one_address_once(string? language, string? ofMaker, string expected)
    {
        var (maker, dialled) = (Party(1, ofMaker, language), Party(2, "start,end,join,leave", language));
        dialled = dialled with { Labels = dialled.Labels.With(Labels.Of((TexmlLabels.Joins, Guid.NewGuid().ToString()))) };
        var told = Tell(maker, Joins(maker, Plain), Joins(dialled, Plain),
            room => new ConferenceEvent.ParticipantLeft(dialled, Guid.Empty) { Conference = room, At = Script.At(8) },
            room => new ConferenceEvent.ConferenceEnded(ConferenceEnd.AllLeft, null) { Conference = room, At = Script.At(9) });
        Assert.Equal(expected.Split(' '), Names(told));
    }

    [Theory, InlineData(null, 0), InlineData(TwimlLanguage.Target, 1)]
    public void In_TwiML_who_made_it_hears_of_those_who_say_nothing(string? language, int count)
    {
        var (one, two) = (Party(1, "join", language), Party(2, null, language));
        Assert.Equal(Enumerable.Repeat("label 2", count), Tell(one, Joins(two, Plain)).Select(field => (string?)field["ParticipantLabel"]));
    }
}
