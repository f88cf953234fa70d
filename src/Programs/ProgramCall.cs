using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Programs;

/// <summary>One leg in the hands of one program.</summary>
internal sealed class ProgramCall(LegFacts leg, FeedReader events, ICallControl calls, TimeProvider clock, CancellationToken stop)
    : IProgramCall, IDisposable
{
    private volatile bool _isGivenUp;

    public LegFacts Leg { get; private set; } = leg;

    public CancellationToken Stop => stop;

    public async ValueTask<CallEvent?> NextAsync()
    {
        ObjectDisposedException.ThrowIf(_isGivenUp, this);
        // Not by the token: the end itself is to be read too.
        if (await events.ReadAsync(CancellationToken.None) is not CallEvent happened) return null;
        Leg = happened.Leg;
        return happened;
    }

    public async ValueTask SitOutAsync()
    {
        events.Mute();
        while (await NextAsync() is not null) { }
    }

    public ValueTask<Ack> SendAsync(LegCommand command)
    {
        Check();
        return calls.SendAsync(Leg.Id, command, stop);
    }

    public ValueTask<Dialled> DialAsync(DialRequest request)
    {
        Check();
        return calls.DialAsync(request with { Tenant = Leg.Tenant }, stop);
    }

    public Task WaitAsync(TimeSpan span)
    {
        Check();
        return Task.Delay(span, clock, stop);
    }

    /// <summary>The program has returned: what it left running has no leg any more.</summary>
    public void Dispose() => _isGivenUp = true;

    private void Check()
    {
        ObjectDisposedException.ThrowIf(_isGivenUp, this);
        stop.ThrowIfCancellationRequested();
    }
}
