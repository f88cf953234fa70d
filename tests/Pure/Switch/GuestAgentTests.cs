using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Activities;

namespace Ringwright.Pure.Switch;

/// <summary>An agent that talks on a leg which somebody else commands: that it is told of, once, and what may not be beside it.</summary>
public sealed class GuestAgentTests
{
    private static readonly AgentTerms Terms = new(Guid.Parse("55555555-5555-4555-8555-555555555555")) { Assistant = "assistant-1" };
    private static readonly AgentTerms Gatherer = Terms with { Gather = new() };
    private static readonly LegCommand.Speak Said = new()
    {
        Speech = new("Hello.", "female", null, IsSsml: false), Id = Guid.Parse("66666666-6666-4666-8666-666666666666"), IsOfAgent = true,
    };

    private static readonly LegCommand.Play Played = new()
    {
        Source = new PromptSource.Url("https://example.com/a"), Id = Guid.Parse("99999999-9999-4999-8999-999999999999"), IsOfAgent = true,
    };

    private readonly RecordingHost _host = new() { Facts = Sample.Facts() with { AnsweredAt = new(1_000_000_000) } };
    private readonly LegActivities _leg;

    public GuestAgentTests() => _leg = new(_host);

    private Refusal Do(LegCommand command)
    {
        var refusal = _leg.Judge(command);
        if (refusal is Refusal.None) _leg.Start(command);
        return refusal;
    }

    [Fact]
    public void It_begins_and_ends_once_and_only_one_is_there()
    {
        Assert.Equal(Refusal.NoAgentTalks, Do(new LegCommand.StopAgent()));
        Assert.Equal(Refusal.None, Do(new LegCommand.StartAgent(Terms)));
        Assert.Equal(Refusal.AgentTalks, Do(new LegCommand.StartAgent(new(Guid.Empty))));
        _host.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(Refusal.NoAgentTalks, Do(new LegCommand.StopAgent { Conversation = Guid.Empty }));
        Assert.Equal(Refusal.None, Do(new LegCommand.StopAgent { Conversation = Terms.Conversation, Reason = "transferred" }));
        Assert.Equal(Refusal.NoAgentTalks, Do(new LegCommand.StopAgent { Conversation = Terms.Conversation }));
        _leg.HangUp();
        Assert.Equal(Terms, Assert.Single(_host.Events.OfType<CallEvent.AgentStarted>()).Terms);
        var ended = Assert.Single(_host.Events.OfType<CallEvent.AgentEnded>());
        Assert.Equal((Terms, "transferred", TimeSpan.FromSeconds(7)), (ended.Terms, ended.Reason, ended.Lasted));
    }

    [Fact]
    public void The_end_of_the_leg_is_its_end()
    {
        Do(new LegCommand.StartAgent(Terms));
        _leg.HangUp();
        Assert.Equal(AgentEnd.CallHangup, Assert.Single(_host.Events.OfType<CallEvent.AgentEnded>()).Reason);
    }

    [Fact]
    public void Nothing_is_gathered_while_it_talks_and_what_was_gathered_ends()
    {
        var gather = new LegCommand.Gather();
        Assert.Equal(Refusal.None, Do(gather));
        Do(new LegCommand.StartAgent(Terms));
        Assert.Equal(GatherStatus.Cancelled, Assert.Single(_host.Events.OfType<CallEvent.GatherEnded>()).Status);
        Assert.Equal(Refusal.AgentTalks, Do(gather));
        Assert.Equal(Refusal.AgentTalks, Do(new LegCommand.JoinConference(new(7))));
        Assert.Equal(Refusal.None, Do(new LegCommand.SendDigits("1")));
        Do(new LegCommand.StopAgent());
        Assert.Equal(Refusal.None, Do(gather));
    }

    [Fact]
    public void Where_somebody_else_listens_it_does_not_begin()
    {
        Do(new LegCommand.StartTranscription(new("en", TapTracks.Said)));
        Assert.Equal(Refusal.AlreadyTranscribing, Do(new LegCommand.StartAgent(Terms)));
        Do(new LegCommand.StopTranscription());
        _host.HasLiveAudio = false;
        Assert.Equal(Refusal.NoLiveAudio, Do(new LegCommand.StartAgent(Terms)));
    }

