using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Activities;

/// <summary>
/// That an agent talks on one leg: which one, since when, and that it ends once. The talking is a program's outside of the engine, which
/// hears of both by events and commands the leg as anybody does.
/// </summary>
internal sealed class GuestAgent(IActivityHost host)
{
    /// <summary>What it will order for itself.</summary>
    public static readonly LegCommand Listening = new LegCommand.StartTranscription(new("und", TapTracks.Said));

    private AgentTerms? _terms;
    private AgentGathered _gathered = AgentGathered.Nothing;
    private Instant _since;

    /// <summary>One talks that is there to gather something.</summary>
    public bool IsGathering => _terms is { Gather: not null };

    /// <summary>None when the command makes sense now.</summary>
    public Refusal Judge(LegCommand command)
    {
        if (command is LegCommand.StopAgent stop)
            return _terms is { } terms && (stop.Conversation ?? terms.Conversation) == terms.Conversation
                ? Refusal.None : Refusal.NoAgentTalks;
        if (command is LegCommand.TellAgent tell) return _terms?.Conversation == tell.Conversation ? Refusal.None : Refusal.NoAgentTalks;
        if (command is LegCommand.ReportAgent report)
            return IsGathering && _terms?.Conversation == report.Conversation ? Refusal.None : Refusal.NoAgentTalks;
        // It hears of its end later than that is; one that owns its leg asks nobody.
        bool isOfAgent = command is LegCommand.Speak { IsOfAgent: true } or LegCommand.Play { IsOfAgent: true }
            or LegCommand.StartTranscription { Terms.IsOfAgent: true } or LegCommand.WatchVoice { IsOfAgent: true }
            or LegCommand.OpenVoice;
        if (isOfAgent && _terms is null && host.Facts.Application.Kind is not ApplicationKind.Agent) return Refusal.NoAgentTalks;
        // What is gathered, and what a room hears, would be said to it.
        bool isBeside = command is LegCommand.StartAgent or LegCommand.Gather or LegCommand.CreateConference or LegCommand.JoinConference;
        return isBeside && _terms is not null ? Refusal.AgentTalks : Refusal.None;
    }

    public void Start(AgentTerms terms)
    {
        (_terms, _since, _gathered) = (terms, host.Now, AgentGathered.Nothing);
        // Before it, for what it has gathered is told before its end, also where a crash ends both.
        if (terms.Gather is not null) Tell(terms, GatherChange.Begun);
        host.Emit(new CallEvent.AgentStarted(terms) { Leg = host.Facts, At = host.Now });
    }

    public void Tell(AgentMessages messages)
    {
        if (_terms is { } terms) host.Emit(new CallEvent.AgentTold(terms, messages) { Leg = host.Facts, At = host.Now });
    }

    public void Report(LegCommand.ReportAgent report)
    {
        if (_terms is not { } terms) return;
        _gathered = report.State;
        Tell(terms, report.Change);
    }

    /// <summary>Nothing happens where none talks.</summary>
    /// <param name="reason">In snake case.</param>
    public void End(string reason)
    {
        if (_terms is not { } terms) return;
        _terms = null;
        if (terms.Gather is not null) host.Emit(new CallEvent.AgentGatherEnded(terms, _gathered) { Leg = host.Facts, At = host.Now });
        host.Emit(new CallEvent.AgentEnded(terms, reason, host.Now - _since) { Leg = host.Facts, At = host.Now });
    }

    private void Tell(AgentTerms terms, GatherChange change) =>
        host.Emit(new CallEvent.AgentGathering(terms, _gathered, change) { Leg = host.Facts, At = host.Now });
}
