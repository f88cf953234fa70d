using Ringwright.Sip.Transactions;

namespace Ringwright.Pure.Sip;

/// <summary>The four tables against the figures of RFC 3261 §17 and RFC 6026 §7.</summary>
public sealed class TransactionTableTests
{
    private static readonly TransactionInput[] Inputs = Enum.GetValues<TransactionInput>();

    [Theory]
    [InlineData(InviteClientState.Calling, TransactionInput.Provisional, InviteClientState.Proceeding, TransactionAction.PassUp)]
    [InlineData(InviteClientState.Calling, TransactionInput.Success, InviteClientState.Accepted, TransactionAction.PassUp)]
    [InlineData(InviteClientState.Calling, TransactionInput.Failure, InviteClientState.Completed,
        TransactionAction.SendAck | TransactionAction.PassUp)]
    [InlineData(InviteClientState.Calling, TransactionInput.TimerRepeat, InviteClientState.Calling, TransactionAction.Resend)]
    [InlineData(InviteClientState.Calling, TransactionInput.TimerGiveUp, InviteClientState.Terminated, TransactionAction.ReportTimeout)]
    [InlineData(InviteClientState.Calling, TransactionInput.TransportError, InviteClientState.Terminated,
        TransactionAction.ReportTransport)]
    [InlineData(InviteClientState.Proceeding, TransactionInput.Provisional, InviteClientState.Proceeding, TransactionAction.PassUp)]
    [InlineData(InviteClientState.Proceeding, TransactionInput.Success, InviteClientState.Accepted, TransactionAction.PassUp)]
    [InlineData(InviteClientState.Proceeding, TransactionInput.Failure, InviteClientState.Completed,
        TransactionAction.SendAck | TransactionAction.PassUp)]
    [InlineData(InviteClientState.Completed, TransactionInput.Failure, InviteClientState.Completed, TransactionAction.SendAck)]
    [InlineData(InviteClientState.Completed, TransactionInput.TransportError, InviteClientState.Terminated, TransactionAction.None)]
    [InlineData(InviteClientState.Completed, TransactionInput.TimerLinger, InviteClientState.Terminated, TransactionAction.None)]
    [InlineData(InviteClientState.Accepted, TransactionInput.Success, InviteClientState.Accepted, TransactionAction.PassUp)]
    [InlineData(InviteClientState.Accepted, TransactionInput.Failure, InviteClientState.Accepted, TransactionAction.None)]
    [InlineData(InviteClientState.Accepted, TransactionInput.TimerLinger, InviteClientState.Terminated, TransactionAction.None)]
    public void INVITE_client(InviteClientState state, TransactionInput input, InviteClientState next, TransactionAction visible)
    {
        var (to, act) = InviteClientTransaction.Step(state, input);
        Assert.Equal((next, visible), (to, Visible(act)));
    }

    [Theory]
    [InlineData(ClientState.Trying, TransactionInput.Provisional, ClientState.Proceeding, TransactionAction.PassUp)]
    [InlineData(ClientState.Trying, TransactionInput.Success, ClientState.Completed, TransactionAction.PassUp)]
    [InlineData(ClientState.Trying, TransactionInput.TimerRepeat, ClientState.Trying, TransactionAction.Resend)]
    [InlineData(ClientState.Trying, TransactionInput.TimerGiveUp, ClientState.Terminated, TransactionAction.ReportTimeout)]
    [InlineData(ClientState.Proceeding, TransactionInput.TimerRepeat, ClientState.Proceeding, TransactionAction.Resend)]
    [InlineData(ClientState.Proceeding, TransactionInput.Failure, ClientState.Completed, TransactionAction.PassUp)]
    [InlineData(ClientState.Proceeding, TransactionInput.TransportError, ClientState.Terminated, TransactionAction.ReportTransport)]
    [InlineData(ClientState.Completed, TransactionInput.Success, ClientState.Completed, TransactionAction.None)]
    [InlineData(ClientState.Completed, TransactionInput.TimerLinger, ClientState.Terminated, TransactionAction.None)]
    public void Non_INVITE_client(ClientState state, TransactionInput input, ClientState next, TransactionAction visible)
    {
        var (to, act) = NonInviteClientTransaction.Step(state, input);
        Assert.Equal((next, visible), (to, Visible(act)));
    }

