using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Voipbin.Calling;

/// <summary>A call as a program has it that commands it for another one: that one hears of each event first.</summary>
/// <param name="application">What the program believes to be.</param>
internal sealed class WatchedCall(IProgramCall call, Application application, Action<CallEvent> happened) : IProgramCall
{
    public LegFacts Leg => call.Leg with { Application = application };

    public CancellationToken Stop => call.Stop;

    /// <summary>The leg has ended, and the program has read it.</summary>
    public bool IsOver { get; private set; }

    public async ValueTask<CallEvent?> NextAsync()
    {
        while (await NextAnyAsync() is { } any)
            if (any is CallEvent ofLeg) return ofLeg;
        return null;
    }

    public async ValueTask<SubjectEvent?> NextAnyAsync()
    {
        var any = await call.NextAnyAsync();
        if (any is null or CallEvent.LegEnded) IsOver = true;
        if (any is CallEvent ofLeg) happened(ofLeg);
        return any;
    }

    public async ValueTask SitOutAsync()
    {
        while (await NextAnyAsync() is not null) { }
    }

    public ValueTask<Ack> SendAsync(LegCommand command) => call.SendAsync(command);

    public ValueTask<Dialled> DialAsync(DialRequest request) => call.DialAsync(request);

    public Task WaitAsync(TimeSpan span) => call.WaitAsync(span);
}
