using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Programs;

/// <summary>One leg in the hands of one program.</summary>
internal sealed class ProgramCall(LegFacts leg, FeedReader events, ICallControl calls, TimeProvider clock, CancellationToken stop)
    : IProgramCall, IDisposable
{
    private readonly NoteRoom _noteRoom = new(clock, stop);
    private volatile bool _isGivenUp;

    public LegFacts Leg { get; private set; } = leg;

    public CancellationToken Stop => stop;

    public async ValueTask<CallEvent?> NextAsync()
    {
        while (await NextAnyAsync() is { } happened)
            if (happened is CallEvent ofLeg) return ofLeg;
        return null;
    }

    public async ValueTask<SubjectEvent?> NextAnyAsync()
    {
        ObjectDisposedException.ThrowIf(_isGivenUp, this);
        // Not by the token: the end itself is to be read too.
        var happened = await events.ReadAsync(CancellationToken.None);
        if (happened is CallEvent ofLeg) Leg = ofLeg.Leg;
        if (happened is CallEvent.Noted) _noteRoom.GiveBack();
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
        return command is LegCommand.Note ? NoteAsync(command) : calls.SendAsync(Leg.Id, command, stop);
    }

    private async ValueTask<Ack> NoteAsync(LegCommand note)
    {
        await _noteRoom.TakeAsync();
        var ack = await calls.SendAsync(Leg.Id, note, stop);
        if (!ack.IsAccepted) _noteRoom.GiveBack();
        return ack;
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
