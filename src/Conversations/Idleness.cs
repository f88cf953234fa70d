using Ringwright.Core;

namespace Ringwright.Conversations;

/// <summary>A caller who says nothing: since when, and what comes of it (5.7). Counts only while nobody speaks and nothing runs.</summary>
internal sealed class Idleness(ConversationTerms terms)
{
    private Instant _since = Instant.Never, _quietSince = Instant.Never;
    private int _checkIns;

    /// <summary>How the turn is listened to that does not come.</summary>
    public ListenTerms Listen { get; set; } = ListenTerms.Usual;

    public Instant EndDue => Instant.Min(
        terms.IdleTimeout is { } most && _since != Instant.Never ? _quietSince + most : Instant.Never,
        terms is { EndsUnanswered: true, IdleReply: { } usual } && _checkIns >= terms.CheckIns ? _since + usual : Instant.Never);

    public Instant AskDue => Listen.Silence is { } own ? _since + own
        : terms.IdleReply is { } usual && _checkIns < terms.CheckIns ? _since + usual : Instant.Never;

    public Instant NextDue => Instant.Min(EndDue, AskDue);

    /// <summary>It is the caller's turn from now on.</summary>
    public void Begin(Instant now) => (_since, _quietSince) = (now, Instant.Min(_quietSince, now));

    /// <summary>It is again, behind what he was to listen to.</summary>
    public void BeginAnew(Instant now) => (_since, _quietSince) = (now, now);

    /// <summary>What he has not said until now does not count; whose turn it is stays.</summary>
    public void Excuse(Instant now)
    {
        if (_since != Instant.Never) _since = now;
        (_quietSince, _checkIns) = (now, 0);
    }

    /// <summary>It is not, or somebody speaks.</summary>
    public void Pause() => _since = Instant.Never;

    /// <summary>The brain is asked because of it.</summary>
    public void OnAsked()
    {
        Pause();
        if (Listen.Silence is null) _checkIns++;
    }

    /// <summary>The caller has had a turn.</summary>
    public void OnTurn()
    {
        (_since, _quietSince, _checkIns) = (Instant.Never, Instant.Never, 0);
    }
}
