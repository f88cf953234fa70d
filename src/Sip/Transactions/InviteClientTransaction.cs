namespace Ringwright.Sip.Transactions;

public enum InviteClientState : byte { Calling, Proceeding, Completed, Accepted, Terminated }

/// <summary>RFC 3261 §17.1.1 as amended by RFC 6026 §8.4: repeat = A, give up = B, linger = D (completed) or M (accepted).</summary>
public static class InviteClientTransaction
{
    public static (InviteClientState Next, TransactionAction Do) Step(InviteClientState state, TransactionInput input) =>
        (state, input) switch
        {
            (InviteClientState.Calling, TransactionInput.TimerRepeat)    => (state, TransactionAction.Resend | TransactionAction.ArmRepeat),
            (InviteClientState.Calling, TransactionInput.TimerGiveUp)    => (InviteClientState.Terminated, TransactionAction.ReportTimeout),
            (InviteClientState.Calling, TransactionInput.TransportError) =>
                (InviteClientState.Terminated, TransactionAction.ReportTransport),
            (InviteClientState.Calling, TransactionInput.Provisional)    =>
                (InviteClientState.Proceeding, TransactionAction.PassUp | TransactionAction.StopRepeat | TransactionAction.StopGiveUp),
            (InviteClientState.Proceeding, TransactionInput.Provisional) => (state, TransactionAction.PassUp),
            // In Proceeding only a CANCEL arms this one (§9.1).
            (InviteClientState.Proceeding, TransactionInput.TimerGiveUp) => (InviteClientState.Terminated, TransactionAction.ReportTimeout),
            (InviteClientState.Calling or InviteClientState.Proceeding, TransactionInput.Success) =>
                (InviteClientState.Accepted,
                    TransactionAction.PassUp | TransactionAction.ArmLinger | TransactionAction.StopRepeat | TransactionAction.StopGiveUp),
            (InviteClientState.Calling or InviteClientState.Proceeding, TransactionInput.Failure) =>
                (InviteClientState.Completed, TransactionAction.SendAck | TransactionAction.PassUp | TransactionAction.ArmLinger
                    | TransactionAction.StopRepeat | TransactionAction.StopGiveUp),
            (InviteClientState.Completed, TransactionInput.Failure)        => (state, TransactionAction.SendAck),
            (InviteClientState.Completed, TransactionInput.TransportError) => (InviteClientState.Terminated, TransactionAction.None),
            (InviteClientState.Completed, TransactionInput.TimerLinger)    => (InviteClientState.Terminated, TransactionAction.None),
            (InviteClientState.Accepted, TransactionInput.Success)         => (state, TransactionAction.PassUp),
            (InviteClientState.Accepted, TransactionInput.TimerLinger)     => (InviteClientState.Terminated, TransactionAction.None),
            _                                                              => (state, TransactionAction.None),
        };
}
