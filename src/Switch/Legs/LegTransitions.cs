using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Legs;

/// <summary>Where a leg stands. The first three and the next three are before answer, inbound and outbound.</summary>
internal enum LegState
{
    /// <summary>Inbound: 100 is sent, the ledger is writing.</summary>
    Initiating,
    /// <summary>Inbound: 180 is sent, or will be when the call has been taken on to where somebody rings.</summary>
    Ringing,
    /// <summary>Inbound without an offer: our 200 carries ours, the answer comes in the ACK.</summary>
    Offering,
    /// <summary>Outbound, for a leg of ours: the ledger is writing.</summary>
    Placing,
    /// <summary>Outbound: the INVITE is under way.</summary>
    Dialling,
    /// <summary>Outbound: the far end rings.</summary>
    Alerting,
    /// <summary>Inbound: 200 is sent, the ACK is awaited. Answered for everyone but BYE.</summary>
    Answering,
    Established,
    /// <summary>Ended for its customers; the last responses and statistics are awaited.</summary>
    Closing,
    /// <summary>LegEnded is out; only transactions linger.</summary>
    Ended,
}

internal enum LegInput
{
    Committed,
    NotCommitted,
    Answer,
    AnswerWithOffer,
    /// <summary>A command, a timer or a fault of ours ends the leg.</summary>
    HangUp,
    RemoteCancel,
    RemoteBye,
    Ack,
    AckMissing,
    Ringing,
    Success,
    /// <summary>A 2xx whose media we cannot use.</summary>
    UselessSuccess,
    Failure,
    /// <summary>Nothing is awaited any more.</summary>
    Settled,
}

[Flags]
internal enum LegActions
{
    None = 0,
    SendRinging = 1 << 0,
    SendSuccess = 1 << 1,
    SendFinal = 1 << 2,
    /// <summary>Outbound, unless it is sent already.</summary>
    SendAck = 1 << 3,
    SendBye = 1 << 4,
    SendCancel = 1 << 5,
    Connect = 1 << 6,
    ReportRinging = 1 << 7,
    ReportAnswered = 1 << 8,
    /// <summary>Activities end, the media port closes, timers but the last are disarmed.</summary>
    TearDown = 1 << 9,
    ReportEnded = 1 << 10,
    /// <summary>The leg never existed for anyone: no event.</summary>
    Forget = 1 << 11,
    SendInvite = 1 << 12,
}

/// <summary>The life of a leg as a table, and which commands are legal in which state.</summary>
internal static class LegTransitions
{
    public static (LegState Next, LegActions Do) Step(LegState state, LegInput input) => (state, input) switch
    {
        (LegState.Initiating, LegInput.Committed) => (LegState.Ringing, LegActions.SendRinging),
        (LegState.Initiating, LegInput.NotCommitted) => (LegState.Ended, LegActions.SendFinal | LegActions.TearDown | LegActions.Forget),
        // A command can overtake the message that says "committed": the customer learnt of the leg by the same commit.
        (LegState.Initiating or LegState.Ringing, LegInput.Answer) =>
            (LegState.Answering, LegActions.SendSuccess | LegActions.Connect | LegActions.ReportAnswered),
        (LegState.Initiating or LegState.Ringing, LegInput.AnswerWithOffer) => (LegState.Offering, LegActions.SendSuccess),
        (LegState.Initiating or LegState.Ringing, LegInput.HangUp or LegInput.RemoteCancel) =>
            (LegState.Closing, LegActions.SendFinal | LegActions.TearDown),

        (LegState.Offering, LegInput.Ack) => (LegState.Established, LegActions.Connect | LegActions.ReportAnswered),
        (LegState.Answering, LegInput.Ack) => (LegState.Established, LegActions.None),
        (LegState.Offering or LegState.Answering, LegInput.AckMissing or LegInput.UselessSuccess) =>
            (LegState.Closing, LegActions.SendBye | LegActions.TearDown),
        // The 200 still waits for a PRACK, so the INVITE can be cancelled.
        (LegState.Offering or LegState.Answering, LegInput.RemoteCancel) => (LegState.Closing, LegActions.SendFinal | LegActions.TearDown),
        // RFC 3261 section 15: the called side sends no BYE before the ACK, or before it gave up waiting for it.
        (LegState.Offering or LegState.Answering, LegInput.HangUp) => (LegState.Closing, LegActions.TearDown),
        (LegState.Offering or LegState.Answering, LegInput.RemoteBye) => (LegState.Closing, LegActions.TearDown),
        (LegState.Closing or LegState.Ended, LegInput.Ack or LegInput.AckMissing) => (state, LegActions.SendBye),

        (LegState.Placing, LegInput.Committed) => (LegState.Dialling, LegActions.SendInvite),
        (LegState.Placing, LegInput.NotCommitted) => (LegState.Ended, LegActions.TearDown | LegActions.Forget),
        (LegState.Placing, LegInput.HangUp) => (LegState.Closing, LegActions.TearDown),
        (LegState.Dialling, LegInput.Ringing) => (LegState.Alerting, LegActions.ReportRinging),
        // The far end repeats its answer until the ACK comes: after a crash that is how the next process learns of it,
        // so the ACK waits for the row of the answer.
        (LegState.Dialling or LegState.Alerting, LegInput.Success) =>
            (LegState.Established, LegActions.Connect | LegActions.ReportAnswered),
        (LegState.Established, LegInput.Committed) => (state, LegActions.SendAck),
        (LegState.Dialling or LegState.Alerting, LegInput.UselessSuccess) =>
            (LegState.Closing, LegActions.SendAck | LegActions.SendBye | LegActions.TearDown),
        (LegState.Dialling or LegState.Alerting, LegInput.Failure) => (LegState.Closing, LegActions.TearDown),
        (LegState.Dialling or LegState.Alerting, LegInput.HangUp) => (LegState.Closing, LegActions.SendCancel | LegActions.TearDown),

        (LegState.Established, LegInput.HangUp) => (LegState.Closing, LegActions.SendAck | LegActions.SendBye | LegActions.TearDown),
        (LegState.Established, LegInput.RemoteBye) => (LegState.Closing, LegActions.SendAck | LegActions.TearDown),

        (LegState.Closing, LegInput.Settled) => (LegState.Ended, LegActions.ReportEnded),
        _ => (state, LegActions.None),
    };

