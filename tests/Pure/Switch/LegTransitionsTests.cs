using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Legs;

namespace Ringwright.Pure.Switch;

public sealed class LegTransitionsTests
{
    private static readonly LegCommand Speak = new LegCommand.Speak { Speech = new("hello", "female", null, false) };

    public static TheoryData<string, string, LegCommand, Refusal> Commands => new()
    {
        { "Ringing", "Inbound", new LegCommand.Answer(), Refusal.None },
        { "Initiating", "Inbound", new LegCommand.Answer(), Refusal.None },
        { "Alerting", "Outbound", new LegCommand.Answer(), Refusal.WrongDirection },
        { "Established", "Outbound", new LegCommand.Answer(), Refusal.WrongDirection },
        { "Answering", "Inbound", new LegCommand.Answer(), Refusal.WrongState },
        { "Offering", "Inbound", new LegCommand.Answer(), Refusal.WrongState },
        { "Established", "Inbound", new LegCommand.Reject(false), Refusal.WrongState },
        { "Dialling", "Outbound", new LegCommand.Reject(false), Refusal.WrongDirection },
        { "Ringing", "Inbound", Speak, Refusal.NotYetAnswered },
        { "Offering", "Inbound", Speak, Refusal.NotYetAnswered },
        { "Alerting", "Outbound", Speak, Refusal.NotYetAnswered },
        { "Answering", "Inbound", Speak, Refusal.None },
        { "Established", "Outbound", Speak, Refusal.None },
        { "Ringing", "Inbound", new LegCommand.StopGather(), Refusal.NotYetAnswered },
        { "Ringing", "Inbound", new LegCommand.SuppressNoise(true, false), Refusal.NotYetAnswered },
        { "Alerting", "Outbound", new LegCommand.DetectMachine(new(MachineMode.Detect)), Refusal.NotYetAnswered },
        { "Established", "Outbound", new LegCommand.DetectMachine(new(MachineMode.Detect)), Refusal.None },
        { "Established", "Outbound", new LegCommand.SuppressNoise(true, false), Refusal.None },
        { "Ringing", "Inbound", new LegCommand.RecordStart(new() { Id = Guid.Empty }), Refusal.NotYetAnswered },
        { "Alerting", "Outbound", new LegCommand.RecordStop(null), Refusal.NotYetAnswered },
        { "Established", "Outbound", new LegCommand.RecordStart(new() { Id = Guid.Empty }), Refusal.None },
        { "Ringing", "Inbound", new LegCommand.StartStream(new("ws://a/", TapTracks.Said)), Refusal.NotYetAnswered },
        { "Dialling", "Outbound", new LegCommand.StopStream(null), Refusal.NotYetAnswered },
        { "Established", "Outbound", new LegCommand.StartStream(new("ws://a/", TapTracks.Said)), Refusal.None },
        { "Closing", "Inbound", new LegCommand.StopStream(null), Refusal.AlreadyEnded },
        { "Ringing", "Inbound", new LegCommand.StartTranscription(new("en", TapTracks.Said)), Refusal.NotYetAnswered },
        { "Dialling", "Outbound", new LegCommand.StopTranscription(), Refusal.NotYetAnswered },
        { "Established", "Outbound", new LegCommand.StartTranscription(new("en", TapTracks.Said)), Refusal.None },
        { "Ringing", "Inbound", new LegCommand.StartFork(new("192.0.2.1:4000", null)), Refusal.NotYetAnswered },
        { "Established", "Inbound", new LegCommand.StartFork(new("192.0.2.1:4000", null)), Refusal.None },
        { "Ringing", "Outbound", new LegCommand.StopFork(), Refusal.NotYetAnswered },
        { "Ringing", "Inbound", new LegCommand.StartSiprec(new("a", "srs.example", 5060)), Refusal.NotYetAnswered },
        { "Established", "Inbound", new LegCommand.StartSiprec(new("a", "srs.example", 5060)), Refusal.None },
        { "Closing", "Outbound", new LegCommand.StopSiprec(), Refusal.AlreadyEnded },
        { "Ringing", "Inbound", new LegCommand.StartAgent(new(Guid.Empty)), Refusal.NotYetAnswered },
        { "Established", "Inbound", new LegCommand.StartAgent(new(Guid.Empty)), Refusal.None },
        { "Closing", "Inbound", new LegCommand.StopAgent(), Refusal.AlreadyEnded },
        { "Ringing", "Inbound", new LegCommand.TellAgent(Guid.Empty, new(Guid.Empty, 1, AnswersNow: false)), Refusal.NotYetAnswered },
        { "Ringing", "Outbound", new LegCommand.OpenVoice(Guid.Empty), Refusal.NotYetAnswered },
        { "Established", "Inbound", new LegCommand.CloseVoice(), Refusal.None },
        { "Established", "Inbound", new LegCommand.ReportAgent(Guid.Empty, AgentGathered.Nothing, GatherChange.Result), Refusal.None },
        { "Ringing", "Inbound", new LegCommand.SetLabels(), Refusal.None },
        { "Dialling", "Outbound", new LegCommand.LimitTime(TimeSpan.FromSeconds(9)), Refusal.None },
        { "Established", "Outbound", new LegCommand.AnswerReferral(200), Refusal.None },
        { "Alerting", "Outbound", new LegCommand.ChangeEntry(), Refusal.None },
        { "Established", "Outbound", new LegCommand.ChangeEntry(), Refusal.WrongState },
        { "Ringing", "Inbound", new LegCommand.ChangeEntry(), Refusal.WrongDirection },
        { "Closing", "Outbound", new LegCommand.LimitTime(TimeSpan.FromSeconds(9)), Refusal.AlreadyEnded },
        { "Initiating", "Inbound", new LegCommand.Refer("sip:a@b"), Refusal.None },
        { "Ringing", "Inbound", new LegCommand.Enqueue("q"), Refusal.None },
        { "Alerting", "Outbound", new LegCommand.BridgeQueue("q", new LegCommand.Bridge(default)), Refusal.None },
        { "Alerting", "Outbound", new LegCommand.SwitchSupervisorRole(SupervisorRole.Barge), Refusal.None },
        { "Ended", "Inbound", new LegCommand.LeaveQueue(), Refusal.AlreadyEnded },
        { "Ringing", "Outbound", new LegCommand.Park(), Refusal.None },
        { "Dialling", "Outbound", new LegCommand.Hangup(), Refusal.None },
        { "Closing", "Outbound", new LegCommand.Hangup(), Refusal.AlreadyEnded },
        { "Ended", "Inbound", new LegCommand.SetLabels(), Refusal.AlreadyEnded },
    };

