using Ringwright.Core;

namespace Ringwright.Conversations;

/// <summary>
/// Who has answered, where somebody finds out whether it is a machine (5.7): until when it is waited for that, for the machine's tone, and
/// for the end of a message to it.
/// </summary>
internal sealed class Answering(VoicemailTerms? terms)
{
    private Instant _verdictDue = Instant.Never, _toneDue = Instant.Never, _messageDue = Instant.Never;

    public bool AwaitsVerdict => _verdictDue != Instant.Never;

    public bool AwaitsTone => _toneDue != Instant.Never;

    /// <summary>Who is heard may be a machine, and has no turns.</summary>
    public bool IsUndecided => AwaitsVerdict || AwaitsTone;

    public Instant NextDue => Instant.Min(_verdictDue, Instant.Min(_toneDue, _messageDue));

    public bool IsVerdictLate(Instant now) => _verdictDue <= now;

    public bool IsToneLate(Instant now) => _toneDue <= now;

    public bool IsMessageTooLong(Instant now) => _messageDue <= now;

    /// <returns>False where nothing is waited for.</returns>
    public bool Begin(Instant now)
    {
        if (terms is not { ForVerdict: { } patience }) return false;
        _verdictDue = now + patience;
        return true;
    }

    /// <summary>Whoever has answered is talked to.</summary>
    public void BeginTalk() => _verdictDue = Instant.Never;

    /// <summary>A machine has answered.</summary>
    /// <returns>What is to be done now; null for nothing.</returns>
    public VoicemailAction? OnMachine(Instant now)
    {
        if (terms is null) return null;
        if (terms.Action is VoicemailAction.Continue && !AwaitsVerdict) return null;
        if (terms.Action is VoicemailAction.LeaveMessage)
        {
            if (AwaitsTone || _messageDue != Instant.Never) return null;
            (_verdictDue, _toneDue) = (Instant.Never, now + terms.ForTone);
        }
        return terms.Action;
    }

    /// <summary>The machine records.</summary>
    /// <returns>The terms of the message that it gets.</returns>
    public VoicemailTerms BeginMessage(Instant now)
    {
        var voicemail = terms!;     // its tone was waited for
        (_toneDue, _messageDue) = (Instant.Never, now + voicemail.Longest);
        return voicemail;
    }

    /// <summary>Who has answered asks who calls, and is to be told.</summary>
    public void OnScreen() => _verdictDue = _toneDue = _messageDue = Instant.Never;

    /// <summary>Somebody speaks: no machine's message is to be said any more.</summary>
    public void OnPerson() => _messageDue = Instant.Never;
}
