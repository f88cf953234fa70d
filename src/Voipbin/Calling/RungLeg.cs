using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Voipbin.Calling;

/// <summary>
/// One leg of a group: tells the group what becomes of it, and runs the group's flow when it is answered. It ends when the group wants
/// nobody any more.
/// </summary>
internal sealed class RungLeg(RingGroup group) : ICallProgram
{
    public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
    {
        CallEvent.LegEnded? ended = null;
        group.Tell(new RingNews.Began(call.Leg));
        try
        {
            using var dismissal = group.Dismissed.UnsafeRegister(
                _ => HangUp(call, HangupCause.ApiHangup, "The other calls of its group are enough."), null);
            while (await call.NextAsync() is { } happened)
            {
                if (happened is CallEvent.LegEnded last) ended = last;
                group.Tell(new RingNews.Happened(happened));
                if (happened is CallEvent.LegAnswered && group.Flow is { } flow) await RunFlowAsync(call, flow, last => ended = last);
            }
        }
        finally
        {
            group.Tell(new RingNews.Over(call.Leg, ended));
        }
        return null;
    }

    /// <summary>Until the flow is over, and so the call.</summary>
    private async ValueTask RunFlowAsync(IProgramCall call, Application flow, Action<CallEvent.LegEnded> ended)
    {
        var watched = new WatchedCall(call, flow, happened =>
        {
            if (happened is CallEvent.LegEnded last) ended(last);
            group.Tell(new RingNews.Happened(happened));
        });
        var program = group.CreateProgram(flow);
        if (program is null) HangUp(call, HangupCause.Internal, "There is no program to command the call.");
        try
        {
            while (program is not null) program = await program.RunAsync(watched);
            if (!watched.IsOver) HangUp(call, HangupCause.ApiHangup, "The flow that commanded the call has ended.");
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            HangUp(call, HangupCause.Internal, $"The flow that commanded the call has failed: {failed.GetType().Name}.");
        }
        catch (OperationCanceledException) when (call.Stop.IsCancellationRequested)
        {
            // It has ended: that is read next.
        }
    }

    /// <summary>Whatever the leg says to that, its end is what is waited for.</summary>
    private static void HangUp(IProgramCall call, HangupCause cause, string evidence) => _ = HangUpAsync(call, cause, evidence);

    private static async Task HangUpAsync(IProgramCall call, HangupCause cause, string evidence)
    {
        try
        {
            // Its shard may be busy.
            while (await call.SendAsync(new LegCommand.Hangup { Cause = cause, Evidence = evidence }) is { Refusal: Refusal.Overloaded })
                await call.WaitAsync(TimeSpan.FromSeconds(1));
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException)
        {
            // The leg was quicker.
        }
    }
}
