using Ringwright.Calls;
using Ringwright.Conversations.Models;

namespace Ringwright.Programs.Agents.Spoken;

/// <summary>A model that reads and writes, in the place of one that spoke itself and is given up: the conversation goes on.</summary>
/// <param name="Agent">Knows what was said.</param>
/// <param name="Next">The read of the leg's events that is waited for: there is one at a time. Null for none.</param>
/// <param name="Start">The moment of the conversation's beginning, by the clock of <see cref="TimeProvider.GetTimestamp"/>.</param>
/// <param name="IsOwed">Somebody waits for its words.</param>
internal sealed record StandIn(ModelAgent Agent, Task<CallEvent?>? Next, long Start, bool IsOwed);
