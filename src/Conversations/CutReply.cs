using Ringwright.Core;

namespace Ringwright.Conversations;

/// <summary>A reply that was cut off, until it is known how far it was heard. There is one at a time.</summary>
internal sealed class CutReply(History history, Action<ConversationOutput> emit)
{
    /// <summary>For the end of what is heard to be told.</summary>
    private static readonly TimeSpan ForEnd = TimeSpan.FromSeconds(1);

    private SpokenReply? _reply;
    private Instant _at;
    private bool _isByCaller;

    /// <summary>How far it was heard is still to be told.</summary>
    public bool IsOpen => _reply is not null;

    public Instant NextDue => _reply is null ? Instant.Never : _at + ForEnd;

    /// <summary>Nobody hears the rest of it.</summary>
    /// <param name="isByCaller">Else the brain wants to say something in its place, and nobody has interrupted.</param>
    public void Begin(SpokenReply reply, bool isByCaller, Instant now)
    {
        reply.Drop();
        (_reply, _isByCaller, _at) = (reply, isByCaller, now);
        emit(new ConversationOutput.Silence());
    }

    public void OnEnded(int piece, bool isWhole, TimeSpan? played, Instant now) => _reply?.OnEnded(piece, isWhole, played, now);

    /// <summary>Time has passed.</summary>
    public void Wake(Instant now)
    {
        if (_reply is { IsHeard: false } || NextDue <= now) Close(now);
    }

    /// <summary>It is told as far as it was heard. Nothing happens where there is none.</summary>
    public void Close(Instant now)
    {
        if (_reply is not { } cut) return;
        _reply = null;
        cut.CutOff(now);
        var since = cut.HeardSince ?? now;
        string heard = cut.TakeHeard();
        var lasted = _at - since;
        if (_isByCaller) emit(new ConversationOutput.Interrupted(heard, lasted > TimeSpan.Zero ? lasted : TimeSpan.Zero));
        history.Add(cut, heard, since, isInterrupted: true);
    }
}
