namespace Ringwright.Sip.Transactions;

public enum InviteServerState : byte { Proceeding, Completed, Confirmed, Accepted, Terminated }

/// <summary>RFC 3261 §17.2.1 as amended by RFC 6026 §7.1: repeat = G, give up = H, linger = I (confirmed) or L (accepted).</summary>
public static class InviteServerTransaction
{
    public static (InviteServerState Next, TransactionAction Do) Step(InviteServerState state, TransactionInput input) =>
        (state, input) switch
        {
            (InviteServerState.Proceeding, TransactionInput.Request)     => (state, TransactionAction.Resend),
            (InviteServerState.Proceeding, TransactionInput.Provisional) => (state, TransactionAction.Send),
            (InviteServerState.Proceeding, TransactionInput.Success)     =>
                (InviteServerState.Accepted, TransactionAction.Send | TransactionAction.ArmLinger),
            (InviteServerState.Proceeding, TransactionInput.Failure)     =>
                (InviteServerState.Completed, TransactionAction.Send | TransactionAction.ArmRepeat | TransactionAction.ArmGiveUp),
            (InviteServerState.Completed, TransactionInput.Request)      => (state, TransactionAction.Resend),
            (InviteServerState.Completed, TransactionInput.TimerRepeat)  => (state, TransactionAction.Resend | TransactionAction.ArmRepeat),
            (InviteServerState.Completed, TransactionInput.TimerGiveUp)  => (InviteServerState.Terminated, TransactionAction.ReportTimeout),
            (InviteServerState.Completed, TransactionInput.Ack)          =>
                (InviteServerState.Confirmed, TransactionAction.ArmLinger | TransactionAction.StopRepeat | TransactionAction.StopGiveUp),
            (InviteServerState.Confirmed, TransactionInput.TimerLinger)  => (InviteServerState.Terminated, TransactionAction.None),
            (InviteServerState.Accepted, TransactionInput.Success)       => (state, TransactionAction.Send),
            (InviteServerState.Accepted, TransactionInput.Ack)           => (state, TransactionAction.PassUp),
            (InviteServerState.Accepted, TransactionInput.TimerLinger)   => (InviteServerState.Terminated, TransactionAction.None),
            // RFC 6026 §8.8: a transport error does not end a server transaction.
            _                                                            => (state, TransactionAction.None),
        };
}
