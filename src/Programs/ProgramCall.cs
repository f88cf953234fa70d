using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Programs;

/// <summary>One leg in the hands of one program, and what that has beside it.</summary>
/// <param name="hear">Brings what happens to another subject among the <paramref name="events"/>.</param>
/// <param name="over">Tells what waits beside that the leg has ended, and ends the leg's company; of who has sat the leg out.</param>
/// <param name="opened">Was sent already; null for nothing.</param>
internal sealed class ProgramCall(LegFacts leg, FeedReader events, Action<Subject> hear, Companions companions, ICallControl calls,
    TimeProvider clock, Func<Task> over, Opened? opened, CancellationToken stop) : IProgramCall, IProgramCompany, IDisposable
{
    private readonly NoteRoom _noteRoom = new(clock, stop);
    private Opened? _opened = opened;
    private volatile bool _isGivenUp;

    public LegFacts Leg { get; private set; } = leg;

    public CancellationToken Stop => stop;

    public IProgramCompany Company => this;

    public async ValueTask<CallEvent?> NextAsync()
    {
        while (await NextAnyAsync() is { } happened)
            if (happened is CallEvent ofLeg && IsOwn(ofLeg)) return ofLeg;
        return null;
    }

    public async ValueTask<SubjectEvent?> NextAnyAsync()
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(_isGivenUp, this);
            // Not by the token: the end itself is to be read too.
            var happened = await events.ReadAsync(CancellationToken.None);
            if (happened is CallEvent ofLeg && IsOwn(ofLeg))
            {
                Leg = ofLeg.Leg;
                if (happened is CallEvent.Noted) _noteRoom.GiveBack();
            }
            else if (happened is CallEvent.LegEnded over) companions.Remove(over.Leg.Id);
            // A program may have been given an id that is none of its account's.
            if (happened is null || happened.Tenant == Leg.Tenant) return happened;
        }
    }

    public async ValueTask SitOutAsync()
    {
        events.Mute();
        while (await NextAsync() is not null) { }
        await over();
    }

    public ValueTask<Ack> SendAsync(LegCommand command)
    {
        Check();
        if (_opened is { } sent && ReferenceEquals(sent.Command, command))
        {
            _opened = null;
            return new(sent.Answer);
        }
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
        return calls.DialAsync(request with { Tenant = Leg.Tenant, AskedBy = Leg.Application.Kind }, stop);
    }

    public void Hear(Subject subject)
    {
        Check();
        hear(subject);
    }

    public ValueTask<Ack> SendAsync(Subject to, SubjectCommand command)
    {
        Check();
        return calls.SendAsync(to, command, stop);
    }

    async ValueTask<Dialled> IProgramCompany.DialAsync(DialRequest request)
    {
        Check();
        if (request.CommandId is not null) throw new ArgumentException("A leg of the program's company is dialled anew.", nameof(request));
        List<LegId> legs = [];
        // Whoever waits may go meanwhile: the leg is not to be lost by that.
        var dialled = await calls.DialAsync(request with
        {
            Tenant = Leg.Tenant,
            AskedBy = Leg.Application.Kind,
            Placing = placed =>
            {
                legs.Add(placed.Id);
                companions.Add(placed.Id);
                hear(placed.Id);
            },
        }, CancellationToken.None);
        if (companions.IsOver)
        {
            // They were not there yet when the others were hung up.
            foreach (var late in legs) companions.Add(late);
            await companions.EndAsync();
        }
        stop.ThrowIfCancellationRequested();
        return dialled;
    }

    public Task WaitAsync(TimeSpan span)
    {
        Check();
        return Task.Delay(span, clock, stop);
    }

    /// <summary>The program has returned: what it left running has no leg any more.</summary>
    public void Dispose() => _isGivenUp = true;

    private bool IsOwn(CallEvent happened) => happened.Leg.Id == Leg.Id;

    private void Check()
    {
        ObjectDisposedException.ThrowIf(_isGivenUp, this);
        stop.ThrowIfCancellationRequested();
    }
}

/// <summary>The command that a program's leg had before the program began, and what the leg has said to it.</summary>
internal sealed record Opened(LegCommand Command, Task<Ack> Answer);
