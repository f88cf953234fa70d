using Ringwright.Calls;

namespace Ringwright.Programs;

/// <summary>Answers at once and sends back what it hears, for tests of a line.</summary>
internal sealed class EchoLine : ICallProgram
{
    private static readonly LegCommand.Echo On = new(IsOn: true);

    public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
    {
        // Both in one turn of the shard: then there is an echo from the first packet on.
        var acks = await Task.WhenAll(call.SendAsync(new LegCommand.Answer()).AsTask(), call.SendAsync(On).AsTask());
        // Where the caller's offer comes with his ACK there is nothing to send back before.
        if (!acks[1].IsAccepted && await call.NextAsync<CallEvent.LegAnswered>() is not null) await call.SendAsync(On);
        await call.SitOutAsync();
        return null;
    }
}
