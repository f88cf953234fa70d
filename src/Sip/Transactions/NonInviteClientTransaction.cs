namespace Ringwright.Sip.Transactions;

public enum ClientState : byte { Trying, Proceeding, Completed, Terminated }

/// <summary>RFC 3261 §17.1.2: repeat = E, give up = F, linger = K.</summary>
public static class NonInviteClientTransaction
{
    public static (ClientState Next, TransactionAction Do) Step(ClientState state, TransactionInput input) => (state, input) switch
    {
        (ClientState.Trying or ClientState.Proceeding, TransactionInput.TimerRepeat)    =>
            (state, TransactionAction.Resend | TransactionAction.ArmRepeat),
        (ClientState.Trying or ClientState.Proceeding, TransactionInput.TimerGiveUp)    =>
            (ClientState.Terminated, TransactionAction.ReportTimeout),
        (ClientState.Trying or ClientState.Proceeding, TransactionInput.TransportError) =>
            (ClientState.Terminated, TransactionAction.ReportTransport),
        (ClientState.Trying or ClientState.Proceeding, TransactionInput.Provisional)    =>
            (ClientState.Proceeding, TransactionAction.PassUp),
        (ClientState.Trying or ClientState.Proceeding, TransactionInput.Success or TransactionInput.Failure) =>
            (ClientState.Completed,
                TransactionAction.PassUp | TransactionAction.ArmLinger | TransactionAction.StopRepeat | TransactionAction.StopGiveUp),
        (ClientState.Completed, TransactionInput.TimerLinger) => (ClientState.Terminated, TransactionAction.None),
        _                                                     => (state, TransactionAction.None),
    };
}