    public static bool IsAnswered(LegState state) => state is LegState.Answering or LegState.Established;

    /// <summary>None when the command is legal.</summary>
    public static Refusal Judge(LegState state, Direction direction, LegCommand command)
    {
        if (state is LegState.Closing or LegState.Ended) return Refusal.AlreadyEnded;
        bool waits = state is LegState.Initiating or LegState.Ringing;
        return command switch
        {
            LegCommand.Hangup or LegCommand.SetLabels or LegCommand.Note or LegCommand.Bridge or LegCommand.Transfer or LegCommand.Refer
                or LegCommand.Enqueue or LegCommand.LeaveQueue or LegCommand.BridgeQueue or LegCommand.Park
                or LegCommand.SwitchSupervisorRole or LegCommand.LimitTime or LegCommand.AnswerReferral => Refusal.None,
            LegCommand.Answer or LegCommand.Reject when direction is Direction.Outbound => Refusal.WrongDirection,
            LegCommand.ChangeEntry when direction is Direction.Inbound => Refusal.WrongDirection,
            LegCommand.ChangeEntry => IsAnswered(state) ? Refusal.WrongState : Refusal.None,
            LegCommand.Answer or LegCommand.Reject => waits ? Refusal.None : Refusal.WrongState,
            LegCommand.Play or LegCommand.Speak or LegCommand.StopPlayback or LegCommand.PausePlayback
                or LegCommand.Gather or LegCommand.StopGather
                or LegCommand.SendDigits or LegCommand.SendInfo or LegCommand.Hold or LegCommand.SuppressNoise
                or LegCommand.Echo or LegCommand.Degrade or LegCommand.WatchVoice or LegCommand.DetectMachine
                or LegCommand.RecordStart or LegCommand.RecordPause
                or LegCommand.RecordResume or LegCommand.RecordStop or LegCommand.StartStream or LegCommand.StopStream
                or LegCommand.StartTranscription or LegCommand.StopTranscription or LegCommand.StartAgent or LegCommand.StopAgent
                or LegCommand.ReportAgent or LegCommand.TellAgent
                or LegCommand.StartFork or LegCommand.StopFork or LegCommand.StartSiprec or LegCommand.StopSiprec
                or LegCommand.OpenVoice or LegCommand.CloseVoice
                or LegCommand.CreateConference or LegCommand.JoinConference =>
                IsAnswered(state) ? Refusal.None : Refusal.NotYetAnswered,
            _ => throw new UnreachableException(),
        };
    }
}