    [Fact]
    public void A_command_that_ends_it_ends_what_it_says_and_its_listening_before()
    {
        Do(new LegCommand.StartAgent(Terms));
        Do(new LegCommand.StartTranscription(new("en", TapTracks.Said) { IsOfAgent = true }));
        Do(Said);
        _leg.OnPrepared(_host.Prepared[^1].Correlation, PromptResult.Ready(new("h", "/f", TimeSpan.FromSeconds(3))));
        Do(new LegCommand.StopAgent());
        Assert.True(Assert.Single(_host.Events.OfType<CallEvent.SpeakStarted>()).IsOfAgent);
        var spoken = Assert.Single(_host.Events.OfType<CallEvent.SpeakEnded>());
        Assert.Equal((Said.Id!.Value, true), (spoken.Speak, spoken.IsOfAgent));
        Assert.Single(_host.Events.OfType<CallEvent.TranscriptionEnded>());
        Assert.IsType<CallEvent.AgentEnded>(_host.Events[^1]);
    }

    [Fact]
    public void What_it_asks_for_behind_its_end_is_refused_where_the_leg_is_not_its_own()
    {
        LegCommand listen = new LegCommand.StartTranscription(new("en", TapTracks.Said) { IsOfAgent = true });
        Do(new LegCommand.StartAgent(Terms));
        Do(new LegCommand.StopAgent());
        Assert.Equal((Refusal.NoAgentTalks, Refusal.NoAgentTalks), (Do(Said), Do(listen)));
        // Else the leg would tell of voices that nobody asked for, to its end.
        LegCommand.WatchVoice watch = new(TimeSpan.FromSeconds(1));
        Assert.Equal((Refusal.NoAgentTalks, Refusal.None), (Do(watch with { IsOfAgent = true }), Do(watch)));
        Assert.Equal((Refusal.NoAgentTalks, Refusal.None), (Do(Played), Do(Played with { IsOfAgent = false })));
        _host.Facts = _host.Facts with { Application = new(ApplicationKind.Agent, "order") };
        Assert.Equal((Refusal.None, Refusal.None), (Do(Said), Do(listen)));
    }

    [Fact]
    public void Each_text_of_its_has_an_end_and_one_of_others_that_waited_has_none()
    {
        Guid second = Guid.Parse("77777777-7777-4777-8777-777777777777"), other = Guid.Parse("88888888-8888-4888-8888-888888888888");
        Do(new LegCommand.StartAgent(Terms));
        Do(Said);
        Do(Said with { Id = second });
        Do(Said with { Id = other, IsOfAgent = false });
        Do(new LegCommand.StopPlayback(StopWhat.All));
        Assert.Equal([Said.Id!.Value, second], _host.Events.OfType<CallEvent.SpeakEnded>().Select(ended => ended.Speak));
    }

    [Fact]
    public void Each_file_of_its_has_an_end_too()
    {
        Guid other = Guid.Parse("88888888-8888-4888-8888-888888888888");
        Do(new LegCommand.StartAgent(Terms));
        Do(Said);
        Do(Played);
        Do(Played with { Id = other, IsOfAgent = false });
        Do(new LegCommand.StopPlayback(StopWhat.All));
        Assert.Equal(Played.Id!.Value, Assert.Single(_host.Events.OfType<CallEvent.PlaybackEnded>()).Playback);
    }

    [Fact]
    public void What_it_gathers_is_told_as_it_comes_and_ends_once_before_it_does()
    {
        AgentGathered half = new("{}", "[1]", IsComplete: false), all = new("{\"a\":1}", "[1,2]", IsComplete: true);
        Do(new LegCommand.StartAgent(Gatherer));
        Assert.Equal(Refusal.None, Do(new LegCommand.ReportAgent(Terms.Conversation, half, GatherChange.Messages)));
        Assert.Equal(Refusal.None, Do(new LegCommand.ReportAgent(Terms.Conversation, all, GatherChange.Result)));
        Assert.Equal(Refusal.NoAgentTalks, Do(new LegCommand.ReportAgent(Guid.Empty, half, GatherChange.Result)));
        _leg.HangUp();
        Assert.Equal(Refusal.NoAgentTalks, Do(new LegCommand.ReportAgent(Terms.Conversation, half, GatherChange.Result)));
        Assert.Equal([GatherChange.Begun, GatherChange.Messages, GatherChange.Result],
            _host.Events.OfType<CallEvent.AgentGathering>().Select(told => told.Change));
        Assert.IsType<CallEvent.AgentGathering>(_host.Events[0]);
        Assert.Equal(all, Assert.IsType<CallEvent.AgentGatherEnded>(_host.Events[^2]).State);
        Assert.IsType<CallEvent.AgentEnded>(_host.Events[^1]);
    }

