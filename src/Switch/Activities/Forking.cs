using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Activities;

/// <summary>The fork of one leg's audio to UDP.</summary>
internal sealed class Forking(IActivityHost host) : LiveAudio<ForkOrder>(host)
{
    /// <summary>None when the command makes sense now.</summary>
    public Refusal Judge(LegCommand command)
    {
        if (command is LegCommand.StopFork) return IsOrdered ? Refusal.None : Refusal.NotForked;
        if (command is not LegCommand.StartFork) return Refusal.None;
        if (IsOrdered) return Refusal.AlreadyForked;
        if (Host.Facts.Application.IsConfidential) return Refusal.Confidential;
        return Host.HasLiveAudio ? Refusal.None : Refusal.NoLiveAudio;
    }

    /// <summary>Nothing happens where there is one already.</summary>
    public void Start(ForkTerms terms)
    {
        if (!IsOrdered) Open(new(Host.NewId(), Host.Facts, terms, Host.Format));
    }

    protected override CallEvent Started(ForkOrder order) =>
        new CallEvent.ForkStarted(order.Id, order.Terms) { Leg = Host.Facts, At = Host.Now };

    protected override CallEvent Ended(ForkOrder order, string? failure) =>
        new CallEvent.ForkStopped(order.Id, order.Terms, failure) { Leg = Host.Facts, At = Host.Now };
}
