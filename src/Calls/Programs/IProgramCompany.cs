using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>
/// What a program hears and commands beside its own leg: legs that it has dialled, conferences, queues. Ids are those of events and dials
/// of the program's own account, never what somebody outside has said.
/// </summary>
public interface IProgramCompany
{
    /// <summary>
    /// From now on <see cref="IProgramCall.NextAnyAsync"/> brings what happens to it too, each event once, up to its
    /// <see cref="LifeStage.Last"/>. What was committed before is not told. All that the program hears shares the one bound of events that
    /// it may leave unread. Another account's is never heard.
    /// </summary>
    /// <exception cref="OperationCanceledException"><see cref="IProgramCall.Stop"/>.</exception>
    void Hear(Subject subject);

    /// <summary>Completes when the subject has accepted or refused it.</summary>
    /// <param name="command">Of those that subjects of this kind take; any other is refused.</param>
    /// <exception cref="OperationCanceledException"><see cref="IProgramCall.Stop"/>.</exception>
    ValueTask<Ack> SendAsync(Subject to, SubjectCommand command);

    /// <summary>
    /// Places a leg that the program hears from its first event on, and that ends with it: it is hung up when the program has returned
    /// without a successor, has failed or fallen behind, or its own leg has ended. One that is to outlive the program is dialled by
    /// <see cref="IProgramCall.DialAsync"/>.
    /// </summary>
    /// <param name="request">Without a <see cref="DialRequest.CommandId"/>: what was dialled before has events that nobody hears.</param>
    /// <exception cref="OperationCanceledException">
    /// <see cref="IProgramCall.Stop"/>. A leg that was placed meanwhile is hung up.
    /// </exception>
    ValueTask<Dialled> DialAsync(DialRequest request);
}
