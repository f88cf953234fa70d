using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>
/// What commands a call from inside the process: it hears the leg's committed events and sends commands as any client does, and has
/// no other way to the engine. Written as one straight run from the leg's first event to its last; waits are awaits. It lives in memory:
/// with its process it is gone, and its leg too.
/// </summary>
public interface ICallProgram
{
    /// <summary>
    /// What it commands first, whatever happens; null where it has to be asked. The leg gets it while its first event is published, before
    /// a thread of the pool is woken for the program; a <see cref="IProgramCall.SendAsync(LegCommand)"/> of this very object gives the
    /// answer.
    /// </summary>
    LegCommand? Opening => null;

    /// <summary>
    /// Once the leg has accepted <see cref="Opening"/> it lives on by itself: the program is not run then, and nothing is woken for it,
    /// neither by the answer nor by the leg's end. It runs where the leg refuses.
    /// </summary>
    bool IsDoneByOpening => false;

    /// <summary>
    /// Runs on the thread pool, where it may wait, but not hold a thread. A leg that is still up when it ends without
    /// a successor, or by an exception, is hung up.
    /// </summary>
    /// <param name="call">Its until it returns; used later, it throws.</param>
    /// <returns>The program that has the leg from now on; null when nothing is left to do.</returns>
    ValueTask<ICallProgram?> RunAsync(IProgramCall call);
}

/// <summary>One leg, as the program sees it that owns it.</summary>
public interface IProgramCall
{
    /// <summary>As of the last event that was read.</summary>
    LegFacts Leg { get; }

    /// <summary>Cancelled when the leg has ended, when the program is no longer let run, or when the node stops.</summary>
    CancellationToken Stop { get; }

    /// <summary>
    /// The leg's next committed event, the first being <see cref="CallEvent.LegInitiated"/>; null behind <see cref="CallEvent.LegEnded"/>.
    /// Events wait for whoever reads late, up to a bound.
    /// </summary>
    ValueTask<CallEvent?> NextAsync();

    /// <summary>
    /// The same, and what happens to conferences because of the leg: <see cref="ConferenceEvent.ParticipantJoined"/> and
    /// <see cref="ConferenceEvent.ParticipantLeft"/> of itself. With <see cref="Company"/> all of that, too, in the order of the commits.
    /// </summary>
    ValueTask<SubjectEvent?> NextAnyAsync();

    /// <summary>Hears nothing more of the leg, and completes when that has ended.</summary>
    ValueTask SitOutAsync();

    /// <summary>Completes when the leg has accepted or refused it.</summary>
    /// <exception cref="OperationCanceledException"><see cref="Stop"/>.</exception>
    ValueTask<Ack> SendAsync(LegCommand command);

    /// <summary>
    /// What the program has beside its leg; null where another program lends it a leg, which it has alone.
    /// </summary>
    IProgramCompany? Company => null;

    /// <summary>Places another leg, in the name of this one's account.</summary>
    /// <exception cref="OperationCanceledException"><see cref="Stop"/>.</exception>
    ValueTask<Dialled> DialAsync(DialRequest request);

    /// <summary>By the node's clock.</summary>
    /// <exception cref="OperationCanceledException"><see cref="Stop"/>.</exception>
    Task WaitAsync(TimeSpan span);
}