    [Fact]
    public void The_end_of_gathers_ends_one_that_gathers_and_no_other()
    {
        Do(new LegCommand.StartAgent(Terms));
        Assert.Equal(Refusal.NoAgentTalks, Do(new LegCommand.ReportAgent(Terms.Conversation, AgentGathered.Nothing, GatherChange.Result)));
        Do(new LegCommand.StopGather());
        Assert.Empty(_host.Events.OfType<CallEvent.AgentEnded>());
        Do(new LegCommand.StopAgent());
        Do(new LegCommand.StartAgent(Gatherer));
        Do(new LegCommand.StopGather());
        Assert.Equal(AgentGathered.Nothing, Assert.Single(_host.Events.OfType<CallEvent.AgentGatherEnded>()).State);
        Assert.Equal(AgentEnd.Stopped, Assert.IsType<CallEvent.AgentEnded>(_host.Events[^1]).Reason);
    }

    [Fact]
    public void It_is_told_what_is_given_to_its_conversation_alone()
    {
        AgentMessages messages = new(Guid.NewGuid(), 2, AnswersNow: true);
        Assert.Equal(Refusal.NoAgentTalks, Do(new LegCommand.TellAgent(Terms.Conversation, messages)));
        Do(new LegCommand.StartAgent(Terms));
        Assert.Equal(Refusal.NoAgentTalks, Do(new LegCommand.TellAgent(Guid.Empty, messages)));
        Assert.Equal(Refusal.None, Do(new LegCommand.TellAgent(Terms.Conversation, messages)));
        var told = Assert.Single(_host.Events.OfType<CallEvent.AgentTold>());
        Assert.Equal((Terms, messages), (told.Terms, told.Messages));
    }

    [Fact]
    public void It_begins_with_the_answer_where_the_answer_says_so_and_nobody_else_listens()
    {
        _leg.OnAnswered(stream: null, transcription: null, agent: null);
        Assert.Empty(_host.Events);
        _leg.OnAnswered(stream: null, new("en", TapTracks.Said), Terms);
        Assert.Contains("already_transcribing", Assert.Single(_host.Events.OfType<CallEvent.Noted>()).Text, StringComparison.Ordinal);
        Do(new LegCommand.StopTranscription());
        _leg.OnAnswered(stream: null, transcription: null, Terms);
        Assert.Equal(Terms, Assert.Single(_host.Events.OfType<CallEvent.AgentStarted>()).Terms);
    }

    [Fact]
    public void An_answer_with_it_is_refused_where_it_could_not_listen()
    {
        Assert.Equal(Refusal.None, _leg.Judge(new LegCommand.Answer { Agent = Terms }));
        _host.HasLiveAudio = false;
        Assert.Equal(Refusal.NoLiveAudio, _leg.Judge(new LegCommand.Answer { Agent = Terms }));
        Assert.Equal(Refusal.None, _leg.Judge(new LegCommand.Answer()));
    }

    [Fact]
    public void One_that_ends_by_itself_leaves_what_others_play()
    {
        Do(new LegCommand.StartAgent(Terms));
        Do(Said with { IsOfAgent = false });
        _leg.OnPrepared(_host.Prepared[^1].Correlation, PromptResult.Ready(new("h", "/f", TimeSpan.FromSeconds(3))));
        Do(new LegCommand.StopAgent { Conversation = Terms.Conversation });
        Assert.Empty(_host.Events.OfType<CallEvent.SpeakEnded>());
    }
}