    [Theory]
    [MemberData(nameof(Commands))]
    public void Each_command_is_legal_in_its_states_only(string state, string direction, LegCommand command, Refusal refusal) =>
        Assert.Equal(refusal, LegTransitions.Judge(Enum.Parse<LegState>(state), Enum.Parse<Direction>(direction), command));

    [Fact]
    public void Every_way_out_tears_down_once_and_reports_the_end_once()
    {
        foreach (var state in Enum.GetValues<LegState>())
        {
            foreach (var input in Enum.GetValues<LegInput>())
            {
                var (next, actions) = LegTransitions.Step(state, input);
                bool wasLive = state is not (LegState.Closing or LegState.Ended);
                bool isLive = next is not (LegState.Closing or LegState.Ended);
                Assert.Equal(wasLive && !isLive, actions.HasFlag(LegActions.TearDown));
                Assert.Equal(next is LegState.Ended && state is LegState.Closing, actions.HasFlag(LegActions.ReportEnded));
                Assert.False(!wasLive && isLive, $"{state} came back to life by {input}");
            }
        }
    }

    [Fact]
    public void Answered_is_reported_exactly_on_the_way_into_an_answered_state()
    {
        foreach (var state in Enum.GetValues<LegState>())
        {
            foreach (var input in Enum.GetValues<LegInput>())
            {
                var (next, actions) = LegTransitions.Step(state, input);
                Assert.Equal(!LegTransitions.IsAnswered(state) && LegTransitions.IsAnswered(next),
                    actions.HasFlag(LegActions.ReportAnswered));
            }
        }
    }

    [Fact]
    public void A_hangup_between_200_and_ACK_waits_with_its_BYE()
    {
        var (next, actions) = LegTransitions.Step(LegState.Answering, LegInput.HangUp);
        Assert.Equal(LegState.Closing, next);
        Assert.False(actions.HasFlag(LegActions.SendBye));
        Assert.Equal((LegState.Closing, LegActions.SendBye), LegTransitions.Step(next, LegInput.Ack));
    }
}
