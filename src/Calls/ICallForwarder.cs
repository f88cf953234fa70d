using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>
/// Takes commands to what lives on other nodes of the same installation. Implemented in Store, over the database that they share.
/// </summary>
public interface ICallForwarder
{
    /// <summary>
    /// Answers what that node answers, in bounded time. <see cref="Refusal.AlreadyEnded"/> when the process
    /// that <paramref name="to"/> lived in is known to be gone; <see cref="Refusal.Overloaded"/> when that node gives no answer:
    /// nobody knows then whether the command was carried out.
    /// </summary>
    ValueTask<Ack> SendAsync(Subject to, SubjectCommand command, CancellationToken stop);
}
