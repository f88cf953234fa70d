namespace Ringwright.Sip.Transactions;

public enum ServerState : byte { Trying, Proceeding, Completed, Terminated }

/// <summary>RFC 3261 §17.2.2: linger = J.</summary>
public static class NonInviteServerTransaction
{
    public static (ServerState Next, TransactionAction Do) Step(ServerState state, TransactionInput input) => (state, input) switch
    {
        (ServerState.Trying or ServerState.Proceeding, TransactionInput.Provisional)                         =>
            (ServerState.Proceeding, TransactionAction.Send),
        (ServerState.Trying or ServerState.Proceeding, TransactionInput.Success or TransactionInput.Failure) =>
            (ServerState.Completed, TransactionAction.Send | TransactionAction.ArmLinger),
        (ServerState.Proceeding or ServerState.Completed, TransactionInput.Request)                          =>
            (state, TransactionAction.Resend),
        (ServerState.Completed, TransactionInput.TimerLinger)                                                =>
            (ServerState.Terminated, TransactionAction.None),
        _                                                                                                    =>
            (state, TransactionAction.None),
    };
}
