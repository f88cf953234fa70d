using Ringwright.Calls;

namespace Ringwright.Programs;

/// <summary>Answers at once and sends back what it hears, for tests of a line.</summary>
internal sealed class EchoLine : ICallProgram
{
    // One command for both: each more wakes the leg's shard and then a thread of the pool, and has a row in the call's trace.
    private static readonly LegCommand.Answer Answer = new() { Echoes = true };
    private static readonly LegCommand.Echo On = new(IsOn: true);

    public LegCommand Opening => Answer;

    public bool IsDoneByOpening => true;

    public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
    {
        // Of a leg that was dialled the far end answers, and what it says is sent back from then on.
        if (!(await call.SendAsync(Answer)).IsAccepted && await call.NextAsync<CallEvent.LegAnswered>() is not null)
            await call.SendAsync(On);
        await call.SitOutAsync();
        return null;
    }
}
