using Ringwright.Calls;
using Ringwright.Programs;
using Ringwright.Store;

namespace Ringwright.Server.Modules;

/// <summary>Calls of a node that has begun to take them, as modules have them.</summary>
/// <param name="Control">
/// Dials and commands, for any account, as its own API would: the dial gate is asked, and what is refused says why by its
/// <see cref="Refusal"/>. Completes when the command is accepted, never when it is done: that the feed tells.
/// </param>
/// <param name="Feed">
/// What is committed, by subject or by account. Whoever reads too late loses his feed and nobody else's
/// (<see cref="FeedOverrunException"/>); a reader that is not disposed of stays.
/// </param>
/// <param name="Ledger">Takes what is told in the name of a call behind its end.</param>
internal sealed record NodeCalls(ICallControl Control, EventFeed Feed, Ledger Ledger);
