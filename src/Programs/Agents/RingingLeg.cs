using Ringwright.Calls;

namespace Ringwright.Programs.Agents;

/// <summary>
/// Commands a leg that rings for an agent's caller: tells of its end, and ends it where nobody wants it to ring any more. The engine joins
/// the two.
/// </summary>
/// <param name="tell">Hears, on any thread, of the end of one that was wanted.</param>
internal sealed class RingingLeg(Action<CallEvent.LegEnded> tell) : ICallProgram
{
    private readonly TaskCompletionSource _unwanted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>It rings no longer. One that has been answered goes on: who answered is not hung up on.</summary>
    public void GiveUp() => _unwanted.TrySetResult();

    public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
    {
        bool isWanted = true;
        while (true)
        {
            var next = call.NextAsync().AsTask();
            if (isWanted && await Task.WhenAny(next, _unwanted.Task) != next)
            {
                isWanted = false;
                if (call.Leg.AnsweredAt is null)
                    await call.SendAsync(new LegCommand.Hangup { Evidence = "The agent that had it ring does not wait for it any more." });
            }
            if (await next is not { } happened) return null;
            if (happened is CallEvent.LegEnded ended && isWanted) tell(ended);
        }
    }
}
