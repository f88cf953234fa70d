using Ringwright.Calls;

namespace Ringwright.Programs.Agents;

/// <summary>
/// Commands a leg that rings for an agent's caller: tells of its end, and ends it where nobody wants it to ring any more. The engine joins
/// the two.
/// </summary>
/// <param name="isTold">Whoever answers hears something before he is joined.</param>
/// <param name="tell">Hears, on any thread, of the end of one that was wanted.</param>
internal sealed class RingingLeg(bool isTold, Action<CallEvent.LegEnded> tell) : ICallProgram
{
    private readonly TaskCompletionSource _unwanted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// It rings no longer. One that has been answered goes on, for he is as good as joined: only who is still told of the caller is hung up
    /// on.
    /// </summary>
    public void GiveUp() => _unwanted.TrySetResult();

    public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
    {
        bool isWanted = true, isJoined = false;
        while (true)
        {
            var next = call.NextAsync().AsTask();
            if (isWanted && await Task.WhenAny(next, _unwanted.Task) != next)
            {
                isWanted = false;
                if (call.Leg.AnsweredAt is null || isTold && !isJoined)
                    await call.SendAsync(new LegCommand.Hangup { Evidence = "The agent that had it ring does not wait for it any more." });
            }
            if (await next is not { } happened) return null;
            isJoined |= happened is CallEvent.LegBridged;
            if (happened is CallEvent.LegEnded ended && isWanted) tell(ended);
        }
    }
}
