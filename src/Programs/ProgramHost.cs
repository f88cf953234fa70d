using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Programs;

/// <summary>
/// Starts a program on each leg whose application is one, or becomes one, and sees to it that the leg comes to a defined end, whatever the
/// program does. Programs run on the thread pool, never on a thread of the engine or of the ledger.
/// </summary>
/// <param name="find">A new program for a leg, or null; asked on the thread that publishes events, so it must be short.</param>
/// <param name="clock">What programs wait by.</param>
/// <param name="scheduler">Runs every step of every program; the thread pool when not given.</param>
public sealed class ProgramHost(EventFeed feed, ICallControl calls, Func<LegFacts, ICallProgram?> find, TimeProvider clock, ILogger logger,
    TaskScheduler? scheduler = null) : IAsyncDisposable
{
    /// <summary>Events that one program may leave unread.</summary>
    public const int MostUnread = 256;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>By its leg, and by its conversation where it is a guest there.</summary>
    private readonly ConcurrentDictionary<(LegId Leg, Guid Guest), ProgramRun> _running = new();

    /// <summary>
    /// The like of a leg that somebody else commands: a program that talks there until it has ended, and does not end the leg by that.
    /// </summary>
    public Func<CallEvent.AgentStarted, ICallProgram?> FindGuest { get; init; } = static _ => null;

    /// <summary>Programs at work.</summary>
    public int Count => _running.Count;

    /// <summary>From now on legs get their programs.</summary>
    public void Start() => feed.Begun = Begin;

    /// <summary>No program starts any more, and those at work are told. Their legs stay: whoever stops the host ends them.</summary>
    public void Stop()
    {
        feed.Begun = null;
        foreach (var run in _running.Values) run.Stop();
    }

    public async ValueTask DisposeAsync()
    {
        Stop();
        var left = Task.WhenAll(_running.Values.Select(run => run.Done));
        await Task.WhenAny(left, Task.Delay(Patience, clock));
        if (!left.IsCompleted) logger.ProgramsLeft(Count);
    }

    private void Begin(SubjectEvent first)
    {
        if (first is CallEvent.AgentStarted guest)
        {
            // It may have a name of its own in the log, where the leg's application is a customer's.
            var named = guest.Leg with { Application = new(ApplicationKind.Agent, guest.Terms.Assistant) };
            Run((guest.Leg.Id, guest.Terms.Conversation), named, Find(named, () => FindGuest(guest)), guest.Terms.Conversation);
        }
        else if (first is CallEvent.LegInitiated or CallEvent.LegHandedOver
            && first is CallEvent { Leg: { Application.IsProgram: true } leg })
            Run((leg.Id, Guid.Empty), leg, Find(leg, () => find(leg)), guest: null);
    }

    private void Run((LegId Leg, Guid Guest) key, LegFacts leg, ICallProgram? program, Guid? guest)
    {
        var events = feed.Subscribe(Subject.Of(leg.Id), MostUnread);
        var run = new ProgramRun(leg, events, subject => feed.Follow(events, subject), calls, clock, scheduler ?? TaskScheduler.Default,
            logger)
        { Guest = guest };
        _running[key] = run;
        run.Start(program, () => _running.TryRemove(key, out _));
    }

    private ICallProgram? Find(LegFacts leg, Func<ICallProgram?> make)
    {
        try
        {
            if (make() is { } program) return program;
            logger.ProgramMissing(leg.Application.Kind, leg.Application.Target, leg.Id);
        }
        catch (Exception failed)
        {
            // Whoever publishes has nothing to do with that.
            logger.ProgramFailed(failed, leg.Application.Kind, leg.Application.Target, leg.Id);
        }
        return null;
    }
}
