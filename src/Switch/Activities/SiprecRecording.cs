using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Activities;

/// <summary>The session that has a recording server record one leg.</summary>
internal sealed class SiprecRecording(IActivityHost host) : LiveAudio<SiprecOrder>(host)
{
    /// <summary>None when the command makes sense now.</summary>
    public Refusal Judge(LegCommand command)
    {
        if (command is LegCommand.StopSiprec stop)
            return Order is { } order && (stop.Session ?? order.Id) == order.Id ? Refusal.None : Refusal.NoSiprecSession;
        if (command is not LegCommand.StartSiprec) return Refusal.None;
        if (IsOrdered) return Refusal.HasSiprecSession;
        if (Host.Facts.Application.IsConfidential) return Refusal.Confidential;
        return Host.HasLiveAudio ? Refusal.None : Refusal.NoLiveAudio;
    }

    /// <summary>Nothing happens where there is one already.</summary>
    public void Start(SiprecTerms terms, Guid? id = null)
    {
        if (!IsOrdered) Open(new(id ?? Host.NewId(), Host.Facts, terms, Host.Format));
    }

    protected override CallEvent Started(SiprecOrder order) =>
        new CallEvent.SiprecStarted(order.Id, order.Terms.Connector) { Leg = Host.Facts, At = Host.Now, RecoveryBye = RecoveryBye };

    protected override CallEvent Ended(SiprecOrder order, string? failure) => failure is null
        ? new CallEvent.SiprecStopped(order.Id, order.Terms.Connector) { Leg = Host.Facts, At = Host.Now }
        : new CallEvent.SiprecFailed(order.Id, order.Terms.Connector, failure) { Leg = Host.Facts, At = Host.Now };
}
