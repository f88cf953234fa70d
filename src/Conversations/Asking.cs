using Ringwright.Core;

namespace Ringwright.Conversations;

/// <summary>The one request to the brain whose answer is wanted.</summary>
internal sealed class Asking(ConversationTerms terms, History history, Action<ConversationOutput> emit)
{
    /// <summary>Nobody on a telephone waits longer for somebody who only thinks, and some models never come to an end.</summary>
    private static readonly TimeSpan ForThoughts = TimeSpan.FromSeconds(30);

    private BrainRequest? _last;
    private int _number, _tries;
    private Instant _thoughtsDue;
    /// <summary>More than signs of life has come.</summary>
    private bool _hasTold;

    /// <summary>Its answer is not whole.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>When it counts as failed, because nothing useful has come.</summary>
    public Instant NextDue { get; private set; } = Instant.Never;

    public void Ask(BrainOccasion occasion, Instant now, string said = "", string pressed = "", int? replaces = null)
    {
        _tries = 0;
        Send(new(++_number, occasion) { Said = said, Pressed = pressed, Replaces = replaces, History = history.Snapshot() }, now);
    }

    /// <summary>The next turn may be these words: what is asked is not wanted before <see cref="Adopt"/>.</summary>
    public BrainRequest AskAhead(string said, Instant now)
    {
        var request = new BrainRequest(++_number, BrainOccasion.Turn)
        {
            Said = said, History = [.. history.Snapshot(), new(MessageRole.User, said, now)],
        };
        emit(new ConversationOutput.Ask(request) { IsAhead = true });
        return request;
    }

    /// <summary>That is the turn.</summary>
    public void Adopt(BrainRequest request, Instant now)
    {
        _tries = 0;
        Await(request, now);
        emit(new ConversationOutput.Adopt(request));
    }

    /// <summary>That is not the turn.</summary>
    public void Withdraw(BrainRequest request) => emit(new ConversationOutput.Cancel(request.Number));

    /// <summary>The same once more, when that was not done often enough.</summary>
    public bool TryAgain(Instant now)
    {
        if (_tries + 1 >= terms.Tries || _last is not { } last) return false;
        Cancel();
        Send(last with { Number = ++_number, Replaces = last.Number, Try = ++_tries }, now);
        return true;
    }

    /// <returns>False for an answer that nobody waits for.</returns>
    public bool Takes(int request) => IsOpen && request == _number;

    /// <param name="isThought">It is a sign of life, and nothing that can be heard or done.</param>
    public void OnUseful(bool isThought, Instant now)
    {
        _hasTold |= !isThought;
        var due = terms.BetweenParts is { } between ? now + between : Instant.Never;
        NextDue = _hasTold ? due : Instant.Min(due, _thoughtsDue);
    }

    public void OnWhole() => (IsOpen, NextDue) = (false, Instant.Never);

    /// <returns>What is cancelled, or was answered last.</returns>
    public int Cancel()
    {
        if (IsOpen) emit(new ConversationOutput.Cancel(_number));
        OnWhole();
        return _number;
    }

    private void Send(BrainRequest request, Instant now)
    {
        Await(request, now);
        emit(new ConversationOutput.Ask(request));
    }

    private void Await(BrainRequest request, Instant now)
    {
        (_last, IsOpen, NextDue) = (request, true, now + terms.ForBrain);
        (_hasTold, _thoughtsDue) = (false, now + ForThoughts);
    }
}
