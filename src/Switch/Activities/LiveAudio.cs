using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Media.Protocol;

namespace Ringwright.Switch.Activities;

/// <summary>
/// Something outside that has one leg's audio while it runs, one at a time: whoever carries it says that it is ready, then media takes up
/// the tap between the two. Each that was ordered ends in exactly one event: failed when its far end is to blame, else stopped, even where
/// it was not ready yet, for whoever ordered it waits for its end. One that a command stops before it is ready is told as begun first:
/// whoever gives both commands waits for both.
/// </summary>
internal abstract class LiveAudio<TOrder>(IActivityHost host) : ILiveAudioActivity where TOrder : LiveAudioOrder
{
    /// <summary>Null until its far end is ready.</summary>
    private TapPlan? _tap;
    /// <summary>Before the answer nobody knows the port that will count.</summary>
    private bool _isTapOpen;

    /// <summary>One was ordered, of whose far end nothing is known yet.</summary>
    public bool IsOpening => Order is not null && _tap is null;

    /// <summary>One was ordered, and has not ended.</summary>
    public bool IsOrdered => Order is not null;

    protected TOrder? Order { get; private set; }

    /// <summary>Its far end is ready.</summary>
    protected bool IsOpen => _tap is not null;

    /// <inheritdoc cref="LiveAudioNews.Connected.RecoveryBye"/>
    protected string? RecoveryBye { get; private set; }

    /// <inheritdoc cref="LiveAudioNews.Connected.TellsVoice"/>
    protected bool TellsVoice { get; private set; }

    protected IActivityHost Host => host;

    public void OnAnswered()
    {
        if (_tap is not null) OpenTap(_tap);
    }

    public virtual void On(Guid order, LiveAudioNews news)
    {
        // Of one that was closed meanwhile.
        if (Order is not { } current || current.Id != order) return;
        switch (news)
        {
            case LiveAudioNews.Connected connected when _tap is null:
                (_tap, RecoveryBye, TellsVoice) = (connected.Tap, connected.RecoveryBye, connected.TellsVoice);
                if (host.Facts.AnsweredAt is not null) OpenTap(_tap);
                if (Started(current) is { } started) host.Emit(started);
                break;
            case LiveAudioNews.Connected:
                break;
            case LiveAudioNews.Transcribed heard:
                if (IsOpen) OnTranscribed(current, heard);
                break;
            case LiveAudioNews.Voice voice:
                if (IsOpen) OnVoice(voice.IsSpeaking);
                break;
            case LiveAudioNews.Ended ended:
                End(current, ended.Failure);
                break;
            default:
                throw new UnreachableException();
        }
    }

    public void Stop() => Stop(isOver: false);

    /// <summary>The leg ends.</summary>
    public virtual void HangUp() => Stop(isOver: true);

    /// <summary>Nothing outside is left behind; nothing is told.</summary>
    public virtual void Abandon()
    {
        if (Order is { } order) host.CloseLiveAudio(order.Id);
        Order = null;
    }

    /// <summary>Where there is none yet.</summary>
    protected void Open(TOrder order)
    {
        Order = order;
        host.OpenLiveAudio(order);
    }

    /// <summary>Of kinds that listen for words; the others are told none.</summary>
    protected virtual void OnTranscribed(TOrder order, LiveAudioNews.Transcribed heard) { }

    /// <inheritdoc cref="OnTranscribed"/>
    protected virtual void OnVoice(bool isSpeaking) { }

    /// <returns>Null where nobody is told.</returns>
    protected abstract CallEvent? Started(TOrder order);

    /// <inheritdoc cref="Started"/>
    /// <param name="failure">Why, as part of a sentence; null when somebody ended it in order.</param>
    protected abstract CallEvent? Ended(TOrder order, string? failure);

    private void OpenTap(TapPlan tap)
    {
        _isTapOpen = true;
        host.Post(new MediaCommand.OpenTap(host.Port, tap));
    }

    /// <summary>Of kinds that have more to tell when nothing more is said: they tell the end themselves, later.</summary>
    /// <returns>False when it ends at once.</returns>
    protected virtual bool TryFinish(TOrder order, bool isOver) => false;

    private void Stop(bool isOver)
    {
        if (Order is not { } order) return;
        if (IsOpen && TryFinish(order, isOver))
        {
            Forget();
            return;
        }
        host.CloseLiveAudio(order.Id);
        if (!isOver && !IsOpen && Started(order) is { } started) host.Emit(started);
        End(order, failure: null);
    }

    private void End(TOrder order, string? failure)
    {
        Forget();
        if (Ended(order, failure) is { } ended) host.Emit(ended);
    }

    private void Forget()
    {
        if (_isTapOpen && _tap is { } tap) host.Post(new MediaCommand.CloseTap(host.Port, tap.Id));
        (Order, _tap, _isTapOpen) = (null, null, false);
    }
}

/// <summary>What <see cref="LiveAudioSet"/> sees of each kind.</summary>
internal interface ILiveAudioActivity
{
    /// <summary>The leg is answered: its port is settled.</summary>
    void OnAnswered();

    /// <summary>Nothing happens for an order that is not its own.</summary>
    void On(Guid order, LiveAudioNews news);

    void HangUp();

    void Abandon();
}
