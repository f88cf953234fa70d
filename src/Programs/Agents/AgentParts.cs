using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Conversations;

namespace Ringwright.Programs.Agents;

/// <summary>What agents work with.</summary>
/// <param name="Scripts">Null without a folder of them.</param>
/// <param name="Time">What they wait by.</param>
public sealed record AgentParts(AgentScripts? Scripts, IAgentWeb Web, TimeProvider Time, ILogger Log)
{
    /// <summary>Of conversations on legs of others; null where there are none.</summary>
    public IAgentDesk? Desk { get; init; }

    /// <summary>Talks that customers' own programs think for, and the way to these; null where there are none.</summary>
    public (RelayOrders Orders, IAgentSockets Sockets)? Relays { get; init; }

    /// <summary>
    /// Legs' audio for models that hear and speak themselves, and the way to these; null where there are none.
    /// </summary>
    public (VoiceLinks Links, IAgentSockets Sockets)? Voices { get; init; }

    /// <summary>What is known of models' servers, by whichever call.</summary>
    public RefusedFields Refused { get; } = new(Time);

    /// <summary>How long a voice has been there when legs tell it; null where that is as long as usual.</summary>
    public TimeSpan? VoiceOnset { get; init; }

    private readonly ConcurrentDictionary<string, RingingLeg> _ringing = new(StringComparer.Ordinal);

    /// <summary>A new program for a call of this target; null when whoever had it placed is gone.</summary>
    internal ICallProgram? CreateProgram(string target) =>
        !target.Contains(':', StringComparison.Ordinal) ? Scripts is { } scripts ? new AgentLine(target, scripts, this) : null
        : _ringing.TryRemove(target, out var ringing) ? ringing : null;

    /// <summary>A new program for a conversation on somebody's leg; null where there are none.</summary>
    public ICallProgram? CreateGuest(CallEvent.AgentStarted started) =>
        Relays is var (orders, sockets) && orders.Take(started.Terms.Conversation) is { } order
            ? new RelayGuest(started.Terms, order, sockets, this)
            : Desk is { } desk && desk.Takes(started.Terms) ? new AgentGuest(started.Terms, desk, this) : null;

    /// <summary>The terms of a conversation that is told of voices as it is here.</summary>
    internal ConversationTerms Hearing(ConversationTerms terms) =>
        VoiceOnset is { } onset ? terms with { Turns = terms.Turns with { VoiceOnset = onset } } : terms;

    /// <summary>A leg will ring for somebody's caller, and this commands it.</summary>
    /// <param name="target">Of its application.</param>
    internal void Ring(string target, RingingLeg ringing) => _ringing[target] = ringing;

    /// <summary>There is no such leg.</summary>
    internal void Forget(string target) => _ringing.TryRemove(target, out _);
}