    [Theory]
    [InlineData(InviteServerState.Proceeding, TransactionInput.Request, InviteServerState.Proceeding, TransactionAction.Resend)]
    [InlineData(InviteServerState.Proceeding, TransactionInput.Provisional, InviteServerState.Proceeding, TransactionAction.Send)]
    [InlineData(InviteServerState.Proceeding, TransactionInput.Success, InviteServerState.Accepted, TransactionAction.Send)]
    [InlineData(InviteServerState.Proceeding, TransactionInput.Failure, InviteServerState.Completed, TransactionAction.Send)]
    [InlineData(InviteServerState.Completed, TransactionInput.Request, InviteServerState.Completed, TransactionAction.Resend)]
    [InlineData(InviteServerState.Completed, TransactionInput.TimerRepeat, InviteServerState.Completed, TransactionAction.Resend)]
    [InlineData(InviteServerState.Completed, TransactionInput.Ack, InviteServerState.Confirmed, TransactionAction.None)]
    [InlineData(InviteServerState.Completed, TransactionInput.TimerGiveUp, InviteServerState.Terminated, TransactionAction.ReportTimeout)]
    [InlineData(InviteServerState.Completed, TransactionInput.Success, InviteServerState.Completed, TransactionAction.None)]
    [InlineData(InviteServerState.Confirmed, TransactionInput.Request, InviteServerState.Confirmed, TransactionAction.None)]
    [InlineData(InviteServerState.Confirmed, TransactionInput.Ack, InviteServerState.Confirmed, TransactionAction.None)]
    [InlineData(InviteServerState.Confirmed, TransactionInput.TimerLinger, InviteServerState.Terminated, TransactionAction.None)]
    [InlineData(InviteServerState.Accepted, TransactionInput.Request, InviteServerState.Accepted, TransactionAction.None)]
    [InlineData(InviteServerState.Accepted, TransactionInput.Success, InviteServerState.Accepted, TransactionAction.Send)]
    [InlineData(InviteServerState.Accepted, TransactionInput.Ack, InviteServerState.Accepted, TransactionAction.PassUp)]
    [InlineData(InviteServerState.Accepted, TransactionInput.TransportError, InviteServerState.Accepted, TransactionAction.None)]
    [InlineData(InviteServerState.Accepted, TransactionInput.TimerLinger, InviteServerState.Terminated, TransactionAction.None)]
    public void INVITE_server(InviteServerState state, TransactionInput input, InviteServerState next, TransactionAction visible)
    {
        var (to, act) = InviteServerTransaction.Step(state, input);
        Assert.Equal((next, visible), (to, Visible(act)));
    }

    [Theory]
    [InlineData(ServerState.Trying, TransactionInput.Request, ServerState.Trying, TransactionAction.None)]
    [InlineData(ServerState.Trying, TransactionInput.Provisional, ServerState.Proceeding, TransactionAction.Send)]
    [InlineData(ServerState.Trying, TransactionInput.Failure, ServerState.Completed, TransactionAction.Send)]
    [InlineData(ServerState.Proceeding, TransactionInput.Request, ServerState.Proceeding, TransactionAction.Resend)]
    [InlineData(ServerState.Proceeding, TransactionInput.Success, ServerState.Completed, TransactionAction.Send)]
    [InlineData(ServerState.Completed, TransactionInput.Request, ServerState.Completed, TransactionAction.Resend)]
    [InlineData(ServerState.Completed, TransactionInput.Success, ServerState.Completed, TransactionAction.None)]
    [InlineData(ServerState.Completed, TransactionInput.TimerLinger, ServerState.Terminated, TransactionAction.None)]
    public void Non_INVITE_server(ServerState state, TransactionInput input, ServerState next, TransactionAction visible)
    {
        var (to, act) = NonInviteServerTransaction.Step(state, input);
        Assert.Equal((next, visible), (to, Visible(act)));
    }

    [Fact]
    public void A_terminated_transaction_does_nothing_more()
    {
        foreach (var input in Inputs)
        {
            Assert.Equal((InviteClientState.Terminated, TransactionAction.None),
                InviteClientTransaction.Step(InviteClientState.Terminated, input));
            Assert.Equal((ClientState.Terminated, TransactionAction.None), NonInviteClientTransaction.Step(ClientState.Terminated, input));
            Assert.Equal((InviteServerState.Terminated, TransactionAction.None),
                InviteServerTransaction.Step(InviteServerState.Terminated, input));
            Assert.Equal((ServerState.Terminated, TransactionAction.None), NonInviteServerTransaction.Step(ServerState.Terminated, input));
        }
    }

    /// <summary>Every state but the two that wait for the user ends by a timer of its own, so nothing leaks.</summary>
    [Fact]
    public void Entering_a_state_arms_the_timer_that_leaves_it()
    {
        foreach (var input in Inputs)
        {
            foreach (var state in Enum.GetValues<InviteClientState>())
            {
                var (next, act) = InviteClientTransaction.Step(state, input);
                if (next != state && next is InviteClientState.Completed or InviteClientState.Accepted)
                    Assert.True(act.HasFlag(TransactionAction.ArmLinger));
            }
            foreach (var state in Enum.GetValues<InviteServerState>())
            {
                var (next, act) = InviteServerTransaction.Step(state, input);
                if (next != state && next is InviteServerState.Confirmed or InviteServerState.Accepted)
                    Assert.True(act.HasFlag(TransactionAction.ArmLinger));
                if (next != state && next is InviteServerState.Completed) Assert.True(act.HasFlag(TransactionAction.ArmGiveUp));
            }
            foreach (var state in Enum.GetValues<ClientState>())
            {
                var (next, act) = NonInviteClientTransaction.Step(state, input);
                if (next != state && next is ClientState.Completed) Assert.True(act.HasFlag(TransactionAction.ArmLinger));
            }
            foreach (var state in Enum.GetValues<ServerState>())
            {
                var (next, act) = NonInviteServerTransaction.Step(state, input);
                if (next != state && next is ServerState.Completed) Assert.True(act.HasFlag(TransactionAction.ArmLinger));
            }
        }
    }

    private static TransactionAction Visible(TransactionAction act) =>
        act & ~(TransactionAction.ArmRepeat | TransactionAction.ArmGiveUp | TransactionAction.ArmLinger | TransactionAction.StopRepeat
            | TransactionAction.StopGiveUp);
}
