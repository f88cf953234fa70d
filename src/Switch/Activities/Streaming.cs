using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Activities;

/// <summary>The media stream of one leg.</summary>
internal sealed class Streaming(IActivityHost host) : LiveAudio<StreamOrder>(host)
{
    /// <summary>None when the command makes sense now.</summary>
    public Refusal Judge(LegCommand command)
    {
        if (command is LegCommand.StopStream stop)
            return Order is { } order && (stop.Stream ?? order.Id) == order.Id ? Refusal.None : Refusal.NotStreaming;
        if (command is LegCommand.StartStream && Order is not null) return Refusal.AlreadyStreaming;
        bool isOrder = command is LegCommand.StartStream or LegCommand.Answer { Stream: not null }
            or LegCommand.Transfer { Stream: not null };
        if (!isOrder) return Refusal.None;
        if (Host.Facts.Application.IsConfidential) return Refusal.Confidential;
        return Host.HasLiveAudio ? Refusal.None : Refusal.NoLiveAudio;
    }

    /// <param name="terms">Nothing happens for null, or where there is a stream already.</param>
    public void Start(StreamTerms? terms, Guid? id = null)
    {
        if (terms is not null && Order is null) Open(new(id ?? Host.NewId(), Host.Facts, terms, Host.Format));
    }

    /// <summary>The party pressed a key.</summary>
    public void Press(char key)
    {
        // What is pressed in a mailbox is nobody's business; the leg may have got there since the stream began.
        if (Order is { } order && IsOpen && !Host.Facts.Application.IsConfidential) Host.PressOnLiveAudio(order.Id, key);
    }

    protected override CallEvent Started(StreamOrder order) =>
        new CallEvent.StreamStarted(order.Id, order.Terms.ToldUrl, order.Terms.Tracks) { Leg = Host.Facts, At = Host.Now };

    protected override CallEvent Ended(StreamOrder order, string? failure) => failure is null
        ? new CallEvent.StreamStopped(order.Id, order.Terms.ToldUrl, order.Terms.Tracks) { Leg = Host.Facts, At = Host.Now }
        : new CallEvent.StreamFailed(order.Id, order.Terms.ToldUrl, order.Terms.Tracks, failure) { Leg = Host.Facts, At = Host.Now };
}
