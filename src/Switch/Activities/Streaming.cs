using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.Switch.Activities;

/// <summary>
/// The media stream of one leg: whoever carries it opens its socket, then media takes up the tap between the two. Each that was ordered
/// ends in exactly one event: failed when its far end is to blame, else stopped, even where the socket was not open yet, for whoever
/// ordered it waits for its end.
/// </summary>
internal sealed class Streaming(IActivityHost host)
{
    private StreamOrder? _order;
    /// <summary>Null until the socket is open.</summary>
    private TapPlan? _tap;
    /// <summary>Before the answer nobody knows the port that will count.</summary>
    private bool _isTapOpen;

    /// <summary>One was ordered, of whose socket nothing is known yet.</summary>
    public bool IsOpening => _order is not null && _tap is null;

    /// <summary>None when the command makes sense now.</summary>
    public Refusal Judge(LegCommand command)
    {
        if (command is LegCommand.StopStream stop)
            return _order is { } order && (stop.Stream ?? order.Id) == order.Id ? Refusal.None : Refusal.NotStreaming;
        if (command is LegCommand.StartStream && _order is not null) return Refusal.AlreadyStreaming;
        bool isOrder = command is LegCommand.StartStream or LegCommand.Answer { Stream: not null }
            or LegCommand.Transfer { Stream: not null };
        return isOrder && !host.HasMediaStreams ? Refusal.NoMediaStreams : Refusal.None;
    }

    /// <param name="terms">Nothing happens for null, or where there is a stream already.</param>
    public void Start(StreamTerms? terms)
    {
        if (terms is null || _order is not null) return;
        _order = new(host.NewId(), host.Facts, terms, host.Format);
        host.OpenStream(_order);
    }

    /// <summary>The leg is answered: its port is settled, and what was ordered for this moment begins.</summary>
    public void OnAnswered(StreamTerms? ordered)
    {
        if (_tap is not null) OpenTap(_tap);
        Start(ordered);
    }

    public void On(Guid stream, StreamNews news)
    {
        // Of one that was closed meanwhile.
        if (_order is not { } order || order.Id != stream) return;
        switch (news)
        {
            case StreamNews.Connected connected when _tap is null:
                _tap = connected.Tap;
                if (host.Facts.AnsweredAt is not null) OpenTap(_tap);
                host.Emit(new CallEvent.StreamStarted(order.Id, order.Terms.Url, order.Terms.Tracks) { Leg = host.Facts, At = host.Now });
                break;
            case StreamNews.Connected:
                break;
            case StreamNews.Ended ended:
                End(order, ended.Failure);
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>The party pressed a key.</summary>
    public void Press(char key)
    {
        // What is pressed in a mailbox is nobody's business.
        if (_order is { } order && _tap is not null && !host.Facts.Application.IsConfidential) host.PressOnStream(order.Id, key);
    }

    public void Stop()
    {
        if (_order is not { } order) return;
        host.CloseStream(order.Id);
        End(order, failure: null);
    }

    /// <summary>The socket is not left behind; nothing is told.</summary>
    public void Abandon()
    {
        if (_order is { } order) host.CloseStream(order.Id);
        _order = null;
    }

    private void OpenTap(TapPlan tap)
    {
        _isTapOpen = true;
        host.Post(new MediaCommand.OpenTap(host.Port, tap));
    }

    private void End(StreamOrder order, string? failure)
    {
        if (_isTapOpen && _tap is { } tap) host.Post(new MediaCommand.CloseTap(host.Port, tap.Id));
        (_order, _tap, _isTapOpen) = (null, null, false);
        var (terms, facts, now) = (order.Terms, host.Facts, host.Now);
        host.Emit(failure is null ? new CallEvent.StreamStopped(order.Id, terms.Url, terms.Tracks) { Leg = facts, At = now }
            : new CallEvent.StreamFailed(order.Id, terms.Url, terms.Tracks, failure) { Leg = facts, At = now });
    }
}
